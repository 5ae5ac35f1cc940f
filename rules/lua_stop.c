/* stop.absent(…) and its kin; skip(). */
#include "rules/lua_call.h"

static const char skip_key[16] __attribute__((aligned(16))) = "skip";

/* The first argument as a place, when it is one; shifts what follows to `*next`. */
static const struct place *
stop_place(lua_State *L, int *next)
{
	const struct places *p = lua_to_places(L, 1);
	struct record *r = lua_to_record(L, 1);
	struct place *at;

	*next = 1;
	if (p == NULL && r == NULL)
		return NULL;
	*next = 2;
	if (p != NULL)
		return p->n > 0 ? &p->items[0] : NULL;
	if (r->budget != eval_of(L)->budget)
		return NULL;
	at = eval_alloc(L, sizeof(*at));
	*at = place_of_record(r);
	return at;
}

/* The reason: a text, or a value such as the date when it is due. */
static struct text
stop_reason(lua_State *L, int index, const char *before, const char *otherwise)
{
	struct eval *e = eval_of(L);
	struct buf b = { 0 };

	if (lua_isnoneornil(L, index))
		return text_of(otherwise);
	if (lua_type(L, index) != LUA_TSTRING)
		buf_str(&b, before);
	lua_value_show(L, index, NULL, &b);
	if (b.n > 0 && b.p[b.n - 1] != '.' && b.p[b.n - 1] != '!' && b.p[b.n - 1] != '?')
		buf_char(&b, '.');
	return arena_buf(e->scratch, &b);
}

static int
stop_absent(lua_State *L)
{
	int next;
	const struct place *at = stop_place(L, &next);

	if (at == NULL)
		lua_env_fail(L,
		    "stop.absent wants a place: write stop.absent(line:place \"amount\", "
		    "\"why\")");
	eval_stop(L, NOT_ABSENT, at, stop_reason(L, next, "", "The file leaves it out."));
}

static int
stop_not_due(lua_State *L)
{
	int next;
	const struct place *at = stop_place(L, &next);

	eval_stop(L, NOT_DUE, at,
	    stop_reason(L, next, "It is not due before ", "It is not yet due."));
}

static int
stop_no_reference(lua_State *L)
{
	int next;
	const struct place *at = stop_place(L, &next);

	eval_stop(L, NOT_REFERENCE, at,
	    stop_reason(L, next, "", "Our own data lacks what is needed."));
}

static int
stop_no_history(lua_State *L)
{
	int next;
	const struct place *at = stop_place(L, &next);

	eval_stop(L, NOT_HISTORY, at, stop_reason(L, next, "", "There is no earlier return."));
}

static int
stop_not_applicable(lua_State *L)
{
	int next;
	const struct place *at = stop_place(L, &next);
	struct stop *s = eval_alloc(L, sizeof(*s));

	*s = (struct stop){ .not_applicable = true, .has_place = at != NULL };
	if (at != NULL)
		s->at = *at;
	s->because = stop_reason(L, next, "", "It does not apply.");
	eval_stop_made(L, s);
}

/* given = record:optional "paid" or skip(): no finding where it is left out. */
static int
skip(lua_State *L)
{
	lua_value_push_pointer(L, LUA_TAG_GIVEN, skip_key);
	return 1;
}

bool
lua_is_skip(lua_State *L, int index)
{
	return lua_value_pointer(L, index, LUA_TAG_GIVEN) == (const void *)skip_key;
}

static const luaL_Reg stops[] = {
	{ "absent", stop_absent },
	{ "not_due", stop_not_due },
	{ "no_reference", stop_no_reference },
	{ "no_history", stop_no_history },
	{ "not_applicable", stop_not_applicable },
	{ NULL, NULL },
};

void
lua_stop_open(lua_State *L)
{
	luaL_newlib(L, stops);
	lua_env_freeze_value(L, -1);
	lua_env_set(L, "stop");
	lua_env_set_function(L, "skip", skip);
}
