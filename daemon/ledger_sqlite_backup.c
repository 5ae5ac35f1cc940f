/*
 * A copy of the ledger while it is written to, and what it takes to go on from one.
 *
 * The copy is made by the connection that writes: SQLite's backup then holds no snapshot between its
 * steps (the log does not grow behind it), and pages that are written meanwhile are written to the copy as
 * well.  Content files are never changed, so a hard link is a copy; on another disk they are copied.
 * Nothing is pruned meanwhile.  All is written to DIR.part, and renamed when it is on disk.
 *
 * A copy knows that it is one.  When it is put back, life has gone on after it: numbers may have been
 * given, files published and records told that it knows nothing of.  So the first poold that opens it
 * leaves out all numbers that may have been used, and writes down which (table `restored`).
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/ledger_sqlite.h"
#include "daemon/write.h"

#define STEP_PAGES 128 /* half a megabyte */
#define SYNC_STEPS 8   /* so that there is never much to wait for */
#define LEAP       1000000

struct ledger_backup {
	struct ledger *l;
	char *dir, *part;
	int part_fd, file_fd;
	sqlite3 *db;
	sqlite3_backup *pages;
	sqlite3_stmt *contents;
	char after[2 * HASH_BYTES + 1]; /* the last content file */
	uint64_t steps;
	bool renamed;
};

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static bool
fail_there(struct ledger_backup *b, const char *doing, const char *why)
{
	return ledger_fail(
	    b->l, "The backup could not be made: %s %s: %s.", doing, b->part, why);
}

static bool
fail_copy(struct ledger_backup *b)
{
	return fail_there(b, "writing to", b->db != NULL ? sqlite3_errmsg(b->db) : "no memory");
}

/* A step that ended with such a sentence. */
static int
failed(bool never)
{
	(void)never;
	return -1;
}

/* --- what an unfinished copy left --- */

static void
remove_files(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *e;

	if (dir == NULL)
		return;
	while ((e = readdir(dir)) != NULL)
		if (e->d_name[0] != '.' && unlinkat(dirfd(dir), e->d_name, 0) == -1)
			remove_files(dirfd(dir), e->d_name);
	closedir(dir);
	(void)unlinkat(at, name, AT_REMOVEDIR);
}

void
ledger_backup_free(struct ledger_backup *b)
{
	if (b == NULL)
		return;
	sqlite3_finalize(b->contents);
	sqlite3_backup_finish(b->pages);
	sqlite3_close(b->db);
	if (b->file_fd != -1)
		close(b->file_fd);
	if (b->part != NULL && b->part_fd != -1 && !b->renamed)
		remove_files(AT_FDCWD, b->part);
	if (b->part_fd != -1)
		close(b->part_fd);
	b->l->backups--;
	free(b->dir);
	free(b->part);
	free(b);
}

/* --- beginning --- */

static bool
has_room(struct ledger_backup *b)
{
	struct stat file;
	struct statvfs s;

	if (stat(b->l->path, &file) == -1 || fstatvfs(b->part_fd, &s) == -1)
		return fail_there(b, "looking at", strerror(errno));
	if ((uint64_t)s.f_bavail * s.f_frsize > (uint64_t)file.st_size)
		return true;
	return ledger_fail(b->l,
	    "There is no room for a backup in %s: the ledger has %llu bytes, and fewer are "
	    "free.",
	    b->dir, (unsigned long long)file.st_size);
}

