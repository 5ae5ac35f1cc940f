/* Conditions and forms as packs declare them; what they name is looked up later, when all is
 * known. */
#include "rules/rulebook_load.h"

#include <string.h>

#include "rules/lua_form.h"
#include "rules/lua_value.h"

static const char *const condition_keys[] = { "id", "title", "severity", "source", "remedy",
	"forms", "years", "received", "dated", "parameters", "needs", "after", "mode", "each",
	"check", "reader", "last", NULL };

static void
read_severity(struct declaration *d, struct condition *c)
{
	struct texts words;
	struct text names[SEVERITIES], hint;
	uint32_t i;
	int s;

	if (!declare_texts(d, "severity", REQUIRED, &words))
		return;
	for (s = 0; s < SEVERITIES; s++)
		names[s] = text_of(severity_names[s]);
	for (i = 0; i < words.n; i++) {
		for (s = 0; s < SEVERITIES && !text_is(words.items[i], severity_names[s]); s++)
			;
		if (s < SEVERITIES) {
			c->head.severities |= 1u << s;
			continue;
		}
		hint = did_you_mean(d->l->texts, words.items[i], names, SEVERITIES);
		declare_wrong(d, " has no known severity '%.*s'%.*s.", TEXT_ARG(words.items[i]),
		    TEXT_ARG(hint));
	}
}

static void
read_period(struct declaration *d, struct condition *c)
{
	static const char *const from_to[] = { "from", "to", NULL };
	static const char *const dated[] = { "from", "to", "by", NULL };
	struct declaration in;

	if (declare_table(d, "years", OPTIONAL)) {
		if (declare_inner(&in, d, -1, "years", from_to)) {
			declare_year(&in, "from", &c->year_from);
			declare_year(&in, "to", &c->year_to);
		}
		lua_pop(d->L, 1);
	}
	if (declare_table(d, "received", OPTIONAL)) {
		if (declare_inner(&in, d, -1, "received", from_to)) {
			c->has_received_from =
			    declare_instant(&in, "from", false, &c->received_from);
			c->has_received_to = declare_instant(&in, "to", true, &c->received_to);
		}
		lua_pop(d->L, 1);
	}
	if (declare_table(d, "dated", OPTIONAL)) {
		if (declare_inner(&in, d, -1, "dated", dated)) {
			c->has_dated_from = declare_date(&in, "from", &c->dated_from);
			c->has_dated_to = declare_date(&in, "to", &c->dated_to);
			c->dated = declare_text(&in, "by", REQUIRED, &c->dated_by);
		}
		lua_pop(d->L, 1);
	}
	if (c->year_from > 0 && c->year_to > 0 && c->year_to < c->year_from)
		declare_wrong(d, ": its years end before they begin.");
}

/* One of needs.returns on top of the stack. */
static void
read_need(struct declaration *d, struct need_returns *need)
{
	static const char *const keys[] = { "form", "area", "period", NULL };
	struct declaration in;

	if (!declare_inner(&in, d, -1, "an entry of needs.returns", keys))
		return;
	declare_text(&in, "form", REQUIRED, &need->form);
	declare_text(&in, "area", REQUIRED, &need->area);
	declare_text(&in, "period", OPTIONAL, &need->period);
}

static void
read_needs(struct declaration *d, struct condition *c)
{
	static const char *const keys[] = { "previous", "returns", NULL };
	struct declaration in;
	lua_State *L = d->L;
	lua_Integer i, n;

	if (!declare_table(d, "needs", OPTIONAL))
		return;
	if (declare_inner(&in, d, -1, "needs", keys)) {
		declare_flag(&in, "previous", &c->needs_previous);
		if (declare_table(&in, "returns", OPTIONAL)) {
			n = luaL_len(L, -1);
			c->returns =
			    arena_calloc(d->l->book->arena, (size_t)n, sizeof(*c->returns));
			for (i = 1; i <= n; i++) {
				lua_geti(L, -1, i);
				read_need(&in, &c->returns[c->n_returns++]);
				lua_pop(L, 1);
			}
			lua_pop(L, 1);
		}
	}
	lua_pop(L, 1);
}

/* each: the name of a list, or a function that returns a list. */
static void
read_each(struct declaration *d, struct condition *c)
{
	lua_State *L = d->L;
	int type = lua_getfield(L, d->table, "each");

	lua_pop(L, 1);
	if (type == LUA_TFUNCTION) {
		c->each = EACH_FUNCTION;
		declare_function(d, "each", REQUIRED, &c->each_fn);
	} else if (type == LUA_TSTRING) {
		c->each = EACH_LIST;
		declare_text(d, "each", REQUIRED, &c->each_list);
	} else if (type != LUA_TNIL) {
		declare_wrong(
		    d, ": each must be the name of a list, or a function that returns one.");
	}
}

static void
read_mode(struct declaration *d, struct condition *c)
{
	static const char *const modes[] = { "enforced", "shadow", NULL };
	int mode = 0;

	c->mode_given = declare_word(d, "mode", modes, &mode);
	c->own_shadow = mode == 1;
	c->head.shadow = mode == 1 || (!c->mode_given && c->pack != NULL && c->pack->shadow);
	/* a pack in shadow mode has no enforced conditions */
	if (c->pack != NULL && c->pack->shadow)
		c->head.shadow = true;
}

