/*
 * OpenDocument spreadsheets: the package, and which elements of its content are looked at.
 *
 * One table says which element may stand in which, and what is done when it begins and ends.  What it does
 * not list is passed over with everything in it; within the text of a paragraph it is the other way round,
 * since there are many elements that only say how it looks.
 */
#include "rules/read_ods.h"

#include <stdlib.h>
#include <string.h>

#include "rules/ods_private.h"

#define ITEMS       20000000
#define STYLES_MOST 10000
/* A cell's run of spaces is written as their number. */
#define SPACES_CELL 32767
#define SPACES_MOST (UINT64_C(16) << 20)

const struct read_fault ods_bad = { "syntax", "a workbook as LibreOffice or Excel saves it",
	"Open it in LibreOffice or Excel, save it again, and send that." };
static const struct read_fault locked = { "workbook", "a workbook without a password",
	"Open it and save it without a password (as .ods or .xlsx), and send that." };
static const struct read_fault other = { "workbook", "a spreadsheet",
	"Save the return as a spreadsheet (.xlsx or .ods), and send that." };

enum in {
	IN_NOTHING,
	IN_FILE,
	IN_ROOT,
	IN_STYLES,
	IN_STYLE,
	IN_BODY,
	IN_BOOK,
	IN_SHEET,
	IN_ROW,
	IN_CELL,
	IN_TEXT,
	IN_NAMES,
};

struct ods_element {
	enum in in, is;
	const char *name;
	void (*start)(struct ods *, const char **attributes);
	void (*end)(struct ods *);
};

void
ods_refuse(struct ods *o, const struct read_fault *fault, const char *format, ...)
{
	struct read_error e = { 0 };
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&b, format, ap);
	va_end(ap);
	read_error_set(&e, o->arena, fault, 0, 0, "%.*s", TEXT_ARG(buf_as_text(&b)));
	buf_free(&b);
	xml_refuse(o->xml, &e);
}

uint32_t
ods_count(const char *s)
{
	unsigned long n = s != NULL ? strtoul(s, NULL, 10) : 1;

	if (n == 0 || (s != NULL && *s == '-'))
		return 1;
	return n > UINT32_MAX / 4 ? UINT32_MAX / 4 : (uint32_t)n;
}

static void
other_document(struct ods *o, const char **attributes)
{
	(void)attributes;
	ods_refuse(o, &other,
	    "This is an OpenDocument file, but no spreadsheet: a text, a drawing or a "
	    "presentation.");
}

static void
start_style(struct ods *o, const char **attributes)
{
	const char *family = xml_attribute(attributes, "family"),
		   *name = xml_attribute(attributes, "name");

	o->style = TEXT_NONE;
	if (family != NULL && name != NULL && strcmp(family, "table") == 0)
		o->style =
		    (struct text){ arena_strndup(o->arena, name, strlen(name)), strlen(name) };
}

static void
table_properties(struct ods *o, const char **attributes)
{
	const char *display = xml_attribute(attributes, "display");

	if (o->style.n == 0 || display == NULL || strcmp(display, "false") != 0 ||
	    o->n_hiding == STYLES_MOST)
		return;
	o->hiding =
	    arena_room(o->arena, o->hiding, o->n_hiding, &o->style_room, sizeof(*o->hiding));
	o->hiding[o->n_hiding++] = o->style;
}

static void
start_paragraph(struct ods *o, const char **attributes)
{
	(void)attributes;
	if (o->cell.paragraphs++ > 0)
		buf_char(&o->cell.shown, '\n');
}

static void
put_spaces(struct ods *o, const char **attributes)
{
	uint32_t n = ods_count(xml_attribute(attributes, "c"));

	o->spaces += n;
	if (n > SPACES_CELL || o->spaces > SPACES_MOST) {
		ods_refuse(
		    o, &ods_bad, "This workbook has more spaces in its texts than any return.");
		return;
	}
	for (; n > 0; n--)
		buf_char(&o->cell.shown, ' ');
}

static void
put_tab(struct ods *o, const char **attributes)
{
	(void)attributes;
	buf_char(&o->cell.shown, '\t');
}

static void
put_line_break(struct ods *o, const char **attributes)
{
	(void)attributes;
	buf_char(&o->cell.shown, '\n');
}

