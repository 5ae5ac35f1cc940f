/* What a configuration allows and is most likely a mistake. */
#include <string.h>

#include "daemon/config.h"
#include "daemon/event.h"

/* Where the system's own readers listen: they take a BSD header only. */
static bool
is_plain_log(const char *path)
{
	static const char *const logs[] = { "/dev/log", "/run/systemd/journal/dev-log",
		"/run/systemd/journal/syslog", "/var/run/log" };
	size_t i;

	for (i = 0; i < sizeof(logs) / sizeof(*logs); i++)
		if (strcmp(path, logs[i]) == 0)
			return true;
	return false;
}

void
config_notices(const struct config *config, struct buf *b)
{
	if (config->syslog_format == EVENT_RFC5424 && is_plain_log(config->syslog))
		buf_printf(b,
		    "What reads %s expects the older format of syslog, and would mangle RFC "
		    "5424 "
		    "records. Write \"syslog_format cee\" in the configuration, or give poold "
		    "a "
		    "socket of its own.\n",
		    config->syslog);
}
