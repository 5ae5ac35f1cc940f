/*
 * The claim: REGION/inbox/NAME is renamed to REGION/.poold/SEQ.
 *
 * From then on nobody who drops files can put another in its place, and whatever appears in the inbox
 * is a new arrival: no identity is ever compared (inodes are re-used at once, times can be set).  The
 * name, the time of the claim and whether the file was still changing are recorded before the rename
 * (claim_names.c).  A restart thus finds everything: a record without a claim is a rename that did not
 * happen, a claim without a row in the ledger is judged.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/disk.h"
#include "daemon/fault.h"
#include "daemon/inbox_private.h"

static void
claim_path(char path[24], int64_t seq)
{
	(void)snprintf(path, 24, "%lld", (long long)seq);
}

static bool
claim_rename(const struct region *r, const char *name, const char *to)
{
	if (renameat2(r->inbox_dir, name, r->claims, to, RENAME_NOREPLACE) == 0)
		return true;
	/* a file system without NOREPLACE: the number is ours alone, so nothing is replaced */
	return errno == EINVAL && renameat(r->inbox_dir, name, r->claims, to) == 0;
}

enum claimed
claim_take(struct region *r, const char *name, bool still_changing)
{
	struct inbox *inbox = r->inbox;
	struct claim_found found = {
		.region = r, .name = text_of(name), .still_changing = still_changing
	};
	char to[24];

	if (!inbox->calls.room(inbox->arg, r)) {
		r->more = true;
		return CLAIM_NO_ROOM;
	}
	if ((found.seq = inbox->calls.next_seq(inbox->arg)) == -1)
		return CLAIM_NOT_NOW;
	found.received = inbox->calls.now(inbox->arg);
	claim_path(to, found.seq);
	if (!names_append(r, &found))
		return CLAIM_REFUSED;
	fault_at(FAULT_CLAIM_NOTED);
	if (!claim_rename(r, name, to))
		return errno == ENOENT ? CLAIM_GONE : CLAIM_REFUSED;
	fault_at(FAULT_CLAIM_MOVED);
	r->claimed++;
	inbox->calls.claimed(inbox->arg, &found);
	return CLAIM_DONE;
}

int
claim_open(const struct region *r, int64_t seq)
{
	char path[24];

	claim_path(path, seq);
	return openat(
	    r->claims, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void
claim_unlink(const struct region *r, int64_t seq)
{
	char path[24];

	claim_path(path, seq);
	(void)unlinkat(r->claims, path, 0);
}

bool
claim_renumber(const struct claim_found *found, int64_t to)
{
	struct claim_found f = *found;
	struct region *r = f.region;
	char from_path[24], to_path[24];
	struct stat st;

	if (to == f.seq)
		return true;
	claim_path(from_path, f.seq);
	claim_path(to_path, to);
	f.seq = to;
	/* what lies there keeps its own name */
	if (fstatat(r->claims, to_path, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return false;
	}
	/* as with a claim, the name is there first; a file that is judged without one is better than none */
	(void)names_append(r, &f);
	fault_at(FAULT_RENUMBERING);
	return renameat2(r->claims, from_path, r->claims, to_path, RENAME_NOREPLACE) == 0 ||
	    (errno == EINVAL && renameat(r->claims, from_path, r->claims, to_path) == 0);
}

bool
claim_is_file(const struct region *r, int64_t seq)
{
	char path[24];
	struct stat st;

	claim_path(path, seq);
	if (fstatat(r->claims, path, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno != ENOENT;
	return S_ISREG(st.st_mode);
}

/* 0, or errno; nothing is replaced. */
static int
put_back_as(const struct region *r, const char *path, const char *name)
{
	struct stat st;

	if (renameat2(r->claims, path, r->inbox_dir, name, RENAME_NOREPLACE) == 0)
		return 0;
	/* a file system without NOREPLACE: who drops files has to be quick to lose one here */
	if (errno != EINVAL)
		return errno;
	if (fstatat(r->inbox_dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return EEXIST;
	return renameat(r->claims, path, r->inbox_dir, name) == 0 ? 0 : errno;
}

void
claim_put_back(const struct region *r, int64_t seq, struct text name, struct buf *said)
{
	char path[24], to[256];
	int error;

	claim_path(path, seq);
	(void)snprintf(to, sizeof(to), "%.*s", TEXT_ARG(name));
	if ((error = put_back_as(r, path, to)) == EEXIST) {
		(void)snprintf(
		    to, sizeof(to), "%.*s~%s", name.n < 230 ? (int)name.n : 230, name.p, path);
		error = put_back_as(r, path, to);
	}
	if (error == ENOENT) {
		buf_str(said, "It vanished after it had been taken from the inbox.");
		return;
	}
	buf_str(said, "It turned out to be no regular file");
	if (error == 0) {
		buf_str(said, " and was put back into the inbox");
		if (!text_is(name, to)) {
			buf_str(said, ", where its name is taken by now, as ");
			buf_safe(said, text_of(to));
		}
		buf_str(said, ". Put the files themselves there.");
		return;
	}
	buf_printf(said, " and could not be put back into the inbox: %s. Take it away from ",
	    disk_words(r->inbox_dir, error));
	buf_safe(said, text_of(r->inbox->options.root));
	buf_char(said, '/');
	buf_safe(said, r->name);
	buf_printf(said, "/.poold/%s.", path);
}
