/*
 * Records: fields read strictly.
 *
 * What a file leaves out stops the subject as absent, with the place; what the reader could not
 * read stops it as "after" the reader's own condition; a field that the form does not have is a
 * fault.  So neither a misspelling nor a blank can become a pass.
 */
#include "rules/lua_budget.h"

#include <string.h>

_Static_assert(_Alignof(max_align_t) <= 16, "handles use the low four bits");

struct eval *
eval_of(lua_State *L)
{
	struct rulebook *b = lua_env_of(L)->user;

	if (b->eval == NULL)
		lua_env_fail(L, "this can only be used while a submission is judged");
	return b->eval;
}

static void
eval_must_fit(lua_State *L, const struct eval *e, size_t n)
{
	if (n > e->scratch_cap || arena_used(e->scratch) > e->scratch_cap - n)
		lua_env_fail(L,
		    "the lists and places that conditions made take more memory than they may");
}

void *
eval_alloc(lua_State *L, size_t n)
{
	struct eval *e = eval_of(L);

	eval_must_fit(L, e, n);
	return arena_alloc(e->scratch, n);
}

void *
eval_extend(lua_State *L, void *piece, size_t old, size_t n)
{
	struct eval *e = eval_of(L);

	eval_must_fit(L, e, n - old);
	return arena_extend(e->scratch, piece, old, n);
}

_Noreturn void
eval_stop_made(lua_State *L, struct stop *s)
{
	lua_value_push_pointer(L, LUA_TAG_STOP, s);
	lua_error(L);
	__builtin_unreachable();
}

_Noreturn void
eval_stop(lua_State *L, enum not_kind kind, const struct place *at, struct text because)
{
	struct stop *s = eval_alloc(L, sizeof(*s));

	*s = (struct stop){ .kind = kind, .has_place = at != NULL };
	if (at != NULL)
		s->at = *at;
	s->because = arena_text(eval_of(L)->scratch, because);
	eval_stop_made(L, s);
}

void
lua_push_record(lua_State *L, const struct record *r)
{
	lua_value_push_pointer(L, LUA_TAG_RECORD, r);
}

void
lua_push_list(lua_State *L, const struct list *list)
{
	lua_value_push_pointer(L, LUA_TAG_OTHER, list);
}

struct record *
lua_to_record(lua_State *L, int index)
{
	return lua_value_pointer(L, index, LUA_TAG_RECORD);
}

void
lua_push_places(lua_State *L, const struct place *at, uint32_t n)
{
	struct places *p = eval_alloc(L, sizeof(*p) + n * sizeof(*at));

	p->n = n;
	if (n > 0)
		memcpy(p->items, at, n * sizeof(*at));
	lua_value_push_pointer(L, LUA_TAG_PLACE, p);
}

const struct places *
lua_to_places(lua_State *L, int index)
{
	return lua_value_pointer(L, index, LUA_TAG_PLACE);
}

struct text
record_home(const struct record *r)
{
	return r->budget != NULL ? r->budget->form->id : TEXT("");
}

/* "income of bcf-plan", "allocations" */
static void
push_where(lua_State *L, const struct record_type *t, const struct record *r)
{
	struct text home = r != NULL ? record_home(r) : TEXT("");

	lua_pushlstring(L, t->name.p != NULL ? t->name.p : "", t->name.n);
	if (home.n > 0 && t->name.n > 0)
		lua_pushliteral(L, " of ");
	else
		lua_pushliteral(L, "");
	lua_pushlstring(L, home.p, home.n);
	lua_concat(L, 3);
}

/* Where a field is remembered: Lua keeps equal names of up to 40 bytes at one address. */
static const struct field **
remembered(lua_State *L, const struct record_type *t, const char *name)
{
	struct eval *e = eval_of(L);

	return &e->fields[((uintptr_t)t >> 4 ^ (uintptr_t)name >> 3) % EVAL_FIELDS];
}

