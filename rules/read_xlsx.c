/*
 * The workbook: which sheets there are, under which names, and in which parts of the package.
 *
 * Parts are found as the format says, by following relationships from the package's root, since their
 * names are each program's own.  Only relationships to the workbook, its sheets, shared strings and
 * styles are followed, each a single step, so there is nothing to go round in.
 */
#include "rules/read_xlsx.h"

#include <stdlib.h>
#include <string.h>

#include "rules/xlsx_private.h"

#define ITEMS       20000000
#define SHEETS_MOST 1000
#define NAMES_MOST  100000
#define LINKS_MOST  4000

const struct read_fault xlsx_bad = { "syntax", "a workbook as Excel or LibreOffice saves it",
	"Open it in Excel or LibreOffice, save it again as .xlsx, and send that." };
static const struct read_fault binary = { "workbook", "a workbook of the kind .xlsx",
	"Open it in Excel, save it as .xlsx (Excel workbook), and send that." };

/* One relationship of a part. */
struct link {
	struct text id, type, part;
};

struct links {
	struct xlsx *x;
	struct text folder; /* of the part they belong to */
	struct link *items;
	uint32_t n, room;
};

/* A sheet as the workbook lists it. */
struct listed {
	struct text id; /* of its relationship */
};

struct book {
	struct xlsx *x;
	struct listed *listed;
	uint32_t listed_room, sheet_room, name_room;
	struct buf words;
	bool in_name;
};

static struct text
keep(struct arena *arena, const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;

	return (struct text){ arena_strndup(arena, s != NULL ? s : "", n), n };
}

static bool
ends_with(struct text t, const char *end)
{
	size_t n = strlen(end);

	return t.n >= n && memcmp(t.p + t.n - n, end, n) == 0;
}

/* Drop the last step of a path. */
static size_t
parent(const char *p, size_t n)
{
	while (n > 0 && p[n - 1] != '/')
		n--;
	return n > 0 ? n - 1 : 0;
}

/* A target, "/xl/a.xml", "a.xml" or "../a.xml", as the path of a part. */
static struct text
resolve(struct arena *arena, struct text folder, const char *target)
{
	size_t most = folder.n + strlen(target) + 2, n = 0, step;
	char *p = arena_alloc(arena, most);

	if (*target != '/' && folder.n > 0) {
		memcpy(p, folder.p, folder.n);
		n = folder.n;
	}
	for (; *target != '\0'; target += step + (target[step] == '/')) {
		step = strcspn(target, "/");
		if (step == 0 || (step == 1 && *target == '.'))
			continue;
		if (step == 2 && target[0] == '.' && target[1] == '.') {
			n = parent(p, n);
			continue;
		}
		if (n > 0)
			p[n++] = '/';
		memcpy(p + n, target, step);
		n += step;
	}
	return (struct text){ p, n };
}

/* Those that lead to what is read, and to tabs without cells; by the end of their types. */
static bool
is_followed(const char *type)
{
	static const char *const ends[] = { "/officeDocument", "/worksheet", "/chartsheet",
		"/dialogsheet", "/xlMacrosheet", "/xlIntlMacrosheet", "/sharedStrings",
		"/styles" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends_with(text_of(type), ends[i]))
			return true;
	return false;
}

static void
on_link(void *arg, struct xml *xml, unsigned depth, const char *name, const char **attributes)
{
	struct links *l = arg;
	struct arena *arena = l->x->arena;
	const char *mode = xml_attribute(attributes, "TargetMode"),
		   *target = xml_attribute(attributes, "Target"),
		   *type = xml_attribute(attributes, "Type");
	struct read_error e = { 0 };

	if (depth != 2 || strcmp(name, "Relationship") != 0 || target == NULL || type == NULL ||
	    !is_followed(type) || (mode != NULL && strcmp(mode, "External") == 0))
		return;
	if (l->n == LINKS_MOST) {
		read_error_set(&e, arena, &xlsx_bad, 0, 0,
		    "This workbook says in more than 4,000 places where its parts are.");
		xml_refuse(xml, &e);
		return;
	}
	l->items = arena_room(arena, l->items, l->n, &l->room, sizeof(*l->items));
	l->items[l->n++] = (struct link){ keep(arena, xml_attribute(attributes, "Id")),
		keep(arena, type), resolve(arena, l->folder, target) };
}

