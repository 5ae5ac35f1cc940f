/*
 * poolctl: everyone's tool.  `check` and `cells` need no daemon; the others talk to the control socket.
 *
 * A command is a file of its own and a row here; a row whose name has a blank is what one of them can do,
 * with a help of its own.  help.c says all of it to people.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/poolctl/poolctl.h"
#include "rules/arena.h"

/* clang-format off: the lines as people see them */
#define SOCKET_HELP                                                                      \
	"  --socket PATH   the daemon's control socket, if it is not $POOLD_SOCKET or\n" \
	"                  /run/poold/control.sock\n"

#define POLICIES_HELP                                                                    \
	"  --policies DIR  these policies, not $POOLD_POLICIES, ./lua-policies or the\n" \
	"                  installed ones\n"

const struct command commands[] = {
	{ "check", cmd_check, "[OPTION…] FILE…", "judge files without a daemon",
	    "Nothing is recorded, and the file stays where it is.\n"
	    "\n"
	    "  --at TIME       as if it had arrived then: 2014-11-28T16:05:00Z (else: now)\n"
	    "  --region R      as if it had come from this region\n"
	    "  --with FILE     an accepted return to compare it with, such as last year's; "
	    "may\n"
	    "                  be given several times\n"
	    "  --with-at TIME  when the --with files behind this came; else they are judged\n"
	    "                  as if they came now, too, when more may be due, and may not\n"
	    "                  count as accepted\n"
	    "  --policies DIR  these policies, not $POOLD_POLICIES, ./lua-policies or the\n"
	    "                  installed ones\n"
	    "  --pack P        this pack as well, although site.lua does not switch it on; "
	    "may\n"
	    "                  be given several times\n"
	    "  --format F      text, json (one verdict; an array for several files) or html\n"
	    "                  (one file)\n"
	    "  --json          the same as --format json\n"
	    "  --strict        exit with 1 for a queried file, too\n"
	    "  --quiet         no report, only the exit status\n",
	    "poolctl check plan.json\n"
	    "poolctl check --with-at 2014-11-28T16:05:00Z --with last-year.json plan.json\n"
	    "poolctl check --format html plan.json >report.html\n",
	    "0 every file is compliant or queried, 1 a file is non-compliant,\n"
	    "2 a file could not be judged, 64 wrong usage.\n" },
	{ "cells", cmd_cells, "[--max-size MB] FILE…",
	    "show what is read in a file, value by value, as JSON lines",
	    "A FILE of - is standard input. With several files each line names its own.\n"
	    "\n"
	    "  --max-size MB   the largest file that is read, if not 64 MB\n",
	    "poolctl cells schemes.csv\n"
	    "poolctl cells - <plan.json\n",
	    "0 all were read, 2 one was not, 64 wrong usage.\n" },
	{ "status", cmd_status, "[OPTION…]", "how the daemon is: rulebook, queues, regions",
	    "A line with ! wants attention; it says what mends it.\n"
	    "\n"
	    "  --json          as JSON: poolctl(1) says what is in it\n" SOCKET_HELP,
	    "poolctl status\n"
	    "poolctl status --json | jq '.regions[] | select(.trouble)'\n",
	    "0 all is well, 1 something needs attention, 2 the daemon was not\n"
	    "reached, 64 wrong usage.\n" },
	{ "list", cmd_list, "[OPTION…]", "the latest verdicts, newest first",
	    "\n"
	    "  --region R      of this region only\n"
	    "  --outcome O     with this outcome only: compliant, queried, non-compliant,\n"
	    "                  unreadable or undetermined\n"
	    "  --area A        of this area only, by its code\n"
	    "  --limit N       so many, if not 50\n"
	    "  --json          a JSON object a line\n" SOCKET_HELP,
	    "poolctl list --region leeds --limit 10\n"
	    "poolctl list --outcome undetermined\n",
	    "0 the daemon answered, 2 it was not reached, 64 wrong usage.\n" },
	{ "show", cmd_show, "[OPTION…] ID|NUMBER", "one verdict, as JSON",
	    "NUMBER is the one in the names of the files and in `poolctl list`: its newest\n"
	    "verdict. ID is of one verdict, also of an earlier one.\n"
	    "\n" SOCKET_HELP,
	    "poolctl show 1042\n"
	    "poolctl show 1042 | jq -r .outcome\n",
	    "0 found, 1 there is none, 2 the daemon was not reached, 64 wrong\n"
	    "usage.\n" },
	{ "tail", cmd_tail, "[OPTION…]", "verdicts as they are made, until interrupted",
	    "\n"
	    "  --region R      of this region only\n"
	    "  --outcome O     with this outcome only\n"
	    "  --json          a JSON object a line\n" SOCKET_HELP,
	    "poolctl tail --outcome undetermined\n",
	    "2 the daemon was not reached, or has ended, 64 wrong usage.\n" },
	{ "reload", cmd_reload, "[OPTION…]", "read the policies again, and say how that went",
	    "The last good rulebook goes on until the new one has loaded whole. (The\n"
	    "configuration is read again by `systemctl reload poold`.)\n"
	    "\n"
	    "  --json          as JSON: poolctl(1) says what is in it\n" SOCKET_HELP,
	    "poolctl reload\n",
	    "0 the new rulebook is in use, or nothing had changed, 1 it was\n"
	    "refused and the old one goes on, 2 the daemon was not reached, 64 wrong "
	    "usage.\n" },
	{ "resend", cmd_resend, "--since TIME | --from NUMBER [OPTION…]",
	    "tell syslog again what it was told before",
	    "After syslog-ng lost records, or for a new place that keeps them. Nothing about\n"
	    "the records changes: each has the number it had.\n"
	    "\n"
	    "  --since TIME    what was recorded since then: 2014-11-28T16:05:00Z, or so long\n"
	    "                  ago: 90s, 15m, 2h, 3d\n"
	    "  --from NUMBER   the record with this number (sequence) and all after it\n"
	    "  --json          as JSON: poolctl(1) says what is in it\n" SOCKET_HELP,
	    "poolctl resend --since 10m\n"
	    "poolctl resend --from 48211\n",
	    "0 they are being sent, 1 they are not kept any more, 2 the daemon\n"
	    "was not reached, 64 wrong usage.\n" },
	{ "requeue", cmd_requeue, "[OPTION…] ID|NUMBER",
	    "judge a return again by the rulebook in use",
	    "The new verdict is a further revision; the one before it stays in the ledger.\n"
	    "NUMBER is the one in the names of the files and in `poolctl list`.\n"
	    "\n"
	    "  --json          as JSON: poolctl(1) says what is in it\n" SOCKET_HELP,
	    "poolctl requeue 1042\n",
	    "0 it is being judged, 1 there is none, or its bytes are not kept,\n"
	    "2 the daemon was not reached, 64 wrong usage.\n" },
	{ "policy", cmd_policy, "docs | list | show ID", "what is checked, from the policies",
	    "No daemon is needed. Packs that are off here are in it, too, and marked.\n"
	    "\n"
	    "  docs            every condition with its sources, dates and numbers\n"
	    "  list            a line a condition\n"
	    "  show            one condition\n"
	    "\n"
	    "`poolctl policy docs --help` and so on say more.\n",
	    "poolctl policy docs --format html >conditions.html\n"
	    "poolctl policy list\n"
	    "poolctl policy show BCF-FUND-001\n",
	    "0 it was written, 1 there is no such condition, 2 the policies could\n"
	    "not be read or loaded, 64 wrong usage.\n" },
	{ "policy docs", cmd_policy, "[OPTION…]", "the catalogue of all conditions",
	    "Made from the policies themselves: packs and whether they are on here, each\n"
	    "condition with its source, forms, dates, numbers and where each of them comes\n"
	    "from, registers, figures, and an index by form and by id.\n"
	    "\n"
	    "  --format F      html (one page, which prints), markdown (if not given) or\n"
	    "                  json\n" POLICIES_HELP,
	    "poolctl policy docs --format html >conditions.html\n"
	    "poolctl policy docs --format json | jq -r '.packs[].conditions[].id'\n",
	    "0 it was written, 2 the policies could not be read or loaded,\n"
	    "64 wrong usage.\n" },
	{ "policy list", cmd_policy, "[OPTION…]", "the conditions, a line each",
	    "\n" POLICIES_HELP, "poolctl policy list | grep -c error\n",
	    "0 it was written, 2 the policies could not be read or loaded,\n"
	    "64 wrong usage.\n" },
	{ "policy show", cmd_policy, "[OPTION…] ID", "one condition",
	    "\n"
	    "  --format F      markdown (if not given), html or json\n" POLICIES_HELP,
	    "poolctl policy show BCF-FUND-001\n",
	    "0 it was written, 1 there is no such condition, 2 the policies could\n"
	    "not be read or loaded, 64 wrong usage.\n" },
	{ "ledger", cmd_ledger, "verify [DIR] | backup DIR | prune --before TIME",
	    "verify the ledger, copy it, let old bytes go",
	    "\n"
	    "  verify          read all of it, and say whether it is what was written\n"
	    "  backup          copy it to a new folder while poold runs, and verify that\n"
	    "  prune           let the bytes and reports of old arrivals go; verdicts stay\n"
	    "\n"
	    "`poolctl ledger verify --help` and so on say more.\n",
	    "poolctl ledger verify\n"
	    "poolctl ledger backup /var/lib/poold/backup-2026-11-22\n"
	    "poolctl ledger prune --before 2020-04-01 --dry-run\n",
	    "0 good, or done, 1 the ledger has problems, 2 it could not be read,\n"
	    "or the daemon was not reached or cannot do it, 64 wrong usage.\n" },
	{ "ledger verify", cmd_ledger, "[OPTION…] [DIR]",
	    "see whether the ledger is still what was written",
	    "It reads all of it: the chain of verdicts, each return's bytes against their\n"
	    "SHA-256, gaps, counts. DIR is a ledger or a backup, if not /var/lib/poold; who\n"
	    "runs this must be able to read it (root, or the user poold). poold may run\n"
	    "meanwhile, and is not needed.\n"
	    "\n"
	    "  --json          as JSON: poolctl(1) says what is in it\n",
	    "poolctl ledger verify\n"
	    "poolctl ledger verify /var/lib/poold/backup-2026-11-22\n",
	    "0 good, 1 there are problems, 2 it could not be read, 64 wrong\n"
	    "usage.\n" },
	{ "ledger backup", cmd_ledger, "[OPTION…] DIR",
	    "copy the ledger while poold runs, and verify the copy",
	    "poold makes the new folder DIR, so it must be able to: beneath /var/lib/poold it\n"
	    "always can. Take it to another disk from there. How to put one back is in\n"
	    "share/doc/poold/docs/ledger.md.\n"
	    "\n"
	    "  --json          as JSON: poolctl(1) says what is in it\n" SOCKET_HELP,
	    "poolctl ledger backup /var/lib/poold/backup-2026-11-22\n",
	    "0 the copy is made and good, 1 it has problems, 2 it could not be\n"
	    "made or read, or the daemon was not reached, 64 wrong usage.\n" },
	{ "ledger prune", cmd_ledger, "--before TIME [OPTION…]",
	    "let the bytes and reports of old arrivals go",
	    "Verdicts, hashes and the chain stay for ever. What may still be needed stays,\n"
	    "whatever its age: what is not published or told, undetermined, holds money back,\n"
	    "or is the newest version of a return.\n"
	    "\n"
	    "  --before TIME   of what arrived earlier: 2014-11-28 or 2014-11-28T16:05:00Z\n"
	    "  --dry-run       only say what would go\n"
	    "  --json          as JSON: poolctl(1) says what is in it\n" SOCKET_HELP,
	    "poolctl ledger prune --before 2020-04-01 --dry-run\n",
	    "0 done, or counted, 2 the daemon was not reached or cannot do it,\n"
	    "64 wrong usage.\n" },
};
/* clang-format on */

const size_t n_commands = sizeof(commands) / sizeof(*commands);

static bool
is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Wherever it stands among the options. */
static bool
wants_help(int argc, char **argv)
{
	for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (is_help(argv[i]))
			return true;
	return false;
}

static void
no_memory(void)
{
	fatalx("there is no memory left for this; try again when there is");
}

int
main(int argc, char **argv)
{
	static char help[] = "--help";
	const struct command *c;

	log_init("poolctl", false);
	arena_on_exhausted(no_memory);
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (is_help(argv[1]) || (strcmp(argv[1], "help") == 0 && argc < 3)) {
		print_help(stdout);
		return EXIT_OK;
	}
	if (strcmp(argv[1], "help") == 0) /* help COMMAND is COMMAND --help */
		argv[1] = argv[2], argv[2] = help;
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		(void)puts("poolctl " POOLD_VERSION);
		return EXIT_OK;
	}
	if ((c = command_find(argv[1])) == NULL) {
		unknown_command(argv[1]);
		return EXIT_USAGE;
	}
	if (wants_help(argc, argv)) {
		print_command_help(c, argc, argv);
		return EXIT_OK;
	}
	return c->run(argc - 1, argv + 1);
}
