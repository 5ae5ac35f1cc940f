/* given.previous and given.returns: what a condition declared, and nothing else. */
#include "rules/lua_given.h"
#include "rules/lua_list_index.h"

#include <string.h>

static struct record *
past_root(struct eval *e, uint32_t i)
{
	struct budget *b = eval_past(e, i);

	return b != NULL ? b->root : NULL;
}

int
lua_given_previous(lua_State *L, bool optional)
{
	struct eval *e = eval_of(L);
	struct record *r = NULL;
	uint32_t i;

	if (e->condition == NULL || !e->condition->needs_previous)
		lua_env_fail(L, "the condition does not declare needs = { previous = true }");
	if (!e->has_history)
		eval_stop(
		    L, NOT_REFERENCE, NULL, TEXT("The earlier returns could not be had."));
	for (i = 0; i < e->history.n && r == NULL; i++) {
		if (e->needs[e->history.returns[i].need].kind == NEED_PREVIOUS)
			r = past_root(e, i);
	}
	if (r == NULL && optional)
		lua_pushnil(L);
	else if (r == NULL)
		eval_stop(
		    L, NOT_HISTORY, NULL, TEXT("No earlier return of this area was accepted."));
	else
		lua_push_record(L, r);
	return 1;
}

static bool
values_same(const struct field *f, struct value a, const struct field *g, struct value b)
{
	struct buf x = { 0 }, y = { 0 };
	bool same = false;

	if (a.state == VALUE_SET && b.state == VALUE_SET) {
		value_format(&x, f, a);
		value_format(&y, g, b);
		same = text_equal(buf_as_text(&x), buf_as_text(&y));
	}
	buf_free(&x);
	buf_free(&y);
	return same;
}

static struct record *
same_key(lua_State *L, const struct list *list, const struct record *r)
{
	const struct record_type *t = list->field->sub;
	struct view *found;
	uint32_t i;

	if (t == NULL || t->key < 0 || r->type->key < 0)
		return NULL;
	if (t == r->type && r->values[t->key].state == VALUE_SET) {
		struct value key = r->values[t->key];
		struct want want = { &t->fields[t->key], 1, &key };
		struct view whole;

		lua_list_view(list, &whole);
		found = list_look_up(L, &whole, &want, 1);
		if (found != NULL)
			return found->n > 0 ? found->items[0].u.rec : NULL;
	}
	lua_limit_charge(L, list->n);
	for (i = 0; i < list->n; i++) {
		struct record *other =
		    list->items[i].state == VALUE_SET ? list->items[i].u.rec : NULL;

		if (other != NULL &&
		    values_same(&t->fields[t->key], other->values[t->key],
			&r->type->fields[r->type->key], r->values[r->type->key]))
			return other;
	}
	return NULL;
}

/* The record of another return that stands where this one does, by names and keys; or NULL. */
static struct record *
counterpart(lua_State *L, struct record *root, const struct record *r)
{
	struct record *parent;
	const struct field *f;
	const struct value *v;

	if (r->parent == NULL || r->in == NULL)
		return root;
	parent = counterpart(L, root, r->parent);
	f = parent != NULL ? form_field(parent->type, r->in->name, NULL) : NULL;
	if (f == NULL)
		return NULL;
	v = &parent->values[f->index];
	if (v->state != VALUE_SET)
		return NULL;
	if (f->kind == KIND_RECORD)
		return v->u.rec;
	return f->kind == KIND_LIST ? same_key(L, v->u.list, r) : NULL;
}

/* given.previous:same(record): the record of the same key, or nil. */
int
lua_past_same(lua_State *L)
{
	struct record *root = lua_to_record(L, 1), *r = lua_to_record(L, 2), *other;

	if (root == NULL || r == NULL || r->budget == NULL)
		lua_env_fail(
		    L, "same wants a record of the return: write given.previous:same(scheme)");
	lua_limit_charge(L, 10);
	other = counterpart(L, root, r);
	if (other != NULL)
		lua_push_record(L, other);
	else
		lua_pushnil(L);
	return 1;
}

static struct text
named(lua_State *L, const char *name)
{
	struct buf b = { 0 };

	if (lua_getfield(L, 2, name) != LUA_TNIL)
		lua_value_show(L, -1, &b, NULL);
	lua_pop(L, 1);
	return arena_buf(eval_of(L)->scratch, &b);
}

static bool
is_declared(const struct condition *c, struct text form)
{
	uint32_t i;

	for (i = 0; c != NULL && i < c->n_returns; i++) {
		if (text_equal(c->returns[i].form, form))
			return true;
	}
	return false;
}

static bool
is_wanted(const struct eval *e, const struct past_return *p, struct text form, struct text area,
    struct text year)
{
	return e->needs[p->need].kind == NEED_RETURNS && text_equal(p->form, form) &&
	    (area.n == 0 || text_equal(p->area, area)) &&
	    (year.n == 0 || text_equal(p->period, year));
}

/* given.returns { form = …, area = …, year = … }: in the order of their receipt. */
int
lua_given_returns(lua_State *L)
{
	struct eval *e = eval_of(L);
	struct text form, area, year;
	struct view v = { .kind = KIND_RECORD };
	struct value *items;
	uint32_t i;

	if (lua_type(L, 2) != LUA_TTABLE)
		lua_env_fail(L, "write given.returns { form = …, area = …, year = … }");
	form = named(L, "form");
	area = named(L, "area");
	year = named(L, "year");
	if (!is_declared(e->condition, form))
		lua_env_fail(L,
		    "the condition does not declare needs = { returns = { { form = \"%s\", … } "
		    "} }",
		    form.p);
	if (!e->has_history)
		eval_stop(
		    L, NOT_REFERENCE, NULL, TEXT("The earlier returns could not be had."));
	items = eval_alloc(L, (e->history.n + 1) * sizeof(*items));
	for (i = 0; i < e->history.n; i++) {
		const struct past_return *p = &e->history.returns[i];
		struct record *r = is_wanted(e, p, form, area, year) ? past_root(e, i) : NULL;
		uint32_t j, at = v.n;

		for (j = 0; r != NULL && j < v.n; j++) {
			if (items[j].u.rec->budget->received > r->budget->received ||
			    text_equal(items[j].u.rec->budget->id, p->id)) {
				at = j;
				break;
			}
		}
		if (r == NULL || (at < v.n && text_equal(items[at].u.rec->budget->id, p->id)))
			continue;
		memmove(items + at + 1, items + at, (v.n - at) * sizeof(*items));
		items[at] =
		    (struct value){ .state = VALUE_SET, .kind = KIND_RECORD, .u.rec = r };
		v.n++;
	}
	v.items = items;
	v.type = v.n > 0 ? items[0].u.rec->type : eval_of(L)->budget->root->type;
	lua_push_view(L, &v);
	return 1;
}
