/*
 * Events: packing, RFC 5424 records, the readable line, the events of a verdict.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "daemon/event.h"
#include "rules/text.h"

static const struct event_origin origin = {
	.hostname = { "audit.example", 13 },
	.app = { "poold", 5 },
	.pid = 4711,
	.facility = 3,
};

/* 2014-11-28T16:05:00.000042Z */
#define WHEN 1417190700000042LL

static const char odd[] = "a\"b\\c]d\ne\x1b[31mf\0g'h;i\xff\xe2\x80\xaej\x7f\xc3\xa9";
#define ODD ((struct text){ odd, sizeof(odd) - 1 })

static struct buf
record_of(const struct event *ev, uint64_t sequence)
{
	struct buf b = { 0 };

	event_record(&b, EVENT_RFC5424, ev, &origin, &(struct event_stamp){ sequence, WHEN },
	    EVENT_RECORD_MAX);
	assert_false(buf_failed(&b));
	return b;
}

static struct buf
packed(const struct event *ev)
{
	struct buf b = { 0 };

	event_pack(&b, ev);
	assert_false(buf_failed(&b));
	return b;
}

static void
every_event_has_a_name_a_severity_and_a_meaning(void **state)
{
	(void)state;
	for (int i = 0; i < EVENT_IDS; i++) {
		const struct event_kind *kind = &event_table[i];
		enum event_id id;

		assert_non_null(kind->name);
		assert_in_range(strlen(kind->name), 1, 32);
		assert_in_range(kind->severity, 1, 7);
		assert_null(strpbrk(kind->title, ";'\\"));
		assert_int_equal(kind->meaning[strlen(kind->meaning) - 1], '.');
		assert_true(event_named(text_of(kind->name), &id));
		assert_int_equal(id, i);
	}
}

/* How many lines of a text begin with the mark. */
static int
rows(const char *text, const char *mark)
{
	int n = 0;

	for (const char *p = text; (p = strstr(p, mark)) != NULL; p++)
		n += p == text || p[-1] == '\n';
	return n;
}

static void
the_manual_lists_exactly_these_events_and_tags(void **state)
{
	static const char *const severities[] = { "emerg", "alert", "crit", "err", "warning",
		"notice", "info", "debug" };
	static char manual[60000];
	FILE *file = fopen("docs/events.md", "r");
	char row[400];
	int tags = 0;

	(void)state;
	assert_non_null(file);
	manual[fread(manual, 1, sizeof(manual) - 1, file)] = '\0';
	fclose(file);
	for (int i = 0; i < EVENT_IDS; i++) {
		snprintf(row, sizeof(row), "\n| `%s` | %s | %s |\n", event_table[i].name,
		    severities[event_table[i].severity], event_table[i].meaning);
		if (strstr(manual, row) == NULL)
			fail_msg("docs/events.md lacks the row:%s", row);
	}
	for (const struct event_tag_kind *tag = event_tag_table; tag->name != NULL;
	     tag++, tags++) {
		snprintf(row, sizeof(row), "\n| `%s` | %s |\n", tag->name, tag->meaning);
		if (strstr(manual, row) == NULL)
			fail_msg("docs/events.md lacks the row:%s", row);
	}
	/* events have a second row, of what to do */
	assert_int_equal(rows(manual, "| `"), 2 * EVENT_IDS + tags);
}

static void
a_record_has_header_structured_data_and_line(void **state)
{
	struct event ev;
	struct buf b;

	(void)state;
	event_begin(&ev, EV_STATUS);
	event_int(&ev, "judged", 12);
	event_money(&ev, "at_stake", -123450);
	event_time(&ev, "received", 1417190700);
	event_str(&ev, "region", "leeds");
	b = record_of(&ev, 7);
	assert_string_equal(b.p,
	    "<30>1 2014-11-28T16:05:00.000042Z audit.example poold 4711 STATUS"
	    " [meta sequenceId=\"7\"][poold@32473 sequence=\"7\" judged=\"12\" "
	    "at_stake=\"-1234.50\""
	    " received=\"2014-11-28T16:05:00Z\" region=\"leeds\"] \xef\xbb\xbf"
	    "Status; judged='12', at_stake='-1234.50', received='2014-11-28T16:05:00Z',"
	    " region='leeds'");
	buf_free(&b);
}

