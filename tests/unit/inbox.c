/* Inboxes: what is taken, when, under which name, and what is left where it is. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/inbox.h"

#define SETTLE   120
#define RESCAN   5000
#define PATIENCE 700
#define POLL     200

static char root[] = "/tmp/inbox-XXXXXX";
static struct event_base *base;
static struct inbox *inbox;

static struct {
	int64_t seq;
	char name[300];
	bool still_changing, again;
	unsigned rooted, claimed, skipped, regions, troubles;
	char why[300], skipped_name[300], trouble[500];
	bool no_room, busy;
} seen;

static int64_t
next_seq(void *arg)
{
	(void)arg;
	return ++seen.seq;
}

static instant
now(void *arg)
{
	(void)arg;
	return 1417190700;
}

static bool
room(void *arg, const struct region *r)
{
	(void)arg;
	(void)r;
	return !seen.no_room;
}

static void
claimed(void *arg, const struct claim_found *f)
{
	(void)arg;
	seen.claimed++;
	(void)snprintf(seen.name, sizeof(seen.name), "%.*s", TEXT_ARG(f->name));
	seen.still_changing = f->still_changing;
	seen.again = f->again;
}

static void
skipped(void *arg, const struct region *r, const struct entry *e)
{
	(void)arg;
	(void)r;
	seen.skipped++;
	(void)snprintf(seen.why, sizeof(seen.why), "%s", e->why != NULL ? e->why : "");
	(void)snprintf(seen.skipped_name, sizeof(seen.skipped_name), "%s", e->name.p);
}

static void
region_told(void *arg, const struct region *r, const char *what, bool good)
{
	(void)arg;
	(void)r;
	if (good)
		seen.regions++;
	else {
		seen.troubles++;
		(void)snprintf(seen.trouble, sizeof(seen.trouble), "%s", what);
	}
}

static bool
busy(void *arg, const struct region *r, bool patient)
{
	(void)arg;
	(void)patient;
	(void)r;
	return seen.busy;
}

static void
rooted(void *arg)
{
	(void)arg;
	seen.rooted++;
}

static void
overflow(void *arg)
{
	(void)arg;
}

static const struct inbox_calls calls = { next_seq, now, room, claimed, skipped, region_told,
	busy, rooted, overflow };

static const char *
at(const char *name)
{
	static char path[4][600];
	static unsigned i;

	i = (i + 1) % 4;
	(void)snprintf(path[i], sizeof(path[i]), "%s/%s", root, name);
	return path[i];
}

static void
put(const char *name, const char *bytes)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	(void)close(fd);
}

static void
run_for(int ms)
{
	struct timeval t = { ms / 1000, (ms % 1000) * 1000 };

	(void)event_base_loopexit(base, &t);
	(void)event_base_dispatch(base);
}

static int64_t
ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
watch(void)
{
	struct inbox_options o = { root, SETTLE, RESCAN, PATIENCE, POLL };
	struct buf why = { 0 };

	inbox = inbox_new(base, &o, &calls, NULL, &why);
	assert_non_null(inbox);
	run_for(20);
	buf_free(&why);
}

static int
begin(void **state)
{
	(void)state;
	(void)strcpy(root + strlen(root) - 6, "XXXXXX");
	memset(&seen, 0, sizeof(seen));
	inbox = NULL;
	base = event_base_new();
	if (mkdtemp(root) == NULL || mkdir(at("leeds"), 0700) == -1)
		return -1;
	return mkdir(at("leeds/inbox"), 0700);
}

static int
end(void **state)
{
	char command[600];

	(void)state;
	if (inbox != NULL)
		inbox_free(inbox);
	event_base_free(base);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

static void
a_file_renamed_in_is_claimed_at_once_under_its_number(void **state)
{
	(void)state;
	watch();
	put("x", "bytes");
	assert_int_equal(rename(at("x"), at("leeds/inbox/plan.json")), 0);
	run_for(30);
	assert_int_equal(seen.claimed, 1);
	assert_string_equal(seen.name, "plan.json");
	assert_int_equal(access(at("leeds/inbox/plan.json"), F_OK), -1);
	assert_int_equal(access(at("leeds/.poold/1"), F_OK), 0);
	assert_int_equal(access(at("leeds/.poold/names"), F_OK), 0);
}

static void
a_file_that_was_closed_is_claimed_at_once(void **state)
{
	(void)state;
	watch();
	put("leeds/inbox/plan.json", "bytes");
	run_for(30);
	assert_int_equal(seen.claimed, 1);
}

static void
a_file_with_another_writer_left_is_not(void **state)
{
	int fd;

	(void)state;
	watch();
	fd = open(at("leeds/inbox/plan.json"), O_WRONLY | O_CREAT, 0600);
	put("leeds/inbox/plan.json", "half"); /* closes, but fd goes on */
	run_for(SETTLE * 2);
	assert_int_equal(seen.claimed, 0);
	assert_int_equal(write(fd, "whole", 5), 5);
	(void)close(fd);
	run_for(50);
	assert_int_equal(seen.claimed, 1);
}

