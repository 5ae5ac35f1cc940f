/*
 * A fast deflate.
 *
 * Recording was bound by zlib: at its fastest level two thirds of the keeper's time went into it, since
 * each submission is compressed four times over (its bytes, its budget, the verdict as JSON and HTML).
 * What is compressed is small and repeats itself at close distance, so the simplest thing is enough: one
 * candidate a hash of four bytes, the first match taken, the fixed code of RFC 1951, nothing looked at
 * twice.  What does not get smaller is stored as it is (a workbook is compressed already).
 *
 * zlib reads it back, and its Adler-32 at the end guards both ways.
 */
#include "daemon/deflate.h"

#include <endian.h>
#include <string.h>

#define HASH_BITS   13
#define MATCH_LEAST 4
#define MATCH_MOST  258
#define WINDOW      32768
#define STORED_MOST 65535
#define SKIP_SHIFT  6  /* after so many bytes (as a power) without a match the steps grow */
#define TAIL        12 /* bytes at the end that are not looked up, so that words can be read */

/* Bits that go out together, lowest first. */
struct code {
	uint32_t bits;
	uint32_t n;
};

static struct code literals[257];           /* 256: the end */
static struct code lengths[MATCH_MOST + 1]; /* with their extra bits */
static struct code distances[30];           /* without */
static bool made;

struct writer {
	unsigned char *p;
	uint64_t bits;
	uint32_t n;
};

/* --- the fixed code --- */

static uint32_t
reversed(uint32_t code, uint32_t n)
{
	uint32_t r = 0;

	for (; n > 0; n--, code >>= 1)
		r = r << 1 | (code & 1);
	return r;
}

static struct code
symbol(uint32_t s)
{
	if (s < 144)
		return (struct code){ reversed(0x30 + s, 8), 8 };
	if (s < 256)
		return (struct code){ reversed(0x190 + s - 144, 9), 9 };
	if (s < 280)
		return (struct code){ reversed(s - 256, 7), 7 };
	return (struct code){ reversed(0xc0 + s - 280, 8), 8 };
}

static uint32_t
highest_bit(uint32_t n)
{
	return 31u - (uint32_t)__builtin_clz(n);
}

static struct code
length_code(uint32_t length)
{
	uint32_t at = length - 3, extra;
	struct code c;

	if (length == MATCH_MOST)
		return symbol(285);
	if (at < 8)
		return symbol(257 + at);
	extra = highest_bit(at) - 2;
	c = symbol(257 + 4 * (extra + 1) + ((at >> extra) & 3));
	c.bits |= (at & ((1u << extra) - 1)) << c.n;
	c.n += extra;
	return c;
}

static void
make_codes(void)
{
	for (uint32_t s = 0; s <= 256; s++)
		literals[s] = symbol(s);
	for (uint32_t n = 3; n <= MATCH_MOST; n++)
		lengths[n] = length_code(n);
	for (uint32_t d = 0; d < 30; d++)
		distances[d] = (struct code){ reversed(d, 5), 5 };
	made = true;
}

/* --- writing --- */

static inline void
put(struct writer *w, struct code c)
{
	w->bits |= (uint64_t)c.bits << w->n;
	w->n += c.n;
}

/* Whole bytes go out; at most 7 bits stay, so that 57 have room. */
static inline void
drain(struct writer *w)
{
	uint64_t le = htole64(w->bits);

	memcpy(w->p, &le, sizeof(le));
	w->p += w->n >> 3;
	w->bits >>= w->n & ~7u;
	w->n &= 7;
}

static inline void
put_match(struct writer *w, uint32_t length, uint32_t distance)
{
	uint32_t at = distance - 1, high, extra;

	put(w, lengths[length]);
	if (at < 4) {
		put(w, distances[at]);
	} else {
		high = highest_bit(at);
		extra = high - 1;
		put(w, distances[2 * high + ((at >> extra) & 1)]);
		put(w, (struct code){ at & ((1u << extra) - 1), extra });
	}
	drain(w);
}

/* Any length from MATCH_LEAST on; no piece is shorter than the format's three. */
static void
put_long_match(struct writer *w, size_t length, uint32_t distance)
{
	while (length > 0) {
		size_t piece = length;

		if (length > MATCH_MOST)
			piece = length - MATCH_MOST < 3 ? MATCH_MOST - 3 : MATCH_MOST;
		put_match(w, (uint32_t)piece, distance);
		length -= piece;
	}
}

static void
put_literals(struct writer *w, const unsigned char *p, size_t n)
{
	for (; n >= 4; n -= 4, p += 4) {
		put(w, literals[p[0]]);
		put(w, literals[p[1]]);
		put(w, literals[p[2]]);
		put(w, literals[p[3]]);
		drain(w);
	}
	for (; n > 0; n--)
		put(w, literals[*p++]);
	drain(w);
}

/* --- matching --- */

