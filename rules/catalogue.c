/* The rulebook as rows of words: what each renderer of the catalogue shows in its own way. */
#include <stdlib.h>
#include <string.h>

#include "rules/catalogue_private.h"

/* A list of words: "error or query", "leeds, york". */
static void
put_words(struct buf *b, const struct texts *words, const char *last)
{
	for (uint32_t i = 0; i < words->n; i++) {
		if (i > 0)
			buf_str(b, i + 1 == words->n ? last : ", ");
		buf_text(b, words->items[i]);
	}
}

static struct text
severities(struct arena *a, unsigned set)
{
	struct text names[SEVERITIES];
	struct texts words = { names, 0 };
	struct buf b = { 0 };

	for (unsigned i = 0; i < SEVERITIES; i++)
		if (set & (1u << i))
			names[words.n++] = text_of(severity_names[i]);
	put_words(&b, &words, " or ");
	return arena_buf(a, &b);
}

static void
put_between(struct buf *b, struct text from, struct text to)
{
	if (from.n > 0 && text_equal(from, to))
		buf_printf(b, "%.*s alone", TEXT_ARG(from));
	else if (from.n > 0 && to.n > 0)
		buf_printf(b, "%.*s to %.*s", TEXT_ARG(from), TEXT_ARG(to));
	else if (from.n > 0)
		buf_printf(b, "from %.*s", TEXT_ARG(from));
	else
		buf_printf(b, "until %.*s", TEXT_ARG(to));
}

static struct text
year_words(struct arena *a, fyear year)
{
	struct buf b = { 0 };

	if (year != 0)
		year_format(&b, year);
	return arena_buf(a, &b);
}

static struct text
date_words(struct arena *a, date day, bool has)
{
	struct buf b = { 0 };

	if (has)
		date_format_pretty(&b, day);
	return arena_buf(a, &b);
}

static struct text
time_words(struct arena *a, instant at, bool has)
{
	struct buf b = { 0 };

	if (has)
		time_format_pretty(&b, at);
	return arena_buf(a, &b);
}

/* When a condition holds: by the return's year, by its receipt, by the date of an event. */
static struct text
when_in_force(struct arena *a, const struct condition *c)
{
	struct buf b = { 0 };

	if (c->year_from != 0 || c->year_to != 0) {
		buf_str(&b, c->year_from == c->year_to ? "for the year " : "for the years ");
		put_between(&b, year_words(a, c->year_from), year_words(a, c->year_to));
	}
	if (c->has_received_from || c->has_received_to) {
		buf_str(&b, b.n > 0 ? "; received " : "received ");
		put_between(&b, time_words(a, c->received_from, c->has_received_from),
		    time_words(a, c->received_to, c->has_received_to));
	}
	if (c->dated && (c->has_dated_from || c->has_dated_to)) {
		buf_printf(&b, "%sby %.*s, ", b.n > 0 ? "; " : "", TEXT_ARG(c->dated_by));
		put_between(&b, date_words(a, c->dated_from, c->has_dated_from),
		    date_words(a, c->dated_to, c->has_dated_to));
	}
	if (b.n == 0)
		buf_str(&b, "always");
	return arena_buf(a, &b);
}

/* "the area's last accepted return"; "accepted returns of ccg-return for the area at hwb.gss". */
static struct texts
needs_words(struct arena *a, const struct condition *c)
{
	struct texts t = { arena_calloc(a, c->n_returns + 1u, sizeof(struct text)), 0 };

	if (c->needs_previous)
		t.items[t.n++] = TEXT("the area's last accepted return of an earlier period");
	for (uint32_t i = 0; i < c->n_returns; i++)
		t.items[t.n++] =
		    arena_printf(a, "accepted returns of the form %.*s, area by %.*s%s%.*s",
			TEXT_ARG(c->returns[i].form), TEXT_ARG(c->returns[i].area),
			c->returns[i].period.n > 0 ? ", period by " : "",
			TEXT_ARG(c->returns[i].period));
	return t;
}

/* A value; of a map, each name with its own. */
static struct text
value_words(struct arena *a, const struct parameter *p, const struct parameter_value *v)
{
	struct field item = p->field;
	struct buf b = { 0 };

	if (p->kind != KIND_MAP) {
		value_format_pretty(&b, &p->field, v->value);
		return arena_buf(a, &b);
	}
	item.kind = p->of;
	for (uint32_t i = 0; i < v->n; i++) {
		buf_printf(&b, "%s%.*s ", i > 0 ? "; " : "", TEXT_ARG(v->names[i]));
		value_format_pretty(&b, &item, v->values[i]);
	}
	return arena_buf(a, &b);
}

static struct text
value_when(struct arena *a, const struct parameter_value *v)
{
	struct buf b = { 0 };
	bool from = v->from != DATE_FIRST, to = v->to != DATE_LAST;

	if (from || to)
		put_between(&b, date_words(a, v->from, from), date_words(a, v->to, to));
	else
		buf_str(&b, "always");
	return arena_buf(a, &b);
}

static void
list_parameters(struct catalogue *c)
{
	const struct rulebook *b = c->book;

	c->parameters = arena_calloc(c->arena, b->n_parameters, sizeof(*c->parameters));
	for (uint32_t i = 0; i < b->n_parameters; i++) {
		const struct parameter *p = &b->parameters[i];
		struct cat_parameter *shown = &c->parameters[i];

		shown->parameter = p;
		shown->values = arena_calloc(c->arena, p->n, sizeof(*shown->values));
		for (; shown->n < p->n; shown->n++)
			shown->values[shown->n] =
			    (struct cat_value){ value_words(c->arena, p, &p->values[shown->n]),
				    value_when(c->arena, &p->values[shown->n]),
				    p->values[shown->n].source };
	}
}