static void
read_header(struct declaration *d, struct condition *c)
{
	read_severity(d, c);
	declare_text(d, "title", REQUIRED, &c->head.title);
	declare_text(d, "source", REQUIRED, &c->head.source);
	declare_text(d, "remedy", REQUIRED, &c->head.remedy);
	declare_texts(d, "forms", c->reader ? OPTIONAL : REQUIRED, &c->forms);
	declare_texts(d, "parameters", OPTIONAL, &c->parameters);
	declare_texts(d, "after", OPTIONAL, &c->after);
	read_period(d, c);
	read_needs(d, c);
	declare_flag(d, "last", &c->last);
	read_mode(d, c);
	if (c->reader) {
		lua_getfield(d->L, d->table, "check");
		if (!lua_isnil(d->L, -1))
			declare_wrong(d,
			    " is decided by the reader (reader = true) and cannot have a "
			    "check.");
		lua_pop(d->L, 1);
	} else {
		read_each(d, c);
		declare_function(d, "check", REQUIRED, &c->check_fn);
	}
}

int
declare_condition(lua_State *L)
{
	struct declaration d;
	struct condition c = { 0 };
	const struct condition *other;
	struct rulebook *b;

	if (!declare_begin(&d, L, "condition", condition_keys))
		return 0;
	b = d.l->book;
	c.pack = d.l->pack;
	c.head.file = d.file;
	c.head.line = d.line;
	if (c.pack != NULL) {
		c.head.pack = c.pack->id;
		c.head.pack_title = c.pack->title;
	}
	if (declare_text(&d, "id", REQUIRED, &c.head.id))
		declare_named(&d, c.head.id);
	other = c.head.id.n > 0 ? rulebook_condition(b, c.head.id) : NULL;
	if (other != NULL)
		declare_wrong(&d, " is defined twice: see also %.*s:%u.",
		    TEXT_ARG(other->head.file), other->head.line);
	declare_flag(&d, "reader", &c.reader);
	read_header(&d, &c);
	if (other == NULL && c.head.id.n > 0) {
		b->conditions = arena_grow(
		    b->arena, b->conditions, b->n_conditions, &b->conditions_cap, sizeof(c));
		b->conditions[b->n_conditions++] = c;
	}
	return 0;
}

static void
form_wrong(void *arg, struct text file, uint32_t line, struct text what)
{
	load_refuse(arg, file, line, "%.*s", TEXT_ARG(what));
}

int
declare_form(lua_State *L)
{
	struct loading *l = loading_of(L);
	struct lua_form_options o = { .complain = form_wrong, .arg = l };
	struct rulebook *b;
	struct form *f;
	uint32_t cap;

	if (l == NULL)
		lua_env_fail(L, "form{…} can only be used while the policies are loaded");
	b = l->book;
	o.arena = b->arena;
	o.pack = l->pack != NULL ? l->pack->id : TEXT_NONE;
	lua_settop(L, 1);
	f = lua_form_declare(L, 1, &o);
	if (f == NULL)
		return 0;
	if (rulebook_form(b, f->id) != NULL) {
		load_refuse(l, l->file, 0, "The form %.*s is defined twice.", TEXT_ARG(f->id));
		return 0;
	}
	cap = b->forms_cap;
	b->forms = arena_grow(b->arena, b->forms, b->n_forms, &cap, sizeof(*b->forms));
	b->form_packs = arena_grow(
	    b->arena, b->form_packs, b->n_forms, &b->forms_cap, sizeof(*b->form_packs));
	b->form_packs[b->n_forms] = l->pack;
	b->forms[b->n_forms++] = f;
	return 0;
}

/* example{…}: run when everything is loaded. */
int
declare_example(lua_State *L)
{
	static const char *const keys[] = { "file", "received", "region", "outcome", "finds",
		NULL };
	struct declaration d;
	struct example e = { 0 };
	struct rulebook *b;
	struct text name;
	int i;

	if (!declare_begin(&d, L, "example", keys))
		return 0;
	b = d.l->book;
	e.pack = d.l->pack;
	e.at_file = d.file;
	e.line = d.line;
	if (declare_text(&d, "file", REQUIRED, &name)) {
		declare_named(&d, arena_printf(d.l->texts, "The example %.*s", TEXT_ARG(name)));
		e.file =
		    arena_printf(b->arena, "%.*s/%.*s", TEXT_ARG(e.pack->id), TEXT_ARG(name));
		if (tree_find(b->tree, e.file.p) == NULL)
			declare_wrong(&d, " is not there: no file %.*s.", TEXT_ARG(e.file));
	}
	if (!declare_instant(&d, "received", false, &e.received))
		declare_wrong(&d, " does not say when it was received.");
	declare_text(&d, "region", OPTIONAL, &e.region);
	declare_text(&d, "outcome", REQUIRED, &e.outcome);
	for (i = 0; i < OUTCOMES && !text_is(e.outcome, outcome_names[i]); i++)
		;
	if (e.outcome.n > 0 && i == OUTCOMES)
		declare_wrong(&d, ": '%.*s' is no outcome.", TEXT_ARG(e.outcome));
	e.has_finds = declare_texts(&d, "finds", OPTIONAL, &e.finds);
	if (d.good) {
		b->examples = arena_grow(
		    b->arena, b->examples, b->n_examples, &b->examples_cap, sizeof(e));
		b->examples[b->n_examples++] = e;
	}
	return 0;
}
