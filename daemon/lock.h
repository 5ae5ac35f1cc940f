/* The locks that keep a second keeper out. */
#ifndef DAEMON_LOCK_H
#define DAEMON_LOCK_H

#include <stdbool.h>

/*
 * Take the exclusive lock of an open file or folder.  A lock that somebody has is waited for a second:
 * the child of a keeper that was killed holds it until it becomes another program.  false: errno.
 */
bool lock_take(int fd);

#endif
