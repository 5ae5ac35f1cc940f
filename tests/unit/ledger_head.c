/*
 * Pages are kept without their common beginning, and come back whole: also those of a poold with another
 * style, and those that begin as nobody's do.
 */
#include "rules/verdict.h"
#include "tests/unit/ledger_help.h"

/* A page as ours, and its text. */
static void
make_page(struct sample *s, struct buf *page, const char *rest)
{
	buf_clear(page);
	buf_text(page, render_html_head());
	buf_str(page, rest);
	s->result.html = buf_as_text(page);
}

static void
record_page(struct fixture *f, struct buf *page, const char *rest)
{
	struct sample s;

	make_sample(&s, ledger_next_seq(f->l), rest);
	make_page(&s, page, rest);
	must_record(f->l, &s);
}

struct seen {
	struct buf pages, damage;
};

static bool
take_page(void *arg, const struct unpublished *u)
{
	struct seen *seen = arg;

	buf_text(&seen->pages, u->html);
	if (u->damaged != NULL)
		buf_str(&seen->damage, u->damaged);
	buf_char(&seen->pages, '|');
	return true;
}

static void
read_pages(struct fixture *f, struct seen *seen)
{
	struct unpublished_query q = { .most = 10, .each = take_page, .arg = seen };

	buf_clear(&seen->pages);
	buf_clear(&seen->damage);
	assert_true(ledger_unpublished(f->l, &q));
}

static void
free_seen(struct seen *seen)
{
	buf_free(&seen->pages);
	buf_free(&seen->damage);
}

static int64_t
count(struct fixture *f, const char *sql)
{
	sqlite3_stmt *st = NULL;
	char path[100];
	int64_t n;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/ledger.db", f->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

static void
pages_come_back_whole_and_their_beginning_is_kept_once(void **state)
{
	struct fixture *f = *state;
	struct buf page = { 0 };
	struct seen seen = { 0 };

	record_page(f, &page, "<title>one</title>");
	record_page(f, &page, "<title>two</title>");
	assert_non_null(reopen(f));
	read_pages(f, &seen);
	assert_null(seen.damage.p);
	make_page(&(struct sample){ 0 }, &page, "<title>one</title>|");
	assert_memory_equal(seen.pages.p, page.p, page.n);
	make_page(&(struct sample){ 0 }, &page, "<title>two</title>|");
	assert_memory_equal(seen.pages.p + page.n, page.p, page.n);
	assert_int_equal(seen.pages.n, 2 * page.n);
	assert_int_equal(count(f, "SELECT count(*) FROM html_head"), 1);
	/* what is kept of each is shorter than the beginning alone */
	assert_true(count(f, "SELECT max(length(html)) FROM verdict") < 100);
	free_seen(&seen);
	buf_free(&page);
}

static void
a_page_that_begins_otherwise_is_kept_whole(void **state)
{
	struct fixture *f = *state;
	struct seen seen = { 0 };

	record_one(f->l, "bytes");
	read_pages(f, &seen);
	assert_string_equal(seen.pages.p, "<!doctype html><p>Passes|");
	assert_int_equal(count(f, "SELECT html_head FROM verdict"), 0);
	free_seen(&seen);
}

static void
a_page_of_a_poold_with_another_style_comes_back_with_that(void **state)
{
	struct fixture *f = *state;
	struct buf page = { 0 };
	struct seen seen = { 0 };
	struct text ours = render_html_head();
	unsigned char hash[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1], sql[300];

	record_page(f, &page, "<p>new");
	ledger_close(f->l);
	f->l = NULL;
	sha256_of(TEXT("<old>"), hash);
	ledger_hex(hash, hex);
	snprintf(sql, sizeof(sql),
	    "DROP TRIGGER html_head_is_final; UPDATE html_head SET bytes = x'3c6f6c643e',"
	    " sha256 = '%s'; DROP TRIGGER verdict_is_final;"
	    " UPDATE verdict SET html_size = html_size - %zu + 5",
	    hex, ours.n);
	run_sql(f, sql);
	assert_non_null(reopen(f));
	record_page(f, &page, "<p>newer");
	read_pages(f, &seen);
	assert_null(seen.damage.p);
	assert_memory_equal(seen.pages.p, "<old><p>new|", 12);
	assert_memory_equal(seen.pages.p + 12, page.p, page.n);
	assert_int_equal(count(f, "SELECT count(*) FROM html_head"), 2);
	free_seen(&seen);
	buf_free(&page);
}

static void
a_beginning_that_is_damaged_or_missing_is_said_and_no_page_is_made_up(void **state)
{
	static const char *const ways[][2] = {
		{ "DROP TRIGGER html_head_is_final; UPDATE html_head SET bytes = x'3c'",
		    "is damaged. Restore the last backup." },
		{ "DROP TRIGGER html_head_stays; DELETE FROM html_head",
		    "is missing from the ledger" },
	};
	struct fixture *f = *state;
	struct ledger_check check;
	struct buf page = { 0 }, said = { 0 };
	struct seen seen = { 0 };

	record_page(f, &page, "<p>one");
	for (size_t i = 0; i < 2; i++) {
		run_sql(f, ways[i][0]);
		read_pages(f, &seen);
		assert_string_equal(seen.pages.p, "|");
		assert_non_null(strstr(seen.damage.p, ways[i][1]));
		buf_clear(&said);
		must_verify(f->l, &check, &said);
		assert_int_equal(check.problems, 1);
		assert_non_null(strstr(said.p, "html_head"));
	}
	free_seen(&seen);
	buf_free(&page);
	buf_free(&said);
}

static void
what_is_recorded_while_the_beginning_is_damaged_is_kept_whole(void **state)
{
	struct fixture *f = *state;
	struct buf page = { 0 };
	struct seen seen = { 0 };

	record_page(f, &page, "<p>one");
	run_sql(f, "DROP TRIGGER html_head_is_final; UPDATE html_head SET bytes = x'3c'");
	assert_non_null(reopen(f));
	record_page(f, &page, "<p>two");
	read_pages(f, &seen);
	assert_non_null(strstr(seen.damage.p, "is damaged"));
	assert_int_equal(seen.pages.n, 1 + page.n + 1);
	assert_memory_equal(seen.pages.p + 1, page.p, page.n);
	free_seen(&seen);
	buf_free(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pages_come_back_whole_and_their_beginning_is_kept_once),
		TEST(a_page_that_begins_otherwise_is_kept_whole),
		TEST(a_page_of_a_poold_with_another_style_comes_back_with_that),
		TEST(a_beginning_that_is_damaged_or_missing_is_said_and_no_page_is_made_up),
		TEST(what_is_recorded_while_the_beginning_is_damaged_is_kept_whole),
	};

	return cmocka_run_group_tests_name("ledger_head", tests, NULL, NULL);
}
