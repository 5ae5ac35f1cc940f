/* poolctl reload: read the policies again, and say how that went. */
#include <stdio.h>

#include "daemon/poolctl/client.h"

/* A text of several lines, each escaped. */
static void
print_lines(const char *text)
{
	struct buf b = { 0 };

	for (; *text != '\0'; text++) {
		if (*text != '\n')
			buf_char(&b, *text);
		if (*text == '\n' || text[1] == '\0') {
			buf_char(&b, '\0');
			(void)printf("  ");
			print_text(b.p, 0);
			(void)putchar('\n');
			buf_clear(&b);
		}
	}
	buf_free(&b);
}

static void
print_rulebook(bool taken, json_t *rulebook)
{
	json_t *refused = json_object_get(rulebook, "refused"), *notice;
	size_t i;

	if (taken) {
		(void)printf("The new rulebook is in use: ");
		print_cell(rulebook, "digest", 13);
		(void)printf(", %lld conditions.\n",
		    (long long)json_integer_value(json_object_get(rulebook, "conditions")));
		json_array_foreach(json_object_get(rulebook, "notices"), i, notice)
		{
			(void)printf("  notice: ");
			print_cell(notice, "what", 0);
			(void)putchar('\n');
		}
		return;
	}
	(void)puts(json_is_true(json_object_get(rulebook, "in_use"))
		? "The rulebook was refused; the last good one goes on."
		: "The rulebook was refused, and there is none before it: nothing is judged "
		  "until it is mended.");
	if (json_is_string(refused))
		print_lines(json_string_value(refused));
}

static void
print_unchanged(json_t *rulebook)
{
	(void)printf("The policies have not changed: rulebook ");
	print_cell(rulebook, "digest", 13);
	(void)printf(" is in use since ");
	print_cell(rulebook, "since", 0);
	(void)puts(".");
}

int
cmd_reload(int argc, char **argv)
{
	struct client_options o;
	json_t *last;
	bool taken, unchanged;

	if (client_read_options("j", argc, argv, &o) != EXIT_OK)
		return EXIT_USAGE;
	if (!client_ask(&o, json_pack("{s:s}", "command", "reload"), NULL, NULL, &last)) {
		json_decref(last);
		return EXIT_FAILED;
	}
	taken = json_is_true(json_object_get(last, "taken"));
	unchanged = json_is_true(json_object_get(last, "unchanged"));
	if (o.json) {
		(void)json_object_del(last, "end");
		print_json(last);
	} else if (unchanged)
		print_unchanged(json_object_get(last, "rulebook"));
	else
		print_rulebook(taken, json_object_get(last, "rulebook"));
	json_decref(last);
	return taken ? EXIT_OK : EXIT_NO;
}