/* The relationships of a part; "" is the package itself.  A part without any has none. */
static bool
read_links(struct xlsx *x, struct text part, struct links *l)
{
	static const struct xml_calls calls = { on_link, NULL, NULL };
	size_t folder = parent(part.p, part.n), base = folder + (folder > 0);
	struct buf path = { 0 };
	struct text t;
	bool good;

	*l = (struct links){ .x = x, .folder = { part.p, folder } };
	buf_put(&path, part.p, base);
	buf_str(&path, "_rels/");
	buf_put(&path, part.p + base, part.n - base);
	buf_str(&path, ".rels");
	t = (struct text){ arena_strndup(x->arena, path.p, path.n), path.n };
	buf_free(&path);
	good = !package_has(x->package, t) ||
	    xml_read(x->package, x->arena, t, &calls, l, x->error);
	return good;
}

/* By the end of its type: transitional and strict differ in what is before. NULL: none */
static const struct link *
link_of_type(const struct links *l, const char *end)
{
	for (uint32_t i = 0; i < l->n; i++)
		if (ends_with(l->items[i].type, end))
			return &l->items[i];
	return NULL;
}

/* The one of this id.  NULL: there is none, or more than one. */
static const struct link *
link_of_id(const struct links *l, struct text id)
{
	const struct link *found = NULL;

	for (uint32_t i = 0; i < l->n; i++)
		if (text_equal(l->items[i].id, id)) {
			if (found != NULL)
				return NULL;
			found = &l->items[i];
		}
	return found;
}

static void
list_sheet(struct book *b, struct xml *xml, const char **attributes)
{
	struct document *d = b->x->doc;
	const char *state = xml_attribute(attributes, "state");
	struct read_error e = { 0 };

	if (d->n_sheets == SHEETS_MOST) {
		read_error_set(&e, b->x->arena, &xlsx_bad, 0, 0,
		    "This workbook has more than 1,000 sheets.");
		xml_refuse(xml, &e);
		return;
	}
	b->listed = arena_room(
	    b->x->arena, b->listed, d->n_sheets, &b->listed_room, sizeof(*b->listed));
	d->sheets =
	    arena_room(b->x->arena, d->sheets, d->n_sheets, &b->sheet_room, sizeof(*d->sheets));
	b->listed[d->n_sheets].id = keep(b->x->arena, xml_prefixed(attributes, "id"));
	d->sheets[d->n_sheets++] =
	    (struct sheet){ .name = keep(b->x->arena, xml_attribute(attributes, "name")),
		    .hidden = state != NULL && strcmp(state, "visible") != 0 };
}

static void
list_name(struct book *b, struct xml *xml, const char **attributes)
{
	struct document *d = b->x->doc;
	const char *sheet = xml_attribute(attributes, "localSheetId");

	if (d->n_names == NAMES_MOST) {
		struct read_error e = { 0 };

		read_error_set(&e, b->x->arena, &xlsx_bad, 0, 0,
		    "This workbook has more than 100,000 names for places in it.");
		xml_refuse(xml, &e);
		return;
	}
	d->names =
	    arena_room(b->x->arena, d->names, d->n_names, &b->name_room, sizeof(*d->names));
	d->names[d->n_names] =
	    (struct defined_name){ .name = keep(b->x->arena, xml_attribute(attributes, "name")),
		    .sheet = sheet != NULL ? (uint32_t)strtoul(sheet, NULL, 10) + 1 : 0 };
	b->in_name = true;
	xml_want_text(xml, true);
}

static void
on_start(void *arg, struct xml *xml, unsigned depth, const char *name, const char **attributes)
{
	struct book *b = arg;
	const char *date;

	if (depth == 2 && strcmp(name, "workbookPr") == 0) {
		date = xml_attribute(attributes, "date1904");
		b->x->epoch_1904 =
		    date != NULL && (strcmp(date, "1") == 0 || strcmp(date, "true") == 0);
	} else if (depth == 3 && strcmp(name, "sheet") == 0)
		list_sheet(b, xml, attributes);
	else if (depth == 3 && strcmp(name, "definedName") == 0)
		list_name(b, xml, attributes);
}

