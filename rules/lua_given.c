/*
 * given: one handle with parts.  Each part is an address of its own under one tag.
 */
#include "rules/lua_given.h"

#include <string.h>

#include "rules/lua_budget.h"

enum part { GIVEN, PARAMETERS, REGISTERS, DEADLINES, RETURNS, PARTS };

static const struct {
	char here;
} parts[PARTS][16] __attribute__((aligned(16)));

static void
push_part(lua_State *L, enum part p)
{
	lua_value_push_pointer(L, LUA_TAG_GIVEN, parts[p]);
}

static enum part
part_at(lua_State *L, int index)
{
	const void *at = lua_value_pointer(L, index, LUA_TAG_GIVEN);
	int p;

	for (p = 0; p < PARTS && at != (const void *)parts[p]; p++)
		;
	return (enum part)p;
}

void
lua_push_given(lua_State *L)
{
	push_part(L, GIVEN);
}

/* A parameter's value goes with its source into the verdict, once a condition. */
void
eval_used(struct eval *e, const struct parameter *p, const struct parameter_value *v)
{
	struct used_parameter *u;
	struct buf b = { 0 };
	uint32_t i;

	for (i = e->v->n_used; i-- > 0;) {
		u = &e->v->used[i];
		if (u->condition != &e->condition->head)
			break;
		if (text_equal(u->name, p->name) && text_equal(u->source, v->source))
			return;
	}
	u = verdict_add_used(e->v);
	if (u == NULL)
		return;
	u->condition = &e->condition->head;
	u->name = p->name;
	u->source = v->source;
	if (p->kind == KIND_MAP) {
		for (i = 0; i < v->n; i++)
			buf_printf(&b, "%s%.*s", i > 0 ? ", " : "", TEXT_ARG(v->names[i]));
	} else {
		value_format(&b, &p->field, v->value);
	}
	u->value = arena_buf(e->arena, &b);
}

static void
push_map(lua_State *L, const struct parameter *p, const struct parameter_value *v)
{
	struct field *of = eval_alloc(L, sizeof(*of));
	struct value *keys = eval_alloc(L, (v->n + 1) * sizeof(*keys));
	struct view view = { .items = v->values, .n = v->n, .of = of, .kind = p->of };
	uint32_t i;

	*of = p->field;
	of->kind = KIND_MAP;
	of->of = p->of;
	for (i = 0; i < v->n; i++)
		keys[i] = (struct value){ .state = VALUE_SET,
			.kind = KIND_TEXT,
			.u.s = v->names[i].p,
			.len = (uint32_t)v->names[i].n };
	view.keys = keys;
	lua_push_view(L, &view);
}

static int
push_parameter(lua_State *L, const struct parameter *p, const struct parameter_value *v)
{
	eval_used(eval_of(L), p, v);
	if (p->kind == KIND_MAP)
		push_map(L, p, v);
	else
		lua_push_value(L, &p->field, &v->value, p->kind);
	return 1;
}

/* The parameter of that name, which the condition must have declared. */
static const struct parameter *
declared(lua_State *L, int index)
{
	struct eval *e = eval_of(L);
	const struct texts *list;
	struct text name;
	uint32_t i;
	int near;

	if (lua_type(L, index) != LUA_TSTRING)
		lua_env_fail(
		    L, "a parameter is named by a text, not by %s", lua_value_called(L, index));
	if (e->condition == NULL)
		lua_env_fail(L, "parameters can only be read while a condition runs");
	name.p = lua_tolstring(L, index, &name.n);
	list = &e->condition->parameters;
	for (i = 0; i < list->n; i++) {
		if (text_equal(list->items[i], name))
			return rulebook_parameter(e->book, name);
	}
	near = text_nearest(name, list->items, list->n);
	if (near >= 0)
		lua_env_fail(L, "%s declares no parameter '%s' (did you mean %s?)",
		    e->condition->head.id.p, name.p, list->items[near].p);
	lua_env_fail(L,
	    "%s declares no parameter '%s': add it to parameters = { … } of its header",
	    e->condition->head.id.p, name.p);
}

