/*
 * What lies in an inbox, and when it is at rest.
 *
 * Only what cannot be claimed at once has an entry: what settles, what is left where it is, and what
 * is half-written by its name and has been so for longer than patience.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/inbox_private.h"

/* Events about things left in one inbox; status lists more. */
#define TOLD_MOST 100
/* What is left, and what is half-written, of an inbox that is remembered for status; more is counted. */
#define SKIPPED_MOST    1000
#define UNFINISHED_MOST 100
/* Half-written files that one scan looks at. */
#define LOOKED_MOST 1000

static unsigned
bucket_of(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h % REGION_BUCKETS;
}

static struct entry *
entry_find(struct region *r, const char *name)
{
	struct entry *e;

	LIST_FOREACH (e, &r->entries[bucket_of(name)], next)
		if (text_is(e->name, name))
			return e;
	return NULL;
}

static void
entry_free(struct region *r, struct entry *e)
{
	r->by_kind[e->kind]--;
	LIST_REMOVE(e, next);
	free((void *)(uintptr_t)e->name.p);
	free(e->why);
	free(e);
}

static struct entry *
entry_get(struct region *r, const char *name)
{
	struct entry *e = entry_find(r, name);

	if (e != NULL)
		return e;
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	e->name = text_of(strdup(name));
	if (e->name.p == NULL) {
		free(e);
		return NULL;
	}
	e->first = e->still = inbox_ms();
	e->size = -1;
	e->seen = r->scans;
	LIST_INSERT_HEAD(&r->entries[bucket_of(name)], e, next);
	r->by_kind[e->kind]++;
	return e;
}

static void
entry_is(struct region *r, struct entry *e, enum entry_kind kind, char *why)
{
	r->by_kind[e->kind]--;
	r->by_kind[kind]++;
	e->kind = kind;
	free(e->why);
	e->why = why;
}

static void
region_forget(struct region *r, const char *name)
{
	struct entry *e = entry_find(r, name);

	if (e != NULL)
		entry_free(r, e);
}

void
region_forget_all(struct region *r)
{
	struct entry *e;
	unsigned i;

	r->left_beyond = 0;
	for (i = 0; i < REGION_BUCKETS; i++)
		while ((e = LIST_FIRST(&r->entries[i])) != NULL)
			entry_free(r, e);
}

/* Leave it where it is; told once, and again only when the reason is another. */
static void
region_skip(struct region *r, const char *name, const char *why)
{
	uint32_t *skipped = &r->by_kind[ENTRY_SKIPPED];
	struct entry *e = entry_find(r, name);

	if (e == NULL && *skipped >= SKIPPED_MOST) {
		r->beyond++;
		return;
	}
	if (e == NULL && (e = entry_get(r, name)) == NULL)
		return;
	e->seen = r->scans;
	if (e->kind == ENTRY_SKIPPED && e->why != NULL && strcmp(e->why, why) == 0)
		return;
	entry_is(r, e, ENTRY_SKIPPED, strdup(why));
	if (*skipped <= TOLD_MOST)
		r->inbox->calls.skipped(r->inbox->arg, r, e);
	else if (*skipped == TOLD_MOST + 1)
		r->inbox->calls.region(r->inbox->arg, r,
		    "More than a hundred things are left in the inbox; no event tells of the "
		    "others, poolctl status lists them.",
		    false);
}

static const struct {
	mode_t type;
	const char *why;
} not_files[] = {
	{ S_IFLNK, "It is a symbolic link; put the file itself here." },
	{ S_IFDIR, "It is a folder; put the files themselves here." },
	{ S_IFIFO, "It is a pipe, not a file." },
	{ S_IFSOCK, "It is a socket, not a file." },
	{ S_IFCHR, "It is a device, not a file." },
	{ S_IFBLK, "It is a device, not a file." },
};

static const char *
why_not_a_file(mode_t mode)
{
	size_t i;

	for (i = 0; i < sizeof(not_files) / sizeof(*not_files); i++)
		if ((mode & S_IFMT) == not_files[i].type)
			return not_files[i].why;
	return "It is no file that can be read.";
}

/* A file that poold may not open, as with a writer's umask of 077. */
static void
region_skip_unreadable(struct region *r, const char *name)
{
	struct buf b = { 0 };

	buf_str(
	    &b, "poold may not read it; its owner has to allow that, or root with: chmod g+r ");
	region_shell_path(r, name, &b);
	region_skip(r, name, b.p != NULL ? b.p : "poold may not read it.");
	buf_free(&b);
}

