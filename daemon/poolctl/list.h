/* What `list` and `tail` share. */
#ifndef DAEMON_POOLCTL_LIST_H
#define DAEMON_POOLCTL_LIST_H

#include "daemon/poolctl/client.h"

void list_head(void);
bool list_line(void *options, json_t *verdict);
json_t *list_request(const char *command, const struct client_options *);

#endif
