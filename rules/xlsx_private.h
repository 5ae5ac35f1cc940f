/* What read_xlsx.c (the workbook), xlsx_strings.c, xlsx_styles.c and xlsx_sheet.c share. */
#ifndef RULES_XLSX_PRIVATE_H
#define RULES_XLSX_PRIVATE_H

#include "rules/document_lines.h"
#include "rules/number_seen.h"
#include "rules/read_xml.h"

#define XLSX_ROWS    1048576
#define XLSX_COLUMNS 16384
#define XLSX_FORMATS 65536 /* Excel itself has room for 65,490 */

enum xlsx_shows {
	SHOWS_NUMBER,
	SHOWS_DATE,
	SHOWS_TIME,
	SHOWS_BOTH,
	SHOWS_PERCENT,
	SHOWS_ELAPSED /* [h]:mm, a duration: its hours may be more than a day's */
};

struct xlsx {
	struct arena *arena;
	struct package *package;
	struct document *doc;
	struct read_error *error;
	uint64_t shown; /* bytes of text in cells, each time they are shown */
	uint32_t cell_room, max_items;
	bool epoch_1904;
	/* shared strings */
	struct text *strings;
	uint32_t n_strings, string_room;
	/* what each cell format (xf) shows, enum xlsx_shows */
	unsigned char *shows;
	uint32_t n_shows, shows_room;
	/* where the next text of a cell is kept, and how much room is left there */
	char *keep;
	size_t keep_room;
};

extern const struct read_fault xlsx_bad;

/* A copy of a text, close behind the one before: without a NUL. */
struct text xlsx_keep(struct xlsx *, struct text);
/* The same with _xHHHH_ resolved. */
struct text xlsx_unescape(struct xlsx *, struct text);

/*
 * What a cell holds: its type and text, from what its sheet has and how it is shown.  false: it is a shared
 * text that the workbook does not have.
 */
typedef bool xlsx_take(struct xlsx *, struct cell *, enum xlsx_shows, struct text raw);
xlsx_take xlsx_take_text, xlsx_take_number, xlsx_take_shared, xlsx_take_bool, xlsx_take_error;
/* By the cell's type ("s", "n" …); NULL: it says none. */
xlsx_take *xlsx_take_for(const char *type);

/* xlsx_strings.c, xlsx_styles.c, xlsx_sheet.c: a part; false: xlsx->error. */
bool xlsx_read_strings(struct xlsx *, struct text path);
bool xlsx_read_styles(struct xlsx *, struct text path);
bool xlsx_read_sheet(struct xlsx *, struct text path, struct sheet *);

/* A day or moment number as ISO, by what its format shows; empty: it is none (negative, too large). */
struct text xlsx_moment(struct xlsx *, const struct number_seen *, enum xlsx_shows);

/* "BC23": row and column; 0 of what is not said.  false: it is no reference. */
bool xlsx_reference(const char *, uint32_t *row, uint32_t *column, const char **end);

#endif