static void
a_file_hard_linked_in_settles_first(void **state)
{
	(void)state;
	watch();
	put("x", "bytes");
	assert_int_equal(link(at("x"), at("leeds/inbox/plan.json")), 0);
	run_for(30);
	assert_int_equal(seen.claimed, 0);
	run_for(SETTLE * 2);
	assert_int_equal(seen.claimed, 1);
}

static void
a_file_that_keeps_changing_is_taken_when_patience_ends(void **state)
{
	int64_t begun;
	int fd, i;

	(void)state;
	watch();
	fd = open(at("leeds/inbox/log.json"), O_WRONLY | O_CREAT, 0600);
	begun = ms();
	for (i = 0; i < 14 && seen.claimed == 0; i++) {
		assert_int_equal(write(fd, "x", 1), 1);
		run_for(60);
		if (ms() - begun < PATIENCE)
			assert_int_equal(seen.claimed, 0);
	}
	run_for(200);
	(void)close(fd);
	assert_int_equal(seen.claimed, 1);
	assert_true(seen.still_changing);
}

static void
what_lay_there_before_the_start_is_found(void **state)
{
	(void)state;
	put("leeds/inbox/a.json", "a");
	put("leeds/inbox/b.json", "b");
	watch();
	run_for(SETTLE * 3);
	assert_int_equal(seen.claimed, 2);
}

static void
a_region_made_and_filled_while_watching_is_found(void **state)
{
	(void)state;
	watch();
	assert_int_equal(mkdir(at("york"), 0700), 0);
	assert_int_equal(mkdir(at("york/inbox"), 0700), 0);
	put("york/inbox/plan.json", "x");
	run_for(SETTLE * 3);
	assert_int_equal(seen.regions, 2);
	assert_int_equal(seen.claimed, 1);
}

static void
a_folder_of_files_moved_in_as_a_region_is_found(void **state)
{
	(void)state;
	watch();
	assert_int_equal(mkdir(at(".new"), 0700), 0);
	assert_int_equal(mkdir(at(".new/inbox"), 0700), 0);
	put(".new/inbox/plan.json", "x");
	assert_int_equal(rename(at(".new"), at("york")), 0);
	run_for(SETTLE * 3);
	assert_int_equal(seen.claimed, 1);
}

static void
an_inbox_that_was_replaced_is_watched_again(void **state)
{
	(void)state;
	watch();
	assert_int_equal(rename(at("leeds/inbox"), at("leeds/old")), 0);
	assert_int_equal(mkdir(at("leeds/inbox"), 0700), 0);
	run_for(30);
	put("leeds/inbox/plan.json", "x");
	run_for(SETTLE * 3);
	assert_int_equal(seen.claimed, 1);
	/* and the old one is nobody's */
	put("leeds/old/other.json", "x");
	run_for(SETTLE * 2);
	assert_int_equal(seen.claimed, 1);
}

static void
half_written_and_system_files_are_ignored(void **state)
{
	static const char *const names[] = { ".hidden", "a.json.part", "a.tmp", "~$plan.xlsx",
		".~lock.plan.ods#", "a.filepart", "a.crdownload", "a~", "Thumbs.db",
		"desktop.ini", ".DS_Store", ".nfs00001", ".smbdeleteAAA", "4913", ".#plan" };
	size_t i;
	char name[64];

	(void)state;
	watch();
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(name, sizeof(name), "leeds/inbox/%s", names[i]);
		put(name, "x");
	}
	run_for(SETTLE * 2);
	assert_int_equal(seen.claimed, 0);
	assert_int_equal(seen.skipped, 0);
	assert_false(inbox_ignores(TEXT("plan.json")));
}

static unsigned
left_behind(void)
{
	return TAILQ_FIRST(inbox_regions(inbox))->by_kind[ENTRY_SKIPPED];
}

static void
a_symbolic_link_is_left_and_told_once(void **state)
{
	(void)state;
	watch();
	assert_int_equal(symlink("/etc/passwd", at("leeds/inbox/plan.json")), 0);
	run_for(30);
	inbox_scan(inbox);
	inbox_scan(inbox);
	assert_int_equal(seen.skipped, 1);
	assert_non_null(strstr(seen.why, "symbolic link"));
	assert_int_equal(seen.claimed, 0);
	assert_int_equal(left_behind(), 1);
	/* gone: no longer told of; a file in its place is taken */
	assert_int_equal(unlink(at("leeds/inbox/plan.json")), 0);
	put("leeds/inbox/plan.json", "x");
	run_for(SETTLE * 3);
	assert_int_equal(seen.claimed, 1);
	assert_int_equal(left_behind(), 0);
}

static void
a_pipe_and_a_folder_are_left_and_block_nothing(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(at("leeds/inbox/pipe"), 0600), 0);
	assert_int_equal(mkdir(at("leeds/inbox/folder"), 0700), 0);
	watch();
	put("leeds/inbox/plan.json", "x");
	run_for(SETTLE * 2);
	assert_int_equal(seen.skipped, 2);
	assert_int_equal(seen.claimed, 1);
	assert_int_equal(access(at("leeds/inbox/pipe"), F_OK), 0);
	assert_int_equal(access(at("leeds/inbox/folder"), F_OK), 0);
}

