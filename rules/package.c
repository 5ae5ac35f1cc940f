/*
 * Workbooks come from anybody, so the archive is distrusted before anything in it is looked at: the
 * sum of what the entries occupy must fit the file (which overlapping entries do not), and what they
 * inflate to is counted while it comes, and is never more than they say.
 */
#include "rules/package.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <zip.h>

#include "rules/document_lines.h"

#define PIECE (64 * 1024)
/* A part of this many bytes that shrank more than so many times is made to do harm. */
#define BOMB_BYTES (UINT64_C(64) << 20)
#define BOMB_TIMES 300
#define NAME_MOST  512

static const struct read_fault damaged = { "syntax", "a whole workbook",
	"Open it in Excel or LibreOffice, save it again as .xlsx, and send that." };
static const struct read_fault hostile = { "syntax",
	"a workbook as Excel or LibreOffice saves it",
	"Save the return again in Excel or LibreOffice as .xlsx, and send that." };
static const struct read_fault locked = { "workbook", "a workbook without a password",
	"Open it and save it as .xlsx without a password, and send that." };
static const struct read_fault large = { "too_big", "a workbook of ordinary size",
	"Send the return by itself, without other data." };

struct inflate {
	struct inflate_state state;
	unsigned char raw[PIECE];
};

struct package {
	struct arena *arena;
	zip_t *zip;
	uint64_t inflated;
	unsigned long salt;
	struct inflate *inflate; /* NULL: not needed yet */
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

/*
 * What cannot be had for want of memory is not damaged.  libzip tells some of that as damage, so malloc()'s
 * word counts as well: errno is cleared before libzip is called.
 */
static void
check_memory(zip_error_t *error)
{
	if (errno == ENOMEM || zip_error_code_zip(error) == ZIP_ER_MEMORY)
		arena_exhausted();
}

/* Two entries of one name: programs differ in which they take, so it says two things at once. */
static bool
names_differ(struct package *p, zip_uint64_t n, struct read_error *error)
{
	const char **names = arena_alloc(p->arena, (size_t)n * sizeof(*names));
	zip_uint64_t i;

	for (i = 0; i < n; i++) {
		names[i] = zip_get_name(p->zip, i, ZIP_FL_ENC_RAW);
		if (names[i] == NULL)
			check_memory(zip_get_error(p->zip));
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
			check_memory(zip_get_error(p->zip));
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
	uint64_t h = UINT64_C(14695981039346656037), next = 0;

	for (; i + sizeof(next) <= bytes.n; i += sizeof(next)) {
		memcpy(&next, bytes.p + i, sizeof(next));
		h = (h ^ next) * UINT64_C(1099511628211);
		h ^= h >> 32;
	}
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
	zip_source_t *source;
	zip_error_t said;
	zip_int64_t n;

	errno = 0;
	source = zip_source_buffer_create(bytes.p, bytes.n, 0, NULL);
	if (source == NULL)
		arena_exhausted();
	zip_error_init(&said);
	*error = (struct read_error){ 0 };
	p->arena = arena;
	p->salt = package_salt_of(bytes);
	p->zip = zip_open_from_source(source, ZIP_RDONLY, &said);
	if (p->zip == NULL) {
		check_memory(&said);
		zip_error_fini(&said);
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
	if (p == NULL)
		return;
	if (p->zip != NULL)
		zip_discard(p->zip);
	free(p->inflate);
	p->zip = NULL;
	p->inflate = NULL;
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

/* A part that is not deflated, as libzip gives it.  false: as give(), or it is damaged. */
static bool
read_other(struct package *p, zip_uint64_t at, const zip_stat_t *st, struct taking *t,
    struct read_error *error)
{
	zip_file_t *file = zip_fopen_index(p->zip, at, 0);
	zip_int64_t n = -1;
	uint64_t part = 0;
	bool good = true;

	if (file == NULL)
		check_memory(zip_get_error(p->zip));
	while (file != NULL && good && (n = zip_fread(file, p->piece, PIECE)) > 0) {
		part += (uint64_t)n;
		good = give(p, t, p->piece, (size_t)n, st, part, error);
	}
	if (n == -1 && file != NULL)
		check_memory(zip_file_get_error(file));
	if (file != NULL)
		(void)zip_fclose(file);
	return good && n == 0 && part == st->size;
}

/*
 * The next piece of what a file inflates to, and how long it is; 0: that was all, or it is damaged.
 * Bad data may leave ISA-L without an error and without a byte, so nothing from nothing ends it.
 */
static size_t
inflate_piece(struct package *p, zip_file_t *file)
{
	struct inflate_state *s = &p->inflate->state;
	uint32_t before;
	zip_int64_t n;

	s->next_out = (uint8_t *)p->piece;
	s->avail_out = PIECE;
	while (s->avail_out > 0 && s->block_state != ISAL_BLOCK_FINISH) {
		if (s->avail_in == 0) {
			n = zip_fread(file, p->inflate->raw, PIECE);
			if (n == -1)
				check_memory(zip_file_get_error(file));
			s->next_in = p->inflate->raw;
			s->avail_in = n > 0 ? (uint32_t)n : 0;
		}
		before = s->avail_in + s->avail_out;
		if (isal_inflate(s) != ISAL_DECOMP_OK || s->avail_in + s->avail_out == before)
			break;
	}
	return PIECE - s->avail_out;
}

/* A deflated part, piece by piece: no more than it says, and with the checksum it says. */
static bool
read_deflated(struct package *p, zip_uint64_t at, const zip_stat_t *st, struct taking *t,
    struct read_error *error)
{
	zip_file_t *file = zip_fopen_index(p->zip, at, ZIP_FL_COMPRESSED);
	uint64_t part = 0;
	uint32_t crc = 0;
	bool good;
	size_t n;

	if (file == NULL)
		check_memory(zip_get_error(p->zip));
	if (p->inflate == NULL && (p->inflate = malloc(sizeof(*p->inflate))) == NULL)
		arena_exhausted();
	good = file != NULL;
	if (good)
		isal_inflate_init(&p->inflate->state);
	while (good && (n = inflate_piece(p, file)) > 0) {
		part += n;
		crc = crc32_gzip_refl(crc, (const unsigned char *)p->piece, n);
		good = part <= st->size && give(p, t, p->piece, n, st, part, error);
	}
	if (file != NULL)
		(void)zip_fclose(file);
	return good && p->inflate->state.block_state == ISAL_BLOCK_FINISH && part == st->size &&
	    crc == st->crc;
}

bool
package_read(struct package *p, struct text path,
    bool (*piece)(void *, const char *, size_t, bool last), void *arg, struct read_error *error)
{
	const zip_uint64_t needed =
	    ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_CRC;
	struct taking t = { piece, arg, false };
	zip_int64_t at;
	zip_stat_t st;
	bool good;

	errno = 0;
	at = find(p, path);
	*error = (struct read_error){ 0 };
	good = at != -1 && zip_stat_index(p->zip, (zip_uint64_t)at, 0, &st) == 0 &&
	    (st.valid & needed) == needed &&
	    (st.comp_method == ZIP_CM_DEFLATE ? read_deflated : read_other)(
		p, (zip_uint64_t)at, &st, &t, error);
	if (good)
		return piece(arg, "", 0, true);
	if (error->kind == NULL && !t.ended && at != -1)
		check_memory(zip_get_error(p->zip));
	if (error->kind == NULL && !t.ended)
		read_error_set(error, p->arena, &damaged, 0, 0,
		    at == -1 ? "This workbook lacks its part %.*s."
			     : "The part %.*s of this workbook is damaged.",
		    TEXT_ARG(path));
	return false;
}
