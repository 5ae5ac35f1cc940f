/*
 * The names of claims: REGION/.poold/names, a file that only grows while there are claims.
 *
 * Before the rename of a claim one record is appended, a line
 *
 *	SEQ TIME FLAG NAME CHECKSUM
 *
 * with the time of the claim, `c` for what was still changing when patience ended and `-` for the
 * rest, and the CRC-32 of what is before it.  Bytes of a name that could be taken for something else
 * are %XX, so that a record is always one whole line: what a crash cut off, or somebody put there,
 * costs no more than its own line.  A later record of a number counts; one without its claim is a
 * rename that did not happen, or a claim that is done.
 *
 * Nothing is removed for a file (see docs/decisions.md for what that cost).  The file is emptied when it
 * has grown and no claim is there, and written anew, aside, with the records of the claims that are
 * there, when it has grown much or at a start.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "daemon/fault.h"
#include "daemon/inbox_private.h"
#include "daemon/log.h"
#include "rules/arena.h"

#define NAMES "names"
#define ASIDE "names.new"
/* Emptied over this … */
#define IDLE_MOST (64 << 10)
/* … written anew over that; no more than so much is ever read. */
#define GROWN_MOST (8 << 20)
#define READ_MOST  (64 << 20)
#define LINE_MOST  1024
/* The years 1 to 9999: other times cannot be written. */
#define TIME_LEAST (-62135596800)
#define TIME_MOST  253402300799

struct line {
	char p[LINE_MOST];
	size_t n;
};

/* The folder can be exchanged by whoever may write beside it, so a name is one only if a folder can hold it. */
bool
claim_is_name(struct text name)
{
	return name.n > 0 && name.n < 256 && memchr(name.p, '/', name.n) == NULL &&
	    memchr(name.p, '\0', name.n) == NULL && !text_is(name, ".") && !text_is(name, "..");
}

static uint32_t
checksum(const char *p, size_t n)
{
	return (uint32_t)crc32(crc32(0, NULL, 0), (const unsigned char *)p, (unsigned)n);
}

/* At most three bytes for each of 255, and the rest: it always fits. */
static void
line_write(struct line *l, const struct claim_found *f)
{
	size_t i, n;

	n = (size_t)snprintf(l->p, sizeof(l->p), "%lld %lld %c ", (long long)f->seq,
	    (long long)f->received, f->still_changing ? 'c' : '-');
	for (i = 0; i < f->name.n && n < sizeof(l->p) - 16; i++) {
		unsigned char c = (unsigned char)f->name.p[i];

		if (c <= ' ' || c == '%' || c == 0x7f)
			n += (size_t)snprintf(l->p + n, sizeof(l->p) - n, "%%%02x", c);
		else
			l->p[n++] = (char)c;
	}
	n += (size_t)snprintf(l->p + n, sizeof(l->p) - n, " %08x\n", checksum(l->p, n));
	l->n = n;
}

static bool
unescape(const char *p, size_t n, char name[256], size_t *length)
{
	char hex[3] = "";
	size_t i;

	*length = 0;
	for (i = 0; i < n && *length < 255; i++, ++*length) {
		name[*length] = p[i];
		if (p[i] != '%')
			continue;
		if (n - i < 3 || !isxdigit((unsigned char)p[i + 1]) ||
		    !isxdigit((unsigned char)p[i + 2]))
			return false;
		memcpy(hex, p + i + 1, 2);
		name[*length] = (char)strtol(hex, NULL, 16);
		i += 2;
	}
	name[*length] = '\0';
	return i == n;
}

/* A line without its newline, NUL-terminated; false: no record of ours. */
static bool
line_read(char *p, size_t n, struct named *found, char name[256])
{
	char sum[12], *end;
	size_t length;

	if (n < 16 || p[n - 9] != ' ' || memchr(p, '\0', n) != NULL)
		return false;
	(void)snprintf(sum, sizeof(sum), "%08x", checksum(p, n - 9));
	if (memcmp(sum, p + n - 8, 8) != 0)
		return false;
	found->seq = strtoll(p, &end, 10);
	if (*end != ' ')
		return false;
	found->received = strtoll(end, &end, 10);
	if (end[0] != ' ' || (end[1] != 'c' && end[1] != '-') || end[2] != ' ')
		return false;
	found->still_changing = end[1] == 'c';
	end += 3;
	return end < p + n - 9 && found->seq > 0 && found->received >= TIME_LEAST &&
	    found->received <= TIME_MOST &&
	    unescape(end, (size_t)(p + n - 9 - end), name, &length) &&
	    claim_is_name((struct text){ name, length });
}

