/*
 * The claim: REGION/inbox/NAME is renamed to REGION/.poold/SEQ.
 *
 * From then on nobody who drops files can put another in its place, and whatever appears in the inbox
 * is a new arrival: no identity is ever compared (inodes are re-used at once, times can be set).  The
 * name is kept beside it as the target of a symbolic link, REGION/.poold/SEQ.name, which is made
 * before the rename and can hold any bytes a name can; its time is the time of the claim.  A restart
 * thus finds everything: a link without a claim is a rename that did not happen, a claim without a row
 * in the ledger is judged.  The link goes when the ledger has the name.
 *
 * What was still changing when patience ended has "still-changing/" before its name there; no name has
 * a slash in it.  A file system that has no symbolic links (SMB, vfat) keeps the same in a small file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/inbox_private.h"

#define CHANGING "still-changing/"
/* The longest target. */
#define TARGET_MOST (sizeof(CHANGING) + 256)

/* "SEQ", or "SEQ.name". */
static void
claim_path(char path[40], int64_t seq, const char *suffix)
{
	(void)snprintf(path, 40, "%lld%s", (long long)seq, suffix);
}

static bool
claim_rename(const struct region *r, const char *name, const char *to)
{
	if (renameat2(r->inbox_dir, name, r->claims, to, RENAME_NOREPLACE) == 0)
		return true;
	/* a file system without NOREPLACE: the number is ours alone, so nothing is replaced */
	return errno == EINVAL && renameat(r->inbox_dir, name, r->claims, to) == 0;
}

static bool
name_in_file(const struct region *r, const char *path, const char *target)
{
	int fd =
	    openat(r->claims, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	size_t n = strlen(target);
	bool good;

	if (fd == -1)
		return false;
	good = write(fd, target, n) == (ssize_t)n;
	good = close(fd) == 0 && good;
	if (!good)
		(void)unlinkat(r->claims, path, 0);
	return good;
}

static bool
claim_write_name(const struct region *r, const char *path, const char *name, bool changing)
{
	char target[TARGET_MOST];

	(void)snprintf(target, sizeof(target), "%s%s", changing ? CHANGING : "", name);
	if (symlinkat(target, r->claims, path) == 0)
		return true;
	return (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) &&
	    name_in_file(r, path, target);
}

static ssize_t
name_from_file(const struct region *r, const char *path, char target[TARGET_MOST])
{
	int fd = openat(r->claims, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd != -1 ? read(fd, target, TARGET_MOST) : -1;

	if (fd != -1)
		(void)close(fd);
	return n;
}

/* The folder can be exchanged by whoever may write beside it, so a name is one only if a folder can hold it. */
static bool
is_name(struct text name)
{
	return name.n > 0 && name.n < 256 && memchr(name.p, '/', name.n) == NULL &&
	    memchr(name.p, '\0', name.n) == NULL && !text_is(name, ".") && !text_is(name, "..");
}

bool
claim_read_name(const struct region *r, int64_t seq, char name[256], struct claim_found *found)
{
	const size_t prefix = sizeof(CHANGING) - 1;
	char path[40], target[TARGET_MOST];
	struct text t;
	struct stat st;
	ssize_t n;

	claim_path(path, seq, ".name");
	n = readlinkat(r->claims, path, target, sizeof(target));
	if (n == -1 && errno == EINVAL)
		n = name_from_file(r, path, target);
	if (n <= 0 || fstatat(r->claims, path, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return false;
	t = (struct text){ target, (size_t)n };
	if (t.n > prefix && memcmp(t.p, CHANGING, prefix) == 0) {
		found->still_changing = true;
		t = (struct text){ t.p + prefix, t.n - prefix };
	}
	if (!is_name(t))
		return false;
	memcpy(name, t.p, t.n);
	name[t.n] = '\0';
	found->name = (struct text){ name, t.n };
	found->received = st.st_mtim.tv_sec;
	return true;
}

enum claimed
claim_take(struct region *r, const char *name, bool still_changing)
{
	struct inbox *inbox = r->inbox;
	struct claim_found found = {
		.region = r, .name = text_of(name), .still_changing = still_changing
	};
	char to[40], link[40];
	int saved;

	if (!inbox->calls.room(inbox->arg, r)) {
		r->more = true;
		return CLAIM_NO_ROOM;
	}
	if ((found.seq = inbox->calls.next_seq(inbox->arg)) == -1)
		return CLAIM_NOT_NOW;
	claim_path(to, found.seq, "");
	claim_path(link, found.seq, ".name");
	if (!claim_write_name(r, link, name, still_changing))
		return CLAIM_REFUSED;
	fault_at(FAULT_CLAIM_NOTED);
	if (!claim_rename(r, name, to)) {
		saved = errno;
		(void)unlinkat(r->claims, link, 0);
		errno = saved;
		return saved == ENOENT ? CLAIM_GONE : CLAIM_REFUSED;
	}
	fault_at(FAULT_CLAIM_MOVED);
	r->claimed++;
	found.received = inbox->calls.now(inbox->arg);
	inbox->calls.claimed(inbox->arg, &found);
	return CLAIM_DONE;
}

int
claim_open(const struct region *r, int64_t seq)
{
	char path[40];

	claim_path(path, seq, "");
	return openat(
	    r->claims, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void
claim_forget_name(const struct region *r, int64_t seq)
{
	char link[40];

	claim_path(link, seq, ".name");
	(void)unlinkat(r->claims, link, 0);
}

void
claim_unlink(const struct region *r, int64_t seq)
{
	char path[40];

	claim_path(path, seq, "");
	(void)unlinkat(r->claims, path, 0);
	claim_forget_name(r, seq);
}

bool
claim_renumber(const struct region *r, int64_t seq, int64_t to)
{
	char from_path[40], from_link[40], to_path[40], to_link[40];

	claim_path(from_path, seq, "");
	claim_path(from_link, seq, ".name");
	claim_path(to_path, to, "");
	claim_path(to_link, to, ".name");
	/* as with a claim, the name is there first; the hard link is to the link itself */
	(void)!linkat(r->claims, from_link, r->claims, to_link, 0);
	fault_at(FAULT_RENUMBERING);
	if (renameat2(r->claims, from_path, r->claims, to_path, RENAME_NOREPLACE) == -1 &&
	    (errno != EINVAL || renameat(r->claims, from_path, r->claims, to_path) == -1)) {
		claim_forget_name(r, to);
		return false;
	}
	claim_forget_name(r, seq);
	return true;
}

bool
claim_put_back(const struct region *r, int64_t seq, struct text name)
{
	char path[40], to[256];

	if (name.n >= sizeof(to))
		return false;
	memcpy(to, name.p, name.n);
	to[name.n] = '\0';
	claim_path(path, seq, "");
	if (renameat2(r->claims, path, r->inbox_dir, to, RENAME_NOREPLACE) == -1)
		return false;
	claim_forget_name(r, seq);
	return true;
}