static void
list_registers(struct catalogue *c)
{
	const struct rulebook *b = c->book;

	c->registers = arena_calloc(c->arena, b->n_registers, sizeof(*c->registers));
	for (uint32_t i = 0; i < b->n_registers; i++)
		c->registers[i] = (struct cat_register){ b->registers[i],
			date_words(c->arena, b->registers[i]->as_of, true) };
}

static struct cat_entry
entry_of(struct catalogue *c, const struct condition *condition)
{
	struct cat_entry e = { .condition = condition,
		.severities = severities(c->arena, condition->head.severities),
		.when = when_in_force(c->arena, condition),
		.needs = needs_words(c->arena, condition) };

	e.parameters =
	    arena_calloc(c->arena, condition->parameters.n, sizeof(struct cat_parameter *));
	for (uint32_t i = 0; i < condition->parameters.n; i++)
		for (uint32_t k = 0; k < c->book->n_parameters; k++)
			if (text_equal(c->parameters[k].parameter->name,
				condition->parameters.items[i]))
				e.parameters[e.n_parameters++] = &c->parameters[k];
	catalogue_reads(c, &e);
	return e;
}

/* "on here for the regions leeds and york, from 2015-16, without counting" */
static struct text
where_on(struct arena *a, const struct pack *p)
{
	struct buf b = { 0 };

	if (p->added || !p->on) {
		buf_str(&b, "off here");
		return arena_buf(a, &b);
	}
	buf_str(&b, "on here");
	if (p->regions.n > 0) {
		buf_str(&b, p->regions.n == 1 ? " for the region " : " for the regions ");
		put_words(&b, &p->regions, " and ");
	}
	if (p->from != 0)
		buf_printf(&b, ", from %.*s", TEXT_ARG(year_words(a, p->from)));
	if (p->shadow)
		buf_str(&b, ", judged and reported apart, without counting");
	return arena_buf(a, &b);
}

static int
by_entry_id(const void *a, const void *b)
{
	return text_compare(((const struct cat_entry *)a)->condition->head.id,
	    ((const struct cat_entry *)b)->condition->head.id);
}

static int
by_pointed_id(const void *a, const void *b)
{
	return by_entry_id(*(struct cat_entry *const *)a, *(struct cat_entry *const *)b);
}

static void
fill_pack(struct catalogue *c, struct cat_pack *shown, const struct pack *p, struct text id)
{
	const struct rulebook *b = c->book;

	*shown = (struct cat_pack){ .pack = p, .where = where_on(c->arena, p) };
	shown->entries = arena_calloc(c->arena, b->n_conditions, sizeof(*shown->entries));
	for (uint32_t i = 0; i < b->n_conditions; i++) {
		const struct condition *condition = &b->conditions[i];

		if (condition->pack != p || (id.n > 0 && !text_equal(condition->head.id, id)))
			continue;
		shown->entries[shown->n++] = entry_of(c, condition);
	}
	if (shown->n > 1)
		qsort(shown->entries, shown->n, sizeof(*shown->entries), by_entry_id);
}

/* Packs that are on first; among them those that others require before the others: as they are read. */
static void
list_packs(struct catalogue *c, struct text id)
{
	const struct rulebook *b = c->book;

	c->packs = arena_calloc(c->arena, b->n_packs, sizeof(*c->packs));
	c->by_id = arena_calloc(c->arena, b->n_conditions, sizeof(struct cat_entry *));
	for (int off = 0; off < 2; off++)
		for (uint32_t i = 0; i < b->n_packs; i++)
			if ((b->packs[i].added || !b->packs[i].on) == (off != 0))
				fill_pack(c, &c->packs[c->n_packs++], &b->packs[i], id);
	for (uint32_t i = 0; i < c->n_packs; i++) {
		struct cat_pack *p = &c->packs[i];

		for (uint32_t k = 0; k < p->n; k++)
			c->by_id[c->n_entries++] = &p->entries[k];
		c->n_on += p->pack->on && !p->pack->added ? p->n : 0;
	}
	if (c->n_entries > 1)
		qsort(c->by_id, c->n_entries, sizeof(*c->by_id), by_pointed_id);
}

bool
catalogue_for_form(const struct cat_entry *e, struct text form)
{
	for (uint32_t i = 0; i < e->condition->forms.n; i++)
		if (text_equal(e->condition->forms.items[i], form))
			return true;
	return e->condition->forms.n == 0;
}

struct text
catalogue_forms(const struct catalogue *c, const struct cat_entry *e)
{
	struct buf b = { 0 };

	if (e->condition->forms.n == 0)
		return TEXT("every form");
	put_words(&b, &e->condition->forms, ", ");
	return arena_buf(c->arena, &b);
}

static void (*const renderers[CATALOGUE_FORMATS])(struct buf *, const struct catalogue *) = {
	[CATALOGUE_MARKDOWN] = catalogue_markdown,
	[CATALOGUE_HTML] = catalogue_html,
	[CATALOGUE_JSON] = catalogue_json,
	[CATALOGUE_LIST] = catalogue_list,
};

bool
catalogue_render(
    struct buf *b, struct rulebook *book, enum catalogue_format format, struct text id)
{
	struct catalogue c = { .book = book, .arena = arena_new() };
	bool found;

	list_parameters(&c);
	list_registers(&c);
	list_packs(&c, id);
	found = c.n_entries > 0 || id.n == 0;
	if (found && renderers[format] != NULL)
		renderers[format](b, &c);
	arena_free(c.arena);
	return found;
}