static int
compare_named(const void *a, const void *b)
{
	int64_t x = ((const struct named *)a)->seq, y = ((const struct named *)b)->seq;

	return x < y ? -1 : x > y;
}

void
named_sort(struct named_list *l)
{
	if (l->n > 0)
		qsort(l->v, l->n, sizeof(*l->v), compare_named);
}

struct named *
named_find(const struct named_list *l, int64_t seq)
{
	const struct named key = { .seq = seq };

	return l->n > 0 ? bsearch(&key, l->v, l->n, sizeof(*l->v), compare_named) : NULL;
}

void
named_set(struct named *to, const struct named *found, const char *name)
{
	char *copy = strdup(name);

	if (copy == NULL)
		arena_exhausted(); /* else the name would be lost: the next start reads it again */
	free(to->name);
	to->name = copy;
	to->received = found->received;
	to->still_changing = found->still_changing;
}

void
named_free(struct named_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free(l->v[i].name);
	free(l->v);
	*l = (struct named_list){ 0 };
}

static void
take_line(char *p, size_t n, const struct named_list *l)
{
	struct named found = { 0 }, *to;
	char name[256];

	if (line_read(p, n, &found, name) && (to = named_find(l, found.seq)) != NULL)
		named_set(to, &found, name);
}

/* What a descriptor has from where it stands. */
static void
read_lines(int fd, const struct named_list *l)
{
	char piece[16384];
	struct line line = { .n = 0 };
	size_t all = 0, i;
	ssize_t n;

	while (
	    all < READ_MOST && ((n = read(fd, piece, sizeof(piece))) > 0 || errno == EINTR)) {
		for (i = 0; n > 0 && i < (size_t)n; i++) {
			if (piece[i] != '\n') {
				/* too long to be a record: counted, not kept */
				if (line.n < sizeof(line.p) - 1)
					line.p[line.n] = piece[i];
				line.n += line.n < sizeof(line.p);
				continue;
			}
			if (line.n < sizeof(line.p) - 1) {
				line.p[line.n] = '\0';
				take_line(line.p, line.n, l);
			}
			line.n = 0;
		}
		all += n > 0 ? (size_t)n : 0;
	}
}

/* A file of one name: else it may be somebody's whom we were not meant to write to. */
static bool
is_fit(int fd, struct stat *st)
{
	return fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_nlink == 1;
}

bool
names_read(const struct region *r, const struct named_list *l, int64_t *size)
{
	const int flags = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(r->claims, NAMES, O_RDWR | flags);
	bool writable = fd != -1;
	struct stat st;

	*size = 0;
	if (fd == -1 && errno == ENOENT)
		return true;
	if (fd == -1)
		fd = openat(r->claims, NAMES, O_RDONLY | flags);
	if (fd == -1)
		return false;
	if (!is_fit(fd, &st)) {
		(void)close(fd);
		return false;
	}
	*size = st.st_size;
	if (st.st_size > READ_MOST)
		(void)lseek(fd, st.st_size - READ_MOST, SEEK_SET);
	if (l->n > 0)
		read_lines(fd, l);
	(void)close(fd);
	return writable;
}

