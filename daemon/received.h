/*
 * Notes to a region's team that a file was taken: REGION/STEM~SEQ.received.txt.
 *
 * The folder belongs to other people: notes are written aside and renamed, never through a link, and
 * nothing is replaced or removed that does not begin as a note of ours does.  They are not made durable;
 * what is true is in the ledger.
 */
#ifndef DAEMON_RECEIVED_H
#define DAEMON_RECEIVED_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/date.h"
#include "rules/text.h"

/* The name of an arrival's note, with NUL; empty: no memory. */
void received_name(struct buf *, struct text name, int64_t seq);
/* The number in the name of a note; 0: it is the name of none. */
int64_t received_number(const char *name);

/* The text of a note. */
void received_text(struct buf *, struct text name, int64_t seq, instant received);
/* What one says of those for which there is no note of their own: how many, from which number on. */
void received_text_further(struct buf *, uint32_t n, int64_t from);
#define RECEIVED_FURTHER "further.received.txt"

/* 0 or errno; EEXIST: something of that name is not ours. */
int received_write(int region_fd, const char *name, struct text bytes);
void received_remove(int region_fd, const char *name);
/*
 * Each note that lies there from an earlier life, RECEIVED_FURTHER too, while each returns true.  false:
 * perhaps not all, the list broke off (errno).
 */
bool received_each(int region_fd, bool (*each)(void *arg, const char *name), void *arg);

#endif
