/*
 * Cells as the five programs write them, each taken at one glance: nearly all of a sheet is
 *
 *	<c r="B7" s="3" t="s"><f>…</f><v>12</v></c>
 *
 * in just this order, so most of what a scanner of any XML does for it is for nothing.  What is written
 * in another way, however slightly, is left to that scanner, and both end in the same two functions:
 * nothing here refuses anything.  See xml_plain.h for why reading a few bytes too far does no harm.
 */
#include <string.h>

#include "rules/xlsx_reading.h"
#include "rules/xml_plain.h"

#define TEXT_PAIR(s) s, sizeof(s) - 1

/* Behind a text that stands at p; else NULL. */
static inline const char *
behind(const char *p, const char *s, size_t n)
{
	return memcmp(p, s, n) == 0 ? p + n : NULL;
}
#define BEHIND(p, s) behind(p, s, sizeof(s) - 1)

/* The digits of the row that cells are expected to name, so that they are compared at once. */
static void
expect_row(struct reading *r)
{
	char digits[8] = { 0 }, mask[8] = { 0 };
	uint32_t n = r->row;
	size_t at = 1;

	while ((n /= 10) > 0)
		at++;
	r->expected_n = at;
	for (n = r->row; at > 0; n /= 10) {
		digits[--at] = (char)('0' + n % 10);
		mask[at] = '\xff';
	}
	memcpy(&r->expected_digits, digits, sizeof(digits));
	memcpy(&r->expected_mask, mask, sizeof(mask));
	r->expected = r->row;
}

/* The column of a reference into the row we are in; NULL: it is another one. */
static const char *
column_of(struct reading *r, const char *p, uint32_t *column)
{
	uint32_t n = 0;
	uint64_t digits;

	for (int i = 0; i < 3 && *p >= 'A' && *p <= 'Z'; i++)
		n = n * 26 + (uint32_t)(*p++ - 'A' + 1);
	if (r->expected != r->row)
		expect_row(r);
	memcpy(&digits, p, sizeof(digits));
	if (n == 0 || n > XLSX_COLUMNS ||
	    ((digits ^ r->expected_digits) & r->expected_mask) != 0)
		return NULL;
	*column = n;
	p += r->expected_n;
	return *p == '"' ? p + 1 : NULL;
}

/* The number of a format; it may have five digits. */
static const char *
style_of(const char *p, uint32_t *style)
{
	const char *from = p;
	uint32_t n = 0;

	for (; *p >= '0' && *p <= '9' && p - from < 5; p++)
		n = n * 10 + (uint32_t)(*p - '0');
	*style = n;
	return p > from && *p == '"' ? p + 1 : NULL;
}

static const char *
type_of(const char *p, xlsx_take **take)
{
	static const struct {
		char is[5];
		unsigned char n;
		xlsx_take *take;
	} types[] = { { "s\"", 2, xlsx_take_shared }, { "n\"", 2, xlsx_take_number },
		{ "str\"", 4, xlsx_take_text }, { "b\"", 2, xlsx_take_bool },
		{ "e\"", 2, xlsx_take_error } };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (memcmp(p, types[i].is, types[i].n) == 0) {
			*take = types[i].take;
			return p + types[i].n;
		}
	return NULL;
}

/* What a formula is besides its words, each at most once and in this order. */
static const char *
formula_attributes(const char *p)
{
	static const struct {
		const char *is;
		size_t n;
	} known[] = { { TEXT_PAIR(" t=\"") }, { TEXT_PAIR(" aca=\"") },
		{ TEXT_PAIR(" ref=\"") }, { TEXT_PAIR(" ca=\"") }, { TEXT_PAIR(" si=\"") } };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strncmp(p, known[i].is, known[i].n) != 0)
			continue;
		for (p += known[i].n; XML_IS(*p, XML_VALUE); p++)
			;
		if (*p++ != '"')
			return NULL;
	}
	return p;
}

/* The text of a formula, to the tag behind it: plain, with the entities that are in most of them. */
static const char *
formula_text(const char *p)
{
	static const struct {
		const char *is;
		size_t n;
	} entities[] = { { TEXT_PAIR("&quot;") }, { TEXT_PAIR("&amp;") }, { TEXT_PAIR("&lt;") },
		{ TEXT_PAIR("&gt;") }, { TEXT_PAIR("&apos;") } };
	size_t i;

	for (;;) {
		p = xml_skip_plain(p);
		if (*p == '<')
			return p;
		if (*p != '&')
			return NULL;
		for (i = 0; strncmp(p, entities[i].is, entities[i].n) != 0;)
			if (++i == sizeof(entities) / sizeof(*entities))
				return NULL;
		p += entities[i].n;
	}
}

/* Behind a formula whose tag's name has been passed. */
static const char *
formula(const char *p)
{
	const char *end;

	if (*p != '>' && (p = formula_attributes(p)) == NULL)
		return NULL;
	if ((end = BEHIND(p, "/>")) != NULL || (end = BEHIND(p, " />")) != NULL)
		return end;
	if (*p != '>' || (p = formula_text(p + 1)) == NULL)
		return NULL;
	return BEHIND(p, "</f>");
}

/* What is between a cell's tags; returns what is behind the last one. */
static const char *
content(const char *p, bool *has_formula, struct text *raw)
{
	const char *end;

	if (p[1] == 'f') {
		if ((p = BEHIND(p, "<f")) == NULL || (p = formula(p)) == NULL)
			return NULL;
		*has_formula = true;
	}
	if ((end = BEHIND(p, "<v>")) != NULL) {
		p = xml_skip_plain(end);
		*raw = (struct text){ end, (size_t)(p - end) };
		return BEHIND(p, "</v></c>");
	}
	if ((end = BEHIND(p, "<v/>")) != NULL || (end = BEHIND(p, "<v />")) != NULL)
		p = end;
	return BEHIND(p, "</c>");
}

/* One cell whose "<c" has been passed; NULL: it is left to the scanner, and nothing was done. */
static const char *
take_cell(struct reading *r, const char *p)
{
	const char *at;
	uint32_t column = r->column + 1, style = 0;
	xlsx_take *take = xlsx_take_number;
	struct text raw = { p, 0 };
	bool has_formula = false;

	if ((at = BEHIND(p, " r=\"")) != NULL && (p = column_of(r, at, &column)) == NULL)
		return NULL;
	if ((at = BEHIND(p, " s=\"")) != NULL && (p = style_of(at, &style)) == NULL)
		return NULL;
	if ((at = BEHIND(p, " t=\"")) != NULL && (p = type_of(at, &take)) == NULL)
		return NULL;
	if ((at = BEHIND(p, "/>")) != NULL || (at = BEHIND(p, " />")) != NULL)
		p = at;
	else if (*p != '>' || (p = content(p + 1, &has_formula, &raw)) == NULL)
		return NULL;
	if (column > XLSX_COLUMNS)
		return NULL;
	if (raw.n == 0 && !has_formula) {
		r->column = column;
		return p;
	}
	xlsx_begin_cell(r, r->row, column, style, take);
	r->formula = has_formula;
	xlsx_end_cell(r, raw);
	return p;
}

const char *
xlsx_known_cells(void *arg, const char *p)
{
	struct reading *r = arg;
	const char *behind_it;

	while (!r->refused && p[0] == '<' && p[1] == 'c' &&
	    (behind_it = take_cell(r, p + 2)) != NULL)
		p = behind_it;
	return p;
}
