/*
 * poolctl status: how the daemon is, and what wants attention.
 *
 * A line that begins with "!" wants attention; notes, and what only takes long, do not.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/poolctl/client.h"
#include "daemon/poolctl/screen.h"

/* Mistakes of a refused rulebook that are shown. */
#define REFUSALS_MOST 8

static long long
number(json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

/* A member as text, escaped. */
static void
put(struct buf *b, json_t *o, const char *key)
{
	buf_safe(b, text_of(json_string_value(json_object_get(o, key))));
}

/* The line, which is used up. */
static void
say(enum screen_tone tone, const char *lead, struct buf *b)
{
	screen_line(tone, lead, buf_as_text(b));
	buf_free(b);
}

/* "  ! sentence", when there is one. */
static void
say_trouble(const char *lead, json_t *value)
{
	struct buf b = { 0 };

	if (!json_is_string(value) || json_string_length(value) == 0)
		return;
	buf_safe(&b, text_of(json_string_value(value)));
	say(TONE_BAD, lead, &b);
}

static void
say_lacks(const char *what, json_t *o)
{
	struct buf b = { 0 };

	if (json_string_length(json_object_get(o, "sandbox_lacks")) == 0)
		return;
	buf_str(&b, what);
	put(&b, o, "sandbox_lacks");
	say(TONE_BAD, "  ! ", &b);
}

/* The first lines of what refused it: one mistake often brings others. */
static void
say_refusal(json_t *refused)
{
	const char *from = json_string_value(refused), *end;
	struct buf b = { 0 };
	unsigned n = 0;

	for (; from != NULL && *from != '\0'; from = *end != '\0' ? end + 1 : end) {
		end = strchrnul(from, '\n');
		if (n++ >= REFUSALS_MOST)
			continue;
		buf_safe(&b, (struct text){ from, (size_t)(end - from) });
		say(TONE_PLAIN, "      ", &b);
	}
	if (n > REFUSALS_MOST) {
		buf_printf(&b, "and %u more: poolctl reload lists all", n - REFUSALS_MOST);
		say(TONE_PLAIN, "      ", &b);
	}
}

static void
say_rulebook(json_t *r)
{
	struct buf b = { 0 };
	json_t *notice;
	size_t i;

	if (json_is_true(json_object_get(r, "in_use"))) {
		buf_safe_cut(&b, text_of(json_string_value(json_object_get(r, "digest"))), 12);
		buf_str(&b, " since ");
		put(&b, r, "since");
		buf_printf(&b, ": %lld conditions; packs: ", number(r, "conditions"));
		put(&b, r, "packs");
		say(TONE_PLAIN, "Rulebook ", &b);
	} else
		screen_line(
		    TONE_BAD, "Rulebook: ", text_of("none is in use; what arrives waits."));
	if (json_is_true(json_object_get(r, "loading")))
		screen_line(TONE_PLAIN, "  ", text_of("another is being loaded"));
	say_trouble("  ! ", json_object_get(r, "trouble"));
	say_refusal(json_object_get(r, "refused"));
	if (json_is_false(json_object_get(r, "watched")))
		screen_line(TONE_PLAIN, "  ",
		    text_of("the folder is not watched (watch_policies): poolctl reload takes "
			    "a change into use"));
	json_array_foreach(json_object_get(r, "notices"), i, notice)
	{
		put(&b, notice, "what");
		say(TONE_NOTE, "  notice: ", &b);
	}
	say_lacks("this kernel lacks ", r);
}

/* Where publishing takes long. */
static void
say_publisher(json_t *p)
{
	struct buf b = { 0 };

	if (number(p, "seconds") >= 5 && json_is_string(json_object_get(p, "region"))) {
		buf_printf(&b, "%lld reports to ", number(p, "in_hand"));
		put(&b, p, "region");
		buf_printf(
		    &b, " and after it have taken %lld seconds so far", number(p, "seconds"));
		say(TONE_NOTE, "Publishing: ", &b);
	}
	say_lacks("for publishing, this kernel lacks ", p);
}

static void
say_entries(json_t *r, const char *key)
{
	struct buf b = { 0 };
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(r, key), i, entry)
	{
		put(&b, entry, "name");
		buf_str(&b, ": ");
		put(&b, entry, "why");
		say(strcmp(key, "skipped") == 0 ? TONE_BAD : TONE_NOTE,
		    "    left in the inbox: ", &b);
	}
}

/* Names of regions stand in a column, also where one is longer. */
static void
put_padded(struct buf *b, json_t *o, const char *key, int width)
{
	size_t i, used = 0;

	put(b, o, key);
	for (i = 0; i < b->n; i++)
		used += ((unsigned char)b->p[i] & 0xc0) != 0x80;
	for (; used < (size_t)width; used++)
		buf_char(b, ' ');
}

