/* Telling the service manager how it goes (sd_notify(3)): one datagram, no library. */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Is there one that listens (NOTIFY_SOCKET)? */
bool notify_wanted(void);
/* How often WATCHDOG=1 has to come at least, in milliseconds; 0: nobody waits for it. */
int64_t notify_watchdog_ms(void);
/* "READY=1" and the like, lines; nothing happens when nobody listens. */
void notify_systemd(const char *message);

#endif
