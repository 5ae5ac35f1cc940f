/* UTF-8, one character at a time. */
#ifndef RULES_TEXT_UTF8_H
#define RULES_TEXT_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The character at p and how many bytes it has; 0 when the bytes there are not UTF-8 (overlong forms,
 * surrogates, beyond U+10FFFF, cut off).  n is at least 1.
 */
size_t utf8_decode(const char *p, size_t n, uint32_t *c);
/* One character as bytes; p has room for 4.  Returns how many. */
size_t utf8_encode(char *p, uint32_t c);
/* How many bytes from the beginning are UTF-8. */
size_t utf8_valid_until(const char *p, size_t n);
/* How many bytes to pass over where utf8_decode() gave 0: the part that can only be one mistake. */
size_t utf8_bad_length(const char *p, size_t n);

#endif