static inline bool
is_field(const struct field *f, const struct record_type *t, struct text name)
{
	return f >= t->fields && f < t->fields + t->n_fields && same_text(f->name, name);
}

static _Noreturn void
no_field(lua_State *L, const struct record_type *t, const struct record *r,
    const struct field *f, struct text name)
{
	struct text near = f != NULL ? f->name : form_suggest(t, name);

	push_where(L, t, r);
	if (near.n > 0)
		lua_pushfstring(
		    L, " (%s?)", arena_strndup(eval_of(L)->scratch, near.p, near.n));
	else
		lua_pushliteral(L, "");
	lua_env_fail(
	    L, "no field '%s' in %s%s", name.p, lua_tostring(L, -2), lua_tostring(L, -1));
}

const struct field *
lua_check_field(lua_State *L, const struct record_type *t, const struct record *r, int index)
{
	const struct field **known, *f;
	struct text name;
	int alias = 0;

	if (lua_type(L, index) != LUA_TSTRING)
		lua_env_fail(
		    L, "a field is named by a text, not by %s", lua_value_called(L, index));
	name.p = lua_tolstring(L, index, &name.n);
	known = remembered(L, t, name.p);
	if (is_field(*known, t, name))
		return *known;
	f = form_field(t, name, &alias);
	if (f == NULL || alias != 0)
		no_field(L, t, r, f, name);
	*known = f;
	return f;
}

/* A texts' copy that outlives Lua. */
static void
keep_text(struct arena *a, struct value *v)
{
	if (v->kind == KIND_TEXT || v->kind == KIND_CODE || (v->flags & VALUE_REF_WORD))
		v->u.s = arena_strndup(a, v->u.s, v->len);
}

static void
set_derived(lua_State *L, struct record *r, const struct field *f, uint8_t state)
{
	struct value v = { .state = state, .kind = (uint8_t)f->kind };

	(void)L;
	budget_set_derived(r, f, v);
}

/* Store what the function at the top of the stack gave. */
static void
store_derived(lua_State *L, struct record *r, const struct field *f)
{
	struct value v = { 0 };

	if (lua_isnil(L, -1)) {
		set_derived(L, r, f, VALUE_ABSENT);
		return;
	}
	if (!lua_to_value(L, -1, f, &v))
		lua_wrong_value(L, -1, f);
	keep_text(eval_of(L)->arena, &v);
	budget_set_derived(r, f, v);
}

/*
 * Work a derived field out, once.  A stop inside it is the reader's own (the field is then
 * worked out anew when it is read again); a fault leaves the field faulted.
 */
static void
derive(lua_State *L, struct record *r, const struct field *f)
{
	struct buf message = { 0 };
	enum lua_ended ended;

	set_derived(L, r, f, VALUE_FAULTED);
	lua_rawgeti(L, LUA_REGISTRYINDEX, f->derive);
	lua_push_record(L, r);
	ended = lua_env_call(L, 1, 1, &message);
	if (ended == LUA_ENDED_WELL) {
		buf_free(&message);
		store_derived(L, r, f);
		lua_pop(L, 1);
		return;
	}
	if (ended == LUA_ENDED_STOP) {
		buf_free(&message);
		set_derived(L, r, f, VALUE_DERIVE);
		lua_error(L);
	}
	lua_pushlstring(L, message.p != NULL ? message.p : "", message.n);
	buf_free(&message);
	if (ended == LUA_ENDED_LIMIT) /* of this condition: the next may have time for it */
		set_derived(L, r, f, VALUE_DERIVE);
	lua_limit_check(L);
	lua_error(L);
}

const struct value *
lua_record_value(lua_State *L, const struct record *r, const struct field *f)
{
	const struct value *v = &r->values[f->index];

	if (v->state == VALUE_DERIVE) {
		luaL_checkstack(L, 8, "a derived field");
		derive(L, (struct record *)(uintptr_t)r, f);
	}
	return v;
}