static bool
write_whole(int fd, const char *p, size_t n)
{
	ssize_t done;

	while (n > 0) {
		done = write(fd, p, n);
		if (done == -1 && errno != EINTR)
			return false;
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
	return true;
}

void
names_close(struct region *r)
{
	if (r->names.fd != -1)
		(void)close(r->names.fd);
	r->names = (struct names){ .fd = -1, .idle = IDLE_MOST, .grown = GROWN_MOST };
}

/* No record is glued to one that was cut off. */
static bool
end_line(int fd, int64_t size)
{
	char last = '\n';

	if (size > 0 && pread(fd, &last, 1, size - 1) == -1)
		return false;
	return last == '\n' || write_whole(fd, "\n", 1);
}

static int
open_names(const struct region *r, const char *name, int more)
{
	return openat(r->claims, name,
	    O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | more,
	    0600);
}

/* Is it what lies there that cannot be opened, and not our want of something? */
static bool
is_in_the_way(int error)
{
	return error == ELOOP || error == ENXIO || error == EACCES || error == EEXIST ||
	    error == ENODEV;
}

static bool
names_open(struct region *r)
{
	int fd = open_names(r, NAMES, 0), saved;
	struct stat st;

	if (fd != -1 && !is_fit(fd, &st)) {
		(void)close(fd);
		fd = -1;
		errno = EEXIST;
	}
	if (fd == -1 && is_in_the_way(errno) && unlinkat(r->claims, NAMES, 0) == 0)
		fd = open_names(r, NAMES, O_EXCL);
	if (fd == -1)
		return false;
	if (fstat(fd, &st) == -1 || !end_line(fd, st.st_size)) {
		saved = errno;
		(void)close(fd);
		errno = saved;
		return false;
	}
	r->names.fd = fd;
	r->names.size = st.st_size;
	return true;
}

bool
names_empty(struct region *r)
{
	if (r->names.fd == -1 && !names_open(r))
		return false;
	if (ftruncate(r->names.fd, 0) == -1)
		return false;
	r->names.size = 0;
	r->names.idle = IDLE_MOST;
	r->names.grown = GROWN_MOST;
	return true;
}

/* Their records in one piece; false: no memory. */
static bool
records_of(const struct named_list *l, struct buf *b)
{
	struct line line;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct named *v = &l->v[i];
		struct claim_found f = { .seq = v->seq,
			.name = text_of(v->name),
			.received = v->received,
			.still_changing = v->still_changing };

		if (v->name == NULL)
			continue;
		line_write(&line, &f);
		buf_put(b, line.p, line.n);
	}
	return !buf_failed(b);
}

bool
names_rewrite(struct region *r, const struct named_list *l)
{
	struct buf b = { 0 };
	bool good = records_of(l, &b);
	int fd = -1;

	(void)unlinkat(r->claims, ASIDE, 0); /* left by a crash */
	/* on disk before the other one goes: that may be there already */
	good = good && (fd = open_names(r, ASIDE, O_EXCL)) != -1 && write_whole(fd, b.p, b.n) &&
	    fdatasync(fd) == 0;
	if (good)
		fault_at(FAULT_NAMES_ASIDE);
	good = good && renameat(r->claims, ASIDE, r->claims, NAMES) == 0;
	if (good) {
		names_close(r);
		r->names.fd = fd;
		r->names.size = (int64_t)b.n;
		r->names.idle += 2 * r->names.size;
		r->names.grown += 2 * r->names.size;
		fault_at(FAULT_NAMES_MOVED);
	} else {
		if (fd != -1)
			(void)close(fd);
		(void)unlinkat(r->claims, ASIDE, 0);
	}
	buf_free(&b);
	return good;
}

/* It has grown much: only what is there is kept.  When that fails, there is more to it for now. */
static void
names_shorten(struct region *r)
{
	struct named_list l = { 0 };
	int64_t size;
	bool good;

	good = claims_list(r, &l, NULL);
	if (good && l.n == 0) {
		good = names_empty(r);
	} else if (good) {
		good = names_read(r, &l, &size) && names_rewrite(r, &l);
	}
	if (!good)
		r->names.grown = r->names.size + GROWN_MOST;
	named_free(&l);
}

void
inbox_tidy(struct inbox *inbox)
{
	struct named_list l;
	struct region *r;

	TAILQ_FOREACH (r, &inbox->regions, next) {
		if (r->names.fd == -1 || r->in_hand > 0 || r->names.size <= r->names.idle)
			continue;
		l = (struct named_list){ 0 };
		/* what is not published yet keeps its name, too: its folder could be moved */
		if (!claims_list(r, &l, NULL) || l.n > 0 || !names_empty(r))
			r->names.idle = 2 * r->names.size;
		named_free(&l);
	}
}

bool
names_append(struct region *r, const struct claim_found *f)
{
	struct line line;
	struct stat st;
	int saved;

	/* removed, or given a second name: not ours any more */
	if (r->names.fd != -1 && !is_fit(r->names.fd, &st))
		names_close(r);
	if (r->names.fd == -1 && !names_open(r))
		return false;
	if (r->names.size > r->names.grown)
		names_shorten(r);
	line_write(&line, f);
	if (write_whole(r->names.fd, line.p, line.n)) {
		r->names.size += (int64_t)line.n;
		return true;
	}
	saved = errno;
	/* half of it may be there: the next one looks */
	(void)!ftruncate(r->names.fd, r->names.size);
	names_close(r);
	errno = saved;
	return false;
}
