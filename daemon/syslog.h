/*
 * The sender: RFC 5424 records over a unix datagram socket, spooled from the ledger's outbox.
 *
 * It keeps order: a record that cannot be sent now (nobody there, socket full) is tried again
 * with back-off and everything after it waits.  A record that is too long for the socket is cut
 * and marked.
 *
 * A datagram that the socket took may still be lost, when the daemon ends before it reads it.
 * So a record counts as told only when it is known to have been read; after a restart of the
 * daemon everything that is not known to have been read is sent again, with the same sequence
 * numbers.
 */
#ifndef DAEMON_SYSLOG_H
#define DAEMON_SYSLOG_H

#include "daemon/ledger.h"

struct syslog_sender;

/* The origin is copied. */
struct syslog_sender *syslog_new(const char *socket_path, const struct event_origin *);
void syslog_free(struct syslog_sender *);
/*
 * Send what waits, at most `most` records.  Returns milliseconds after which to call again when
 * the socket did not take everything or the last records are not known to have been read, 0 when
 * everything was told, 1 when there is more to send at once.  Calling earlier does no harm.
 */
int syslog_some(struct syslog_sender *, struct ledger *, uint32_t most);
/* "connected", "no socket at /run/…: nobody listens", for status. */
const char *syslog_state(const struct syslog_sender *);
/* Whether somebody is there to read. */
bool syslog_reached(const struct syslog_sender *);

#endif
