/*
 * Publishing: names that others chose, folders that others own, doing it again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/publish.h"

#define NOBODY 65534

/* A ledger, and a root with a folder a region. */
struct fixture {
	char dir[64];
	int descriptors; /* open before the test */
	struct ledger *l;
	struct publisher *p;
	struct {
		char name[16];
		int fd;
	} regions[4];
};

static int
region_dir(void *arg, struct text region)
{
	struct fixture *f = arg;

	for (int i = 0; i < 4; i++) {
		if (f->regions[i].name[0] != '\0' && text_is(region, f->regions[i].name))
			return fcntl(f->regions[i].fd, F_DUPFD_CLOEXEC, 5);
	}
	return -1;
}

static void
make_region(struct fixture *f, int i, const char *name)
{
	char path[200];

	snprintf(f->regions[i].name, sizeof(f->regions[i].name), "%s", name);
	snprintf(path, sizeof(path), "%s/%s/.poold", f->dir, name);
	*strrchr(path, '/') = '\0';
	assert_true(mkdir(path, 0770) == 0 || errno == EEXIST);
	assert_int_equal(chmod(path, 02770), 0);
	strcat(path, "/.poold");
	assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
	*strrchr(path, '/') = '\0';
	f->regions[i].fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(f->regions[i].fd, -1);
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
	for (int i = 0; i < 4; i++)
		f->regions[i].fd = -1;
	if (mkdtemp(f->dir) == NULL || (f->l = ledger_open(f->dir, why, sizeof(why))) == NULL)
		return -1;
	make_region(f, 0, "leeds");
	make_region(f, 1, "york");
	f->p = publisher_new(region_dir, f);
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
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
	for (int i = 0; i < 4; i++) {
		if (f->regions[i].fd != -1)
			close(f->regions[i].fd);
	}
	if (open_descriptors() != f->descriptors) {
		print_error("a descriptor that publishing was lent is still open\n");
		return -1;
	}
	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
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
	if (!ledger_begin(f->l) || !ledger_record(f->l, &a, &v) || !ledger_commit(f->l))
		fail_msg("%s", ledger_error(f->l));
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
	assert_int_equal(publish_some(f->p, f->l, 50), 2);
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
	assert_int_equal(publish_some(f->p, f->l, 50), 0);
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
	snprintf(path, sizeof(path), "%s/leeds/.poold/1.name", f->dir);
	assert_int_equal(symlink("p.json", path), 0);
	assert_int_equal(publish_some(f->p, f->l, 50), 1);
	assert_false(exists(f, "leeds/.poold/1"));
	assert_false(exists(f, "leeds/.poold/1.name"));
	assert_string_equal(content(f, "precious"), "keep me");
	/* A claim that is itself a link: the link goes. */
	record(f, (struct sample){ "leeds", "q.json", "x", QUERIED, 1, false, 0 });
	snprintf(path, sizeof(path), "%s/leeds/.poold/2", f->dir);
	assert_int_equal(symlink(f->dir, path), 0);
	assert_int_equal(publish_some(f->p, f->l, 50), 1);
	assert_false(exists(f, "leeds/.poold/2"));
	assert_true(exists(f, "leeds/queried"));
}

static void
publishing_again_overwrites_only_itself(void **state)
{
	struct fixture *f = *state;

	record(f, (struct sample){ "leeds", "plan.json", "mine", COMPLIANT, 1, false, 0 });
	assert_int_equal(publish_some(f->p, f->l, 50), 1);
	put(f, "leeds/compliant/plan~1.verdict.html", "half writ");
	put(f, "leeds/compliant/.poold-1.part", "left by a crash");
	put(f, "leeds/compliant/notes.txt", "theirs");
	record(f, (struct sample){ "leeds", "plan.json", "mine", COMPLIANT, 2, false, 1 });
	assert_int_equal(publish_some(f->p, f->l, 50), 1);
	assert_string_equal(content(f, "leeds/compliant/plan~1.verdict.html"), "<p>html");
	assert_string_equal(content(f, "leeds/compliant/notes.txt"), "theirs");
	assert_false(exists(f, "leeds/compliant/.poold-1.part"));
}

