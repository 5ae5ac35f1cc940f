/*
 * Workbooks come from anybody, so the archive is distrusted before anything in it is looked at: the
 * sum of what the entries occupy must fit the file (which overlapping entries do not), and what they
 * inflate to is counted while it comes, or must be what they say, and no more is ever written.
 */
#include "rules/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>
#include <zip.h>

#include "rules/document_lines.h"

#define PIECE (64 * 1024)
/* A part of this many bytes that shrank more than so many times is made to do harm. */
#define BOMB_BYTES (UINT64_C(64) << 20)
#define BOMB_TIMES 300
#define NAME_MOST  512
/* A part of at most so many bytes is inflated at once, by libdeflate, in a third of zlib's time. */
#define WHOLE_MOST (UINT64_C(16) << 20)

static const struct read_fault damaged = { "syntax", "a whole workbook",
	"Open it in Excel or LibreOffice, save it again as .xlsx, and send that." };
static const struct read_fault hostile = { "syntax",
	"a workbook as Excel or LibreOffice saves it",
	"Save the return again in Excel or LibreOffice as .xlsx, and send that." };
static const struct read_fault locked = { "workbook", "a workbook without a password",
	"Open it and save it as .xlsx without a password, and send that." };
static const struct read_fault large = { "too_big", "a workbook of ordinary size",
	"Send the return by itself, without other data." };

struct package {
	struct arena *arena;
	zip_t *zip;
	uint64_t inflated;
	unsigned long salt;
	char piece[PIECE];
};

static void
refuse(
    struct package *p, struct read_error *e, const struct read_fault *fault, const char *what)
{
	read_error_set(e, p->arena, fault, 0, 0, "%s", what);
}

static int
compare_names(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcasecmp(*x, *y);
}

/* Two entries of one name: programs differ in which they take, so it says two things at once. */
static bool
names_differ(struct package *p, zip_uint64_t n, struct read_error *error)
{
	const char **names = arena_alloc(p->arena, (size_t)n * sizeof(*names));
	zip_uint64_t i;

	for (i = 0; i < n; i++) {
		names[i] = zip_get_name(p->zip, i, ZIP_FL_ENC_RAW);
		if (names[i] == NULL || strlen(names[i]) > NAME_MOST) {
			refuse(p, error, &hostile,
			    "This workbook has a part with an impossible name.");
			return false;
		}
	}
	qsort(names, (size_t)n, sizeof(*names), compare_names);
	for (i = 1; i < n; i++)
		if (strcasecmp(names[i - 1], names[i]) == 0) {
			refuse(p, error, &hostile,
			    "This workbook has two parts of the same name.");
			return false;
		}
	return true;
}

/* What the entries say of themselves, held against the size of the file. */
static bool
sizes_fit(struct package *p, zip_uint64_t n, size_t bytes, struct read_error *error)
{
	zip_uint64_t i, sum = 0;
	zip_stat_t st;

	for (i = 0; i < n; i++) {
		if (zip_stat_index(p->zip, i, 0, &st) == -1 ||
		    (st.valid & (ZIP_STAT_COMP_SIZE | ZIP_STAT_SIZE)) !=
			(ZIP_STAT_COMP_SIZE | ZIP_STAT_SIZE)) {
			refuse(p, error, &damaged, "This workbook is damaged.");
			return false;
		}
		if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
		    st.encryption_method != ZIP_EM_NONE) {
			refuse(p, error, &locked, "This workbook is protected by a password.");
			return false;
		}
		if (st.comp_size > bytes || (sum += st.comp_size) > bytes) {
			refuse(p, error, &hostile,
			    "The parts of this workbook claim more bytes than the file has.");
			return false;
		}
	}
	return true;
}

unsigned long
package_salt_of(struct text bytes)
{
	size_t i = bytes.n > PIECE ? bytes.n - PIECE : 0;
	uint64_t h = UINT64_C(14695981039346656037);

	for (; i < bytes.n; i++)
		h = (h ^ (unsigned char)bytes.p[i]) * UINT64_C(1099511628211);
	return (unsigned long)(h | 1);
}

unsigned long
package_salt(const struct package *p)
{
	return p->salt;
}

struct package *
package_open(struct arena *arena, struct text bytes, struct read_error *error)
{
	struct package *p = arena_calloc(arena, 1, sizeof(*p));
	zip_source_t *source = zip_source_buffer_create(bytes.p, bytes.n, 0, NULL);
	zip_int64_t n;

	*error = (struct read_error){ 0 };
	p->arena = arena;
	p->salt = package_salt_of(bytes);
	p->zip = source != NULL ? zip_open_from_source(source, ZIP_RDONLY, NULL) : NULL;
	if (p->zip == NULL) {
		zip_source_free(source);
		refuse(p, error, &damaged,
		    "This workbook is damaged or cut short: its list of parts cannot be read.");
		return NULL;
	}
	n = zip_get_num_entries(p->zip, 0);
	if (n > PACKAGE_PARTS)
		refuse(p, error, &hostile, "This workbook has more than 10,000 parts.");
	else if (names_differ(p, (zip_uint64_t)n, error) &&
	    sizes_fit(p, (zip_uint64_t)n, bytes.n, error))
		return p;
	package_close(p);
	return NULL;
}

