/*
 * poolctl policy: what is checked, from the policies themselves.
 *
 * They are loaded in the same sandbox as for judging, with every pack on, so that the list has those that
 * are off here as well, and says so.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "daemon/evaluator_client.h"
#include "daemon/log.h"
#include "daemon/poolctl/policies_here.h"
#include "daemon/poolctl/poolctl.h"
#include "rules/catalogue.h"

enum { OPT_POLICIES = 256, OPT_FORMAT };

static const struct option options[] = {
	{ "policies", required_argument, NULL, OPT_POLICIES },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ NULL, 0, NULL, 0 },
};

static const struct {
	const char *name;
	enum catalogue_format format;
} formats[] = {
	{ "html", CATALOGUE_HTML },
	{ "markdown", CATALOGUE_MARKDOWN },
	{ "json", CATALOGUE_JSON },
};

static const struct action {
	const char *name, *command;
	enum catalogue_format format; /* without --format */
	bool formats, id;             /* has --format; names a condition */
} actions[] = {
	{ "docs", "policy docs", CATALOGUE_MARKDOWN, true, false },
	{ "list", "policy list", CATALOGUE_LIST, false, false },
	{ "show", "policy show", CATALOGUE_MARKDOWN, true, true },
};

struct policy_options {
	const struct action *action;
	const char *policies;
	enum catalogue_format format;
	const char *id;
};

static int
set_format(struct policy_options *o, const char *name)
{
	if (!o->action->formats)
		return usage_error(o->action->command, "it has no --format");
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0) {
			o->format = formats[i].format;
			return EXIT_OK;
		}
	return usage_error(o->action->command,
	    "there is no format \"%s\"; it is html, markdown or json", name);
}

static int
read_options(int argc, char **argv, struct policy_options *o)
{
	const char *command = o->action->command;
	int which, status;

	opterr = 0;
	optind = 1;
	while ((which = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (which == '?' || which == ':')
			return option_error(command, options, NULL, which, argv);
		if (which == OPT_POLICIES)
			o->policies = optarg;
		else if ((status = set_format(o, optarg)) != EXIT_OK)
			return status;
	}
	if (o->action->id && optind < argc)
		o->id = argv[optind++];
	if (o->action->id && o->id == NULL)
		return usage_error(command, "which condition? Name it by its id");
	if (optind < argc)
		return usage_error(command, "\"%s\" is too much", argv[optind]);
	if (o->policies == NULL)
		o->policies = policies_default();
	return EXIT_OK;
}

/* The catalogue; false: it was told why not. */
static bool
read_catalogue(const struct policy_options *o, struct buf *out, bool *found)
{
	struct evaluator_options eo = client_default_options();
	struct wire_rulebook rulebook = { 0 };
	struct policies policies;
	struct client *client = NULL;
	struct buf why = { 0 };
	bool good = false;

	eo.catalogue = (uint32_t)o->format;
	eo.only = text_of(o->id);
	if (policies_read(o->policies, &policies, &why)) {
		client = client_start(&policies, &eo, 0, &rulebook, &why);
		policies_tell(&rulebook, true);
		good = client != NULL && client_catalogue(client, out, found, &why);
		client_stop(client);
		policies_close(&policies);
	}
	policies_tell_lines(&why);
	wire_rulebook_free(&rulebook);
	buf_free(&why);
	return good;
}

static int
policy_run(const struct policy_options *o)
{
	struct buf out = { 0 };
	int status = EXIT_OK;
	bool found = false;

	if (!read_catalogue(o, &out, &found))
		status = EXIT_FAILED;
	else if (!found) {
		log_warnx("there is no condition %s; `poolctl policy list` names them", o->id);
		status = EXIT_NO;
	} else if (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0)
		status = EXIT_FAILED;
	buf_free(&out);
	return status;
}

int
cmd_policy(int argc, char **argv)
{
	struct policy_options o = { 0 };
	int status;

	for (size_t i = 0; argc > 1 && i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			o.action = &actions[i];
	if (o.action == NULL)
		return argc > 1 ? usage_error("policy",
				      "it has no \"%s\"; it has docs, list and show", argv[1])
				: usage_error("policy", "docs, list or show?");
	o.format = o.action->format;
	status = read_options(argc - 1, argv + 1, &o);
	return status != EXIT_OK ? status : policy_run(&o);
}
