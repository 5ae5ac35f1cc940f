/*
 * Watching the policy folder.
 *
 * Every folder of the tree has an inotify watch, and so has the folder that holds its name: a policy
 * folder that is a symbolic link, exchanged for another, is a usual way to bring a whole new one at once.
 * When a change has come to rest, all watches are made anew before the tree is read, so that what changes
 * after the reading is seen, and folders that are new need no care of their own.  Every poll_ms it is
 * looked whether the name still leads to the folder that is watched.
 */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "daemon/fs_type.h"
#include "daemon/log.h"
#include "daemon/policies.h"
#include "daemon/policies_watch.h"

#define QUIET_MS   1000
#define AT_LAST_MS 10000
#define TREE_EVENTS                                                                         \
	(IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | \
	    IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define NAME_EVENTS (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR)

struct policies_watch {
	struct event_base *base;
	char *folder, *parent; /* owned */
	const char *name;      /* in folder: its last part */
	void (*changed)(void *);
	void *arg;
	int notify, parent_watch; /* -1: none */
	struct event *readable, *quiet, *poll;
	unsigned folders;
	bool whole;
	dev_t dev; /* of the folder that is watched */
	ino_t ino;
	int64_t first; /* monotonic ms of the first change that was not told yet; 0: none */
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Others may write there without this kernel hearing of it. */
static bool
on_network(int fd)
{
	const struct fs_type *type;
	struct statfs s;

	if (fstatfs(fd, &s) == -1)
		return false;
	type = fs_type_find((int64_t)(uint32_t)s.f_type);
	return type == NULL || !type->local;
}

/* By the open descriptor, so that what is watched is what was opened. */
static int
watch_add(struct policies_watch *w, int fd, uint32_t mask)
{
	char path[40];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return inotify_add_watch(w->notify, path, mask);
}

/* A folder and those in it; takes the descriptor. */
static void
watch_folder(struct policies_watch *w, int fd, unsigned depth)
{
	DIR *d;
	struct dirent *e;
	int in;

	if (w->folders++ >= POLICIES_FILES || depth > POLICIES_DEPTH || on_network(fd) ||
	    watch_add(w, fd, TREE_EVENTS) == -1 || (d = fdopendir(fd)) == NULL) {
		w->whole = false;
		(void)close(fd);
		return;
	}
	while (errno = 0, (e = readdir(d)) != NULL) {
		if ((e->d_type != DT_DIR && e->d_type != DT_UNKNOWN) ||
		    policies_leaves_out(e->d_name, depth))
			continue;
		in = openat(
		    dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (in != -1)
			watch_folder(w, in, depth + 1);
		else if (errno != ENOTDIR && errno != ENOENT && errno != ELOOP)
			w->whole = false;
	}
	/* a folder that was not listed is not watched */
	w->whole = w->whole && errno == 0;
	(void)closedir(d);
}

static void watch_read(int, short, void *);

/* Everything anew: one descriptor for inotify, with all its watches. */
static void
watch_all(struct policies_watch *w)
{
	struct stat st;
	int fd;

	if (w->readable != NULL)
		event_free(w->readable);
	if (w->notify != -1)
		(void)close(w->notify);
	w->readable = NULL;
	w->parent_watch = -1;
	w->folders = 0;
	w->dev = 0;
	w->ino = 0;
	w->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	w->whole = w->notify != -1;
	if (!w->whole)
		return;
	w->parent_watch = inotify_add_watch(w->notify, w->parent, NAME_EVENTS);
	fd = open(w->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1 && fstat(fd, &st) == 0) {
		w->dev = st.st_dev;
		w->ino = st.st_ino;
	}
	if (fd != -1)
		watch_folder(w, fd, 0);
	else if (w->parent_watch == -1)
		w->whole = false;
	w->readable = event_new(w->base, w->notify, EV_READ | EV_PERSIST, watch_read, w);
	if (w->readable == NULL || event_add(w->readable, NULL) == -1)
		w->whole = false;
}

/* Something that counts has changed: tell when it has come to rest. */
static void
watch_noted(struct policies_watch *w)
{
	int64_t now = now_ms(), left;
	struct timeval after;

	if (w->first == 0)
		w->first = now;
	left = w->first + AT_LAST_MS - now;
	if (left > QUIET_MS)
		left = QUIET_MS;
	if (left < 0)
		left = 0;
	after = (struct timeval){ left / 1000, (left % 1000) * 1000 };
	(void)event_add(w->quiet, &after);
}

static bool
watch_counts(const struct policies_watch *w, const struct inotify_event *e)
{
	if ((e->mask & IN_Q_OVERFLOW) != 0)
		return true;
	if ((e->mask & IN_IGNORED) != 0)
		return false;
	if (e->wd == w->parent_watch)
		return e->len > 0 && strcmp(e->name, w->name) == 0;
	/* poold.lua at the top does not count; that is seen by the digest */
	return e->len == 0 || !policies_leaves_out(e->name, 1);
}

static void
watch_read(int fd, short what, void *arg)
{
	struct policies_watch *w = arg;
	_Alignas(struct inotify_event) char bytes[16384];
	const struct inotify_event *e;
	bool counts = false;
	ssize_t n, at;

	(void)what;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		for (at = 0; at < n; at += (ssize_t)(sizeof(*e) + e->len)) {
			e = (const struct inotify_event *)(const void *)(bytes + at);
			counts = counts || watch_counts(w, e);
		}
	if (counts)
		watch_noted(w);
}

static void
watch_tell(int fd, short what, void *arg)
{
	struct policies_watch *w = arg;

	(void)fd;
	(void)what;
	w->first = 0;
	watch_all(w);
	w->changed(w->arg);
}

static void
watch_poll(int fd, short what, void *arg)
{
	struct policies_watch *w = arg;
	struct stat st;

	(void)fd;
	(void)what;
	if (stat(w->folder, &st) == -1)
		st.st_dev = 0, st.st_ino = 0;
	if (w->first == 0 && (!w->whole || st.st_dev != w->dev || st.st_ino != w->ino))
		watch_tell(-1, 0, w);
}

/* "/a/b/" is b in /a; what has no other folder above it is in itself. */
static bool
watch_names(struct policies_watch *w, const char *folder)
{
	size_t n = strlen(folder);
	char *slash;

	while (n > 1 && folder[n - 1] == '/')
		n--;
	w->folder = strndup(folder, n);
	w->parent = strndup(folder, n);
	if (w->folder == NULL || w->parent == NULL)
		return false;
	slash = strrchr(w->parent, '/');
	w->name = slash != NULL ? w->folder + (slash - w->parent) + 1 : w->folder;
	if (slash != NULL)
		slash[slash == w->parent] = '\0';
	return true;
}

struct policies_watch *
policies_watch_new(struct event_base *base, const char *folder, int64_t poll_ms,
    void (*changed)(void *), void *arg)
{
	struct policies_watch *w = calloc(1, sizeof(*w));
	struct timeval every = { poll_ms / 1000, (poll_ms % 1000) * 1000 };

	if (w == NULL)
		return NULL;
	w->base = base;
	w->changed = changed;
	w->arg = arg;
	w->notify = w->parent_watch = -1;
	w->quiet = evtimer_new(base, watch_tell, w);
	w->poll = event_new(base, -1, EV_PERSIST, watch_poll, w);
	if (!watch_names(w, folder) || w->quiet == NULL || w->poll == NULL) {
		policies_watch_free(w);
		return NULL;
	}
	watch_all(w);
	if (!w->whole)
		log_info("not all of %s can be watched, so it is read every %lld seconds",
		    folder, (long long)(poll_ms + 999) / 1000);
	(void)event_add(w->poll, &every);
	return w;
}

void
policies_watch_free(struct policies_watch *w)
{
	if (w == NULL)
		return;
	if (w->readable != NULL)
		event_free(w->readable);
	if (w->quiet != NULL)
		event_free(w->quiet);
	if (w->poll != NULL)
		event_free(w->poll);
	if (w->notify != -1)
		(void)close(w->notify);
	free(w->folder);
	free(w->parent);
	free(w);
}

bool
policies_watch_whole(const struct policies_watch *w)
{
	return w->whole;
}
