/*
 * Publishing: names that others chose, folders that others own, doing it again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/publish_private.h"
#include "tests/unit/folder_help.h"

#define NOBODY 65534

/* A ledger, and a root with a folder a region. */
struct fixture {
	char dir[64];
	int descriptors; /* open before the test */
	struct event_base *base;
	struct ledger *l;
	struct publisher *p;
	bool changed;
};

static void
on_changed(void *arg)
{
	struct fixture *f = arg;

	f->changed = true;
}

static void
start_publisher(struct fixture *f, size_t keep)
{
	static const struct publisher_calls calls = { on_changed, NULL };
	struct publisher_options o = { .root = f->dir, .state = f->dir, .keep = keep };
	struct buf why = { 0 };

	publisher_free(f->p);
	f->p = publisher_new(f->base, &o, &calls, f, &why);
	if (f->p == NULL)
		fail_msg("%s", why.p);
}

static bool
in_hand(const struct fixture *f)
{
	struct publisher_state s;

	publisher_look(f->p, &s);
	return s.in_hand > 0;
}

/*
 * What the keeper does: send, wait, mark, until nothing more can be done now.  How many were published;
 * -1: something is in trouble that was not, or is in trouble again.
 */
static int
publish_all(struct fixture *f)
{
	const int64_t *rows;
	int published = 0, retry = publisher_retry_ms(f->p);
	size_t n;

	do {
		publisher_send(f->p, f->l);
		while (in_hand(f))
			assert_int_equal(event_base_loop(f->base, EVLOOP_ONCE), 0);
		n = publisher_done(f->p, &rows);
		if (!ledger_mark_published(f->l, rows, n))
			fail_msg("%s", ledger_error(f->l));
		publisher_marked(f->p, n);
		published += (int)n;
		publisher_send(f->p, f->l);
	} while (in_hand(f));
	return publisher_retry_ms(f->p) > retry && retry <= 0 ? -1 : published;
}

static void
make_region(struct fixture *f, const char *name)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s/.poold", f->dir, name);
	*strrchr(path, '/') = '\0';
	assert_true(mkdir(path, 0770) == 0 || errno == EEXIST);
	assert_int_equal(chmod(path, 02770), 0);
	strcat(path, "/.poold");
	assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
}

static int
open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char why[1024];

	f->descriptors = open_descriptors();

	snprintf(f->dir, sizeof(f->dir), "/tmp/poold-publish-XXXXXX");
	*state = f;
	f->base = event_base_new();
	if (mkdtemp(f->dir) == NULL || (f->l = ledger_open(f->dir, why, sizeof(why))) == NULL)
		return -1;
	make_region(f, "leeds");
	make_region(f, "york");
	start_publisher(f, 0);
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	/* Root again, after the test that gave it up; nothing for anybody else. */
	if (seteuid(getuid()) == -1 || setegid(getgid()) == -1)
		return -1;
	publisher_free(f->p);
	ledger_close(f->l);
	event_base_free(f->base);
	if (open_descriptors() != f->descriptors) {
		print_error("a descriptor that publishing was lent is still open\n");
		return -1;
	}
	remove_folder(f->dir);
	free(f);
	return 0;
}

struct sample {
	const char *region, *name, *bytes;
	enum outcome outcome;
	uint32_t revision;
	bool not_kept;
	int64_t seq;
};

/* As the keeper does, of what it records. */
static void
give(struct fixture *f, const struct arrival *a, const struct record_verdict *v)
{
	struct unpublished u = { .row = ledger_row(f->l),
		.seq = a->seq,
		.revision = v->revision,
		.region = a->region,
		.name = a->name,
		.outcome = v->result->outcome,
		.bytes = a->kept ? a->bytes : TEXT_NONE,
		.json = v->result->json,
		.html = v->result->html,
		.kept = a->kept };

	publisher_recorded(f->p, &u);
}

static int64_t
record(struct fixture *f, struct sample s)
{
	static int n;
	char id[32];
	struct result result = { .outcome = s.outcome,
		.headline = TEXT("h"),
		.at_stake = TEXT("0.00"),
		.json = TEXT("{\"json\": true}"),
		.html = TEXT("<p>html") };
	int64_t seq = s.seq != 0 ? s.seq : ledger_next_seq(f->l);
	struct arrival a = { .seq = seq,
		.region = text_of(s.region),
		.name = text_of(s.name),
		.sha256 = TEXT("00"),
		.bytes = text_of(s.bytes),
		.kept = !s.not_kept };
	struct record_verdict v = { .revision = s.revision, .result = &result };

