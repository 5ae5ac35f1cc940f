/* Policy files of any bytes: linted, compiled, and run within small limits. */
#include <stdlib.h>
#include <string.h>

#include "rules/lua_env.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
complain(void *arg, struct text file, uint32_t line, struct text what)
{
	unsigned *told = arg;

	(void)line;
	if (file.n == 0 || what.n == 0)
		abort();
	(*told)++;
}

/* Patterns may run for longer than anyone waits; only a process limit ends them. */
static bool
has_patterns(const uint8_t *data, size_t n)
{
	static const char *const names[] = { "find", "match", "gsub" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (memmem(data, n, names[i], strlen(names[i])) != NULL)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct lua_limit limit = { 0 };
	struct buf said = { 0 };
	unsigned told = 0;
	lua_State *L = lua_env_new(&limit);

	if (L == NULL)
		abort();
	if (lua_env_load(
		L, TEXT("fuzz.lua"), (struct text){ (const char *)data, n }, complain, &told)) {
		if (told != 0)
			abort();
		lua_limit_begin(&limit, 20000, (size_t)4 << 20);
		if (!has_patterns(data, n) && lua_env_call(L, 0, 0, &said) != LUA_ENDED_WELL &&
		    said.n == 0)
			abort();
	} else if (told == 0) {
		abort();
	}
	buf_free(&said);
	lua_env_free(L);
	if (limit.used != 0)
		abort();
	return 0;
}