/* The condition under which the reader's fault at a place is shown, or NULL. */
static const struct condition *
fault_at(const struct eval *e, const struct budget *b, struct place at)
{
	int kind = b != NULL ? budget_fault_at(b, at) : -1;

	return kind >= 0 ? eval_fault_condition(e, b->form, (enum fault_kind)kind) : NULL;
}

/* Stop as "after" the reader's condition: one fault, one finding. */
static void
stop_misread(
    lua_State *L, const struct record *r, const struct field *f, const struct place *at)
{
	struct eval *e = eval_of(L);
	const struct condition *c = fault_at(e, r->budget, *at);

	if (f->derive != 0)
		lua_env_fail(L,
		    "the field '%s' could not be worked out, or is worked out from itself",
		    f->name.p);
	if (c == NULL)
		c = &e->book->unmapped;
	eval_stop(L, NOT_AFTER, at,
	    arena_printf(e->scratch, "What it needs could not be read: see “%.*s” (%.*s).",
		TEXT_ARG(c->head.title), TEXT_ARG(c->head.id)));
}

/* What is required and left out is the reader's to tell, once. */
static void
stop_absent(lua_State *L, const struct record *r, const struct value *v, const struct place *at)
{
	struct eval *e = eval_of(L);
	const struct condition *c =
	    v->state == VALUE_ABSENT ? fault_at(e, r->budget, *at) : NULL;

	if (c != NULL)
		eval_stop(L, NOT_AFTER, at,
		    arena_printf(
			e->scratch, "It is left out: see %.*s.", TEXT_ARG(c->head.id)));
	eval_stop(L, NOT_ABSENT, at,
	    v->state == VALUE_UNKNOWN ? TEXT("It is not yet known.")
				      : TEXT("The file leaves it out."));
}

void
lua_need_value(
    lua_State *L, const struct record *r, const struct field *f, const struct value *v)
{
	struct place at;

	if (v->state == VALUE_SET)
		return;
	at = place_of(r, f);
	if (r->budget == NULL)
		eval_stop(L, NOT_REFERENCE, NULL,
		    arena_printf(eval_of(L)->scratch,
			"The register %.*s has no %.*s in the row of line %u.",
			TEXT_ARG(r->type->name), TEXT_ARG(f->name), r->src));
	if (v->state == VALUE_FAULTED)
		stop_misread(L, r, f, &at);
	stop_absent(L, r, v, &at);
}

void
lua_need_year(lua_State *L)
{
	struct text path = eval_of(L)->budget->form->period;
	const struct record *r = eval_of(L)->budget->root;

	for (;;) {
		size_t n = 0;
		const struct field *f;
		const struct value *v;

		while (n < path.n && path.p[n] != '.')
			n++;
		f = form_field(r->type, (struct text){ path.p, n }, NULL);
		if (f == NULL)
			return;
		v = lua_record_value(L, r, f);
		lua_need_value(L, r, f, v);
		if (n == path.n || v->kind != KIND_RECORD)
			return;
		r = v->u.rec;
		path = (struct text){ path.p + n + 1, path.n - n - 1 };
	}
}

void
lua_push_value(lua_State *L, const struct field *f, const struct value *v, enum kind kind)
{
	switch (kind) {
	case KIND_MONEY: lua_value_push_money(L, v->u.n); return;
	case KIND_INTEGER: lua_pushinteger(L, v->u.n); return;
	case KIND_TEXT:
	case KIND_CODE: lua_pushlstring(L, v->u.s, v->len); return;
	case KIND_ENUM:
		lua_pushlstring(L, f->words[v->u.n].word.p, f->words[v->u.n].word.n);
		return;
	case KIND_REF:
		if (v->flags & VALUE_REF_WORD) {
			lua_pushlstring(L, v->u.s, v->len);
			return;
		}
		lua_push_record(L, v->u.rec);
		return;
	case KIND_RECORD: lua_push_record(L, v->u.rec); return;
	case KIND_LIST:
	case KIND_MAP: lua_push_list(L, v->u.list); return;
	case KIND_ANY:
		lua_env_fail(L,
		    "%s is kept as it is in the file and cannot be read by a condition",
		    f->name.p);
	default: lua_value_push_n(L, kind, v->u.n, v->scale);
	}
}