static void
a_plain_log_gets_a_bsd_header_and_json(void **state)
{
	struct event ev;
	struct buf b = { 0 };

	(void)state;
	setenv("TZ", "GMT0BST,M3.5.0/1,M10.5.0", 1);
	tzset();
	event_begin(&ev, EV_STATUS);
	event_int(&ev, "judged", -12);
	event_money(&ev, "at_stake", -123450);
	event_text(&ev, "name", TEXT("a\"b\\c\nd"));
	/* what a record has of its own cannot be added */
	event_str(&ev, "msg", "forged");
	event_str(&ev, "msgid", "forged");
	event_str(&ev, "time", "forged");
	event_record(
	    &b, EVENT_CEE, &ev, &origin, &(struct event_stamp){ 7, WHEN }, EVENT_RECORD_MAX);
	assert_string_equal(b.p,
	    "<30>Nov 28 16:05:00 poold[4711]: @cee: {\"msgid\":\"STATUS\",\"sequence\":7,"
	    "\"time\":\"2014-11-28T16:05:00.000042Z\",\"judged\":-12,\"at_stake\":\"-1234.50\","
	    "\"name\":\"a\\\"b\\\\\\\\c\\\\nd\","
	    "\"msg\":\"Status; judged='-12', at_stake='-1234.50', "
	    "name='a\\\"b\\\\\\\\c\\\\nd'\"}");
	buf_clear(&b);
	/* summer time: the header's is local, the other is not */
	event_record(&b, EVENT_CEE, &ev, &origin,
	    &(struct event_stamp){ 8, 1404209100000000LL }, EVENT_RECORD_MAX);
	assert_memory_equal(b.p, "<30>Jul  1 11:05:00 poold[", 26);
	assert_non_null(strstr(b.p, "\"time\":\"2014-07-01T10:05:00.000000Z\""));
	buf_free(&b);
}

static void
odd_values_are_escaped_and_utf8_is_repaired(void **state)
{
	struct event ev;
	struct buf b;

	(void)state;
	event_begin(&ev, EV_SKIPPED);
	event_text(&ev, "name", ODD);
	b = record_of(&ev, 1);
	for (size_t i = 0; i < b.n; i++)
		assert_true((unsigned char)b.p[i] >= ' ' && b.p[i] != 0x7f);
	assert_true(text_is_utf8(buf_as_text(&b)));
	assert_non_null(strstr(b.p, "name=\"a\\\"b\\\\\\\\c\\]d\\\\ne\\\\x1b[31mf"));
	assert_null(strstr(b.p, "\xe2\x80\xae"));
	buf_free(&b);
}

static void
the_sequence_of_the_rfc_wraps_and_ours_does_not(void **state)
{
	struct event ev;
	struct buf b;

	(void)state;
	event_begin(&ev, EV_STATUS);
	b = record_of(&ev, 2147483647);
	assert_non_null(strstr(b.p, "[meta sequenceId=\"2147483647\"]"));
	buf_free(&b);
	b = record_of(&ev, 2147483648);
	assert_non_null(
	    strstr(b.p, "[meta sequenceId=\"1\"][poold@32473 sequence=\"2147483648\""));
	buf_free(&b);
}

static void
an_over_long_record_is_cut_and_says_which_tags(void **state)
{
	char *big = malloc(100000);
	struct event ev;
	struct buf b;

	(void)state;
	memset(big, 'x', 100000);
	event_begin(&ev, EV_FINDING);
	event_str(&ev, "condition", "BCF-FUND-001");
	event_text(&ev, "message", (struct text){ big, 100000 });
	event_text(&ev, "given", (struct text){ big, 2500 });
	b = record_of(&ev, 1);
	assert_in_range(b.n, 4000, EVENT_RECORD_MAX);
	assert_non_null(strstr(b.p, "condition=\"BCF-FUND-001\""));
	assert_non_null(strstr(b.p, " cut=\"message given\"]"));
	assert_non_null(strstr(b.p, "cut='message given'"));
	buf_free(&b);
	free(big);
}