static void
an_inbox_that_is_a_link_is_trouble_and_not_followed(void **state)
{
	(void)state;
	assert_int_equal(rmdir(at("leeds/inbox")), 0);
	assert_int_equal(mkdir(at(".elsewhere"), 0700), 0);
	put(".elsewhere/plan.json", "x");
	assert_int_equal(symlink("../.elsewhere", at("leeds/inbox")), 0);
	watch();
	run_for(SETTLE * 2);
	assert_int_equal(seen.claimed, 0);
	assert_int_equal(seen.troubles, 1);
	assert_non_null(strstr(seen.trouble, "leeds/inbox"));
}

static void
a_region_that_is_a_link_is_no_region(void **state)
{
	(void)state;
	assert_int_equal(symlink("leeds", at("york")), 0);
	put("leeds/inbox/plan.json", "x");
	watch();
	run_for(SETTLE * 3);
	assert_int_equal(seen.claimed, 1);
	assert_int_equal(seen.regions, 1);
}

static void
any_bytes_can_be_a_name(void **state)
{
	static const char *const names[] = { "a\nb.json", "\033[31m.json", "<script>.json",
		"\xff\xfe.json", "a;rm -rf .json" };
	char name[400], longest[256];
	size_t i;

	(void)state;
	watch();
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(name, sizeof(name), "leeds/inbox/%s", names[i]);
		put(name, "x");
		run_for(30);
		assert_int_equal(seen.claimed, i + 1);
		assert_string_equal(seen.name, names[i]);
	}
	memset(longest, 'n', 255);
	longest[255] = '\0';
	(void)snprintf(name, sizeof(name), "leeds/inbox/%s", longest);
	put(name, "x");
	run_for(30);
	assert_string_equal(seen.name, longest);
}

static void
a_claim_of_an_earlier_version_is_found_with_its_name(void **state)
{
	(void)state;
	assert_int_equal(mkdir(at("leeds/.poold"), 0700), 0);
	put("leeds/.poold/17", "x");
	assert_int_equal(symlink("plan\n.json", at("leeds/.poold/17.name")), 0);
	/* a rename that never happened */
	assert_int_equal(symlink("other.json", at("leeds/.poold/18.name")), 0);
	watch();
	assert_int_equal(seen.claimed, 1);
	assert_true(seen.again);
	assert_string_equal(seen.name, "plan\n.json");
	assert_int_equal(
	    faccessat(AT_FDCWD, at("leeds/.poold/17.name"), F_OK, AT_SYMLINK_NOFOLLOW), -1);
	assert_int_equal(
	    faccessat(AT_FDCWD, at("leeds/.poold/18.name"), F_OK, AT_SYMLINK_NOFOLLOW), -1);
}

static void
without_room_files_stay_and_are_taken_later(void **state)
{
	(void)state;
	watch();
	seen.no_room = true;
	put("leeds/inbox/a.json", "x");
	put("leeds/inbox/b.json", "x");
	run_for(SETTLE * 2);
	assert_int_equal(seen.claimed, 0);
	assert_int_equal(access(at("leeds/inbox/a.json"), F_OK), 0);
	seen.no_room = false;
	inbox_resume(inbox_region(inbox, TEXT("leeds")));
	run_for(SETTLE * 2);
	assert_int_equal(seen.claimed, 2);
}

static void
a_missing_root_is_said(void **state)
{
	struct inbox_options o = { "/nonexistent/root", SETTLE, RESCAN, PATIENCE, POLL };
	struct buf why = { 0 };

	(void)state;
	assert_null(inbox_new(base, &o, &calls, NULL, &why));
	assert_non_null(strstr(why.p, "/nonexistent/root"));
	buf_free(&why);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_file_renamed_in_is_claimed_at_once_under_its_number),
		T(a_file_that_was_closed_is_claimed_at_once),
		T(a_file_with_another_writer_left_is_not),
		T(a_file_hard_linked_in_settles_first),
		T(a_file_that_keeps_changing_is_taken_when_patience_ends),
		T(what_lay_there_before_the_start_is_found),
		T(a_region_made_and_filled_while_watching_is_found),
		T(a_folder_of_files_moved_in_as_a_region_is_found),
		T(an_inbox_that_was_replaced_is_watched_again),
		T(half_written_and_system_files_are_ignored),
		T(a_symbolic_link_is_left_and_told_once),
		T(a_pipe_and_a_folder_are_left_and_block_nothing),
		T(an_inbox_that_is_a_link_is_trouble_and_not_followed),
		T(a_region_that_is_a_link_is_no_region), T(any_bytes_can_be_a_name),
		T(a_claim_of_an_earlier_version_is_found_with_its_name),
		T(without_room_files_stay_and_are_taken_later), T(a_missing_root_is_said)
	};

	return cmocka_run_group_tests_name("inbox", tests, NULL, NULL);
}
