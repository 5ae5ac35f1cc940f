#include "daemon/disk.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/vfs.h>

/* A file system that has a fixed number of inodes and none left says so; others count none. */
static bool
has_no_inode(int fd)
{
	struct statfs s;

	return fstatfs(fd, &s) == 0 && s.f_files > 0 && s.f_ffree == 0;
}

const char *
disk_words(int fd, int error)
{
	if (error != ENOSPC)
		return strerror(error);
	return has_no_inode(fd)
	    ? "the disk has no inode left for one more file, whatever space it has: remove "
	      "files from it, or move some to another disk (df -i shows how many it has)"
	    : "the disk is full: free space on it";
}
