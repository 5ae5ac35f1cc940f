/*
 * A region: its folders, and what lies in its inbox.
 *
 * All folders are opened beneath the root without following a symbolic link, and kept open; the
 * scan looks whether the name still means the folder that is open.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/inbox_private.h"

#define INBOX_EVENTS                                                                \
	(IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVE_SELF | IN_DELETE_SELF | \
	    IN_ONLYDIR | IN_EXCL_UNLINK)
#define REGION_EVENTS (IN_CREATE | IN_MOVED_TO | IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR)

/* One name, never a path: with NOFOLLOW it cannot lead elsewhere. */
static int
open_beneath(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

struct region *
region_new(struct inbox *inbox, const char *name)
{
	struct region *r = calloc(1, sizeof(*r));
	char *copy = strdup(name);

	if (r == NULL || copy == NULL) {
		free(r);
		free(copy);
		return NULL;
	}
	r->inbox = inbox;
	r->name = text_of(copy);
	r->dir = r->inbox_dir = r->claims = r->watch_dir = r->watch_inbox = -1;
	TAILQ_INSERT_TAIL(&inbox->regions, r, next);
	return r;
}

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
	if (e->skipped)
		r->skipped--;
	else
		r->settling--;
	LIST_REMOVE(e, next);
	free((void *)(uintptr_t)e->name.p);
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
	r->settling++;
	return e;
}

static void
region_forget(struct region *r, const char *name)
{
	struct entry *e = entry_find(r, name);

	if (e != NULL)
		entry_free(r, e);
}

/* Leave it where it is; told once, and again only when the reason is another. */
static void
region_skip(struct region *r, const char *name, const char *why)
{
	struct entry *e = entry_get(r, name);

	if (e == NULL)
		return;
	e->seen = r->scans;
	if (e->skipped && strcmp(e->why, why) == 0)
		return;
	if (!e->skipped) {
		r->settling--;
		r->skipped++;
	}
	e->skipped = true;
	(void)snprintf(e->why, sizeof(e->why), "%s", why);
	r->inbox->calls.skipped(r->inbox->arg, r, e);
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

static void
region_claim(struct region *r, const char *name, bool still_changing)
{
	char why[200];

	switch (claim_take(r, name, still_changing)) {
	case CLAIM_DONE:
	case CLAIM_GONE:
	case CLAIM_NO_ROOM: region_forget(r, name); return;
	case CLAIM_NOT_NOW: (void)entry_get(r, name); return;
	case CLAIM_REFUSED: break;
	}
	(void)snprintf(why, sizeof(why),
	    "It cannot be moved out of the inbox: %s. The folder must be writable for poold "
	    "and not sticky: "
	    "chmod 2770 on inbox and its region.",
	    strerror(errno));
	region_skip(r, name, why);
}

static int64_t
age_ms(struct timespec t)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)(now.tv_sec - t.tv_sec) * 1000 + (now.tv_nsec - t.tv_nsec) / 1000000;
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
 * was done to it for as long as it has to settle; else when it was seen unchanged for that time.
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
	if (e->skipped) { /* what was skipped has been replaced by a file */
		e->skipped = false;
		r->skipped--;
		r->settling++;
		e->first = now;
		e->size = -1;
	}
	e->seen = r->scans;
	if (entry_changed(e, st))
		e->still = now;
	*late = now - e->first > o->patience;
	return *late || (lease != LEASE_BUSY && now - e->still >= o->settle);
}

