/*
 * The sentences of findings: "{given} from {due.partner} of a minimum of {least}".
 *
 * {name} is, whichever is there first: an argument of the call (given, expected, difference and
 * any other), a field of the record at the finding's place, a field of the subject.
 * {name.field} is a field of an argument or of a related record (named by the form's word for a
 * row), else of the subject, whatever the check calls it.
 */
#include "rules/lua_call.h"

#include <string.h>

/* The next {…} of a sentence; false: there is none. */
static bool
next_brace(struct text says, size_t from, size_t *open, size_t *close)
{
	const char *p, *q;

	if (from >= says.n || (p = memchr(says.p + from, '{', says.n - from)) == NULL)
		return false;
	*open = (size_t)(p - says.p);
	q = memchr(p, '}', says.n - *open);
	if (q == NULL)
		return false;
	*close = (size_t)(q - says.p);
	return true;
}

/* What stands before the first dot, and what behind it. */
static struct text
head_of(struct text name, struct text *rest)
{
	const char *dot = name.n > 0 ? memchr(name.p, '.', name.n) : NULL;
	size_t n = dot != NULL ? (size_t)(dot - name.p) : name.n;

	*rest = dot != NULL ? (struct text){ dot + 1, name.n - n - 1 } : TEXT_NONE;
	return (struct text){ name.p, n };
}

bool
says_uses(struct text says, struct text arg)
{
	size_t at = 0, open, close;
	struct text rest;

	for (; next_brace(says, at, &open, &close); at = close) {
		if (text_equal(
			head_of((struct text){ says.p + open + 1, close - open - 1 }, &rest),
			arg))
			return true;
	}
	return false;
}

/* A value of the budget as people read it; what is not there is said in words. */
static void
show_field(struct call *c, struct buf *b, const struct record *r, const struct field *f)
{
	const struct value *v = lua_record_value(c->L, r, f);

	if (v->state != VALUE_SET) {
		buf_str(b, "nothing");
		return;
	}
	lua_push_value(c->L, f, v, f->kind);
	lua_value_show(c->L, -1, NULL, b);
	lua_pop(c->L, 1);
}

static const struct field *
field_of(const struct record *r, struct text name)
{
	int alias = 0;
	const struct field *f = r != NULL ? form_field(r->type, name, &alias) : NULL;

	return alias == 0 ? f : NULL;
}

/* "interest" for a row of the list interests. */
static bool
is_row_called(const struct record *r, struct text name)
{
	struct text list = r->in != NULL ? r->in->name : TEXT("");

	if (text_equal(r->type->row, name))
		return true;
	if (list.n == 0 || list.p[list.n - 1] != 's')
		return false;
	return text_equal((struct text){ list.p, list.n - 1 }, name);
}

static const struct record *
related_record(const struct call *c, struct text name)
{
	uint32_t i;

	for (i = 0; i < c->found.n_related; i++) {
		if (is_row_called(c->found.related[i].rec, name))
			return c->found.related[i].rec;
	}
	return NULL;
}

/* The record that {head.field} is about. */
static const struct record *
record_called(struct call *c, struct text head)
{
	const struct record *r = NULL;

	lua_pushlstring(c->L, head.p, head.n);
	if (lua_gettable(c->L, c->table) != LUA_TNIL)
		r = lua_to_record(c->L, -1);
	lua_pop(c->L, 1);
	if (r == NULL)
		r = related_record(c, head);
	return r != NULL ? r : c->e->subject;
}

static bool
show_own(struct call *c, struct buf *b, struct text name)
{
	const struct shown *s = text_is(name, "given") ? &c->found.given
	    : text_is(name, "expected")                ? &c->found.expected
	    : text_is(name, "difference")              ? &c->found.difference
						       : NULL;

	if (s == NULL)
		return false;
	buf_text(b, s->pretty);
	return true;
}

static bool
show_name(struct call *c, struct buf *b, struct text name)
{
	const struct record *at = c->found.places[0].rec;
	const struct field *f;
	bool there;

	if (show_own(c, b, name))
		return true;
	lua_pushlstring(c->L, name.p, name.n);
	there = lua_gettable(c->L, c->table) != LUA_TNIL;
	if (there)
		lua_value_show(c->L, -1, NULL, b);
	lua_pop(c->L, 1);
	if (there)
		return true;
	f = field_of(at, name);
	if (f == NULL) {
		at = c->e->subject;
		f = field_of(at, name);
	}
	if (f != NULL)
		show_field(c, b, at, f);
	return f != NULL;
}

static bool
show_placeholder(struct call *c, struct buf *b, struct text name)
{
	const struct record *r;
	const struct field *f;
	struct text rest, head = head_of(name, &rest);

	if (rest.n == 0)
		return show_name(c, b, head);
	r = record_called(c, head);
	f = field_of(r, rest);
	if (f != NULL)
		show_field(c, b, r, f);
	return f != NULL;
}

struct text
call_says(struct call *c, struct text says)
{
	struct buf b = { 0 };
	struct text name;
	size_t at = 0, open, close;

	for (; next_brace(says, at, &open, &close); at = close + 1) {
		buf_put(&b, says.p + at, open - at);
		name = (struct text){ says.p + open + 1, close - open - 1 };
		if (!show_placeholder(c, &b, name)) {
			buf_free(&b);
			lua_pushlstring(c->L, name.p, name.n);
			lua_env_fail(c->L,
			    "says has {%s}, which is no argument of the call and no field of "
			    "the subject: add it to the call's arguments",
			    lua_tostring(c->L, -1));
		}
	}
	buf_put(&b, says.p + at, says.n - at);
	return arena_buf(c->e->scratch, &b);
}
