/*
 * Comparisons: at_least, at_most, equal, one_of, filled, on_time.
 *
 * Each makes its finding with relation, given, expected and difference, and returns whether all
 * was well.  Two kinds are never compared; skip() in place of a value makes no finding.
 */
#include "rules/lua_call.h"

#include <stdlib.h>
#include <string.h>

struct comparison {
	const char *name;
	const char *relation;
	const char *must; /* "it must be at least £2.00" */
	bool (*holds)(int order);
};

static bool
is_not_less(int order)
{
	return order >= 0;
}

static bool
is_not_more(int order)
{
	return order <= 0;
}

static bool
is_same(int order)
{
	return order == 0;
}

static const struct comparison at_least = { "at_least", "at least", "at least ", is_not_less };
static const struct comparison at_most = { "at_most", "at most", "at most ", is_not_more };
static const struct comparison equal = { "equal", "exactly", "", is_same };

/* Where the call's given, what it must be, and `within` stand on the stack. */
enum {
	GIVEN = CALL_SLOT(CALL_GIVEN),
	EXPECTED = CALL_SLOT(CALL_OWN),
	WITHIN = CALL_SLOT(CALL_OWN + 1)
};

static _Noreturn void
mixed(lua_State *L)
{
	lua_value_mixed(L, GIVEN, EXPECTED, "compare");
	lua_env_fail(L, "%s", lua_tostring(L, -1));
}

/* How two values compare; words, truths and records only as same or not. */
static int
compare(lua_State *L, bool ordered)
{
	struct lua_scalar a, b;
	bool loose;
	int order = 0;
	pence x, y;

	if (lua_value_money(L, GIVEN, &x) && lua_value_money(L, EXPECTED, &y))
		return (x > y) - (x < y);
	a = lua_value_get(L, GIVEN);
	b = lua_value_get(L, EXPECTED);
	if (a.kind == KIND_INTEGER && b.kind == KIND_INTEGER)
		return (a.n > b.n) - (a.n < b.n);
	loose =
	    a.kind == KIND_BOOLEAN || a.kind == KIND_TEXT || lua_to_record(L, GIVEN) != NULL;
	if (a.kind != KIND_NONE && a.kind != KIND_BOOLEAN && lua_value_compare(a, b, &order))
		return order;
	if (ordered || !loose || lua_value_kind(L, GIVEN) != lua_value_kind(L, EXPECTED))
		mixed(L);
	return lua_rawequal(L, GIVEN, EXPECTED) ? 0 : 1;
}

/* The size of a difference of dates or times, in words. */
static void
say_span(struct buf *b, int64_t n, bool seconds)
{
	int64_t size = n < 0 ? -n : n;

	if (!seconds || size >= 86400)
		buf_printf(b, "%lld day%s", (long long)(seconds ? size / 86400 : size),
		    (seconds ? size / 86400 : size) == 1 ? "" : "s");
	else if (size >= 3600)
		buf_printf(
		    b, "%lld hour%s", (long long)(size / 3600), size / 3600 == 1 ? "" : "s");
	else
		buf_printf(b, "%lld minute%s", (long long)((size + 59) / 60),
		    (size + 59) / 60 == 1 ? "" : "s");
	buf_str(b, n < 0 ? " earlier" : " later");
}

/* "−2 percentage points": 1.5% is not 2% less than 3.5%. */
static void
say_points(struct buf *b, struct text percent)
{
	bool less = percent.n > 0 && percent.p[0] == '-';

	if (less)
		percent = (struct text){ percent.p + 1, percent.n - 1 };
	buf_str(b, less ? "−" : "");
	buf_put(b, percent.p, percent.n - 1);
	buf_str(b, text_is(percent, "1%") ? " percentage point" : " percentage points");
}

static void
set_difference(struct call *c)
{
	struct lua_scalar a = lua_value_get(c->L, GIVEN), b = lua_value_get(c->L, EXPECTED), d;
	struct buf plain = { 0 }, pretty = { 0 };

	if (a.kind == KIND_NONE || a.kind == KIND_TEXT || a.kind == KIND_BOOLEAN ||
	    !lua_value_subtract(a, b, &d))
		return;
	c->found.has_money = d.kind == KIND_MONEY;
	c->found.difference_pence = d.kind == KIND_MONEY ? d.n : 0;
	lua_scalar_show(d, &plain, &pretty);
	if (a.kind == KIND_DATE || a.kind == KIND_TIME) {
		buf_clear(&pretty);
		say_span(&pretty, d.n, a.kind == KIND_TIME);
	} else if (plain.n > 0 && plain.p[plain.n - 1] == '%') {
		buf_clear(&pretty);
		say_points(&pretty, buf_as_text(&plain));
	}
	c->found.difference.plain = arena_buf(c->e->scratch, &plain);
	c->found.difference.pretty = arena_buf(c->e->scratch, &pretty);
}

