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
#include <unistd.h>

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

	claim_path(from_path, f.seq);
	claim_path(to_path, to);
	f.seq = to;
	/* as with a claim, the name is there first; a file that is judged without one is better than none */
	(void)names_append(r, &f);
	fault_at(FAULT_RENUMBERING);
	return renameat2(r->claims, from_path, r->claims, to_path, RENAME_NOREPLACE) == 0 ||
	    (errno == EINVAL && renameat(r->claims, from_path, r->claims, to_path) == 0);
}

bool
claim_put_back(const struct region *r, int64_t seq, struct text name)
{
	char path[24], to[256];

	if (name.n >= sizeof(to))
		return false;
	memcpy(to, name.p, name.n);
	to[name.n] = '\0';
	claim_path(path, seq);
	return renameat2(r->claims, path, r->inbox_dir, to, RENAME_NOREPLACE) == 0;
}
