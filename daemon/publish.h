/*
 * Publishing: the original and the reports into the outcome folders, from the ledger's bytes alone.
 * Doing it again overwrites only itself.
 */
#ifndef DAEMON_PUBLISH_H
#define DAEMON_PUBLISH_H

#include "daemon/ledger.h"

struct publisher;

/*
 * region_dir(arg, region) gives an open descriptor of a region's folder (the caller's), or -1 when it
 * is not there: the verdict stays unpublished and is tried again.
 */
struct publisher *publisher_new(int (*region_dir)(void *arg, struct text region), void *arg);
void publisher_free(struct publisher *);

/*
 * Publish up to `most` unpublished verdicts: written aside and renamed, one syncfs for all of them,
 * then the claims (REGION/.poold/SEQ) unlinked, then marked.  Returns how many, -1 when something
 * failed (publisher_error() says what, to which file, and what to do); the others are done.
 */
int publish_some(struct publisher *, struct ledger *, uint32_t most);
const char *publisher_error(const struct publisher *);

/*
 * The names a verdict is published under: "compliant/STEM~SEQ.EXT", "….verdict.html",
 * "….verdict.json".  Bytes of the name that may not stand in a file name here (control characters,
 * '/', what is not UTF-8, a leading '.') are written as %XX; the stem is cut so that the longest of
 * the three fits 255 bytes.
 */
void publish_names(struct text name, int64_t seq, struct buf *original, struct buf *html, struct buf *json);

#endif
