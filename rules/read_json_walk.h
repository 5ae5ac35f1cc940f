/* Private to read_json_fault.c: the grammar of JSON walked by hand, up to the first mistake. */
#ifndef RULES_READ_JSON_WALK_H
#define RULES_READ_JSON_WALK_H

#include "rules/text.h"

enum mistake {
	NONE,
	EMPTY,
	CUT_OFF,
	CUT_TEXT,
	UTF16,
	NOT_UTF8,
	NUL,
	CONTROL_SPACE,
	CONTROL_TEXT,
	LINE_BREAK,
	BAD_ESCAPE,
	HALF_PAIR,
	NEED_VALUE,
	NEED_NAME,
	NEED_COLON,
	NEED_COMMA,
	LAST_COMMA,
	EXTRA_COMMA,
	WRONG_CLOSE,
	UNOPENED,
	SINGLE_QUOTE,
	CURLY_QUOTE,
	BARE_NAME,
	BARE_WORD,
	NOT_A_NUMBER,
	COMMENT,
	BAD_NUMBER,
	LEADING_NOUGHT,
	PLUS_SIGN,
	BARE_POINT,
	TRAILING,
	TOO_DEEP,
	MISTAKES
};

struct json_walker {
	struct text t;
	uint32_t at;
	uint32_t *opens; /* offsets of what is open */
	uint32_t depth, max_depth;
	enum mistake mistake;
	uint32_t place; /* of the mistake */
};

/* The whole text from w->at; false: w->mistake says what is wrong, and w->place where. */
bool json_walk(struct json_walker *w);

#endif
