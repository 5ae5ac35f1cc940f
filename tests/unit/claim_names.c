/* The names of claims: what a restart reads of what was recorded, cut off, spoilt or put there. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/inbox_private.h"

#define WHEN 1417190700

static char dir[] = "/tmp/names-XXXXXX";
static struct inbox inbox;
static struct region region;
static struct claim_found last; /* that was found again */
static char last_name[256];
static unsigned n_found;

static instant
now(void *arg)
{
	(void)arg;
	return 1;
}

static void
claimed(void *arg, const struct claim_found *f)
{
	(void)arg;
	last = *f;
	(void)snprintf(last_name, sizeof(last_name), "%.*s", TEXT_ARG(f->name));
	n_found++;
}

static int
begin(void **state)
{
	(void)state;
	(void)strcpy(dir + strlen(dir) - 6, "XXXXXX");
	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return -1;
	inbox = (struct inbox){ .calls = { .now = now, .claimed = claimed } };
	TAILQ_INIT(&inbox.regions);
	region = (struct region){ .inbox = &inbox, .names.fd = -1 };
	region.claims = open(dir, O_RDONLY | O_DIRECTORY);
	names_close(&region);
	TAILQ_INSERT_TAIL(&inbox.regions, &region, next);
	n_found = 0;
	return 0;
}

static int
end(void **state)
{
	char command[100];

	(void)state;
	names_close(&region);
	(void)close(region.claims);
	(void)!chdir("/");
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static bool
append(int64_t seq, const char *name, bool changing)
{
	const struct claim_found f = { .region = &region,
		.seq = seq,
		.name = text_of(name),
		.received = WHEN + seq,
		.still_changing = changing };

	return names_append(&region, &f);
}

static void
put(const char *name, const char *bytes, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	(void)close(fd);
}

static void
make_claim(int64_t seq)
{
	char name[24];

	(void)snprintf(name, sizeof(name), "%lld", (long long)seq);
	put(name, "x", 1);
}

static int64_t
size_of(const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0 ? st.st_size : -1;
}

static size_t
get(char *bytes, size_t most)
{
	int fd = open("names", O_RDONLY);
	ssize_t n = read(fd, bytes, most);

	assert_true(n >= 0);
	(void)close(fd);
	return (size_t)n;
}

/* What is known of a number by the file alone; NULL: nothing.  The caller's to free. */
static char *
known(int64_t seq, struct named *all)
{
	struct named one = { .seq = seq };
	struct named_list l = { &one, 1, 1 };
	int64_t size;

	(void)names_read(&region, &l, &size);
	if (all != NULL)
		*all = one;
	return one.name;
}

static void
assert_known(int64_t seq, const char *name)
{
	char *found = known(seq, NULL);

	if (name == NULL)
		assert_null(found);
	else
		assert_string_equal(found, name);
	free(found);
}

static void
every_byte_time_and_mark_is_known_again(void **state)
{
	char name[256];
	struct named all;
	int i, n = 0;

	(void)state;
	for (i = 1; i < 256; i++)
		if (i != '/')
			name[n++] = (char)i;
	name[n] = '\0';
	assert_true(append(1, name, false));
	memset(name, '\n', 255);
	name[255] = '\0';
	assert_true(append(123456789012, name, true));
	assert_string_equal(known(123456789012, &all), name);
	free(all.name);
	assert_true(all.still_changing);
	known(1, &all);
	assert_int_equal(all.received, WHEN + 1);
	assert_false(all.still_changing);
	assert_int_equal(strlen(all.name), 254);
	free(all.name);
	assert_known(2, NULL);
}

static void
a_later_record_of_a_number_counts(void **state)
{
	(void)state;
	assert_true(append(7, "first", false));
	assert_true(append(8, "other", false));
	assert_true(append(7, "second", true));
	assert_known(7, "second");
	assert_known(8, "other");
}

static void
what_is_cut_off_anywhere_costs_its_own_record_alone(void **state)
{
	char bytes[400];
	size_t n, first, cut;

	(void)state;
	assert_true(append(1, "one\n2 5 - two", false));
	first = get(bytes, sizeof(bytes));
	assert_true(append(2, "two", false));
	n = get(bytes, sizeof(bytes));
	for (cut = 0; cut <= n; cut++) {
		names_close(&region);
		put("names", bytes, cut);
		assert_true(append(3, "three", false));
		/* without its newline it is whole, too */
		assert_known(1, cut + 1 >= first ? "one\n2 5 - two" : NULL);
		assert_known(2, cut + 1 >= n ? "two" : NULL);
		assert_known(3, "three");
	}
}

static void
spoilt_bytes_are_no_name(void **state)
{
	char bytes[400], good[400], *found;
	size_t n, i;
	int bit;

	(void)state;
	assert_true(append(1, "one", false));
	assert_true(append(2, "two", false));
	assert_true(append(1000, "last", false));
	n = get(good, sizeof(good));
	names_close(&region);
	for (i = 0; i < n; i++)
		for (bit = 0; bit < 8; bit++) {
			memcpy(bytes, good, n);
			bytes[i] = (char)(bytes[i] ^ (1 << bit));
			put("names", bytes, n);
			for (int64_t seq = 1; seq <= 2; seq++) {
				found = known(seq, NULL);
				assert_true(found == NULL ||
				    strcmp(found, seq == 1 ? "one" : "two") == 0);
				free(found);
			}
		}
}

/* A checksum is no secret. */
static void
a_forged_record_is_a_name_or_nothing(void **state)
{
	static const char *const lines[] = { "5 1 - ../evil 1b33e3a6", "5 1 - .. 8e8a8c7f",
		"5 1 - a%00b 1", "5 1 - %zz 1", "5 99999999999999 - a 1", "-5 1 - a 1",
		"5 1 x a 1", "5 1 - 1", "5", "", " ", "5 1 - a%2fb 0" };
	char bytes[3000] = "";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		(void)strcat(bytes, lines[i]);
		(void)strcat(bytes, "\n");
	}
	memset(bytes + strlen(bytes), 'y', 2000);
	put("names", bytes, strlen(bytes));
	assert_known(5, NULL);
	assert_false(claim_is_name(TEXT("a/b")));
	assert_false(claim_is_name(TEXT("..")));
	assert_true(
	    append(5, "a/b", false)); /* as somebody could write it, with its checksum */
	assert_known(5, NULL);
	assert_true(append(6, "good", false));
	assert_known(6, "good");
}

