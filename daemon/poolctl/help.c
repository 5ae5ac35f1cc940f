/* What poolctl says of itself: help, and what is wrong with how it was called. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/poolctl/poolctl.h"

/* More than any command, its actions or its options are. */
#define NAMES_MOST 32

const struct command *
command_find(const char *name)
{
	size_t i;

	for (i = 0; i < n_commands; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* The row of `poolctl ledger verify`, where the first word after the command is such an action. */
static const struct command *
action_find(const struct command *c, int argc, char **argv)
{
	const struct command *action = NULL;
	char name[64];

	for (int i = 2; i < argc && action == NULL; i++)
		if (argv[i][0] != '-') {
			(void)snprintf(name, sizeof(name), "%s %s", c->name, argv[i]);
			action = command_find(name);
		}
	return action != NULL ? action : c;
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

/* The option that is meant by a word that is none, without its dashes; NULL: none is near. */
static const char *
option_nearest(const struct option *longs, const char *takes, const char *said)
{
	struct text names[NAMES_MOST];
	const char *found[NAMES_MOST];
	size_t n = 0;
	int near;

	for (; longs->name != NULL && n < NAMES_MOST; longs++)
		if (takes == NULL || strchr(takes, longs->val) != NULL) {
			found[n] = longs->name;
			names[n++] = text_of(longs->name);
		}
	said += strspn(said, "-");
	near = text_nearest((struct text){ said, strcspn(said, "=") }, names, n);
	return near >= 0 ? found[near] : NULL;
}

int
option_error(
    const char *command, const struct option *longs, const char *takes, int c, char **argv)
{
	/* of -ab the index stays where it is until b was read */
	const char *said = argv[optind - 1][0] == '-' ? argv[optind - 1] : argv[optind];
	const char *near;

	if (c == ':')
		return usage_error(command, "%s wants a value after it.", said);
	if (c == '?' && optopt != 0 && strchr(said, '=') != NULL)
		return usage_error(
		    command, "%.*s takes no value.", (int)strcspn(said, "="), said);
	if ((near = option_nearest(longs, takes, said)) != NULL)
		return usage_error(
		    command, "there is no option %s. Did you mean --%s?", said, near);
	return usage_error(command, "there is no option %s.", said);
}

void
print_help(FILE *f)
{
	size_t i;

	(void)fputs("usage: poolctl COMMAND [OPTION…]\n\n", f);
	for (i = 0; i < n_commands; i++)
		if (strchr(commands[i].name, ' ') == NULL)
			(void)fprintf(f, "  %-8s %s\n", commands[i].name, commands[i].what);
	(void)fputs(
	    "\n`poolctl COMMAND --help` says more, with examples; `man poolctl` all of it; "
	    "`poolctl --version`\nshows the version.\n",
	    f);
}

void
print_command_help(const struct command *c, int argc, char **argv)
{
	const char *line, *end;

	c = action_find(c, argc, argv);
	(void)printf("usage: poolctl %s %s\n\n%c%s.\n%s\nExamples:\n", c->name, c->usage,
	    toupper((unsigned char)c->what[0]), c->what + 1, c->help);
	for (line = c->examples; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		(void)printf("  %.*s\n", (int)(end - line), line);
	}
	(void)printf("\nExit status: %s", c->exits);
}

void
unknown_command(const char *name)
{
	struct text names[NAMES_MOST];
	struct buf shown = { 0 };
	size_t i, n = n_commands < NAMES_MOST ? n_commands : NAMES_MOST;
	int near;

	for (i = 0; i < n; i++)
		names[i] = text_of(commands[i].name);
	near = text_nearest(text_of(name), names, n);
	buf_safe(&shown, text_of(name));
	(void)fprintf(
	    stderr, "poolctl: there is no command \"%s\".", shown.p != NULL ? shown.p : "");
	if (near >= 0)
		(void)fprintf(stderr, " Did you mean \"%s\"?", commands[near].name);
	(void)fputs("\n`poolctl --help` lists them.\n", stderr);
	buf_free(&shown);
}
