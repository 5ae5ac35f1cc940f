/* The configuration's parser: every mistake has its line, and what is taken is written and read again to the same. */
#include <string.h>

#include "daemon/config.h"
#include "tests/fuzz/must.h"

/* "FILE:LINE: sentence", a line each. */
static void
check_errors(const struct buf *errors)
{
	struct text rest = buf_as_text(errors);

	MUST(rest.n > 0 && text_is_utf8(rest));
	while (rest.n > 0) {
		const char *end = memchr(rest.p, '\n', rest.n);

		MUST(end != NULL && rest.n > 5 && memcmp(rest.p, "conf", 4) == 0);
		for (const char *p = rest.p; p < end; p++)
			MUST((unsigned char)*p >= 0x20 && *p != 0x7f);
		rest.n -= (size_t)(end + 1 - rest.p);
		rest.p = end + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text bytes = { (const char *)data, size };
	struct config config, second;
	struct buf errors = { 0 }, said = { 0 }, again = { 0 };

	if (config_parse(bytes, "conf", &config, &errors)) {
		MUST(errors.n == 0);
		config_format(&said, &config);
		MUST(config_parse(buf_as_text(&said), "conf", &second, &errors));
		config_format(&again, &second);
		MUST(text_equal(buf_as_text(&said), buf_as_text(&again)));
		config_free(&second);
	} else
		check_errors(&errors);
	config_free(&config);
	buf_free(&errors);
	buf_free(&said);
	buf_free(&again);
	return 0;
}
