/* The catalogue as Markdown, as it is committed under docs/; and as a line a condition. */
#include "rules/catalogue_private.h"

/* In a table a line break ends the row and a bar ends the cell. */
static void
put_cell(struct buf *b, struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '|')
			buf_char(b, '\\');
		buf_char(b, t.p[i] == '\n' ? ' ' : t.p[i]);
	}
}

static void
put_line(struct buf *b, const char *what, struct text t)
{
	if (t.n > 0)
		buf_printf(b, "- %s: %.*s\n", what, TEXT_ARG(t));
}

static void
put_list(struct buf *b, const char *what, const struct texts *t)
{
	if (t->n == 0)
		return;
	buf_printf(b, "- %s: ", what);
	for (uint32_t i = 0; i < t->n; i++)
		buf_printf(b, "%s%.*s", i == 0 ? "" : "; ", TEXT_ARG(t->items[i]));
	buf_char(b, '\n');
}

static void
put_parameter(struct buf *b, const struct cat_parameter *p)
{
	buf_printf(b, "- Number `%.*s`: %.*s\n", TEXT_ARG(p->parameter->name),
	    TEXT_ARG(p->parameter->title));
	for (uint32_t i = 0; i < p->n; i++)
		buf_printf(b, "  - **%.*s**, %.*s. Source: %.*s\n",
		    TEXT_ARG(p->values[i].value), TEXT_ARG(p->values[i].when),
		    TEXT_ARG(p->values[i].source));
	if (p->n == 0)
		buf_printf(b, "  - none yet: %.*s\n", TEXT_ARG(p->parameter->off));
}

static void
put_entry(struct buf *b, const struct catalogue *c, const struct cat_entry *e)
{
	const struct condition *condition = e->condition;

	buf_printf(b, "### %.*s\n%.*s\n\n", TEXT_ARG(condition->head.id),
	    TEXT_ARG(condition->head.title));
	buf_printf(b, "- %.*s%s · %.*s · %.*s\n", TEXT_ARG(e->severities),
	    condition->head.shadow ? " (reported apart, not counted)" : "",
	    TEXT_ARG(catalogue_forms(c, e)), TEXT_ARG(e->when));
	put_line(b, "Source", condition->head.source);
	put_line(b, "What to do", condition->head.remedy);
	for (uint32_t i = 0; i < e->n_parameters; i++)
		put_parameter(b, e->parameters[i]);
	for (uint32_t i = 0; i < e->n_registers; i++)
		buf_printf(b, "%s[%.*s](#registers)%s", i == 0 ? "- Registers: " : ", ",
		    TEXT_ARG(e->registers[i]->reg->name), i + 1 == e->n_registers ? "\n" : "");
	put_list(b, "Works out", &e->figures);
	put_list(b, "Waits for", &condition->after);
	put_list(b, "Compares with", &e->needs);
	if (condition->reader)
		buf_str(b, "- Decided while the file is read\n");
	buf_char(b, '\n');
}

static void
put_pack(struct buf *b, const struct catalogue *c, const struct cat_pack *p)
{
	buf_printf(b, "## %.*s\n`%.*s` · %.*s · %.*s · %u condition%s\n\nSource: %.*s\n\n",
	    TEXT_ARG(p->pack->title), TEXT_ARG(p->pack->id), TEXT_ARG(p->pack->status),
	    TEXT_ARG(p->where), p->n, p->n == 1 ? "" : "s", TEXT_ARG(p->pack->source));
	for (uint32_t i = 0; i < p->n; i++)
		put_entry(b, c, &p->entries[i]);
}

static void
put_registers(struct buf *b, const struct catalogue *c)
{
	buf_str(b, "## Registers\n| register | rows | as of | origin |\n|---|---|---|---|\n");
	for (uint32_t i = 0; i < c->book->n_registers; i++) {
		const struct reg *r = c->registers[i].reg;

		buf_printf(b, "| `%.*s` ", TEXT_ARG(r->name));
		put_cell(b, r->title);
		buf_printf(b, " | %u | %.*s | ", r->rows.n, TEXT_ARG(c->registers[i].as_of));
		put_cell(b, r->origin);
		buf_str(b, " |\n");
	}
	buf_char(b, '\n');
}

