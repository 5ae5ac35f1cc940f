#include "daemon/poolctl/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LEAST_WIDTH 40

static const char *const colours[] = { [TONE_PLAIN] = "",
	[TONE_GOOD] = "\033[32m",
	[TONE_NOTE] = "\033[33m",
	[TONE_BAD] = "\033[31m" };

static const char command_follows[] = "To mend it: ";

bool
screen_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || no[0] == '\0') && term != NULL &&
	    strcmp(term, "dumb") != 0;
}

unsigned
screen_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_col == 0)
		return 80;
	return size.ws_col < LEAST_WIDTH ? LEAST_WIDTH : size.ws_col;
}

/* How many bytes of the text fit into so many columns, up to a blank; a longer word is not broken. */
static size_t
fits(struct text t, size_t columns)
{
	size_t i, used = 0, last = 0;

	for (i = 0; i < t.n; i++) {
		if (((unsigned char)t.p[i] & 0xc0) != 0x80 && ++used > columns && last > 0)
			return last;
		if (t.p[i] == ' ')
			last = i;
	}
	return t.n;
}

static void
put_broken(struct text t, size_t indent, size_t columns)
{
	size_t n;

	for (;;) {
		n = fits(t, columns);
		(void)printf("%.*s", TEXT_ARG(((struct text){ t.p, n })));
		while (n < t.n && t.p[n] == ' ')
			n++;
		t = (struct text){ t.p + n, t.n - n };
		if (t.n == 0)
			return;
		(void)printf("\n%*s", (int)indent, "");
	}
}

/* Where the words end before the blank and the command that mends it. */
static size_t
before_command(struct text t)
{
	const char *at = memmem(t.p, t.n, command_follows, sizeof(command_follows) - 1);

	return at != NULL ? (size_t)(at - t.p) + sizeof(command_follows) - 2 : t.n;
}

void
screen_line(enum screen_tone tone, const char *lead, struct text t)
{
	const char *colour = screen_colours() ? colours[tone] : "";
	size_t width = screen_width(), indent = strlen(lead), words = before_command(t);

	if (t.p == NULL)
		t = text_of("");
	(void)printf("%s%s", colour, lead);
	if (width == 0)
		(void)printf("%.*s", TEXT_ARG(t));
	else {
		put_broken((struct text){ t.p, words }, indent, width - indent);
		if (words < t.n)
			(void)printf("\n%*s%.*s", (int)indent + 2, "",
			    TEXT_ARG(((struct text){ t.p + words + 1, t.n - words - 1 })));
	}
	(void)printf("%s\n", *colour != '\0' ? "\033[0m" : "");
}
