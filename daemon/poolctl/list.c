/* poolctl list: the latest verdicts.  poolctl tail prints the same lines as they are made. */
#include "daemon/poolctl/list.h"

#include <stdio.h>

static const struct {
	const char *key, *title;
	int width;
} columns[] = {
	{ "seq", "NUMBER", 8 },
	{ "received", "RECEIVED", 21 },
	{ "region", "REGION", 14 },
	{ "outcome", "OUTCOME", 14 },
	{ "name", "NAME", 28 },
	{ "headline", "", 0 },
};

#define N_COLUMNS (sizeof(columns) / sizeof(*columns))

void
list_head(void)
{
	size_t i;

	for (i = 0; i < N_COLUMNS; i++)
		(void)printf("%-*s", columns[i].width, columns[i].title);
	(void)putchar('\n');
}

bool
list_line(void *arg, json_t *verdict)
{
	const struct client_options *o = arg;
	size_t i;

	if (json_object_get(verdict, "seq") == NULL)
		return true;
	if (o->json) {
		print_json(verdict);
		return true;
	}
	for (i = 0; i < N_COLUMNS; i++) {
		print_cell(
		    verdict, columns[i].key, columns[i].width > 0 ? columns[i].width - 1 : 0);
		(void)putchar(i + 1 < N_COLUMNS ? ' ' : '\n');
	}
	(void)fflush(stdout);
	return true;
}

json_t *
list_request(const char *command, const struct client_options *o)
{
	json_t *request =
	    json_pack("{s:s,s:I}", "command", command, "limit", (json_int_t)o->limit);

	if (o->region != NULL)
		(void)json_object_set_new(request, "region", json_string(o->region));
	if (o->outcome != NULL)
		(void)json_object_set_new(request, "outcome", json_string(o->outcome));
	if (o->area != NULL)
		(void)json_object_set_new(request, "area", json_string(o->area));
	return request;
}

int
cmd_list(int argc, char **argv)
{
	struct client_options o;
	json_t *last;
	bool good;

	if (client_read_options("jroal", argc, argv, &o) != EXIT_OK)
		return EXIT_USAGE;
	if (!o.json)
		list_head();
	good = client_ask(&o, list_request("list", &o), list_line, &o, &last);
	json_decref(last);
	return good ? EXIT_OK : EXIT_FAILED;
}
