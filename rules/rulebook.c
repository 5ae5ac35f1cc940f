/*
 * Loading a rulebook from a policy tree.
 *
 * The files run in this order: site.lua; the libraries; pack.lua of every pack; then, of the
 * packs that are on, parameters.lua, registers.lua, forms, conditions, and the examples last.
 * A mistake never ends loading: every file is tried, names are looked up at the end, and all
 * mistakes are told at once.  Only a limit ends it early, since nothing can run afterwards.
 */
#include "rules/rulebook.h"

#include <stdlib.h>
#include <string.h>

#include "rules/lua_budget.h"
#include "rules/lua_call.h"
#include "rules/lua_given.h"
#include "rules/rulebook_library.h"
#include "rules/rulebook_load.h"

#define LOAD_INSTRUCTIONS UINT64_C(200000000)
#define LOAD_MEMORY       ((size_t)256 << 20)

static const struct {
	const char *name;
	lua_CFunction function;
} declarations[] = {
	{ "site", declare_site },
	{ "waive", declare_waive },
	{ "pack", declare_pack },
	{ "parameter", declare_parameter },
	{ "register", declare_register },
	{ "form", declare_form },
	{ "condition", declare_condition },
	{ "example", declare_example },
};

#define N_DECLARATIONS (sizeof(declarations) / sizeof(declarations[0]))

/* Read "FILE:12" and the ": " behind it off the front: the line, or 0 when no such place leads. */
static uint32_t
take_place(struct text *from, struct text *file)
{
	uint32_t line = 0;
	size_t i = 0, n;

	while (i < from->n && from->p[i] != ':' && from->p[i] != ' ')
		i++;
	n = i++;
	if (i >= from->n || from->p[n] != ':' || from->p[i] < '0' || from->p[i] > '9')
		return 0;
	for (; i < from->n && from->p[i] >= '0' && from->p[i] <= '9'; i++)
		line = line * 10 + (uint32_t)(from->p[i] - '0');
	while (i < from->n && (from->p[i] == ':' || from->p[i] == ' '))
		i++;
	*file = (struct text){ from->p, n };
	*from = (struct text){ from->p + i, from->n - i };
	return line;
}

/* "FILE:12: what" as a message of its own place. */
static void
refuse_message(struct loading *l, struct text file, struct text message)
{
	struct text rest = message;
	uint32_t line = take_place(&rest, &file);

	load_refuse(l, file, line, "%.*s", TEXT_ARG(rest));
}

/* A limit tripped: the sentence names the place, which is the message's own too. */
static void
refuse_stopped(struct loading *l, struct text file, struct text message)
{
	struct text where = text_of(l->book->limit.where);
	uint32_t line = take_place(&where, &file);

	load_refuse(l, file, line, "%.*s", TEXT_ARG(message));
}

/* An error that says no more than that a library failed, which is in the report. */
static bool
is_told(const struct loading *l, struct text message)
{
	static const char library[] = "the library ";

	return l->owner >= 0 && l->owner_told &&
	    memmem(message.p, message.n, library, sizeof(library) - 1) != NULL;
}

bool
rulebook_call(struct loading *l, struct text file, int nargs)
{
	struct buf message = { 0 };
	enum lua_ended ended;

	l->owner = -1;
	ended = lua_env_call(l->book->L, nargs, 0, &message);
	if (ended == LUA_ENDED_STOP) {
		lua_pop(l->book->L, 1);
		load_refuse(
		    l, file, 0, "A call that only a check may use was made while loading.");
	} else if (ended == LUA_ENDED_LIMIT) {
		refuse_stopped(l, file, buf_as_text(&message));
	} else if (ended != LUA_ENDED_WELL && !is_told(l, buf_as_text(&message))) {
		refuse_message(l, file, buf_as_text(&message));
		if (l->owner >= 0)
			follow_told(l, l->owner);
	}
	l->over = l->over || ended == LUA_ENDED_LIMIT;
	buf_free(&message);
	return ended == LUA_ENDED_WELL;
}

static void
complain(void *arg, struct text file, uint32_t line, struct text what)
{
	load_refuse(arg, file, line, "%.*s", TEXT_ARG(what));
}

static void
run_file(struct loading *l, struct pack *pack, const struct tree_file *f)
{
	uint32_t before = l->report->refusals;
	bool ended;

	if (f == NULL || l->over)
		return;
	l->pack = pack;
	l->file = f->name;
	if (l->options->progress != NULL)
		l->options->progress(l->options->progress_arg, f->name);
	l->owner = -1;
	ended = lua_env_load(l->book->L, f->name, f->data, complain, l) &&
	    rulebook_call(l, f->name, 0);
	if (!ended && l->owner >= 0)
		follow_failed(l, f, l->owner);
	else if (!ended)
		follow_told(l, follow_failed(l, f, -1));
	else if (l->report->refusals > before)
		follow_ended(l, f);
	lua_settop(l->book->L, 0);
}