/* Those that there are most of come first.  Without namespaces: prefixes are the writer's own. */
static const struct ods_element elements[] = {
	{ IN_CELL, IN_TEXT, "p", start_paragraph, NULL },
	{ IN_ROW, IN_CELL, "table-cell", ods_start_cell, ods_end_cell },
	{ IN_ROW, IN_CELL, "covered-table-cell", ods_start_cell, ods_end_cell },
	{ IN_SHEET, IN_ROW, "table-row", ods_start_row, ods_end_row },
	{ IN_SHEET, IN_NOTHING, "table-column", ods_start_column, NULL },
	{ IN_SHEET, IN_SHEET, "table-row-group", ods_start_group, ods_end_group },
	{ IN_SHEET, IN_SHEET, "table-column-group", ods_start_group, ods_end_group },
	{ IN_SHEET, IN_SHEET, "table-header-rows", NULL, NULL },
	{ IN_SHEET, IN_SHEET, "table-header-columns", NULL, NULL },
	{ IN_SHEET, IN_SHEET, "table-rows", NULL, NULL },
	{ IN_SHEET, IN_SHEET, "table-columns", NULL, NULL },
	{ IN_SHEET, IN_NAMES, "named-expressions", NULL, NULL },
	{ IN_TEXT, IN_NOTHING, "s", put_spaces, NULL },
	{ IN_TEXT, IN_NOTHING, "tab", put_tab, NULL },
	{ IN_TEXT, IN_NOTHING, "line-break", put_line_break, NULL },
	/* What hangs on a text and is none of it: notes, how it is said, pictures and what is in them. */
	{ IN_TEXT, IN_NOTHING, "p", NULL, NULL },
	{ IN_TEXT, IN_NOTHING, "annotation", NULL, NULL },
	{ IN_TEXT, IN_NOTHING, "note", NULL, NULL },
	{ IN_TEXT, IN_NOTHING, "ruby-text", NULL, NULL },
	{ IN_TEXT, IN_NOTHING, "frame", NULL, NULL },
	{ IN_TEXT, IN_NOTHING, "custom-shape", NULL, NULL },
	{ IN_TEXT, IN_NOTHING, "control", NULL, NULL },
	{ IN_TEXT, IN_NOTHING, "desc", NULL, NULL },
	{ IN_NAMES, IN_NOTHING, "named-range", ods_named_range, NULL },
	{ IN_NAMES, IN_NOTHING, "named-expression", ods_named_expression, NULL },
	{ IN_STYLES, IN_STYLE, "style", start_style, NULL },
	{ IN_STYLE, IN_NOTHING, "table-properties", table_properties, NULL },
	{ IN_BOOK, IN_SHEET, "table", ods_start_sheet, ods_end_sheet },
	{ IN_BOOK, IN_NAMES, "named-expressions", NULL, NULL },
	{ IN_BODY, IN_BOOK, "spreadsheet", NULL, NULL },
	{ IN_BODY, IN_NOTHING, "text", other_document, NULL },
	{ IN_BODY, IN_NOTHING, "drawing", other_document, NULL },
	{ IN_BODY, IN_NOTHING, "presentation", other_document, NULL },
	{ IN_BODY, IN_NOTHING, "chart", other_document, NULL },
	{ IN_ROOT, IN_STYLES, "automatic-styles", NULL, NULL },
	{ IN_ROOT, IN_STYLES, "styles", NULL, NULL },
	{ IN_ROOT, IN_BODY, "body", NULL, NULL },
	{ IN_FILE, IN_ROOT, "document-content", NULL, NULL },
	{ IN_FILE, IN_ROOT, "document", NULL, NULL },
};
static const struct ods_element file = { .is = IN_FILE };
static const struct ods_element nothing = { .is = IN_NOTHING };
static const struct ods_element words = { IN_TEXT, IN_TEXT, "", NULL, NULL };

static const struct ods_element *
find(enum in in, const char *name)
{
	for (size_t i = 0; in != IN_NOTHING && i < sizeof(elements) / sizeof(*elements); i++)
		if (elements[i].in == in && strcmp(elements[i].name, name) == 0)
			return &elements[i];
	return in == IN_TEXT ? &words : &nothing;
}

