/* Values of policies as values of a budget's fields: what where, has and derived fields compare
 * with. */
#include "rules/lua_budget.h"

#include <string.h>

static bool
word_value(const struct field *f, struct text t, struct value *v)
{
	uint32_t i;

	for (i = 0; i < f->n_words; i++) {
		if (text_equal(f->words[i].word, t)) {
			v->u.n = i;
			return true;
		}
	}
	return false;
}

/* A reference is a record, or one of the words that the field takes besides. */
static bool
reference_value(lua_State *L, int index, const struct field *f, struct value *v)
{
	struct text t;
	uint32_t i;

	v->u.rec = lua_to_record(L, index);
	if (v->u.rec != NULL)
		return true;
	if (lua_type(L, index) != LUA_TSTRING)
		return false;
	t.p = lua_tolstring(L, index, &t.n);
	for (i = 0; i < f->n_also && !text_equal(f->also[i], t); i++)
		;
	v->flags = VALUE_REF_WORD;
	v->u.s = t.p;
	v->len = (uint32_t)t.n;
	return i < f->n_also;
}

static bool
is_decimal(enum kind k)
{
	return k == KIND_RATE || k == KIND_PERCENT || k == KIND_DECIMAL;
}

static bool
scalar_value(lua_State *L, int index, enum kind kind, struct value *v)
{
	struct lua_scalar s = lua_value_get(L, index);

	if (kind == KIND_TEXT || kind == KIND_CODE) {
		v->u.s = s.text.p;
		v->len = (uint32_t)s.text.n;
		return s.kind == KIND_TEXT;
	}
	v->u.n = s.n;
	v->scale = s.scale;
	return s.kind == kind || (is_decimal(s.kind) && is_decimal(kind));
}

bool
lua_to_value(lua_State *L, int index, const struct field *f, struct value *v)
{
	enum kind kind = f->kind == KIND_LIST || f->kind == KIND_MAP ? f->of : f->kind;
	struct text t;

	memset(v, 0, sizeof(*v));
	v->state = VALUE_SET;
	v->kind = (uint8_t)kind;
	if (kind == KIND_REF)
		return reference_value(L, index, f, v);
	if (kind == KIND_RECORD)
		return (v->u.rec = lua_to_record(L, index)) != NULL;
	if (kind == KIND_ENUM) {
		if (lua_type(L, index) != LUA_TSTRING)
			return false;
		t.p = lua_tolstring(L, index, &t.n);
		return word_value(f, t, v);
	}
	return kind != KIND_LIST && kind != KIND_MAP && scalar_value(L, index, kind, v);
}

/* What people call a kind. */
static const char *
with_article(lua_State *L, enum kind k)
{
	static const char *const called[KINDS] = {
		[KIND_INTEGER] = "a whole number",
		[KIND_REF] = "a reference",
		[KIND_ENUM] = "a word of a list",
		[KIND_BOOLEAN] = "true or false",
		[KIND_MONEY] = "money",
		[KIND_TEXT] = "text",
	};

	return called[k] != NULL ? called[k] : lua_pushfstring(L, "a %s", kind_names[k]);
}

_Noreturn void
lua_wrong_value(lua_State *L, int index, const struct field *f)
{
	enum kind kind = f->kind == KIND_LIST || f->kind == KIND_MAP ? f->of : f->kind;
	const char *kinds = with_article(L, kind);

	if (kind == KIND_ENUM && lua_type(L, index) == LUA_TSTRING)
		lua_env_fail(L, "%s has no word '%s'", f->name.p, lua_tostring(L, index));
	lua_env_fail(L, "%s is %s, not %s", f->name.p, kinds, lua_value_called(L, index));
}
