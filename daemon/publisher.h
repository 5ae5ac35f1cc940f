/*
 * The publisher: a process of its own that writes originals and reports into the regions' folders.
 *
 * publisher.c's head explains what it does; publish.h is the keeper's end, publish_wire.h what the two
 * say to each other.  It has no libevent and no SQLite.
 */
#ifndef DAEMON_PUBLISHER_H
#define DAEMON_PUBLISHER_H

#include <stdbool.h>

/* Its descriptors after exec. */
enum publisher_fd {
	PUBLISHER_SOCKET = 3,
	PUBLISHER_ROOT,     /* the folder of the regions, O_PATH */
	PUBLISHER_LOCK,     /* its bytes are the locks of regions */
	PUBLISHER_PROGRESS, /* memfd of struct publish_progress */
	PUBLISHER_FDS
};

/* How it ends by itself; 0: its socket was closed. */
enum publisher_exit {
	PUBLISHER_PROTOCOL = 4, /* a message that was none, or the socket broke */
	PUBLISHER_NO_START = 5, /* its descriptors are not there, or no memory */
	PUBLISHER_FAULT = 99 /* a fault point: the keeper ends itself, as if both were killed */
};

/* Its whole life; the descriptors above are open, and nothing else but standard error. */
_Noreturn void publisher_process(void);

#endif