	snprintf(id, sizeof(id), "01KPUBLISH%d", n++);
	v.id = text_of(id);
	if (v.revision == 0)
		v.revision = 1;
	if (!ledger_begin(f->l) || !ledger_record(f->l, &a, &v))
		fail_msg("%s", ledger_error(f->l));
	give(f, &a, &v);
	if (!ledger_commit(f->l))
		fail_msg("%s", ledger_error(f->l));
	publisher_committed(f->p);
	return seq;
}

static const char *
content(struct fixture *f, const char *path)
{
	static char bytes[300];
	char whole[600];
	FILE *file;
	size_t n;

	snprintf(whole, sizeof(whole), "%s/%s", f->dir, path);
	if ((file = fopen(whole, "r")) == NULL)
		return "(missing)";
	n = fread(bytes, 1, sizeof(bytes) - 1, file);
	bytes[n] = '\0';
	fclose(file);
	return bytes;
}

static void
put(struct fixture *f, const char *path, const char *bytes)
{
	char whole[600];
	FILE *file;

	snprintf(whole, sizeof(whole), "%s/%s", f->dir, path);
	file = fopen(whole, "w");
	assert_non_null(file);
	fputs(bytes, file);
	fclose(file);
}

static bool
exists(struct fixture *f, const char *path)
{
	char whole[600];
	struct stat st;

	snprintf(whole, sizeof(whole), "%s/%s", f->dir, path);
	return lstat(whole, &st) == 0;
}

static uint64_t
unpublished(struct fixture *f)
{
	struct ledger_counts counts;

	assert_true(ledger_count(f->l, &counts));
	return counts.unpublished;
}

/* --- names --- */

static void
check_names_of(struct text name, const char *original, const char *html)
{
	struct buf o = { 0 }, h = { 0 }, j = { 0 };

	publish_names(name, 1042, &o, &h, &j);
	assert_string_equal(o.p, original);
	assert_string_equal(h.p, html);
	assert_string_equal(j.p + j.n - 13, ".verdict.json");
	buf_free(&o);
	buf_free(&h);
	buf_free(&j);
}

#define check_names(literal, original, html) check_names_of(TEXT(literal), original, html)

static void
names_keep_stem_and_extension(void **state)
{
	(void)state;
	check_names("plan.xlsx", "plan~1042.xlsx", "plan~1042.verdict.html");
	check_names("plan", "plan~1042", "plan~1042.verdict.html");
	check_names("plan.v2.json", "plan.v2~1042.json", "plan.v2~1042.verdict.html");
	check_names("a b (1).csv", "a b (1)~1042.csv", "a b (1)~1042.verdict.html");
	check_names(
	    "caf\xc3\xa9.json", "caf\xc3\xa9~1042.json", "caf\xc3\xa9~1042.verdict.html");
	check_names("plan.", "plan.~1042", "plan.~1042.verdict.html");
	check_names("v1.final version of the plan", "v1.final version of the plan~1042",
	    "v1.final version of the plan~1042.verdict.html");
}

static void
what_may_not_stand_in_a_name_is_written_out(void **state)
{
	(void)state;
	check_names("a\nb.json", "a%0Ab~1042.json", "a%0Ab~1042.verdict.html");
	check_names("a\x1b[31m.csv", "a%1B[31m~1042.csv", "a%1B[31m~1042.verdict.html");
	check_names("..", "%2E.~1042", "%2E.~1042.verdict.html");
	check_names(".", "%2E~1042", "%2E~1042.verdict.html");
	check_names(".bashrc", "%2Ebashrc~1042", "%2Ebashrc~1042.verdict.html");
	check_names(
	    "../../x.json", "%2E.%2F..%2Fx~1042.json", "%2E.%2F..%2Fx~1042.verdict.html");
	check_names("\xff\xfe.json", "%FF%FE~1042.json", "%FF%FE~1042.verdict.html");
	check_names("a\xe2\x80\xaexslx.exe", "a%E2%80%AExslx~1042.exe",
	    "a%E2%80%AExslx~1042.verdict.html");
	check_names("a\0b", "a%00b~1042", "a%00b~1042.verdict.html");
	check_names("x.j/s", "x~1042.j%2Fs", "x~1042.verdict.html");
	check_names("", "unnamed~1042", "unnamed~1042.verdict.html");
	check_names("<script>.csv", "<script>~1042.csv", "<script>~1042.verdict.html");
	check_names("\xc2\x85\xc3.csv", "%C2%85%C3~1042.csv", "%C2%85%C3~1042.verdict.html");
}

