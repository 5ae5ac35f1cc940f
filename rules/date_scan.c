/* A small scanner that the readers of dates, times, years and quarters share. */
#include "rules/date_scan.h"

#include <string.h>

struct scan
scan_of(struct text t)
{
	return t.n == 0 ? (struct scan){ "", "" } : (struct scan){ t.p, t.p + t.n };
}

bool
scan_done(const struct scan *s)
{
	return s->p == s->end;
}

bool
scan_digits(struct scan *s, int least, int most, int *out)
{
	int n = 0, v = 0;

	while (n < most && s->p + n < s->end && s->p[n] >= '0' && s->p[n] <= '9')
		v = v * 10 + (s->p[n++] - '0');
	if (n < least)
		return false;
	s->p += n;
	*out = v;
	return true;
}

bool
scan_char(struct scan *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

bool
scan_any(struct scan *s, const char *set, char *which)
{
	if (s->p == s->end || *s->p == '\0' || strchr(set, *s->p) == NULL)
		return false;
	*which = *s->p++;
	return true;
}

bool
scan_word(struct scan *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->p) < n ||
	    !text_equal_nocase((struct text){ s->p, n }, text_of(word)))
		return false;
	s->p += n;
	return true;
}
