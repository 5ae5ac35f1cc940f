/*
 * What a file is, told by what is in it: people rename files, and a workbook called budget.csv must be
 * called a workbook.  The name counts only where bytes leave open which of two kinds of text it is.
 *
 * Files that are not read are told apart as far as it helps to say what to do; the lists are of what offices
 * really send: exports that are called .xls and are web pages, shortcuts in place of files, protected
 * workbooks, copies that went wrong.
 */
#include "rules/document_guess.h"

#include <string.h>

#include "rules/document_lines.h"

#define HEAD 4096 /* where a text says what it is */

struct signature {
	const char *bytes;
	uint16_t n, at;
	struct file_kind kind;
};

#define SIGNATURE(s, at, what, todo)            \
	{                                       \
		(s), sizeof(s) - 1, (at),       \
		{                               \
			GUESS_OTHER, what, todo \
		}                               \
	}
#define TODO_LINK                                                                        \
	"Open what it points to, download the workbook itself (in Google Sheets: File, " \
	"Download, "                                                                     \
	"Microsoft Excel), and send that."
#define VERY_OLD     "an Excel workbook of a very old kind (.xls, Excel 2 to 5)"
#define TODO_TEXT    "Save it again as CSV UTF-8 or as .xlsx, and send that."
#define TODO_DECRYPT "Decrypt it and send what was in it, as .xlsx, .ods, CSV or JSON."

/* What files that are no text begin with. */
static const struct signature signatures[] = {
	SIGNATURE("%PDF-", 0, "a PDF document", TODO_ORIGINAL),
	SIGNATURE("%!PS", 0, "a document for printing (PostScript)", TODO_ORIGINAL),
	SIGNATURE("\x1f\x8b", 0, "a file compressed with gzip", TODO_UNPACK),
	SIGNATURE("BZh", 0, "a file compressed with bzip2", TODO_UNPACK),
	SIGNATURE("\xfd"
		  "7zXZ",
	    0, "a file compressed with xz", TODO_UNPACK),
	SIGNATURE("\x28\xb5\x2f\xfd", 0, "a file compressed with zstd", TODO_UNPACK),
	SIGNATURE("7z\xbc\xaf\x27\x1c", 0, "a 7-Zip archive", TODO_UNPACK),
	SIGNATURE("Rar!\x1a\x07", 0, "a RAR archive", TODO_UNPACK),
	SIGNATURE("MSCF\0\0\0\0", 0, "a cabinet archive", TODO_UNPACK),
	SIGNATURE("ustar", 257, "a tar archive", TODO_UNPACK),
	SIGNATURE("\x89PNG\r\n", 0, "a picture (PNG)", TODO_ORIGINAL),
	SIGNATURE("\xff\xd8\xff", 0, "a picture (JPEG)", TODO_ORIGINAL),
	SIGNATURE("GIF8", 0, "a picture (GIF)", TODO_ORIGINAL),
	SIGNATURE("II*\0", 0, "a picture (TIFF)", TODO_ORIGINAL),
	SIGNATURE("MM\0*", 0, "a picture (TIFF)", TODO_ORIGINAL),
	SIGNATURE("WEBP", 8, "a picture (WebP)", TODO_ORIGINAL),
	SIGNATURE("ftyp", 4, "a picture or film (HEIC, MP4)", TODO_ORIGINAL),
	SIGNATURE("{\\rtf", 0, "a rich-text document (RTF)", TODO_ORIGINAL),
	SIGNATURE("\x7f"
		  "ELF",
	    0, "a program", TODO_RETURN),
	SIGNATURE("MZ\x90", 0, "a program", TODO_RETURN),
	SIGNATURE("SQLite format 3", 0, "a database file (SQLite)", TODO_RETURN),
	SIGNATURE("\0\1\0\0Standard ", 0, "a database (Microsoft Access)",
	    "Export the return from it as .xlsx, and send that."),
	SIGNATURE("PAR1\x15", 0, "a file of columns (Parquet)", TODO_RETURN),
	SIGNATURE("\x05\x16\x07", 1, "a leftover of a Mac (AppleDouble)", TODO_RETURN),
	SIGNATURE("L\0\0\0\1\x14\2\0", 0, "a shortcut of Windows, not the file it points to",
	    TODO_LINK),
	SIGNATURE("book\0\0\0\0mark\0\0\0\0", 0, "an alias of a Mac, not the file it points to",
	    TODO_LINK),
	SIGNATURE("bplist00", 0, "a shortcut or settings file of a Mac", TODO_LINK),
	SIGNATURE(".pfile", 0, "a file whose reading is restricted to certain people",
	    "Open it, remove the protection, save it as .xlsx, and send that."),
	SIGNATURE("\x09\x00\x04\x00", 0, VERY_OLD, TODO_SAVE),
	SIGNATURE("\x09\x02\x06\x00", 0, VERY_OLD, TODO_SAVE),
	SIGNATURE("\x09\x04\x06\x00", 0, VERY_OLD, TODO_SAVE),
	SIGNATURE("\x09\x08\x08\x00", 0, VERY_OLD, TODO_SAVE),
	SIGNATURE("\x09\x08\x10\x00", 0, VERY_OLD, TODO_SAVE),
	SIGNATURE("\0\0\2\0\6\4", 0, "a Lotus 1-2-3 worksheet", TODO_SAVE),
	SIGNATURE("\0\0\x1a\0", 0, "a Lotus 1-2-3 worksheet", TODO_SAVE),
	SIGNATURE("\xff\xfe\0\0", 0, "a text in UTF-32", TODO_TEXT),
	SIGNATURE("\0\0\xfe\xff", 0, "a text in UTF-32", TODO_TEXT),
	SIGNATURE("ID;PWXL;", 0, "a spreadsheet in the exchange format SYLK", TODO_SAVE),
	SIGNATURE("ID;PSCALC", 0, "a spreadsheet in the exchange format SYLK", TODO_SAVE),
	SIGNATURE("TABLE\r\n0,1\r\n", 0, "a spreadsheet in the exchange format DIF", TODO_SAVE),
	SIGNATURE("[InternetShortcut]", 0, "a link to a web page, not the file it leads to",
	    TODO_LINK),
	SIGNATURE("-----BEGIN PGP MESSAGE", 0, "an encrypted message (PGP)", TODO_DECRYPT),
	SIGNATURE("-----BEGIN PKCS7", 0, "an encrypted message (S/MIME)", TODO_DECRYPT),
};

