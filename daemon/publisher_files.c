/*
 * Files beneath a region's folder, which belongs to other people: they may have put a link, a
 * file or a folder where we want to write.  Everything is opened relative to a folder that is
 * open already, and no link is followed.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/publisher_private.h"
#include "daemon/write.h"

#define CLAIMS      ".poold"
#define FOLDER_OPEN (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* The region's group and permissions, also where its folder does not hand them down by itself. */
static void
give(const struct publish_folder *like, int fd, mode_t mode)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return;
	/* Only root or a member of the group may; what cannot be done shows in `poolctl status`. */
	if (st.st_gid != like->gid && fchown(fd, (uid_t)-1, like->gid) == -1)
		return;
	if (st.st_gid != like->gid || (st.st_mode & 07777) != mode)
		(void)!fchmod(fd, mode);
}

int
publish_folder_open(int region_fd, const char *name, bool make, struct publish_folder *folder)
{
	bool made = false;
	struct stat st;

	if (fstat(region_fd, &st) == -1)
		return errno;
	*folder = (struct publish_folder){ .mode = st.st_mode & 02777, .gid = st.st_gid };
	folder->fd = openat(region_fd, name, FOLDER_OPEN);
	if (folder->fd == -1 && errno == ENOENT && make) {
		/* with the setgid bit of the region: the kernel hands it down, but only members may ask */
		made = mkdirat(region_fd, name, (folder->mode & 0777) | 0700) == 0;
		if (!made && errno != EEXIST)
			return errno;
		folder->fd = openat(region_fd, name, FOLDER_OPEN);
	}
	if (folder->fd == -1)
		return errno;
	if (made)
		give(folder, folder->fd, folder->mode | 0700);
	return 0;
}

/*
 * A new file of our own: O_EXCL makes it so.  Where the kernel hands the region's group down, it has its
 * permissions from the start; elsewhere nobody else has any until the group is right.
 */
static int
open_aside(const struct publish_folder *folder, const char *aside)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	mode_t mode = (folder->mode & S_ISGID) != 0 ? (folder->mode & 0666) | 0600 : 0600;
	int fd = openat(folder->fd, aside, flags, mode);

	/* Left by a crash, or by somebody else. */
	if (fd == -1 && errno == EEXIST && unlinkat(folder->fd, aside, 0) == 0)
		fd = openat(folder->fd, aside, flags, mode);
	return fd;
}

int
publish_file(
    const struct publish_folder *folder, const char *name, int64_t seq, struct text bytes)
{
	char aside[48];
	int fd, error;

	snprintf(aside, sizeof(aside), ".poold-%lld.part", (long long)seq);
	if ((fd = open_aside(folder, aside)) == -1)
		return errno;
	if ((error = write_all(fd, bytes.p, bytes.n) ? 0 : errno) == 0)
		give(folder, fd, (folder->mode & 0666) | 0600);
	if (close(fd) == -1 && error == 0)
		error = errno;
	fault_at(FAULT_PUBLISH_ASIDE);
	if (error == 0 && renameat(folder->fd, aside, folder->fd, name) == -1)
		error = errno;
	if (error != 0)
		unlinkat(folder->fd, aside, 0);
	fault_at(FAULT_PUBLISH_FILE);
	return error;
}

/* The claim's folder, when the claim is one: REGION/.poold/SEQ. */
static int
open_claim(int claims_fd, int64_t seq)
{
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)seq);
	return openat(claims_fd, number, FOLDER_OPEN);
}

/* Calls with each name in a folder that is not a folder itself, until one returns non-zero. */
static int
each_file(int fd, int (*call)(int fd, const char *name, void *arg), void *arg)
{
	int copy = openat(fd, ".", FOLDER_OPEN), error = 0;
	DIR *dir = copy == -1 ? NULL : fdopendir(copy);
	struct dirent *entry = NULL;

	if (dir == NULL) {
		error = errno;
		if (copy != -1)
			close(copy);
		return error;
	}
	while (error == 0 && (errno = 0, (entry = readdir(dir)) != NULL)) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			error = call(fd, entry->d_name, arg);
	}
	if (entry == NULL && error == 0)
		error = errno;
	closedir(dir);
	return error;
}

static int
unlink_one(int fd, const char *name, void *arg)
{
	(void)arg;
	return unlinkat(fd, name, 0) == 0 || errno == ENOENT ? 0 : errno;
}

int
publish_unlink_claim(int region_fd, int64_t seq)
{
	int claims = openat(region_fd, CLAIMS, FOLDER_OPEN), claim, error = 0;
	char number[24];

	if (claims == -1)
		return errno == ENOENT ? 0 : errno;
	snprintf(number, sizeof(number), "%lld", (long long)seq);
	if (unlinkat(claims, number, 0) == -1 && errno != ENOENT) {
		error = errno;
		claim = error == EISDIR || error == EPERM ? open_claim(claims, seq) : -1;
		if (claim != -1) {
			error = each_file(claim, unlink_one, NULL);
			close(claim);
			if (error == 0 && unlinkat(claims, number, AT_REMOVEDIR) == -1 &&
			    errno != ENOENT)
				error = errno;
		}
	}
	close(claims);
	return error;
}

struct move {
	const struct publish_folder *to;
	const char *name;
	bool moved;
};

/* Only a regular file is an original. */
static int
move_one(int fd, const char *from, void *arg)
{
	struct move *m = arg;
	struct stat st;

	if (m->moved)
		return 0;
	if (fstatat(fd, from, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno;
	if (!S_ISREG(st.st_mode))
		return 0;
	if (renameat(fd, from, m->to->fd, m->name) == -1)
		return errno;
	m->moved = true;
	fault_at(FAULT_PUBLISH_MOVED);
	return 0;
}

int
publish_move_claim(
    int region_fd, int64_t seq, const struct publish_folder *to, const char *name)
{
	struct move m = { to, name, false };
	int claims = openat(region_fd, CLAIMS, FOLDER_OPEN), claim, error;
	char number[24];

	if (claims == -1)
		return errno;
	snprintf(number, sizeof(number), "%lld", (long long)seq);
	if ((claim = open_claim(claims, seq)) != -1) {
		error = each_file(claim, move_one, &m);
		close(claim);
	} else {
		error = move_one(claims, number, &m);
	}
	close(claims);
	return error == 0 && !m.moved ? ENOENT : error;
}
