/* given.registers.NAME:row{…} and its kin, and the deadlines, which are a register as well. */
#include "rules/lua_given.h"

#include <string.h>

#define WANTS_MAX 32

struct query {
	const struct reg *reg;
	struct reg_want want[WANTS_MAX];
	uint32_t n;
	date on;
	bool has_on;
};

static const struct reg *
self_register(lua_State *L, const char *method)
{
	const struct reg *r = lua_value_pointer(L, 1, LUA_TAG_REGISTER);

	if (r == NULL)
		lua_env_fail(L,
		    "%s is called with a colon: write given.registers.NAME:%s { … }", method,
		    method);
	return r;
}

/* A value of policies as a column's; a text stands for a year, a date and so on. */
static void
column_value(lua_State *L, const struct field *column, struct value *v)
{
	const char *must;
	struct text t;

	if (lua_to_value(L, -1, column, v))
		return;
	if (lua_type(L, -1) == LUA_TSTRING && column->kind != KIND_MONEY) {
		t.p = lua_tolstring(L, -1, &t.n);
		if (register_cell(t, column->kind, eval_of(L)->scratch, v, &must) &&
		    v->state == VALUE_SET)
			return;
	}
	lua_wrong_value(L, -1, column);
}

/* { area = …, year = …, on = date } at argument 2. */
static void
read_query(lua_State *L, struct query *q, const char *method)
{
	lua_Integer i, n;

	*q = (struct query){ .reg = self_register(L, method) };
	if (lua_type(L, 2) != LUA_TTABLE)
		lua_env_fail(L, "%s wants columns and values: write %s { COLUMN = value }",
		    method, method);
	n = lua_env_push_keys(L, 2);
	if (n > WANTS_MAX)
		lua_env_fail(L, "%s has too many columns", method);
	for (i = 1; i <= n; i++) {
		const struct field *column;

		lua_geti(L, -1, i);
		if (lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "on") == 0 &&
		    form_field(&q->reg->type, TEXT("on"), NULL) == NULL) {
			if (q->reg->from < 0 && q->reg->to < 0)
				lua_env_fail(L,
				    "%s has no columns from and to, so it has no 'on'",
				    q->reg->name.p);
			lua_gettable(L, 2);
			q->on = (date)lua_value_check(L, -1, KIND_DATE, "on").n;
			q->has_on = true;
		} else {
			column = lua_check_field(L, &q->reg->type, NULL, -1);
			lua_gettable(L, 2);
			q->want[q->n].column = column->index;
			column_value(L, column, &q->want[q->n++].value);
		}
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

/* "03L, E08000018, 2015-16": what was sought, in the order of the columns. */
static struct text
say_query(lua_State *L, const struct query *q)
{
	struct buf b = { 0 };
	uint32_t i, j;

	for (i = 0; i < q->reg->type.n_fields; i++) {
		for (j = 0; j < q->n; j++) {
			if (q->want[j].column != i)
				continue;
			buf_str(&b, b.n > 0 ? ", " : "");
			lua_push_value(L, &q->reg->type.fields[i], &q->want[j].value,
			    q->reg->type.fields[i].kind);
			lua_value_show(L, -1, &b, NULL);
			lua_pop(L, 1);
		}
	}
	if (q->has_on) {
		buf_str(&b, b.n > 0 ? " on " : "on ");
		date_format(&b, q->on);
	}
	return arena_buf(eval_of(L)->scratch, &b);
}

static uint32_t *
find(lua_State *L, const struct query *q, uint32_t *n)
{
	uint32_t *rows, max = 16;

	rows = eval_alloc(L, max * sizeof(*rows));
	*n = register_find(q->reg, q->want, q->n, q->has_on ? &q->on : NULL, rows, max);
	if (*n > max) {
		rows = eval_alloc(L, *n * sizeof(*rows));
		register_find(q->reg, q->want, q->n, q->has_on ? &q->on : NULL, rows, *n);
	}
	lua_limit_charge(L, *n + 4);
	return rows;
}

static _Noreturn void
no_row(lua_State *L, const struct query *q)
{
	struct text what = say_query(L, q);

	eval_stop(L, NOT_REFERENCE, NULL,
	    arena_printf(eval_of(L)->scratch, "%.*s has no row for %.*s.",
		TEXT_ARG(q->reg->name), TEXT_ARG(what)));
}

static int
one_row(lua_State *L, const char *method, bool or_none)
{
	struct query q;
	uint32_t n, *rows;

	read_query(L, &q, method);
	rows = find(L, &q, &n);
	if (n == 0 && !or_none)
		no_row(L, &q);
	if (n == 0) {
		lua_pushnil(L);
		return 1;
	}
	if (n > 1)
		lua_env_fail(L, "%s has %d rows for %s: name the whole key%s, or use rows",
		    q.reg->name.p, (int)n, say_query(L, &q).p,
		    !q.has_on && (q.reg->from >= 0 || q.reg->to >= 0) ? " and on = date" : "");
	lua_push_record(L, q.reg->rows.items[rows[0]].u.rec);
	return 1;
}

static int
all_rows(lua_State *L, const char *method, bool or_none)
{
	struct query q;
	struct view v = { 0 };
	struct value *items;
	uint32_t n, i, *rows;

	read_query(L, &q, method);
	rows = find(L, &q, &n);
	if (n == 0 && !or_none)
		no_row(L, &q);
	items = eval_alloc(L, (n + 1) * sizeof(*items));
	for (i = 0; i < n; i++)
		items[i] = q.reg->rows.items[rows[i]];
	v.items = items;
	v.n = n;
	v.type = &q.reg->type;
	v.of = &q.reg->in;
	v.kind = KIND_RECORD;
	lua_push_view(L, &v);
	return 1;
}

static int
register_row(lua_State *L)
{
	return one_row(L, "row", false);
}

static int
register_row_or_none(lua_State *L)
{
	return one_row(L, "row_or_none", true);
}

static int
register_rows(lua_State *L)
{
	return all_rows(L, "rows", false);
}

static int
register_rows_or_none(lua_State *L)
{
	return all_rows(L, "rows_or_none", true);
}

static const luaL_Reg methods[] = {
	{ "row", register_row },
	{ "row_or_none", register_row_or_none },
	{ "rows", register_rows },
	{ "rows_or_none", register_rows_or_none },
};

static int
register_index(lua_State *L)
{
	const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(key, methods[i].name) == 0) {
			lua_pushcfunction(L, methods[i].func);
			return 1;
		}
	}
	lua_env_fail(
	    L, "a register has row, rows, row_or_none and rows_or_none, not '%s'", key);
}

