/* What the render_text_* files share: a writer that wraps. */
#ifndef RULES_RENDER_TEXT_PRIVATE_H
#define RULES_RENDER_TEXT_PRIVATE_H

#include "rules/verdict_view.h"

enum ink { INK_PLAIN, INK_BOLD, INK_SOFT, INK_BAD, INK_ASK, INK_GOOD, INK_OURS, INKS };

struct writer {
	struct buf *b;
	unsigned width; /* columns */
	bool colour;
	struct buf line; /* what the next paragraph says; not yet escaped */
};

void text_ink(struct writer *, enum ink);
void text_ink_off(struct writer *, enum ink);
/* A heading with an empty line above. */
void text_heading(struct writer *, const char *title);
/*
 * Writes what is in line as a paragraph and clears it: escaped, cut at most bytes, wrapped, the first
 * line indented by first, the others by rest.
 */
void text_flush(struct writer *, unsigned first, unsigned rest, enum ink, size_t most);

void text_sections(struct writer *, const struct verdict *);
void text_answers(struct writer *, const struct verdict *);

#endif
