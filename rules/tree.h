/*
 * A policy tree as one run of bytes: what the keeper reads beneath lua-policies/ and passes on sealed.
 *
 * Format: "poolT1\n", then for each file, sorted by name bytewise: u32 length of name, u32 length of
 * data (little-endian), name (relative, '/' between parts, no "." or ".."), data.
 */
#ifndef RULES_TREE_H
#define RULES_TREE_H

#include "rules/text.h"

/* No policy is larger; known here so that a larger file need not be read. */
#define TREE_LUA_MOST (4u << 20)

struct tree_file {
	struct text name, data; /* point into the tree's bytes */
};

struct tree {
	struct tree_file *files;
	uint32_t n;
};

/* false: not a tree; *why says so.  tree_free() frees the table, not the bytes. */
bool tree_read(struct text bytes, struct tree *, const char **why);
void tree_free(struct tree *);
const struct tree_file *tree_find(const struct tree *, const char *name);
/* Writing: begin, add in any order, finish sorts and packs. */
void tree_pack(struct buf *, const struct tree_file *files, uint32_t n);

#endif
