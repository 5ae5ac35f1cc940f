/* What the files of `poolctl ledger` share. */
#ifndef DAEMON_POOLCTL_LEDGER_H
#define DAEMON_POOLCTL_LEDGER_H

#include "daemon/poolctl/client.h"

struct ledger_options {
	struct client_options client; /* socket and json */
	const char *before;           /* --before, as a whole time */
	bool dry_run;
	const char *dir; /* the argument; NULL: none */
};

/* Each gives the exit status. */
int ledger_cmd_verify(const struct ledger_options *);
int ledger_cmd_prune(const struct ledger_options *);
int ledger_cmd_backup(const struct ledger_options *);

/* A line on the terminal that the next one takes the place of; nothing where there is no terminal. */
void ledger_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
