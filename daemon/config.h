/*
 * The configuration: one table of keys, used by the parser, by `poold -n` and by the manual page.
 *
 * The file has lines "key value"; # begins a comment; a value may stand in double quotes.
 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/text.h"

struct config {
	/* texts are owned */
	char *root, *state, *policies, *syslog, *control, *control_group, *hostname;
	/* milliseconds */
	int64_t settle, rescan, poll, patience, tell_after, wall, cpu, load, status, keep,
	    keep_told;
	/* bytes */
	int64_t max_size, memory, lua_memory, min_free;
	/* plain numbers */
	int64_t evaluators, batch, untold_most, unpublished_most, instructions,
	    condition_instructions, facility, syslog_format;
	/* 0 or 1 */
	int64_t watch_policies;
};

enum config_kind {
	CONFIG_PATH, /* absolute */
	CONFIG_WORD, /* no blanks or control characters; may be empty by default only */
	CONFIG_TIME, /* 500ms, 2s, 5m, 1h, 30d */
	CONFIG_SIZE, /* 64MB, 2GB, 512kB */
	CONFIG_COUNT,
	CONFIG_FACILITY, /* a syslog facility by name */
	CONFIG_FORMAT,   /* of syslog records, a name of event_format_names */
	CONFIG_SWITCH    /* yes or no */
};

struct config_key {
	const char *name;
	enum config_kind kind;
	bool live;           /* may change while poold runs; poold.conf(5) says it to people */
	size_t at;           /* in struct config */
	const char *value;   /* the default, as it would be written; NULL: must be set */
	int64_t least, most; /* for numbers, in the unit of struct config */
	const char *help;
};

const struct config_key *config_keys(size_t *n);

/*
 * Read a file over the defaults.  false: errors has every mistake as "FILE:LINE: sentence", one a
 * line.  Free the configuration in either case.
 */
bool config_read(const char *path, struct config *, struct buf *errors);
/* The same from bytes; name is for the messages. */
bool config_parse(struct text bytes, const char *name, struct config *, struct buf *errors);
/* What is allowed and yet most likely a mistake: whole sentences, one a line. */
void config_notices(const struct config *, struct buf *);
/*
 * Take what differs in `fresh` and is live into the configuration in force.  Both lists get names of
 * keys, with commas: what was taken, and what differs and needs a restart.  Free `fresh` as well.
 */
void config_take(struct config *, struct config *fresh, struct buf *taken, struct buf *kept);
void config_free(struct config *);
/* Every key with its value in force, as the file would say it. */
void config_format(struct buf *, const struct config *);

#endif
