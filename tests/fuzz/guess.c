/* Fuzzing what tells files apart: whatever it is, it is called something, and what is not read has an advice. */
#include <string.h>

#include "rules/document.h"
#include "tests/fuzz/must.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* where it ends, an address sanitizer looks */
	char *bytes = size > 0 ? malloc(size) : NULL;
	const char *what, *todo;
	enum document_guess guess;

	if (bytes == NULL)
		return 0;
	memcpy(bytes, data, size);
	guess = document_guess((struct text){ bytes, size }, TEXT("return.xlsx"), &what, &todo);
	MUST((guess == GUESS_JSON || guess == GUESS_CSV) == (what == NULL));
	MUST((guess == GUESS_OTHER) == (todo != NULL));
	free(bytes);
	return 0;
}