void
region_consider(struct region *r, const char *name, enum hint hint)
{
	struct stat st;
	enum lease lease;
	bool late = false;
	int fd;

	if (inbox_ignores(text_of(name)))
		return;
	if (fstatat(r->inbox_dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		region_forget(r, name);
		return;
	}
	if (!S_ISREG(st.st_mode)) {
		region_skip(r, name, why_not_a_file(st.st_mode));
		return;
	}
	fd = openat(
	    r->inbox_dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 && (errno == EACCES || errno == EPERM)) {
		region_skip(r, name,
		    "poold may not read it; its owner has to allow that: chmod g+r on the "
		    "file.");
		return;
	}
	if (fd == -1)
		return; /* it went, or will be looked at again by the scan */
	lease = file_lease(fd);
	(void)close(fd);
	if (region_at_rest(r, name, &st, lease, hint, &late))
		region_claim(r, name, late);
	inbox_keep_ticking(r->inbox);
}

/* Names first, then what they are: the claim takes them out of the folder that is read. */
void
region_scan(struct region *r)
{
	struct dirent *d;
	struct entry *e, *after;
	unsigned i;
	int fd;
	DIR *dir;

	if (r->inbox_dir == -1 ||
	    (fd = openat(r->inbox_dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return;
	if ((dir = fdopendir(fd)) == NULL) {
		(void)close(fd);
		return;
	}
	r->scans++;
	r->more = false;
	while (!r->more && (d = readdir(dir)) != NULL)
		region_consider(r, d->d_name, HINT_SCAN);
	(void)closedir(dir);
	if (r->more)
		return;
	for (i = 0; i < REGION_BUCKETS; i++)
		for (e = LIST_FIRST(&r->entries[i]); e != NULL; e = after) {
			after = LIST_NEXT(e, next);
			if (e->seen != r->scans)
				entry_free(r, e);
		}
}

void
region_tick(struct region *r)
{
	struct entry *e, *after;
	unsigned i;
	char name[256];

	if (r->settling == 0 || r->inbox_dir == -1 || r->more)
		return;
	for (i = 0; i < REGION_BUCKETS; i++)
		for (e = LIST_FIRST(&r->entries[i]); e != NULL; e = after) {
			after = LIST_NEXT(e, next);
			if (e->skipped || e->name.n >= sizeof(name))
				continue;
			memcpy(name, e->name.p, e->name.n + 1);
			region_consider(r, name, HINT_CREATED);
		}
}

/* The command that gives a region's folders to poold's group; safe to paste whatever they are called. */
static void
put_command(struct buf *b, const struct region *r)
{
	const struct group *group = getgrgid(getegid());
	struct buf path = { 0 };

	buf_printf(&path, "%s/%.*s", r->inbox->options.root, TEXT_ARG(r->name));
	buf_str(b, " To mend it: cd ");
	buf_shell(b, buf_as_text(&path));
	buf_free(&path);
	buf_str(b, " && chgrp ");
	if (group != NULL)
		buf_str(b, group->gr_name);
	else
		buf_printf(b, "%u", (unsigned)getegid());
	buf_str(b, " . inbox && chmod 2770 . inbox");
}

/* Say what is wrong with a folder of the region ("" is its own), once, and what mends it; errno. */
static void
region_trouble(struct region *r, const char *folder)
{
	struct text root = text_of(r->inbox->options.root);
	struct buf b = { 0 };
	int error = errno;

	buf_printf(&b, "%.*s/%.*s/%s: %s.", TEXT_ARG(root), TEXT_ARG(r->name), folder,
	    strerror(error));
	if (error == EACCES || error == EPERM)
		put_command(&b, r);
	else if (error == ELOOP || error == ENOTDIR)
		buf_str(&b, " Put a folder here instead of a link or file.");
	if (b.p != NULL && strncmp(r->trouble, b.p, sizeof(r->trouble) - 1) != 0) {
		(void)snprintf(r->trouble, sizeof(r->trouble), "%s", b.p);
		r->inbox->calls.region(r->inbox->arg, r, r->trouble, false);
	}
	buf_free(&b);
}

void
region_close(struct region *r)
{
	int *fds[] = { &r->dir, &r->inbox_dir, &r->claims };
	size_t i;

	inbox_unwatch(r->inbox, &r->watch_dir);
	inbox_unwatch(r->inbox, &r->watch_inbox);
	for (i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
		if (*fds[i] != -1)
			(void)close(*fds[i]);
		*fds[i] = -1;
	}
}

/* Does a name still mean the folder that is open? */
static bool
same_folder(int dir, const char *name, int open_fd)
{
	struct stat a, b;

	return fstatat(dir, name, &a, AT_SYMLINK_NOFOLLOW) == 0 && fstat(open_fd, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static bool
region_open_claims(struct region *r)
{
	if (r->claims != -1 && same_folder(r->dir, ".poold", r->claims))
		return true;
	if (r->claims != -1)
		(void)close(r->claims);
	if (mkdirat(r->dir, ".poold", 0700) == -1 && errno != EEXIST) {
		r->claims = -1;
		return false;
	}
	r->claims = open_beneath(r->dir, ".poold");
	return r->claims != -1;
}

bool
region_check(struct region *r)
{
	bool fresh = false;

	if (r->dir != -1 && !same_folder(r->inbox->root, r->name.p, r->dir))
		region_close(r);
	if (r->dir == -1) {
		r->dir = open_beneath(r->inbox->root, r->name.p);
		if (r->dir == -1) {
			r->gone = errno == ENOENT;
			region_trouble(r, "");
			return false;
		}
		r->watch_dir = inbox_watch(r->inbox, r->dir, REGION_EVENTS);
	}
	if (r->inbox_dir != -1 && !same_folder(r->dir, "inbox", r->inbox_dir)) {
		inbox_unwatch(r->inbox, &r->watch_inbox);
		(void)close(r->inbox_dir);
		r->inbox_dir = -1;
	}
	if (r->inbox_dir == -1) {
		r->inbox_dir = open_beneath(r->dir, "inbox");
		if (r->inbox_dir == -1) {
			if (errno != ENOENT)
				region_trouble(r, "inbox");
			return false; /* not a region yet */
		}
		r->watch_inbox = inbox_watch(r->inbox, r->inbox_dir, INBOX_EVENTS);
		fresh = true;
	}
	if (!region_open_claims(r)) {
		region_trouble(r, ".poold");
		(void)close(r->inbox_dir);
		inbox_unwatch(r->inbox, &r->watch_inbox);
		r->inbox_dir = -1;
		return false;
	}
	if (fresh || r->trouble[0] != '\0') {
		r->trouble[0] = '\0';
		r->gone = false;
		r->inbox->calls.region(
		    r->inbox->arg, r, "The region's inbox is watched.", true);
	}
	if (fresh)
		region_recover(r);
	return true;
}

void
region_free(struct region *r)
{
	struct entry *e;
	unsigned i;

	for (i = 0; i < REGION_BUCKETS; i++)
		while ((e = LIST_FIRST(&r->entries[i])) != NULL)
			entry_free(r, e);
	region_close(r);
	TAILQ_REMOVE(&r->inbox->regions, r, next);
	free((void *)(uintptr_t)r->name.p);
	free(r);
}

static int
compare_seqs(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The folder can be exchanged by whoever may write beside it, so a name is one only if a folder can hold it. */
static bool
is_name(struct text name)
{
	return name.n > 0 && name.n < 256 && memchr(name.p, '/', name.n) == NULL &&
	    !text_is(name, ".") && !text_is(name, "..");
}

/* One claim of an earlier life: its name and time are those of the link beside it. */
static void
region_recover_claim(struct region *r, int64_t seq)
{
	struct claim_found found = { .region = r, .seq = seq, .again = true };
	char link[40], name[256], unnamed[40];
	struct stat st;
	ssize_t n;

	(void)snprintf(link, sizeof(link), "%lld.name", (long long)seq);
	n = readlinkat(r->claims, link, name, sizeof(name));
	if (n > 0 && is_name((struct text){ name, (size_t)n }) &&
	    fstatat(r->claims, link, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		found.name = (struct text){ name, (size_t)n };
		found.received = st.st_mtim.tv_sec;
	} else {
		/* lost, as after a power cut, or none: better without a name than not at all */
		(void)snprintf(unnamed, sizeof(unnamed), "unnamed-%lld", (long long)seq);
		found.name = text_of(unnamed);
		found.received = r->inbox->calls.now(r->inbox->arg);
	}
	r->inbox->calls.claimed(r->inbox->arg, &found);
}

/* The number that a name begins with, as we write numbers; -1: it does not.  *rest: what follows it. */
static int64_t
number_of(char *name, char **rest)
{
	char again[24];
	int64_t seq = strtoll(name, rest, 10);
	int n = snprintf(again, sizeof(again), "%lld", (long long)seq);

	return seq > 0 && *rest - name == n && strncmp(name, again, (size_t)n) == 0 ? seq : -1;
}

/* Numbers only, in order; a link without its claim is a rename that never happened. */
void
region_recover(struct region *r)
{
	int fd = openat(r->claims, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	int64_t *seqs = NULL, *more, seq;
	size_t n = 0, cap = 0, i;
	struct dirent *d;
	char *end;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if ((seq = number_of(d->d_name, &end)) == -1)
			continue;
		if (strcmp(end, ".name") == 0) {
			*end = '\0';
			if (faccessat(r->claims, d->d_name, F_OK, AT_SYMLINK_NOFOLLOW) == -1 &&
			    errno == ENOENT)
				claim_forget_name(r, seq);
			continue;
		}
		if (*end != '\0')
			continue;
		if (n == cap) {
			cap = cap * 2 + 64;
			if ((more = realloc(seqs, cap * sizeof(*seqs))) == NULL)
				break;
			seqs = more;
		}
		seqs[n++] = seq;
	}
	if (n > 0)
		qsort(seqs, n, sizeof(*seqs), compare_seqs);
	for (i = 0; i < n; i++)
		region_recover_claim(r, seqs[i]);
	free(seqs);
	if (dir != NULL)
		(void)closedir(dir);
	else if (fd != -1)
		(void)close(fd);
}
