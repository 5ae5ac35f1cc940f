/* A thin layer over libcrypto, so that only this file speaks to its old interface. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "daemon/sha256.h"

#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha256), "the state has room");

/* None of these can fail: the state is ours, and its length is counted in 64 bits. */
void
sha256_begin(struct sha256 *s)
{
	(void)SHA256_Init((SHA256_CTX *)s->state);
}

void
sha256_add(struct sha256 *s, const void *p, size_t n)
{
	if (n > 0)
		(void)SHA256_Update((SHA256_CTX *)s->state, p, n);
}

void
sha256_end(struct sha256 *s, unsigned char sum[SHA256_BYTES])
{
	(void)SHA256_Final(sum, (SHA256_CTX *)s->state);
}

void
sha256_of(struct text bytes, unsigned char sum[SHA256_BYTES])
{
	struct sha256 s;

	sha256_begin(&s);
	sha256_add(&s, bytes.p, bytes.n);
	sha256_end(&s, sum);
}

void
sha256_as_hex(const unsigned char sum[SHA256_BYTES], char hex[2 * SHA256_BYTES + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < SHA256_BYTES; i++) {
		hex[2 * i] = digits[sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	hex[2 * SHA256_BYTES] = '\0';
}

void
sha256_hex(struct text bytes, char hex[2 * SHA256_BYTES + 1])
{
	unsigned char sum[SHA256_BYTES];

	sha256_of(bytes, sum);
	sha256_as_hex(sum, hex);
}
