/* What a field wants, in words: shown as "expected" beside what was found. */
#include <string.h>

#include "rules/bind.h"

static const char *const wanted[KINDS] = {
	[KIND_TEXT] = "text",
	[KIND_INTEGER] = "a whole number",
	[KIND_MONEY] = "an amount such as 1234.50",
	[KIND_RATE] = "a rate such as 0.035 or \"3.5%\"",
	[KIND_PERCENT] = "a percentage such as 50",
	[KIND_DECIMAL] = "a number such as 12.5",
	[KIND_BOOLEAN] = "true or false (yes or no in a table)",
	[KIND_DATE] = "a date such as 2014-11-28",
	[KIND_TIME] = "a time with its zone such as 2014-11-28T16:05:00Z",
	[KIND_YEAR] = "a financial year such as 2015-16",
	[KIND_QUARTER] = "a quarter such as 2014-15Q4",
	[KIND_CODE] = "a code",
	[KIND_RECORD] = "a record: { … }",
	[KIND_LIST] = "a list: [ … ]",
	[KIND_MAP] = "names with values: { … }",
	[KIND_ANY] = "anything",
};

static void
put_words(struct buf *buf, const struct field *field)
{
	uint32_t shown = field->n_words > 12 ? 10 : field->n_words;

	buf_str(buf, field->n_words == 1 ? "" : "one of: ");
	for (uint32_t i = 0; i < shown; i++)
		buf_printf(buf, "%s%.*s", i > 0 ? ", " : "", TEXT_ARG(field->words[i].word));
	if (shown < field->n_words)
		buf_printf(buf, " and %u more", field->n_words - shown);
}

static void
put_range(struct buf *buf, const struct field *field, enum kind kind)
{
	const int64_t ends[2] = { field->least, field->most };

	for (int i = 0; i < 2; i++) {
		buf_str(buf, i == 0 ? ", from " : " to ");
		if (kind == KIND_MONEY)
			money_format_pretty(buf, ends[i]);
		else if (kind == KIND_INTEGER)
			integer_format_pretty(buf, ends[i]);
		else if (kind == KIND_DECIMAL)
			rate_format_plain(buf, (struct rate){ ends[i], 6 });
		else
			rate_format(buf, (struct rate){ ends[i], 6 });
	}
}

static void
put_scalar(struct buf *buf, const struct field *field, enum kind kind)
{
	if (kind == KIND_ENUM)
		put_words(buf, field);
	else if (kind == KIND_REF) {
		buf_printf(buf, "an id from the list of %.*s", TEXT_ARG(field->list));
		for (uint32_t i = 0; i < field->n_also; i++)
			buf_printf(buf, " or %.*s", TEXT_ARG(field->also[i]));
	} else if (kind == KIND_MONEY && field->whole_pounds)
		buf_str(buf, "an amount in whole pounds");
	else if (kind == KIND_RATE && field->per_mille)
		buf_str(buf, "a whole number of ‰ (35 for 3.5%)");
	else
		buf_str(buf, wanted[kind] != NULL ? wanted[kind] : "a value");
	if (field->pattern.n > 0 && (kind == KIND_CODE || kind == KIND_TEXT))
		buf_printf(buf, " of the shape %.*s (A a letter, 9 a digit, X either)",
		    TEXT_ARG(field->pattern));
	if (field->has_range)
		put_range(buf, field, kind);
}

struct text
bind_expected(struct arena *arena, const struct field *field, bool item)
{
	bool many = field->kind == KIND_LIST || field->kind == KIND_MAP;
	struct buf buf = { 0 };
	struct text text;

	if (field->help.n > 0)
		return field->help;
	if (many && item && field->sub == NULL)
		put_scalar(&buf, field, field->of);
	else if (many || field->kind == KIND_RECORD)
		buf_str(&buf, wanted[field->kind]);
	else
		put_scalar(&buf, field, field->kind);
	if (many && !item && field->sub == NULL) {
		buf_str(&buf, ", each ");
		put_scalar(&buf, field, field->of);
	}
	text = (struct text){ arena_strndup(arena, buf.p != NULL ? buf.p : "", buf.n), buf.n };
	buf_free(&buf);
	return text;
}