static void
register_show(lua_State *L, void *p, struct buf *plain, struct buf *pretty)
{
	const struct reg *r = p;

	(void)L;
	if (plain != NULL)
		buf_text(plain, r->name);
	if (pretty != NULL)
		buf_text(pretty, r->name);
}

const struct lua_kind lua_register_kind = {
	.name = "register",
	.index = register_index,
	.show = register_show,
};

int
lua_given_register(lua_State *L, int index)
{
	const struct rulebook *b = eval_of(L)->book;
	const struct reg *r;
	struct text name, *names;
	uint32_t i;

	if (lua_type(L, index) != LUA_TSTRING)
		lua_env_fail(
		    L, "a register is named by a text, not by %s", lua_value_called(L, index));
	name.p = lua_tolstring(L, index, &name.n);
	r = rulebook_register(b, name);
	if (r == NULL) {
		names = eval_alloc(L, (b->n_registers + 1) * sizeof(*names));
		for (i = 0; i < b->n_registers; i++)
			names[i] = b->registers[i]->name;
		lua_env_suggest(L, name, names, b->n_registers);
		lua_env_fail(L, "no register '%s'%s", name.p, lua_tostring(L, -1));
	}
	lua_value_push_pointer(L, LUA_TAG_REGISTER, r);
	return 1;
}

/*
 * Deadlines.  A row fits when each of its columns programme, form, stage and year is what the
 * return has, or "all", or left out; `who` is all, nhs, la or hwb.  Of several the one for the
 * partner's own kind wins over the one for all, and then the last.
 */
