/*
 * SHA-256.  Of libcrypto's two ways this is the one that asks for no memory: the other fetches its algorithm
 * with hundreds of allocations, and where one of the first failed it crashed (OpenSSL 3.0).
 */
#ifndef DAEMON_SHA256_H
#define DAEMON_SHA256_H

#include "rules/text.h"

#define SHA256_BYTES 32

struct sha256 {
	uint64_t state[16];
};

void sha256_begin(struct sha256 *);
void sha256_add(struct sha256 *, const void *, size_t);
void sha256_end(struct sha256 *, unsigned char sum[SHA256_BYTES]);
/* Of bytes in one piece. */
void sha256_of(struct text bytes, unsigned char sum[SHA256_BYTES]);
void sha256_hex(struct text bytes, char hex[2 * SHA256_BYTES + 1]);
void sha256_as_hex(const unsigned char sum[SHA256_BYTES], char hex[2 * SHA256_BYTES + 1]);

#endif
