/*
 * Compressing for the ledger: zlib streams (RFC 1950), made by ISA-L, which is several times as fast as
 * zlib and makes them no larger.  zlib's uncompress() gives the same bytes back.
 */
#ifndef DAEMON_DEFLATE_H
#define DAEMON_DEFLATE_H

#include <stdbool.h>

#include "rules/text.h"

/* Bytes that the result of n can have at most. */
size_t deflate_bound(size_t n);
/* Into room for deflate_bound() of the text; how many bytes, 0: it could not be done. */
size_t deflate_fast(unsigned char *out, struct text);

#endif
