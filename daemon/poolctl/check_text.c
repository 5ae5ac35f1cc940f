/*
 * What a sandboxed process wants shown on a terminal, made safe.
 *
 * render_text() escapes everything that comes from a file, so an honest text holds no control
 * characters but its own line ends and colours.  But policies ran where it was made: only those are
 * let through here, and everything else is escaped once more.
 */
#include <string.h>

#include "daemon/poolctl/check.h"

/* The colours of render_text.c, and their end. */
static const char *const inks[] = { "\033[0m", "\033[1m", "\033[2m", "\033[1;31m", "\033[1;32m",
	"\033[1;33m", "\033[1;35m" };

/* The length of the colour that begins here; 0: none does. */
static size_t
ink_length(struct text t)
{
	size_t n;

	for (size_t i = 0; i < sizeof(inks) / sizeof(inks[0]); i++) {
		n = strlen(inks[i]);
		if (t.n >= n && memcmp(t.p, inks[i], n) == 0)
			return n;
	}
	return 0;
}

/* A backslash is there already where something was escaped: it is not escaped twice. */
static size_t
plain_length(struct text t)
{
	size_t n = 0;

	while (n < t.n && t.p[n] != '\n' && t.p[n] != '\033' && t.p[n] != '\\')
		n++;
	return n;
}

void
check_put_text(struct buf *b, struct text t, bool colour)
{
	size_t n;

	while (t.n > 0) {
		if (*t.p == '\n' || *t.p == '\\') {
			buf_char(b, *t.p);
			n = 1;
		} else if ((n = ink_length(t)) > 0) {
			if (colour)
				buf_put(b, t.p, n);
		} else {
			n = plain_length(t);
			n = n > 0 ? n : 1;
			buf_safe(b, (struct text){ t.p, n });
		}
		t.p += n;
		t.n -= n;
	}
}
