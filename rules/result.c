/*
 * A verdict as bytes: written inside the evaluator, read by the keeper.
 *
 * Layout, all numbers little-endian:
 *   "poolR1\n"  u8 outcome
 *   form area period headline at_stake json html text budget    each u32 length and its bytes
 *   u32 number of records, u32 length of the records
 *   records: u8 kind, u8 severity, u8 number of tags, then for each tag
 *            u8 length of the name, name, u16 length of the value, value
 *
 * The writer runs where policies ran, so the reader takes the bytes for hostile: nothing is believed
 * that was not measured, and everything is measured before anything is used.
 */
#include <string.h>

#include "rules/result.h"
#include "rules/result_private.h"

static const char magic[] = "poolR1\n";
#define MAGIC_BYTES    (sizeof(magic) - 1)
#define IDENTITY_BYTES 128
#define LINE_BYTES     1024
#define VALUE_BYTES    1024
#define NAME_BYTES     32

/* What is left to read; failed once something did not fit. */
struct cursor {
	struct text left;
	bool failed;
};

static struct text
take(struct cursor *c, size_t n)
{
	struct text got = { c->left.p, n };

	if (c->failed || n > c->left.n) {
		c->failed = true;
		return TEXT_NONE;
	}
	c->left.p += n;
	c->left.n -= n;
	return got;
}

static uint32_t
take_number(struct cursor *c, size_t bytes)
{
	struct text t = take(c, bytes);
	uint32_t value = 0;

	for (size_t i = 0; i < t.n; i++)
		value |= (uint32_t)(unsigned char)t.p[i] << (8 * i);
	return value;
}

static struct text
take_text(struct cursor *c, size_t length_bytes)
{
	return take(c, take_number(c, length_bytes));
}

/* [a-z][a-z0-9_]{0,31} */
static bool
is_name(struct text t)
{
	if (t.n == 0 || t.n > NAME_BYTES || t.p[0] < 'a' || t.p[0] > 'z')
		return false;
	for (size_t i = 1; i < t.n; i++) {
		char c = t.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	return true;
}

/* "1000.00" */
static bool
is_amount(struct text t)
{
	if (t.n < 4 || t.n > 24 || t.p[t.n - 3] != '.')
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (i != t.n - 3 && (t.p[i] < '0' || t.p[i] > '9'))
			return false;
	return true;
}

/* Does it begin as ours do?  So a browser runs and loads nothing, whatever comes after. */
static bool
is_page(struct text html)
{
	struct text head = render_html_head();

	return head.n > 0 && text_begins(html, head);
}

static bool
is_line(struct text t, size_t most)
{
	return t.n <= most && text_is_utf8(t);
}

/* One record; NULL or what is wrong with it. */
static const char *
read_record(struct cursor *c, struct result_record *r)
{
	uint32_t kind = take_number(c, 1), severity = take_number(c, 1);

	r->n_tags = take_number(c, 1);
	if (c->failed)
		return "a record is cut short";
	if (kind >= RECORD_KINDS)
		return "a record is of no kind we know";
	if (severity > 7)
		return "a record has no syslog severity";
	if (r->n_tags > RESULT_TAGS)
		return "a record has too many tags";
	r->kind = (enum result_record_kind)kind;
	r->severity = (uint8_t)severity;
	for (uint32_t i = 0; i < r->n_tags; i++) {
		r->tags[i].name = take_text(c, 1);
		r->tags[i].value = take_text(c, 2);
		if (c->failed)
			return "a tag is cut short";
		if (!is_name(r->tags[i].name))
			return "a tag has a bad name";
		if (!is_line(r->tags[i].value, VALUE_BYTES))
			return "a tag's value is too long or not UTF-8";
	}
	return NULL;
}

static const char *
read_records(const struct result *r)
{
	struct cursor c = { .left = r->records };
	struct result_record record;
	const char *wrong;

	for (uint32_t i = 0; i < r->n_records; i++)
		if ((wrong = read_record(&c, &record)) != NULL)
			return wrong;
	return c.left.n == 0 ? NULL : "there is more than its records";
}

/* JSON as render_json() writes it shows no control character: they are escaped in it. */
static bool
is_plain_json(struct text t)
{
	if (t.n < 2 || t.p[0] != '{' || !text_is_utf8(t))
		return false;
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.p[i];

		if ((c < 0x20 && c != '\n') || c == 0x7f ||
		    (c == 0xc2 && i + 1 < t.n && (unsigned char)t.p[i + 1] < 0xa0))
			return false;
	}
	return true;
}

static const char *
check_texts(const struct result *r)
{
	if (!is_line(r->form, IDENTITY_BYTES) || !is_line(r->area, IDENTITY_BYTES) ||
	    !is_line(r->period, IDENTITY_BYTES))
		return "its identity is too long or not UTF-8";
	if (r->headline.n == 0 || !is_line(r->headline, LINE_BYTES))
		return "its headline is empty, too long or not UTF-8";
	if (!is_amount(r->at_stake))
		return "its money at stake is not an amount";
	if (!is_plain_json(r->json))
		return "its JSON is not an object in UTF-8";
	if (!is_page(r->html) || !text_is_utf8(r->html))
		return "its page does not begin as ours do, or is not UTF-8";
	if (!text_is_utf8(r->text) || !text_is_utf8(r->budget))
		return "its text or its budget is not UTF-8";
	return NULL;
}