void
package_close(struct package *p)
{
	if (p != NULL && p->zip != NULL)
		zip_discard(p->zip);
	if (p != NULL)
		p->zip = NULL;
}

static zip_int64_t
find(const struct package *p, struct text path)
{
	char name[NAME_MOST + 1];

	if (path.n == 0 || path.n > NAME_MOST || memchr(path.p, '\0', path.n) != NULL)
		return -1;
	memcpy(name, path.p, path.n);
	name[path.n] = '\0';
	return zip_name_locate(p->zip, name, ZIP_FL_NOCASE | ZIP_FL_ENC_RAW);
}

bool
package_has(const struct package *p, struct text path)
{
	return find(p, path) != -1;
}

static bool
too_much(struct package *p, uint64_t part, uint64_t compressed)
{
	return p->inflated > PACKAGE_INFLATED ||
	    (part > BOMB_BYTES && part / (compressed + 1) > BOMB_TIMES);
}

/* What is done with a part: who takes its pieces, and whether that one wants no more of it. */
struct taking {
	bool (*piece)(void *, const char *, size_t, bool last);
	void *arg;
	bool ended;
};

/* false: it is ended, or *error says why not. */
static bool
give(struct package *p, struct taking *t, const char *bytes, size_t n, const zip_stat_t *st,
    uint64_t part, struct read_error *error)
{
	p->inflated += n;
	if (too_much(p, part, st->comp_size)) {
		refuse(p, error, &large,
		    "This workbook is small as a file and unpacks to far more than any return "
		    "has.");
		return false;
	}
	t->ended = !t->piece(t->arg, bytes, n, false);
	return !t->ended;
}

/* A part as it comes.  false: as give(), or it is damaged. */
static bool
read_stream(struct package *p, zip_uint64_t at, const zip_stat_t *st, struct taking *t,
    struct read_error *error)
{
	zip_file_t *file = zip_fopen_index(p->zip, at, 0);
	zip_int64_t n = -1;
	uint64_t part = 0;
	bool good = true;

	while (file != NULL && good && (n = zip_fread(file, p->piece, PIECE)) > 0) {
		part += (uint64_t)n;
		good = give(p, t, p->piece, (size_t)n, st, part, error);
	}
	if (file != NULL)
		(void)zip_fclose(file);
	return good && n == 0 && part == st->size;
}

/* The compressed bytes of a part; the size is that of the part, which fits the file. */
static bool
read_raw(struct package *p, zip_uint64_t at, char *raw, uint64_t size)
{
	zip_file_t *file = zip_fopen_index(p->zip, at, ZIP_FL_COMPRESSED);
	zip_int64_t n = 1;
	uint64_t have = 0;

	while (file != NULL && have < size && n > 0)
		if ((n = zip_fread(file, raw + have, size - have)) > 0)
			have += (uint64_t)n;
	if (file != NULL)
		(void)zip_fclose(file);
	return have == size;
}

/* All of a part at once: nothing is written beyond the size it says, and it must have just that. */
static bool
inflate_whole(struct package *p, zip_uint64_t at, const zip_stat_t *st, char *raw, char *whole)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	bool good;

	good = d != NULL && raw != NULL && whole != NULL &&
	    read_raw(p, at, raw, st->comp_size) &&
	    libdeflate_deflate_decompress(d, raw, st->comp_size, whole, st->size, NULL) ==
		LIBDEFLATE_SUCCESS &&
	    libdeflate_crc32(0, whole, st->size) == st->crc;
	libdeflate_free_decompressor(d);
	return good;
}

static bool
read_at_once(struct package *p, zip_uint64_t at, const zip_stat_t *st, struct taking *t,
    struct read_error *error)
{
	char *raw = malloc(st->comp_size + 1), *whole = malloc(st->size + 1);
	bool good = inflate_whole(p, at, st, raw, whole);
	uint64_t part = 0;
	size_t n;

	for (; good && part < st->size; part += n) {
		n = st->size - part < PIECE ? st->size - part : PIECE;
		good = give(p, t, whole + part, n, st, part + n, error);
	}
	free(raw);
	free(whole);
	return good;
}

bool
package_read(struct package *p, struct text path,
    bool (*piece)(void *, const char *, size_t, bool last), void *arg, struct read_error *error)
{
	const zip_uint64_t needed =
	    ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_CRC;
	struct taking t = { piece, arg, false };
	zip_int64_t at = find(p, path);
	zip_stat_t st;
	bool good;

	*error = (struct read_error){ 0 };
	good = at != -1 && zip_stat_index(p->zip, (zip_uint64_t)at, 0, &st) == 0 &&
	    (st.valid & needed) == needed &&
	    (st.comp_method == ZIP_CM_DEFLATE && st.size <= WHOLE_MOST
		    ? read_at_once
		    : read_stream)(p, (zip_uint64_t)at, &st, &t, error);
	if (good)
		return piece(arg, "", 0, true);
	if (error->kind == NULL && !t.ended)
		read_error_set(error, p->arena, &damaged, 0, 0,
		    at == -1 ? "This workbook lacks its part %.*s."
			     : "The part %.*s of this workbook is damaged.",
		    TEXT_ARG(path));
	return false;
}
