/*
 * poolctl: everyone's tool.  `check` and `cells` need no daemon; the others talk to the control socket.
 */
#include "daemon/poolctl/poolctl.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"

#define SOCKET_HELP                                                    \
	"  --socket PATH   the daemon's control socket, if it is not " \
	"/run/poold/control.sock\n"

static const struct command commands[] = {
	{ "check", cmd_check, "[OPTION…] FILE…", "judge files without a daemon",
	    "Nothing is recorded, and the file stays where it is.\n\n"
	    "  --at TIME       as if it had arrived then: 2014-11-28T16:05:00Z (else: now)\n"
	    "  --region R      as if it had come from this region\n"
	    "  --with FILE     an accepted return to compare it with, such as last year's; "
	    "may\n"
	    "                  be given several times\n"
	    "  --policies DIR  these policies, not $POOLD_POLICIES, ./lua-policies or the\n"
	    "                  installed ones\n"
	    "  --pack P        this pack as well, although site.lua does not switch it on; "
	    "may\n"
	    "                  be given several times\n"
	    "  --format F      text, json (one verdict; an array for several files) or html\n"
	    "                  (one file)\n"
	    "  --json          the same as --format json\n"
	    "  --strict        exit with 1 for a queried file, too\n"
	    "  --quiet         no report, only the exit status\n\n"
	    "Exit status: 0 every file is compliant or queried, 1 a file is non-compliant,\n"
	    "2 a file could not be judged, 64 wrong usage.\n" },
	{ "cells", cmd_cells, "[--max-size MB] FILE…",
	    "show what is read in a file, value by value, as JSON lines",
	    "A FILE of - is standard input. With several files each line names its own.\n\n"
	    "  --max-size MB   the largest file that is read, if not 64 MB\n\n"
	    "Exit status: 0 all were read, 2 one was not, 64 wrong usage.\n" },
	{ "status", cmd_status, "[OPTION…]", "how the daemon is: rulebook, queues, regions",
	    "\n  --json          as JSON\n" SOCKET_HELP
	    "\nExit status: 0 all is well, 1 something needs attention, 2 the daemon was not\n"
	    "reached.\n" },
	{ "list", cmd_list, "[OPTION…]", "the latest verdicts, newest first",
	    "\n  --region R      of this region only\n"
	    "  --outcome O     with this outcome only: compliant, queried, non-compliant,\n"
	    "                  unreadable or undetermined\n"
	    "  --area A        of this area only, by its code\n"
	    "  --limit N       so many, if not 50\n"
	    "  --json          a JSON object a line\n" SOCKET_HELP
	    "\nExit status: 0 the daemon answered, 2 it was not reached.\n" },
	{ "show", cmd_show, "[OPTION…] ID|NUMBER", "one verdict, as JSON",
	    "NUMBER is the one in the names of the files and in `poolctl list`.\n\n" SOCKET_HELP
	    "\nExit status: 0 found, 1 there is none, 2 the daemon was not reached.\n" },
	{ "tail", cmd_tail, "[OPTION…]", "verdicts as they are made, until interrupted",
	    "\n  --region R      of this region only\n"
	    "  --outcome O     with this outcome only\n"
	    "  --json          a JSON object a line\n" SOCKET_HELP
	    "\nExit status: 2 the daemon was not reached, or has ended.\n" },
	{ "reload", cmd_reload, "[OPTION…]", "read the policies again, and say how that went",
	    "\n  --json          as JSON\n" SOCKET_HELP
	    "\nExit status: 0 the new rulebook is in use, 1 it was refused and the old one\n"
	    "goes on, 2 the daemon was not reached.\n" },
	{ "resend", cmd_resend, "--since TIME | --from NUMBER [OPTION…]",
	    "tell syslog again what it was told before",
	    "After syslog-ng lost records, or for a new place that keeps them. Nothing about "
	    "the\n"
	    "records changes: each has the number it had.\n\n"
	    "  --since TIME    what was recorded since then: 2014-11-28T16:05:00Z, or so long\n"
	    "                  ago: 90s, 15m, 2h, 3d\n"
	    "  --from NUMBER   the record with this number (sequence) and all after it\n"
	    "  --json          as JSON\n" SOCKET_HELP
	    "\nExit status: 0 they are being sent, 1 they are not kept any more, 2 the daemon "
	    "was\n"
	    "not reached.\n" },
	{ "requeue", cmd_requeue, "[OPTION…] ID|NUMBER",
	    "judge a return again by the rulebook in use",
	    "The new verdict is a further revision; the one before it stays in the ledger.\n"
	    "NUMBER is the one in the names of the files and in `poolctl list`.\n\n"
	    "  --json          as JSON\n" SOCKET_HELP
	    "\nExit status: 0 it is being judged, 1 there is none, or its bytes are not kept,\n"
	    "2 the daemon was not reached.\n" },
	{ "ledger", cmd_ledger, "verify [DIR] | backup DIR | prune --before TIME [--dry-run]",
	    "verify it, copy it, let old bytes go",
	    "\n  verify          read all of it: the chain of verdicts, the bytes against "
	    "their\n"
	    "                  hashes, gaps; DIR is a ledger or a backup, if not "
	    "/var/lib/poold\n"
	    "  backup          copy it to the new folder DIR while poold runs, and verify "
	    "that\n"
	    "  prune           let the bytes and reports of old arrivals go; verdicts stay\n"
	    "  --before TIME   of what arrived earlier: 2014-11-28 or 2014-11-28T16:05:00Z\n"
	    "  --dry-run       only say what would go\n"
	    "  --json          as JSON\n" SOCKET_HELP
	    "\nExit status: 0 good, or done, 1 the ledger has problems, 2 it could not be\n"
	    "read, or the daemon was not reached or cannot do it.\n" },
};

