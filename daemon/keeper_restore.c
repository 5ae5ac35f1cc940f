/*
 * Going on from a backup that was put back, or with a new ledger where the one before was lost.
 *
 * The ledger does not know what happened after it was copied, or before it was made, but the folders do: the highest number
 * among published files and claims says how far life had gone on.  Numbers begin well beyond it, so that
 * no published file is ever written over and no number means two arrivals.  Claims whose numbers the
 * backup does not know are new arrivals (keeper_inbox.c).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/keeper.h"
#include "daemon/log.h"
#include "rules/date.h"

/* A name that anybody could have made up moves the numbers no further than this. */
#define BELIEVED INT64_C(1000000000)

/* The number in "SEQ", "SEQ.name" or "STEM~SEQ.EXT"; 0: there is none. */
static int64_t
number_in(const char *name)
{
	const char *tilde = strrchr(name, '~');
	char *end;
	long long n = strtoll(tilde != NULL ? tilde + 1 : name, &end, 10);

	return n > 0 && n <= BELIEVED && (*end == '\0' || *end == '.') ? n : 0;
}

/* A folder that is not there has no numbers; false: its list broke off, so they are not known (errno). */
static bool
look_in(int at, const char *name, int64_t *highest)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	int error;

	if (dir == NULL) {
		if (fd != -1)
			(void)close(fd);
		return true;
	}
	while (errno = 0, (e = readdir(dir)) != NULL) {
		int64_t n = number_in(e->d_name);

		*highest = n > *highest ? n : *highest;
	}
	error = errno;
	(void)closedir(dir);
	errno = error;
	return error == 0;
}

static bool
look_in_region(int region, int64_t *highest)
{
	bool whole = look_in(region, ".poold", highest);

	for (int i = 0; i < OUTCOMES && whole; i++)
		whole = look_in(region, outcome_names[i], highest);
	return whole;
}

/* The highest number that a file of the regions has, nought where none has one; false: not known (errno). */
static bool
highest_number(const char *root, int64_t *highest)
{
	DIR *dir = opendir(root);
	const struct dirent *e = NULL;
	bool whole = true;
	int error;

	if (dir == NULL) /* a root that is not there, or not ours, is for the inbox to tell */
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES;

	while (whole && (errno = 0, (e = readdir(dir)) != NULL)) {
		int region = e->d_name[0] != '.'
		    ? openat(dirfd(dir), e->d_name,
			  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
		    : -1;

		if (region == -1)
			continue;
		whole = look_in_region(region, highest);
		error = errno;
		(void)close(region);
		errno = error;
	}
	error = errno;
	(void)closedir(dir);
	errno = error;
	return whole && error == 0;
}

static void
say_leap(struct buf *b, const struct ledger_leap *leap)
{
	if (leap->backup_us != 0) {
		buf_str(b, "The ledger is the backup of ");
		time_format(b, leap->backup_us / 1000000);
		buf_str(b, ". What was recorded after it is not in it:");
	} else
		buf_str(b,
		    "The ledger is new, but the regions' folders have files of an earlier one. "
		    "What was recorded in that is not in it (if a backup is to be put back, do "
		    "so "
		    "now):");
	buf_printf(b,
	    " arrivals go on with number %lld, records with number %lld, and the numbers "
	    "between are not used.",
	    (long long)leap->last_seq + 1, (long long)leap->last_sequence + 1);
}

bool
keeper_put_back(struct keeper *k, struct buf *why)
{
	bool backup = ledger_is_backup(k->ledger) != 0;
	struct ledger_leap leap;
	struct buf what = { 0 };
	int64_t highest = 0;

	if (!backup && !ledger_is_new(k->ledger))
		return true;
	if (!highest_number(k->config.root, &highest)) {
		buf_printf(why,
		    "Which numbers files already have could not be read in the regions' "
		    "folders: "
		    "%s. No number may be given twice, so nothing is begun.",
		    strerror(errno));
		return false;
	}
	if (!backup && highest == 0)
		return true;
	if (!ledger_put_back(k->ledger, highest, &leap)) {
		buf_str(why, ledger_error(k->ledger));
		return false;
	}
	say_leap(&what, &leap);
	log_warnx("%s", what.p != NULL ? what.p : "The ledger is a backup.");
	keeper_say(
	    k, EV_LEDGER, NULL, NULL, what.p != NULL ? what.p : "The ledger is a backup.");
	buf_free(&what);
	return true;
}