/* given.parameters:on("x", date) */
static int
parameter_at(lua_State *L)
{
	const struct parameter *p;
	const struct parameter_value *v;
	struct lua_scalar day;
	struct buf b = { 0 };

	if (part_at(L, 1) != PARAMETERS)
		lua_env_fail(
		    L, "on is called with a colon: write given.parameters:on(\"NAME\", date)");
	p = declared(L, 2);
	day = lua_value_check(L, 3, KIND_DATE, "on");
	v = parameter_on(p, (date)day.n);
	if (v != NULL)
		return push_parameter(L, p, v);
	date_format_pretty(&b, (date)day.n);
	eval_stop(L, NOT_REFERENCE, NULL,
	    arena_printf(eval_of(L)->scratch, "%.*s has no value for %.*s.", TEXT_ARG(p->name),
		TEXT_ARG(arena_buf(eval_of(L)->scratch, &b))));
}

/* The value in the return's year of the parameter named by the second argument. */
static int
read_parameter(lua_State *L)
{
	struct eval *e = eval_of(L);
	const struct parameter *p;
	const struct parameter_value *v;
	struct buf b = { 0 };

	p = declared(L, 2);
	if (!e->has_year && p->n == 1 && p->values[0].from == DATE_FIRST &&
	    p->values[0].to == DATE_LAST)
		return push_parameter(L, p, &p->values[0]);
	if (!e->has_year && e->budget != NULL)
		lua_need_year(L);
	if (!e->has_year)
		eval_stop(L, NOT_REFERENCE, NULL,
		    arena_printf(e->scratch,
			"%.*s depends on the year, and the return does not say its year.",
			TEXT_ARG(p->name)));
	v = parameter_for(p, e->year);
	if (v != NULL)
		return push_parameter(L, p, v);
	year_format(&b, e->year);
	eval_stop(L, NOT_REFERENCE, NULL,
	    arena_printf(e->scratch, "%.*s has no value for %.*s.", TEXT_ARG(p->name),
		TEXT_ARG(arena_buf(e->scratch, &b))));
}

/* given.parameters:optional "x": nil while it is off. */
static int
parameter_optional(lua_State *L)
{
	if (part_at(L, 1) != PARAMETERS)
		lua_env_fail(L,
		    "optional is called with a colon: write given.parameters:optional "
		    "\"NAME\"");
	if (declared(L, 2)->n > 0)
		return read_parameter(L);
	lua_pushnil(L);
	return 1;
}

static int
index_parameter(lua_State *L)
{
	static const luaL_Reg methods[] = { { "on", parameter_at },
		{ "optional", parameter_optional } };
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (lua_type(L, 2) == LUA_TSTRING &&
		    strcmp(lua_tostring(L, 2), methods[i].name) == 0) {
			lua_pushcfunction(L, methods[i].func);
			return 1;
		}
	}
	return read_parameter(L);
}
static void
push_text(lua_State *L, struct text t)
{
	if (t.n > 0)
		lua_pushlstring(L, t.p, t.n);
	else
		lua_pushnil(L);
}

/* given:optional "previous" */
static int
given_optional(lua_State *L)
{
	if (part_at(L, 1) != GIVEN || lua_type(L, 2) != LUA_TSTRING ||
	    strcmp(lua_tostring(L, 2), "previous") != 0)
		lua_env_fail(L,
		    "optional is for what there may be none of: write given:optional "
		    "\"previous\"");
	return lua_given_previous(L, true);
}

static int
push_received(lua_State *L)
{
	lua_value_push_n(L, KIND_TIME, eval_of(L)->sub->received, 0);
	return 1;
}

static int
push_parameters(lua_State *L)
{
	push_part(L, PARAMETERS);
	return 1;
}

static int
push_registers(lua_State *L)
{
	push_part(L, REGISTERS);
	return 1;
}

static int
push_deadlines(lua_State *L)
{
	push_part(L, DEADLINES);
	return 1;
}

static int
push_returns(lua_State *L)
{
	push_part(L, RETURNS);
	return 1;
}

static int
push_previous(lua_State *L)
{
	return lua_given_previous(L, false);
}

static int
push_area(lua_State *L)
{
	push_text(L, eval_of(L)->budget->area);
	return 1;
}

static int
push_form(lua_State *L)
{
	push_text(L, eval_of(L)->v->form);
	return 1;
}

static int
push_region(lua_State *L)
{
	push_text(L, eval_of(L)->sub->region);
	return 1;
}