static void
say_region(json_t *r)
{
	struct buf b = { 0 };
	json_t *note;
	size_t i;

	put_padded(&b, r, "name", 20);
	buf_printf(&b, " %6lld taken in, %lld settling, %lld waiting; watched ",
	    number(r, "claimed"), number(r, "settling"), number(r, "waiting"));
	put(&b, r, "how");
	say(TONE_PLAIN, "  ", &b);
	say_trouble("  ! ", json_object_get(r, "trouble"));
	say_entries(r, "skipped");
	if (number(r, "left") > (long long)json_array_size(json_object_get(r, "skipped"))) {
		buf_printf(&b, "%lld are left in the inbox", number(r, "left"));
		say(TONE_BAD, "    and more: ", &b);
	}
	say_entries(r, "unfinished");
	json_array_foreach(json_object_get(r, "notes"), i, note)
	{
		buf_safe(&b, text_of(json_string_value(note)));
		say(TONE_NOTE, "    note: ", &b);
	}
}

static void
say_syslog(json_t *s)
{
	bool away = json_is_string(json_object_get(s, "syslog_away_since"));
	struct buf b = { 0 };

	put(&b, s, "syslog");
	if (away) {
		buf_str(&b, "; not reached since ");
		put(&b, s, "syslog_away_since");
	}
	say(away ? TONE_BAD : TONE_PLAIN, "Syslog: ", &b);
	if (away && number(s, "untold") > 0) {
		buf_printf(&b, "%lld records wait, the oldest since ", number(s, "untold"));
		put(&b, s, "untold_since");
		buf_str(&b, "; they are kept, and told in order");
		say(TONE_BAD, "  ! ", &b);
	}
	if (number(s, "resending") > 0) {
		buf_printf(&b, "%lld are still to be sent again", number(s, "resending"));
		say(TONE_PLAIN, "  ", &b);
	}
}

static void
say_slow(json_t *s)
{
	struct buf b = { 0 };

	put(&b, s, "condition");
	buf_printf(&b, " took %lld%% of what a submission may take, for arrival %lld; last at ",
	    number(s, "percent"), number(s, "seq"));
	put(&b, s, "last");
	say(TONE_NOTE, "Slow: ", &b);
}

static void
say_counts(json_t *s)
{
	struct buf b = { 0 };
	json_t *count;
	const char *outcome;

	json_object_foreach(json_object_get(s, "outcomes"), outcome, count) buf_printf(&b,
	    "%s%lld %s", b.n > 0 ? ", " : "", (long long)json_integer_value(count), outcome);
	say(TONE_PLAIN, "Verdicts: ", &b);
	buf_printf(&b, "%lld waiting, %lld being judged, %lld to publish, %lld to tell syslog",
	    number(s, "waiting"), number(s, "judging"), number(s, "unpublished"),
	    number(s, "untold"));
	say(TONE_PLAIN, "Queues: ", &b);
}

static void
say_head(json_t *s)
{
	bool well = json_is_true(json_object_get(s, "well"));
	struct buf b = { 0 };

	put(&b, s, "version");
	buf_printf(&b, ", process %lld, since ", number(s, "pid"));
	put(&b, s, "started");
	buf_str(&b, well ? ": all is well" : ": something needs attention");
	say(well ? TONE_GOOD : TONE_BAD, "poold ", &b);
	if (json_is_string(json_object_get(s, "time_given"))) {
		buf_str(&b, "judges as if it were ");
		put(&b, s, "time_given");
		say(TONE_NOTE, "  ! ", &b);
	}
}

static void
say_status(json_t *s)
{
	json_t *regions = json_object_get(s, "regions"), *one;
	size_t i;

	say_head(s);
	say_rulebook(json_object_get(s, "rulebook"));
	say_counts(s);
	say_syslog(s);
	say_trouble("  ! ", json_object_get(s, "root_trouble"));
	say_trouble("  ! ", json_object_get(s, "ledger_trouble"));
	say_trouble("  ! ", json_object_get(s, "stuck"));
	json_array_foreach(json_object_get(s, "held"), i, one) say_trouble("  ! ", one);
	say_publisher(json_object_get(s, "publisher"));
	say_trouble("  ! ", json_object_get(s, "publish_trouble"));
	json_array_foreach(json_object_get(s, "slow"), i, one) say_slow(one);
	screen_line(TONE_PLAIN, "Regions:",
	    text_of(json_array_size(regions) == 0
		    ? " none; a folder in root that has an inbox is one"
		    : ""));
	json_array_foreach(regions, i, one) say_region(one);
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
		say_status(last);
	well = json_is_true(json_object_get(last, "well"));
	json_decref(last);
	return well ? EXIT_OK : EXIT_NO;
}
