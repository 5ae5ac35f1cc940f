/*
 * Registers whose amounts rise from year to year by a rate that was announced: what does not is told when
 * they are read, and not only to the first return that it touches.
 *
 *   rises = { amount = "amount", along = "year", each = "area", where = "source", is = "nhs_minimum",
 *             by = "nhs_uplift", within = "1", rule = "BCF-FUND-005" }
 *
 * Of the rows whose `where` is `is`, the sum of `amount` for each `each` and year, against the year before's
 * and the parameter `by` of the year.  It is a notice: the data are ours, and may be right after all.
 */
#include "rules/rulebook_load.h"

#include "rules/form_private.h"

static bool
read_column(struct declaration *d, const struct reg *r, const char *key, enum kind kind,
    uint32_t *column)
{
	struct text name, *names;
	const struct field *f;

	if (!declare_text(d, key, REQUIRED, &name))
		return false;
	for (uint32_t i = 0; i < r->type.n_fields; i++) {
		f = &r->type.fields[i];
		if (!text_equal(f->name, name))
			continue;
		*column = i;
		if (kind == KIND_NONE || f->kind == kind)
			return true;
		declare_wrong(
		    d, ": rises: %s must name a column of the kind %s.", key, kind_names[kind]);
		return false;
	}
	names = arena_calloc(d->l->texts, r->type.n_fields + 1, sizeof(*names));
	for (uint32_t i = 0; i < r->type.n_fields; i++)
		names[i] = r->type.fields[i].name;
	declare_wrong(d, ": rises: %s names '%.*s', which is no column%.*s.", key,
	    TEXT_ARG(name), TEXT_ARG(did_you_mean(d->l->texts, name, names, r->type.n_fields)));
	return false;
}

void
rulebook_rises_read(struct declaration *outer, struct reg *r)
{
	static const char *const keys[] = { "amount", "along", "each", "where", "is", "by",
		"within", "rule", NULL };
	struct rises *rise;
	struct declaration d;
	struct text within;
	struct money_read money = { .how = NUMBER_OK };

	if (!declare_table(outer, "rises", OPTIONAL))
		return;
	rise = arena_calloc(outer->l->book->arena, 1, sizeof(*rise));
	if (declare_inner(&d, outer, -1, "rises", keys)) {
		declare_named(&d, outer->who);
		if (declare_text(&d, "within", OPTIONAL, &within))
			money = money_read(within, MONEY_STRICT, 1);
		if (money.how != NUMBER_OK)
			declare_wrong(&d, ": rises: within must be an amount such as \"1\".");
		rise->within = money.amount;
		if (read_column(&d, r, "amount", KIND_MONEY, &rise->amount) &
		    read_column(&d, r, "along", KIND_YEAR, &rise->along) &
		    read_column(&d, r, "each", KIND_CODE, &rise->each) &
		    read_column(&d, r, "where", KIND_TEXT, &rise->where) &
		    declare_text(&d, "is", REQUIRED, &rise->is) &
		    declare_text(&d, "by", REQUIRED, &rise->by) &
		    declare_text(&d, "rule", REQUIRED, &rise->rule))
			r->rises = rise;
	}
	outer->good &= d.good;
	lua_pop(outer->L, 1);
}

/* The sum for one `each` and year; *first is the first of its rows.  false: there is none. */
static bool
sum_of(struct loading *l, const struct reg *r, struct value each, fyear year, int64_t *sum,
    uint32_t *first)
{
	const struct rises *rise = r->rises;
	struct value is = { .state = VALUE_SET,
		.kind = KIND_TEXT,
		.u.s = rise->is.p,
		.len = (uint32_t)rise->is.n };
	struct value when = { .state = VALUE_SET, .kind = KIND_YEAR, .u.n = year };
	struct reg_want want[] = { { rise->each, each }, { rise->along, when },
		{ rise->where, is } };
	uint32_t *rows, n = register_find(r, want, 3, NULL, NULL, 0);

	rows = arena_calloc(l->texts, n + 1, sizeof(*rows));
	register_find(r, want, 3, NULL, rows, n);
	*sum = 0;
	for (uint32_t i = 0; i < n; i++) {
		struct value v = r->rows.items[rows[i]].u.rec->values[rise->amount];

		if (v.state != VALUE_SET || !money_add(*sum, v.u.n, sum))
			return false;
	}
	*first = n > 0 ? rows[0] : 0;
	return n > 0;
}

static void
put_money(struct buf *b, const struct reg *r, int64_t amount)
{
	value_format_pretty(b, &r->type.fields[r->rises->amount],
	    (struct value){ .state = VALUE_SET, .kind = KIND_MONEY, .u.n = amount });
}

/* The sums of one row's each and year, told once: at the first of its rows. */
static void
check_row(struct loading *l, const struct reg *r, uint32_t row, const struct parameter *by)
{
	const struct record *record = r->rows.items[row].u.rec;
	struct value each = record->values[r->rises->each],
		     when = record->values[r->rises->along];
	const struct parameter_value *uplift;
	struct buf year = { 0 }, b = { 0 };
	int64_t now, before, rise;
	uint32_t first, unused;
	struct rate rate;

	if (each.state != VALUE_SET || when.state != VALUE_SET ||
	    (uplift = parameter_for(by, (fyear)when.u.n)) == NULL ||
	    !sum_of(l, r, each, (fyear)when.u.n, &now, &first) || first != row ||
	    !sum_of(l, r, each, (fyear)when.u.n - 1, &before, &unused))
		return;
	rate = (struct rate){ uplift->value.u.n, uplift->value.scale };
	if (!rate_of(before, rate, ROUND_DOWN, &rise) ||
	    now >= before + rise - r->rises->within)
		return;
	value_format_pretty(&year, &r->type.fields[r->rises->along], when);
	buf_printf(&b, "The %.*s of %.*s in %.*s is ", TEXT_ARG(r->rises->is), (int)each.len,
	    each.u.s, TEXT_ARG(buf_as_text(&year)));
	put_money(&b, r, now);
	buf_str(&b, "; a rise of ");
	rate_format(&b, rate);
	buf_str(&b, " on ");
	put_money(&b, r, before);
	buf_str(&b, " the year before makes it ");
	put_money(&b, r, before + rise - r->rises->within);
	buf_printf(&b,
	    " at least (%.*s). Look whether the row is right; returns are judged by it.",
	    TEXT_ARG(r->rises->rule));
	load_notice(
	    l, register_row_file(r, row), record->src, "%.*s", TEXT_ARG(buf_as_text(&b)));
	buf_free(&year);
	buf_free(&b);
}

void
rulebook_rises(struct loading *l)
{
	for (uint32_t i = 0; i < l->book->n_registers; i++) {
		const struct reg *r = l->book->registers[i];
		const struct parameter *by;

		if (r->rises == NULL || follow_any(l, r->file))
			continue;
		by = rulebook_parameter(l->book, r->rises->by);
		if (by == NULL || by->kind != KIND_RATE) {
			if (by != NULL || !follow_explains(l, r->rises->by, NULL))
				load_refuse(l, r->file, r->line,
				    "The register %.*s rises by '%.*s', which is no parameter "
				    "that is a rate.",
				    TEXT_ARG(r->name), TEXT_ARG(r->rises->by));
			continue;
		}
		for (uint32_t row = 0; row < r->rows.n; row++)
			check_row(l, r, row, by);
	}
}
