/* The synchronous client: policies that never finish loading are killed on time, and named. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/evaluator_client.h"

static char folder[64];

static void
write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int
make_folder(void **state)
{
	char pack[128];

	(void)state;
	(void)strcpy(folder, "/tmp/poold-client-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(pack, sizeof(pack), "%s/slow", folder);
	if (mkdir(pack, 0700) == -1)
		return -1;
	write_file("site.lua", "site { packs = { 'slow' } }\n");
	write_file("slow/pack.lua",
	    "pack { id = 'slow', title = 'Slow', status = 'enacted', source = 'test' }\n");
	return 0;
}

static int
remove_folder(void **state)
{
	static const char *const names[] = { "slow/checks.lua", "slow/pack.lua", "site.lua",
		"slow", "" };
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)remove(path);
	}
	return 0;
}

/* Start with the policies in the folder, which must fail: what was said. */
static void
start(uint32_t load_ms, struct wire_rulebook *rulebook, struct buf *why)
{
	struct policies policies = { .memfd = -1 };
	struct evaluator_options options = client_default_options();

	assert_true(policies_read(folder, &policies, why));
	assert_null(client_start(&policies, &options, load_ms, rulebook, why));
	policies_close(&policies);
}

static void
loading_that_hangs_in_c_is_killed_and_names_its_file(void **state)
{
	struct wire_rulebook rulebook;
	struct buf why = { 0 };

	(void)state;
	write_file("slow/checks.lua", "local _ = (('a'):rep(30000)):find('.-.-.-.-b')\n");
	start(1000, &rulebook, &why);
	buf_char(&why, '\0');
	assert_non_null(strstr(why.p, "not loaded in time: slow/checks.lua runs too long"));
	wire_rulebook_free(&rulebook);
	buf_free(&why);
}

static void
a_loop_while_loading_is_stopped_and_names_its_line_alone(void **state)
{
	struct wire_rulebook rulebook;
	struct buf why = { 0 };

	(void)state;
	write_file("slow/checks.lua", "local n = 0\nwhile true do\n\tn = n + 1\nend\n");
	start(0, &rulebook, &why);
	assert_int_equal(rulebook.refusals, 1);
	assert_true(text_is(rulebook.messages[0].file, "slow/checks.lua"));
	assert_in_range(rulebook.messages[0].line, 2, 3);
	assert_int_equal(why.n, 0);
	wire_rulebook_free(&rulebook);
	buf_free(&why);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loading_that_hangs_in_c_is_killed_and_names_its_file),
		cmocka_unit_test(a_loop_while_loading_is_stopped_and_names_its_line_alone),
	};

	return cmocka_run_group_tests_name(
	    "evaluator_client", tests, make_folder, remove_folder);
}
