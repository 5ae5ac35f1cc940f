/* Private to the reader of JSON: what it has read becomes nodes, unless a name stands twice. */
#ifndef RULES_READ_JSON_NODES_H
#define RULES_READ_JSON_NODES_H

#include "rules/document.h"

#define JSON_SIEVE_BITS 256

/* An object or array that is not closed yet. */
struct json_open {
	uint32_t node, last; /* last child so far, 0 when none */
	uint32_t
	    like; /* the member of the object before that this one's next may equal; 0: none */
	bool alike; /* all names so far are those of the object before, in its order */
	uint64_t sieve[JSON_SIEVE_BITS / 64];
};

struct json_reader {
	struct arena *arena;
	struct document *doc;
	struct read_error *error;
	const char *at, *end;          /* what is left to read */
	struct json_open *opens, *top; /* top: NULL outside the root */
	uint32_t cap, depth, max_depth, max_items;
	bool keep_duplicates;
	struct text key; /* of the member that comes next; TEXT_NONE in a list */
};

/*
 * What was read, at its offset in the file, below whatever is open; NULL or false: refused, and *error
 * says why.
 */
struct node *json_add(struct json_reader *, enum node_type, uint32_t offset);
bool json_open(struct json_reader *, enum node_type, uint32_t offset);
bool json_close(struct json_reader *);
/* The name that stands next in the row before, if it stands in the file as it is; else TEXT_NONE. */
struct text json_name_before(const struct json_reader *);

#endif
