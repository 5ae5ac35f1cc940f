/*
 * What a byte of XML may be, and text that stands for itself.  Who uses this has 8 readable bytes behind a
 * NUL that ends what is scanned.
 */
#ifndef RULES_XML_PLAIN_H
#define RULES_XML_PLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define XML_BLANK      0x01
#define XML_NAME_START 0x02
#define XML_NAME       0x04
#define XML_PLAIN      0x08 /* in text: stands for itself */
#define XML_VALUE      0x10 /* in an attribute's value: stands for itself */
extern const unsigned char xml_kinds[256];

#define XML_IS(c, bit) ((xml_kinds[(unsigned char)(c)] & (bit)) != 0)
/* Bytes that may be read behind the NUL. */
#define XML_BEHIND 8

/* The highest bit of each byte, of those that are nought (and perhaps of some behind such a one). */
static inline uint64_t
xml_noughts(uint64_t x)
{
	return (x - UINT64_C(0x0101010101010101)) & ~x & UINT64_C(0x8080808080808080);
}

/* Are the 8 bytes at p all text: from blank to 127, but for "<", "&" and "]"? */
static inline bool
xml_eight_plain(const char *p)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return (((x | (x - each * 0x20)) & each * 0x80) | xml_noughts(x ^ each * '<') |
		   xml_noughts(x ^ each * '&') | xml_noughts(x ^ each * ']')) == 0;
}

/* Behind the plain text at p. */
static inline const char *
xml_skip_plain(const char *p)
{
	while (xml_eight_plain(p))
		p += 8;
	while (XML_IS(*p, XML_PLAIN))
		p++;
	return p;
}

#endif