static void
what_lies_in_its_place_is_not_written_to(void **state)
{
	(void)state;
	put("precious", "keep me", 7);
	assert_int_equal(symlink("precious", "names"), 0);
	assert_true(append(1, "one", false));
	assert_int_equal(size_of("precious"), 7);
	assert_known(1, "one");
	names_close(&region);
	(void)unlink("names");
	assert_int_equal(link("precious", "names"), 0);
	assert_known(1, NULL);
	assert_true(append(2, "two", false));
	assert_int_equal(size_of("precious"), 7);
	assert_known(2, "two");
	names_close(&region);
	(void)unlink("names");
	assert_int_equal(mkfifo("names", 0600), 0);
	assert_known(2, NULL);
	assert_true(append(3, "three", false));
	assert_known(3, "three");
	names_close(&region);
	(void)unlink("names");
	assert_int_equal(mkdir("names", 0700), 0);
	assert_known(3, NULL);
	assert_false(append(4, "four", false));
	assert_int_equal(errno, EISDIR);
}

static void
a_file_that_was_removed_or_linked_is_made_anew(void **state)
{
	(void)state;
	assert_true(append(1, "one", false));
	assert_int_equal(unlink("names"), 0);
	assert_true(append(2, "two", false));
	assert_known(2, "two");
	assert_int_equal(link("names", "theirs"), 0);
	assert_true(append(3, "three", false));
	assert_known(3, "three");
	assert_int_equal(size_of("theirs"), size_of("names") - 2);
}

static void
a_record_that_does_not_fit_refuses_and_harms_no_other(void **state)
{
	struct rlimit before, l;
	int64_t size;

	(void)state;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_true(append(1, "one", false));
	size = size_of("names");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	l = before;
	l.rlim_cur = (rlim_t)size + 9; /* half of it can be written */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
	assert_false(append(2, "two", false));
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(size_of("names"), size);
	assert_true(append(3, "three", false));
	assert_known(1, "one");
	assert_known(2, NULL);
	assert_known(3, "three");
}

static void
append_many(int64_t from, int64_t bytes)
{
	while (size_of("names") <= bytes)
		assert_true(append(from++, "a rather ordinary name for a return.xlsx", false));
}

static void
it_is_emptied_when_it_has_grown_and_no_claim_is_there(void **state)
{
	(void)state;
	append_many(1, 60000);
	inbox_tidy(&inbox);
	assert_true(size_of("names") > 60000);
	append_many(10000, 70000);
	region.in_hand = 1;
	inbox_tidy(&inbox);
	assert_true(size_of("names") > 70000);
	region.in_hand = 0;
	make_claim(5); /* judged, and not published */
	inbox_tidy(&inbox);
	assert_true(size_of("names") > 70000);
	assert_int_equal(unlink("5"), 0);
	append_many(20000, 150000);
	inbox_tidy(&inbox);
	assert_int_equal(size_of("names"), 0);
	assert_true(append(30000, "next", false));
	assert_known(30000, "next");
}