static void
the_longest_names_fit_and_are_cut_between_characters(void **state)
{
	static const char *const pieces[] = { "x", "\xc3\xa9", "\n", "\xff",
		"\xf0\x9f\x98\x80" };
	struct buf o = { 0 }, h = { 0 }, j = { 0 }, name = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		buf_clear(&name);
		while (name.n + strlen(pieces[i]) <= 250)
			buf_str(&name, pieces[i]);
		buf_str(&name, ".json");
		buf_clear(&o);
		buf_clear(&h);
		buf_clear(&j);
		publish_names(buf_as_text(&name), INT64_MAX, &o, &h, &j);
		assert_in_range(h.n, 250, 255);
		assert_in_range(o.n, 200, 255);
		assert_true(text_is_utf8(buf_as_text(&h)));
		assert_non_null(strstr(o.p, "~9223372036854775807.json"));
		assert_null(strstr(o.p, "%~"));
	}
	buf_free(&o);
	buf_free(&h);
	buf_free(&j);
	buf_free(&name);
}

/* --- files --- */

static void
original_and_reports_are_published_and_the_claim_goes(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	char path[200];

	record(
	    f, (struct sample){ "leeds", "plan.json", "{\"a\": 1}", COMPLIANT, 1, false, 0 });
	record(f, (struct sample){ "york", "plan.csv", "a,b", NON_COMPLIANT, 1, false, 0 });
	put(f, "leeds/.poold/1", "{\"a\": 1}");
	assert_int_equal(publish_all(f), 2);
	assert_string_equal(content(f, "leeds/compliant/plan~1.json"), "{\"a\": 1}");
	assert_string_equal(content(f, "leeds/compliant/plan~1.verdict.html"), "<p>html");
	assert_string_equal(
	    content(f, "leeds/compliant/plan~1.verdict.json"), "{\"json\": true}");
	assert_string_equal(content(f, "york/non-compliant/plan~2.csv"), "a,b");
	assert_false(exists(f, "leeds/.poold/1"));
	assert_false(exists(f, "leeds/compliant/.poold-1.part"));
	assert_int_equal(unpublished(f), 0);
	snprintf(path, sizeof(path), "%s/leeds/compliant", f->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 02770);
	strcat(path, "/plan~1.json");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(publish_all(f), 0);
}