static void
on_end(void *arg, struct xml *xml, unsigned depth, const char *name)
{
	struct book *b = arg;
	struct document *d = b->x->doc;

	(void)name;
	if (depth != 3 || !b->in_name)
		return;
	xml_want_text(xml, false);
	b->in_name = false;
	d->names[d->n_names++].refers = keep(b->x->arena, buf_as_text(&b->words).p);
	buf_clear(&b->words);
}

static void
on_text(void *arg, const char *p, size_t n)
{
	buf_put(&((struct book *)arg)->words, p, n);
}

static bool
sheets_differ(struct xlsx *x)
{
	const struct sheet *twice = document_sheet_twice(x->arena, x->doc);

	if (twice != NULL)
		read_error_set(x->error, x->arena, &xlsx_bad, 0, 0,
		    "This workbook has two sheets of the name %.*s.", TEXT_ARG(twice->name));
	return twice == NULL;
}

/* Each sheet in the order of its tabs; one that is a chart or a dialogue has no cells. */
static bool
read_sheets(struct xlsx *x, const struct book *b, const struct links *links)
{
	struct document *d = x->doc;
	const struct link *link;

	for (uint32_t i = 0; i < d->n_sheets; i++) {
		link = link_of_id(links, b->listed[i].id);
		if (link == NULL) {
			read_error_set(x->error, x->arena, &xlsx_bad, 0, 0,
			    "The workbook lists the sheet %.*s and does not say which of its "
			    "parts that is.",
			    TEXT_ARG(d->sheets[i].name));
			return false;
		}
		d->sheets[i].first_cell = d->n_cells;
		if (ends_with(link->type, "/worksheet") &&
		    !xlsx_read_sheet(x, link->part, &d->sheets[i]))
			return false;
	}
	return true;
}

static bool
read_book(struct xlsx *x, struct text part)
{
	static const struct xml_calls calls = { on_start, on_end, on_text };
	struct book b = { .x = x };
	const struct link *strings, *styles;
	struct links links;
	bool good;

	if (ends_with(part, ".bin")) {
		read_error_set(x->error, x->arena, &binary, 0, 0,
		    "This is a binary workbook (.xlsb), which only Excel itself reads.");
		return false;
	}
	good = read_links(x, part, &links) &&
	    xml_read(x->package, x->arena, part, &calls, &b, x->error);
	buf_free(&b.words);
	if (!good)
		return false;
	strings = link_of_type(&links, "/sharedStrings");
	styles = link_of_type(&links, "/styles");
	return (strings == NULL || !package_has(x->package, strings->part) ||
		   xlsx_read_strings(x, strings->part)) &&
	    (styles == NULL || !package_has(x->package, styles->part) ||
		xlsx_read_styles(x, styles->part)) &&
	    sheets_differ(x) && read_sheets(x, &b, &links);
}

struct document *
read_xlsx(struct arena *arena, struct text bytes, const struct read_options *options,
    struct read_error *error)
{
	struct xlsx x = { .arena = arena, .error = error, .max_items = ITEMS };
	const struct link *book;
	struct links links;
	bool good;

	if (options != NULL && options->max_items > 0)
		x.max_items = options->max_items;
	x.package = package_open(arena, bytes, error);
	if (x.package == NULL)
		return NULL;
	x.doc = arena_calloc(arena, 1, sizeof(*x.doc));
	x.doc->format = DOC_XLSX;
	x.doc->bytes = bytes;
	x.doc->encoding = "UTF-8";
	good = read_links(&x, TEXT(""), &links);
	book = good ? link_of_type(&links, "/officeDocument") : NULL;
	if (good && book == NULL)
		read_error_set(error, arena, &xlsx_bad, 0, 0,
		    "This archive does not say where its workbook is.");
	good = book != NULL && read_book(&x, book->part);
	package_close(x.package);
	if (good && x.doc->n_sheets == 0) {
		read_error_set(error, arena, &xlsx_bad, 0, 0, "This workbook has no sheets.");
		good = false;
	}
	return good ? x.doc : NULL;
}