static int64_t
age_ms(struct timespec t)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)(now.tv_sec - t.tv_sec) * 1000 + (now.tv_nsec - t.tv_nsec) / 1000000;
}

/* By its name it is half-written: worth a line in status when it has been so for long. */
static void
region_unfinished(struct region *r, const char *name)
{
	struct entry *e = entry_find(r, name);
	struct stat st;

	if (inbox_is_litter(text_of(name)))
		return;
	if (e == NULL &&
	    (r->by_kind[ENTRY_UNFINISHED] >= UNFINISHED_MOST || ++r->looked > LOOKED_MOST))
		return;
	if (fstatat(r->inbox_dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISREG(st.st_mode) || age_ms(st.st_mtim) < r->inbox->options.patience ||
	    age_ms(st.st_ctim) < r->inbox->options.patience) {
		region_forget(r, name);
		return;
	}
	if (e == NULL && (e = entry_get(r, name)) == NULL)
		return;
	e->seen = r->scans;
	if (e->kind != ENTRY_UNFINISHED)
		entry_is(r, e, ENTRY_UNFINISHED,
		    strdup("By its name it is half-written, so it is not taken in; rename it "
			   "when it is done."));
}

enum lease { LEASE_REST, LEASE_BUSY, LEASE_UNKNOWN };

/* A read lease is granted only when nobody has the file open for writing. */
static enum lease
file_lease(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
		(void)fcntl(fd, F_SETLEASE, F_UNLCK);
		return LEASE_REST;
	}
	return errno == EAGAIN ? LEASE_BUSY : LEASE_UNKNOWN;
}

/* What stops every file of the region is said once of the region, what stops one of the file. */
static bool
stops_all(int error)
{
	return error != EPERM && error != ENAMETOOLONG && error != ETXTBSY && error != EBUSY;
}

static void
region_refused(struct region *r, const char *name, int error)
{
	struct buf b = { 0 };
	const char *why;

	region_why_refused(r, name, error, &b);
	why = b.p != NULL ? b.p : "It cannot be moved out of the inbox.";
	if (!stops_all(error))
		region_skip(r, name, why);
	else {
		region_forget(r, name);
		r->more = true;
		region_refuse(r, why);
	}
	buf_free(&b);
}

static void
region_claim(struct region *r, const char *name, bool still_changing)
{
	/* what lies in another region's folder by now is that region's */
	if (!region_in_place(r)) {
		r->later = true;
		return;
	}
	switch (claim_take(r, name, still_changing)) {
	case CLAIM_DONE:
		if (r->refused[0] != '\0' && r->broke_off == 0) {
			r->refused[0] = '\0';
			r->inbox->calls.region(
			    r->inbox->arg, r, "Files can be taken in again.", true);
		}
		region_forget(r, name);
		return;
	case CLAIM_GONE:
	case CLAIM_NO_ROOM: region_forget(r, name); return;
	case CLAIM_NOT_NOW: (void)entry_get(r, name); return;
	case CLAIM_REFUSED: region_refused(r, name, errno); return;
	}
}

static bool
entry_changed(struct entry *e, const struct stat *st)
{
	if (e->size == st->st_size && e->mtime.tv_sec == st->st_mtim.tv_sec &&
	    e->mtime.tv_nsec == st->st_mtim.tv_nsec && e->ctime.tv_sec == st->st_ctim.tv_sec &&
	    e->ctime.tv_nsec == st->st_ctim.tv_nsec)
		return false;
	e->size = st->st_size;
	e->mtime = st->st_mtim;
	e->ctime = st->st_ctim;
	return true;
}

/*
 * Is a regular file at rest?  With no writer left: at once when its writer has said so, or when nothing
 * was done to it for as long as it has to settle; else when it was seen unchanged for that time.  Where
 * other computers write, only the last counts.
 */
static bool
region_at_rest(struct region *r, const char *name, const struct stat *st, enum lease lease,
    enum hint hint, bool *late)
{
	const struct inbox_options *o = &r->inbox->options;
	int64_t now = inbox_ms();
	struct entry *e;

	if (lease == LEASE_REST && (hint == HINT_CLOSED || hint == HINT_MOVED))
		return true;
	if (lease == LEASE_REST && hint == HINT_SCAN && age_ms(st->st_ctim) > o->settle)
		return true;
	if ((e = entry_get(r, name)) == NULL)
		return false;
	if (e->kind != ENTRY_SETTLING) { /* what was skipped has been replaced by a file */
		entry_is(r, e, ENTRY_SETTLING, NULL);
		e->first = now;
		e->size = -1;
	}
	e->seen = r->scans;
	if (entry_changed(e, st))
		e->still = now;
	*late = now - e->first > o->patience;
	return *late || (lease != LEASE_BUSY && now - e->still >= o->settle);
}

