/*
 * The sender: RFC 5424 records over a unix datagram socket, spooled from the ledger's outbox.
 *
 * It keeps order: a record that cannot be sent now (nobody there, socket full) is tried again with
 * back-off and everything after it waits.  A record that is too long for the socket is cut and marked.
 */
#ifndef DAEMON_SYSLOG_H
#define DAEMON_SYSLOG_H

#include "daemon/ledger.h"

struct syslog_sender;

struct syslog_sender *syslog_new(const char *socket_path, const struct event_origin *);
void syslog_free(struct syslog_sender *);
/*
 * Send what waits, at most `most` records.  Returns milliseconds after which to call again when the
 * socket did not take everything, 0 when the outbox is empty, 1 when there is more to send at once.
 */
int syslog_some(struct syslog_sender *, struct ledger *, uint32_t most);
/* "connected", "no socket at /run/…: nobody listens", for status. */
const char *syslog_state(const struct syslog_sender *);

#endif
