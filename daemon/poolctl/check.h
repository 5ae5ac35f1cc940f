/* What the files of `poolctl check` share. */
#ifndef DAEMON_POOLCTL_CHECK_H
#define DAEMON_POOLCTL_CHECK_H

#include "rules/result.h"

enum check_format { CHECK_TEXT, CHECK_JSON, CHECK_HTML };

#define CHECK_PACKS 64
#define CHECK_WITH  64
#define CHECK_BYTES ((size_t)64 * 1024 * 1024) /* of a file */

/* A file of --with, and when it came: what --with-at before it says, else when the others do. */
struct check_with {
	const char *path;
	instant at;
	bool at_given;
};

struct check_options {
	const char *policies; /* the folder */
	const char *packs[CHECK_PACKS];
	uint32_t n_packs;
	struct check_with with[CHECK_WITH + 1]; /* the last is room for --with-at */
	uint32_t n_with;
	enum check_format format;
	const char *region;
	instant at;
	bool at_given, strict, quiet, colour;
	char **files;
	int n_files;
};

/* A file's bytes with what is known of it; buf_free(&bytes). */
struct check_file {
	struct buf bytes;
	char sha256[65];
	const char *name; /* without its folders */
};

/* false: it has been told, on standard error. */
bool check_file_read(const char *path, struct check_file *);

struct check_judge;

/* Load the policies and judge the --with files.  NULL: it has been told. */
struct check_judge *check_judge_new(const struct check_options *);
/*
 * Judge a file.  *out is a result whose texts are in *bytes; false: our side failed, and *bytes holds
 * the rendering of the verdict that says so, in the format of the options.
 */
bool check_judge_file(
    struct check_judge *, const struct check_file *, struct buf *bytes, struct result *out);
void check_judge_free(struct check_judge *);

/*
 * Write text that render_text() made, in its own colours or without; whatever else in it could move
 * a cursor is escaped, for it comes from the process where policies ran.
 */
void check_put_text(struct buf *, struct text, bool colour);

#endif
