/* poolctl status: how the daemon is, and what wants attention. */
#include <stdio.h>
#include <string.h>

#include "daemon/poolctl/client.h"

static long long
number(json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

/* "  ! sentence", when there is one. */
static void
print_sentence(json_t *value)
{
	if (!json_is_string(value) || json_string_length(value) == 0)
		return;
	(void)printf("  ! ");
	print_text(json_string_value(value), 0);
	(void)putchar('\n');
}

/* Each line of what refused it. */
static void
print_refusal(json_t *refused)
{
	const char *from = json_string_value(refused), *end;
	struct buf line = { 0 };

	for (; from != NULL && *from != '\0'; from = *end != '\0' ? end + 1 : end) {
		end = strchrnul(from, '\n');
		buf_clear(&line);
		buf_text(&line, (struct text){ from, (size_t)(end - from) });
		buf_char(&line, '\0');
		(void)printf("      ");
		print_text(buf_failed(&line) ? "" : line.p, 0);
		(void)putchar('\n');
	}
	buf_free(&line);
}

static void
print_trouble(json_t *o, const char *key)
{
	print_sentence(json_object_get(o, key));
}

static void
print_rulebook(json_t *r)
{
	json_t *notice;
	size_t i;

	if (json_is_true(json_object_get(r, "in_use"))) {
		(void)printf("Rulebook ");
		print_cell(r, "digest", 12);
		(void)printf(" since ");
		print_cell(r, "since", 0);
		(void)printf(": %lld conditions; packs: ", number(r, "conditions"));
		print_cell(r, "packs", 0);
		(void)putchar('\n');
	} else
		(void)puts("Rulebook: none is in use; what arrives waits.");
	if (json_is_true(json_object_get(r, "loading")))
		(void)puts("  another is being loaded");
	print_trouble(r, "trouble");
	print_refusal(json_object_get(r, "refused"));
	if (json_is_false(json_object_get(r, "watched")))
		(void)puts(
		    "  the folder is not watched (watch_policies): poolctl reload takes a "
		    "change into use");
	json_array_foreach(json_object_get(r, "notices"), i, notice)
	{
		(void)printf("  notice: ");
		print_cell(notice, "what", 0);
		(void)putchar('\n');
	}
	if (json_string_length(json_object_get(r, "sandbox_lacks")) > 0) {
		(void)printf("  ! this kernel lacks ");
		print_cell(r, "sandbox_lacks", 0);
		(void)putchar('\n');
	}
}

/* Where publishing takes long. */
static void
print_publisher(json_t *p)
{
	if (number(p, "seconds") >= 5 && json_is_string(json_object_get(p, "region"))) {
		(void)printf("Publishing: %lld reports to ", number(p, "in_hand"));
		print_cell(p, "region", 0);
		(void)printf(
		    " and after it have taken %lld seconds so far\n", number(p, "seconds"));
	}
	if (json_string_length(json_object_get(p, "sandbox_lacks")) > 0) {
		(void)printf("  ! for publishing, this kernel lacks ");
		print_cell(p, "sandbox_lacks", 0);
		(void)putchar('\n');
	}
}

static void
print_entries(json_t *r, const char *key)
{
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(r, key), i, entry)
	{
		(void)printf("    left in the inbox: ");
		print_cell(entry, "name", 0);
		(void)printf(": ");
		print_cell(entry, "why", 0);
		(void)putchar('\n');
	}
}

static void
print_region(json_t *r)
{
	json_t *note;
	size_t i;

	(void)printf("  ");
	print_cell(r, "name", 20);
	(void)printf(" %6lld taken in, %lld settling, %lld waiting; watched ",
	    number(r, "claimed"), number(r, "settling"), number(r, "waiting"));
	print_cell(r, "how", 0);
	(void)putchar('\n');
	print_trouble(r, "trouble");
	print_entries(r, "skipped");
	if (number(r, "left") > (long long)json_array_size(json_object_get(r, "skipped")))
		(void)printf("    and more: %lld are left in the inbox\n", number(r, "left"));
	print_entries(r, "unfinished");
	json_array_foreach(json_object_get(r, "notes"), i, note)
	{
		(void)printf("    note: ");
		print_text(json_string_value(note), 0);
		(void)putchar('\n');
	}
}

static void
print_syslog(json_t *s)
{
	json_t *away = json_object_get(s, "syslog_away_since");

	(void)printf("Syslog: ");
	print_cell(s, "syslog", 0);
	if (json_is_string(away)) {
		(void)printf("; not reached since ");
		print_cell(s, "syslog_away_since", 0);
	}
	(void)putchar('\n');
	if (json_is_string(away) && number(s, "untold") > 0) {
		(void)printf("  ! %lld records wait, the oldest since ", number(s, "untold"));
		print_cell(s, "untold_since", 0);
		(void)puts("; they are kept, and told in order");
	}
	if (number(s, "resending") > 0)
		(void)printf("  %lld are still to be sent again\n", number(s, "resending"));
}

static void
print_slow(json_t *s)
{
	(void)printf("Slow: ");
	print_cell(s, "condition", 0);
	(void)printf(" took %lld%% of what a submission may take, for arrival %lld; last at ",
	    number(s, "percent"), number(s, "seq"));
	print_cell(s, "last", 0);
	(void)putchar('\n');
}

static void
print_status(json_t *s)
{
	json_t *count, *region, *held, *slow;
	const char *outcome;
	size_t i;

	(void)printf("poold ");
	print_cell(s, "version", 0);
	(void)printf(", process %lld, since ", number(s, "pid"));
	print_cell(s, "started", 0);
	(void)puts(json_is_true(json_object_get(s, "well")) ? ": all is well"
							    : ": something needs attention");
	if (json_is_string(json_object_get(s, "time_given"))) {
		(void)printf("  ! judges as if it were ");
		print_cell(s, "time_given", 0);
		(void)putchar('\n');
	}
	print_rulebook(json_object_get(s, "rulebook"));
	(void)printf("Verdicts:");
	json_object_foreach(json_object_get(s, "outcomes"), outcome, count)(void)
	    printf(" %lld %s", (long long)json_integer_value(count), outcome);
	(void)printf(
	    "\nQueues: %lld waiting, %lld being judged, %lld to publish, %lld to tell syslog\n",
	    number(s, "waiting"), number(s, "judging"), number(s, "unpublished"),
	    number(s, "untold"));
	print_syslog(s);
	print_trouble(s, "root_trouble");
	print_trouble(s, "ledger_trouble");
	json_array_foreach(json_object_get(s, "held"), i, held) print_sentence(held);
	print_publisher(json_object_get(s, "publisher"));
	print_trouble(s, "publish_trouble");
	json_array_foreach(json_object_get(s, "slow"), i, slow) print_slow(slow);
	(void)puts("Regions:");
	json_array_foreach(json_object_get(s, "regions"), i, region) print_region(region);
}

int
cmd_status(int argc, char **argv)
{
	struct client_options o;
	json_t *last;
	bool well;

	if (client_read_options("j", argc, argv, &o) != EXIT_OK)
		return EXIT_USAGE;
	if (!client_ask(&o, json_pack("{s:s}", "command", "status"), NULL, NULL, &last)) {
		json_decref(last);
		return EXIT_FAILED;
	}
	(void)json_object_del(last, "end");
	if (o.json)
		print_json(last);
	else
		print_status(last);
	well = json_is_true(json_object_get(last, "well"));
	json_decref(last);
	return well ? EXIT_OK : EXIT_NO;
}
