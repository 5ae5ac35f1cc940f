/*
 * Compound files (MS-CFB): a file system in a file, whose root folder says by its names what the file is.
 *
 * The directory is a list of entries of 128 bytes in sectors that are chained by a table; the entries of a
 * folder are a tree.  All of it comes from outside: every number is held against the file, and the work is
 * bounded by the number of sectors and entries looked at.
 */
#include <string.h>

#include "rules/document_guess.h"

#define SECTORS_MOST 256
#define ENTRY_BYTES  128
#define FAT_IN_HEAD  109
#define NONE         UINT32_MAX
/* Folders of protected workbooks are a few deep; where entries do not stand in the root matters little. */
#define VISITS_MOST 4096

struct ole {
	struct text t;
	size_t sector; /* bytes */
	uint32_t directory[SECTORS_MOST], n_sectors;
};

static const struct file_kind locked = { GUESS_OTHER,
	"a workbook or document protected by a password", TODO_PASSWORD };
static const struct file_kind rights = { GUESS_OTHER,
	"a workbook or document whose reading is restricted to certain people (a sensitivity "
	"label "
	"or rights management)",
	"Open it, remove the restriction or label, save it as .xlsx, and send that." };
static const struct file_kind unknown = { GUESS_OTHER,
	"an old Office document, such as an Excel workbook of the .xls kind", TODO_SAVE };

/* By a name in the root folder; the first that is there. */
static const struct {
	const char *name;
	struct file_kind kind;
} kinds[] = {
	{ "Workbook",
	    { GUESS_OTHER, "an Excel workbook of the old kind (.xls)",
		"Open it in Excel or LibreOffice, save it as .xlsx (Excel workbook) without a "
		"password, and send that." } },
	{ "Book",
	    { GUESS_OTHER, "an Excel workbook of a very old kind (.xls, Excel 5 or 95)",
		"Open it in Excel or LibreOffice, save it as .xlsx (Excel workbook) without a "
		"password, and send that." } },
	{ "WordDocument", { GUESS_OTHER, "a Word document (.doc)", TODO_ORIGINAL } },
	{ "PowerPoint Document",
	    { GUESS_OTHER, "a PowerPoint presentation (.ppt)", TODO_ORIGINAL } },
	{ "__properties_version1.0",
	    { GUESS_OTHER, "an e-mail message saved by Outlook (.msg)",
		"Save the return that is attached to it, and send that by itself." } },
	{ "MatOST",
	    { GUESS_OTHER, "a Microsoft Works document",
		"Open it, save it as an Excel workbook, and send that." } },
};

static uint32_t
number(const struct ole *o, size_t at, unsigned bytes)
{
	uint32_t n = 0;

	if (at > o->t.n || o->t.n - at < bytes)
		return NONE;
	while (bytes-- > 0)
		n = n << 8 | (unsigned char)o->t.p[at + bytes];
	return n;
}

/* Where a sector begins: the head takes the room of one.  Beyond the file: its end. */
static size_t
place(const struct ole *o, uint32_t sector)
{
	uint64_t at = ((uint64_t)sector + 1) * o->sector;

	return at < o->t.n ? (size_t)at : o->t.n;
}

static uint32_t
next_sector(const struct ole *o, uint32_t sector)
{
	uint32_t each = (uint32_t)(o->sector / 4), fat;

	if (sector / each >= FAT_IN_HEAD)
		return NONE;
	fat = number(o, 76 + 4 * (size_t)(sector / each), 4);
	return fat == NONE ? NONE : number(o, place(o, fat) + 4 * (size_t)(sector % each), 4);
}

static void
find_directory(struct ole *o)
{
	uint32_t shift = number(o, 30, 2), sector = number(o, 48, 4);

	o->sector = shift == 12 ? 4096 : 512;
	while (sector < NONE - 5 && o->n_sectors < SECTORS_MOST && place(o, sector) < o->t.n) {
		o->directory[o->n_sectors++] = sector;
		sector = next_sector(o, sector);
	}
}

/* Where an entry of the directory is, or the end of the file. */
static size_t
entry(const struct ole *o, uint32_t i)
{
	uint32_t each = (uint32_t)(o->sector / ENTRY_BYTES);
	size_t at;

	if (i / each >= o->n_sectors)
		return o->t.n;
	at = place(o, o->directory[i / each]) + (size_t)(i % each) * ENTRY_BYTES;
	return at <= o->t.n && o->t.n - at >= ENTRY_BYTES ? at : o->t.n;
}

/* Names are UTF-16, and ours ASCII. */
static bool
is_named(const struct ole *o, uint32_t i, const char *name)
{
	size_t at = entry(o, i), n = strlen(name);

	if (at == o->t.n || number(o, at + 64, 2) != 2 * (n + 1))
		return false;
	for (size_t c = 0; c < n; c++)
		if (o->t.p[at + 2 * c] != name[c] || o->t.p[at + 2 * c + 1] != '\0')
			return false;
	return true;
}

static bool
anywhere(const struct ole *o, const char *name)
{
	uint32_t n = o->n_sectors * (uint32_t)(o->sector / ENTRY_BYTES);

	for (uint32_t i = 0; i < n; i++)
		if (is_named(o, i, name))
			return true;
	return false;
}

/* The tree of the root's entries, wherever its links lead, for as many steps as there may be. */
static bool
in_root(const struct ole *o, const char *name)
{
	uint32_t waiting[64], n = 0, i;

	waiting[n++] = number(o, entry(o, 0) + 76, 4);
	for (uint32_t visits = 0; n > 0 && visits < VISITS_MOST; visits++) {
		i = waiting[--n];
		if (is_named(o, i, name))
			return true;
		if (entry(o, i) == o->t.n || n + 2 > sizeof(waiting) / sizeof(*waiting))
			continue;
		waiting[n++] = number(o, entry(o, i) + 68, 4);
		waiting[n++] = number(o, entry(o, i) + 72, 4);
	}
	return false;
}

const struct file_kind *
guess_ole(struct text t)
{
	struct ole o = { .t = t };

	find_directory(&o);
	if (in_root(&o, "EncryptedPackage"))
		return anywhere(&o, "DRMEncryptedTransform") ||
			anywhere(&o, "DRMEncryptedDataSpace")
		    ? &rights
		    : &locked;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (in_root(&o, kinds[i].name))
			return &kinds[i].kind;
	return &unknown;
}