static bool
has(struct text t, size_t at, const char *bytes, size_t n)
{
	return t.n >= at + n && memcmp(t.p + at, bytes, n) == 0;
}

static struct text
head(struct text t, size_t n)
{
	return (struct text){ t.p, t.n < n ? t.n : n };
}

static bool
contains(struct text t, const char *s)
{
	return t.n > 0 && memmem(t.p, t.n, s, strlen(s)) != NULL;
}

/* For ASCII; s is in small letters. */
static bool
contains_nocase(struct text t, const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i + n <= t.n; i++)
		if ((t.p[i] | 0x20) == (s[0] | 0x20) &&
		    text_equal_nocase((struct text){ t.p + i, n }, text_of(s)))
			return true;
	return false;
}

static bool
begins_nocase(struct text t, const char *s)
{
	return t.n >= strlen(s) && text_equal_nocase(head(t, strlen(s)), text_of(s));
}

static bool
name_ends(struct text name, const char *end)
{
	size_t n = strlen(end);

	return name.n >= n &&
	    text_equal_nocase((struct text){ name.p + name.n - n, n }, text_of(end));
}

/* Files of noughts are left by copies and synchronisations that failed half-way. */
static bool
is_blank(struct text t)
{
	return t.p[0] == '\0' && memcmp(t.p, t.p + 1, t.n - 1) == 0;
}

/* Excel's note of who has a workbook open: a name, its length before it as bytes and again as letters. */
static bool
is_owner_note(struct text t)
{
	return t.n == 165 && t.p[0] > 0 && t.p[0] <= 54 && t.p[55] == t.p[0] && t.p[56] == '\0';
}

/* Nought bytes that are not those of UTF-16 text: no text file. */
static bool
looks_binary(struct text t)
{
	struct text some = head(t, HEAD);
	size_t even = 0, odd = 0;

	if (memchr(some.p, '\0', some.n) == NULL)
		return false;
	for (size_t i = 0; i < some.n; i++)
		if (some.p[i] == '\0')
			*(i % 2 == 0 ? &even : &odd) += 1;
	if (has(t, 0, "\xff\xfe", 2) || has(t, 0, "\xfe\xff", 2))
		return false;
	/* A single NUL in a text is for the reader to name; UTF-16 has them on one side only. */
	return even > 4 && odd > 4;
}

static const struct file_kind *
guess_binary(struct text t)
{
	static const struct file_kind blank = {
		GUESS_OTHER,
		"a file of nothing but zero bytes: a copy or an upload that went wrong",
		"Open the return where it was made, look that it is whole, and send it again."
	};
	static const struct file_kind note = { GUESS_OTHER,
		"the note that Excel keeps beside an open workbook (~$…), not the workbook",
		"Close the workbook in Excel, and send the workbook itself." };
	static const struct file_kind picture = { GUESS_OTHER, "a picture (BMP)",
		TODO_ORIGINAL };
	static const struct file_kind unknown = { GUESS_OTHER,
		"a file of a kind that poold does not know (it is not text)", TODO_RETURN };

	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++)
		if (has(t, signatures[i].at, signatures[i].bytes, signatures[i].n))
			return &signatures[i].kind;
	if (has(t, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8))
		return guess_ole(t);
	if (has(t, 0, "PK\3\4", 4) || has(t, 0, "PK\5\6", 4))
		return guess_zip(t);
	if (has(t, 0, "BM", 2) && has(t, 6, "\0\0\0\0", 4))
		return &picture;
	if (t.n > 0 && is_blank(t))
		return &blank;
	if (is_owner_note(t))
		return &note;
	return looks_binary(t) ? &unknown : NULL;
}