static void
both_forms_of_a_claim_are_removed_and_no_link_is_followed(void **state)
{
	struct fixture *f = *state;
	int64_t seq =
	    record(f, (struct sample){ "leeds", "p.json", "x", QUERIED, 1, false, 0 });
	char path[200], target[200];

	assert_int_equal(seq, 1);
	snprintf(path, sizeof(path), "%s/leeds/.poold/1", f->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	put(f, "leeds/.poold/1/p.json", "x");
	put(f, "precious", "keep me");
	snprintf(target, sizeof(target), "%s/precious", f->dir);
	strcat(path, "/link");
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(publish_all(f), 1);
	assert_false(exists(f, "leeds/.poold/1"));
	assert_string_equal(content(f, "precious"), "keep me");
	/* A claim that is itself a link: the link goes. */
	record(f, (struct sample){ "leeds", "q.json", "x", QUERIED, 1, false, 0 });
	snprintf(path, sizeof(path), "%s/leeds/.poold/2", f->dir);
	assert_int_equal(symlink(f->dir, path), 0);
	assert_int_equal(publish_all(f), 1);
	assert_false(exists(f, "leeds/.poold/2"));
	assert_true(exists(f, "leeds/queried"));
}

static void
publishing_again_overwrites_only_itself(void **state)
{
	struct fixture *f = *state;

	record(f, (struct sample){ "leeds", "plan.json", "mine", COMPLIANT, 1, false, 0 });
	assert_int_equal(publish_all(f), 1);
	put(f, "leeds/compliant/plan~1.verdict.html", "half writ");
	put(f, "leeds/compliant/.poold-1.part", "left by a crash");
	put(f, "leeds/compliant/notes.txt", "theirs");
	record(f, (struct sample){ "leeds", "plan.json", "mine", COMPLIANT, 2, false, 1 });
	assert_int_equal(publish_all(f), 1);
	assert_string_equal(content(f, "leeds/compliant/plan~1.verdict.html"), "<p>html");
	assert_string_equal(content(f, "leeds/compliant/notes.txt"), "theirs");
	assert_false(exists(f, "leeds/compliant/.poold-1.part"));
}

static void
a_verdict_judged_again_moves_to_its_new_folder(void **state)
{
	struct fixture *f = *state;

	record(f, (struct sample){ "leeds", "plan.json", "x", UNDETERMINED, 1, false, 0 });
	assert_int_equal(publish_all(f), 1);
	assert_true(exists(f, "leeds/undetermined/plan~1.json"));
	record(f, (struct sample){ "leeds", "plan.json", "x", COMPLIANT, 2, false, 1 });
	assert_int_equal(publish_all(f), 1);
	assert_true(exists(f, "leeds/compliant/plan~1.json"));
	assert_false(exists(f, "leeds/undetermined/plan~1.json"));
	assert_false(exists(f, "leeds/undetermined/plan~1.verdict.html"));
}

static void
an_original_that_is_not_in_the_ledger_is_moved_from_its_claim(void **state)
{
	struct fixture *f = *state;
	char path[200];

	put(f, "leeds/.poold/1", "ten gigabytes");
	record(f, (struct sample){ "leeds", "huge.json", "", UNREADABLE, 1, true, 0 });
	assert_int_equal(publish_all(f), 1);
	assert_string_equal(content(f, "leeds/unreadable/huge~1.json"), "ten gigabytes");
	assert_false(exists(f, "leeds/.poold/1"));
	/* In a folder of its own; and again when it has been moved already. */
	snprintf(path, sizeof(path), "%s/leeds/.poold/2", f->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	put(f, "leeds/.poold/2/big.json", "big");
	record(f, (struct sample){ "leeds", "big.json", "", UNREADABLE, 1, true, 0 });
	assert_int_equal(publish_all(f), 1);
	assert_string_equal(content(f, "leeds/unreadable/big~2.json"), "big");
	assert_false(exists(f, "leeds/.poold/2"));
	record(f, (struct sample){ "leeds", "big.json", "", QUERIED, 2, true, 2 });
	assert_int_equal(publish_all(f), 1);
	assert_string_equal(content(f, "leeds/queried/big~2.json"), "big");
	assert_false(exists(f, "leeds/unreadable/big~2.json"));
}

/* --- trouble --- */

/* One region's folder is spoilt; the other's verdict is published, and the first's when it is mended. */
static void
check_trouble(struct fixture *f, const char *sentence, const char *command)
{
	char wanted[300];

	record(f, (struct sample){ "leeds", "a.json", "a", COMPLIANT, 1, false, 0 });
	record(f, (struct sample){ "leeds", "b.json", "b", COMPLIANT, 1, false, 0 });
	record(f, (struct sample){ "york", "c.json", "c", COMPLIANT, 1, false, 0 });
	assert_int_equal(publish_all(f), -1);
	assert_non_null(strstr(publisher_trouble(f->p), sentence));
	snprintf(wanted, sizeof(wanted), command, f->dir, f->dir);
	if (strstr(publisher_trouble(f->p), wanted) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", publisher_trouble(f->p), wanted);
	assert_string_equal(content(f, "york/compliant/c~3.json"), "c");
	assert_int_equal(unpublished(f), 2);
	assert_int_equal(publish_all(f), 0);
	assert_in_range(publisher_retry_ms(f->p), 1, 1000);
}

static void
check_mended(struct fixture *f)
{
	usleep(1000u * (unsigned)publisher_retry_ms(f->p) + 2000);
	assert_int_equal(publish_all(f), 2);
	assert_int_equal(unpublished(f), 0);
	assert_int_equal(publisher_retry_ms(f->p), -1);
}

static void
a_link_in_place_of_a_folder_is_not_followed_and_the_command_is_named(void **state)
{
	struct fixture *f = *state;
	char link[200], command[1000];

	snprintf(link, sizeof(link), "%s/leeds/compliant", f->dir);
	assert_int_equal(symlink("/tmp", link), 0);
	check_trouble(f, "a link or a file stands where the folder has to be",
	    "mv -T '%s/leeds/compliant' '%s/leeds/compliant'.moved");
	assert_true(access("/tmp/a~1.json", F_OK) == -1);
	/* The command as it stands mends it. */
	usleep(1000u * (unsigned)publisher_retry_ms(f->p) + 2000);
	assert_int_equal(publish_all(f), -1);
	snprintf(command, sizeof(command), "%s", strstr(publisher_trouble(f->p), "mv -T"));
	assert_int_equal(system(command), 0); /* the message ends with it */
	check_mended(f);
}

static void
a_file_in_place_of_a_folder_is_said(void **state)
{
	struct fixture *f = *state;
	char path[200];

	put(f, "leeds/compliant", "a file");
	check_trouble(
	    f, "a link or a file stands where the folder has to be", "leeds/compliant'");
	snprintf(path, sizeof(path), "%s/leeds/compliant", f->dir);
	assert_int_equal(unlink(path), 0);
	check_mended(f);
}

static void
a_folder_in_place_of_a_report_is_said(void **state)
{
	struct fixture *f = *state;
	char path[200];

	snprintf(path, sizeof(path), "%s/leeds/compliant", f->dir);
	assert_int_equal(mkdir(path, 0770), 0);
	strcat(path, "/a~1.verdict.html");
	assert_int_equal(mkdir(path, 0770), 0);
	check_trouble(f, "a folder stands where the file has to be", "a~1.verdict.html'.moved");
	assert_int_equal(rmdir(path), 0);
	check_mended(f);
}

static void
a_region_that_is_gone_waits_until_it_is_back(void **state)
{
	struct fixture *f = *state;
	char from[200], to[200];

	snprintf(from, sizeof(from), "%s/leeds", f->dir);
	snprintf(to, sizeof(to), "%s/.gone", f->dir);
	assert_int_equal(rename(from, to), 0);
	check_trouble(f, "The folder of region leeds is not there", "");
	assert_int_equal(rename(to, from), 0);
	check_mended(f);
}

static void
a_link_in_place_of_a_region_is_not_followed(void **state)
{
	struct fixture *f = *state;
	char from[200], to[200];

	snprintf(from, sizeof(from), "%s/leeds", f->dir);
	snprintf(to, sizeof(to), "%s/.gone", f->dir);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(symlink(to, from), 0);
	check_trouble(f, "The folder of region leeds cannot be opened (a link", "");
	assert_false(exists(f, ".gone/compliant"));
	assert_int_equal(unlink(from), 0);
	assert_int_equal(rename(to, from), 0);
	check_mended(f);
}

static void
many_verdicts_of_a_region_in_trouble_hold_nobody_up(void **state)
{
	struct fixture *f = *state;

	put(f, "leeds/compliant", "a file");
	for (int i = 0; i < 300; i++)
		record(f, (struct sample){ "leeds", "a.json", "a", COMPLIANT, 1, false, 0 });
	record(f, (struct sample){ "york", "c.json", "c", COMPLIANT, 1, false, 0 });
	assert_int_equal(publish_all(f), -1);
	assert_true(exists(f, "york/compliant/c~301.json"));
	record(f, (struct sample){ "york", "d.json", "d", COMPLIANT, 1, false, 0 });
	assert_int_equal(publish_all(f), 1);
	assert_true(exists(f, "york/compliant/d~302.json"));
}

/* Root may write everywhere, so root becomes nobody for this one. */
static void
become_nobody(struct fixture *f)
{
	static const char *const paths[] = { "", "leeds", "leeds/.poold", "york",
		"york/.poold" };
	char path[200];

	if (geteuid() != 0)
		return;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, paths[i]);
		assert_int_equal(chown(path, NOBODY, NOBODY), 0);
	}
	publisher_free(f->p);
	f->p = NULL;
	snprintf(path, sizeof(path), "%s/publisher.lock", f->dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(setegid(NOBODY), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	start_publisher(f, 0);
}

static void
a_folder_without_permission_is_said(void **state)
{
	struct fixture *f = *state;
	char path[200];

	become_nobody(f);
	snprintf(path, sizeof(path), "%s/leeds/compliant", f->dir);
	assert_int_equal(mkdir(path, 0500), 0);
	check_trouble(
	    f, "poold may not write there", "chmod u+rwx,g+rwxs '%s/leeds/compliant'");
	assert_int_equal(chmod(path, 02770), 0);
	check_mended(f);
}

/* --- what is kept, and what is read --- */

static pid_t
publisher_pid(const struct fixture *f)
{
	struct publisher_state s;

	publisher_look(f->p, &s);
	return s.pid;
}

static uint64_t
kept(const struct fixture *f)
{
	struct publisher_state s;

	publisher_look(f->p, &s);
	return s.kept;
}

static void
what_is_kept_and_what_is_read_are_the_same_bytes(void **state)
{
	struct fixture *f = *state;
	static const char *const read[] = { "leeds/compliant/a~1.json",
		"leeds/compliant/a~1.verdict.html", "leeds/compliant/a~1.verdict.json" };
	static const char *const memory[] = { "leeds/compliant/a~2.json",
		"leeds/compliant/a~2.verdict.html", "leeds/compliant/a~2.verdict.json" };
	char one[300];

	record(f, (struct sample){ "leeds", "a.json", "same", COMPLIANT, 1, false, 0 });
	assert_int_equal(kept(f), 0); /* nothing is, before the ledger was read to its end */
	assert_int_equal(publish_all(f), 1);
	record(f, (struct sample){ "leeds", "a.json", "same", COMPLIANT, 1, false, 0 });
	assert_int_not_equal(kept(f), 0);
	assert_int_equal(publish_all(f), 1);
	assert_int_equal(kept(f), 0);
	for (size_t i = 0; i < sizeof(read) / sizeof(*read); i++) {
		snprintf(one, sizeof(one), "%s", content(f, read[i]));
		assert_string_not_equal(one, "(missing)");
		assert_string_equal(content(f, memory[i]), one);
	}
}

static void
what_is_rolled_back_is_not_published(void **state)
{
	struct fixture *f = *state;
	struct result result = { .outcome = COMPLIANT,
		.at_stake = TEXT("0.00"),
		.json = TEXT("{}"),
		.html = TEXT("") };
	struct arrival a = { .seq = ledger_next_seq(f->l),
		.region = TEXT("leeds"),
		.name = TEXT("never.json"),
		.sha256 = TEXT("00"),
		.bytes = TEXT("x"),
		.kept = true };
	struct record_verdict v = { .revision = 1, .result = &result, .id = TEXT("01KNEVER") };

	assert_int_equal(publish_all(f), 0);
	assert_true(ledger_begin(f->l) && ledger_record(f->l, &a, &v));
	give(f, &a, &v);
	ledger_rollback(f->l);
	publisher_rolled_back(f->p);
	assert_int_equal(publish_all(f), 0);
	assert_false(exists(f, "leeds/compliant"));
	record(f, (struct sample){ "leeds", "now.json", "x", COMPLIANT, 1, false, 0 });
	assert_int_equal(publish_all(f), 1);
	assert_true(exists(f, "leeds/compliant/now~2.json"));
	assert_false(exists(f, "leeds/compliant/never~1.json"));
}

static void
what_is_too_much_to_keep_is_read(void **state)
{
	struct fixture *f = *state;
	char path[64];

	start_publisher(f, 60);
	assert_int_equal(publish_all(f), 0);
	for (int i = 0; i < 20; i++)
		record(
		    f, (struct sample){ "leeds", "a.json", "bytes", COMPLIANT, 1, false, 0 });
	assert_in_range(kept(f), 1, 60);
	assert_int_equal(publish_all(f), 20);
	assert_int_equal(unpublished(f), 0);
	for (int i = 1; i <= 20; i++) {
		snprintf(path, sizeof(path), "leeds/compliant/a~%d.json", i);
		assert_string_equal(content(f, path), "bytes");
	}
	record(f, (struct sample){ "leeds", "a.json", "bytes", COMPLIANT, 1, false, 0 });
	assert_int_not_equal(kept(f), 0); /* it has caught up */
	assert_int_equal(publish_all(f), 1);
}

static void
a_publisher_that_is_killed_is_started_again_and_nothing_is_lost(void **state)
{
	struct fixture *f = *state;
	pid_t before = publisher_pid(f);

	assert_int_equal(publish_all(f), 0);
	for (int i = 0; i < 20; i++)
		record(f, (struct sample){ "leeds", "a.json", "a", COMPLIANT, 1, false, 0 });
	/* before it can answer */
	assert_int_equal(kill(before, SIGSTOP), 0);
	publisher_send(f->p, f->l);
	assert_true(in_hand(f));
	assert_int_equal(kill(before, SIGKILL), 0);
	assert_int_equal(publish_all(f), 20);
	assert_int_not_equal(publisher_pid(f), before);
	assert_int_equal(unpublished(f), 0);
	assert_string_equal(content(f, "leeds/compliant/a~20.json"), "a");
	assert_string_equal(publisher_trouble(f->p), "");
}

static void
a_later_revision_waits_for_the_one_in_trouble(void **state)
{
	struct fixture *f = *state;
	char path[200];

	assert_int_equal(publish_all(f), 0);
	put(f, "leeds/undetermined", "a file");
	record(f, (struct sample){ "leeds", "a.json", "a", UNDETERMINED, 1, false, 0 });
	assert_int_equal(publish_all(f), -1);
	record(f, (struct sample){ "leeds", "a.json", "a", COMPLIANT, 2, false, 1 });
	assert_int_equal(publish_all(f), 0);
	assert_false(exists(f, "leeds/compliant"));
	snprintf(path, sizeof(path), "%s/leeds/undetermined", f->dir);
	assert_int_equal(unlink(path), 0);
	check_mended(f);
	assert_true(exists(f, "leeds/compliant/a~1.json"));
	assert_false(exists(f, "leeds/undetermined/a~1.json"));
	/* and it is kept in memory again */
	record(f, (struct sample){ "leeds", "b.json", "b", COMPLIANT, 1, false, 0 });
	assert_int_not_equal(kept(f), 0);
	assert_int_equal(publish_all(f), 1);
}

/* The others took their time; whoever is at work when it is looked has not had it. */
static void
a_region_is_not_set_aside_for_the_time_that_others_took(void **state)
{
	struct fixture *f = *state;
	struct publisher *p = f->p;
	const struct publish_progress *real = p->progress;
	struct publish_progress at = { 0 };
	struct unpublished york = { .seq = 1, .region = TEXT("york"), .name = TEXT("a") };
	struct unpublished leeds = { .seq = 2, .region = TEXT("leeds"), .name = TEXT("b") };
	bool began = p->ready_to_work;

	assert_true(bundle_add(p, &p->hand, &york));
	assert_true(bundle_add(p, &p->hand, &leeds));
	atomic_store(&at.item, 2);
	p->progress = &at;
	p->ready_to_work = p->in_hand = true;
	p->sent = publish_now_ms() - 5500;
	publish_hung_look(p);
	assert_null(publish_find_stuck(p, TEXT("leeds")));
	p->progress = real;
	p->ready_to_work = began;
	p->in_hand = false;
	bundles_free(p, &p->hand);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_region_is_not_set_aside_for_the_time_that_others_took),
		cmocka_unit_test(names_keep_stem_and_extension),
		cmocka_unit_test(what_may_not_stand_in_a_name_is_written_out),
		cmocka_unit_test(the_longest_names_fit_and_are_cut_between_characters),
		TEST(original_and_reports_are_published_and_the_claim_goes),
		TEST(both_forms_of_a_claim_are_removed_and_no_link_is_followed),
		TEST(publishing_again_overwrites_only_itself),
		TEST(a_verdict_judged_again_moves_to_its_new_folder),
		TEST(an_original_that_is_not_in_the_ledger_is_moved_from_its_claim),
		TEST(a_link_in_place_of_a_folder_is_not_followed_and_the_command_is_named),
		TEST(a_file_in_place_of_a_folder_is_said),
		TEST(a_folder_in_place_of_a_report_is_said),
		TEST(a_region_that_is_gone_waits_until_it_is_back),
		TEST(a_link_in_place_of_a_region_is_not_followed),
		TEST(many_verdicts_of_a_region_in_trouble_hold_nobody_up),
		TEST(a_folder_without_permission_is_said),
		TEST(what_is_kept_and_what_is_read_are_the_same_bytes),
		TEST(what_is_rolled_back_is_not_published),
		TEST(what_is_too_much_to_keep_is_read),
		TEST(a_publisher_that_is_killed_is_started_again_and_nothing_is_lost),
		TEST(a_later_revision_waits_for_the_one_in_trouble),
	};

	return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
