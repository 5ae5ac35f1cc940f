/*
 * Zip archives, told apart by the names of what is in them: those in the list at the end, and where that is
 * cut off, those before each file.  The readers look more closely; here a mistake costs a word.
 */
#include <string.h>

#include "rules/document_guess.h"

#define END_BYTES   22 /* of the list, without its comment */
#define ENTRY_BYTES 46 /* of the list, without its name */
#define COMMENT     65535
#define HEAD        65536
#define ENTRIES     10000

#define NUMBERS                                                                                \
	{                                                                                      \
		GUESS_OTHER, "a document of Apple's Numbers, Pages or Keynote",                \
		    "Open it in Numbers, export it to Excel (File, Export To), and send that." \
	}

/* The first that is there; a name ending in / is the beginning of one. */
static const struct {
	const char *name;
	struct file_kind kind;
} kinds[] = {
	{ "xl/workbook.bin",
	    { GUESS_OTHER, "a binary workbook (.xlsb), which only Excel itself reads",
		"Open it in Excel, save it as .xlsx (Excel workbook), and send that." } },
	{ "xl/", { GUESS_XLSX, "an Excel workbook (.xlsx)", NULL } },
	{ "word/", { GUESS_OTHER, "a Word document", TODO_ORIGINAL } },
	{ "ppt/", { GUESS_OTHER, "a PowerPoint presentation", TODO_ORIGINAL } },
	{ "visio/", { GUESS_OTHER, "a Visio drawing", TODO_ORIGINAL } },
	{ "Index/Document.iwa", NUMBERS },
	{ "Index.zip", NUMBERS },
	{ "buildVersionHistory.plist", NUMBERS },
	{ "_rels/.rels", { GUESS_XLSX, "an Excel workbook (.xlsx)", NULL } },
	{ "META-INF/manifest.xml", { GUESS_ODS, "an OpenDocument workbook (.ods)", NULL } },
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

/* By what an archive says of itself in its first entry. */
static const struct {
	const char *within;
	struct file_kind kind;
} types[] = {
	{ "mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
	    { GUESS_ODS, "an OpenDocument workbook (.ods)", NULL } },
	{ "mimetypeapplication/vnd.oasis.opendocument",
	    { GUESS_OTHER, "an OpenDocument file, but no workbook", TODO_ORIGINAL } },
	{ "mimetypeapplication/vnd.sun.xml.calc",
	    { GUESS_OTHER, "a workbook of the first OpenOffice (.sxc)", TODO_SAVE } },
	{ "mimetypeapplication/epub", { GUESS_OTHER, "an electronic book", TODO_RETURN } },
};

static uint32_t
number(const char *p, unsigned bytes)
{
	uint32_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | (unsigned char)p[bytes];
	return n;
}

/* Where the list of entries begins and ends; false: there is none. */
static bool
find_list(struct text t, size_t *from, size_t *to)
{
	size_t lowest = t.n > END_BYTES + COMMENT ? t.n - END_BYTES - COMMENT : 0, bytes;

	for (size_t at = t.n < END_BYTES ? 0 : t.n - END_BYTES + 1; at-- > lowest;)
		if (memcmp(t.p + at, "PK\5\6", 4) == 0) {
			bytes = number(t.p + at + 12, 4);
			*from = bytes <= at ? at - bytes : at;
			*to = at;
			return bytes <= at;
		}
	return false;
}

/* The kind with the lowest number of what the list names; KINDS: none. */
static size_t
best_of_list(struct text t, size_t at, size_t to)
{
	size_t best = KINDS, n, length;

	for (uint32_t i = 0; i < ENTRIES && at + ENTRY_BYTES <= to; i++) {
		if (memcmp(t.p + at, "PK\1\2", 4) != 0)
			break;
		n = number(t.p + at + 28, 2);
		if (n > to - at - ENTRY_BYTES)
			break;
		for (size_t k = 0; k < best; k++) {
			length = strlen(kinds[k].name);
			if (n >= length && (n == length || kinds[k].name[length - 1] == '/') &&
			    text_equal_nocase((struct text){ t.p + at + ENTRY_BYTES, length },
				text_of(kinds[k].name)))
				best = k;
		}
		at += ENTRY_BYTES + n + number(t.p + at + 30, 2) + number(t.p + at + 32, 2);
	}
	return best;
}

static bool
contains(struct text t, const char *s)
{
	return memmem(t.p, t.n, s, strlen(s)) != NULL;
}

const struct file_kind *
guess_zip(struct text t)
{
	static const struct file_kind archive = { GUESS_OTHER, "a zip archive", TODO_UNPACK };
	static const struct file_kind locked = { GUESS_OTHER,
		"a zip archive protected by a password", TODO_UNPACK };
	struct text head = { t.p, t.n < HEAD ? t.n : HEAD };
	size_t best = KINDS, from, to;

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (contains((struct text){ t.p, t.n < 256 ? t.n : 256 }, types[i].within))
			return &types[i].kind;
	if (find_list(t, &from, &to))
		best = best_of_list(t, from, to);
	else
		for (best = 0; best < KINDS && !contains(head, kinds[best].name); best++)
			;
	if (best < KINDS)
		return &kinds[best].kind;
	/* the flags of its first entry */
	return t.n > 6 && t.p[2] == '\3' && (t.p[6] & 1) != 0 ? &locked : &archive;
}
