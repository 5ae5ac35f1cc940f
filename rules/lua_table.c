/*
 * Table functions, and the order of keys.
 *
 * Keys come in the order whole numbers, text bytewise, booleans, then values such as years by size:
 * Lua's own order depends on addresses and on a seed that is different in every process.  Sorting is a
 * merge: stable, the same everywhere, and an inconsistent comparison does no harm (Lua's own sort
 * looks at the clock).  It is our own because glibc's qsort asks the system how much memory there is,
 * which the sandbox answers with death.
 */
#include <string.h>

#include <lualib.h>

#include "rules/lua_private.h"
#include "rules/lua_value.h"

#define MOVE_MAX   1000000
#define UNPACK_MAX 1000
#define CONCAT_MAX 4000000
#define ITEM_STEPS 10 /* of the budget, for a value that is written or compared */

static lua_CFunction standard_insert, standard_remove, standard_move, standard_unpack,
    standard_pack;

/* A key as it is sorted.  The text of a key is the table's own and stays where it is. */
struct key {
	enum { KEY_INTEGER, KEY_TEXT, KEY_BOOLEAN, KEY_VALUE, KEY_HANDLE } class;
	struct lua_scalar value;
	const struct lua_kind *kind; /* KEY_HANDLE */
	void *handle;                /* with its tag */
};

#define UNTAGGED(handle) ((const void *)((uintptr_t)(handle) & ~(uintptr_t)15))

static int
key_compare(const struct key *a, const struct key *b)
{
	int order = 0;

	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	if (a->class == KEY_TEXT)
		return text_compare(a->value.text, b->value.text);
	if (a->class == KEY_HANDLE) {
		if (a->kind != b->kind)
			return strcmp(a->kind->name, b->kind->name);
		return a->kind->compare(UNTAGGED(a->handle), UNTAGGED(b->handle));
	}
	if (a->value.kind != b->value.kind)
		return a->value.kind < b->value.kind ? -1 : 1;
	if (a->class == KEY_BOOLEAN)
		return (a->value.n > b->value.n) - (a->value.n < b->value.n);
	lua_value_compare(a->value, b->value, &order);
	return order;
}

/* Read the key on the top of the stack; a fault when it has no order. */
static void
key_read(lua_State *L, struct key *key)
{
	key->value = lua_value_get(L, -1);
	key->kind = NULL;
	switch (key->value.kind) {
	case KIND_INTEGER: key->class = KEY_INTEGER; return;
	case KIND_TEXT: key->class = KEY_TEXT; return;
	case KIND_BOOLEAN: key->class = KEY_BOOLEAN; return;
	case KIND_NONE: break;
	default:
		if (key->value.kind != KIND_RATIO) {
			key->class = KEY_VALUE;
			return;
		}
	}
	key->kind = lua_value_handle_kind(L, -1);
	if (key->kind == NULL || key->kind->compare == NULL)
		lua_env_fail(L,
		    "a table with keys that are %s has no order: go through a list instead",
		    lua_value_called(L, -1));
	key->class = KEY_HANDLE;
	key->handle = lua_touserdata(L, -1);
}

/* Sort keys by merging runs of growing length; spare has room for as many. */
static struct key *
keys_sort(struct key *keys, struct key *spare, size_t n)
{
	struct key *swap;
	size_t run, start, a, b, a_end, b_end, out;

	for (run = 1; run < n; run *= 2) {
		for (start = 0, out = 0; start < n; start += 2 * run) {
			a = start;
			b = a_end = start + run < n ? start + run : n;
			b_end = start + 2 * run < n ? start + 2 * run : n;
			while (a < a_end || b < b_end) {
				bool left = b >= b_end ||
				    (a < a_end && key_compare(&keys[a], &keys[b]) <= 0);

				spare[out++] = keys[left ? a++ : b++];
			}
		}
		swap = keys;
		keys = spare;
		spare = swap;
	}
	return keys;
}

static void
key_push(lua_State *L, const struct key *key)
{
	if (key->class == KEY_HANDLE)
		lua_pushlightuserdata(L, key->handle);
	else
		lua_value_push(L, key->value);
}

