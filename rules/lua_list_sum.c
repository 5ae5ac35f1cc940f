/* Adding up and rearranging lists: sum, map, flat, group, unique, index. */
#include "rules/lua_list.h"

#include <string.h>

static bool
add_to(struct value *sum, const struct value *v, enum kind kind)
{
	struct rate a = { sum->u.n, sum->scale }, b = { v->u.n, v->scale }, r;

	switch (kind) {
	case KIND_MONEY: return money_add(sum->u.n, v->u.n, &sum->u.n);
	case KIND_INTEGER: return !__builtin_add_overflow(sum->u.n, v->u.n, &sum->u.n);
	default:
		if (!rate_add(a, b, &r))
			return false;
		sum->u.n = r.units;
		sum->scale = r.scale;
		return true;
	}
}

static bool
can_add(enum kind k)
{
	return k == KIND_MONEY || k == KIND_INTEGER || k == KIND_RATE || k == KIND_PERCENT ||
	    k == KIND_DECIMAL;
}

/* The sum of a field, or of the items of a list of numbers; of nothing it is a typed nought. */
static int
list_sum(lua_State *L)
{
	struct view v;
	const struct field *f = NULL;
	struct value sum = { .state = VALUE_SET };
	enum kind kind;
	uint32_t i;

	list_self(L, "sum", &v);
	if (v.type != NULL)
		f = list_field(L, &v, 2, "sum");
	kind = f != NULL ? f->kind : v.kind;
	if (!can_add(kind))
		lua_env_fail(L, "%s cannot be added up: it is %s",
		    f != NULL ? f->name.p : "this list", kind_names[kind]);
	lua_limit_charge(L, v.n);
	for (i = 0; i < v.n; i++) {
		const struct value *x = &v.items[i];
		const struct record *r = list_record(L, &v, i);

		if (f != NULL)
			x = list_value(L, r, f);
		if (!add_to(&sum, x, kind))
			lua_env_fail(L, "the sum is too large");
	}
	lua_push_value(L, f != NULL ? f : v.of, &sum, kind);
	return 1;
}

/* The values of a field, in order: records stay records, all else becomes a list of scalars. */
static int
list_map(lua_State *L)
{
	struct view v, *made;
	const struct field *f;
	uint32_t i;

	list_self(L, "map", &v);
	f = list_field(L, &v, 2, "map");
	if (f->kind == KIND_LIST || f->kind == KIND_MAP)
		lua_env_fail(
		    L, "%s is a list in each row: use flat \"%s\"", f->name.p, f->name.p);
	made = list_like(L, &v, v.n);
	made->type = f->kind == KIND_RECORD ? f->sub : NULL;
	made->of = f;
	made->kind = f->kind;
	lua_limit_charge(L, v.n);
	for (i = 0; i < v.n; i++)
		list_add(made, list_value(L, list_record(L, &v, i), f));
	list_push_made(L, made);
	return 1;
}

/* The list inside a row; one that may be left out and is has nothing in it. */
static const struct list *
inside(lua_State *L, const struct record *r, const struct field *f)
{
	static const struct list nothing;
	const struct value *v = lua_record_value(L, r, f);

	if (v->state == VALUE_ABSENT && !f->required && r->budget != NULL)
		return &nothing;
	return list_value(L, r, f)->u.list;
}

static uint32_t
count_inside(lua_State *L, const struct view *v, const struct field *f)
{
	uint32_t i, n = 0;

	for (i = 0; i < v->n; i++)
		n += inside(L, list_record(L, v, i), f)->n;
	return n;
}

/* All items of the lists inside the rows, in order. */
static int
list_flat(lua_State *L)
{
	struct view v, *made;
	const struct field *f;
	uint32_t i, j;

	list_self(L, "flat", &v);
	f = list_field(L, &v, 2, "flat");
	if (f->kind != KIND_LIST && f->kind != KIND_MAP)
		lua_env_fail(L, "%s is no list: use map \"%s\"", f->name.p, f->name.p);
	made = list_like(L, &v, count_inside(L, &v, f));
	made->type = f->sub;
	made->of = f;
	made->kind = f->sub != NULL ? KIND_RECORD : f->of;
	for (i = 0; i < v.n; i++) {
		const struct list *in = inside(L, v.items[i].u.rec, f);

		for (j = 0; j < in->n; j++) {
			if (in->items[j].state == VALUE_SET)
				list_add(made, &in->items[j]);
		}
	}
	lua_limit_charge(L, made->n);
	list_push_made(L, made);
	return 1;
}

/* Push what a row is grouped or told apart by. */
static void
push_by(lua_State *L, const struct view *v, const struct field *f, uint32_t i)
{
	if (f == NULL)
		list_push_item(L, v, i);
	else
		lua_push_value(L, f, list_value(L, list_record(L, v, i), f), f->kind);
}

