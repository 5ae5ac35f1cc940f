/* determination{…}: a figure that a condition works out, with its working. */
#include "rules/lua_call.h"

static const char *const args[] = { "name", "of", "of_name", "period", "value", "working",
	"from", "held", "complete", NULL };

static void
check_names(lua_State *L)
{
	lua_Integer i, n = lua_env_push_keys(L, 1);
	struct text name, names[16];
	size_t j, m = 0;
	int near;

	for (m = 0; args[m] != NULL; m++)
		names[m] = text_of(args[m]);
	for (i = 1; i <= n; i++) {
		lua_geti(L, -1, i);
		name = text_of(lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "");
		for (j = 0; j < m && !text_equal(name, names[j]); j++)
			;
		near = j == m ? text_nearest(name, names, m) : -1;
		if (near >= 0)
			lua_env_fail(L, "determination has no argument '%s' (did you mean %s?)",
			    name.p, names[near].p);
		if (j == m)
			lua_env_fail(L, "determination has no argument '%s'", name.p);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/* An argument as text: a name, a code, a year, the key of a record. */
static struct text
text_arg(lua_State *L, const char *arg, bool pretty)
{
	struct buf b = { 0 };

	if (lua_getfield(L, 1, arg) != LUA_TNIL)
		lua_value_show(L, -1, pretty ? NULL : &b, pretty ? &b : NULL);
	lua_pop(L, 1);
	return arena_buf(eval_of(L)->arena, &b);
}

static bool
flag_arg(lua_State *L, const char *arg, bool otherwise)
{
	bool flag = otherwise;

	if (lua_getfield(L, 1, arg) != LUA_TNIL)
		flag = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return flag;
}

/* Fill in the places that the figure comes from. */
static void
read_from(lua_State *L, struct at **from, uint32_t *n)
{
	struct eval *e = eval_of(L);
	const struct places *p;
	lua_Integer i, several;

	*n = 0;
	if (lua_getfield(L, 1, "from") == LUA_TNIL) {
		lua_pop(L, 1);
		return;
	}
	several = lua_istable(L, -1) ? luaL_len(L, -1) : 1;
	*from = arena_calloc(e->arena, (size_t)several, sizeof(**from));
	for (i = 1; i <= several; i++) {
		if (lua_istable(L, -1))
			lua_geti(L, -1, i);
		else
			lua_pushvalue(L, -1);
		p = lua_to_places(L, -1);
		if (p == NULL)
			lua_env_fail(
			    L, "from wants places: write from = line:place \"amount\"");
		if (p->n > 0)
			(*from)[(*n)++] = at_of_place(e->arena, p->items[0]);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static void
refuse_double(lua_State *L, struct text name, struct text of, struct text period)
{
	const struct eval *e = eval_of(L);
	uint32_t i;

	lua_limit_charge(L, e->v->n_determinations);
	for (i = 0; i < e->v->n_determinations; i++) {
		const struct determination *d = &e->v->determinations[i];

		if (d->condition == &e->condition->head && text_equal(d->name, name) &&
		    text_equal(d->of, of) && text_equal(d->period, period))
			lua_env_fail(L, "the determination '%s' of '%s' for '%s' is made twice",
			    name.p, of.p, period.p);
	}
}

int
lua_determination(lua_State *L)
{
	struct eval *e = eval_of(L);
	struct text name, of, period, working;
	struct determination *d;
	struct lua_scalar value;
	struct buf plain = { 0 }, pretty = { 0 };
	struct at *from = NULL;
	uint32_t n_from;
	bool complete, held;

	if (e->condition == NULL)
		lua_env_fail(L, "determination can only be used in a check");
	if (lua_type(L, 1) != LUA_TTABLE)
		lua_env_fail(L,
		    "determination wants named arguments: write determination { name = …, "
		    "value = … }");
	lua_settop(L, 1);
	check_names(L);
	name = text_arg(L, "name", false);
	if (name.n == 0)
		lua_env_fail(L, "determination has no name");
	of = text_arg(L, "of", false);
	period = text_arg(L, "period", false);
	working = text_arg(L, "working", true);
	refuse_double(L, name, of, period);
	read_from(L, &from, &n_from);
	complete = flag_arg(L, "complete", true);
	held = flag_arg(L, "held", false);
	lua_getfield(L, 1, "value");
	value = lua_value_get(L, -1);
	if (value.kind == KIND_NONE)
		lua_env_fail(L,
		    "value must be money, a ratio, a number, a date or a text, not %s",
		    lua_value_called(L, -1));
	lua_value_show(L, -1, &plain, &pretty);
	d = verdict_add_determination(e->v);
	if (d == NULL) {
		buf_free(&plain);
		buf_free(&pretty);
		return 0;
	}
	d->condition = &e->condition->head;
	d->name = name;
	d->of = of;
	d->of_name = text_arg(L, "of_name", false);
	d->period = period;
	d->working = working;
	d->from = from;
	d->n_from = n_from;
	d->complete = complete;
	d->held = held;
	d->value.plain = arena_buf(e->arena, &plain);
	d->value.pretty = arena_buf(e->arena, &pretty);
	d->unit = text_of(kind_names[value.kind]);
	d->amount = value.kind == KIND_MONEY ? value.n : 0;
	return 0;
}
