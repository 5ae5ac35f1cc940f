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
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/inbox_private.h"
#include "daemon/log.h"

#define ROOT_EVENTS (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR)

/* Half-written files, and what file managers leave behind. */
static const char *const ignored[] = { ".*", "*~", "*.tmp", "*.part", "*.partial",
	"*.crdownload", "*.filepart", "~$*", "4913", "Thumbs.db", "desktop.ini" };

bool
inbox_ignores(struct text name)
{
	char copy[256];
	size_t i;

	if (name.n == 0 || name.n >= sizeof(copy))
		return true;
	memcpy(copy, name.p, name.n);
	copy[name.n] = '\0';
	for (i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		if (fnmatch(ignored[i], copy, 0) == 0)
			return true;
	return false;
}

int64_t
inbox_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* By the open descriptor, so that what is watched is what was checked. */
int
inbox_watch(struct inbox *inbox, int fd, uint32_t mask)
{
	char path[40];
	int watch;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	watch = inotify_add_watch(inbox->notify, path, mask);
	if (watch == -1 && errno == ENOSPC)
		log_warnx("the kernel has no more file watches for us, so this folder is only "
			  "scanned now and "
			  "then; raise fs.inotify.max_user_watches");
	else if (watch == -1)
		log_warn("a folder cannot be watched and is only scanned now and then");
	return watch;
}

void
inbox_unwatch(struct inbox *inbox, int *watch)
{
	if (*watch != -1)
		(void)inotify_rm_watch(inbox->notify, *watch);
	*watch = -1;
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

static void
inbox_check_region(struct inbox *inbox, const char *name)
{
	struct region *r = inbox_region(inbox, text_of(name));
	struct stat st;

	if (r == NULL) {
		if (fstatat(inbox->root, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
		    !S_ISDIR(st.st_mode))
			return;
		if ((r = region_new(inbox, name)) == NULL)
			return;
	}
	if (region_check(r))
		region_scan(r);
}

/* Which regions there are, and what is in them. */
void
inbox_scan(struct inbox *inbox)
{
	int fd = openat(inbox->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	struct region *r;
	struct dirent *d;

	if (dir == NULL) {
		log_warn("the root folder %s cannot be read", inbox->options.root);
		if (fd != -1)
			(void)close(fd);
		return;
	}
	TAILQ_FOREACH (r, &inbox->regions, next)
		if (r->dir != -1)
			(void)region_check(r); /* notices a folder that has vanished */
	while ((d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.')
			inbox_check_region(inbox, d->d_name);
	(void)closedir(dir);
}

/* The folder of this watch has changed, or something in it. */
static void
inbox_event(struct inbox *inbox, const struct inotify_event *e)
{
	struct region *r;

	if ((e->mask & IN_Q_OVERFLOW) != 0) {
		inbox->calls.overflow(inbox->arg);
		inbox_scan(inbox);
		return;
	}
	if (e->wd == inbox->watch_root) {
		if (e->len > 0 && e->name[0] != '.')
			inbox_check_region(inbox, e->name);
		return;
	}
	TAILQ_FOREACH (r, &inbox->regions, next) {
		if (e->wd == r->watch_inbox && e->len > 0 && r->inbox_dir != -1) {
			region_consider(r, e->name,
			    (e->mask & IN_MOVED_TO) != 0          ? HINT_MOVED
				: (e->mask & IN_CLOSE_WRITE) != 0 ? HINT_CLOSED
								  : HINT_CREATED);
			return;
		}
		if (e->wd == r->watch_inbox || e->wd == r->watch_dir) {
			/* the folder itself, or `inbox` in it */
			if ((e->mask & IN_IGNORED) == 0 && region_check(r))
				region_scan(r);
			return;
		}
	}
}

static void
inbox_read(int fd, short what, void *arg)
{
	static union {
		struct inotify_event align;
		char bytes[65536];
	} events;
	struct inbox *inbox = arg;
	const struct inotify_event *e;
	ssize_t n = read(fd, &events, sizeof(events)), at;

	(void)what;
	for (at = 0; at < n; at += (ssize_t)(sizeof(*e) + e->len)) {
		e = (const struct inotify_event *)(const void *)(events.bytes + at);
		inbox_event(inbox, e);
	}
}

static void
inbox_rescan(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	inbox_scan(arg);
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
		if (r->settling > 0)
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

struct inbox *
inbox_new(struct event_base *base, const struct inbox_options *options,
    const struct inbox_calls *calls, void *arg, struct buf *why)
{
	struct inbox *inbox = calloc(1, sizeof(*inbox));
	struct timeval every = { options->rescan / 1000, (options->rescan % 1000) * 1000 };

	if (inbox == NULL)
		return NULL;
	*inbox = (struct inbox){ .base = base,
		.options = *options,
		.calls = *calls,
		.arg = arg,
		.notify = -1,
		.watch_root = -1 };
	TAILQ_INIT(&inbox->regions);
	/* the root is the administrator's choice and may be a link; nothing beneath it may */
	inbox->root = open(options->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (inbox->root == -1) {
		buf_str(why, "The root folder ");
		buf_safe(why, text_of(options->root));
		buf_printf(why, " could not be opened: %s.", strerror(errno));
		inbox_free(inbox);
		return NULL;
	}
	/* Who opens a file for writing while we ask for a lease on it (file_lease()) has us sent this. */
	(void)signal(SIGIO, SIG_IGN);
	inbox->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	inbox->rescan = event_new(base, -1, EV_PERSIST, inbox_rescan, inbox);
	inbox->tick = evtimer_new(base, inbox_tick, inbox);
	if (inbox->notify != -1) {
		inbox->readable =
		    event_new(base, inbox->notify, EV_READ | EV_PERSIST, inbox_read, inbox);
		(void)event_add(inbox->readable, NULL);
		inbox->watch_root = inbox_watch(inbox, inbox->root, ROOT_EVENTS);
	} else
		log_warn("file events cannot be had (inotify), so folders are only scanned now "
			 "and then");
	(void)event_add(inbox->rescan, &every);
	event_active(inbox->rescan, EV_TIMEOUT, 1);
	return inbox;
}

void
inbox_free(struct inbox *inbox)
{
	struct event *events[] = { inbox->readable, inbox->rescan, inbox->tick };
	size_t i;

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
