/* The policy folder: read whole, beneath itself, or refused with every reason. */
#include <fcntl.h>
#include <setjmp.h>
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

#include "daemon/ipc.h"
#include "daemon/policies.h"
#include "daemon/sha256.h"
#include "rules/tree.h"

static char folder[] = "/tmp/policies-XXXXXX";
static char path[512];
static struct buf why;

/* AddressSanitizer keeps 256 MB of what was freed: too much where a test asks for the most memory. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=8";
}

static const char *
at(const char *name)
{
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void
put(const char *name, const char *bytes)
{
	FILE *f = fopen(at(name), "w");

	assert_non_null(f);
	(void)fputs(bytes, f);
	(void)fclose(f);
}

static int
begin(void **state)
{
	(void)state;
	(void)strcpy(folder + strlen(folder) - 6, "XXXXXX");
	buf_clear(&why);
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int
end(void **state)
{
	char command[600];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	buf_free(&why);
	return system(command);
}

static void
files_are_packed_in_order_with_their_paths(void **state)
{
	struct policies p;
	struct text bytes;
	struct tree tree;
	const char *wrong;
	char hex[65];

	(void)state;
	assert_int_equal(mkdir(at("pack"), 0700), 0);
	put("pack/b.lua", "b");
	put("site.lua", "site");
	put("pack/a.csv", "");
	assert_true(policies_read(folder, &p, &why));
	assert_true(memfd_map(p.memfd, &bytes));
	assert_true(tree_read(bytes, &tree, &wrong));
	assert_int_equal(tree.n, 3);
	assert_true(text_is(tree.files[0].name, "pack/a.csv"));
	assert_true(text_is(tree.files[1].data, "b"));
	assert_true(text_is(tree.files[2].name, "site.lua"));
	sha256_hex(bytes, hex);
	assert_string_equal(hex, p.digest);
	tree_free(&tree);
	memfd_unmap(bytes);
	policies_close(&p);
}

static void
what_is_no_policy_is_left_out(void **state)
{
	struct policies p;

	(void)state;
	put("site.lua", "");
	put(".hidden.lua", "");
	put("site.lua~", "");
	put("README.md", "");
	put("poold.lua", "");
	assert_true(policies_read(folder, &p, &why));
	assert_int_equal(p.files, 1);
	policies_close(&p);
}

/* A file that takes no room on the disk. */
static void
put_large(const char *name, off_t size)
{
	put(name, "");
	assert_int_equal(truncate(at(name), size), 0);
}

static void
what_is_too_large_is_refused_by_its_size_and_not_read(void **state)
{
	struct rusage before, after;
	struct policies p;

	(void)state;
	put("site.lua", "");
	put_large("large.lua", 200 << 20);
	put_large("large.csv", 200 << 20);
	assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
	assert_false(policies_read(folder, &p, &why));
	assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
	assert_non_null(strstr(why.p, "large.lua: this file is larger than 4 MB"));
	assert_non_null(strstr(why.p, "large.csv: this file is larger than 64 MB"));
	assert_true(after.ru_maxrss - before.ru_maxrss < 50 << 10); /* kB */
}

static void
files_that_are_too_much_together_are_not_read(void **state)
{
	struct rusage before, after;
	char name[40];
	struct policies p;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "%d.csv", i);
		put_large(name, 50 << 20);
	}
	assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
	assert_false(policies_read(folder, &p, &why));
	assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
	assert_non_null(strstr(why.p, "more than a rulebook may have"));
	assert_true(after.ru_maxrss - before.ru_maxrss < 260 << 10);
}

static void
the_digest_follows_the_bytes_and_nothing_else(void **state)
{
	struct policies a, b, c;

	(void)state;
	put("site.lua", "one");
	assert_true(policies_read(folder, &a, &why));
	put("notes.md", "notes");
	assert_true(policies_read(folder, &b, &why));
	put("site.lua", "two");
	assert_true(policies_read(folder, &c, &why));
	assert_string_equal(a.digest, b.digest);
	assert_string_not_equal(a.digest, c.digest);
	policies_close(&a);
	policies_close(&b);
	policies_close(&c);
}

static void
every_link_and_pipe_is_refused_at_once(void **state)
{
	struct policies p;

	(void)state;
	put("site.lua", "");
	assert_int_equal(symlink("/etc/passwd", at("passwd.lua")), 0);
	assert_int_equal(symlink("/etc", at("etc")), 0);
	assert_int_equal(mkfifo(at("pipe.lua"), 0600), 0);
	assert_false(policies_read(folder, &p, &why));
	assert_non_null(strstr(why.p, "passwd.lua: this is a symbolic link"));
	assert_non_null(strstr(why.p, "etc: this is a symbolic link"));
	assert_non_null(strstr(why.p, "pipe.lua: this is neither a file nor a folder"));
}

static void
too_deep_a_folder_is_refused(void **state)
{
	struct policies p;
	char name[64] = "d";
	int i;

	(void)state;
	for (i = 0; i < POLICIES_DEPTH + 1; i++) {
		assert_int_equal(mkdir(at(name), 0700), 0);
		(void)strcat(name, "/d");
	}
	assert_false(policies_read(folder, &p, &why));
	assert_non_null(strstr(why.p, "nested more than 8 deep"));
}

static void
an_empty_or_missing_folder_is_refused(void **state)
{
	struct policies p;

	(void)state;
	assert_false(policies_read(folder, &p, &why));
	assert_non_null(strstr(why.p, "has no policies"));
	buf_clear(&why);
	assert_false(policies_read("/nonexistent", &p, &why));
	assert_non_null(strstr(why.p, "/nonexistent: the policy folder could not be opened"));
}

static void
more_files_than_a_rulebook_has_are_refused_once(void **state)
{
	struct policies p;
	char name[32];
	unsigned i;

	(void)state;
	for (i = 0; i < POLICIES_FILES + 20; i++) {
		(void)snprintf(name, sizeof(name), "%u.lua", i);
		put(name, "");
	}
	assert_false(policies_read(folder, &p, &why));
	assert_non_null(strstr(why.p, "beyond 4,096 files"));
	assert_ptr_equal(strchr(why.p, '\n'), why.p + why.n - 1);
}

static void
names_are_escaped_in_messages(void **state)
{
	struct policies p;

	(void)state;
	assert_int_equal(symlink("x", at("a\n\033[31m.lua")), 0);
	assert_false(policies_read(folder, &p, &why));
	assert_null(strchr(why.p, '\033'));
	assert_ptr_equal(strchr(why.p, '\n'), why.p + why.n - 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = { T(files_are_packed_in_order_with_their_paths),
		T(what_is_no_policy_is_left_out),
		T(what_is_too_large_is_refused_by_its_size_and_not_read),
		T(files_that_are_too_much_together_are_not_read),
		T(the_digest_follows_the_bytes_and_nothing_else),
		T(every_link_and_pipe_is_refused_at_once), T(too_deep_a_folder_is_refused),
		T(an_empty_or_missing_folder_is_refused),
		T(more_files_than_a_rulebook_has_are_refused_once),
		T(names_are_escaped_in_messages) };

	return cmocka_run_group_tests_name("policies", tests, NULL, NULL);
}