static inline uint32_t
word(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t
hash(const unsigned char *p)
{
	return (word(p) * 2654435761u) >> (32 - HASH_BITS);
}

/* How many bytes from a on are the same as from b on, up to the end of b's. */
static inline size_t
same(const unsigned char *a, const unsigned char *b, const unsigned char *end)
{
	const unsigned char *start = b;
	uint64_t x, y;

	while (end - b >= 8) {
		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		if (x != y)
			return (size_t)(b - start) +
			    ((size_t)__builtin_ctzll(le64toh(x) ^ le64toh(y)) >> 3);
		a += 8;
		b += 8;
	}
	while (b < end && *a == *b) {
		a++;
		b++;
	}
	return (size_t)(b - start);
}

static void
compress(struct writer *w, const unsigned char *in, size_t n)
{
	uint32_t heads[1 << HASH_BITS]; /* one more than the last place of the hash; 0: none */
	const unsigned char *end = in + n;
	size_t at = 0, from = 0; /* from: the first byte that is not written yet */

	memset(heads, 0, sizeof(heads));
	while (n > TAIL && at < n - TAIL) {
		uint32_t h = hash(in + at), head = heads[h];
		size_t there = head - 1, length;

		heads[h] = (uint32_t)at + 1;
		if (head == 0 || at - there > WINDOW || word(in + there) != word(in + at)) {
			at += 1 + ((at - from) >> SKIP_SHIFT);
			continue;
		}
		length =
		    MATCH_LEAST + same(in + there + MATCH_LEAST, in + at + MATCH_LEAST, end);
		put_literals(w, in + from, at - from);
		put_long_match(w, length, (uint32_t)(at - there));
		at += length;
		from = at;
		if (at < n - TAIL)
			heads[hash(in + at - 2)] = (uint32_t)(at - 2) + 1;
	}
	put_literals(w, in + from, n - from);
}

/* As it is, in pieces. */
static unsigned char *
store(unsigned char *out, const unsigned char *in, size_t n)
{
	do {
		size_t piece = n < STORED_MOST ? n : STORED_MOST;
		uint16_t size = htole16((uint16_t)piece), not_size = (uint16_t)~size;

		*out++ = piece == n; /* the last one */
		memcpy(out, &size, 2);
		memcpy(out + 2, &not_size, 2);
		memcpy(out + 4, in, piece);
		out += 4 + piece;
		in += piece;
		n -= piece;
	} while (n > 0);
	return out;
}

/* --- Adler-32 --- */

#define ADLER  65521u
#define LANES  16
#define BLOCKS 16 /* before a lane of sixteen bits would overflow */

typedef uint8_t bytes16 __attribute__((vector_size(LANES)));
typedef uint16_t words16 __attribute__((vector_size(2 * LANES)));

/* So many blocks of sixteen bytes at once: each lane sums its own, and what it had before each block. */
static void
adler_blocks(const unsigned char *p, uint32_t blocks, uint32_t *a, uint32_t *b)
{
	words16 sums = { 0 }, before = { 0 };
	uint32_t sum = 0, weighed = 0;

	for (uint32_t k = 0; k < blocks; k++, p += LANES) {
		bytes16 bytes;

		memcpy(&bytes, p, sizeof(bytes));
		before += sums;
		sums += __builtin_convertvector(bytes, words16);
	}
	for (uint32_t i = 0; i < LANES; i++) {
		sum += sums[i];
		weighed += LANES * before[i] + (LANES - i) * sums[i];
	}
	*b += LANES * blocks * *a + weighed;
	*a += sum;
}

static uint32_t
adler(const unsigned char *p, size_t n)
{
	uint32_t a = 1, b = 0;

	for (; n >= LANES * BLOCKS; n -= LANES * BLOCKS, p += LANES * BLOCKS) {
		adler_blocks(p, BLOCKS, &a, &b);
		a %= ADLER;
		b %= ADLER;
	}
	for (; n > 0; n--)
		b += a += *p++;
	return b % ADLER << 16 | a % ADLER;
}

/* --- the whole --- */

size_t
deflate_bound(size_t n)
{
	/* nine bits a byte, and room for a whole word at the end; or stored */
	return n + n / 8 + 5 * (n / STORED_MOST + 1) + 32;
}

size_t
deflate_fast(unsigned char *out, struct text t)
{
	const unsigned char *in = (const unsigned char *)(t.p != NULL ? t.p : "");
	struct writer w = { .p = out + 2 };
	uint32_t sum = htobe32(adler(in, t.n));

	if (!made)
		make_codes();
	out[0] = 0x78;
	out[1] = 0x01;
	put(&w, (struct code){ 1 | 1 << 1, 3 }); /* the last block, of the fixed code */
	if (t.n <= UINT32_MAX - 1)
		compress(&w, in, t.n);
	put(&w, literals[256]);
	drain(&w);
	if (w.n > 0) {
		*w.p++ = (unsigned char)w.bits;
	}
	if (t.n > UINT32_MAX - 1 || (size_t)(w.p - out) > t.n + 2)
		w.p = store(out + 2, in, t.n);
	memcpy(w.p, &sum, sizeof(sum));
	return (size_t)(w.p - out) + sizeof(sum);
}
