/*
 * poolctl's commands: one file each, one table (poolctl.c).
 */
#ifndef DAEMON_POOLCTL_POOLCTL_H
#define DAEMON_POOLCTL_POOLCTL_H

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "rules/text.h"

enum {
	EXIT_OK = 0,
	EXIT_NO = 1,     /* check: a file is non-compliant; others: the daemon said no */
	EXIT_FAILED = 2, /* could not be judged, read, reached */
	EXIT_USAGE = 64
};

struct command {
	const char
	    *name; /* "ledger verify": an action of ledger's, which has a help of its own */
	int (*run)(
	    /* argv[0] is the command's name; gives the exit status */
	    int argc, char **argv);
	const char *usage;    /* after "poolctl NAME" */
	const char *what;     /* one line for --help */
	const char *help;     /* more for "poolctl NAME --help", with the options */
	const char *examples; /* commands, a line each */
	const char *exits;    /* after "Exit status: " */
};

extern const struct command commands[];
extern const size_t n_commands;

const struct command *command_find(const char *name);
void print_help(FILE *);
/* Of the command, or of its action that is named in argv. */
void print_command_help(const struct command *, int argc, char **argv);
/* Says that there is none, and which was most likely meant. */
void unknown_command(const char *name);

/* For a command that was called wrongly: the sentence, its usage, and EXIT_USAGE. */
int usage_error(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * After getopt_long(), with an optstring that begins with ':', gave c for argv[optind - 1] and c is
 * none of the letters in takes (NULL: all of longs).  Says what is wrong; EXIT_USAGE.
 */
int option_error(
    const char *command, const struct option *longs, const char *takes, int c, char **argv);

int cmd_cells(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_ledger(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_requeue(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_resend(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_tail(int argc, char **argv);

#endif
