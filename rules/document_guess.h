/* Private to document_guess.c, guess_ole.c and guess_zip.c: kinds of files that are told by what is in them. */
#ifndef RULES_DOCUMENT_GUESS_H
#define RULES_DOCUMENT_GUESS_H

#include "rules/document.h"

struct file_kind {
	enum document_guess guess;
	const char *what; /* "a PDF document" */
	const char *todo; /* a whole sentence; NULL when it is read */
};

/* What most files that are not read are good for. */
#define TODO_RETURN   "Send the return itself, as .xlsx, .ods, CSV or JSON."
#define TODO_SAVE     "Open it, save it as .xlsx (Excel workbook), and send that."
#define TODO_PASSWORD "Open it and save it as .xlsx without a password, and send that."
#define TODO_UNPACK   "Take the return out of it and send that by itself."
#define TODO_ORIGINAL "Send the workbook that it was made from, as .xlsx or .ods."

/* A compound file, as Office wrote them up to 2003, and as a workbook with a password still is. */
const struct file_kind *guess_ole(struct text);
/* A zip archive, by the names in it. */
const struct file_kind *guess_zip(struct text);

#endif
