/* A policy tree of any bytes: names that cannot climb, in order, each once; and packed again to the same. */
#include <string.h>

#include "rules/tree.h"
#include "tests/fuzz/must.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text bytes = { (const char *)data, size };
	struct tree tree;
	struct buf again = { 0 };
	const char *why = NULL;

	if (!tree_read(bytes, &tree, &why)) {
		MUST(why != NULL);
		return 0;
	}
	for (uint32_t i = 0; i < tree.n; i++) {
		struct text name = tree.files[i].name, data_of = tree.files[i].data;

		MUST(name.n > 0 && name.p[0] != '/' && memmem(name.p, name.n, "//", 2) == NULL);
		MUST(!text_is(name, "..") && memmem(name.p, name.n, "/../", 4) == NULL);
		MUST(data_of.n <= size);
		MUST(i == 0 || text_compare(tree.files[i - 1].name, name) < 0);
	}
	tree_pack(&again, tree.files, tree.n);
	MUST(text_equal(buf_as_text(&again), bytes));
	buf_free(&again);
	tree_free(&tree);
	return 0;
}