/* As many tags as there are, every byte of them as long as escaping makes it. */
static void
fill(struct event *ev, char names[EVENT_TAGS][40], struct text value)
{
	event_begin(ev, EV_FINDING);
	for (int i = 0; i < EVENT_TAGS; i++) {
		snprintf(names[i], 40, "a_name_as_long_as_one_may_be_%03d", i);
		event_text(ev, names[i], value);
	}
}

static void
the_worst_event_still_fits(void **state)
{
	char names[EVENT_TAGS][40];
	char *worst = malloc(5000);
	struct event ev;
	struct buf b;

	(void)state;
	memset(worst, 0x1b, 5000);
	fill(&ev, names, (struct text){ worst, 5000 });
	assert_int_equal(ev.n, EVENT_TAGS);
	b = record_of(&ev, 1);
	assert_in_range(b.n, 1, EVENT_RECORD_MAX);
	assert_non_null(strstr(b.p, " cut=\""));
	buf_clear(&b);
	event_record(&b, EVENT_RFC5424, &ev, &origin, &(struct event_stamp){ 1, WHEN }, 500);
	assert_in_range(b.n, 1, 500);
	assert_non_null(strstr(b.p, "more\""));
	buf_free(&b);
	free(worst);
}

static void
a_cut_keeps_characters_whole(void **state)
{
	struct buf b = { 0 };
	struct event_tag tag = {
		.name = "x", .type = TAG_TEXT, .text = TEXT("ab\xe2\x82\xac\xe2\x82\xac")
	};

	(void)state;
	assert_true(event_value(&b, &tag, 4));
	assert_string_equal(b.p, "ab\xe2\x80\xa6");
	buf_clear(&b);
	assert_true(event_value(&b, &tag, 5));
	assert_string_equal(b.p, "ab\xe2\x82\xac\xe2\x80\xa6");
	buf_clear(&b);
	assert_false(event_value(&b, &tag, 8));
	assert_string_equal(b.p, "ab\xe2\x82\xac\xe2\x82\xac");
	buf_free(&b);
}

static void
a_tag_with_a_bad_or_used_name_is_not_added(void **state)
{
	struct event ev;
	char many[EVENT_TAGS + 3][8];

	(void)state;
	event_begin(&ev, EV_STATUS);
	event_str(&ev, "id", "ours");
	event_str(&ev, "id", "forged");
	event_str(&ev, "Upper", "x");
	event_str(&ev, "a b", "x");
	event_str(&ev, "a\"]", "x");
	event_str(&ev, "", "x");
	event_str(&ev, NULL, "x");
	event_str(&ev, "sequence", "x");
	event_str(&ev, "cut", "x");
	event_str(&ev, "a_name_longer_than_thirty_two_xxx", "x");
	assert_int_equal(ev.n, 1);
	assert_true(text_is(ev.tags[0].text, "ours"));
	for (int i = 0; i < EVENT_TAGS + 3; i++) {
		snprintf(many[i], sizeof(many[i]), "t%d", i);
		event_int(&ev, many[i], i);
	}
	assert_int_equal(ev.n, EVENT_TAGS);
}

static void
what_is_packed_is_unpacked(void **state)
{
	struct event ev, back;
	struct buf b, again;

	(void)state;
	event_begin(&ev, EV_RULEBOOK_REFUSED);
	ev.severity = 2;
	event_text(&ev, "name", ODD);
	event_text(&ev, "empty", TEXT_NONE);
	event_int(&ev, "n", INT64_MIN);
	event_money(&ev, "money", -MONEY_MAX);
	event_time(&ev, "time", 1417190700);
	b = packed(&ev);
	assert_true(event_unpack(buf_as_text(&b), &back));
	assert_int_equal(back.id, EV_RULEBOOK_REFUSED);
	assert_int_equal(back.severity, 2);
	assert_true(text_equal(back.tags[0].text, ODD));
	again = packed(&back);
	assert_true(text_equal(buf_as_text(&b), buf_as_text(&again)));
	buf_free(&b);
	buf_free(&again);
}

