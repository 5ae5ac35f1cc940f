/*
 * Lists: handles, iteration and positions.  What finds and what adds up stands in
 * lua_list_find.c and lua_list_sum.c; all of them loop in C and pay for each row they look at.
 */
#include "rules/lua_list.h"

#include <string.h>

static const char methods_key = 'm';

void
lua_list_view(const struct list *l, struct view *v)
{
	v->items = l->items;
	v->keys = l->keys;
	v->n = l->n;
	v->type = l->field->sub;
	v->of = l->field;
	v->kind = l->field->sub != NULL ? KIND_RECORD : l->field->of;
	v->place =
	    (struct place){ l->owner, l->owner != NULL ? (int32_t)l->field->index : -1, -1 };
}

bool
lua_to_view(lua_State *L, int index, struct view *v)
{
	const struct list *l = lua_value_pointer(L, index, LUA_TAG_OTHER);
	const struct view *made;

	if (l != NULL) {
		lua_list_view(l, v);
		return true;
	}
	made = lua_value_pointer(L, index, LUA_TAG_LIST);
	if (made != NULL)
		*v = *made;
	return made != NULL;
}

void
lua_push_view(lua_State *L, const struct view *v)
{
	struct view *copy = eval_alloc(L, sizeof(*copy));

	*copy = *v;
	lua_value_push_pointer(L, LUA_TAG_LIST, copy);
}

void
list_self(lua_State *L, const char *method, struct view *v)
{
	if (!lua_to_view(L, 1, v))
		lua_env_fail(
		    L, "%s is called on a list, with a colon: write list:%s", method, method);
}

struct view *
list_like(lua_State *L, const struct view *v, uint32_t n)
{
	struct view *made = eval_alloc(L, sizeof(*made));

	*made = *v;
	made->items = eval_alloc(L, (n > 0 ? n : 1) * sizeof(struct value));
	made->keys = NULL;
	made->n = 0;
	return made;
}

void
list_push(lua_State *L, struct view *v, uint32_t *room, const struct value *item)
{
	struct value *items = (struct value *)(uintptr_t)v->items;

	if (v->n == *room) {
		*room = *room == 0 ? 8 : *room + *room / 2;
		v->items = eval_extend(L, items, v->n * sizeof(*items), *room * sizeof(*items));
	}
	list_add(v, item);
}

void
list_push_made(lua_State *L, struct view *v)
{
	lua_value_push_pointer(L, LUA_TAG_LIST, v);
}

void
list_need_item(lua_State *L, const struct view *v, uint32_t i)
{
	struct place at = v->place;

	if (v->items[i].state == VALUE_SET)
		return;
	at.item = (int32_t)i;
	if (at.rec == NULL)
		eval_stop(L, NOT_REFERENCE, NULL, TEXT("A row of ours lacks what is needed."));
	if (v->items[i].state == VALUE_FAULTED)
		eval_stop(L, NOT_AFTER, &at, TEXT("It could not be read."));
	eval_stop(L, NOT_ABSENT, &at,
	    v->items[i].state == VALUE_UNKNOWN ? TEXT("It is not yet known.")
					       : TEXT("The file leaves it out."));
}

void
list_push_item(lua_State *L, const struct view *v, uint32_t i)
{
	list_need_item(L, v, i);
	if (v->type != NULL)
		lua_push_record(L, v->items[i].u.rec);
	else
		lua_push_value(L, v->of, &v->items[i], v->kind);
}

/* A field stands for the keys of a map: the same words and references. */
static void
push_key(lua_State *L, const struct view *v, uint32_t i)
{
	lua_push_value(L, v->of, &v->keys[i], (enum kind)v->keys[i].kind);
}

static int
list_next(lua_State *L)
{
	struct view v;
	lua_Integer i = lua_tointeger(L, 2);

	list_self(L, "each()", &v);
	if (i < 0 || i >= (lua_Integer)v.n) {
		lua_pushnil(L);
		return 1;
	}
	lua_limit_charge(L, 1);
	lua_pushinteger(L, i + 1);
	list_push_item(L, &v, (uint32_t)i);
	return 2;
}

/* Upvalues: the map, the position. */
static int
map_next(lua_State *L)
{
	struct view v;
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));

	if (!lua_to_view(L, lua_upvalueindex(1), &v) || i >= (lua_Integer)v.n) {
		lua_pushnil(L);
		return 1;
	}
	lua_limit_charge(L, 1);
	lua_pushinteger(L, i + 1);
	lua_replace(L, lua_upvalueindex(2));
	push_key(L, &v, (uint32_t)i);
	list_push_item(L, &v, (uint32_t)i);
	return 2;
}

/* for i, item in list:each() do … for key, value in map:each() do */
static int
list_each(lua_State *L)
{
	struct view v;

	list_self(L, "each()", &v);
	if (v.keys != NULL) {
		lua_pushvalue(L, 1);
		lua_pushinteger(L, 0);
		lua_pushcclosure(L, map_next, 2);
		return 1;
	}
	lua_pushcfunction(L, list_next);
	lua_pushvalue(L, 1);
	lua_pushinteger(L, 0);
	return 3;
}

const struct field *
list_field(lua_State *L, const struct view *v, int arg, const char *method)
{
	if (v->type == NULL)
		lua_env_fail(L, "%s wants a list of records; the items of %s have no fields",
		    method,
		    v->of != NULL && v->of->name.p != NULL ? v->of->name.p : "this list");
	if (lua_isnoneornil(L, arg))
		lua_env_fail(
		    L, "%s wants the name of a field: write list:%s \"NAME\"", method, method);
	return lua_check_field(L, v->type, v->n > 0 ? v->items[0].u.rec : v->place.rec, arg);
}

