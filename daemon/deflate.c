#include "daemon/deflate.h"

#include <limits.h>
#include <string.h>

#include <isa-l/igzip_lib.h>

/* What cannot be made smaller is stored in blocks of at most 65,535 bytes, with 5 bytes each. */
#define STORED_MOST 65535
#define AROUND      64 /* head, end and checksum, with something to spare */
/* Texts of a kind that take the code of one of them, before it is made anew from the next. */
#define CODE_LASTS 256
/* No code is made from a text of fewer bytes, or from one that does not become half as long. */
#define CODE_FROM 512

/*
 * What a text's own code (its Huffman tables) costs to make is a third of compressing a return, and two thirds for
 * a text of 2 kB.  Texts of a kind are much alike: one of 256 is compressed with its own, and the others take a code made
 * from that one.  It stands in each stream, so whoever reads needs nothing else.
 */
static struct code {
	unsigned left;    /* texts that may still take it */
	size_t n, became; /* of the text that it was made from */
	struct isal_hufftables tables;
} codes[DEFLATE_KINDS];

size_t
deflate_bound(size_t n)
{
	return n + 8 * (n / STORED_MOST + 1) + AROUND;
}

/* With a code that is there, or (NULL) one made for this text. 0: no room. */
static size_t
deflate_with(struct isal_hufftables *code, unsigned char *out, size_t room, struct text t)
{
	static uint8_t tables[ISAL_DEF_LVL1_DEFAULT];
	struct isal_zstream s;

	isal_deflate_init(&s);
	if (code != NULL &&
	    isal_deflate_set_hufftables(&s, code, IGZIP_HUFFTABLE_CUSTOM) != COMP_OK)
		return 0;
	s.level = code == NULL; /* the level that makes one, or the one that takes one */
	s.level_buf = tables;
	s.level_buf_size = sizeof(tables);
	s.gzip_flag = IGZIP_ZLIB;
	s.end_of_stream = 1;
	s.next_in = (uint8_t *)(uintptr_t)(t.p != NULL ? t.p : "");
	s.avail_in = (uint32_t)t.n;
	s.next_out = out;
	s.avail_out = (uint32_t)room;
	if (isal_deflate(&s) != COMP_OK || s.internal_state.state != ZSTATE_END)
		return 0;
	return s.total_out;
}

/* From a text that became so many bytes with its own. */
static void
code_make(struct code *c, struct text t, size_t became)
{
	static struct isal_huff_histogram histogram;

	memset(&histogram, 0, sizeof(histogram));
	isal_update_histogram((uint8_t *)(uintptr_t)t.p, (int)t.n, &histogram);
	c->n = t.n;
	c->became = became;
	c->left = isal_create_hufftables(&c->tables, &histogram) == 0 ? CODE_LASTS - 1 : 0;
}

/* Is it smaller, and in proportion to what became of the text that the code is from? */
static bool
code_fits(const struct code *c, struct text t, size_t became)
{
	return became > 0 && became < t.n &&
	    4 * (uint64_t)became * c->n <= 5 * (uint64_t)c->became * t.n;
}

size_t
deflate_fast(enum deflate_kind kind, unsigned char *out, struct text t)
{
	size_t room = deflate_bound(t.n), n = 0;
	struct code *c = &codes[kind];
	/* one from a much shorter text knows too little */
	bool takes = c->left > 0 && t.n > 0 && t.n / 4 < c->n;

	if (t.n > INT_MAX || room > UINT32_MAX)
		return 0;
	if (takes) {
		c->left--;
		n = deflate_with(&c->tables, out, room, t);
		if (code_fits(c, t, n))
			return n;
	}
	n = deflate_with(NULL, out, room, t);
	if (!takes && t.n >= CODE_FROM && n > 0 && n <= t.n / 2)
		code_make(c, t, n);
	return n;
}
