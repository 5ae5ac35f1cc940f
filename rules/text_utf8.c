/* UTF-8, one character at a time (RFC 3629, and Unicode's table 3-7 of well-formed sequences). */
#include "rules/text_utf8.h"

#include <string.h>

/* What may follow a leading byte: how many bytes in all, and the bounds of the second. */
static size_t
leading(unsigned char b, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xbf;
	if (b < 0x80)
		return 1;
	if (b < 0xc2 || b > 0xf4)
		return 0;
	if (b < 0xe0)
		return 2;
	if (b < 0xf0) {
		*low = b == 0xe0 ? 0xa0 : 0x80;
		*high = b == 0xed ? 0x9f : 0xbf;
		return 3;
	}
	*low = b == 0xf0 ? 0x90 : 0x80;
	*high = b == 0xf4 ? 0x8f : 0xbf;
	return 4;
}

size_t
utf8_decode(const char *p, size_t n, uint32_t *c)
{
	const unsigned char *u = (const unsigned char *)p;
	unsigned char low, high;
	size_t len = leading(u[0], &low, &high);

	if (len == 1) {
		*c = u[0];
		return 1;
	}
	if (len == 0 || len > n || u[1] < low || u[1] > high)
		return 0;
	*c = (uint32_t)(u[0] & (0xff >> (len + 1))) << 6 | (u[1] & 0x3f);
	for (size_t i = 2; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (u[i] & 0x3f);
	}
	return len;
}

size_t
utf8_encode(char *p, uint32_t c)
{
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = len - 1; i > 0; i--) {
		p[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	p[0] = (char)(marks[len] | c);
	return len;
}

size_t
utf8_valid_until(const char *p, size_t n)
{
	uint64_t w[4];
	uint32_t c;
	size_t i = 0, len;

	while (i < n) {
		/* Most of what arrives is ASCII: 32 bytes at a time. */
		while (n - i >= sizeof(w)) {
			memcpy(w, p + i, sizeof(w));
			if (((w[0] | w[1] | w[2] | w[3]) & UINT64_C(0x8080808080808080)) != 0)
				break;
			i += sizeof(w);
		}
		while (i < n && (p[i] & 0x80) == 0)
			i++;
		if (i == n)
			break;
		len = utf8_decode(p + i, n - i, &c);
		if (len == 0)
			break;
		i += len;
	}
	return i;
}

size_t
utf8_bad_length(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	unsigned char low, high;
	size_t len = leading(u[0], &low, &high), i;

	if (len == 0 || n < 2 || u[1] < low || u[1] > high)
		return 1;
	for (i = 2; i < len && i < n && (u[i] & 0xc0) == 0x80; i++)
		;
	return i;
}
