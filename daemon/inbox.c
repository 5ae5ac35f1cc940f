/*
 * Watching the inboxes.
 *
 * What the kernel tells of (inotify) is a hint, and the scan is the truth: hints are lost when their
 * queue overflows, when a folder is made and filled at once, and on network file systems, and they
 * tell nothing of writers through mmap.  So a hint only makes us look at a name sooner than the scan
 * would, which goes over everything at start, after an overflow, when a folder has re-appeared, and
 * every so often.  Looking is the same in both cases (region_consider()): is it a file, does anyone
 * still write it, has it settled?  Then it is claimed (claim.c).
 *
 * A region is a folder in the root with a folder `inbox` in it; making it is enough.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/inbox_private.h"
#include "daemon/log.h"

#define ROOT_EVENTS \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_MOVE_SELF | IN_DELETE_SELF)

#define DESCRIPTORS_MOST 65536

/* What is never a submission: what editors, file managers and file servers leave behind … */
static const char *const litter[] = { ".", "..", ".DS_Store", "._*", ".~lock.*#", ".#*",
	".nfs*", ".smbdelete*", "4913", "Thumbs.db", "desktop.ini" };
/* … and what is half-written, until it is renamed. */
static const char *const unfinished[] = { ".*", "*~", "*.tmp", "*.part", "*.partial",
	"*.crdownload", "*.filepart", "~$*" };

#define N(patterns) (sizeof(patterns) / sizeof(*(patterns)))

static bool
matches(struct text name, const char *const *patterns, size_t n)
{
	char copy[256];
	size_t i;

	if (name.n == 0 || name.n >= sizeof(copy))
		return true;
	memcpy(copy, name.p, name.n);
	copy[name.n] = '\0';
	for (i = 0; i < n; i++)
		if (fnmatch(patterns[i], copy, 0) == 0)
			return true;
	return false;
}

bool
inbox_ignores(struct text name)
{
	return matches(name, litter, N(litter)) || matches(name, unfinished, N(unfinished));
}

bool
inbox_is_litter(struct text name)
{
	return matches(name, litter, N(litter));
}

int64_t
inbox_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct region *
inbox_region(const struct inbox *inbox, struct text name)
{
	struct region *r;

	TAILQ_FOREACH (r, &inbox->regions, next)
		if (text_equal(r->name, name))
			return r;
	return NULL;
}

const struct regions *
inbox_regions(const struct inbox *inbox)
{
	return &inbox->regions;
}

const char *
inbox_trouble(const struct inbox *inbox)
{
	return inbox->trouble;
}

void
inbox_check_region(struct inbox *inbox, const char *name)
{
	if (!inbox_asks_first(inbox, name))
		inbox_look_at_region(inbox, name);
}

