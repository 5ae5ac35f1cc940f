/* poolctl list: the latest verdicts.  poolctl tail prints the same lines as they are made. */
#include "daemon/poolctl/list.h"

#include <stdio.h>

#include "daemon/poolctl/screen.h"

/* On a terminal: the name has what is left, or half of it where the headline has room, too. */
#define NAME_MOST      28
#define HEADLINE_LEAST 20

static const struct {
	const char *key, *title;
	int width;
} columns[] = {
	{ "seq", "NUMBER", 8 },
	{ "received", "RECEIVED", 21 },
	{ "region", "REGION", 14 },
	{ "outcome", "OUTCOME", 14 },
};

#define N_COLUMNS (sizeof(columns) / sizeof(*columns))

/* Widths of name and headline, with the blank between them; 0: as it is, or (the headline) left out. */
static void
list_widths(int *name, int *headline)
{
	int room = (int)screen_width();
	size_t i;

	*name = NAME_MOST;
	*headline = 0;
	if (room == 0)
		return;
	for (i = 0; i < N_COLUMNS; i++)
		room -= columns[i].width;
	room = room < HEADLINE_LEAST ? HEADLINE_LEAST : room;
	*name = room < 2 * HEADLINE_LEAST ? room : room / 2 < NAME_MOST ? room / 2 : NAME_MOST;
	*headline = room - *name > 0 ? room - *name : -1;
}

static void
list_head(void)
{
	size_t i;

	for (i = 0; i < N_COLUMNS; i++)
		(void)printf("%-*s", columns[i].width, columns[i].title);
	(void)puts("NAME");
}

bool
list_line(void *arg, json_t *verdict)
{
	struct list_state *state = arg;
	int name, headline;
	size_t i;

	if (json_object_get(verdict, "seq") == NULL)
		return true;
	if (state->options->json) {
		print_json(verdict);
		return true;
	}
	if (state->n++ == 0)
		list_head();
	list_widths(&name, &headline);
	for (i = 0; i < N_COLUMNS; i++) {
		print_cell(verdict, columns[i].key, columns[i].width - 1);
		(void)putchar(' ');
	}
	print_cell(verdict, "name", name - 1);
	if (headline >= 0) {
		(void)putchar(' ');
		print_cell(verdict, "headline", headline);
	}
	(void)putchar('\n');
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
	struct list_state state = { &o, 0 };
	json_t *last;
	bool good;

	if (client_read_options("jroal", argc, argv, &o) != EXIT_OK)
		return EXIT_USAGE;
	good = client_ask(&o, list_request("list", &o), list_line, &state, &last);
	if (good && state.n == 0 && !o.json)
		(void)fputs(o.region != NULL || o.outcome != NULL || o.area != NULL
			? "There is no such verdict.\n"
			: "There is no verdict yet.\n",
		    stderr);
	json_decref(last);
	return good ? EXIT_OK : EXIT_FAILED;
}
