/* Packed results as a hostile evaluator may send them: read, and every record and tag touched. */
#include <stdlib.h>
#include <string.h>

#include "rules/result.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static volatile unsigned char touched;

static void
touch(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		touched ^= (unsigned char)t.p[i];
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct result r;
	struct result_record record;
	const char *why = NULL;
	size_t at = 0;
	uint32_t seen = 0;

	if (!result_read((struct text){ (const char *)data, n }, &r, &why)) {
		if (why == NULL)
			abort();
		return 0;
	}
	touch(r.json);
	touch(r.html);
	touch(r.text);
	touch(r.budget);
	while (result_next(&r, &at, &record)) {
		seen++;
		for (uint32_t i = 0; i < record.n_tags; i++) {
			touch(record.tags[i].name);
			touch(record.tags[i].value);
		}
	}
	if (seen != r.n_records)
		abort();
	return 0;
}