static const char *
read_all(struct text bytes, struct result *r)
{
	struct cursor c = { .left = bytes };
	struct text *const texts[] = { &r->form, &r->area, &r->period, &r->headline,
		&r->at_stake, &r->json, &r->html, &r->text, &r->budget };
	struct text start = take(&c, MAGIC_BYTES);
	uint32_t outcome = take_number(&c, 1);
	const char *wrong;

	if (c.failed || memcmp(start.p, magic, MAGIC_BYTES) != 0)
		return "it does not begin like a result";
	if (outcome >= OUTCOMES)
		return "its outcome is none we know";
	r->outcome = (enum outcome)outcome;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = take_text(&c, 4);
	r->n_records = take_number(&c, 4);
	r->records = take_text(&c, 4);
	if (c.failed)
		return "it is cut short";
	if (c.left.n > 0)
		return "there is more than a result";
	wrong = check_texts(r);
	return wrong != NULL ? wrong : read_records(r);
}

bool
result_read(struct text bytes, struct result *r, const char **why)
{
	const char *wrong;

	memset(r, 0, sizeof(*r));
	wrong = bytes.p == NULL ? "it is empty" : read_all(bytes, r);
	if (wrong != NULL)
		memset(r, 0, sizeof(*r));
	if (why != NULL)
		*why = wrong;
	return wrong == NULL;
}

bool
result_is_of(const struct result *r, const struct submission *s)
{
	struct buf head = { 0 };
	bool same;

	render_json_head(&head, s, r->outcome, r->headline);
	same = !buf_failed(&head) && text_begins(r->json, buf_as_text(&head));
	buf_free(&head);
	return same;
}

bool
result_next(const struct result *r, size_t *at, struct result_record *record)
{
	struct cursor c = { .left = r->records };

	if (*at >= c.left.n)
		return false;
	c.left.p += *at;
	c.left.n -= *at;
	if (read_record(&c, record) != NULL)
		return false;
	*at = r->records.n - c.left.n;
	return true;
}

void
result_put_number(struct buf *b, uint32_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		buf_char(b, (char)(unsigned char)(value >> (8 * i)));
}

/* Room for a length that is known only after what it measures is written. */
static size_t
begin_length(struct buf *b)
{
	result_put_number(b, 0, 4);
	return b->n;
}

static void
end_length(struct buf *b, size_t from)
{
	uint32_t n;

	if (buf_failed(b))
		return;
	if (b->n - from > UINT32_MAX) {
		b->failed = true;
		return;
	}
	n = (uint32_t)(b->n - from);
	for (size_t i = 0; i < 4; i++)
		b->p[from - 4 + i] = (char)(unsigned char)(n >> (8 * i));
}

/* At most this many bytes of clean UTF-8, with control characters escaped. */
void
result_put_clean(struct buf *b, struct text t, size_t most)
{
	size_t from = b->n, cut = from + most;

	buf_safe_cut(b, t, most > 64 ? most - 16 : most);
	if (buf_failed(b) || b->n <= cut)
		return;
	while (cut > from && ((unsigned char)b->p[cut] & 0xc0) == 0x80)
		cut--;
	b->n = cut;
	b->p[cut] = '\0';
}

static void
put_identity(struct buf *b, struct text t)
{
	size_t from = begin_length(b);

	result_put_clean(b, t, IDENTITY_BYTES);
	end_length(b, from);
}

/* For `poolctl check`, which alone shows it: the daemon has no terminal. */
static void
put_text(struct buf *b, const struct verdict *v)
{
	const struct text_style style = { .colour = true };

	if (v->submission.seq < 0)
		render_text(b, v, &style);
}

/* The renderings, one after the other, each behind its length. */
static void
put_renderings(struct buf *b, const struct verdict *v)
{
	void (*const parts[])(
	    struct buf *, const struct verdict *) = { render_json, render_html, put_text };
	size_t from = begin_length(b);

	verdict_headline(b, v);
	end_length(b, from);
	from = begin_length(b);
	money_format(b, v->at_stake);
	end_length(b, from);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		from = begin_length(b);
		parts[i](b, v);
		end_length(b, from);
	}
}

void
result_write(struct buf *b, const struct verdict *v, const struct budget *budget)
{
	size_t from, count_at;
	uint32_t n;

	buf_put(b, magic, MAGIC_BYTES);
	buf_char(b, (char)v->outcome);
	put_identity(b, v->form);
	put_identity(b, v->area);
	put_identity(b, v->period);
	put_renderings(b, v);
	from = begin_length(b);
	if (budget != NULL)
		budget_write_history(b, budget);
	end_length(b, from);
	count_at = b->n;
	result_put_number(b, 0, 4);
	from = begin_length(b);
	n = result_put_records(b, v);
	end_length(b, from);
	if (buf_failed(b))
		return;
	for (size_t i = 0; i < 4; i++)
		b->p[count_at + i] = (char)(unsigned char)(n >> (8 * i));
}
