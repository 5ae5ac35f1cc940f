/* poolctl ledger: is it what was written, a copy of it, and what is old enough to go. */
#include "daemon/poolctl/ledger.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules/date.h"

static const struct {
	const char *name;
	int (*run)(const struct ledger_options *);
	const char *takes; /* letters of the options */
	bool dir, needs_dir;
} actions[] = {
	{ "verify", ledger_cmd_verify, "js", true, false },
	{ "backup", ledger_cmd_backup, "js", true, true },
	{ "prune", ledger_cmd_prune, "jsbn", false, false },
};

#define N_ACTIONS (sizeof(actions) / sizeof(*actions))

void
ledger_progress(const char *format, ...)
{
	va_list ap;

	if (!isatty(STDERR_FILENO))
		return;
	va_start(ap, format);
	(void)fputs("\r\033[K", stderr);
	(void)vfprintf(stderr, format, ap);
	(void)fflush(stderr);
	va_end(ap);
}

/* A day means its first moment. */
static bool
read_before(const char *given, char time[32])
{
	struct text t = text_of(given);
	instant at;
	date day;

	if (date_read(t, false, &day) == DATE_OK)
		(void)snprintf(time, 32, "%.10sT00:00:00Z", given);
	else if (time_read(t, &at) == TIME_OK && t.n < 32)
		(void)snprintf(time, 32, "%s", given);
	else
		return false;
	return true;
}

/* The options, whatever is done; the letters that were given go to `given`. */
static int
read_options(int argc, char **argv, struct ledger_options *o, char given[8])
{
	static const struct option longs[] = { { "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' }, { "before", required_argument, NULL, 'b' },
		{ "dry-run", no_argument, NULL, 'n' }, { NULL, 0, NULL, 0 } };
	static char before[32];
	size_t n = 0;
	int c;

	*o = (struct ledger_options){ .client = { .socket = client_default_socket() } };
	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (c == '?' || c == ':')
			return option_error(argv[0], longs, NULL, c, argv);
		if (strchr(given, c) == NULL)
			given[n++] = (char)c;
		switch (c) {
		case 's': o->client.socket = optarg; break;
		case 'j': o->client.json = true; break;
		case 'n': o->dry_run = true; break;
		default:
			if (!read_before(optarg, before))
				return usage_error(argv[0],
				    "--before needs a day such as 2014-11-28, or a time such "
				    "as "
				    "2014-11-28T16:05:00Z; \"%s\" is neither.",
				    optarg);
			o->before = before;
		}
	}
	return EXIT_OK;
}

static int
unknown_action(const char *given)
{
	struct text names[N_ACTIONS];
	int near;

	for (size_t i = 0; i < N_ACTIONS; i++)
		names[i] = text_of(actions[i].name);
	near = text_nearest(text_of(given), names, N_ACTIONS);
	if (near < 0)
		return usage_error("ledger", "it cannot do \"%s\".", given);
	return usage_error(
	    "ledger", "it cannot do \"%s\". Did you mean \"%s\"?", given, actions[near].name);
}

int
cmd_ledger(int argc, char **argv)
{
	struct ledger_options o;
	char given[8] = "";
	size_t i = 0;

	if (read_options(argc, argv, &o, given) != EXIT_OK)
		return EXIT_USAGE;
	if (optind == argc)
		return usage_error(argv[0], "it needs to be told what to do.");
	while (i < N_ACTIONS && strcmp(argv[optind], actions[i].name) != 0)
		i++;
	if (i == N_ACTIONS)
		return unknown_action(argv[optind]);
	if (given[strspn(given, actions[i].takes)] != '\0')
		return usage_error(argv[0],
		    "%s does not take all of these options; `poolctl ledger %s --help` lists "
		    "its own.",
		    actions[i].name, actions[i].name);
	if (++optind < argc && actions[i].dir)
		o.dir = argv[optind++];
	if (optind < argc)
		return usage_error(
		    argv[0], "there is nothing to do with \"%s\".", argv[optind]);
	if (actions[i].needs_dir && o.dir == NULL)
		return usage_error(argv[0], "%s needs a folder.", actions[i].name);
	return actions[i].run(&o);
}