static void
a_verdict_judged_again_moves_to_its_new_folder(void **state)
{
	struct fixture *f = *state;

	record(f, (struct sample){ "leeds", "plan.json", "x", UNDETERMINED, 1, false, 0 });
	assert_int_equal(publish_some(f->p, f->l, 50), 1);
	assert_true(exists(f, "leeds/undetermined/plan~1.json"));
	record(f, (struct sample){ "leeds", "plan.json", "x", COMPLIANT, 2, false, 1 });
	assert_int_equal(publish_some(f->p, f->l, 50), 1);
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
	assert_int_equal(publish_some(f->p, f->l, 50), 1);
	assert_string_equal(content(f, "leeds/unreadable/huge~1.json"), "ten gigabytes");
	assert_false(exists(f, "leeds/.poold/1"));
	/* In a folder of its own; and again when it has been moved already. */
	snprintf(path, sizeof(path), "%s/leeds/.poold/2", f->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	put(f, "leeds/.poold/2/big.json", "big");
	record(f, (struct sample){ "leeds", "big.json", "", UNREADABLE, 1, true, 0 });
	assert_int_equal(publish_some(f->p, f->l, 50), 1);
	assert_string_equal(content(f, "leeds/unreadable/big~2.json"), "big");
	assert_false(exists(f, "leeds/.poold/2"));
	record(f, (struct sample){ "leeds", "big.json", "", QUERIED, 2, true, 2 });
	assert_int_equal(publish_some(f->p, f->l, 50), 1);
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
	assert_int_equal(publish_some(f->p, f->l, 50), -1);
	assert_non_null(strstr(publisher_error(f->p), sentence));
	snprintf(wanted, sizeof(wanted), command, f->dir, f->dir);
	if (strstr(publisher_error(f->p), wanted) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", publisher_error(f->p), wanted);
	assert_string_equal(content(f, "york/compliant/c~3.json"), "c");
	assert_int_equal(unpublished(f), 2);
	assert_int_equal(publish_some(f->p, f->l, 50), 0);
	assert_in_range(publisher_retry_ms(f->p), 1, 1000);
}

static void
check_mended(struct fixture *f)
{
	usleep(1000u * (unsigned)publisher_retry_ms(f->p) + 2000);
	assert_int_equal(publish_some(f->p, f->l, 50), 2);
	assert_int_equal(unpublished(f), 0);
	assert_int_equal(publisher_retry_ms(f->p), -1);
}

static void
a_link_in_place_of_a_folder_is_not_followed_and_the_command_is_named(void **state)
{
	struct fixture *f = *state;
	char link[200], command[1000], *p;

	snprintf(link, sizeof(link), "%s/leeds/compliant", f->dir);
	assert_int_equal(symlink("/tmp", link), 0);
	check_trouble(f, "a link or a file stands where the folder has to be",
	    "mv -T '%s/leeds/compliant' '%s/leeds/compliant'.moved");
	assert_true(access("/tmp/a~1.json", F_OK) == -1);
	/* The command as it stands mends it. */
	usleep(1000u * (unsigned)publisher_retry_ms(f->p) + 2000);
	assert_int_equal(publish_some(f->p, f->l, 50), -1);
	snprintf(command, sizeof(command), "%s", strstr(publisher_error(f->p), "mv -T"));
	p = strstr(command, " ;");
	assert_non_null(p);
	*p = '\0';
	assert_int_equal(system(command), 0);
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

	close(f->regions[0].fd);
	f->regions[0].fd = -1;
	f->regions[0].name[0] = '\0';
	check_trouble(f, "The folder of region leeds is not there", "");
	make_region(f, 0, "leeds");
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
	assert_int_equal(publish_some(f->p, f->l, 10), -1);
	assert_true(exists(f, "york/compliant/c~301.json"));
	record(f, (struct sample){ "york", "d.json", "d", COMPLIANT, 1, false, 0 });
	assert_int_equal(publish_some(f->p, f->l, 10), 1);
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
	assert_int_equal(setegid(NOBODY), 0);
	assert_int_equal(seteuid(NOBODY), 0);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
		TEST(many_verdicts_of_a_region_in_trouble_hold_nobody_up),
		TEST(a_folder_without_permission_is_said),
	};

	return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