/* Each way of shortening or changing a packed event either fails or packs again to the same bytes. */
static void
damaged_packed_events_are_refused(void **state)
{
	struct event ev, back;
	struct buf b, again = { 0 };

	(void)state;
	event_begin(&ev, EV_STATUS);
	event_str(&ev, "region", "leeds");
	event_int(&ev, "judged", 3);
	b = packed(&ev);
	for (size_t n = 0; n < b.n; n++)
		assert_false(event_unpack((struct text){ b.p, n }, &back));
	buf_char(&b, 'x');
	assert_false(event_unpack(buf_as_text(&b), &back));
	b.n--;
	for (size_t i = 0; i < b.n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			b.p[i] = (char)(b.p[i] ^ (1 << bit));
			if (event_unpack(buf_as_text(&b), &back)) {
				buf_clear(&again);
				event_pack(&again, &back);
				assert_true(text_equal(buf_as_text(&b), buf_as_text(&again)));
			}
			b.p[i] = (char)(b.p[i] ^ (1 << bit));
		}
	}
	buf_free(&b);
	buf_free(&again);
}

static void
odd_host_names_cannot_break_the_header(void **state)
{
	struct event_origin strange = { TEXT("a b\nc"), TEXT(""), 1, 3 };
	struct event ev;
	struct buf b = { 0 };

	(void)state;
	event_begin(&ev, EV_STOP);
	event_record(
	    &b, EVENT_RFC5424, &ev, &strange, &(struct event_stamp){ 1, -1 }, EVENT_RECORD_MAX);
	assert_memory_equal(b.p, "<29>1 1969-12-31T23:59:59.999999Z abc - 1 STOP [meta ", 52);
	buf_free(&b);
}

/* --- the events of a verdict --- */

struct seen {
	uint32_t n;
	char text[8][2000];
	uint8_t severity[8];
};

static void
remember(void *arg, const struct event *ev)
{
	struct seen *seen = arg;
	struct buf b = { 0 };

	assert_true(seen->n < 8);
	buf_printf(&b, "%s ", event_table[ev->id].name);
	event_line(&b, ev);
	snprintf(seen->text[seen->n], sizeof(seen->text[0]), "%s", b.p);
	seen->severity[seen->n++] = ev->severity;
	buf_free(&b);
}

/* A record as the result packs it. */
static void
put_record(struct buf *b, enum result_record_kind kind, uint8_t severity, int n, ...)
{
	va_list ap;

	buf_char(b, (char)kind);
	buf_char(b, (char)severity);
	buf_char(b, (char)n);
	va_start(ap, n);
	for (int i = 0; i < n; i++) {
		const char *name = va_arg(ap, const char *), *value = va_arg(ap, const char *);
		buf_char(b, (char)strlen(name));
		buf_str(b, name);
		buf_char(b, (char)strlen(value));
		buf_char(b, 0);
		buf_str(b, value);
	}
	va_end(ap);
}

static const struct event_subject subject = {
	.seq = 1042,
	.id = { "01K", 3 },
	.region = { "leeds", 5 },
	.name = { "plan.json", 9 },
	.sha256 = { "ab", 2 },
	.revision = 1,
	.received = 1417190700,
};

static void
a_verdict_and_its_findings_share_id_and_count(void **state)
{
	struct buf records = { 0 };
	struct result result = { .outcome = NON_COMPLIANT,
		.n_records = 3,
		.headline = TEXT("Needs 1 correction."),
		.at_stake = TEXT("1000.00") };
	struct seen seen = { 0 };

	(void)state;
	put_record(&records, RECORD_VERDICT, 0, 1, "passed", "55");
	put_record(&records, RECORD_FINDING, 4, 1, "condition", "BCF-FUND-001");
	put_record(&records, RECORD_DETERMINATION, 6, 2, "name", "payment", "of", "03L");
	result.records = buf_as_text(&records);
	event_each_of_result(&subject, &result, remember, &seen);
	assert_int_equal(seen.n, 3);
	assert_non_null(strstr(seen.text[0],
	    "VERDICT A return was judged; id='01K', revision='1',"
	    " seq='1042', n='1', of='3', region='leeds',"
	    " name='plan.json', outcome='non-compliant'"));
	assert_non_null(strstr(seen.text[0], "passed='55'"));
	assert_non_null(strstr(seen.text[1], "id='01K'"));
	assert_non_null(strstr(seen.text[1], "n='2', of='3'"));
	assert_non_null(strstr(seen.text[2], "figure='payment', figure_of='03L'"));
	assert_int_equal(seen.severity[0], 4);
	buf_free(&records);
}

