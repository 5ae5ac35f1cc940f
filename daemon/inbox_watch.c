/*
 * The kernel's events (inotify).
 *
 * A watch follows the folder, not its name, and two regions can come to ask for the same folder for a
 * moment, as when their inboxes are exchanged: the kernel then gives both the same number.  So a number
 * can have several watches here, each of which is told, and is given back with the last of them.
 *
 * When there are no more watches to be had, a region is read every `poll` instead, and asked for again
 * each time.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "daemon/inbox_private.h"
#include "daemon/log.h"

#define REGION_FOLDERS_EVENTS (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)

static struct watch *
watch_find(const struct inbox *inbox, int wd)
{
	struct watch *w;

	LIST_FOREACH (w, &inbox->watches[(unsigned)wd % WATCH_BUCKETS], next)
		if (w->wd == wd)
			return w;
	return NULL;
}

const char *
inbox_watch_why(const struct inbox *inbox)
{
	if (inbox->watch_error == ENOSPC)
		return "the kernel has no more file watches (fs.inotify.max_user_watches)";
	if (inbox->watch_error == EMFILE)
		return "the kernel has no more event queues (fs.inotify.max_user_instances)";
	return "file events cannot be had";
}

/* Said when it begins; each region says for itself, in status, how it is watched. */
static void
watch_failed(struct inbox *inbox, int error)
{
	struct buf b = { 0 };

	if (inbox->watch_error != 0)
		return;
	inbox->watch_error = error;
	buf_printf(&b, "Some folders are only read every %lld s, not watched: %s. ",
	    (long long)(inbox->options.poll + 999) / 1000, inbox_watch_why(inbox));
	if (error == ENOSPC)
		buf_str(&b, "To mend it: sysctl fs.inotify.max_user_watches=1048576");
	else if (error == EMFILE)
		buf_str(&b,
		    "To mend it: sysctl fs.inotify.max_user_instances=1024, and start "
		    "poold again");
	inbox->calls.region(inbox->arg, NULL, b.p != NULL ? b.p : "", false);
	buf_free(&b);
}

bool
inbox_watch(struct inbox *inbox, struct watch *w, int fd, uint32_t mask)
{
	char path[40];

	inbox_unwatch(inbox, w);
	if (inbox->notify == -1)
		return false;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	w->wd = inotify_add_watch(inbox->notify, path, mask | IN_ONLYDIR | IN_MASK_ADD);
	if (w->wd == -1) {
		watch_failed(inbox, errno);
		return false;
	}
	LIST_INSERT_HEAD(&inbox->watches[(unsigned)w->wd % WATCH_BUCKETS], w, next);
	return true;
}

void
inbox_unwatch(struct inbox *inbox, struct watch *w)
{
	int wd = w->wd;

	if (wd == -1)
		return;
	LIST_REMOVE(w, next);
	w->wd = -1;
	if (watch_find(inbox, wd) == NULL)
		(void)inotify_rm_watch(inbox->notify, wd);
}

/* Something happened in the root. */
static void
root_event(struct inbox *inbox, const struct inotify_event *e)
{
	if (e->len == 0) {
		inbox_scan(inbox);
		return;
	}
	if (e->name[0] != '.' && (e->mask & REGION_FOLDERS_EVENTS) != 0)
		inbox_check_region(inbox, e->name);
}

/* In a region's folder only two names are ours to watch; the team's reports are there as well. */
static bool
is_folder_of_ours(const struct inotify_event *e)
{
	struct text name = e->len > 0 ? text_of(e->name) : TEXT_NONE;

	return e->len == 0 || text_is(name, "inbox") || text_is(name, ".poold");
}

static void
watch_event(struct inbox *inbox, struct watch *w, const struct inotify_event *e)
{
	struct region *r = w->region;

	if (r == NULL)
		root_event(inbox, e);
	else if (w == &r->watch_inbox && e->len > 0) {
		if (r->inbox_dir != -1)
			region_consider(r, e->name,
			    (e->mask & IN_MOVED_TO) != 0          ? HINT_MOVED
				: (e->mask & IN_CLOSE_WRITE) != 0 ? HINT_CLOSED
								  : HINT_CREATED);
	} else if (is_folder_of_ours(e))
		inbox_check_region(inbox, r->name.p);
}

/* All watches of this number, each once; being told can change any of them. */
static void
inbox_event(struct inbox *inbox, const struct inotify_event *e)
{
	struct watch *told[8], *w;
	unsigned n = 0, i;

	if ((e->mask & IN_Q_OVERFLOW) != 0) {
		inbox->calls.overflow(inbox->arg);
		inbox_scan(inbox);
		return;
	}
	LIST_FOREACH (w, &inbox->watches[(unsigned)e->wd % WATCH_BUCKETS], next)
		if (w->wd == e->wd && n < sizeof(told) / sizeof(*told))
			told[n++] = w;
	for (i = 0; i < n; i++) {
		if ((e->mask & IN_IGNORED) != 0) { /* removed, unmounted */
			LIST_REMOVE(told[i], next);
			told[i]->wd = -1;
		}
		watch_event(inbox, told[i], e);
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

void
inbox_notify_start(struct inbox *inbox)
{
	inbox->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (inbox->notify == -1) {
		watch_failed(inbox, errno);
		return;
	}
	inbox->readable =
	    event_new(inbox->base, inbox->notify, EV_READ | EV_PERSIST, inbox_read, inbox);
	if (inbox->readable == NULL) {
		(void)close(inbox->notify);
		inbox->notify = -1;
		watch_failed(inbox, ENOMEM);
		return;
	}
	(void)event_add(inbox->readable, NULL);
}
