/*
 * What a full disk is full of.
 */
#ifndef DAEMON_DISK_H
#define DAEMON_DISK_H

/*
 * An error (errno) of a call on the disk of an open folder, in words that end without a full stop.  For
 * ENOSPC it is told apart whether space or names of files (inodes) ran out, with what to do; for all
 * others it is what the system calls it.
 */
const char *disk_words(int fd, int error);

#endif
