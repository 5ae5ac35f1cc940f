/* What `list` and `tail` share. */
#ifndef DAEMON_POOLCTL_LIST_H
#define DAEMON_POOLCTL_LIST_H

#include <stddef.h>

#include "daemon/poolctl/client.h"

struct list_state {
	const struct client_options *options;
	size_t n; /* lines printed */
};

/* For client_ask(); arg is a struct list_state. */
bool list_line(void *arg, json_t *verdict);
json_t *list_request(const char *command, const struct client_options *);

#endif
