/*
 * Styles: only what tells a date from a number.  A date is a number of days, and its format alone says
 * that it is one.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/xlsx_private.h"

struct format {
	uint32_t id, order; /* of two of the same id the last one holds */
	enum xlsx_shows shows;
};

struct styles {
	struct xlsx *x;
	struct format *formats;
	uint32_t n_formats, room;
	bool in_xfs, sorted;
};

/* Formats that every workbook has without naming them. */
static enum xlsx_shows
built_in(uint32_t id)
{
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 ||
	    (id >= 50 && id <= 58))
		return SHOWS_DATE;
	if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47)
		return SHOWS_TIME;
	if (id == 46)
		return SHOWS_ELAPSED;
	if (id == 9 || id == 10)
		return SHOWS_PERCENT;
	return id == 22 ? SHOWS_BOTH : SHOWS_NUMBER;
}

/* Is a letter of a format code, between others of its kind, about hours, minutes or seconds? */
static bool
is_elapsed(const char *p)
{
	return (p[1] == 'h' || p[1] == 'H' || p[1] == 'm' || p[1] == 'M' || p[1] == 's' ||
		   p[1] == 'S') &&
	    (p[2] == ']' || p[2] == p[1]);
}

/* The rest of a section, from a digit on, that has a percent sign in it: "0.0%". */
static enum xlsx_shows
digits_show(const char *p)
{
	for (; *p != '\0' && *p != ';'; p++) {
		if (*p == '%')
			return SHOWS_PERCENT;
		if (*p == '"' && (p = strchr(p + 1, '"')) == NULL)
			break;
		if ((*p == '\\' || *p == '_' || *p == '*') && *++p == '\0')
			break;
	}
	return SHOWS_NUMBER;
}

/*
 * What the first section of a format code shows.  Quoted words, escaped letters, and conditions,
 * colours and locales in brackets say nothing; [h] is a duration.
 */
static enum xlsx_shows
code_shows(const char *p)
{
	bool date = false, time = false, m = false;

	for (; *p != '\0' && *p != ';'; p++) {
		if (*p == '"') {
			if ((p = strchr(p + 1, '"')) == NULL)
				break;
		} else if (*p == '\\' || *p == '_' || *p == '*') {
			if (*++p == '\0')
				break;
		} else if (*p == '[') {
			if (is_elapsed(p))
				return SHOWS_ELAPSED;
			if ((p = strchr(p, ']')) == NULL)
				break;
		} else if (strchr("yYdD", *p) != NULL)
			date = true;
		else if (strchr("hHsS", *p) != NULL)
			time = true;
		else if (*p == 'm' || *p == 'M')
			m = true;
		else if (*p == '%')
			return SHOWS_PERCENT;
		else if (strchr("0#?", *p) != NULL && !time)
			return digits_show(p);
		else if (strncmp(p, "General", 7) == 0)
			return SHOWS_NUMBER;
	}
	if (m && !time)
		date = true;
	return date && time ? SHOWS_BOTH : date ? SHOWS_DATE : time ? SHOWS_TIME : SHOWS_NUMBER;
}

static void
too_many(struct styles *s, struct xml *xml)
{
	struct read_error e = { 0 };

	read_error_set(&e, s->x->arena, &xlsx_bad, 0, 0,
	    "This workbook has more than 65,536 formats of cells.");
	xml_refuse(xml, &e);
}

static void
on_format(struct styles *s, struct xml *xml, const char **attributes)
{
	const char *id = xml_attribute(attributes, "numFmtId"),
		   *code = xml_attribute(attributes, "formatCode");

	if (id == NULL || code == NULL)
		return;
	if (s->n_formats == XLSX_FORMATS) {
		too_many(s, xml);
		return;
	}
	s->formats =
	    arena_room(s->x->arena, s->formats, s->n_formats, &s->room, sizeof(*s->formats));
	s->formats[s->n_formats] =
	    (struct format){ (uint32_t)strtoul(id, NULL, 10), s->n_formats, code_shows(code) };
	s->n_formats++;
	s->sorted = false;
}

static int
compare_formats(const void *a, const void *b)
{
	const struct format *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static enum xlsx_shows
format_shows(struct styles *s, uint32_t id)
{
	uint32_t low = 0, high = s->n_formats, middle;

	if (!s->sorted && s->n_formats > 0)
		qsort(s->formats, s->n_formats, sizeof(*s->formats), compare_formats);
	s->sorted = true;
	while (low < high) { /* the first beyond this id */
		middle = low + (high - low) / 2;
		if (s->formats[middle].id <= id)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && s->formats[low - 1].id == id ? s->formats[low - 1].shows
						       : built_in(id);
}

static void
on_cell_format(struct styles *s, struct xml *xml, const char **attributes)
{
	struct xlsx *x = s->x;
	const char *id = xml_attribute(attributes, "numFmtId");

	if (x->n_shows == XLSX_FORMATS) {
		too_many(s, xml);
		return;
	}
	x->shows = arena_room(x->arena, x->shows, x->n_shows, &x->shows_room, 1);
	x->shows[x->n_shows++] =
	    (unsigned char)(id != NULL ? format_shows(s, (uint32_t)strtoul(id, NULL, 10))
				       : SHOWS_NUMBER);
}

static void
on_start(void *arg, struct xml *xml, unsigned depth, const char *name, const char **attributes)
{
	struct styles *s = arg;

	if (depth == 2)
		s->in_xfs = strcmp(name, "cellXfs") == 0;
	else if (depth == 3 && strcmp(name, "numFmt") == 0)
		on_format(s, xml, attributes);
	else if (depth == 3 && s->in_xfs && strcmp(name, "xf") == 0)
		on_cell_format(s, xml, attributes);
}

bool
xlsx_read_styles(struct xlsx *x, struct text path)
{
	static const struct xml_calls calls = { on_start, NULL, NULL };
	struct styles s = { .x = x };

	return xml_read(x->package, x->arena, path, &calls, &s, x->error);
}
