/*
 * What poolctl prints for people: a line at a time, broken at the width of the terminal, with a colour
 * that says what kind of line it is.  Into a file or a pipe nothing is broken and nothing coloured.
 */
#ifndef DAEMON_POOLCTL_SCREEN_H
#define DAEMON_POOLCTL_SCREEN_H

#include <stdbool.h>

#include "rules/text.h"

enum screen_tone { TONE_PLAIN, TONE_GOOD, TONE_NOTE, TONE_BAD };

/* Standard output is a terminal that has colours, and NO_COLOR is not set. */
bool screen_colours(void);
/* Columns of the terminal, at least 40; 0: standard output is none. */
unsigned screen_width(void);

/*
 * The lead ("  ! "), then the text, whose further lines stand under its first.  The text is safe
 * already.  A command that it ends in, after "To mend it: ", has a line of its own and is never broken,
 * so that it can be pasted.
 */
void screen_line(enum screen_tone, const char *lead, struct text);

#endif