static const struct tree_file *
pack_file(struct loading *l, const struct pack *p, const char *name)
{
	struct text path = arena_printf(l->texts, "%.*s/%s", TEXT_ARG(p->id), name);

	return tree_find(l->book->tree, path.p);
}

/* Every folder with a pack.lua is a pack. */
static void
find_packs(struct loading *l)
{
	struct rulebook *b = l->book;
	const struct tree *t = b->tree;
	static const char header[] = "/pack.lua";
	uint32_t i;

	b->packs = arena_calloc(b->arena, t->n, sizeof(*b->packs));
	for (i = 0; i < t->n; i++) {
		struct text name = t->files[i].name;
		size_t n = name.n - (sizeof(header) - 1);

		if (name.n <= sizeof(header) - 1 ||
		    memcmp(name.p + n, header, sizeof(header) - 1) != 0 ||
		    memchr(name.p, '/', n) != NULL)
			continue;
		memset(b->packs[b->n_packs].faults, -1, sizeof(b->packs[0].faults));
		b->packs[b->n_packs++].id = arena_text(b->arena, (struct text){ name.p, n });
	}
}

static bool
is_condition_file(const struct pack *p, struct text name)
{
	static const char *const others[] = { "pack.lua", "parameters.lua", "registers.lua",
		"examples.lua" };
	struct text rest;
	size_t i;

	if (name.n <= p->id.n + 5 || memcmp(name.p, p->id.p, p->id.n) != 0 ||
	    name.p[p->id.n] != '/' || memcmp(name.p + name.n - 4, ".lua", 4) != 0)
		return false;
	rest = (struct text){ name.p + p->id.n + 1, name.n - p->id.n - 1 };
	if (memchr(rest.p, '/', rest.n) != NULL)
		return false;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (text_is(rest, others[i]))
			return false;
	}
	return true;
}

static bool
is_form_file(const struct pack *p, struct text name)
{
	struct text rest;

	if (name.n <= p->id.n + 11 || memcmp(name.p, p->id.p, p->id.n) != 0 ||
	    memcmp(name.p + p->id.n, "/forms/", 7) != 0 ||
	    memcmp(name.p + name.n - 4, ".lua", 4) != 0)
		return false;
	rest = (struct text){ name.p + p->id.n + 7, name.n - p->id.n - 7 };
	return memchr(rest.p, '/', rest.n) == NULL;
}

static void
run_matching(struct loading *l, struct pack *p, bool (*match)(const struct pack *, struct text))
{
	const struct tree *t = l->book->tree;
	uint32_t i;

	for (i = 0; i < t->n; i++) {
		if (match(p, t->files[i].name))
			run_file(l, p, &t->files[i]);
	}
}

static void
run_site(struct loading *l)
{
	const struct tree_file *f = tree_find(l->book->tree, "site.lua");

	if (f == NULL)
		load_refuse(l, TEXT("site.lua"), 0,
		    "There is no site.lua; it says which packs are on: site { packs = { … } "
		    "}.");
	run_file(l, NULL, f);
	if (f != NULL && !l->site_seen && l->report->refusals == 0)
		load_refuse(l, TEXT("site.lua"), 0, "It has no site { packs = { … } }.");
}

/* The packs of `poolctl check --pack` are on besides. */
static void
add_pack(struct pack *p)
{
	p->added |= !p->on;
	p->on = true;
}

static void
switch_more_on(struct loading *l)
{
	uint32_t i;

	for (i = 0; l->options->every_pack && i < l->book->n_packs; i++)
		add_pack(&l->book->packs[i]);

	for (i = 0; i < l->options->n_packs; i++) {
		struct pack *p = rulebook_pack(l->book, text_of(l->options->packs[i]));

		if (p != NULL)
			add_pack(p);
		else
			load_refuse(
			    l, TEXT_NONE, 0, "There is no pack '%s'.", l->options->packs[i]);
	}
}

static void
run_packs(struct loading *l)
{
	struct rulebook *b = l->book;
	uint32_t i;

	for (i = 0; i < b->n_packs; i++) {
		run_file(l, &b->packs[i], pack_file(l, &b->packs[i], "pack.lua"));
		if (!b->packs[i].headed && l->report->refusals == 0)
			load_refuse(
			    l, l->file, 0, "It has no pack { id = …, title = …, status = … }.");
	}
	for (i = 0; i < b->n_packs; i++) {
		struct pack *p = &b->packs[i];

		if (!p->on)
			continue;
		run_file(l, p, pack_file(l, p, "parameters.lua"));
		run_file(l, p, pack_file(l, p, "registers.lua"));
		run_matching(l, p, is_form_file);
		run_matching(l, p, is_condition_file);
		run_file(l, p, pack_file(l, p, "examples.lua"));
	}
	l->pack = NULL;
}

