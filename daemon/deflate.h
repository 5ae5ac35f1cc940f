/*
 * Compressing for the ledger: valid zlib streams (RFC 1950), made fast rather than small.
 */
#ifndef DAEMON_DEFLATE_H
#define DAEMON_DEFLATE_H

#include <stdbool.h>

#include "rules/text.h"

/* Bytes that the result of n can have at most. */
size_t deflate_bound(size_t n);
/* Into room for deflate_bound(); how many bytes.  zlib's uncompress() gives the same bytes back. */
size_t deflate_fast(unsigned char *out, struct text);

#endif