static struct text
field_text(lua_State *L, const char *name)
{
	const struct record *root = eval_of(L)->budget->root;
	const struct field *f = form_field(root->type, text_of(name), NULL);
	struct buf b = { 0 };

	if (f == NULL || root->values[f->index].state != VALUE_SET || f->kind == KIND_RECORD)
		return TEXT_NONE;
	value_format(&b, f, root->values[f->index]);
	return arena_buf(eval_of(L)->scratch, &b);
}

/* nhs, la or hwb: whose kind of partner it is. */
static struct text
who_is(lua_State *L)
{
	const struct record *r = lua_to_record(L, 2);
	const struct field *f;
	struct text type;

	if (r == NULL && lua_type(L, 2) == LUA_TSTRING)
		return TEXT("hwb");
	if (r == NULL)
		lua_env_fail(L, "for_partner wants a partner, not %s", lua_value_called(L, 2));
	f = lua_check_field(L, r->type, r, (lua_pushliteral(L, "type"), -1));
	lua_need_value(L, r, f, lua_record_value(L, r, f));
	lua_push_value(L, f, &r->values[f->index], f->kind);
	type.p = lua_tolstring(L, -1, &type.n);
	if (text_is(type, "local_authority") || text_is(type, "district"))
		return TEXT("la");
	return text_is(type, "hwb") ? TEXT("hwb") : TEXT("nhs");
}

/* Whether a row's column is what is wanted; a register without the column is for all. */
static bool
column_fits(const struct reg *reg, const struct record *row, const char *name, struct text want)
{
	const struct field *f = form_field(&reg->type, text_of(name), NULL);
	struct buf b = { 0 };
	bool fits;

	if (f == NULL || row->values[f->index].state != VALUE_SET)
		return true;
	value_format(&b, f, row->values[f->index]);
	fits = text_is(buf_as_text(&b), "all") || text_equal(buf_as_text(&b), want);
	buf_free(&b);
	return fits;
}

static bool
is_own(const struct reg *reg, const struct record *row, struct text who)
{
	const struct field *f = form_field(&reg->type, TEXT("who"), NULL);
	const struct value *v = f != NULL ? &row->values[f->index] : NULL;

	return v != NULL && v->state == VALUE_SET &&
	    text_equal((struct text){ v->u.s, v->len }, who);
}

int
lua_deadline_for(lua_State *L)
{
	struct eval *e = eval_of(L);
	const struct reg *reg = rulebook_register(e->book, TEXT("deadlines"));
	struct text who = who_is(L), programme = field_text(L, "programme"),
		    stage = field_text(L, "stage");
	const struct record *row, *best = NULL;
	const struct field *at;
	uint32_t i;

	if (reg == NULL || (at = form_field(&reg->type, TEXT("at"), NULL)) == NULL)
		eval_stop(L, NOT_REFERENCE, NULL,
		    TEXT("There is no register of deadlines with a column at."));
	if (programme.n == 0 && e->form_pack != NULL)
		programme = e->form_pack->id;
	lua_limit_charge(L, reg->rows.n);
	for (i = 0; i < reg->rows.n; i++) {
		row = reg->rows.items[i].u.rec;
		if (column_fits(reg, row, "programme", programme) &&
		    column_fits(reg, row, "form", e->budget->form->id) &&
		    column_fits(reg, row, "stage", stage) &&
		    column_fits(reg, row, "year", e->budget->period) &&
		    column_fits(reg, row, "who", who) &&
		    (best == NULL || is_own(reg, row, who) || !is_own(reg, best, who)))
			best = row;
	}
	if (best == NULL)
		eval_stop(L, NOT_REFERENCE, NULL,
		    arena_printf(e->scratch, "deadlines has no row for %.*s, %.*s, %.*s, %.*s.",
			TEXT_ARG(e->budget->form->id), TEXT_ARG(stage),
			TEXT_ARG(e->budget->period), TEXT_ARG(who)));
	lua_need_value(L, best, at, &best->values[at->index]);
	lua_push_record(L, best);
	lua_push_value(L, at, &best->values[at->index], at->kind);
	return 2;
}
