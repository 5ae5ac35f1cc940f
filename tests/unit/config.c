/* The configuration: values, units, and every mistake at once with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/config.h"

static struct config config;
static struct buf errors;

static int
begin(void **state)
{
	(void)state;
	memset(&config, 0, sizeof(config));
	buf_clear(&errors);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	config_free(&config);
	buf_free(&errors);
	return 0;
}

static bool
parse(const char *text)
{
	return config_parse(text_of(text), "poold.conf", &config, &errors);
}

static void
an_empty_file_gives_the_defaults(void **state)
{
	(void)state;
	assert_true(parse(""));
	assert_string_equal(config.root, "/srv/poold");
	assert_true(config.settle == 2000);
	assert_true(config.max_size == 64000000);
	assert_true(config.evaluators >= 1);
}

static void
values_units_quotes_and_comments_are_read(void **state)
{
	(void)state;
	assert_true(
	    parse("# a comment\n\nroot /a/b\nsettle 500ms # soon\npatience 5m\nmax_size 2 MB\n"
		  "state \"/with # in it\"\nfacility local3\ninstructions 10000"));
	assert_string_equal(config.root, "/a/b");
	assert_true(config.settle == 500);
	assert_true(config.patience == 300000);
	assert_true(config.max_size == 2000000);
	assert_string_equal(config.state, "/with # in it");
	assert_true(config.facility == 19);
	assert_true(config.instructions == 10000);
}

static void
an_unknown_key_is_an_error_with_a_suggestion(void **state)
{
	(void)state;
	assert_false(parse("rot /a\n"));
	assert_string_equal(
	    errors.p, "poold.conf:1: There is no key \"rot\". Did you mean \"root\"?\n");
}

static void
every_mistake_is_said_at_once_with_its_line(void **state)
{
	(void)state;
	assert_false(
	    parse("settle soon\nroot relative\n\nmax_size 99999GB\nfacility mine\nwall\n"));
	assert_non_null(strstr(errors.p, "poold.conf:1: settle must be a time such as"));
	assert_non_null(strstr(errors.p, "poold.conf:2: root must be a whole path"));
	assert_non_null(strstr(errors.p, "poold.conf:4: max_size must be from 1kB to"));
	assert_non_null(strstr(errors.p, "poold.conf:5: facility must be a syslog facility"));
	assert_non_null(strstr(errors.p, "poold.conf:6: wall has no value."));
}

static void
a_key_set_twice_is_an_error(void **state)
{
	(void)state;
	assert_false(parse("root /a\nroot /b\n"));
	assert_non_null(strstr(errors.p, "poold.conf:2: root is set already, in line 1."));
}

static void
a_number_that_overflows_is_an_error(void **state)
{
	(void)state;
	assert_false(parse("max_size 99999999999999999999\ninstructions "
			   "9223372036854775808\nwall 9223372036854775807h\n"));
	assert_non_null(strstr(errors.p, ":1:"));
	assert_non_null(strstr(errors.p, ":2:"));
	assert_non_null(strstr(errors.p, ":3:"));
}

static void
what_a_file_says_reaches_a_message_only_escaped(void **state)
{
	(void)state;
	assert_false(parse("\033[31mroot /a\n"));
	assert_null(strchr(errors.p, '\033'));
}

/* It could not be written back as `poold -n` shows it. */
static void
a_path_that_would_be_shown_otherwise_is_an_error(void **state)
{
	(void)state;
	assert_false(parse("root /srv/a\\b\n"));
	config_free(&config);
	assert_false(parse("root \"/srv/\xff\"\n"));
	config_free(&config);
	buf_clear(&errors);
	assert_true(parse("root \"/srv/B\xc3\xb6se Zahlen\"\n"));
}

static void
a_missing_file_is_said(void **state)
{
	(void)state;
	assert_false(config_read("/nonexistent/poold.conf", &config, &errors));
	assert_non_null(strstr(errors.p, "/nonexistent/poold.conf"));
}

/* What config_format() writes is read back to the same. */
static void
what_is_in_force_can_be_written_and_read_again(void **state)
{
	struct buf first = { 0 }, second = { 0 };

	(void)state;
	assert_true(parse("settle 1500ms\nmemory 3GB\nroot \"/a b\"\ncontrol_group adm\n"));
	config_format(&first, &config);
	config_free(&config);
	assert_true(config_parse(buf_as_text(&first), "again", &config, &errors));
	config_format(&second, &config);
	assert_string_equal(first.p, second.p);
	buf_free(&first);
	buf_free(&second);
}

static void
every_key_has_a_default_that_is_good_and_help(void **state)
{
	size_t n, i;
	const struct config_key *keys = config_keys(&n);

	(void)state;
	assert_true(parse(""));
	for (i = 0; i < n; i++)
		assert_true(
		    strlen(keys[i].help) > 10 && keys[i].help[strlen(keys[i].help) - 1] == '.');
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = { T(an_empty_file_gives_the_defaults),
		T(values_units_quotes_and_comments_are_read),
		T(an_unknown_key_is_an_error_with_a_suggestion),
		T(every_mistake_is_said_at_once_with_its_line), T(a_key_set_twice_is_an_error),
		T(a_number_that_overflows_is_an_error),
		T(what_a_file_says_reaches_a_message_only_escaped),
		T(a_path_that_would_be_shown_otherwise_is_an_error), T(a_missing_file_is_said),
		T(what_is_in_force_can_be_written_and_read_again),
		T(every_key_has_a_default_that_is_good_and_help) };

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
