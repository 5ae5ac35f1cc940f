/*
 * Formatted text for buffers: as printf, but %.*s puts all its bytes.
 *
 * The C library ends a text at its first NUL, and texts from a submission may hold one: a sentence would
 * lose what stands behind it.  Known are %% %s %c %d %u %x %X with -, 0, a width, the lengths l, ll and
 * z, and %.*s; the compiler checks the arguments, and an unknown conversion ends the program.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/text.h"

struct conversion {
	bool left, zeros, counted; /* counted: .* was there */
	int width;
	unsigned longs; /* how many l; 3 for z */
	char kind;
};

/* Read what follows a percent sign, but for the numbers that a * asks for; gives what follows it. */
static const char *
read_conversion(const char *at, struct conversion *c)
{
	*c = (struct conversion){ 0 };
	for (; *at == '-' || *at == '0'; at++)
		*(*at == '-' ? &c->left : &c->zeros) = true;
	if (*at == '*') {
		c->width = -1;
		at++;
	}
	for (; *at >= '0' && *at <= '9' && c->width < 1000; at++)
		c->width = c->width * 10 + (*at - '0');
	if (at[0] == '.' && at[1] == '*') {
		c->counted = true;
		at += 2;
	}
	for (; *at == 'l' || *at == 'z'; at++)
		c->longs += *at == 'z' ? 3 : 1;
	c->kind = *at;
	return at + 1;
}

static void
put_padded(struct buf *b, const struct conversion *c, const char *p, size_t n)
{
	size_t blanks = c->width > 0 && (size_t)c->width > n ? (size_t)c->width - n : 0;

	for (; !c->left && blanks > 0; blanks--)
		buf_char(b, ' ');
	buf_put(b, p, n);
	for (; blanks > 0; blanks--)
		buf_char(b, ' ');
}

static void
put_number(struct buf *b, const struct conversion *c, bool negative, uintmax_t n)
{
	unsigned base = c->kind == 'x' || c->kind == 'X' ? 16 : 10;
	const char *digits = c->kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	char line[32];
	char *end = line + sizeof(line), *p = end;
	struct conversion rest = *c;

	do
		*--p = digits[n % base];
	while ((n /= base) != 0);
	if (c->zeros) {
		if (negative)
			buf_char(b, '-');
		for (ptrdiff_t i = end - p + negative; i < c->width; i++)
			buf_char(b, '0');
		rest.width = 0;
	} else if (negative) {
		*--p = '-';
	}
	put_padded(b, &rest, p, (size_t)(end - p));
}

void
buf_vprintf(struct buf *b, const char *format, va_list ap)
{
	struct conversion c;
	const char *at, *p;
	intmax_t n;
	size_t count = 0;
	char one;

	for (; *(at = strchrnul(format, '%')) != '\0'; format = at) {
		buf_put(b, format, (size_t)(at - format));
		at = read_conversion(at + 1, &c);
		if (c.width < 0)
			c.width = va_arg(ap, int);
		if (c.counted)
			count = (size_t)va_arg(ap, int);
		/* the arguments can be taken only here, where the list is */
		switch (c.kind) {
		case '%': buf_char(b, '%'); break;
		case 's':
			p = va_arg(ap, const char *);
			put_padded(b, &c, p, c.counted ? count : strlen(p));
			break;
		case 'c':
			one = (char)va_arg(ap, int);
			put_padded(b, &c, &one, 1);
			break;
		case 'd':
			n = c.longs == 0   ? va_arg(ap, int)
			    : c.longs == 2 ? va_arg(ap, long long)
					   : va_arg(ap, long);
			put_number(b, &c, n < 0, n < 0 ? -(uintmax_t)n : (uintmax_t)n);
			break;
		case 'u':
		case 'x':
		case 'X':
			put_number(b, &c, false,
			    c.longs == 0       ? va_arg(ap, unsigned)
				: c.longs == 2 ? va_arg(ap, unsigned long long)
					       : va_arg(ap, unsigned long));
			break;
		default: abort();
		}
	}
	buf_str(b, format);
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	buf_vprintf(b, format, ap);
	va_end(ap);
}
