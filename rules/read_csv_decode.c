/*
 * Telling the encoding of a CSV file and turning it into UTF-8.
 *
 * UTF-8 is looked at where it lies.  Windows-1252 is what is left when a file is not UTF-8: nothing
 * else with letters of its own is common in this country, and its pound sign (A3) is the usual reason.
 */
#include "rules/read_csv_decode.h"

#include <string.h>

#include "rules/document_lines.h"
#include "rules/text_utf8.h"

#define UTF8_BOM_AGAIN \
	"\xc3\xaf\xc2\xbb\xc2\xbf" /* a BOM taken for Windows-1252, written as UTF-8 */

static const struct read_fault nul = { "syntax", "text without such bytes",
	"Make the file again: it may have been damaged." };
static const struct read_fault not_utf8 = { "not_utf8", "text in UTF-8",
	"Save the file again as CSV UTF-8." };
static const struct read_fault odd_utf16 = { "truncated", "two bytes for each character",
	"Send the whole file again, or save it as CSV UTF-8." };
static const struct read_fault pair = { "not_utf8", "both halves of a character",
	"Save the file again as CSV UTF-8." };
static const struct read_fault undefined = { "not_utf8", "text in UTF-8 or Windows-1252",
	"Save the file again as CSV UTF-8." };

/* The bytes 80 to 9F of Windows-1252; 0: undefined. */
static const uint16_t windows_1252[32] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
	0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c,
	0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e,
	0x0178 };

/* The line of a place in a text. */
static uint32_t
line_of(const char *p, size_t n)
{
	uint32_t line, column;
	struct document d = { .bytes = { p, n } };

	document_line_column(&d, (uint32_t)n, &line, &column);
	return line;
}

/* In this encoding a byte is a character, so columns are counted here. */
static void
refuse_1252(struct arena *arena, struct text bytes, size_t at, struct read_error *error)
{
	uint32_t line = line_of(bytes.p, at), column = 1;

	for (size_t i = at; i > 0 && bytes.p[i - 1] != '\n' && bytes.p[i - 1] != '\r'; i--)
		column++;
	read_error_set(error, arena, &undefined, line, column,
	    "found the byte %02X; the file is not UTF-8, and Windows-1252 has no such "
	    "character.",
	    (unsigned char)bytes.p[at]);
}

static bool
decode_1252(
    struct arena *arena, struct text bytes, struct csv_text *out, struct read_error *error)
{
	size_t high = 0, n = 0;
	char *p;

	for (size_t i = 0; i < bytes.n; i++)
		high += (unsigned char)bytes.p[i] >= 0x80;
	p = arena_alloc(arena, bytes.n + 2 * high);
	for (size_t i = 0; i < bytes.n; i++) {
		uint32_t c = (unsigned char)bytes.p[i];

		if (c < 0x80) {
			p[n++] = (char)c;
			continue;
		}
		if (c < 0xa0 && windows_1252[c - 0x80] == 0) {
			refuse_1252(arena, bytes, i, error);
			return false;
		}
		n += utf8_encode(p + n, c < 0xa0 ? windows_1252[c - 0x80] : c);
	}
	*out = (struct csv_text){ { p, n }, "Windows-1252", UNIT_CHAR, 0 };
	return true;
}

static uint32_t
unit_at(struct text t, size_t i, bool little)
{
	uint32_t a = (unsigned char)t.p[i], b = (unsigned char)t.p[i + 1];

	return little ? b << 8 | a : a << 8 | b;
}

static bool
decode_utf16(struct arena *arena, struct text t, bool little, struct csv_text *out,
    struct read_error *error)
{
	char *p = arena_alloc(arena, t.n / 2 * 3 + 1);
	size_t n = 0;
	uint32_t c, low;

	if (t.n % 2 != 0) {
		read_error_set(error, arena, &odd_utf16, 0, 0,
		    "This file is UTF-16, and its last character is cut in half.");
		return false;
	}
	for (size_t i = 0; i < t.n; i += 2) {
		c = unit_at(t, i, little);
		if ((c & 0xf800) == 0xd800) {
			low = i + 3 < t.n ? unit_at(t, i + 2, little) : 0;
			if (c >= 0xdc00 || (low & 0xfc00) != 0xdc00) {
				read_error_set(error, arena, &pair, line_of(p, n), 0,
				    "found half of a UTF-16 character (%04X) without its other "
				    "half.",
				    c);
				return false;
			}
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			i += 2;
		}
		n += utf8_encode(p + n, c);
	}
	*out = (struct csv_text){ { p, n }, little ? "UTF-16LE" : "UTF-16BE", UNIT_UTF16, 0 };
	return true;
}

/*
 * UTF-16 without a BOM: plain text in it has a nought in nearly every second byte, on one side only.
 * Returns 'L', 'B' or 0.
 */
static char
looks_utf16(struct text t)
{
	size_t some = (t.n < 4096 ? t.n : 4096) & ~(size_t)1, noughts[2] = { 0, 0 };

	for (size_t i = 0; i < some; i++)
		noughts[i % 2] += t.p[i] == '\0';
	if (noughts[1] > some / 4 && noughts[0] < some / 64 + 1)
		return 'L';
	return noughts[0] > some / 4 && noughts[1] < some / 64 + 1 ? 'B' : 0;
}

/* A file that says it is UTF-8. */
static bool
decode_bom(
    struct arena *arena, struct text bytes, struct csv_text *out, struct read_error *error)
{
	struct text t = { bytes.p + 3, bytes.n - 3 };
	size_t good = utf8_valid_until(t.p, t.n);

	if (good < t.n) {
		read_error_at(error, arena, &not_utf8, bytes, (uint32_t)good + 3,
		    "found the byte %02X; the file says that it is UTF-8, and this is not.",
		    (unsigned char)t.p[good]);
		return false;
	}
	*out = (struct csv_text){ t, "UTF-8 with BOM", UNIT_BYTE, 3 };
	return true;
}

static bool
decode(struct arena *arena, struct text b, struct csv_text *out, struct read_error *error)
{
	char side;

	if (b.n >= 2 && (memcmp(b.p, "\xff\xfe", 2) == 0 || memcmp(b.p, "\xfe\xff", 2) == 0)) {
		if (!decode_utf16(
			arena, (struct text){ b.p + 2, b.n - 2 }, b.p[0] == '\xff', out, error))
			return false;
		out->bom = 2;
		return true;
	}
	if (b.n >= 3 && memcmp(b.p, UTF8_BOM, 3) == 0)
		return decode_bom(arena, b, out, error);
	if ((side = looks_utf16(b)) != 0)
		return decode_utf16(arena, b, side == 'L', out, error);
	if (!text_is_utf8(b))
		return decode_1252(arena, b, out, error);
	*out = (struct csv_text){ b, "UTF-8", UNIT_BYTE, 0 };
	return true;
}

bool
csv_decode(
    struct arena *arena, struct text bytes, struct csv_text *out, struct read_error *error)
{
	const char *p;

	if (!decode(arena, bytes, out, error))
		return false;
	if (out->unit == UNIT_BYTE && out->t.n >= 6 &&
	    memcmp(out->t.p, UTF8_BOM_AGAIN, 6) == 0) {
		out->t.p += 6;
		out->t.n -= 6;
		out->bom += 6;
	}
	p = memchr(out->t.p, '\0', out->t.n);
	if (p == NULL)
		return true;
	read_error_set(error, arena, &nul, line_of(out->t.p, (size_t)(p - out->t.p)), 0,
	    "found a byte of value 0 (NUL), which no text file has.");
	return false;
}