static void
it_does_not_grow_for_ever_while_there_are_claims(void **state)
{
	int64_t seq = 100000, largest = 0, size;

	(void)state;
	assert_true(append(5, "here.json", true));
	make_claim(5);
	make_claim(6); /* it never had a name */
	do {
		assert_true(append(seq++, "a rather ordinary name for a return.xlsx", false));
		size = region.names.size;
		largest = size > largest ? size : largest;
	} while (size == largest);
	assert_true(largest < 9 << 20);
	assert_true(size_of("names") < 200);
	assert_known(5, "here.json");
	assert_known(seq - 1, "a rather ordinary name for a return.xlsx");
	assert_int_equal(size_of("names.new"), -1);
}

static void
a_start_finds_its_claims_and_forgets_the_rest(void **state)
{
	(void)state;
	assert_true(append(4, "done.json", false));
	assert_true(append(5, "here\n.json", true));
	make_claim(5);
	put("names.new", "left by a crash", 15);
	region_recover(&region);
	assert_int_equal(n_found, 1);
	assert_true(last.again && last.still_changing);
	assert_int_equal(last.received, WHEN + 5);
	assert_string_equal(last_name, "here\n.json");
	append_many(10000, 70000);
	names_close(&region);
	region_recover(&region);
	assert_int_equal(n_found, 2);
	assert_true(size_of("names") > 0 && size_of("names") < 100);
	assert_int_equal(size_of("names.new"), -1);
	assert_known(5, "here\n.json");
	names_close(&region);
	assert_int_equal(unlink("5"), 0);
	region_recover(&region);
	assert_int_equal(n_found, 2);
	assert_int_equal(size_of("names"), 0);
}

static void
a_claim_without_a_record_has_a_name_of_ours(void **state)
{
	(void)state;
	make_claim(17);
	region_recover(&region);
	assert_string_equal(last_name, "unnamed-17");
	assert_int_equal(last.received, 1);
}

static void
links_of_earlier_versions_become_records(void **state)
{
	struct named all;

	(void)state;
	make_claim(5);
	make_claim(6);
	make_claim(7);
	assert_int_equal(symlink("still-changing/slow\n.json", "5.name"), 0);
	put("6.name", "six.json", 8);
	assert_int_equal(symlink("../../evil", "7.name"), 0);
	assert_int_equal(symlink("never.json", "8.name"), 0);
	region_recover(&region);
	assert_int_equal(n_found, 3);
	assert_string_equal(last_name, "unnamed-7");
	assert_int_equal(size_of("5.name"), -1);
	assert_int_equal(size_of("6.name"), -1);
	assert_int_equal(size_of("7.name"), -1);
	assert_int_equal(size_of("8.name"), -1);
	assert_string_equal(known(5, &all), "slow\n.json");
	assert_true(all.still_changing);
	free(all.name);
	assert_known(6, "six.json");
	assert_known(8, NULL);
}

static void
links_stay_while_their_names_cannot_be_recorded(void **state)
{
	(void)state;
	make_claim(5);
	assert_int_equal(symlink("five.json", "5.name"), 0);
	assert_int_equal(mkdir("names", 0700), 0);
	region_recover(&region);
	assert_string_equal(last_name, "five.json");
	assert_true(size_of("5.name") > 0);
	assert_int_equal(size_of("names.new"), -1);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = { T(every_byte_time_and_mark_is_known_again),
		T(a_later_record_of_a_number_counts),
		T(what_is_cut_off_anywhere_costs_its_own_record_alone),
		T(spoilt_bytes_are_no_name), T(a_forged_record_is_a_name_or_nothing),
		T(what_lies_in_its_place_is_not_written_to),
		T(a_file_that_was_removed_or_linked_is_made_anew),
		T(a_record_that_does_not_fit_refuses_and_harms_no_other),
		T(it_is_emptied_when_it_has_grown_and_no_claim_is_there),
		T(it_does_not_grow_for_ever_while_there_are_claims),
		T(a_start_finds_its_claims_and_forgets_the_rest),
		T(a_claim_without_a_record_has_a_name_of_ours),
		T(links_of_earlier_versions_become_records),
		T(links_stay_while_their_names_cannot_be_recorded) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
