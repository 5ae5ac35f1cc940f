/*
 * A file system that shows another folder, as a stand-in for one on a network: what is written to the
 * folder itself comes, for who watches the mount, from another computer.
 *
 * usage: mirror SOURCE MOUNT     in the foreground
 *
 * No rename with flags, as on NFS, and no symbolic links, as on SMB.  While the source has a file "hang", no
 * file is made in the mount's folders but in "inbox" and ".poold": whoever asks waits, and cannot be killed.
 * While it has a file "silent", nothing is answered at all.
 */
#define FUSE_USE_VERSION 31

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static int source = -1;

/* Beneath the source; the root is ".".  Every path comes by here. */
static const char *
below(const char *path)
{
	const struct timespec a_little = { 0, 20000000 };

	while (faccessat(source, "silent", F_OK, 0) == 0)
		(void)nanosleep(&a_little, NULL);
	return path[1] == '\0' ? "." : path + 1;
}

static int
answer(int result)
{
	return result == -1 ? -errno : 0;
}

static void *
mirror_init(struct fuse_conn_info *conn, struct fuse_config *config)
{
	(void)conn;
	config->use_ino = 1;
	return NULL;
}

static int
mirror_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	(void)fi;
	return answer(fstatat(source, below(path), st, AT_SYMLINK_NOFOLLOW));
}

static int
mirror_readlink(const char *path, char *to, size_t size)
{
	ssize_t n = readlinkat(source, below(path), to, size - 1);

	if (n == -1)
		return -errno;
	to[n] = '\0';
	return 0;
}

static int
mirror_readdir(const char *path, void *to, fuse_fill_dir_t fill, off_t at,
    struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
	int fd = openat(source, below(path), O_RDONLY | O_DIRECTORY);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *d;

	(void)at;
	(void)fi;
	(void)flags;
	if (dir == NULL)
		return -errno;
	while ((d = readdir(dir)) != NULL)
		if (fill(to, d->d_name, NULL, 0, 0) != 0)
			break;
	(void)closedir(dir);
	return 0;
}

static int
mirror_mkdir(const char *path, mode_t mode)
{
	return answer(mkdirat(source, below(path), mode));
}

static int
mirror_unlink(const char *path)
{
	return answer(unlinkat(source, below(path), 0));
}

static int
mirror_rmdir(const char *path)
{
	return answer(unlinkat(source, below(path), AT_REMOVEDIR));
}

static int
mirror_rename(const char *from, const char *to, unsigned flags)
{
	return flags != 0 ? -EINVAL : answer(renameat(source, below(from), source, below(to)));
}

static int
mirror_chmod(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	(void)fi;
	return answer(fchmodat(source, below(path), mode, 0));
}

static int
mirror_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *fi)
{
	(void)fi;
	return answer(fchownat(source, below(path), uid, gid, AT_SYMLINK_NOFOLLOW));
}

static int
mirror_open_at(const char *path, int flags, mode_t mode, struct fuse_file_info *fi)
{
	int fd = openat(source, below(path), flags, mode);

	fi->fh = (uint64_t)fd;
	return answer(fd);
}

static int
mirror_create(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	const struct timespec a_little = { 0, 20000000 };

	while (strchr(path + 1, '/') != NULL && strncmp(path, "/inbox/", 7) != 0 &&
	    strncmp(path, "/.poold/", 8) != 0 && faccessat(source, "hang", F_OK, 0) == 0)
		(void)nanosleep(&a_little, NULL);
	return mirror_open_at(path, fi->flags | O_CREAT, mode, fi);
}

static int
mirror_open(const char *path, struct fuse_file_info *fi)
{
	return mirror_open_at(path, fi->flags, 0, fi);
}

static int
mirror_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	int fd = openat(source, below(path), O_WRONLY), result;

	(void)fi;
	if (fd == -1)
		return -errno;
	result = answer(ftruncate(fd, size));
	(void)close(fd);
	return result;
}

static int
mirror_read(const char *path, char *to, size_t size, off_t at, struct fuse_file_info *fi)
{
	ssize_t n = pread((int)fi->fh, to, size, at);

	(void)path;
	return n == -1 ? -errno : (int)n;
}

static int
mirror_write(
    const char *path, const char *from, size_t size, off_t at, struct fuse_file_info *fi)
{
	ssize_t n = pwrite((int)fi->fh, from, size, at);

	(void)path;
	return n == -1 ? -errno : (int)n;
}

static int
mirror_release(const char *path, struct fuse_file_info *fi)
{
	(void)path;
	(void)close((int)fi->fh);
	return 0;
}

static int
mirror_fsync(const char *path, int data_only, struct fuse_file_info *fi)
{
	(void)path;
	(void)data_only;
	return answer(fsync((int)fi->fh));
}

static int
mirror_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *fi)
{
	(void)fi;
	return answer(utimensat(source, below(path), times, AT_SYMLINK_NOFOLLOW));
}

static int
mirror_statfs(const char *path, struct statvfs *st)
{
	(void)path;
	return answer(fstatvfs(source, st));
}

static const struct fuse_operations operations = {
	.init = mirror_init,
	.getattr = mirror_getattr,
	.readlink = mirror_readlink,
	.readdir = mirror_readdir,
	.mkdir = mirror_mkdir,
	.unlink = mirror_unlink,
	.rmdir = mirror_rmdir,
	.rename = mirror_rename,
	.chmod = mirror_chmod,
	.chown = mirror_chown,
	.create = mirror_create,
	.open = mirror_open,
	.truncate = mirror_truncate,
	.read = mirror_read,
	.write = mirror_write,
	.release = mirror_release,
	.fsync = mirror_fsync,
	.utimens = mirror_utimens,
	.statfs = mirror_statfs,
};

int
main(int argc, char **argv)
{
	char foreground[] = "-f";
	char *fuse_argv[] = { argv[0], foreground, argc > 2 ? argv[2] : NULL, NULL };

	if (argc != 3) {
		(void)fputs("usage: mirror SOURCE MOUNT\n", stderr);
		return 64;
	}
	source = open(argv[1], O_RDONLY | O_DIRECTORY);
	if (source == -1) {
		perror(argv[1]);
		return 1;
	}
	(void)umask(0);
	return fuse_main(3, fuse_argv, &operations, NULL);
}
