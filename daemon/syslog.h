/*
 * The sender: records over a unix datagram socket, spooled from the ledger's outbox.
 *
 * It keeps order: a record that cannot be sent now (nobody there, socket full) is tried again
 * with back-off and everything after it waits.  A record that is too long for the socket is cut
 * and marked.
 *
 * A datagram that the socket took may still be lost, when the daemon ends before it reads it.
 * So a record counts as told only when it is known to have been read; after a restart of the
 * daemon everything that is not known to have been read is sent again, with the same sequence
 * numbers, and what was read in the last seconds before it too: a daemon that is killed loses what
 * it has in memory.
 */
#ifndef DAEMON_SYSLOG_H
#define DAEMON_SYSLOG_H

#include "daemon/ledger.h"

struct syslog_sender;

/* The origin is copied.  NULL: no memory, or the path is too long for a socket. */
struct syslog_sender *syslog_new(
    const char *socket_path, enum event_format, const struct event_origin *);
void syslog_free(struct syslog_sender *);
/*
 * Send what waits, at most `most` records that are new.  Returns milliseconds after which to call
 * again when the socket did not take everything or the last records are not known to have been
 * read, 0 when everything was told, 1 when there is more to send at once.  Calling earlier does no
 * harm.
 */
int syslog_some(struct syslog_sender *, struct ledger *, uint32_t most);
/*
 * After syslog_some(): the socket whose reader's queue is full, to be waited for until it can be
 * written; -1: there is nothing to wait for but the time.  Valid until the next call.
 */
int syslog_full(const struct syslog_sender *);
/*
 * Send the records from this number up to the last that was told once more, beside what is new.
 * While earlier ones are being repeated, it joins them.  Returns how many are to be sent now.
 * Not remembered over a restart of poold.
 */
uint64_t syslog_repeat(struct syslog_sender *, struct ledger *, uint64_t from);
/* How many of them are still to be sent; from: the next of them. */
uint64_t syslog_repeating(const struct syslog_sender *, uint64_t *from);
/* "connected to /run/…", "no socket at /run/…: …", for status. */
const char *syslog_state(const struct syslog_sender *);
/* Whether somebody is there to read. */
bool syslog_reached(const struct syslog_sender *);
/* Since when nothing could be sent; 0: it can. */
instant syslog_away_since(const struct syslog_sender *);

#endif