/* A cell's text is for those whose value is not an attribute, and for formulas that show an error. */
static void
want_text(struct ods *o, const struct ods_element *e)
{
	bool wanted = e->is == IN_TEXT &&
	    (o->cell.kind == ODS_UNTYPED || o->cell.kind >= ODS_STRING || !o->cell.valued ||
		o->cell.formula);

	if (wanted != o->wanting)
		xml_want_text(o->xml, wanted);
	o->wanting = wanted;
}

static void
on_start(void *arg, struct xml *xml, unsigned depth, const char *name, const char **attributes)
{
	struct ods *o = arg;
	const struct ods_element *e = find(o->at[depth - 1]->is, name);

	o->xml = xml;
	o->at[depth] = e;
	if (e->start != NULL)
		e->start(o, attributes);
	want_text(o, e);
}

static void
on_end(void *arg, struct xml *xml, unsigned depth, const char *name)
{
	struct ods *o = arg;

	(void)name;
	o->xml = xml;
	if (o->at[depth]->end != NULL)
		o->at[depth]->end(o);
	want_text(o, o->at[depth - 1]);
}

static void
on_text(void *arg, const char *p, size_t n)
{
	buf_put(&((struct ods *)arg)->cell.shown, p, n);
}

/* The list of parts says which are encrypted: of one that is, there are only bytes. */
struct manifest {
	struct arena *arena;
	bool content; /* the entry is about what we would read */
};

static void
on_entry(void *arg, struct xml *xml, unsigned depth, const char *name, const char **attributes)
{
	struct manifest *m = arg;
	struct read_error e = { 0 };
	const char *path;

	if (depth == 2) {
		path = xml_attribute(attributes, "full-path");
		m->content = path != NULL &&
		    (strcmp(path, "content.xml") == 0 ||
			strcmp(path, "encrypted-package") == 0);
	} else if (depth == 3 && m->content && strcmp(name, "encryption-data") == 0) {
		read_error_set(
		    &e, m->arena, &locked, 0, 0, "This workbook is protected by a password.");
		xml_refuse(xml, &e);
	}
}

/* A list that cannot be read says nothing; then the content itself must be good. */
static bool
is_locked(struct ods *o, struct package *package, struct read_error *error)
{
	static const struct xml_calls calls = { on_entry, NULL, NULL };
	struct manifest m = { .arena = o->arena };
	const struct text path = TEXT("META-INF/manifest.xml");

	return package_has(package, path) &&
	    !xml_read(package, o->arena, path, &calls, &m, error) && error->kind == locked.kind;
}

static bool
read_content(struct ods *o, struct text bytes, struct read_error *error)
{
	static const struct xml_calls calls = { on_start, on_end, on_text };
	struct package *package;
	bool good;

	o->at[0] = &file;
	if (bytes.n < 2 || memcmp(bytes.p, "PK", 2) != 0)
		return xml_read_bytes(bytes, o->arena, &calls, o, error);
	package = package_open(o->arena, bytes, error);
	good = package != NULL && !is_locked(o, package, error) &&
	    xml_read_large(package, o->arena, TEXT("content.xml"), &calls, o, error);
	package_close(package);
	return good;
}

struct document *
read_ods(struct arena *arena, struct text bytes, const struct read_options *options,
    struct read_error *error)
{
	struct ods *o = arena_calloc(arena, 1, sizeof(*o));
	const struct sheet *twice;
	bool good;

	o->arena = arena;
	o->max_items = options != NULL && options->max_items > 0 ? options->max_items : ITEMS;
	o->doc = arena_calloc(arena, 1, sizeof(*o->doc));
	o->doc->format = DOC_ODS;
	o->doc->bytes = bytes;
	o->doc->encoding = "UTF-8";
	good = read_content(o, bytes, error);
	if (buf_failed(&o->cell.shown) || buf_failed(&o->cell.value))
		arena_exhausted();
	buf_free(&o->cell.shown);
	buf_free(&o->cell.value);
	if (good && o->doc->n_sheets == 0) {
		read_error_set(error, arena, &ods_bad, 0, 0, "This workbook has no sheets.");
		good = false;
	}
	twice = good ? document_sheet_twice(arena, o->doc) : NULL;
	if (twice != NULL)
		read_error_set(error, arena, &ods_bad, 0, 0,
		    "This workbook has two sheets of the name %.*s.", TEXT_ARG(twice->name));
	return good && twice == NULL ? o->doc : NULL;
}