/* "The amount", "Together these", "This": what the sentence is about. */
static struct text
say_what(struct call *c, bool *plural)
{
	struct place at = c->found.places[0];
	const struct field *f = at.field >= 0 ? &at.rec->type->fields[at.field] : NULL;
	struct text title;
	char *p;

	*plural = c->found.n_places > 1;
	if (*plural)
		return TEXT("Together these");
	if (f == NULL || f->kind == KIND_LIST || f->kind == KIND_MAP || f->kind == KIND_RECORD)
		return TEXT("This");
	title = f->title.n > 0 ? f->title : f->name;
	p = arena_strndup(c->e->scratch, title.p, title.n);
	if (title.n > 1 && p[0] >= 'A' && p[0] <= 'Z' && p[1] >= 'a' && p[1] <= 'z')
		p[0] = (char)(p[0] - 'A' + 'a');
	return arena_printf(c->e->scratch, "The %s", p);
}

static struct text
default_message(struct call *c, const char *must)
{
	bool plural;
	struct text what = say_what(c, &plural);

	return arena_printf(c->e->scratch, "%.*s %s %.*s; %s must be %s%.*s.", TEXT_ARG(what),
	    plural ? "are" : "is", TEXT_ARG(c->found.given.pretty), plural ? "they" : "it",
	    must, TEXT_ARG(c->found.expected.pretty));
}

static int
answer(lua_State *L, bool well)
{
	lua_pushboolean(L, well);
	return 1;
}

/* given and what it must be are there; false: one of them is skip(). */
static bool
has_both(struct call *c)
{
	call_need(c, CALL_GIVEN);
	call_need(c, CALL_OWN);
	return !lua_is_skip(c->L, GIVEN) && !lua_is_skip(c->L, EXPECTED);
}

static int
make(struct call *c, const char *relation, const char *must)
{
	c->found.relation = relation;
	c->found.given = call_shown(c, GIVEN);
	c->found.expected = call_shown(c, EXPECTED);
	set_difference(c);
	call_make(c, default_message(c, must));
	return answer(c->L, false);
}

/* Whether the two are not further apart than `within`. */
static bool
is_within(struct call *c)
{
	struct lua_scalar a = lua_value_get(c->L, GIVEN), b = lua_value_get(c->L, EXPECTED), d,
			  w;
	int order = 0;

	if (!call_has(c, CALL_OWN + 1) || lua_is_skip(c->L, WITHIN))
		return false;
	w = lua_value_get(c->L, WITHIN);
	if (!lua_value_subtract(a, b, &d))
		return false;
	if (d.n < 0)
		d.n = -d.n;
	if (!lua_value_compare(d, w, &order))
		lua_env_fail(c->L, "within must be of the kind of the difference, not %s",
		    lua_value_called(c->L, WITHIN));
	return order <= 0;
}

static int
run(lua_State *L, const struct comparison *what, const char *const *args)
{
	struct call c;

	call_begin(&c, L, what->name, args);
	if (!has_both(&c))
		return answer(L, true);
	if (what->holds(compare(L, what->holds != is_same)))
		return answer(L, true);
	if (what->holds == is_same && is_within(&c))
		return answer(L, true);
	return make(&c, what->relation, what->must);
}

static int
lua_at_least(lua_State *L)
{
	static const char *const args[] = { "least", NULL };

	return run(L, &at_least, args);
}

static int
lua_at_most(lua_State *L)
{
	static const char *const args[] = { "most", NULL };

	return run(L, &at_most, args);
}

static int
lua_equal(lua_State *L)
{
	static const char *const args[] = { "exactly", "within", NULL };

	return run(L, &equal, args);
}

/* The words of one_of, as people read them: "a, b or c". */
static void
say_choice(struct call *c, lua_Integer n)
{
	struct buf plain = { 0 }, pretty = { 0 };
	lua_Integer i;

	for (i = 1; i <= n; i++) {
		lua_geti(c->L, EXPECTED, i);
		buf_str(&plain, i > 1 ? ", " : "");
		buf_str(&pretty, i == 1 ? "" : i == n ? " or " : ", ");
		lua_value_show(c->L, -1, &plain, NULL);
		lua_value_show(c->L, -1, NULL, &pretty);
		lua_pop(c->L, 1);
	}
	c->found.expected.plain = arena_buf(c->e->scratch, &plain);
	c->found.expected.pretty = arena_buf(c->e->scratch, &pretty);
}

