/*
 * Compressing for the ledger: zlib streams (RFC 1950), made by ISA-L, which is several times as fast as
 * zlib and makes them no larger.  zlib's uncompress() gives the same bytes back.
 */
#ifndef DAEMON_DEFLATE_H
#define DAEMON_DEFLATE_H

#include <stdbool.h>

#include "rules/text.h"

/* Texts of a kind are much alike, so they share what can be shared. */
enum deflate_kind { DEFLATE_RETURN, DEFLATE_BUDGET, DEFLATE_JSON, DEFLATE_PAGE, DEFLATE_KINDS };

/* Bytes that the result of n can have at most. */
size_t deflate_bound(size_t n);
/*
 * Into room for deflate_bound() of the text; how many bytes, 0: it could not be done.  What comes out
 * depends on the texts of its kind before; what it is read back as does not.
 */
size_t deflate_fast(enum deflate_kind, unsigned char *out, struct text);

#endif