/* A list that may be left out has no rows then; its place stands for it. */
static bool
push_empty(lua_State *L, const struct record *r, const struct field *f, const struct value *v)
{
	static const struct value none;
	struct view empty = {
		.type = f->sub, .of = f, .kind = f->sub != NULL ? KIND_RECORD : f->of
	};

	if (v->state != VALUE_ABSENT || f->required || r->budget == NULL ||
	    (f->kind != KIND_LIST && f->kind != KIND_MAP))
		return false;
	empty.keys = f->kind == KIND_MAP ? &none : NULL;
	empty.place = place_of(r, f);
	lua_push_view(L, &empty);
	return true;
}

static struct record *
self_record(lua_State *L, const char *method)
{
	struct record *r = lua_to_record(L, 1);

	if (r == NULL)
		lua_env_fail(
		    L, "%s is called with a colon: write record:%s \"NAME\"", method, method);
	return r;
}

/*
 * A derived field is nil when what it is worked out from is absent; other stops pass.  Gives
 * the value, or NULL.
 */
static const struct value *
try_value(lua_State *L, const struct record *r, const struct field *f)
{
	const struct value *v = &r->values[f->index];
	const struct stop *s;
	struct buf message = { 0 };
	enum lua_ended ended;

	if (v->state != VALUE_DERIVE)
		return v;
	set_derived(L, (struct record *)(uintptr_t)r, f, VALUE_FAULTED);
	lua_rawgeti(L, LUA_REGISTRYINDEX, f->derive);
	lua_push_record(L, r);
	ended = lua_env_call(L, 1, 1, &message);
	if (ended == LUA_ENDED_WELL) {
		buf_free(&message);
		store_derived(L, (struct record *)(uintptr_t)r, f);
		lua_pop(L, 1);
		return v;
	}
	if (ended == LUA_ENDED_STOP) {
		buf_free(&message);
		set_derived(L, (struct record *)(uintptr_t)r, f, VALUE_DERIVE);
		s = lua_value_pointer(L, -1, LUA_TAG_STOP);
		if (s != NULL && s->kind == NOT_ABSENT && !s->not_applicable) {
			lua_pop(L, 1);
			return NULL;
		}
		lua_error(L);
	}
	lua_pushlstring(L, message.p != NULL ? message.p : "", message.n);
	buf_free(&message);
	if (ended == LUA_ENDED_LIMIT)
		set_derived(L, (struct record *)(uintptr_t)r, f, VALUE_DERIVE);
	lua_limit_check(L);
	lua_error(L);
	return NULL;
}

/* record:optional "f": nil where the file leaves it out or does not know it yet. */
static int
record_optional(lua_State *L)
{
	const struct record *r = self_record(L, "optional");
	const struct field *f = lua_check_field(L, r->type, r, 2);
	const struct value *v = try_value(L, r, f);
	struct place at;

	if (v == NULL || v->state == VALUE_ABSENT || v->state == VALUE_UNKNOWN) {
		lua_pushnil(L);
		return 1;
	}
	if (v->state == VALUE_FAULTED) {
		at = place_of(r, f);
		stop_misread(L, r, f, &at);
	}
	lua_push_value(L, f, v, f->kind);
	return 1;
}

/* record:place "f"; without a name the record itself. */
static int
record_place(lua_State *L)
{
	const struct record *r = self_record(L, "place");
	struct place at;

	if (r->budget == NULL)
		lua_env_fail(L,
		    "a row of the register %s is not a place in the file: name a field of the "
		    "budget",
		    r->type->name.p);
	if (r->budget != eval_of(L)->budget)
		lua_env_fail(L, "this record is of another return and not a place in the file");
	at = lua_isnoneornil(L, 2) ? place_of_record(r)
				   : place_of(r, lua_check_field(L, r->type, r, 2));
	lua_push_places(L, &at, 1);
	return 1;
}