/* one_of { at, given, of = { … } } */
static int
lua_one_of(lua_State *L)
{
	static const char *const args[] = { "of", NULL };
	struct call c;
	lua_Integer i, n;
	bool same = false;

	call_begin(&c, L, "one_of", args);
	if (!has_both(&c))
		return answer(L, true);
	if (!lua_istable(L, EXPECTED) && lua_value_pointer(L, EXPECTED, LUA_TAG_LIST) == NULL &&
	    lua_value_pointer(L, EXPECTED, LUA_TAG_OTHER) == NULL)
		lua_env_fail(
		    L, "of wants a list of values, not %s", lua_value_called(L, EXPECTED));
	n = luaL_len(L, EXPECTED);
	for (i = 1; i <= n && !same; i++) {
		lua_geti(L, EXPECTED, i);
		if (lua_value_kind(L, -1) != lua_value_kind(L, GIVEN)) {
			lua_replace(L, EXPECTED);
			mixed(L);
		}
		same = lua_rawequal(L, -1, GIVEN);
		lua_pop(L, 1);
	}
	if (same)
		return answer(L, true);
	c.found.given = call_shown(&c, GIVEN);
	say_choice(&c, n);
	c.found.relation = "one of";
	call_make(&c, default_message(&c, n > 1 ? "one of " : ""));
	return answer(L, false);
}

/* Codes and words of lists say what they say; of a text that people write, "TBC" says nothing. */
static bool
text_filled(const struct call *c, struct text t)
{
	struct place at = c->found.places[0];
	bool written =
	    at.rec == NULL || at.field < 0 || at.rec->type->fields[at.field].kind == KIND_TEXT;

	return written ? says_something(t) : text_trim(t).n > 0;
}

/* filled { at, given }: there, and if a text, more than blanks and placeholders. */
static int
lua_filled(lua_State *L)
{
	static const char *const args[] = { NULL };
	struct text t = TEXT_NONE;
	struct call c;
	struct view v;
	bool there;

	call_begin(&c, L, "filled", args);
	there = call_has(&c, CALL_GIVEN);
	if (there && lua_is_skip(L, GIVEN))
		return answer(L, true);
	if (there && lua_type(L, GIVEN) == LUA_TSTRING) {
		t.p = lua_tolstring(L, GIVEN, &t.n);
		there = text_filled(&c, t);
	} else if (there && lua_to_view(L, GIVEN, &v)) {
		there = v.n > 0;
	}
	if (there)
		return answer(L, true);
	c.found.relation = "";
	if (call_has(&c, CALL_GIVEN) && t.n > 0)
		c.found.given = call_shown(&c, GIVEN);
	else
		c.found.given.pretty = TEXT("nothing");
	c.found.expected.plain = c.found.expected.pretty = TEXT("to be filled in");
	call_make(&c, TEXT("This is not filled in."));
	return answer(L, false);
}

/* A date is the end of its day; a record of the place stands for the value there; a row for its
 * `at`. */
static void
to_time(struct call *c, int index)
{
	const struct record *r = lua_to_record(c->L, index);
	struct place at = c->found.places[0];
	const struct field *f = NULL;
	struct lua_scalar s;

	if (r != NULL && at.rec == r && at.field >= 0)
		f = &r->type->fields[at.field];
	else if (r != NULL)
		f = form_field(r->type, TEXT("at"), NULL);
	if (f != NULL) {
		const struct value *v = lua_record_value(c->L, r, f);

		lua_need_value(c->L, r, f, v);
		lua_push_value(c->L, f, v, f->kind);
		lua_replace(c->L, index);
	}
	s = lua_value_get(c->L, index);
	if (s.kind == KIND_DATE) {
		lua_value_push_n(c->L, KIND_TIME, london_end_of_day((date)s.n), 0);
		lua_replace(c->L, index);
	} else if (s.kind != KIND_TIME) {
		lua_env_fail(c->L, "on_time compares dates and times, not %s",
		    lua_value_called(c->L, index));
	}
}

/* on_time { at, given, by } */
static int
lua_on_time(lua_State *L)
{
	static const char *const args[] = { "by", NULL };
	struct call c;
	bool well;

	call_begin(&c, L, "on_time", args);
	if (!has_both(&c))
		return answer(L, true);
	c.found.given = call_shown(&c, GIVEN);
	to_time(&c, GIVEN);
	to_time(&c, EXPECTED);
	well = compare(L, true) <= 0;
	return well ? answer(L, true) : make(&c, "by", "by ");
}

void
lua_compare_open(lua_State *L)
{
	lua_env_set_function(L, "at_least", lua_at_least);
	lua_env_set_function(L, "at_most", lua_at_most);
	lua_env_set_function(L, "equal", lua_equal);
	lua_env_set_function(L, "one_of", lua_one_of);
	lua_env_set_function(L, "filled", lua_filled);
	lua_env_set_function(L, "on_time", lua_on_time);
}