void
inbox_look_at_region(struct inbox *inbox, const char *name)
{
	struct region *r = inbox_region(inbox, text_of(name));
	struct stat st;

	if (r == NULL) {
		if (strcmp(name, "lost+found") == 0 ||
		    fstatat(inbox->root, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
		    !S_ISDIR(st.st_mode))
			return;
		if ((r = region_new(inbox, name)) == NULL)
			return;
	}
	if (region_check(r))
		region_scan(r);
}

void
inbox_say(struct inbox *inbox, const struct buf *trouble)
{
	if (trouble->p == NULL ||
	    strncmp(inbox->trouble, trouble->p, sizeof(inbox->trouble) - 1) == 0)
		return;
	(void)snprintf(inbox->trouble, sizeof(inbox->trouble), "%s", trouble->p);
	inbox->calls.region(inbox->arg, NULL, inbox->trouble, false);
}

static void
root_say(struct inbox *inbox, int error)
{
	struct buf b = { 0 };

	buf_str(&b, "The root folder ");
	buf_safe(&b, text_of(inbox->options.root));
	buf_printf(&b,
	    " cannot be opened any more: %s. Nothing is taken in until it is back; is its disk "
	    "mounted?",
	    strerror(error));
	inbox_say(inbox, &b);
	buf_free(&b);
}

static bool
root_open(struct inbox *inbox)
{
	/* the root is the administrator's choice and may be a link; nothing beneath it may */
	inbox->root = open(inbox->options.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (inbox->root == -1)
		return false;
	(void)inbox_watch(inbox, &inbox->watch_root, inbox->root, ROOT_EVENTS);
	return true;
}

bool
inbox_check_root(struct inbox *inbox)
{
	struct stat there, here;
	bool was_open = inbox->root != -1;

	if (was_open && stat(inbox->options.root, &there) == 0 &&
	    fstat(inbox->root, &here) == 0 && there.st_dev == here.st_dev &&
	    there.st_ino == here.st_ino)
		return true;
	if (was_open) {
		inbox_unwatch(inbox, &inbox->watch_root);
		(void)close(inbox->root);
	}
	if (!root_open(inbox)) {
		root_say(inbox, errno);
		return false;
	}
	inbox->trouble[0] = '\0';
	inbox->broke_off = false;
	inbox->calls.rooted(inbox->arg);
	inbox->calls.region(inbox->arg, NULL,
	    was_open ? "Another folder or disk is the root now; it is watched."
		     : "The root folder is back; it is watched.",
	    true);
	return true;
}

/* 0, or the error (errno) where the list of the root broke off. */
static int
inbox_list(struct inbox *inbox)
{
	int fd = openat(inbox->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *d;

	error = errno;
	if (dir == NULL) {
		if (fd != -1)
			(void)close(fd);
		return error;
	}
	while (errno = 0, (d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.')
			inbox_check_region(inbox, d->d_name);
	error = errno;
	(void)closedir(dir);
	return error;
}

/* Which regions there are, and what is in them. */
void
inbox_scan(struct inbox *inbox)
{
	bool good = inbox_check_root(inbox);
	struct region *r;

	TAILQ_FOREACH (r, &inbox->regions, next)
		if (r->dir != -1 && !inbox_is_mount(inbox, r->name.p) && !region_in_place(r))
			(void)region_check(r); /* it vanished, or was renamed or replaced */
	if (good)
		inbox_listed(inbox, inbox_list(inbox));
}

static void
inbox_rescan(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	inbox_scan(arg);
}

void
inbox_look_again(struct inbox *inbox, int64_t ms)
{
	struct timeval after = { ms / 1000, (ms % 1000) * 1000 };

	if (inbox->again != NULL && !event_pending(inbox->again, EV_TIMEOUT, NULL))
		(void)event_add(inbox->again, &after);
}

/* What no event tells of: regions on a network, or for which no watch could be had; and a root that is gone. */
static void
inbox_poll(int fd, short what, void *arg)
{
	struct inbox *inbox = arg;
	struct region *r;
	bool lacking = false;

	(void)fd;
	(void)what;
	if (inbox->root == -1 || inbox->watch_root.wd == -1) {
		inbox_scan(inbox);
		return;
	}
	TAILQ_FOREACH (r, &inbox->regions, next) {
		if (r->polled)
			inbox_check_region(inbox, r->name.p);
		lacking = lacking || (r->polled && !r->remote);
	}
	if (inbox->watch_error != 0 && inbox->notify != -1 && !lacking) {
		inbox->watch_error = 0;
		inbox->calls.region(
		    inbox->arg, NULL, "There are file watches for every inbox again.", true);
	}
}

static bool
wants_tick(const struct region *r)
{
	return r->later || (r->by_kind[ENTRY_SETTLING] > 0 && !r->remote);
}

static void
inbox_tick(int fd, short what, void *arg)
{
	struct inbox *inbox = arg;
	struct region *r;

	(void)fd;
	(void)what;
	inbox->ticking = false;
	TAILQ_FOREACH (r, &inbox->regions, next)
		if (r->later)
			inbox_check_region(inbox, r->name.p);
		else if (wants_tick(r) && !r->silent)
			region_tick(r);
	inbox_keep_ticking(inbox);
}

/* While something settles it is looked at a few times within its time. */
void
inbox_keep_ticking(struct inbox *inbox)
{
	int64_t ms = inbox->options.settle / 4;
	struct timeval after;
	struct region *r;

	if (inbox->ticking)
		return;
	TAILQ_FOREACH (r, &inbox->regions, next)
		if (wants_tick(r))
			break;
	if (r == NULL)
		return;
	ms = ms < 20 ? 20 : ms > 500 ? 500 : ms;
	after = (struct timeval){ ms / 1000, (ms % 1000) * 1000 };
	inbox->ticking = event_add(inbox->tick, &after) == 0;
}

void
inbox_resume(struct region *r)
{
	if (r->more)
		region_scan(r);
}

void
inbox_how_watched(const struct region *r, struct buf *b)
{
	const struct inbox_options *o = &r->inbox->options;

	if (r->leaving)
		buf_str(b,
		    "its folder was moved or replaced; what was taken from the old one is "
		    "judged first");
	else if (r->inbox_dir == -1)
		buf_str(b, "not at all");
	else if (r->polled && o->poll % 1000 != 0)
		buf_printf(
		    b, "by polling every %lld ms: %s", (long long)o->poll, r->polled_why);
	else if (r->polled)
		buf_printf(
		    b, "by polling every %lld s: %s", (long long)o->poll / 1000, r->polled_why);
	else
		buf_str(b, "by events");
}

/* Four descriptors a region: with hundreds of them more than the customary 1,024. */
static void
allow_descriptors(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == -1 || l.rlim_cur >= DESCRIPTORS_MOST)
		return;
	l.rlim_cur = l.rlim_max < DESCRIPTORS_MOST ? l.rlim_max : DESCRIPTORS_MOST;
	(void)setrlimit(RLIMIT_NOFILE, &l);
}

static struct timeval
timeval_of(int64_t ms)
{
	return (struct timeval){ ms / 1000, (ms % 1000) * 1000 };
}

struct inbox *
inbox_new(struct event_base *base, const struct inbox_options *options,
    const struct inbox_calls *calls, void *arg, struct buf *why)
{
	struct inbox *inbox = calloc(1, sizeof(*inbox));
	struct timeval rescan = timeval_of(options->rescan), poll = timeval_of(options->poll);

	if (inbox == NULL)
		return NULL;
	*inbox = (struct inbox){ .base = base,
		.options = *options,
		.calls = *calls,
		.arg = arg,
		.root = -1,
		.notify = -1,
		.watch_root.wd = -1 };
	TAILQ_INIT(&inbox->regions);
	TAILQ_INIT(&inbox->probes);
	/* Who opens a file for writing while we ask for a lease on it (file_lease()) has us sent this. */
	(void)signal(SIGIO, SIG_IGN);
	allow_descriptors();
	inbox_notify_start(inbox);
	if (!root_open(inbox)) {
		buf_str(why, "The root folder ");
		buf_safe(why, text_of(options->root));
		buf_printf(why, " could not be opened: %s.", strerror(errno));
		inbox_free(inbox);
		return NULL;
	}
	inbox->rescan = event_new(base, -1, EV_PERSIST, inbox_rescan, inbox);
	inbox->poll = event_new(base, -1, EV_PERSIST, inbox_poll, inbox);
	inbox->tick = evtimer_new(base, inbox_tick, inbox);
	inbox->again = evtimer_new(base, inbox_rescan, inbox);
	if (inbox->rescan == NULL || inbox->poll == NULL || inbox->tick == NULL ||
	    inbox->again == NULL) {
		buf_str(why, "There is no memory to watch folders with.");
		inbox_free(inbox);
		return NULL;
	}
	(void)event_add(inbox->rescan, &rescan);
	(void)event_add(inbox->poll, &poll);
	event_active(inbox->rescan, EV_TIMEOUT, 1);
	return inbox;
}

void
inbox_set_options(struct inbox *inbox, const struct inbox_options *options)
{
	struct timeval rescan = timeval_of(options->rescan), poll = timeval_of(options->poll);

	inbox->options = *options;
	(void)event_add(inbox->rescan, &rescan);
	(void)event_add(inbox->poll, &poll);
}

void
inbox_free(struct inbox *inbox)
{
	struct event *events[] = { inbox->readable, inbox->rescan, inbox->poll, inbox->tick,
		inbox->again };
	size_t i;

	inbox_probes_free(inbox);
	while (!TAILQ_EMPTY(&inbox->regions))
		region_free(TAILQ_FIRST(&inbox->regions));
	for (i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	if (inbox->notify != -1)
		(void)close(inbox->notify);
	if (inbox->root != -1)
		(void)close(inbox->root);
	free(inbox);
}
