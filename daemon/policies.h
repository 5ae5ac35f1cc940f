/*
 * The policy folder, read whole into sealed memory: what the rulebook process is given.
 *
 * It runs in a process that may open files and runs no Lua; nothing is parsed here.  No symbolic link
 * is followed beneath the folder, and files, bytes and depth are bounded.
 */
#ifndef DAEMON_POLICIES_H
#define DAEMON_POLICIES_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/text.h"

#define POLICIES_FILES 4096
#define POLICIES_BYTES (256u * 1024 * 1024)
#define POLICIES_DEPTH 8
#define POLICIES_FILE  (64u * 1024 * 1024) /* one that is not Lua */

struct policies {
	int memfd;       /* sealed; tree.h's format */
	char digest[65]; /* SHA-256 of its bytes, hex */
	uint32_t files;
	uint64_t bytes;
};

/*
 * Read the folder; what is too large is not read at all.  false: not read, and why has every sentence that says so, one a line.
 * Left out: names that begin with a dot, editors' copies (NAME~, NAME.bak, NAME.swp), *.md, and
 * poold.lua at the top, which is for editors only.
 */
bool policies_read(const char *folder, struct policies *, struct buf *why);
void policies_close(struct policies *);
/* Is this the name of what is left out?  depth: 0 at the top. */
bool policies_leaves_out(const char *name, unsigned depth);

#endif
