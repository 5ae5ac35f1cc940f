/* What read_xlsx.c (the workbook), xlsx_strings.c, xlsx_styles.c and xlsx_sheet.c share. */
#ifndef RULES_XLSX_PRIVATE_H
#define RULES_XLSX_PRIVATE_H

#include "rules/document_lines.h"
#include "rules/read_xml.h"

#define XLSX_ROWS    1048576
#define XLSX_COLUMNS 16384

enum xlsx_shows { SHOWS_NUMBER, SHOWS_DATE, SHOWS_TIME, SHOWS_BOTH, SHOWS_PERCENT };

struct xlsx {
	struct arena *arena;
	struct package *package;
	struct document *doc;
	struct read_error *error;
	uint32_t cell_room, max_items;
	bool epoch_1904;
	/* shared strings */
	struct text *strings;
	uint32_t n_strings, string_room;
	/* what each cell format (xf) shows, enum xlsx_shows */
	unsigned char *shows;
	uint32_t n_shows, shows_room;
};

extern const struct read_fault xlsx_bad;

/*
 * Text of an element in pieces, with xml:space as it is; xlsx_text() gives it with _xHHHH_ resolved, in
 * the arena.
 */
struct xlsx_words {
	struct buf b;
};
void xlsx_words_add(struct xlsx_words *, const char *, size_t);
struct text xlsx_words_text(struct arena *, struct xlsx_words *);

/* xlsx_strings.c, xlsx_styles.c, xlsx_sheet.c: a part; false: xlsx->error. */
bool xlsx_read_strings(struct xlsx *, struct text path);
bool xlsx_read_styles(struct xlsx *, struct text path);
bool xlsx_read_sheet(struct xlsx *, struct text path, struct sheet *);

/* A day or moment number as ISO, by what its format shows; empty: it is none (negative, too large). */
struct text xlsx_moment(struct arena *, double number, enum xlsx_shows, bool epoch_1904);

/* "BC23": row and column; 0 of what is not said.  false: it is no reference. */
bool xlsx_reference(const char *, uint32_t *row, uint32_t *column, const char **end);

#endif
