/* A policy tree as one run of bytes.  The reader trusts nothing about the bytes it is given. */
#include "rules/tree.h"

#include <stdlib.h>
#include <string.h>

static const char magic[] = "poolT1\n";

#define MAGIC_SIZE (sizeof(magic) - 1)

static uint32_t
get_u32(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	    (uint32_t)b[3] << 24;
}

static void
put_u32(struct buf *b, size_t n)
{
	unsigned char bytes[4] = { (unsigned char)n, (unsigned char)(n >> 8),
		(unsigned char)(n >> 16), (unsigned char)(n >> 24) };

	buf_put(b, bytes, sizeof(bytes));
}

/* One part of a name: not empty, not "." or "..". */
static bool
part_good(const char *p, size_t n)
{
	return n > 0 && !(n == 1 && p[0] == '.') && !(n == 2 && p[0] == '.' && p[1] == '.');
}

/* Relative, '/' between parts, nothing that could climb, no NUL. */
static bool
name_good(struct text name)
{
	size_t i, start = 0;

	if (name.n == 0 || name.n > 1024 || memchr(name.p, '\0', name.n) != NULL)
		return false;
	for (i = 0; i <= name.n; i++) {
		if (i < name.n && name.p[i] != '/')
			continue;
		if (!part_good(name.p + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

/* The file at *at; moves *at behind it.  NULL: what is wrong. */
static const char *
read_file(struct text bytes, size_t *at, struct tree_file *f)
{
	size_t left = bytes.n - *at, name, data;

	if (left < 8)
		return "The policy tree ends in the middle of a file.";
	name = get_u32(bytes.p + *at);
	data = get_u32(bytes.p + *at + 4);
	left -= 8;
	if (name > left || data > left - name)
		return "The policy tree is shorter than it says.";
	f->name = (struct text){ bytes.p + *at + 8, name };
	f->data = (struct text){ bytes.p + *at + 8 + name, data };
	*at += 8 + name + data;
	if (!name_good(f->name))
		return "The policy tree has a file name that could reach outside its folder.";
	return NULL;
}

/* Room for one more; false: no memory. */
static bool
grow(struct tree *t, uint32_t *cap)
{
	struct tree_file *more;

	if (t->n < *cap)
		return true;
	*cap = *cap == 0 ? 32 : *cap * 2;
	more = realloc(t->files, *cap * sizeof(*more));
	if (more == NULL)
		return false;
	t->files = more;
	return true;
}

bool
tree_read(struct text bytes, struct tree *t, const char **why)
{
	size_t at = MAGIC_SIZE;
	uint32_t cap = 0;

	memset(t, 0, sizeof(*t));
	*why = NULL;
	if (bytes.n < MAGIC_SIZE || memcmp(bytes.p, magic, MAGIC_SIZE) != 0)
		*why = "This is not a policy tree.";
	while (*why == NULL && at < bytes.n) {
		if (!grow(t, &cap))
			*why = "There is no memory for the policy tree.";
		else
			*why = read_file(bytes, &at, &t->files[t->n]);
		if (*why == NULL && t->n > 0 &&
		    text_compare(t->files[t->n - 1].name, t->files[t->n].name) >= 0)
			*why = "The files of the policy tree are not in order.";
		t->n++;
	}
	if (*why == NULL)
		return true;
	tree_free(t);
	return false;
}

void
tree_free(struct tree *t)
{
	free(t->files);
	t->files = NULL;
	t->n = 0;
}

const struct tree_file *
tree_find(const struct tree *t, const char *name)
{
	struct text want = text_of(name);
	uint32_t low = 0, high = t->n, mid;
	int order;

	while (low < high) {
		mid = low + (high - low) / 2;
		order = text_compare(want, t->files[mid].name);
		if (order == 0)
			return &t->files[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

static int
by_name(const void *a, const void *b)
{
	const struct tree_file *const *x = a, *const *y = b;

	return text_compare((*x)->name, (*y)->name);
}

void
tree_pack(struct buf *b, const struct tree_file *files, uint32_t n)
{
	const struct tree_file **sorted = calloc(n > 0 ? n : 1, sizeof(*sorted));
	uint32_t i;

	if (sorted == NULL) {
		b->failed = true;
		return;
	}
	for (i = 0; i < n; i++)
		sorted[i] = &files[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	buf_put(b, magic, MAGIC_SIZE);
	for (i = 0; i < n; i++) {
		put_u32(b, sorted[i]->name.n);
		put_u32(b, sorted[i]->data.n);
		buf_text(b, sorted[i]->name);
		buf_text(b, sorted[i]->data);
	}
	free(sorted);
}
