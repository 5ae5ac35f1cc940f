/*
 * Bytes in the ledger: deflated in a row up to 1 MB, above that a file of their own, and their
 * hashes.
 *
 * A content file is DIR/content/ab/HASH, named by the SHA-256 of what it holds and never
 * changed.  It is on disk, with its name, before the row that speaks of it is committed; a file
 * without a row (a crash between) does no harm, and the next arrival of the same bytes finds it.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/deflate.h"
#include "daemon/disk.h"
#include "daemon/fault.h"
#include "daemon/ledger_sqlite.h"
#include "daemon/sha256.h"
#include "daemon/write.h"

#define INFLATED_MAX ((uint64_t)1 << 31) /* a size beyond this is damage */

void
ledger_hex(const unsigned char hash[HASH_BYTES], char hex[2 * HASH_BYTES + 1])
{
	for (size_t i = 0; i < HASH_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

bool
ledger_link(struct ledger *l, const unsigned char previous[HASH_BYTES], struct text id,
    struct text json, unsigned char link[HASH_BYTES])
{
	struct buf b = { 0 };
	unsigned char hash[HASH_BYTES];
	bool ok;

	sha256_of(json, hash);
	buf_put(&b, previous, HASH_BYTES);
	buf_text(&b, id);
	buf_put(&b, hash, HASH_BYTES);
	/* half a link would break the chain for ever */
	ok = !buf_failed(&b);
	sha256_of(buf_as_text(&b), link);
	buf_free(&b);
	return ok || ledger_fail(l, "There is no memory left to hash with.");
}

bool
ledger_deflate(struct ledger *l, enum deflate_kind kind, struct buf *out, struct text t)
{
	unsigned char *room = malloc(deflate_bound(t.n));
	size_t n = room != NULL ? deflate_fast(kind, room, t) : 0;

	buf_clear(out);
	buf_put(out, room, n);
	free(room);
	return (n > 0 && !buf_failed(out)) ||
	    ledger_fail(l, "There is no memory left to compress with.");
}

bool
ledger_inflate(struct ledger *l, struct buf *out, struct text deflated, uint64_t size)
{
	uLongf n = (uLongf)size;
	unsigned char *room = size > INFLATED_MAX ? NULL : malloc(size + 1);
	int rc;

	if (room == NULL)
		return ledger_fail(l,
		    "There is no memory to read %llu bytes from the ledger %s.",
		    (unsigned long long)size, l->path);
	rc = uncompress(
	    room, &n, (const Bytef *)(deflated.p != NULL ? deflated.p : ""), deflated.n);
	buf_clear(out);
	if (rc == Z_OK && n == size)
		buf_put(out, room, n);
	free(room);
	if (rc == Z_OK && n == size && !buf_failed(out))
		return true;
	return ledger_fail(l,
	    "Compressed bytes in the ledger %s are damaged. Restore the last backup.", l->path);
}

static bool
is_hash(struct text t)
{
	if (t.n != 2 * HASH_BYTES)
		return false;
	for (size_t i = 0; i < t.n; i++) {
		if (!(t.p[i] >= '0' && t.p[i] <= '9') && !(t.p[i] >= 'a' && t.p[i] <= 'f'))
			return false;
	}
	return true;
}

/* A folder beneath another, made where it is missing, its name on disk; -1: failed. */
static int
folder(int at, const char *name)
{
	int fd;

	if (mkdirat(at, name, 0750) == 0) {
		if (fsync(at) == -1)
			return -1;
	} else if (errno != EEXIST) {
		return -1;
	}
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd;
}

/* content/ab of a hash; -1: failed, errno says why. */
static int
content_folder(struct ledger *l, struct text sha256)
{
	char ab[3] = { sha256.p[0], sha256.p[1], '\0' };
	int content = folder(l->dir_fd, "content"), fd, saved;

	if (content == -1)
		return -1;
	fd = folder(content, ab);
	saved = errno;
	close(content);
	errno = saved;
	return fd;
}

/* Written aside, synced, renamed, and the folder synced. */
static bool
write_file(int folder_fd, const char *name, struct text bytes)
{
	static const char aside[] = ".new";
	int fd = openat(
	    folder_fd, aside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0440);
	bool ok;
	int saved;

	if (fd == -1 && errno == EACCES && unlinkat(folder_fd, aside, 0) == 0)
		fd = openat(folder_fd, aside,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0440);
	if (fd == -1)
		return false;
	ok = write_all(fd, bytes.p, bytes.n) && fdatasync(fd) == 0;
	saved = errno;
	close(fd);
	if (ok && renameat(folder_fd, aside, folder_fd, name) == 0 && fsync(folder_fd) == 0)
		return true;
	if (ok)
		saved = errno;
	unlinkat(folder_fd, aside, 0);
	errno = saved;
	return false;
}

bool
ledger_content_write(struct ledger *l, struct text sha256, struct text bytes)
{
	char name[2 * HASH_BYTES + 1];
	struct stat st;
	int fd, saved;
	bool ok;

	if (!is_hash(sha256))
		return ledger_fail(
		    l, "A submission came without its SHA-256: it was not recorded.");
	snprintf(name, sizeof(name), "%.*s", TEXT_ARG(sha256));
	if ((fd = content_folder(l, sha256)) == -1)
		return ledger_fail(l, "Could not make a folder in %s/content: %s.", l->dir,
		    disk_words(l->dir_fd, errno));
	ok = fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == bytes.n;
	ok = ok || write_file(fd, name, bytes);
	saved = errno;
	close(fd);
	fault_at(FAULT_CONTENT_WRITTEN);
	return ok ||
	    ledger_fail(l,
		"Could not write a submission of %zu bytes to %s/content: %s. Intake waits "
		"until "
		"it can be written.",
		bytes.n, l->dir, disk_words(l->dir_fd, saved));
}

static bool
read_all(int fd, struct buf *out, uint64_t size)
{
	char piece[65536];
	ssize_t n;

	buf_clear(out);
	while ((n = read(fd, piece, sizeof(piece))) > 0 && out->n <= size)
		buf_put(out, piece, (size_t)n);
	return n == 0 && out->n == size && !buf_failed(out);
}

bool
ledger_content_read(struct ledger *l, struct buf *out, struct text sha256, uint64_t size)
{
	char name[sizeof("content/ab/") + 2 * HASH_BYTES];
	bool ok;
	int fd;

	if (!is_hash(sha256))
		return ledger_fail(l,
		    "A SHA-256 in the ledger %s is damaged. Restore the last backup.", l->path);
	snprintf(name, sizeof(name), "content/%.2s/%.*s", sha256.p, TEXT_ARG(sha256));
	fd = openat(l->dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return ledger_fail(l,
		    "Could not open %s/%s: %s. Restore it from the last backup.", l->dir, name,
		    strerror(errno));
	ok = read_all(fd, out, size);
	close(fd);
	return ok ||
	    ledger_fail(l,
		"%s/%s is not %llu bytes long, or cannot be read. Restore it from the last "
		"backup.",
		l->dir, name, (unsigned long long)size);
}

bool
ledger_content_remove(struct ledger *l, struct text sha256)
{
	char name[sizeof("content/ab/") + 2 * HASH_BYTES];

	if (!is_hash(sha256))
		return false;
	snprintf(name, sizeof(name), "content/%.2s/%.*s", sha256.p, TEXT_ARG(sha256));
	return unlinkat(l->dir_fd, name, 0) == 0;
}

bool
ledger_bytes(struct ledger *l, struct buf *out, enum kept kept, struct text stored,
    struct text sha256, uint64_t size)
{
	if (kept == KEPT_ROW)
		return ledger_inflate(l, out, stored, size);
	if (kept == KEPT_FILE)
		return ledger_content_read(l, out, sha256, size);
	buf_clear(out);
	return true;
}
