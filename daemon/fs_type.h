/* Kinds of file systems, by what can be trusted on them (inbox_types.c has the table). */
#ifndef DAEMON_FS_TYPE_H
#define DAEMON_FS_TYPE_H

#include <stdbool.h>
#include <stdint.h>

struct fs_type {
	int64_t magic;
	const char *name;
	bool local; /* events tell of everything, leases of every writer */
};
/* NULL: unknown, to be treated as the least trusted. */
const struct fs_type *fs_type_find(int64_t magic);

#endif