#define N_COMMANDS (sizeof(commands) / sizeof(*commands))

static const struct command *
command_find(const char *name)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

int
usage_error(const char *command, const char *format, ...)
{
	const struct command *c = command_find(command);
	struct buf line = { 0 };
	char *said = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&said, format, ap) != -1)
		buf_safe(&line, text_of(said));
	va_end(ap);
	(void)fprintf(
	    stderr, "poolctl %s: %s\n", command, line.p != NULL ? line.p : "wrong usage");
	if (c != NULL)
		(void)fprintf(stderr, "usage: poolctl %s %s (--help lists the options)\n",
		    c->name, c->usage);
	buf_free(&line);
	free(said);
	return EXIT_USAGE;
}

static void
print_help(FILE *f)
{
	size_t i;

	(void)fputs("usage: poolctl COMMAND [OPTION…]\n\n", f);
	for (i = 0; i < N_COMMANDS; i++)
		(void)fprintf(f, "  %-8s %s\n", commands[i].name, commands[i].what);
	(void)fputs(
	    "\n`poolctl COMMAND --help` says more; `poolctl --version` shows the version.\n",
	    f);
}

static void
print_command_help(const struct command *c)
{
	(void)printf("usage: poolctl %s %s\n\n%c%s.\n", c->name, c->usage,
	    toupper((unsigned char)c->what[0]), c->what + 1);
	if (c->help != NULL)
		(void)printf("%s", c->help);
}

/* The command a person most likely meant. */
static void
unknown_command(const char *name)
{
	struct text names[N_COMMANDS];
	struct buf shown = { 0 };
	size_t i;
	int near;

	for (i = 0; i < N_COMMANDS; i++)
		names[i] = text_of(commands[i].name);
	near = text_nearest(text_of(name), names, N_COMMANDS);
	buf_safe(&shown, text_of(name));
	(void)fprintf(
	    stderr, "poolctl: there is no command \"%s\".", shown.p != NULL ? shown.p : "");
	if (near >= 0)
		(void)fprintf(stderr, " Did you mean \"%s\"?", commands[near].name);
	(void)fputs("\n`poolctl --help` lists them.\n", stderr);
	buf_free(&shown);
}

int
main(int argc, char **argv)
{
	const struct command *c;

	log_init("poolctl", false);
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		(void)puts("poolctl " POOLD_VERSION);
		return EXIT_OK;
	}
	if ((c = command_find(argv[1])) == NULL) {
		unknown_command(argv[1]);
		return EXIT_USAGE;
	}
	if (argc > 2 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0)) {
		print_command_help(c);
		return EXIT_OK;
	}
	return c->run(argc - 1, argv + 1);
}
