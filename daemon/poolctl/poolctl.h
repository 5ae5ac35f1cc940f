/*
 * poolctl's commands: one file each, one table (poolctl.c).
 */
#ifndef DAEMON_POOLCTL_POOLCTL_H
#define DAEMON_POOLCTL_POOLCTL_H

#include <stdbool.h>

#include "rules/text.h"

enum {
	EXIT_OK = 0,
	EXIT_NO = 1,     /* check: a file is non-compliant; others: the daemon said no */
	EXIT_FAILED = 2, /* could not be judged, read, reached */
	EXIT_USAGE = 64
};

struct command {
	const char *name;
	int (*run)(
	    /* argv[0] is the command's name; gives the exit status */
	    int argc, char **argv);
	const char *usage; /* after "poolctl NAME" */
	const char *what;  /* one line for --help */
	const char *help;  /* more for "poolctl NAME --help"; may be NULL */
};

/* For a command that was called wrongly: the sentence, its usage, and EXIT_USAGE. */
int usage_error(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

int cmd_cells(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_ledger(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_requeue(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_resend(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_tail(int argc, char **argv);

#endif