/* The one area that this region may send for, as site.lua says; nil: any. */
static int
push_own_area(lua_State *L)
{
	const struct eval *e = eval_of(L);
	uint32_t i;

	for (i = 0; i < e->book->n_areas; i++) {
		if (text_equal(e->book->areas[i].region, e->sub->region)) {
			push_text(L, e->book->areas[i].area);
			return 1;
		}
	}
	lua_pushnil(L);
	return 1;
}

/* What others found is for a condition that runs behind them. */
static const struct eval *
last_of(lua_State *L, const char *what)
{
	const struct eval *e = eval_of(L);

	if (e->condition == NULL || !e->condition->last)
		lua_env_fail(L,
		    "given.%s is for a condition that runs last: add last = true to its header",
		    what);
	return e;
}

/* How many errors are open, for a condition that runs last. */
static int
push_open_errors(lua_State *L)
{
	const struct eval *e = last_of(L, "open_errors");
	lua_Integer errors = 0;
	uint32_t i;

	for (i = 0; i < e->n_open; i++)
		errors += !e->open[i].query;
	lua_pushinteger(L, errors);
	return 1;
}

/* Whether something that decides could not be judged, and the fault is ours; for a condition that runs last. */
static int
push_undetermined(lua_State *L)
{
	lua_pushboolean(L, verdict_we_failed(last_of(L, "undetermined")->v));
	return 1;
}

static int
push_identical(lua_State *L)
{
	push_text(L, eval_of(L)->sub->identical_to);
	return 1;
}

static int
push_changing(lua_State *L)
{
	lua_pushboolean(L, eval_of(L)->sub->still_changing);
	return 1;
}

static int
push_optional(lua_State *L)
{
	lua_pushcfunction(L, given_optional);
	return 1;
}

static const luaL_Reg members[] = {
	{ "received", push_received },
	{ "parameters", push_parameters },
	{ "registers", push_registers },
	{ "deadlines", push_deadlines },
	{ "previous", push_previous },
	{ "returns", push_returns },
	{ "area", push_area },
	{ "form", push_form },
	{ "region", push_region },
	{ "own_area", push_own_area },
	{ "open_errors", push_open_errors },
	{ "undetermined", push_undetermined },
	{ "identical_to", push_identical },
	{ "still_changing", push_changing },
	{ "optional", push_optional },
};

#define N_MEMBERS (sizeof(members) / sizeof(members[0]))

static int
index_member(lua_State *L)
{
	struct text names[N_MEMBERS], key;
	size_t i;

	if (lua_type(L, 2) != LUA_TSTRING)
		lua_env_fail(L, "given has no %s", lua_value_called(L, 2));
	key.p = lua_tolstring(L, 2, &key.n);
	for (i = 0; i < N_MEMBERS; i++) {
		if (strcmp(key.p, members[i].name) == 0)
			return members[i].func(L);
		names[i] = text_of(members[i].name);
	}
	lua_env_suggest(L, key, names, N_MEMBERS);
	lua_env_fail(L, "given has no '%s'%s", key.p, lua_tostring(L, -1));
}

static int
index_deadlines(lua_State *L)
{
	if (lua_type(L, 2) != LUA_TSTRING || strcmp(lua_tostring(L, 2), "for_partner") != 0)
		lua_env_fail(L,
		    "given.deadlines has for_partner: write "
		    "given.deadlines:for_partner(partner)");
	lua_pushcfunction(L, lua_deadline_for);
	return 1;
}

static int
given_index(lua_State *L)
{
	switch (part_at(L, 1)) {
	case GIVEN: return index_member(L);
	case PARAMETERS: return index_parameter(L);
	case REGISTERS: return lua_given_register(L, 2);
	case DEADLINES: return index_deadlines(L);
	default: lua_env_fail(L, "this has nothing to read: call it, or pass it on");
	}
}

static int
given_call(lua_State *L)
{
	if (part_at(L, 1) != RETURNS)
		lua_env_fail(L, "this is not a function");
	return lua_given_returns(L);
}

static const struct lua_kind given_kind = {
	.name = "given",
	.index = given_index,
	.call = given_call,
};

void
lua_given_open(lua_State *L)
{
	lua_value_register(L, LUA_TAG_GIVEN, &given_kind);
	lua_value_register(L, LUA_TAG_REGISTER, &lua_register_kind);
}
