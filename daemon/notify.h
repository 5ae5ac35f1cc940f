/* Telling the service manager how it goes (sd_notify(3)): one datagram, no library. */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

/* "READY=1" and the like, lines; nothing happens when NOTIFY_SOCKET is not set. */
void notify_systemd(const char *message);

#endif