/* Open it, and see who writes it; *st is what the open file has, also on a file system that remembers. */
static bool
look_at(struct region *r, const char *name, struct stat *st, enum lease *lease)
{
	int fd = openat(
	    r->inbox_dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1 && (errno == EACCES || errno == EPERM)) {
		region_skip_unreadable(r, name);
		return false;
	}
	if (fd == -1 &&
	    (errno == ETXTBSY || errno == EBUSY)) { /* SMB: somebody has it for himself */
		*lease = LEASE_BUSY;
		return true;
	}
	if (fd == -1)
		return false; /* it went, or will be looked at again by the scan */
	*lease = r->remote ? LEASE_UNKNOWN : file_lease(fd);
	if (r->remote)
		(void)fstat(fd, st);
	(void)close(fd);
	return true;
}

void
region_consider(struct region *r, const char *name, enum hint hint)
{
	struct stat st;
	enum lease lease;
	bool late = false;

	if (inbox_ignores(text_of(name))) {
		if (hint == HINT_SCAN)
			region_unfinished(r, name);
		return;
	}
	if (r->more && hint != HINT_SCAN)
		return; /* there is no room; the scan finds it when there is */
	if (fstatat(r->inbox_dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		region_forget(r, name);
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		region_skip(r, name, why_not_a_file(st.st_mode));
		return;
	}
	if (!look_at(r, name, &st, &lease))
		return;
	if (region_at_rest(r, name, &st, lease, hint, &late))
		region_claim(r, name, late);
	inbox_keep_ticking(r->inbox);
}

/* What the scan did not see is no longer there. */
static void
region_sweep(struct region *r)
{
	struct entry *e, *after;
	unsigned i;

	for (i = 0; i < REGION_BUCKETS; i++)
		for (e = LIST_FIRST(&r->entries[i]); e != NULL; e = after) {
			after = LIST_NEXT(e, next);
			if (e->seen != r->scans)
				entry_free(r, e);
		}
}

/* A name of the scan; what the folder says of its type saves a look at each of very many links. */
static void
region_found(struct region *r, const struct dirent *d)
{
	if (d->d_type == DT_UNKNOWN || d->d_type == DT_REG || inbox_ignores(text_of(d->d_name)))
		region_consider(r, d->d_name, HINT_SCAN);
	else
		region_skip(r, d->d_name, why_not_a_file(DTTOIF(d->d_type)));
}

/* 0, or the error (errno) where the list broke off. */
static int
region_list(struct region *r)
{
	int fd = openat(r->inbox_dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *d;

	error = errno;
	if (dir == NULL) {
		if (fd != -1)
			(void)close(fd);
		return error;
	}
	r->scans++;
	r->more = false;
	r->beyond = r->looked = 0;
	while (errno = 0, !r->more && r->inbox_dir != -1 && (d = readdir(dir)) != NULL)
		region_found(r, d);
	error = errno;
	(void)closedir(dir);
	return error;
}

/*
 * Stops when there is no room: what was claimed is gone from the folder, so the next scan, when there is
 * room again, begins where this one ended, and the whole is read about once.
 */
void
region_scan(struct region *r)
{
	int error;

	if (r->inbox_dir == -1)
		return;
	error = region_list(r);
	if (r->more || r->inbox_dir == -1)
		return;
	region_listed(r, LIST_INBOX, error);
	/* what was not listed may be there all the same */
	if (error != 0)
		return;
	region_sweep(r);
	r->left_beyond = r->beyond;
}

void
region_tick(struct region *r)
{
	struct entry *e, *after;
	unsigned i;
	char name[256];

	if (r->by_kind[ENTRY_SETTLING] == 0 || r->inbox_dir == -1)
		return;
	for (i = 0; i < REGION_BUCKETS; i++)
		for (e = LIST_FIRST(&r->entries[i]); e != NULL && !r->more; e = after) {
			after = LIST_NEXT(e, next);
			if (e->kind != ENTRY_SETTLING || e->name.n >= sizeof(name))
				continue;
			memcpy(name, e->name.p, e->name.n + 1);
			region_consider(r, name, HINT_CREATED);
		}
}
