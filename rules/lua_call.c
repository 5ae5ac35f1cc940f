/*
 * finding{…}, and what all calls with named arguments share: where, how severe, in which words.
 *
 * An argument that a call does not know is a fault, unless its sentence uses it as {name}.
 */
#include "rules/lua_call.h"

#include <string.h>

static const struct text common[CALL_OWN] = { [CALL_AT] = { "at", 2 },
	[CALL_GIVEN] = { "given", 5 },
	[CALL_SEVERITY] = { "severity", 8 },
	[CALL_SAYS] = { "says", 4 },
	[CALL_RELATED] = { "related", 7 } };

bool
call_has(const struct call *c, int arg)
{
	return !lua_isnil(c->L, CALL_SLOT(arg));
}

void
call_need(struct call *c, int arg)
{
	const char *name = arg < CALL_OWN ? common[arg].p : c->args[arg - CALL_OWN];

	if (!call_has(c, arg))
		lua_env_fail(c->L,
		    "%s has no %s; where it may be absent, write %s = … or skip()", c->name,
		    name, name);
}

/* The number of the argument that a name is; -1: the call does not know it. */
static int
known(const struct call *c, struct text name)
{
	const char *const *a;
	int i;

	if (name.n == 0)
		return -1;
	for (i = 0; i < CALL_OWN; i++) {
		if (same_text(name, common[i]))
			return i;
	}
	for (a = c->args; *a != NULL; a++) {
		if ((*a)[0] == name.p[0] && text_is(name, *a))
			return CALL_OWN + (int)(a - c->args);
	}
	return -1;
}

static void
wrong_argument(struct call *c, struct text name)
{
	struct text names[32];
	size_t n = 0, i;
	int near;

	for (i = 0; i < CALL_OWN; i++)
		names[n++] = common[i];
	for (i = 0; c->args[i] != NULL && n < 32; i++)
		names[n++] = text_of(c->args[i]);
	near = text_nearest(name, names, n);
	if (near >= 0)
		lua_env_fail(c->L, "%s has no argument '%s' (did you mean %s?)", c->name,
		    name.p, names[near].p);
	lua_env_fail(c->L, "%s has no argument '%s', and says does not use {%s}", c->name,
	    name.p, name.p);
}

/* Of the table, since the arguments are not all in their places when it is first asked for. */
static struct text
says_of(struct call *c)
{
	struct text says = TEXT_NONE;

	if (lua_getfield(c->L, c->table, "says") != LUA_TNIL) {
		if (lua_type(c->L, -1) != LUA_TSTRING)
			lua_env_fail(
			    c->L, "says wants a sentence, not %s", lua_value_called(c->L, -1));
		says.p = lua_tolstring(c->L, -1, &says.n);
	}
	lua_pop(c->L, 1);
	return says;
}

/*
 * Put each argument into its place on the stack, nil where there is none.  Every name is known, or
 * says uses it.  This runs at each call, so it walks the table once and in whatever order it has; of
 * several wrong names the first in the alphabet is told.
 */
static void
take_arguments(struct call *c)
{
	lua_State *L = c->L;
	struct text wrong = TEXT_NONE, name;
	int which, table = c->table, own = 0;

	while (c->args[own] != NULL)
		own++;
	lua_settop(L, CALL_SLOT(CALL_OWN + own) - 1);
	if (lua_getmetatable(L, table)) { /* it is frozen, a constant of the policy */
		lua_pop(L, 1);
		lua_env_push_raw(L, table);
		table = lua_gettop(L);
	}
	for (lua_pushnil(L); lua_next(L, table);) {
		if (lua_type(L, -2) != LUA_TSTRING)
			lua_env_fail(L,
			    "%s wants named arguments: write %s { at = …, given = … }", c->name,
			    c->name);
		name.p = lua_tolstring(L, -2, &name.n);
		which = known(c, name);
		if (which >= 0) {
			lua_replace(L, CALL_SLOT(which));
			continue;
		}
		if ((wrong.p == NULL || text_compare(name, wrong) < 0) &&
		    !says_uses(says_of(c), name))
			wrong = name;
		lua_pop(L, 1);
	}
	lua_settop(L, CALL_SLOT(CALL_OWN + own) - 1);
	if (wrong.p != NULL)
		wrong_argument(c, wrong);
}

/* A place, or a record for its own place. */
static const struct places *
place_at(struct call *c, int index)
{
	const struct places *p = lua_to_places(c->L, index);
	struct record *r = lua_to_record(c->L, index);
	struct place at;

	if (p != NULL && p->n > 0)
		return p;
	if (r == NULL || r->budget != c->e->budget)
		return NULL;
	at = place_of_record(r);
	lua_push_places(c->L, &at, 1);
	p = lua_to_places(c->L, -1);
	lua_pop(c->L, 1);
	return p;
}

static void
read_at(struct call *c)
{
	const struct places *p;

	p = place_at(c, CALL_SLOT(CALL_AT));
	if (p == NULL)
		lua_env_fail(c->L, "at wants a place: write line:place \"amount\"");
	c->found.places = p->items;
	c->found.n_places = p->n;
}

/* The one that the header lists; of several the most severe, unless the call names another. */
static enum severity
default_severity(const struct condition *c)
{
	int s;

	for (s = SEV_ERROR; s < SEVERITIES && !(c->head.severities & 1u << s); s++)
		;
	return (enum severity)s;
}