/* Count the keys; *sequence tells that they are 1 to n. */
static lua_Integer
keys_count(lua_State *L, int raw, bool *sequence)
{
	lua_Integer n = 0, length = (lua_Integer)lua_rawlen(L, raw), key;

	*sequence = true;
	lua_pushnil(L);
	while (lua_next(L, raw)) {
		lua_pop(L, 1);
		key = lua_isinteger(L, -1) ? lua_tointeger(L, -1) : 0;
		if (key < 1 || key > length)
			*sequence = false;
		n++;
	}
	if (n != length)
		*sequence = false;
	return n;
}

lua_Integer
lua_env_push_keys(lua_State *L, int index)
{
	struct key *keys, *sorted;
	lua_Integer n, i = 0;
	bool sequence;
	int raw;

	luaL_checkstack(L, 8, NULL);
	lua_env_push_raw(L, index);
	raw = lua_gettop(L);
	n = keys_count(L, raw, &sequence);
	lua_limit_charge(L, (uint64_t)n + 1);
	lua_createtable(L, n > INT32_MAX ? INT32_MAX : (int)n, 0);
	if (sequence) {
		for (i = 1; i <= n; i++) {
			lua_pushinteger(L, i);
			lua_rawseti(L, -2, i);
		}
		lua_remove(L, raw);
		return n;
	}
	keys = lua_newuserdatauv(L, (size_t)n * 2 * sizeof(*keys), 0);
	lua_pushnil(L);
	while (lua_next(L, raw)) {
		lua_pop(L, 1);
		key_read(L, &keys[i++]);
	}
	lua_limit_charge(L, (uint64_t)n * 2);
	sorted = keys_sort(keys, keys + n, (size_t)n);
	for (i = 0; i < n; i++) {
		key_push(L, &sorted[i]);
		lua_rawseti(L, raw + 1, i + 1);
	}
	lua_settop(L, raw + 1);
	lua_remove(L, raw);
	return n;
}

/* Is the second of the two values on the top to come before the first?  Pops both. */
static bool
sort_swapped(lua_State *L)
{
	bool less;

	if (lua_isnoneornil(L, 2)) {
		less = lua_compare(L, -1, -2, LUA_OPLT);
		lua_pop(L, 2);
		return less;
	}
	lua_pushvalue(L, 2);
	lua_insert(L, -3); /* f, left, right */
	lua_insert(L, -2); /* f, right, left */
	lua_call(L, 2, 1);
	less = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return less;
}

/* Merge two neighbouring runs of the sequence at `from` into that at `to`. */
static void
sort_merge(lua_State *L, int from, int to, lua_Integer a, lua_Integer a_end, lua_Integer b_end)
{
	lua_Integer b = a_end, out = a;

	while (a < a_end || b < b_end) {
		bool left = b >= b_end;

		if (!left && a < a_end) {
			lua_rawgeti(L, from, a);
			lua_rawgeti(L, from, b);
			left = !sort_swapped(L);
		}
		lua_rawgeti(L, from, left ? a++ : b++);
		lua_rawseti(L, to, out++);
	}
}

/* table.sort(t, before): stable. */
static int
table_sort(lua_State *L)
{
	lua_Integer n, i, run;
	int from = 3, to = 4;

	luaL_checktype(L, 1, LUA_TTABLE);
	if (!lua_isnoneornil(L, 2))
		luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	n = luaL_len(L, 1);
	lua_limit_charge(L, (uint64_t)n + 1);
	lua_createtable(L, n > INT32_MAX ? INT32_MAX : (int)n, 0);
	lua_createtable(L, n > INT32_MAX ? INT32_MAX : (int)n, 0);
	for (i = 1; i <= n; i++) {
		lua_geti(L, 1, i);
		lua_rawseti(L, from, i);
	}
	for (run = 1; run < n; run *= 2) {
		lua_limit_charge(L, (uint64_t)n * ITEM_STEPS);
		for (i = 1; i <= n; i += 2 * run)
			sort_merge(L, from, to, i, i + run <= n ? i + run : n + 1,
			    i + 2 * run <= n ? i + 2 * run : n + 1);
		from = 7 - from;
		to = 7 - to;
	}
	for (i = 1; i <= n; i++) {
		lua_rawgeti(L, from, i);
		lua_seti(L, 1, i);
	}
	return 0;
}

