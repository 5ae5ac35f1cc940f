/*
 * Are the bytes that are kept those that arrived?  In rows and in content files, each against its SHA-256,
 * and that against its verdict.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ledger_verify.h"
#include "daemon/sha256.h"
#include "rules/date.h"

/* 1: it was pruned, also just now by a running keeper; 0; -1: failed. */
static int
is_pruned(struct ledger *l, int64_t seq, int64_t *when_us)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_PRUNED);
	int rc =
	    ledger_bind(l, st, "i", seq) ? ledger_step(l, st, "look for what was pruned") : -1;

	if (rc == 1) {
		*when_us = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return rc;
}

static void
note_pruned(struct verifying *v, int64_t when_us)
{
	v->check->pruned++;
	if (v->pruned_first == 0 || when_us < v->pruned_first)
		v->pruned_first = when_us;
	if (when_us > v->pruned_last)
		v->pruned_last = when_us;
}

/* The newest verdict names the hash; one that could not be read has none to name. */
static void
check_named(struct verifying *v, int64_t seq, struct text sha256)
{
	char number[24];
	bool found;

	snprintf(number, sizeof(number), "%lld", (long long)seq);
	if (!ledger_show(v->l, text_of(number), &v->bytes, &found))
		return; /* said with the chain */
	if (!found)
		verify_found(v, "Arrival %lld has no verdict.", (long long)seq);
	else if (memmem(v->bytes.p, v->bytes.n, "\"sha256\"", 8) != NULL &&
	    memmem(v->bytes.p, v->bytes.n, sha256.p, sha256.n) == NULL)
		verify_found(v,
		    "The SHA-256 of arrival %lld is not the one in its verdict: the arrival "
		    "was "
		    "changed after it was recorded.",
		    (long long)seq);
}

static void
check_bytes(struct verifying *v, int64_t seq, enum kept kept, struct text sha256, uint64_t size,
    struct text stored)
{
	unsigned char hash[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1];
	int64_t when_us;

	if (!ledger_bytes(v->l, &v->bytes, kept, stored, sha256, size)) {
		if (is_pruned(v->l, seq, &when_us) == 1)
			note_pruned(v, when_us);
		else
			verify_found(v, "The bytes of arrival %lld cannot be read. %s",
			    (long long)seq, v->l->error);
		return;
	}
	sha256_of(buf_as_text(&v->bytes), hash);
	ledger_hex(hash, hex);
	if (!text_is(sha256, hex))
		verify_found(v,
		    "The bytes of arrival %lld are not those that arrived: their SHA-256 is "
		    "%s, recorded is "
		    "%.*s.",
		    (long long)seq, hex, TEXT_ARG(sha256));
}

static void
check_arrival(struct verifying *v, sqlite3_stmt *st)
{
	int64_t seq = sqlite3_column_int64(st, 0), when_us;
	struct text sha256 = ledger_column(st, 1);
	enum kept kept = (enum kept)sqlite3_column_int(st, 3);

	v->check->arrivals++;
	check_named(v, seq, sha256);
	if (is_pruned(v->l, seq, &when_us) == 1)
		note_pruned(v, when_us);
	else if (kept != KEPT_NOT)
		check_bytes(v, seq, kept, sha256, (uint64_t)sqlite3_column_int64(st, 2),
		    ledger_column(st, 4));
}

/* Does an arrival speak of this file? */
static bool
is_spoken_of(struct ledger *l, const char *name)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_CONTENT_NEEDED);
	bool yes;

	if (strlen(name) != 2 * HASH_BYTES || !ledger_bind(l, st, "t", text_of(name)))
		return false;
	yes = ledger_step(l, st, "look for bytes") == 1;
	sqlite3_reset(st);
	return yes;
}

/* A list that breaks off is a disk in trouble; one that is not there has nothing in it. */
static void
found_broken_off(struct verifying *v, const char *name, int error)
{
	struct buf shown = { 0 };

	if (error == 0 || error == ENOENT || error == ENOTDIR)
		return;
	buf_safe(&shown, text_of(name));
	verify_found(v,
	    "The list of the folder %s%s could not be read whole: %s. What lies there was not "
	    "all looked at; look for errors of its disk, and verify again.",
	    strcmp(name, "content") == 0 ? "" : "content/", shown.p != NULL ? shown.p : "",
	    strerror(error));
	buf_free(&shown);
}

/* NULL: said, unless it is no folder. */
static DIR *
open_list(struct verifying *v, int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;

	if (dir != NULL)
		return dir;
	found_broken_off(v, name, errno);
	if (fd != -1)
		close(fd);
	return NULL;
}

/* NULL: it has ended, or broke off, which is said. */
static struct dirent *
next_of(struct verifying *v, DIR *dir, const char *name)
{
	struct dirent *e;

	errno = 0;
	if ((e = readdir(dir)) == NULL)
		found_broken_off(v, name, errno);
	return e;
}

static void
check_folder(struct verifying *v, const char *name, int at)
{
	struct dirent *e;
	DIR *dir = open_list(v, at, name);

	while (dir != NULL && (e = next_of(v, dir, name)) != NULL) {
		struct buf shown = { 0 };

		if (e->d_name[0] == '.' || is_spoken_of(v->l, e->d_name))
			continue;
		v->check->orphans++;
		buf_safe(&shown, text_of(e->d_name));
		verify_note(v,
		    "No arrival needs the file content/%.2s/%s. It is being written, or a "
		    "crash "
		    "left it; poold removes it by and by.",
		    name, shown.p != NULL ? shown.p : "");
		buf_free(&shown);
	}
	if (dir != NULL)
		closedir(dir);
}

/* Files that no arrival speaks of do no harm. */
static void
check_orphans(struct verifying *v)
{
	struct dirent *e;
	DIR *dir = open_list(v, v->l->dir_fd, "content");

	while (dir != NULL && (e = next_of(v, dir, "content")) != NULL)
		if (e->d_name[0] != '.')
			check_folder(v, e->d_name, dirfd(dir));
	if (dir != NULL)
		closedir(dir);
}

bool
verify_arrivals(struct verifying *v)
{
	struct buf first = { 0 }, last = { 0 };

	if (!verify_pieces(
		v, SQL_ARRIVALS, "arrivals", v->l->tail.tally.arrivals, check_arrival))
		return false;
	check_orphans(v);
	if (v->check->pruned > 0) {
		time_format(&first, v->pruned_first / 1000000);
		time_format(&last, v->pruned_last / 1000000);
		verify_note(v,
		    "The bytes of %llu arrivals were pruned between %s and %s; their verdicts "
		    "and hashes are there.",
		    (unsigned long long)v->check->pruned, first.p, last.p);
	}
	buf_free(&first);
	buf_free(&last);
	return true;
}