const struct value *
list_value_made(lua_State *L, const struct record *r, const struct field *f)
{
	const struct value *v = lua_record_value(L, r, f);

	if (v->state != VALUE_SET)
		lua_need_value(L, r, f, v);
	return v;
}

static uint32_t find_key(lua_State *, const struct view *, int index);

/* map:place(key): that item's place, or the map's where it has no such key. */
static int
key_place(lua_State *L, const struct view *v)
{
	uint32_t i = find_key(L, v, 2);
	struct place at = v->place;

	if (i < v->n)
		at.item = (int32_t)i;
	lua_push_places(L, &at, 1);
	return 1;
}

/* The places of all items' fields; those of the list where it is empty. */
static int
list_place(lua_State *L)
{
	struct view v;
	const struct field *f;
	struct places *p;
	uint32_t i;

	list_self(L, "place", &v);
	if (v.place.rec == NULL || v.place.rec->budget != eval_of(L)->budget)
		lua_env_fail(
		    L, "this list is not in the file that is judged, so it has no place");
	if (lua_isnoneornil(L, 2) || (v.n == 0 && v.type == NULL)) {
		lua_push_places(L, &v.place, 1);
		return 1;
	}
	if (v.keys != NULL)
		return key_place(L, &v);
	f = list_field(L, &v, 2, "place");
	if (v.n == 0) {
		lua_push_places(L, &v.place, 1);
		return 1;
	}
	lua_limit_charge(L, v.n);
	p = eval_alloc(L, sizeof(*p) + v.n * sizeof(p->items[0]));
	p->n = v.n;
	for (i = 0; i < v.n; i++)
		p->items[i] = place_of(list_record(L, &v, i), f);
	lua_value_push_pointer(L, LUA_TAG_PLACE, p);
	return 1;
}

/* The position of a map's key, or n. */
static uint32_t
find_key(lua_State *L, const struct view *v, int index)
{
	uint32_t i;

	lua_limit_charge(L, v->n);
	index = lua_absindex(L, index);
	for (i = 0; i < v->n; i++) {
		bool same;

		push_key(L, v, i);
		same = lua_rawequal(L, -1, index);
		lua_pop(L, 1);
		if (same)
			return i;
	}
	return v->n;
}

/* map:optional(key) */
static int
list_optional(lua_State *L)
{
	struct view v;
	uint32_t i;

	list_self(L, "optional", &v);
	if (v.keys == NULL)
		lua_env_fail(
		    L, "optional is for records and maps; a list has each(), [i] and where");
	i = find_key(L, &v, 2);
	if (i == v.n || v.items[i].state == VALUE_ABSENT || v.items[i].state == VALUE_UNKNOWN)
		lua_pushnil(L);
	else
		list_push_item(L, &v, i);
	return 1;
}

static int
index_position(lua_State *L, const struct view *v)
{
	lua_Integer i = lua_tointeger(L, 2);

	if (i < 1 || i > (lua_Integer)v->n)
		lua_env_fail(L, "there is no item %I in a list of %I", i, (lua_Integer)v->n);
	list_push_item(L, v, (uint32_t)(i - 1));
	return 1;
}

static int
index_key(lua_State *L, const struct view *v)
{
	struct buf b = { 0 };
	struct stop *s;
	uint32_t i = find_key(L, v, 2);

	if (i < v->n) {
		list_push_item(L, v, i);
		return 1;
	}
	lua_value_show(L, 2, NULL, &b);
	s = eval_alloc(L, sizeof(*s));
	*s = (struct stop){
		.kind = NOT_ABSENT, .has_place = v->place.rec != NULL, .at = v->place
	};
	s->because = arena_printf(
	    eval_of(L)->scratch, "The file has nothing for %.*s.", TEXT_ARG(buf_as_text(&b)));
	buf_free(&b);
	eval_stop_made(L, s);
}

static int
list_index(lua_State *L)
{
	struct view v;

	if (lua_type(L, 2) == LUA_TSTRING) {
		lua_rawgetp(L, LUA_REGISTRYINDEX, &methods_key);
		lua_pushvalue(L, 2);
		if (lua_rawget(L, -2) != LUA_TNIL)
			return 1;
	}
	list_self(L, "[]", &v);
	if (v.keys != NULL)
		return index_key(L, &v);
	if (lua_isinteger(L, 2))
		return index_position(L, &v);
	if (lua_type(L, 2) == LUA_TSTRING)
		lua_env_fail(L,
		    "a list has no field '%s'; name one of its rows (each(), [i], one{…}), or "
		    "use sum, map, where",
		    lua_tostring(L, 2));
	lua_env_fail(L, "a list is read by position, not by %s", lua_value_called(L, 2));
}

static int
list_len(lua_State *L)
{
	struct view v;

	list_self(L, "#", &v);
	lua_pushinteger(L, v.n);
	return 1;
}

const struct lua_kind lua_list_kind = {
	.name = "list",
	.index = list_index,
	.len = list_len,
	.pairs = list_each,
};

static const luaL_Reg methods[] = {
	{ "each", list_each },
	{ "place", list_place },
	{ "optional", list_optional },
	{ NULL, NULL },
};

void
lua_list_open(lua_State *L)
{
	lua_newtable(L);
	luaL_setfuncs(L, methods, 0);
	luaL_setfuncs(L, list_find_methods, 0);
	luaL_setfuncs(L, list_sum_methods, 0);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &methods_key);
}
