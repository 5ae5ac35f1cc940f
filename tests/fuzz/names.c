/* Names of published files, for files of any name: three, short enough, with nothing in them that moves, hides or climbs. */
#include <string.h>

#include "daemon/publish.h"
#include "tests/fuzz/must.h"

static void
check_name(const struct buf *b, const char *ends)
{
	size_t n = strlen(ends);

	MUST(b->n > 0 && b->n <= 255 && text_is_utf8(buf_as_text(b)) && b->p[0] != '.');
	MUST(b->n > n && memcmp(b->p + b->n - n, ends, n) == 0);
	for (size_t i = 0; i < b->n; i++)
		MUST((unsigned char)b->p[i] >= 0x20 && b->p[i] != 0x7f && b->p[i] != '/');
	MUST(memmem(b->p, b->n, "\xe2\x80\xae", 3) == NULL);
	MUST(memmem(b->p, b->n, "~77", 3) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf original = { 0 }, html = { 0 }, json = { 0 };

	if (size == 0 || size > 255 || memchr(data, '\0', size) != NULL ||
	    memchr(data, '/', size) != NULL)
		return 0;
	publish_names((struct text){ (const char *)data, size }, 77, &original, &html, &json);
	check_name(&original, "");
	check_name(&html, ".verdict.html");
	check_name(&json, ".verdict.json");
	MUST(!text_equal(buf_as_text(&original), buf_as_text(&html)));
	MUST(!text_equal(buf_as_text(&original), buf_as_text(&json)));
	buf_free(&original);
	buf_free(&html);
	buf_free(&json);
	return 0;
}