/* What is left after a byte order mark and white space, as far as bytes are ASCII. */
static struct text
beginning(struct text t)
{
	size_t i = has(t, 0, UTF8_BOM, 3) ? 3 : 0;

	for (; i < t.n && i < HEAD; i++)
		if (strchr(" \t\r\n\f\v\xff\xfe", t.p[i]) == NULL) /* finds a NUL as well */
			return (struct text){ t.p + i, t.n - i };
	return TEXT_NONE;
}

/* A web page or XML.  Systems export tables as web pages, and call them .xls. */
static const struct file_kind *
guess_markup(struct text t)
{
	static const char *const html[] = { "<!doctype html", "<html", "<head", "<body",
		"<table", "<div", "<style", "<meta", "<center", "<font", "<!--" };
	static const struct file_kind page = { GUESS_OTHER, "a web page (HTML)",
		"If it was downloaded, it may be a page to sign in on: sign in, download the "
		"return again, and send that." };
	static const struct file_kind export = { GUESS_OTHER,
		"a web page (HTML) with a table, whatever its name says", TODO_SAVE };
	static const struct {
		const char *within;
		struct file_kind kind;
	} kinds[] = {
		{ "application/vnd.oasis.opendocument.spreadsheet",
		    { GUESS_ODS, "an OpenDocument workbook (.fods)", NULL } },
		{ "urn:schemas-microsoft-com:office:spreadsheet",
		    { GUESS_OTHER, "an Excel workbook saved as XML (XML Spreadsheet 2003)",
			TODO_SAVE } },
		{ "<plist",
		    { GUESS_OTHER, "a shortcut or settings file of a Mac", TODO_LINK } },
		{ "http://www.w3.org/2000/svg",
		    { GUESS_OTHER, "a drawing (SVG)", TODO_ORIGINAL } },
		{ "", { GUESS_OTHER, "an XML document", TODO_RETURN } },
	};
	struct text some = head(t, HEAD);
	bool is_html = begins_nocase(t, "<?xml") && contains_nocase(some, "<html");

	for (size_t i = 0; i < sizeof(html) / sizeof(html[0]); i++)
		is_html = is_html || begins_nocase(t, html[i]);
	if (is_html)
		return contains_nocase(t, "<td") ? &export : &page;
	if (!begins_nocase(t, "<?xml") && !contains(some, "xmlns"))
		return NULL;
	for (size_t i = 0;; i++)
		if (kinds[i].within[0] == '\0' || contains(some, kinds[i].within))
			return &kinds[i].kind;
}

/* "Content-Type:" */
static bool
begins_with_field(struct text t)
{
	size_t i = 0;

	while (i < t.n && (t.p[i] == '-' || ((t.p[i] | 0x20) >= 'a' && (t.p[i] | 0x20) <= 'z')))
		i++;
	return i > 0 && i < t.n && t.p[i] == ':';
}

/* The lines before a message, and before a web page that was saved as one. */
static const struct file_kind *
guess_message(struct text t)
{
	static const struct file_kind page = { GUESS_OTHER,
		"a web page saved as one file (MHTML), as some systems export under the name "
		".xls",
		TODO_SAVE };
	static const struct file_kind message = { GUESS_OTHER, "an e-mail message",
		"Save the return that is attached to it, and send that by itself." };
	struct text some = head(t, HEAD);

	if (!begins_with_field(t) ||
	    (!begins_nocase(t, "mime-version:") && !contains_nocase(some, "\nmime-version:")))
		return NULL;
	return contains_nocase(some, "multipart/related") && !begins_nocase(t, "received:") &&
		!contains_nocase(some, "\nreceived:")
	    ? &page
	    : &message;
}

/* What Google Drive leaves on a disk in place of a document that is only on the web (.gsheet). */
static bool
is_drive_link(struct text t)
{
	return t.n < HEAD && t.p[0] == '{' && contains(t, "\"doc_id\"") &&
	    (contains(t, "docs.google.com") || contains(t, "DO NOT EDIT THIS FILE"));
}

static const struct file_kind *
guess_text(struct text t, struct text name)
{
	static const struct file_kind drive = { GUESS_OTHER,
		"a shortcut to a document on Google Drive (.gsheet), not the document",
		TODO_LINK };
	static const struct file_kind json = { GUESS_JSON, NULL, NULL };
	static const struct file_kind csv = { GUESS_CSV, NULL, NULL };
	struct text first = beginning(t);
	const struct file_kind *kind = NULL;

	if (first.n > 0 && first.p[0] == '<')
		kind = guess_markup(first);
	else if (first.n > 0 && is_drive_link(first))
		kind = &drive;
	else if (first.n > 0 && first.p[0] != '{')
		kind = guess_message(first);
	if (kind != NULL)
		return kind;
	if (name_ends(name, ".json") || (first.n > 0 && first.p[0] == '{'))
		return &json;
	return first.n > 0 && first.p[0] == '[' && !name_ends(name, ".csv") ? &json : &csv;
}

enum document_guess
document_guess(struct text bytes, struct text name, const char **what, const char **todo)
{
	const struct file_kind *kind = guess_binary(bytes);

	if (kind == NULL)
		kind = guess_text(bytes, name);
	*what = kind->what;
	*todo = kind->todo;
	return kind->guess;
}
