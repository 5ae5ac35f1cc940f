/*
 * Named ranges and expressions.
 *
 * A place is $'My sheet'.$A$1:.$B$4 here and 'My sheet'!$A$1:$B$4 in an Excel workbook; it is kept as the
 * latter, so that whoever looks for a name need know one way of writing.  What is no single place is kept
 * as it is.
 */
#include <string.h>

#include "rules/ods_private.h"

#define NAMES_MOST 10000

/* A sheet's name before a point, with its quotes and without its $. */
static bool
scan_sheet(const char **at, struct text *sheet)
{
	const char *p = *at + (**at == '$'), *from = p;

	if (*p == '\'') {
		for (p++; *p != '\0' && (*p != '\'' || p[1] == '\''); p++)
			p += *p == '\'';
		if (*p != '\'')
			return false;
		p++;
	} else
		p += strcspn(p, ".:' $[]");
	*sheet = (struct text){ from, (size_t)(p - from) };
	if (*p != '.')
		return false;
	*at = p + 1;
	return true;
}

/* "$A$1" */
static bool
scan_cell(const char **at, struct text *cell)
{
	const char *from = *at, *p = from + (*from == '$');
	size_t letters = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
	       digits;

	p += letters;
	p += *p == '$';
	digits = strspn(p, "0123456789");
	p += digits;
	*cell = (struct text){ from, (size_t)(p - from) };
	*at = p;
	return letters > 0 && letters < 4 && digits > 0 && digits < 8;
}

/* A place as Excel writes it; false: it is not one place on one sheet. */
static bool
put_place(struct buf *out, const char *p)
{
	struct text sheet, other, first, last;
	bool bracket = *p == '[';

	p += bracket;
	if (!scan_sheet(&p, &sheet) || sheet.n == 0 || !scan_cell(&p, &first))
		return false;
	buf_text(out, sheet);
	buf_char(out, '!');
	buf_text(out, first);
	if (*p == ':') {
		p++;
		if (!scan_sheet(&p, &other) || (other.n > 0 && !text_equal(other, sheet)) ||
		    !scan_cell(&p, &last))
			return false;
		buf_char(out, ':');
		buf_text(out, last);
	}
	p += bracket && *p == ']';
	return *p == '\0';
}

static void
add_name(struct ods *o, const char *name, const char *refers)
{
	struct document *d = o->doc;
	struct buf b = { 0 };

	if (name == NULL || refers == NULL || d->n_names == NAMES_MOST)
		return;
	if (!put_place(&b, strncmp(refers, "of:=", 4) == 0 ? refers + 4 : refers)) {
		buf_clear(&b);
		buf_str(&b, refers);
	}
	d->names = arena_room(o->arena, d->names, d->n_names, &o->name_room, sizeof(*d->names));
	d->names[d->n_names++] = (struct defined_name){
		.name = { arena_strndup(o->arena, name, strlen(name)), strlen(name) },
		.refers = { arena_strndup(o->arena, buf_as_text(&b).p, b.n), b.n },
		.sheet = o->sheet != NULL ? d->n_sheets : 0,
	};
	buf_free(&b);
}

void
ods_named_range(struct ods *o, const char **attributes)
{
	add_name(o, xml_attribute(attributes, "name"),
	    xml_attribute(attributes, "cell-range-address"));
}

void
ods_named_expression(struct ods *o, const char **attributes)
{
	add_name(o, xml_attribute(attributes, "name"), xml_attribute(attributes, "expression"));
}
