/*
 * Publishing: the original and the reports into the outcome folders, from the ledger's bytes
 * alone. Doing it again overwrites only itself.
 */
#ifndef DAEMON_PUBLISH_H
#define DAEMON_PUBLISH_H

#include "daemon/ledger.h"

struct publisher;

/*
 * region_dir(arg, region) gives an open descriptor of a region's folder, which the publisher
 * closes, or -1 when it is not there: the verdict stays unpublished and is tried again.
 */
struct publisher *publisher_new(int (*region_dir)(void *arg, struct text region), void *arg);
void publisher_free(struct publisher *);

/*
 * Publish up to `most` unpublished verdicts: written aside and renamed, one syncfs for all of
 * them, then the claims (REGION/.poold/SEQ, a file or a folder with files) unlinked, then
 * marked.  Returns how many, -1 when something failed (publisher_error() says what, to which
 * file, and what to do); the others are done.  A region in which something failed is left out
 * for a while, 1 to 30 seconds, so that its trouble is not everybody's; a call that only leaves
 * such regions out returns 0.
 */
int publish_some(struct publisher *, struct ledger *, uint32_t most);
/* Whole sentences, one for each region that failed in the last call. */
const char *publisher_error(const struct publisher *);
/* Milliseconds until a region that was left out may be tried again; -1: none is left out. */
int publisher_retry_ms(const struct publisher *);

/*
 * The names a verdict is published under in its outcome's folder: "STEM~SEQ.EXT",
 * "STEM~SEQ.verdict.html", "STEM~SEQ.verdict.json".  Bytes of the name that may not stand in a
 * file name here (control characters, '/', marks that reorder or hide text, what is not UTF-8, a
 * leading '.') are written as %XX; the stem is cut so that the longest of the three fits 255
 * bytes.
 */
void publish_names(
    struct text name, int64_t seq, struct buf *original, struct buf *html, struct buf *json);

#endif
