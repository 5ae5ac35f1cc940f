/*
 * The sender's socket: a unix datagram socket connected to whoever listens at a path, and what can
 * be said of it.
 *
 * Connected means connected to one running daemon, not to a path.  A send says ECONNREFUSED when
 * that daemon is gone and EAGAIN when its queue is full, so nothing is sent into the void.
 */
#ifndef DAEMON_SYSLOG_SOCKET_H
#define DAEMON_SYSLOG_SOCKET_H

#include <sys/stat.h>
#include <sys/un.h>

#include <stdbool.h>
#include <stdint.h>

#include "rules/date.h"
#include "rules/text.h"

struct syslog_socket {
	struct sockaddr_un address;
	int fd;                 /* -1: not connected */
	struct stat at_connect; /* the socket file, when we connected */
	int64_t looked;         /* when the file was looked at last; ms, monotonic */
	instant since;          /* since when nothing could be sent; 0: it can */
	char state[400];
};

/* false: the path is too long for a socket. */
bool syslog_socket_init(struct syslog_socket *, const char *path);
/* Connect; false: state says why not. */
bool syslog_socket_open(struct syslog_socket *);
/* How many records of ours can wait unread at most. */
uint64_t syslog_socket_most(const struct syslog_socket *);
void syslog_socket_close(struct syslog_socket *);
/* Datagrams to be sent in one call. */
#define SYSLOG_TOGETHER 32
/*
 * Datagrams, at most SYSLOG_TOGETHER, in order: how many were taken.  When that is not all, *error is
 * what kept the next one from being taken.  Never blocks.
 */
unsigned syslog_socket_send(
    struct syslog_socket *, const struct text *, unsigned n, int *error);
/* Nothing of ours waits in the daemon's queue (or the daemon is gone). */
bool syslog_socket_drained(const struct syslog_socket *);
/* Would a send find room? */
bool syslog_socket_has_room(const struct syslog_socket *);
/*
 * The daemon that we are connected to is still there.  A socket file belongs to one socket for
 * ever, so it is if somebody listens at the file that was there when we connected.
 */
bool syslog_socket_still_there(const struct syslog_socket *);
/* Another file is at the path, or none: looked at once a second at most. */
bool syslog_socket_moved(struct syslog_socket *, int64_t now_ms);
/* What an errno means is kept in state, and since when; 0: records are taken. */
void syslog_socket_say(struct syslog_socket *, int error);
/* A trouble that has no errno. */
void syslog_socket_say_text(struct syslog_socket *, const char *);

#endif