static uint64_t
hash_value(const struct value *v)
{
	uint64_t h = (uint64_t)v->u.n;
	uint32_t i;

	if (v->kind == KIND_TEXT || v->kind == KIND_CODE || (v->flags & VALUE_REF_WORD)) {
		for (h = v->len, i = 0; i < v->len; i++)
			h = (h ^ (unsigned char)v->u.s[i]) * UINT64_C(1099511628211);
	}
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

/*
 * Add a value to a set of the items of a view; false: it is there.  Slots hold the position + 1.  What is
 * passed over is paid for, so that values chosen to collide meet the limit and not the clock.
 */
static bool
set_add(lua_State *L, uint32_t *slots, uint32_t mask, struct view *made, const struct value *v)
{
	uint64_t at = hash_value(v) & mask, passed = 0;

	for (; slots[at] != 0; at = (at + 1) & mask, passed++) {
		if (values_equal(&made->items[slots[at] - 1], v))
			return false;
	}
	if (passed > 8)
		lua_limit_charge(L, passed);
	list_add(made, v);
	slots[at] = made->n;
	return true;
}

/* The different values of a field (or of a list of scalars), as they first appear. */
static int
list_unique(lua_State *L)
{
	struct view v, *made;
	const struct field *f = NULL;
	uint32_t i, size = 8, *slots;

	list_self(L, "unique", &v);
	if (v.type != NULL)
		f = list_field(L, &v, 2, "unique");
	made = list_like(L, &v, v.n);
	if (f != NULL) {
		made->type = f->kind == KIND_RECORD ? f->sub : NULL;
		made->of = f;
		made->kind = f->kind;
	}
	lua_limit_charge(L, v.n);
	while (size < v.n * 2 && size < 1u << 31)
		size *= 2;
	slots = eval_alloc(L, size * sizeof(*slots));
	memset(slots, 0, size * sizeof(*slots));
	for (i = 0; i < v.n; i++) {
		const struct record *r = list_record(L, &v, i);

		set_add(
		    L, slots, size - 1, made, f == NULL ? &v.items[i] : list_value(L, r, f));
	}
	list_push_made(L, made);
	return 1;
}

/* Upvalues: keys, lists, position. */
static int
group_next(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(3)) + 1;

	lua_pushinteger(L, i);
	lua_replace(L, lua_upvalueindex(3));
	if (lua_rawgeti(L, lua_upvalueindex(1), i) == LUA_TNIL)
		return 1;
	lua_rawgeti(L, lua_upvalueindex(2), i);
	return 2;
}

/* The number of the group of the key at the top of the stack, made when it is new; pops the
 * key. */
static lua_Integer
group_of(lua_State *L, int numbers, int keys, lua_Integer *n)
{
	lua_Integer g;

	lua_pushvalue(L, -1);
	if (lua_rawget(L, numbers) == LUA_TNIL) {
		lua_pop(L, 1);
		g = ++*n;
		lua_pushvalue(L, -1);
		lua_rawseti(L, keys, g);
		lua_pushinteger(L, g);
		lua_rawset(L, numbers);
		return g;
	}
	g = lua_tointeger(L, -1);
	lua_pop(L, 2);
	return g;
}

/* for key, rows in list:group "pool" do: groups as they first appear. */
static int
list_group(lua_State *L)
{
	struct view v;
	const struct field *f;
	lua_Integer n = 0, g, *of;
	uint32_t i;

	list_self(L, "group", &v);
	f = list_field(L, &v, 2, "group");
	lua_settop(L, 2);
	lua_newtable(L); /* 3: key -> number */
	lua_newtable(L); /* 4: number -> key */
	lua_newtable(L); /* 5: number -> rows */
	of = eval_alloc(L, (v.n + 1) * sizeof(*of));
	lua_limit_charge(L, v.n);
	for (i = 0; i < v.n; i++) {
		push_by(L, &v, f, i);
		of[i] = group_of(L, 3, 4, &n);
	}
	for (g = 1; g <= n; g++) {
		uint32_t size = 0;
		struct view *made;

		for (i = 0; i < v.n; i++)
			size += of[i] == g;
		made = list_like(L, &v, size);
		for (i = 0; i < v.n; i++) {
			if (of[i] == g)
				list_add(made, &v.items[i]);
		}
		lua_limit_charge(L, v.n);
		list_push_made(L, made);
		lua_rawseti(L, 5, g);
	}
	lua_pushvalue(L, 4);
	lua_pushvalue(L, 5);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, group_next, 3);
	return 1;
}

/* A table from the values of a field to their rows; the first row of a value stands. */
static int
list_index_by(lua_State *L)
{
	struct view v;
	const struct field *f;
	uint32_t i;

	list_self(L, "index", &v);
	f = list_field(L, &v, 2, "index");
	lua_limit_charge(L, v.n);
	lua_newtable(L);
	for (i = 0; i < v.n; i++) {
		push_by(L, &v, f, i);
		lua_pushvalue(L, -1);
		if (lua_rawget(L, -3) == LUA_TNIL) {
			lua_pushvalue(L, -2);
			lua_push_record(L, v.items[i].u.rec);
			lua_rawset(L, -5);
		}
		lua_pop(L, 2);
	}
	return 1;
}

const luaL_Reg list_sum_methods[] = {
	{ "sum", list_sum },
	{ "map", list_map },
	{ "flat", list_flat },
	{ "unique", list_unique },
	{ "group", list_group },
	{ "index", list_index_by },
	{ NULL, NULL },
};