static void
an_evaluator_cannot_forge_what_the_keeper_says(void **state)
{
	struct buf records = { 0 };
	struct result result = { .outcome = UNDETERMINED, .n_records = 3 };
	struct seen seen = { 0 };

	(void)state;
	put_record(
	    &records, RECORD_FINDING, 0, 3, "id", "forged", "region", "york", "seq", "1");
	put_record(&records, RECORD_VERDICT, 7, 2, "outcome", "compliant", "id", "forged");
	put_record(&records, RECORD_VERDICT, 7, 1, "outcome", "compliant");
	result.records = buf_as_text(&records);
	event_each_of_result(&subject, &result, remember, &seen);
	assert_int_equal(seen.n, 2);
	assert_non_null(strstr(seen.text[0], "outcome='undetermined'"));
	assert_int_equal(seen.severity[0], 3);
	for (uint32_t i = 0; i < seen.n; i++) {
		assert_null(strstr(seen.text[i], "forged"));
		assert_null(strstr(seen.text[i], "york"));
		assert_true(seen.severity[i] >= 3);
	}
	buf_free(&records);
}

static void
the_severity_of_a_verdict_follows_its_outcome(void **state)
{
	static const uint8_t wanted[OUTCOMES] = { 4, 4, 3, 5, 6 };

	(void)state;
	for (int i = 0; i < OUTCOMES; i++) {
		struct result result = { .outcome = (enum outcome)i };
		struct seen seen = { 0 };

		event_each_of_result(&subject, &result, remember, &seen);
		assert_int_equal(seen.n, 1);
		assert_int_equal(seen.severity[0], wanted[i]);
	}
}

/* Last: libevtlog cannot be unloaded. */
static void
libevtlog_and_we_write_the_same_line(void **state)
{
	struct event ev[3];
	struct buf ours[3] = { 0 }, theirs = { 0 };

	(void)state;
	event_begin(&ev[0], EV_STOP);
	event_begin(&ev[1], EV_SKIPPED);
	event_text(&ev[1], "name", ODD);
	event_str(&ev[1], "empty", "");
	event_int(&ev[1], "n", -5);
	event_money(&ev[1], "at_stake", 5);
	event_begin(&ev[2], EV_REGION);
	event_str(&ev[2], "what", "it's \\ 'quoted'; tab\there \xe2\x80\x8b caf\xc3\xa9");
	for (int i = 0; i < 3; i++)
		event_line(&ours[i], &ev[i]);
	if (!event_use_evtlog()) {
		print_message("libevtlog is not installed: nothing to compare with\n");
		fail();
	}
	for (int i = 0; i < 3; i++) {
		buf_clear(&theirs);
		event_line(&theirs, &ev[i]);
		assert_string_equal(theirs.p, ours[i].p);
		buf_clear(&theirs);
		event_line_cut(&theirs, &ev[i], 20, TEXT("name what"));
		assert_non_null(strstr(theirs.p, "cut='name what'"));
		buf_free(&ours[i]);
	}
	buf_free(&theirs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event_has_a_name_a_severity_and_a_meaning),
		cmocka_unit_test(the_manual_lists_exactly_these_events_and_tags),
		cmocka_unit_test(a_record_has_header_structured_data_and_line),
		cmocka_unit_test(a_plain_log_gets_a_bsd_header_and_json),
		cmocka_unit_test(odd_values_are_escaped_and_utf8_is_repaired),
		cmocka_unit_test(the_sequence_of_the_rfc_wraps_and_ours_does_not),
		cmocka_unit_test(an_over_long_record_is_cut_and_says_which_tags),
		cmocka_unit_test(the_worst_event_still_fits),
		cmocka_unit_test(a_cut_keeps_characters_whole),
		cmocka_unit_test(a_tag_with_a_bad_or_used_name_is_not_added),
		cmocka_unit_test(what_is_packed_is_unpacked),
		cmocka_unit_test(damaged_packed_events_are_refused),
		cmocka_unit_test(odd_host_names_cannot_break_the_header),
		cmocka_unit_test(a_verdict_and_its_findings_share_id_and_count),
		cmocka_unit_test(an_evaluator_cannot_forge_what_the_keeper_says),
		cmocka_unit_test(the_severity_of_a_verdict_follows_its_outcome),
		cmocka_unit_test(libevtlog_and_we_write_the_same_line),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
