/* Codes of one register that another one must know, once all of them are read. */
#include "rules/rulebook_load.h"

#include <string.h>

/* A register that a column's codes are of, and by which of its columns. */
struct home {
	const struct reg *reg;
	uint32_t column;
};

/* "ccgs": by its key; "councils.ecode": by that column.  A pack that is off has no registers. */
static bool
find_home(struct loading *l, const struct reg *r, struct text name, struct home *home)
{
	const char *dot = memchr(name.p, '.', name.n);
	struct text reg = { name.p, dot != NULL ? (size_t)(dot - name.p) : name.n };
	struct text column = { dot != NULL ? dot + 1 : NULL,
		dot != NULL ? name.n - reg.n - 1 : 0 };
	const struct field *f;

	home->reg = rulebook_register(l->book, reg);
	if (home->reg == NULL && follow_explains(l, reg, NULL))
		return false;
	if (home->reg == NULL) {
		load_refuse(l, r->file, r->line,
		    "The register %.*s has codes of '%.*s', and there is no such register.",
		    TEXT_ARG(r->name), TEXT_ARG(reg));
		return false;
	}
	/* rows that were not read are no codes that nobody knows */
	if (follow_any(l, home->reg->file))
		return false;
	home->column = home->reg->n_key > 0 ? home->reg->key[0] : 0;
	if (column.n == 0)
		return true;
	f = form_field(&home->reg->type, column, NULL);
	if (f == NULL) {
		load_refuse(l, r->file, r->line,
		    "The register %.*s has codes of '%.*s', and %.*s has no such column.",
		    TEXT_ARG(r->name), TEXT_ARG(name), TEXT_ARG(reg));
		return false;
	}
	home->column = f->index;
	return true;
}

static bool
is_known(const struct home *homes, uint32_t n, struct value code)
{
	uint32_t row;

	for (uint32_t i = 0; i < n; i++) {
		struct reg_want want = { homes[i].column, code };

		if (register_find(homes[i].reg, &want, 1, NULL, &row, 1) > 0)
			return true;
	}
	return false;
}

static void
tell_unknown(struct loading *l, const struct reg *r, uint32_t row, const struct field *f)
{
	const struct texts *of = &r->of[f->index];
	const struct record *record = r->rows.items[row].u.rec;
	const struct value *v = &record->values[f->index];
	struct buf homes = { 0 };

	for (uint32_t i = 0; i < of->n; i++)
		buf_printf(&homes, "%s%.*s",
		    i == 0              ? ""
			: i + 1 < of->n ? ", "
					: " or ",
		    TEXT_ARG(of->items[i]));
	load_refuse(l, register_row_file(r, row), record->src,
	    "The %.*s \"%.*s\" is unknown: there is no such code in %.*s. Correct it, or add "
	    "it "
	    "there.",
	    TEXT_ARG(f->name), (int)v->len, v->u.s, TEXT_ARG(buf_as_text(&homes)));
	buf_free(&homes);
}

static void
check_column(struct loading *l, const struct reg *r, const struct field *f)
{
	const struct texts *of = &r->of[f->index];
	struct home *homes = arena_calloc(l->texts, of->n, sizeof(*homes));

	for (uint32_t i = 0; i < of->n; i++)
		if (!find_home(l, r, of->items[i], &homes[i]))
			return;
	for (uint32_t row = 0; row < r->rows.n; row++) {
		struct value code = r->rows.items[row].u.rec->values[f->index];

		if (code.state == VALUE_SET && !is_known(homes, of->n, code))
			tell_unknown(l, r, row, f);
	}
}

static bool
any_register_knows(const struct rulebook *b, struct text code)
{
	struct value wanted = {
		.state = VALUE_SET, .kind = KIND_CODE, .u.s = code.p, .len = (uint32_t)code.n
	};
	uint32_t row;

	for (uint32_t i = 0; i < b->n_registers; i++)
		for (uint32_t c = 0; c < b->registers[i]->type.n_fields; c++) {
			struct reg_want want = { c, wanted };

			if (b->registers[i]->type.fields[c].kind == KIND_CODE &&
			    register_find(b->registers[i], &want, 1, NULL, &row, 1) > 0)
				return true;
		}
	return false;
}

/* What areas are is the forms' business, which may have some that are in no register. */
static void
check_areas(struct loading *l)
{
	const struct rulebook *b = l->book;

	for (uint32_t i = 0; i < b->n_areas && l->n_failed == 0; i++)
		if (!any_register_knows(b, b->areas[i].area))
			load_notice(l, TEXT("site.lua"), 0,
			    "The region %.*s may send for the area %.*s alone, and no register "
			    "knows this code: look whether it is right in areas.",
			    TEXT_ARG(b->areas[i].region), TEXT_ARG(b->areas[i].area));
}

void
rulebook_codes(struct loading *l)
{
	check_areas(l);
	for (uint32_t i = 0; i < l->book->n_registers; i++) {
		const struct reg *r = l->book->registers[i];

		for (uint32_t c = 0; c < r->type.n_fields; c++)
			if (r->of[c].n > 0)
				check_column(l, r, &r->type.fields[c]);
	}
}
