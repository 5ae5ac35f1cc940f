/* Private to read_csv.c: whatever encoding a file is in, as UTF-8. */
#ifndef RULES_READ_CSV_DECODE_H
#define RULES_READ_CSV_DECODE_H

#include "rules/document.h"

enum csv_unit {
	UNIT_BYTE, /* the text is the file's own bytes */
	UNIT_CHAR, /* a byte of the file is a character of the text */
	UNIT_UTF16 /* two bytes, or four where the text has four */
};

struct csv_text {
	struct text t; /* without BOM */
	const char *encoding;
	enum csv_unit unit;
	uint32_t bom; /* bytes of the file before the text */
};

bool csv_decode(struct arena *, struct text bytes, struct csv_text *, struct read_error *);

#endif