static void
put_figures(struct buf *b, const struct catalogue *c)
{
	buf_str(b, "## Figures that are worked out\n| condition | figures |\n|---|---|\n");
	for (uint32_t i = 0; i < c->n_entries; i++) {
		const struct cat_entry *e = c->by_id[i];

		for (uint32_t k = 0; k < e->figures.n; k++) {
			if (k == 0)
				buf_printf(b, "| %.*s ", TEXT_ARG(e->condition->head.id));
			buf_str(b, k == 0 ? "| " : ", ");
			put_cell(b, e->figures.items[k]);
		}
		if (e->figures.n > 0)
			buf_str(b, " |\n");
	}
	buf_char(b, '\n');
}

static void
put_index(struct buf *b, const struct catalogue *c)
{
	buf_str(b, "## Index by form\n");
	for (uint32_t f = 0; f < c->book->n_forms; f++) {
		const struct form *form = c->book->forms[f];
		uint32_t n = 0;

		buf_printf(
		    b, "- **%.*s** (`%.*s`): ", TEXT_ARG(form->title), TEXT_ARG(form->id));
		for (uint32_t i = 0; i < c->n_entries; i++)
			if (c->by_id[i]->condition->forms.n > 0 &&
			    catalogue_for_form(c->by_id[i], form->id))
				buf_printf(b, "%s%.*s", n++ > 0 ? ", " : "",
				    TEXT_ARG(c->by_id[i]->condition->head.id));
		buf_str(b, n > 0 ? "\n" : "none of its own\n");
	}
	buf_str(b, "\nConditions without a form of their own are for every form: ");
	for (uint32_t i = 0, n = 0; i < c->n_entries; i++)
		if (c->by_id[i]->condition->forms.n == 0)
			buf_printf(b, "%s%.*s", n++ > 0 ? ", " : "",
			    TEXT_ARG(c->by_id[i]->condition->head.id));
	buf_str(
	    b, ".\n\n## Index by id\n| id | title | severity | pack |\n|---|---|---|---|\n");
	for (uint32_t i = 0; i < c->n_entries; i++) {
		const struct cat_entry *e = c->by_id[i];

		buf_printf(b, "| %.*s | ", TEXT_ARG(e->condition->head.id));
		put_cell(b, e->condition->head.title);
		buf_printf(b, " | %.*s | %.*s |\n", TEXT_ARG(e->severities),
		    TEXT_ARG(e->condition->head.pack));
	}
}

void
catalogue_markdown(struct buf *b, const struct catalogue *c)
{
	bool one = c->n_entries == 1 && c->book->n_conditions > 1;

	if (!one)
		buf_printf(b,
		    "# What is checked\nGenerated from the policies by `poolctl policy docs "
		    "--format markdown`; `make conditions` writes it anew.\n\n%u conditions in "
		    "%u "
		    "packs; %u of them are on here. A condition is an error (must be changed), "
		    "a "
		    "query (must be changed or explained), a warning or information.\n\n",
		    c->n_entries, c->n_packs, c->n_on);
	for (uint32_t i = 0; i < c->n_packs; i++)
		if (!one || c->packs[i].n > 0)
			put_pack(b, c, &c->packs[i]);
	if (one)
		return;
	put_registers(b, c);
	put_figures(b, c);
	put_index(b, c);
}

void
catalogue_list(struct buf *b, const struct catalogue *c)
{
	for (uint32_t i = 0; i < c->n_packs; i++) {
		const struct cat_pack *p = &c->packs[i];

		buf_printf(b, "%s%.*s (%.*s, %.*s)\n", i > 0 ? "\n" : "",
		    TEXT_ARG(p->pack->title), TEXT_ARG(p->pack->status), TEXT_ARG(p->where));
		for (uint32_t k = 0; k < p->n; k++) {
			const struct condition_head *head = &p->entries[k].condition->head;

			buf_printf(b, "  %-14s %-15s %.*s\n",
			    arena_strndup(c->arena, head->id.p, head->id.n),
			    arena_strndup(c->arena, p->entries[k].severities.p,
				p->entries[k].severities.n),
			    TEXT_ARG(head->title));
		}
	}
}
