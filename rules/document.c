/*
 * Documents: what a file is, and where its nodes and cells stand.
 *
 * A file is told by its first bytes, and by its name only where the bytes leave it open: people rename
 * files, and a workbook called budget.csv must be called a workbook.
 */
#include "rules/document.h"

#include <string.h>

#include "rules/document_lines.h"
#include "rules/read_csv.h"
#include "rules/read_json.h"
#include "rules/read_ods.h"
#include "rules/read_xlsx.h"

/* One step of a pointer: "~" and "/" are written ~0 and ~1 (RFC 6901). */
static void
put_step(struct buf *b, const struct node *parent, const struct node *n)
{
	buf_char(b, '/');
	if (parent->type == NODE_ARRAY) {
		buf_printf(b, "%u", n->index);
		return;
	}
	for (size_t i = 0; i < n->key.n; i++)
		switch (n->key.p[i]) {
		case '~': buf_str(b, "~0"); break;
		case '/': buf_str(b, "~1"); break;
		default: buf_char(b, n->key.p[i]); break;
		}
}

/* Depth is bounded by the reader, so walking up once for each level is cheap and needs no room. */
void
document_pointer(struct buf *b, const struct document *d, uint32_t node)
{
	uint32_t depth = 0, at;

	for (at = node; at != 0; at = d->nodes[at].parent)
		depth++;
	for (; depth > 0; depth--) {
		at = node;
		for (uint32_t up = 1; up < depth; up++)
			at = d->nodes[at].parent;
		put_step(b, &d->nodes[d->nodes[at].parent], &d->nodes[at]);
	}
}

void
cell_name(struct buf *b, uint32_t row, uint32_t column)
{
	char name[20], *end = name + sizeof(name), *at = end;

	do
		*--at = (char)('0' + row % 10);
	while ((row /= 10) != 0);
	for (; column > 0; column = (column - 1) / 26)
		*--at = (char)('A' + (column - 1) % 26);
	buf_put(b, at, (size_t)(end - at));
}

struct signature {
	const char *bytes;
	uint16_t n, at;
	enum document_guess guess;
	const char *what;
};

#define SIGNATURE(s, at, guess, what)                     \
	{                                                 \
		(s), sizeof(s) - 1, (at), (guess), (what) \
	}

/* What files that we do not read begin with, in words for people. */
static const struct signature signatures[] = {
	SIGNATURE("%PDF-", 0, GUESS_OTHER, "a PDF document"),
	SIGNATURE("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0, GUESS_OTHER,
	    "an old Office document, such as an Excel workbook of the .xls kind"),
	SIGNATURE("\x1f\x8b", 0, GUESS_OTHER, "a file compressed with gzip"),
	SIGNATURE("BZh", 0, GUESS_OTHER, "a file compressed with bzip2"),
	SIGNATURE("\xfd"
		  "7zXZ",
	    0, GUESS_OTHER, "a file compressed with xz"),
	SIGNATURE("7z\xbc\xaf\x27\x1c", 0, GUESS_OTHER, "a 7-Zip archive"),
	SIGNATURE("Rar!\x1a\x07", 0, GUESS_OTHER, "a RAR archive"),
	SIGNATURE("ustar", 257, GUESS_OTHER, "a tar archive"),
	SIGNATURE("\x89PNG\r\n", 0, GUESS_OTHER, "a picture (PNG)"),
	SIGNATURE("\xff\xd8\xff", 0, GUESS_OTHER, "a picture (JPEG)"),
	SIGNATURE("GIF8", 0, GUESS_OTHER, "a picture (GIF)"),
	SIGNATURE("II*\0", 0, GUESS_OTHER, "a picture (TIFF)"),
	SIGNATURE("MM\0*", 0, GUESS_OTHER, "a picture (TIFF)"),
	SIGNATURE("WEBP", 8, GUESS_OTHER, "a picture (WebP)"),
	SIGNATURE("{\\rtf", 0, GUESS_OTHER, "a rich-text document (RTF)"),
	SIGNATURE("\x7f"
		  "ELF",
	    0, GUESS_OTHER, "a program"),
	SIGNATURE("MZ\x90", 0, GUESS_OTHER, "a program"),
	SIGNATURE("SQLite format 3", 0, GUESS_OTHER, "a database file (SQLite)"),
	SIGNATURE("\x05\x16\x07", 1, GUESS_OTHER, "a leftover of a Mac (AppleDouble)"),
};

static bool
has(struct text t, size_t at, const char *bytes, size_t n)
{
	return t.n >= at + n && memcmp(t.p + at, bytes, n) == 0;
}

static bool
name_ends(struct text name, const char *end)
{
	size_t n = strlen(end);

	return name.n >= n &&
	    text_equal_nocase((struct text){ name.p + name.n - n, n }, text_of(end));
}

