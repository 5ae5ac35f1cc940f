/*
 * Comparing money with a number, once the forms are known.
 *
 * `row.planned == 0` is false whatever was planned, and nothing in the words says that it is money: the
 * forms do.  A name that another form has as something else is left alone.
 */
#include <stdlib.h>

#include "rules/lua_lint.h"
#include "rules/rulebook_load.h"

struct names {
	struct text *at;
	uint32_t n, cap;
};

static bool
is_money(const struct field *f)
{
	return f->kind == KIND_MONEY;
}

static bool
has_another_kind(const struct rulebook *b, struct text name)
{
	for (uint32_t i = 0; i < b->n_forms; i++)
		for (uint32_t j = 0; j < b->forms[i]->n_types; j++) {
			const struct record_type *t = b->forms[i]->types[j];

			for (uint32_t k = 0; k < t->n_fields; k++)
				if (text_equal(t->fields[k].name, name) &&
				    !is_money(&t->fields[k]))
					return true;
		}
	return false;
}

static void
add_type(struct loading *l, struct names *names, const struct record_type *t)
{
	for (uint32_t k = 0; k < t->n_fields; k++) {
		uint32_t i = 0;

		if (!is_money(&t->fields[k]))
			continue;
		while (i < names->n && !text_equal(names->at[i], t->fields[k].name))
			i++;
		if (i < names->n || has_another_kind(l->book, t->fields[k].name))
			continue;
		names->at =
		    arena_grow(l->texts, names->at, names->n, &names->cap, sizeof(*names->at));
		names->at[names->n++] = t->fields[k].name;
	}
}

static void
complain(void *arg, struct text file, uint32_t line, struct text what)
{
	load_refuse(arg, file, line, "%.*s", TEXT_ARG(what));
}

/* A library, or a file of a pack that is on. */
static bool
is_used(const struct rulebook *b, struct text name)
{
	if (name.n <= 4 || memcmp(name.p + name.n - 4, ".lua", 4) != 0)
		return false;
	if (name.n > 4 && memcmp(name.p, "lib/", 4) == 0)
		return true;
	for (uint32_t i = 0; i < b->n_packs; i++) {
		const struct pack *p = &b->packs[i];

		if (p->on && name.n > p->id.n && name.p[p->id.n] == '/' &&
		    memcmp(name.p, p->id.p, p->id.n) == 0)
			return true;
	}
	return false;
}

void
rulebook_lint_money(struct loading *l)
{
	const struct rulebook *b = l->book;
	struct names names = { 0 };

	for (uint32_t i = 0; i < b->n_forms; i++)
		for (uint32_t j = 0; j < b->forms[i]->n_types; j++)
			add_type(l, &names, b->forms[i]->types[j]);
	for (uint32_t i = 0; i < b->tree->n; i++) {
		const struct tree_file *f = &b->tree->files[i];

		if (is_used(b, f->name))
			lua_lint_fields(f->name, f->data, names.at, names.n, complain, l);
	}
}