/* table.concat(t, separator, from, to): values in it as people read them. */
static int
table_concat(lua_State *L)
{
	struct buf *out = &lua_env_of(L)->scratch;
	size_t n;
	const char *between = luaL_optlstring(L, 2, "", &n);
	lua_Integer i = luaL_optinteger(L, 3, 1), last;

	lua_settop(L, 4);
	if (lua_type(L, 1) != LUA_TTABLE && lua_value_handle_kind(L, 1) == NULL)
		lua_env_fail(L, "table.concat wants a table, not %s", lua_value_called(L, 1));
	last = lua_isnil(L, 4) ? luaL_len(L, 1) : luaL_checkinteger(L, 4);
	buf_clear(out);
	for (; i <= last; i++) {
		if (lua_geti(L, 1, i) == LUA_TNIL)
			lua_env_fail(
			    L, "table.concat found nothing (nil) at %I", (LUAI_UACINT)i);
		lua_value_join(L, -1, out);
		lua_pop(L, 1);
		if (i < last)
			buf_put(out, between, n);
		if (out->n > CONCAT_MAX)
			lua_env_fail(L, "table.concat would make a text of more than %d bytes",
			    CONCAT_MAX);
		lua_limit_charge(L, ITEM_STEPS);
		if (i == LUA_MAXINTEGER)
			break;
	}
	lua_limit_charge(L, out->n / 16);
	if (buf_failed(out))
		luaL_error(L, "not enough memory");
	lua_pushlstring(L, out->p == NULL ? "" : out->p, out->n);
	return 1;
}

/* Charge for the rows that are moved up or down. */
static void
table_charge(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_limit_charge(L, (uint64_t)luaL_len(L, 1) / 4 + 1);
}

static int
table_insert(lua_State *L)
{
	if (lua_gettop(L) > 2)
		table_charge(L);
	return standard_insert(L);
}

static int
table_remove(lua_State *L)
{
	if (lua_gettop(L) > 1)
		table_charge(L);
	return standard_remove(L);
}

/* How many from first to last, at most max. */
static void
table_span(lua_State *L, lua_Integer first, lua_Integer last, lua_Integer max, const char *who)
{
	if (first > last)
		return;
	if ((lua_Unsigned)last - (lua_Unsigned)first >= (lua_Unsigned)max)
		lua_env_fail(L, "%s of more than %I values", who, (LUAI_UACINT)max);
	lua_limit_charge(L, (uint64_t)(last - first) + 1);
}

static int
table_move(lua_State *L)
{
	table_span(L, luaL_checkinteger(L, 2), luaL_checkinteger(L, 3), MOVE_MAX, "table.move");
	return standard_move(L);
}

static int
table_unpack(lua_State *L)
{
	lua_Integer first = luaL_optinteger(L, 2, 1);

	table_span(L, first, lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3),
	    UNPACK_MAX, "table.unpack");
	return standard_unpack(L);
}

void
lua_table_open(lua_State *L)
{
	static const luaL_Reg ours[] = { { "concat", table_concat }, { "insert", table_insert },
		{ "remove", table_remove }, { "move", table_move }, { "unpack", table_unpack },
		{ "sort", table_sort }, { NULL, NULL } };
	static const struct {
		const char *name;
		lua_CFunction *where;
	} standard[] = { { "insert", &standard_insert }, { "remove", &standard_remove },
		{ "move", &standard_move }, { "unpack", &standard_unpack },
		{ "pack", &standard_pack } };
	size_t i;

	lua_env_push_standard(L, "table", luaopen_table);
	for (i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
		lua_getfield(L, -1, standard[i].name);
		*standard[i].where = lua_tocfunction(L, -1);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	luaL_newlib(L, ours);
	lua_pushcfunction(L, standard_pack);
	lua_setfield(L, -2, "pack");
	lua_env_set_library(L, "table");
}