static void
list_packs(struct rulebook *b)
{
	uint32_t i;

	b->on_ids = arena_calloc(b->arena, b->n_packs, sizeof(*b->on_ids));
	for (i = 0; i < b->n_packs; i++) {
		if (b->packs[i].on)
			b->on_ids[b->n_on++] = b->packs[i].id;
	}
}

/* Functions of derived fields run during a submission, and are put back before the next. */
static void
keep_derived(struct rulebook *b)
{
	uint32_t i, j, k;

	for (i = 0; i < b->n_forms; i++) {
		for (j = 0; j < b->forms[i]->n_types; j++) {
			const struct record_type *t = b->forms[i]->types[j];

			for (k = 0; k < t->n_fields; k++) {
				if (t->fields[k].derive == 0)
					continue;
				lua_rawgeti(b->L, LUA_REGISTRYINDEX, t->fields[k].derive);
				b->kept = arena_grow(b->arena, b->kept, b->n_kept, &b->kept_cap,
				    sizeof(*b->kept));
				b->kept[b->n_kept++] = lua_env_keep(b->L, -1);
				lua_pop(b->L, 1);
			}
		}
	}
}

/* The head of findings that no pack gives a condition of their own. */
static void
make_unmapped(struct rulebook *b)
{
	b->unmapped.head = (struct condition_head){ .id = TEXT("READER"),
		.title = TEXT("The file is filled in as its form asks"),
		.source = TEXT("the form"),
		.remedy = TEXT("Correct the value at this place."),
		.severities = 1u << SEV_ERROR };
	b->unmapped.reader = true;
	b->unmapped.number = UINT32_MAX;
}

static struct rulebook *
new_rulebook(const struct tree *t, const struct load_options *o)
{
	struct arena *a = arena_new();
	struct rulebook *b = arena_calloc(a, 1, sizeof(*b));

	b->arena = a;
	b->scratch = arena_new();
	b->tree = t;
	b->digest = arena_text(a, o->digest);
	b->fault_pack = -1;
	make_unmapped(b);
	b->L = lua_env_new(&b->limit);
	if (b->L == NULL)
		arena_exhausted();
	/* counting begins once there is a state to count in */
	lua_limit_begin(&b->limit, o->instructions > 0 ? o->instructions : LOAD_INSTRUCTIONS,
	    o->memory > 0 ? o->memory : LOAD_MEMORY);
	lua_env_of(b->L)->user = b;
	rulebook_library_open(b);
	lua_budget_open(b->L);
	lua_call_open(b->L);
	lua_given_open(b->L);
	return b;
}

static void
run_all(struct loading *l)
{
	lua_State *L = l->book->L;
	size_t i;

	for (i = 0; i < N_DECLARATIONS; i++)
		lua_env_set_function(L, declarations[i].name, declarations[i].function);
	find_packs(l);
	run_site(l);
	switch_more_on(l);
	rulebook_load_libraries(l);
	run_packs(l);
	/* what did not run any more declares nothing: that would be told as missing */
	if (!l->over) {
		rulebook_site_parameters(l);
		rulebook_codes(l);
		rulebook_rises(l);
		rulebook_resolve(l);
		rulebook_lint_money(l);
		follow_tell(l);
	}
	for (i = 0; i < N_DECLARATIONS; i++)
		lua_env_unset(L, declarations[i].name);
}

/* Freezing raises what it refuses. */
static int
freeze_all(lua_State *L)
{
	lua_env_freeze(L);
	return 0;
}

struct rulebook *
rulebook_load(const struct tree *t, const struct load_options *o, struct load_report *report)
{
	struct loading l = { .report = report, .options = o, .texts = arena_new() };
	struct rulebook *b = new_rulebook(t, o);

	memset(report, 0, sizeof(*report));
	report->text_block = (char *)l.texts;
	l.book = b;
	b->loading = &l;
	run_all(&l);
	list_packs(b);
	keep_derived(b);
	if (report->refusals == 0) {
		lua_pushcfunction(b->L, freeze_all);
		rulebook_call(&l, TEXT_NONE, 0);
	}
	b->loading = NULL;
	lua_limit_end(&b->limit);
	if (report->refusals == 0 && o->examples != EXAMPLES_SKIP)
		rulebook_run_examples(&l);
	load_report_sort(report);
	if (report->refusals == 0) {
		lua_limit_settle(&b->limit);
		return b;
	}
	rulebook_free(b);
	return NULL;
}

void
rulebook_free(struct rulebook *b)
{
	if (b == NULL)
		return;
	if (b->L != NULL)
		lua_env_free(b->L);
	arena_free(b->scratch);
	arena_free(b->arena);
}