static bool
make_part(struct ledger_backup *b)
{
	struct stat st;

	if (b->dir[0] != '/')
		return ledger_fail(
		    b->l, "The folder for a backup must be a whole path that begins with /.");
	if (lstat(b->dir, &st) == 0)
		return ledger_fail(
		    b->l, "%s is there already. Name a new folder for the backup.", b->dir);
	/* as the state directory: a setgid folder of a region must not open it to a team */
	if (mkdir(b->part, 0700) == -1)
		return errno == EEXIST ? ledger_fail(b->l,
					     "%s is there already: another backup is being "
					     "made, or one was broken "
					     "off. Remove it if it is old.",
					     b->part)
				       : fail_there(b, "making", strerror(errno));
	b->part_fd = open(b->part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return b->part_fd != -1 || fail_there(b, "opening", strerror(errno));
}

static bool
open_copy(struct ledger_backup *b)
{
	char *path = NULL;
	bool ok;

	if (asprintf(&path, "%s/%s", b->part, LEDGER_FILE) == -1)
		return fail_there(b, "opening", "no memory");
	ok = sqlite3_open_v2(path, &b->db,
		 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW |
		     SQLITE_OPEN_NOMUTEX,
		 NULL) == SQLITE_OK &&
	    sqlite3_exec(b->db, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF", NULL,
		NULL, NULL) == SQLITE_OK &&
	    (b->pages = sqlite3_backup_init(b->db, "main", b->l->db, "main")) != NULL;
	free(path);
	if (!ok)
		return fail_copy(b);
	/* kept until the end: closing it would let go of SQLite's own locks */
	b->file_fd = openat(b->part_fd, LEDGER_FILE, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	return b->file_fd != -1 || fail_there(b, "opening", strerror(errno));
}

struct ledger_backup *
ledger_backup_begin(struct ledger *l, const char *dir)
{
	struct ledger_backup *b = calloc(1, sizeof(*b));

	if (b == NULL) {
		ledger_fail(l, "There is no memory for a backup.");
		return NULL;
	}
	b->l = l;
	b->part_fd = b->file_fd = -1;
	l->backups++;
	b->dir = strdup(dir);
	if (b->dir == NULL || asprintf(&b->part, "%s.part", dir) == -1) {
		b->part = NULL;
		ledger_fail(l, "There is no memory for a backup.");
	} else if (make_part(b) && has_room(b) && open_copy(b))
		return b;
	ledger_backup_free(b);
	return NULL;
}

/* --- steps --- */

/* The copy says of itself that it is one; and one file is all of it. */
static bool
mark_copy(struct ledger_backup *b)
{
	char *sql = sqlite3_mprintf("PRAGMA journal_mode = DELETE;"
				    "INSERT OR REPLACE INTO number VALUES ('backup', %lld)",
	    (long long)now_us());
	bool ok = sql != NULL && sqlite3_exec(b->db, sql, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(b->db,
		"SELECT DISTINCT sha256 FROM arrival a WHERE kept = 2 AND sha256 > ?1 AND NOT "
		"EXISTS (SELECT 1 FROM pruned p WHERE p.seq = a.seq) ORDER BY sha256 LIMIT 1",
		-1, &b->contents, NULL) == SQLITE_OK;

	sqlite3_free(sql);
	return ok || fail_copy(b);
}

static int
step_pages(struct ledger_backup *b)
{
	int rc = sqlite3_backup_step(b->pages, STEP_PAGES);

	if (++b->steps % SYNC_STEPS == 0 || rc == SQLITE_DONE)
		if (fdatasync(b->file_fd) == -1)
			return failed(fail_there(b, "writing to", strerror(errno)));
	if (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
		return 1;
	if (rc != SQLITE_DONE)
		return failed(fail_there(b, "writing to", sqlite3_errstr(rc)));
	rc = sqlite3_backup_finish(b->pages);
	b->pages = NULL;
	if (rc != SQLITE_OK)
		return failed(fail_copy(b));
	return mark_copy(b) ? 1 : -1;
}

static bool
copy_content(int from, int to)
{
	char piece[65536];
	ssize_t n;

	while ((n = read(from, piece, sizeof(piece))) > 0)
		if (!write_all(to, piece, (size_t)n))
			return false;
	return n == 0 && fdatasync(to) == 0;
}

/* content/ab/HASH of the ledger in the copy. */
static bool
take_content(struct ledger_backup *b, const char *hash)
{
	char name[sizeof("content/ab/") + 2 * HASH_BYTES], folder[sizeof("content/ab")];
	int from = -1, to = -1, fd;
	bool ok;

	(void)snprintf(name, sizeof(name), "content/%.2s/%s", hash, hash);
	(void)snprintf(folder, sizeof(folder), "content/%.2s", hash);
	(void)mkdirat(b->part_fd, "content", 0750);
	(void)mkdirat(b->part_fd, folder, 0750);
	ok = linkat(b->l->dir_fd, name, b->part_fd, name, 0) == 0;
	if (!ok && errno != ENOENT) {
		from = openat(b->l->dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		to = openat(b->part_fd, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0440);
		ok = from != -1 && to != -1 && copy_content(from, to);
	}
	/* what is missing here is said by verify, in the copy as in the ledger */
	ok = ok || (errno == ENOENT && from == -1);
	if (!ok)
		(void)fail_there(b, "copying a submission to", strerror(errno));
	if (from != -1)
		close(from);
	if (to != -1)
		close(to);
	fd = openat(b->part_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1) {
		(void)fsync(fd);
		close(fd);
	}
	return ok;
}

static bool
sync_parent(const char *path)
{
	char *parent = strdup(path), *slash = parent != NULL ? strrchr(parent, '/') : NULL;
	int fd;
	bool ok;

	if (slash == NULL) {
		free(parent);
		return false;
	}
	slash[slash == parent] = '\0';
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok = fd != -1 && fsync(fd) == 0;
	if (fd != -1)
		close(fd);
	free(parent);
	return ok;
}

static int
step_end(struct ledger_backup *b)
{
	sqlite3_finalize(b->contents);
	b->contents = NULL;
	if (sqlite3_close(b->db) != SQLITE_OK || fdatasync(b->file_fd) == -1 ||
	    fsync(b->part_fd) == -1)
		return failed(fail_there(b, "writing to", strerror(errno)));
	b->db = NULL;
	if (renameat2(AT_FDCWD, b->part, AT_FDCWD, b->dir, RENAME_NOREPLACE) == -1 &&
	    (errno != EINVAL || rename(b->part, b->dir) == -1))
		return failed(fail_there(b, "renaming", strerror(errno)));
	b->renamed = true;
	return sync_parent(b->dir) || fail_there(b, "renaming", strerror(errno)) ? 0 : -1;
}

int
ledger_backup_step(struct ledger_backup *b, uint64_t *done, uint64_t *of)
{
	int rc;

	if (b->pages != NULL) {
		rc = step_pages(b);
		if (b->pages != NULL) {
			*of = (uint64_t)sqlite3_backup_pagecount(b->pages);
			*done = *of - (uint64_t)sqlite3_backup_remaining(b->pages);
		}
		return rc;
	}
	sqlite3_reset(b->contents);
	sqlite3_bind_text(b->contents, 1, b->after, -1, SQLITE_STATIC);
	rc = sqlite3_step(b->contents);
	if (rc == SQLITE_ROW) {
		char hash[sizeof(b->after)];

		(void)snprintf(hash, sizeof(hash), "%s",
		    (const char *)sqlite3_column_text(b->contents, 0));
		sqlite3_reset(b->contents);
		memcpy(b->after, hash, sizeof(hash));
		return take_content(b, b->after) ? 1 : -1;
	}
	sqlite3_reset(b->contents);
	return rc == SQLITE_DONE ? step_end(b) : failed(fail_copy(b));
}

/* --- putting one back --- */

int64_t
ledger_is_backup(const struct ledger *l)
{
	return l->backup_us;
}

bool
ledger_is_new(const struct ledger *l)
{
	return l->reserved == 0;
}

static int64_t
leap_beyond(int64_t n)
{
	return (n / LEAP + 2) * LEAP;
}

bool
ledger_put_back(struct ledger *l, int64_t highest, struct ledger_leap *leap)
{
	int64_t last = ledger_number(l, SQL_LAST_SEQ, NULL), lost;

	if (last < 0)
		return false;
	lost = highest > last ? highest - last : 0;
	*leap = (struct ledger_leap){ .backup_us = l->backup_us,
		.first_seq = last + 1,
		.last_seq = leap_beyond(highest > l->reserved ? highest : l->reserved),
		.first_sequence = (int64_t)l->tail.sequence + 1,
		/* an arrival has some records, seldom a hundred */
		.last_sequence = leap_beyond((int64_t)l->tail.sequence + 100 * lost) };
	if (!ledger_begin(l))
		return false;
	l->broken = !ledger_run(l, SQL_INSERT_RESTORED, "put a backup back", "iiiiii", now_us(),
			l->backup_us, leap->first_seq, leap->last_seq, leap->first_sequence,
			leap->last_sequence) ||
	    !ledger_run(l, SQL_RESERVE, "put a backup back", "i", leap->last_seq) ||
	    !ledger_run(l, SQL_DELETE_NUMBER, "put a backup back", "t", TEXT("backup"));
	if (!ledger_commit(l))
		return false;
	l->backup_us = 0;
	return ledger_load_tail(l);
}