/* Which kind of zip archive: workbooks have telling names near the beginning or the end. */
static enum document_guess
guess_zip(struct text t, struct text name, const char **what)
{
	static const struct {
		const char *within, *extension, *what;
		enum document_guess guess;
	} kinds[] = {
		{ "application/vnd.oasis.opendocument.spreadsheet", ".ods",
		    "an OpenDocument workbook (.ods)", GUESS_ODS },
		{ "xl/workbook", ".xlsx", "an Excel workbook (.xlsx)", GUESS_XLSX },
		{ "xl/", ".xlsm", "an Excel workbook (.xlsx)", GUESS_XLSX },
		{ "word/document", ".docx", "a Word document", GUESS_OTHER },
		{ "ppt/presentation", ".pptx", "a PowerPoint presentation", GUESS_OTHER },
		{ "application/vnd.oasis.opendocument", ".odt", "an OpenDocument file",
		    GUESS_OTHER },
	};
	size_t some = t.n < 65536 ? t.n : 65536;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (memmem(t.p, some, kinds[i].within, strlen(kinds[i].within)) != NULL ||
		    memmem(t.p + t.n - some, some, kinds[i].within, strlen(kinds[i].within)) !=
			NULL) {
			*what = kinds[i].what;
			return kinds[i].guess;
		}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (name_ends(name, kinds[i].extension)) {
			*what = kinds[i].what;
			return kinds[i].guess;
		}
	*what = "a zip archive";
	return GUESS_OTHER;
}

/* Nought bytes that are not those of UTF-16 text: no text file. */
static bool
looks_binary(struct text t)
{
	size_t some = t.n < 4096 ? t.n : 4096, even = 0, odd = 0;

	if (memchr(t.p, '\0', some) == NULL)
		return false;
	for (size_t i = 0; i < some; i++)
		if (t.p[i] == '\0')
			*(i % 2 == 0 ? &even : &odd) += 1;
	if (has(t, 0, "\xff\xfe", 2) || has(t, 0, "\xfe\xff", 2))
		return false;
	/* A single NUL in a text is for the reader to name; UTF-16 has them on one side only. */
	return even > 4 && odd > 4;
}

/* The first character that is no white space, also of UTF-16; a BOM is passed over. */
static char
first_character(struct text t)
{
	size_t i = has(t, 0, UTF8_BOM, 3) ? 3 : 0;

	for (; i < t.n && i < 4096; i++)
		if (strchr(" \t\r\n\f\v\xff\xfe", t.p[i]) == NULL) /* finds a NUL as well */
			return t.p[i];
	return '\0';
}

/* The beginning of a web page or of XML. */
static const char *
guess_markup(struct text t)
{
	static const char *const html[] = { "<!doctype html", "<html", "<head", "<body",
		"<table" };
	const char *p = memchr(t.p, '<', t.n < 512 ? t.n : 512);
	struct text rest = { p, p == NULL ? 0 : t.n - (size_t)(p - t.p) };

	for (size_t i = 0; i < sizeof(html) / sizeof(html[0]); i++) {
		size_t n = strlen(html[i]);

		if (rest.n >= n &&
		    text_equal_nocase((struct text){ rest.p, n }, text_of(html[i])))
			return "a web page (HTML)";
	}
	return has(rest, 0, "<?xml", 5) ? "an XML document" : NULL;
}

enum document_guess
document_guess(struct text bytes, struct text name, const char **what)
{
	struct text t = bytes;
	char first;

	*what = NULL;
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		const struct signature *s = &signatures[i];

		if (has(t, s->at, s->bytes, s->n)) {
			*what = s->what;
			return s->guess;
		}
	}
	if (has(t, 0, "PK\3\4", 4) || has(t, 0, "PK\5\6", 4))
		return guess_zip(t, name, what);
	if (looks_binary(t)) {
		*what = "a file of a kind that poold does not know (it is not text)";
		return GUESS_OTHER;
	}
	first = first_character(t);
	if (first == '<' && (*what = guess_markup(t)) != NULL)
		return GUESS_OTHER;
	if (name_ends(name, ".json") || first == '{')
		return GUESS_JSON;
	return first == '[' && !name_ends(name, ".csv") ? GUESS_JSON : GUESS_CSV;
}

static const struct read_fault too_big = { "too_big", "a file of less than 4 GB",
	"Send the return by itself, without other data." };
static const struct read_fault empty = { "empty", "a return as JSON or CSV",
	"The file is empty: save it again in the program that made it, and send that." };
static const struct read_fault workbook = {
	"workbook", "a JSON or CSV file",
	"Save the sheet as CSV (in Excel: File, Save as, CSV UTF-8) or as JSON and send that."
};
static const struct read_fault other = { "binary", "a JSON or CSV file",
	"Send the return itself as JSON or CSV." };

struct document *
document_read(struct arena *arena, struct text bytes, struct text name,
    const struct read_options *options, struct read_error *error)
{
	const char *what;

	if (bytes.n > UINT32_MAX - 1) {
		read_error_set(error, arena, &too_big, 0, 0, "This file is larger than 4 GB.");
		return NULL;
	}
	if (bytes.n == 0) {
		read_error_set(
		    error, arena, &empty, 0, 0, "This file is empty: it has no bytes at all.");
		return NULL;
	}
	switch (document_guess(bytes, name, &what)) {
	case GUESS_JSON: return read_json(arena, bytes, options, error);
	case GUESS_CSV: return read_csv(arena, bytes, options, error);
	case GUESS_XLSX:
		if (options != NULL && options->workbooks)
			return read_xlsx(arena, bytes, options, error);
		goto none;
	case GUESS_ODS:
		if (options != NULL && options->workbooks)
			return read_ods(arena, bytes, options, error);
	none:
		read_error_set(error, arena, &workbook, 0, 0,
		    "This is %s; this release reads JSON and CSV.", what);
		return NULL;
	case GUESS_OTHER: break;
	}
	read_error_set(error, arena, &other, 0, 0, "This is %s, not a JSON or CSV file.", what);
	return NULL;
}