static void
read_severity(struct call *c)
{
	const struct condition *cond = c->e->condition;
	int s, at = CALL_SLOT(CALL_SEVERITY);
	struct text word;

	c->found.severity = default_severity(cond);
	if (!call_has(c, CALL_SEVERITY))
		return;
	word = text_of(lua_type(c->L, at) == LUA_TSTRING ? lua_tostring(c->L, at) : "");
	for (s = 0; s < SEVERITIES && !text_is(word, severity_names[s]); s++)
		;
	if (s == SEVERITIES || !(cond->head.severities & 1u << s))
		lua_env_fail(c->L, "the severity %s is not listed in the header of %s",
		    word.n > 0 ? word.p : "that is no text", cond->head.id.p);
	c->found.severity = (enum severity)s;
}

/* Places, and records of this return; what stands elsewhere (a register, another return) has
 * none. */
static uint32_t
add_related(struct call *c, int index, struct place *to, uint32_t room)
{
	const struct places *p = lua_to_places(c->L, index);
	struct record *r = lua_to_record(c->L, index);
	uint32_t i, n = 0;

	if (p == NULL && r == NULL)
		lua_env_fail(c->L, "related wants places or records, not %s",
		    lua_value_called(c->L, index));
	for (i = 0; p != NULL && i < p->n && n < room; i++)
		to[n++] = p->items[i];
	if (r != NULL && r->budget == c->e->budget && room > 0)
		to[n++] = place_of_record(r);
	return n;
}

#define RELATED_MAX 50

static void
read_related(struct call *c)
{
	lua_State *L = c->L;
	struct place *related;
	lua_Integer i, n;
	int at = CALL_SLOT(CALL_RELATED);

	if (!call_has(c, CALL_RELATED))
		return;
	related = eval_alloc(L, RELATED_MAX * sizeof(*related));
	c->found.related = related;
	if (!lua_istable(L, at)) {
		c->found.n_related = add_related(c, at, related, RELATED_MAX);
		return;
	}
	n = luaL_len(L, at);
	for (i = 1; i <= n; i++) {
		lua_geti(L, at, i);
		c->found.n_related += add_related(
		    c, -1, related + c->found.n_related, RELATED_MAX - c->found.n_related);
		lua_pop(L, 1);
	}
}

void
call_begin(struct call *c, lua_State *L, const char *name, const char *const *args)
{
	*c = (struct call){ .L = L, .e = eval_of(L), .name = name, .args = args, .table = 1 };
	if (c->e->condition == NULL)
		lua_env_fail(L, "%s can only be used in a check", name);
	if (lua_type(L, 1) != LUA_TTABLE)
		lua_env_fail(
		    L, "%s wants named arguments: write %s { at = …, given = … }", name, name);
	c->found.condition = c->e->condition;
	take_arguments(c);
	read_at(c);
	read_severity(c);
	read_related(c);
}

struct shown
call_shown(struct call *c, int index)
{
	struct buf plain = { 0 }, pretty = { 0 };
	struct shown s;

	lua_value_show(c->L, index, &plain, &pretty);
	s.plain = arena_buf(c->e->scratch, &plain);
	s.pretty = arena_buf(c->e->scratch, &pretty);
	return s;
}

/* A sentence ends with a full stop. */
static struct text
as_sentence(struct call *c, struct text t)
{
	if (t.n == 0 || strchr(".!?", t.p[t.n - 1]) != NULL)
		return t;
	return arena_printf(c->e->scratch, "%.*s.", TEXT_ARG(t));
}

void
call_make(struct call *c, struct text otherwise)
{
	struct eval *e = c->e;
	struct text says = says_of(c);

	c->found.message = as_sentence(c, says.n > 0 ? call_says(c, says) : otherwise);
	if (e->made >= e->limits.findings) {
		e->made_too_many = true;
		eval_stop(c->L, NOT_LIMIT, NULL,
		    arena_printf(e->scratch, "%.*s made more than %u findings.",
			TEXT_ARG(e->condition->head.id), e->limits.findings));
	}
	e->made++;
	eval_find(e, &c->found);
}

static struct text
plain_message(struct call *c)
{
	const struct found *f = &c->found;

	if (f->given.pretty.n > 0 && f->expected.pretty.n > 0)
		return arena_printf(c->e->scratch, "Found %.*s; expected %.*s.",
		    TEXT_ARG(f->given.pretty), TEXT_ARG(f->expected.pretty));
	if (f->given.pretty.n > 0)
		return arena_printf(c->e->scratch, "Found %.*s.", TEXT_ARG(f->given.pretty));
	return c->e->condition->head.title;
}

static int
lua_finding(lua_State *L)
{
	static const char *const args[] = { "expected", NULL };
	struct call c;

	call_begin(&c, L, "finding", args);
	if (call_has(&c, CALL_GIVEN))
		c.found.given = call_shown(&c, CALL_SLOT(CALL_GIVEN));
	if (call_has(&c, CALL_OWN))
		c.found.expected = call_shown(&c, CALL_SLOT(CALL_OWN));
	c.found.relation = "";
	call_make(&c, plain_message(&c));
	return 0;
}

void
lua_call_open(lua_State *L)
{
	lua_env_set_function(L, "finding", lua_finding);
	lua_env_set_function(L, "determination", lua_determination);
	lua_compare_open(L);
	lua_stop_open(L);
	lua_words_open(L);
}
