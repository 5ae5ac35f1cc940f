/*
 * Pages without their beginning: what all pages of one poold begin with, the style, is most of a page
 * that has little to say.  It is in the ledger once, under a number, and a verdict has the rest of its page and
 * that number.  (Measured: three of nine pages of the database fewer for each verdict.)  A poold with
 * another style has another number; a page that begins otherwise is kept whole, and so is each while what is kept
 * of our own beginning is damaged.
 */
#include "daemon/ledger_sqlite.h"
#include "daemon/sha256.h"
#include "rules/verdict.h"

/* 1: it is there, and what is new may refer to it unless it is damaged; 0: it is not; -1: failed. */
static int
head_find(struct ledger *l, const char *hex, struct text head)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_FIND_HEAD);
	int rc = st != NULL && ledger_bind(l, st, "tb", text_of(hex), head)
	    ? ledger_step(l, st, "read how pages begin")
	    : -1;

	if (rc == 1) {
		l->head = sqlite3_column_int(st, 1) != 0 ? sqlite3_column_int64(st, 0) : 0;
		sqlite3_reset(st);
	}
	return rc;
}

bool
ledger_head_begin(struct ledger *l)
{
	struct text head = render_html_head();
	char hex[2 * HASH_BYTES + 1];
	int found;

	if (head.n == 0)
		return ledger_fail(l, "There is no memory to open the ledger.");
	sha256_hex(head, hex);
	found = head_find(l, hex, head);
	if (found == 0 &&
	    ledger_run(l, SQL_INSERT_HEAD, "note how pages begin", "tb", text_of(hex), head))
		found = head_find(l, hex, head);
	return found == 1;
}

struct text
ledger_head_cut(const struct ledger *l, struct text html, int64_t *number)
{
	struct text head = render_html_head();
	bool ours = l->head != 0 && head.n > 0 && text_begins(html, head);

	*number = ours ? l->head : 0;
	return ours ? (struct text){ html.p + head.n, html.n - head.n } : html;
}

static bool
head_damaged(struct ledger *l, int64_t number)
{
	return ledger_fail(l,
	    "How pages begin (html_head %lld in the ledger %s) is damaged. Restore the last "
	    "backup.",
	    (long long)number, l->path);
}

/* One row of SQL_HEAD. */
static bool
head_take(struct ledger *l, struct buf *out, int64_t number, sqlite3_stmt *st)
{
	char hex[2 * HASH_BYTES + 1];

	sha256_hex(ledger_column(st, 1), hex);
	if (!text_equal(text_of(hex), ledger_column(st, 0)))
		return head_damaged(l, number);
	buf_text(out, ledger_column(st, 1));
	return !buf_failed(out) ||
	    ledger_fail(l, "There is no memory to read a page from the ledger %s.", l->path);
}

bool
ledger_head_read(struct ledger *l, struct buf *out, int64_t number)
{
	sqlite3_stmt *st = ledger_statement(l, SQL_HEAD);
	bool good;
	int rc;

	buf_clear(out);
	if (st == NULL || !ledger_bind(l, st, "i", number))
		return false;
	if ((rc = ledger_step(l, st, "read how a page begins")) != 1)
		return rc == 0 &&
		    ledger_fail(l,
			"How pages begin (html_head %lld) is missing from the ledger %s. "
			"Restore the "
			"last backup.",
			(long long)number, l->path);
	good = head_take(l, out, number, st);
	sqlite3_reset(st);
	return good;
}

bool
ledger_head_put(
    struct ledger *l, struct buf *out, int64_t number, struct text deflated, uint64_t size)
{
	struct buf rest = { 0 };
	bool good;

	if (number == 0)
		return ledger_inflate(l, out, deflated, size);
	if (!ledger_head_read(l, out, number))
		return false;
	if (out->n > size)
		return head_damaged(l, number);
	good = ledger_inflate(l, &rest, deflated, size - out->n);
	buf_text(out, buf_as_text(&rest));
	buf_free(&rest);
	return good &&
	    (!buf_failed(out) ||
		ledger_fail(
		    l, "There is no memory to read a page from the ledger %s.", l->path));
}
