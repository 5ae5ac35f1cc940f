/* Values: written for programs and for people; found by place or dotted path; derived ones stored. */
#include <stdlib.h>
#include <string.h>

#include "rules/bind.h"

static void
put_rate(struct buf *buf, struct value v)
{
	rate_format(buf, (struct rate){ v.u.n, v.scale });
}

static void
put_decimal(struct buf *buf, struct value v)
{
	rate_format_plain(buf, (struct rate){ v.u.n, v.scale });
}

/* Thousands are parted for people: 1,234.5 */
static void
put_decimal_pretty(struct buf *buf, struct value v)
{
	struct buf plain = { 0 };
	struct text text;
	size_t whole = 0;
	bool negative;

	put_decimal(&plain, v);
	text = buf_as_text(&plain);
	negative = text.n > 0 && text.p[0] == '-';
	if (negative)
		text = (struct text){ text.p + 1, text.n - 1 };
	while (whole < text.n && text.p[whole] != '.')
		whole++;
	if (negative)
		buf_str(buf, "−");
	if (whole > 3 && whole < 19)
		integer_format_pretty(buf, strtoll(text.p, NULL, 10));
	else
		buf_put(buf, text.p, whole);
	buf_put(buf, text.p + whole, text.n - whole);
	buf_free(&plain);
}

static void
put_enum(struct buf *buf, const struct field *field, struct value v, bool pretty)
{
	const struct enum_word *word;

	if (field == NULL || v.u.n < 0 || v.u.n >= (int64_t)field->n_words)
		return;
	word = &field->words[v.u.n];
	buf_text(buf, pretty && word->title.n > 0 ? word->title : word->word);
}

static void
put_reference(struct buf *buf, struct value v, bool pretty)
{
	const struct record *record = v.u.rec;
	const struct field *key;

	if ((v.flags & VALUE_REF_WORD) != 0) {
		buf_put(buf, v.u.s, v.len);
		return;
	}
	if (record == NULL || record->type->key < 0)
		return;
	key = &record->type->fields[record->type->key];
	if (key->kind == KIND_REF) /* no chains of references */
		return;
	if (pretty)
		value_format_pretty(buf, key, record->values[key->index]);
	else
		value_format(buf, key, record->values[key->index]);
}

static void
format(struct buf *buf, const struct field *field, struct value v, bool pretty)
{
	if (v.state != VALUE_SET)
		return;
	switch ((enum kind)v.kind) {
	case KIND_TEXT:
	case KIND_CODE: buf_put(buf, v.u.s, v.len); break;
	case KIND_MONEY: (pretty ? money_format_pretty : money_format)(buf, v.u.n); break;
	case KIND_INTEGER:
		if (pretty)
			integer_format_pretty(buf, v.u.n);
		else
			buf_printf(buf, "%lld", (long long)v.u.n);
		break;
	case KIND_RATE:
	case KIND_PERCENT: put_rate(buf, v); break;
	case KIND_DECIMAL: (pretty ? put_decimal_pretty : put_decimal)(buf, v); break;
	case KIND_BOOLEAN:
		buf_str(buf,
		    pretty ? (v.u.n != 0 ? "yes" : "no") : (v.u.n != 0 ? "true" : "false"));
		break;
	case KIND_DATE: (pretty ? date_format_pretty : date_format)(buf, (date)v.u.n); break;
	case KIND_TIME: (pretty ? time_format_pretty : time_format)(buf, v.u.n); break;
	case KIND_YEAR: year_format(buf, (fyear)v.u.n); break;
	case KIND_QUARTER:
		(pretty ? quarter_format_pretty : quarter_format)(buf, (quarter)v.u.n);
		break;
	case KIND_ENUM: put_enum(buf, field, v, pretty); break;
	case KIND_REF: put_reference(buf, v, pretty); break;
	default: break; /* records, lists, maps and what is not judged have no one text */
	}
}

void
value_format(struct buf *buf, const struct field *field, struct value v)
{
	format(buf, field, v, false);
}

void
value_format_pretty(struct buf *buf, const struct field *field, struct value v)
{
	format(buf, field, v, true);
}

const struct value *
budget_get(const struct budget *budget, struct text dotted)
{
	const struct record *record = budget->root;
	const struct field *field;

	while (record != NULL && dotted.n > 0) {
		const char *dot = memchr(dotted.p, '.', dotted.n);
		size_t n = dot != NULL ? (size_t)(dot - dotted.p) : dotted.n;
		const struct value *value;

		if ((field = form_field(record->type, (struct text){ dotted.p, n }, NULL)) ==
		    NULL)
			return NULL;
		value = &record->values[field->index];
		if (dot == NULL)
			return value;
		record = field->kind == KIND_RECORD && value->state == VALUE_SET ? value->u.rec
										 : NULL;
		dotted = (struct text){ dot + 1, dotted.n - n - 1 };
	}
	return NULL;
}

date
value_day(const struct value *v)
{
	date day = (date)v->u.n;
	int second;
	bool summer;

	if (v->kind == KIND_TIME)
		london_split(v->u.n, &day, &second, &summer);
	return day;
}

void
budget_set_derived(struct record *record, const struct field *field, struct value v)
{
	struct value *value = &record->values[field->index];

	v.kind = (uint8_t)field->kind;
	v.src = 0;
	if (v.state == VALUE_SET &&
	    (field->kind == KIND_TEXT || field->kind == KIND_CODE ||
		(v.flags & VALUE_REF_WORD) != 0))
		v.u.s = arena_strndup(record->budget->arena, v.u.s, v.len);
	*value = v;
}

struct value
place_value(struct place place)
{
	struct value none = { .state = VALUE_ABSENT };
	struct value value;

	if (place.rec == NULL)
		return none;
	if (place.field < 0) {
		none.state = VALUE_SET;
		none.kind = KIND_RECORD;
		none.src = place.rec->src;
		none.u.rec = (struct record *)place.rec;
		return none;
	}
	value = place.rec->values[place.field];
	if (place.item < 0)
		return value;
	if (value.state != VALUE_SET || (value.kind != KIND_LIST && value.kind != KIND_MAP) ||
	    (uint32_t)place.item >= value.u.list->n)
		return none;
	return value.u.list->items[place.item];
}
