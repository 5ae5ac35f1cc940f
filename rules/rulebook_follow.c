/*
 * What follows from a mistake, told with it in one sentence.
 *
 * A file that did not run to its end declares less than it says, and a library that failed takes the
 * files with it that require it.  What other files then miss is no mistake of theirs: a name that such a
 * file declares in its text (`id = "X"`, `name = "X"`, `helper("X"`) is counted here and not told as one
 * that is not there.
 */
#include "rules/rulebook_load.h"

#include <string.h>

#define NAMED_MAX 3 /* files that a sentence names */

struct failed {
	const struct tree_file *file;
	int root;         /* whose mistake it is: its own number, or the library's */
	uint32_t message; /* of the root, in the report */
	bool ended;       /* it ran to its end all the same */
	uint32_t waiting; /* conditions that lack what one of the root's files declares */
	const struct condition *last;
};

static int
failed_find(const struct loading *l, const struct tree_file *f)
{
	for (uint32_t i = 0; i < l->n_failed; i++)
		if (l->failed[i].file == f)
			return (int)i;
	return -1;
}

int
follow_failed(struct loading *l, const struct tree_file *f, int root)
{
	int i = failed_find(l, f);

	if (i >= 0)
		return i;
	l->failed =
	    arena_grow(l->texts, l->failed, l->n_failed, &l->failed_cap, sizeof(*l->failed));
	i = (int)l->n_failed++;
	l->failed[i] = (struct failed){ .file = f, .root = root >= 0 ? root : i };
	return i;
}

void
follow_told(struct loading *l, int root)
{
	l->failed[root].message = l->report->n > 0 ? l->report->n - 1 : 0;
}

void
follow_ended(struct loading *l, const struct tree_file *f)
{
	int i = follow_failed(l, f, -1);

	l->failed[i].ended = true;
	follow_told(l, i);
}

int
follow_root(const struct loading *l, const struct tree_file *f)
{
	int i = failed_find(l, f);

	return i >= 0 ? l->failed[i].root : -1;
}

bool
follow_any(const struct loading *l, struct text file)
{
	for (uint32_t i = 0; i < l->n_failed; i++)
		if (text_equal(l->failed[i].file->name, file))
			return true;
	return false;
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_';
}

/* Whether the text before a quote ends in `id =`, `name =` or `helper(`. */
static bool
declares_here(struct text before)
{
	struct text word = before;

	if (before.n > 0 && before.p[before.n - 1] == '(')
		return before.n > 1 && is_word(before.p[before.n - 2]);
	word = text_trim(word);
	if (word.n == 0 || word.p[word.n - 1] != '=')
		return false;
	word = text_trim((struct text){ word.p, word.n - 1 });
	return (word.n >= 2 && memcmp(word.p + word.n - 2, "id", 2) == 0 &&
		   (word.n == 2 || !is_word(word.p[word.n - 3]))) ||
	    (word.n >= 4 && memcmp(word.p + word.n - 4, "name", 4) == 0 &&
		(word.n == 4 || !is_word(word.p[word.n - 5])));
}

/* The next name that a file's text declares, from *at on; empty: no more. */
static struct text
next_declared(struct text data, size_t *at)
{
	while (*at < data.n) {
		const char *quote = memchr(data.p + *at, '"', data.n - *at), *end;
		size_t from, n;

		if (quote == NULL)
			break;
		from = (size_t)(quote - data.p);
		end = memchr(quote + 1, '"', data.n - from - 1);
		if (end == NULL)
			break;
		n = (size_t)(end - quote) - 1;
		if (memchr(quote + 1, '\n', n) != NULL) {
			*at = from + 1; /* a quote in a comment */
			continue;
		}
		*at = from + n + 2;
		if (declares_here((struct text){ data.p, from }))
			return (struct text){ quote + 1, n };
	}
	*at = data.n;
	return TEXT_NONE;
}

bool
follow_explains(struct loading *l, struct text name, const struct condition *waiting)
{
	for (uint32_t i = 0; i < l->n_failed; i++) {
		struct failed *root = &l->failed[l->failed[i].root];
		struct text one;

		for (size_t at = 0;
		     (one = next_declared(l->failed[i].file->data, &at)).n > 0;) {
			if (!text_equal(one, name))
				continue;
			root->waiting += waiting != NULL && root->last != waiting;
			root->last = waiting;
			return true;
		}
	}
	return false;
}

/* BCF-FUND-001: capitals and digits in parts. */
static bool
is_condition_id(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!(t.p[i] >= 'A' && t.p[i] <= 'Z') && !(t.p[i] >= '0' && t.p[i] <= '9') &&
		    t.p[i] != '-')
			return false;
	return memchr(t.p, '-', t.n) != NULL;
}

/* Conditions that the text of a file declares and the rulebook has not. */
static uint32_t
conditions_lost(const struct loading *l, const struct tree_file *f)
{
	uint32_t lost = 0;
	struct text one;

	for (size_t at = 0; (one = next_declared(f->data, &at)).n > 0;)
		lost += is_condition_id(one) && rulebook_condition(l->book, one) == NULL;
	return lost;
}

static void
put_count(struct buf *b, uint32_t n, bool last, const char *one, const char *many)
{
	if (n > 0)
		buf_printf(b, "%s%u %s",
		    b->n == 0  ? ""
			: last ? ", and "
			       : ", ",
		    n, n == 1 ? one : many);
}

/* "Because of this …", or nothing. */
static struct text
consequences(struct loading *l, int root)
{
	uint32_t files = 0, lost = 0, waiting = l->failed[root].waiting;
	struct buf names = { 0 }, b = { 0 };

	for (uint32_t i = 0; i < l->n_failed; i++) {
		const struct failed *f = &l->failed[i];

		if (f->root != root)
			continue;
		lost += f->ended ? 0 : conditions_lost(l, f->file);
		if ((int)i == root)
			continue;
		if (files++ < NAMED_MAX)
			buf_printf(
			    &names, "%s%.*s", names.n > 0 ? ", " : "", TEXT_ARG(f->file->name));
	}
	put_count(&b, files, false, "other file could not be loaded",
	    "other files could not be loaded");
	if (files > 0)
		buf_printf(&b, " (%.*s%s)", TEXT_ARG(buf_as_text(&names)),
		    files > NAMED_MAX ? ", …" : "");
	put_count(&b, lost, files > 0 && waiting == 0, "condition could not be loaded",
	    "conditions could not be loaded");
	put_count(&b, waiting, true, "other condition lacks what it waits for or reads",
	    "other conditions lack what they wait for or read");
	buf_free(&names);
	return arena_buf(l->texts, &b);
}

void
follow_tell(struct loading *l)
{
	for (uint32_t i = 0; i < l->n_failed; i++) {
		struct load_message *m = &l->report->messages[l->failed[i].message];
		struct text more;

		if (l->failed[i].root != (int)i || l->failed[i].message >= l->report->n)
			continue;
		more = consequences(l, (int)i);
		if (more.n == 0)
			continue;
		m->what =
		    arena_printf(l->texts, "%.*s%s Because of this %.*s.", TEXT_ARG(m->what),
			m->what.n > 0 && m->what.p[m->what.n - 1] == '.' ? "" : ".",
			TEXT_ARG(more));
	}
}