/* The root of an earlier return: given.previous and those of given.returns. */
static bool
is_past(lua_State *L, const struct record *r)
{
	return r->parent == NULL && r->budget != NULL && r->in == NULL &&
	    r->budget != eval_of(L)->budget;
}

/* What a record has besides fields; NULL: nothing of that name. */
static lua_CFunction
record_method(lua_State *L, const struct record *r, const char *name)
{
	if (name[0] == 'o' && strcmp(name, "optional") == 0)
		return record_optional;
	if (name[0] == 'p' && strcmp(name, "place") == 0)
		return record_place;
	if (name[0] == 's' && is_past(L, r) && strcmp(name, "same") == 0)
		return lua_past_same;
	return NULL;
}

static int
record_index(lua_State *L)
{
	const struct record *r =
	    (const struct record *)((uintptr_t)lua_touserdata(L, 1) & ~(uintptr_t)15);
	lua_CFunction method =
	    lua_type(L, 2) == LUA_TSTRING ? record_method(L, r, lua_tostring(L, 2)) : NULL;
	const struct field *f;
	const struct value *v;

	if (method != NULL) {
		lua_pushcfunction(L, method);
		return 1;
	}
	f = lua_check_field(L, r->type, r, 2);
	v = lua_record_value(L, r, f);
	if (v->state != VALUE_SET) {
		if (push_empty(L, r, f, v))
			return 1;
		lua_need_value(L, r, f, v);
	}
	lua_push_value(L, f, v, f->kind);
	return 1;
}

/* As text a record is its key, and a row of a register its line. */
static void
record_show(lua_State *L, void *p, struct buf *plain, struct buf *pretty)
{
	const struct record *r = p;
	struct buf b = { 0 };

	(void)L;
	if (r->budget == NULL) {
		buf_printf(&b, "line %u of %.*s", r->src, TEXT_ARG(r->type->name));
	} else if (r->type->key >= 0 && r->values[r->type->key].state == VALUE_SET) {
		value_format(&b, &r->type->fields[r->type->key], r->values[r->type->key]);
	} else {
		place_label(&b, place_of_record(r));
	}
	if (plain != NULL)
		buf_text(plain, buf_as_text(&b));
	if (pretty != NULL)
		buf_text(pretty, buf_as_text(&b));
	buf_free(&b);
}

/* File order; by form and line for what is not of one file. */
static int
record_compare(const void *x, const void *y)
{
	const struct record *a = x, *b = y;

	if (a == b)
		return 0;
	if (a->budget != NULL && a->budget == b->budget)
		return place_compare(place_of_record(a), place_of_record(b));
	if (a->type != b->type && text_compare(a->type->name, b->type->name) != 0)
		return text_compare(a->type->name, b->type->name);
	return (a->index > b->index) - (a->index < b->index);
}

static const struct lua_kind record_kind = {
	.name = "record",
	.index = record_index,
	.show = record_show,
	.compare = record_compare,
};

static void
place_show(lua_State *L, void *p, struct buf *plain, struct buf *pretty)
{
	const struct places *at = p;

	(void)L;
	if (plain != NULL && at->n > 0)
		place_path(plain, at->items[0]);
	if (pretty != NULL && at->n > 0)
		place_label(pretty, at->items[0]);
}

static const struct lua_kind place_kind = { .name = "place", .show = place_show };
static const struct lua_kind stop_kind = { .name = "stop", .stops = true };

void
lua_budget_open(lua_State *L)
{
	lua_value_register(L, LUA_TAG_RECORD, &record_kind);
	lua_value_register(L, LUA_TAG_PLACE, &place_kind);
	lua_value_register(L, LUA_TAG_STOP, &stop_kind);
	lua_value_register(L, LUA_TAG_LIST, &lua_list_kind);
	lua_value_register(L, LUA_TAG_OTHER, &lua_list_kind);
	lua_list_open(L);
}
