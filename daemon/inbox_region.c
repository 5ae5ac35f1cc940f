/*
 * A region's folders: opened, watched, and noticed when they are moved or replaced.
 *
 * All folders are opened beneath the root without following a symbolic link, and kept open; the
 * scan looks whether the name still means the folder that is open.
 *
 * When a region's folder (or its .poold) is moved away, what was claimed from it goes with it: it is
 * judged, recorded and published through the descriptors that are open, so that every file has its one
 * verdict in the folder where it was dropped.  Meanwhile nothing is taken in under either name; then the
 * folder that has the region's name now is opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "daemon/inbox_private.h"

#define MADE_MS 1000 /* how long making a region takes at most */

#define INBOX_EVENTS                                                                \
	(IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVE_SELF | IN_DELETE_SELF | \
	    IN_EXCL_UNLINK)
#define REGION_EVENTS                                                                     \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_MOVE_SELF | \
	    IN_DELETE_SELF)

/* So long what is recorded and cannot be published keeps a region in the folder that was moved away. */
#define LEAVE_MOST 60000

/* One name, never a path: with NOFOLLOW it cannot lead elsewhere. */
static int
open_beneath(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void
close_fd(int *fd)
{
	if (*fd != -1)
		(void)close(*fd);
	*fd = -1;
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
	r->dir = r->inbox_dir = r->claims = r->names.fd = -1;
	names_close(r);
	r->watch_dir = r->watch_inbox = (struct watch){ .region = r, .wd = -1 };
	TAILQ_INSERT_TAIL(&inbox->regions, r, next);
	return r;
}

static void
region_close_inbox(struct region *r)
{
	inbox_unwatch(r->inbox, &r->watch_inbox);
	close_fd(&r->inbox_dir);
	region_forget_all(r); /* what is known of names is known of that folder's */
}

static void
region_close(struct region *r)
{
	inbox_unwatch(r->inbox, &r->watch_dir);
	region_close_inbox(r);
	names_close(r);
	close_fd(&r->claims);
	close_fd(&r->dir);
	r->leaving = false;
}

void
region_free(struct region *r)
{
	region_close(r);
	buf_free(&r->notes);
	TAILQ_REMOVE(&r->inbox->regions, r, next);
	free((void *)(uintptr_t)r->name.p);
	free(r);
}

static bool
changed_just_now(int dir, const char *name)
{
	struct timespec now;
	struct stat st;
	int64_t age;

	if (dir == -1 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return false;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	age = (int64_t)(now.tv_sec - st.st_ctim.tv_sec) * 1000 +
	    (now.tv_nsec - st.st_ctim.tv_nsec) / 1000000;
	return age >= 0 && age < MADE_MS;
}

/*
 * Somebody makes the region at this moment: install(1) makes a folder, and then gives it to its owner.  It
 * is looked at again when that has passed.
 */
bool
region_is_being_made(struct region *r)
{
	if (!changed_just_now(r->inbox->root, r->name.p) && !changed_just_now(r->dir, "inbox"))
		return false;
	inbox_look_again(r->inbox, MADE_MS);
	return true;
}

void
region_say(struct region *r, struct text trouble)
{
	if (trouble.n == 0 || strncmp(r->trouble, trouble.p, sizeof(r->trouble) - 1) == 0)
		return;
	(void)snprintf(r->trouble, sizeof(r->trouble), "%.*s", TEXT_ARG(trouble));
	r->inbox->calls.region(r->inbox->arg, r, r->trouble, false);
}

/* Does a name still mean the folder that is open? */
static bool
same_folder(int dir, const char *name, int open_fd)
{
	struct stat a, b;

	return fstatat(dir, name, &a, AT_SYMLINK_NOFOLLOW) == 0 && fstat(open_fd, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Its folder and the claims; what is at the path of its inbox is another matter. */
static bool
region_is_home(const struct region *r)
{
	return same_folder(r->inbox->root, r->name.p, r->dir) &&
	    (r->claims == -1 || same_folder(r->dir, ".poold", r->claims));
}

bool
region_in_place(const struct region *r)
{
	return region_is_home(r) &&
	    (r->inbox_dir == -1 || same_folder(r->dir, "inbox", r->inbox_dir));
}

/* The path of an open folder; false: it has none that fits. */
static bool
path_of(int fd, char path[PATH_MAX])
{
	char link[40];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, PATH_MAX - 1);
	if (n <= 0)
		return false;
	path[n] = '\0';
	return true;
}

bool
inbox_folder_left(const struct region *r, char name[256])
{
	char root[PATH_MAX], here[PATH_MAX];
	size_t n;

	if (!r->leaving || r->dir == -1 || r->inbox->root == -1 ||
	    !path_of(r->inbox->root, root) || !path_of(r->dir, here))
		return false;
	n = strlen(root);
	if (strncmp(here, root, n) != 0 || here[n] != '/' ||
	    strchr(here + n + 1, '/') != NULL || strlen(here + n + 1) >= 256)
		return false;
	memcpy(name, here + n + 1, strlen(here + n + 1) + 1);
	return same_folder(r->inbox->root, name, r->dir);
}

/* true: there is nothing more to do in the old folder. */
static bool
region_leave(struct region *r)
{
	if (!r->leaving) {
		inbox_unwatch(r->inbox, &r->watch_dir);
		region_close_inbox(r);
		r->leaving = true;
		r->left_at = inbox_ms();
	}
	if (r->inbox->calls.busy(r->inbox->arg, r, inbox_ms() - r->left_at < LEAVE_MOST)) {
		r->later = true;
		inbox_keep_ticking(r->inbox);
		return false;
	}
	region_close(r);
	return true;
}

/* The region that has the same folder open; NULL: none. */
static struct region *
region_beside(const struct region *r)
{
	struct region *other;
	struct stat a, b;

	if (fstat(r->dir, &a) == -1)
		return NULL;
	TAILQ_FOREACH (other, &r->inbox->regions, next)
		if (other != r && other->dir != -1 && !other->silent &&
		    fstat(other->dir, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
			return other;
	return NULL;
}

/* May this folder be opened, or is it still another region's? */
static bool
region_is_free(struct region *r)
{
	struct region *other = region_beside(r);
	struct buf b = { 0 };

	if (other == NULL)
		return true;
	if (!region_is_home(other)) { /* it was renamed to ours */
		other->later = true;
		if (region_leave(other))
			return true;
		r->later = true;
		return false;
	}
	buf_str(&b, "This region's folder is also the one of ");
	buf_safe(&b, other->name);
	buf_str(&b, ", by another mount; files are taken in there.");
	region_say(r, buf_as_text(&b));
	buf_free(&b);
	return false;
}

static void
region_vanished(struct region *r)
{
	r->trouble[0] = r->refused[0] = '\0';
	r->broke_off = 0;
	r->notes.n = 0;
	r->inbox->calls.region(r->inbox->arg, r,
	    "The region's folder has vanished; nothing is taken in from it until it is back.",
	    false);
}

static bool
region_open_dir(struct region *r)
{
	bool known = r->known;

	r->dir = open_beneath(r->inbox->root, r->name.p);
	if (r->dir == -1) {
		r->known = false;
		if (errno != ENOENT && errno != EBADF)
			region_trouble(r, "");
		else if (known)
			region_vanished(r);
		return false;
	}
	if (!region_is_free(r)) {
		close_fd(&r->dir);
		inbox_keep_ticking(r->inbox);
		return false;
	}
	return true;
}

static bool
region_open_claims(struct region *r)
{
	if (r->claims != -1)
		return true;
	if (mkdirat(r->dir, ".poold", 0700) == -1 && errno != EEXIST)
		return false;
	r->claims = open_beneath(r->dir, ".poold");
	return r->claims != -1;
}

/* How much is to be trusted here, and whether anything tells of what happens. */
static void
region_watch(struct region *r)
{
	struct inbox *inbox = r->inbox;
	const struct fs_type *type = NULL;
	struct statfs fs = { 0 };
	bool known = fstatfs(r->inbox_dir, &fs) == 0, watched;

	if (known)
		type = fs_type_find((int64_t)(uint32_t)fs.f_type);
	r->remote = type == NULL || !type->local;
	if (type == NULL)
		(void)snprintf(r->polled_why, sizeof(r->polled_why),
		    "file system 0x%x, which poold does not know", (unsigned)fs.f_type);
	else if (r->remote)
		(void)snprintf(r->polled_why, sizeof(r->polled_why), "%s", type->name);
	watched = !r->remote &&
	    (r->watch_dir.wd != -1 ||
		inbox_watch(inbox, &r->watch_dir, r->dir, REGION_EVENTS)) &&
	    (r->watch_inbox.wd != -1 ||
		inbox_watch(inbox, &r->watch_inbox, r->inbox_dir, INBOX_EVENTS));
	if (!watched && !r->remote)
		(void)snprintf(
		    r->polled_why, sizeof(r->polled_why), "%s", inbox_watch_why(inbox));
	r->polled = !watched;
}

/* Open what is not open; *fresh: the claims in it are not known yet. */
static bool
region_open(struct region *r, bool *fresh)
{
	if (r->dir == -1 && !region_open_dir(r))
		return false;
	if (r->watch_dir.wd == -1)
		(void)inbox_watch(r->inbox, &r->watch_dir, r->dir, REGION_EVENTS);
	if (r->inbox_dir != -1 && !same_folder(r->dir, "inbox", r->inbox_dir))
		region_close_inbox(r);
	if (r->inbox_dir == -1 && (r->inbox_dir = open_beneath(r->dir, "inbox")) == -1) {
		if (errno != ENOENT)
			region_trouble(r, "inbox");
		return false; /* not a region yet */
	}
	*fresh = r->claims == -1;
	if (!region_open_claims(r)) {
		region_trouble(r, ".poold");
		region_close_inbox(r);
		return false;
	}
	return true;
}

bool
region_check(struct region *r)
{
	bool fresh = false, was_open = r->inbox_dir != -1;

	r->later = false;
	if (r->dir != -1 && !region_is_home(r) && !region_leave(r))
		return false;
	r->leaving = false; /* it may have come back */
	if (!region_open(r, &fresh))
		return false;
	if (!region_examine(r)) {
		region_close_inbox(r);
		if (fresh) {
			names_close(r);
			close_fd(&r->claims);
		}
		return false;
	}
	region_watch(r);
	r->known = true;
	if (!was_open || r->trouble[0] != '\0') {
		r->trouble[0] = '\0';
		r->inbox->calls.region(
		    r->inbox->arg, r, "The region's inbox is watched.", true);
	}
	if (fresh || (r->broke_off & LIST_CLAIMS) != 0)
		region_recover(r);
	return true;
}
