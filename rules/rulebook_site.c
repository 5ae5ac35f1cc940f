/* What site.lua and pack.lua declare: which packs are on, where and from when; waivers. */
#include "rules/rulebook_load.h"

#include <string.h>

static const char *const modes[] = { "enforced", "shadow", NULL };

struct pack *
rulebook_pack(const struct rulebook *b, struct text id)
{
	uint32_t i;

	for (i = 0; i < b->n_packs; i++) {
		if (text_equal(b->packs[i].id, id))
			return &b->packs[i];
	}
	return NULL;
}

/* The pack of that name, or NULL after telling what there is. */
static struct pack *
named_pack(struct declaration *d, struct text id)
{
	const struct rulebook *b = d->l->book;
	struct pack *p = rulebook_pack(b, id);
	struct text *names, hint;
	uint32_t i;

	if (p != NULL)
		return p;
	names = arena_calloc(d->l->texts, b->n_packs, sizeof(*names));
	for (i = 0; i < b->n_packs; i++)
		names[i] = b->packs[i].id;
	hint = did_you_mean(d->l->texts, id, names, b->n_packs);
	declare_wrong(d, ": there is no pack '%.*s'%.*s.", TEXT_ARG(id), TEXT_ARG(hint));
	return NULL;
}

static void
switch_on(struct declaration *d, struct text id, struct pack **pack)
{
	struct pack *p = named_pack(d, id);

	*pack = p;
	if (p != NULL && p->on)
		declare_wrong(d, ": the pack %.*s is there twice.", TEXT_ARG(id));
	if (p != NULL)
		p->on = true;
}

/* { "section-75", mode = "shadow", regions = { … }, from = "2015-16" } on top of the stack. */
static void
site_pack_table(struct declaration *outer)
{
	lua_State *L = outer->L;
	static const char *const keys[] = { "mode", "regions", "from", NULL };
	struct declaration d = *outer;
	struct pack *p = NULL;
	int mode = 0;

	lua_env_push_raw(L, -1);
	d.table = lua_gettop(L);
	if (lua_geti(L, -1, 1) == LUA_TSTRING)
		switch_on(&d, text_of(lua_tostring(L, -1)), &p);
	else
		declare_wrong(
		    &d, ": an entry of packs has no name; write { \"NAME\", mode = … }.");
	lua_pop(L, 1);
	if (p != NULL)
		d.who = arena_printf(d.l->texts, "The site: %.*s", TEXT_ARG(p->id));
	/* without its name, what is left over are keys: one that is misspelt is never overlooked */
	lua_pushnil(L);
	lua_rawseti(L, d.table, 1);
	declare_check_keys(&d, keys);
	if (p != NULL) {
		p->shadow = declare_word(&d, "mode", modes, &mode) && mode == 1;
		declare_texts(&d, "regions", OPTIONAL, &p->regions);
		declare_year(&d, "from", &p->from);
	}
	lua_pop(L, 1);
}

static void
site_packs(struct declaration *d)
{
	lua_State *L = d->L;
	struct pack *p;
	lua_Integer i, n;

	if (!declare_table(d, "packs", REQUIRED))
		return;
	n = luaL_len(L, -1);
	for (i = 1; i <= n; i++) {
		int type = lua_geti(L, -1, i);

		if (type == LUA_TSTRING)
			switch_on(d, text_of(lua_tostring(L, -1)), &p);
		else if (type == LUA_TTABLE)
			site_pack_table(d);
		else
			declare_wrong(d, ": packs must be a list of names.");
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
}

static void
site_areas(struct declaration *d)
{
	struct rulebook *b = d->l->book;
	lua_State *L = d->L;
	lua_Integer i, n;

	if (!declare_table(d, "areas", OPTIONAL))
		return;
	n = lua_env_push_keys(L, -1);
	b->areas = arena_calloc(b->arena, (size_t)n, sizeof(*b->areas));
	for (i = 1; i <= n; i++) {
		lua_geti(L, -1, i);
		lua_pushvalue(L, -1);
		lua_gettable(L, -4);
		if (lua_type(L, -2) == LUA_TSTRING && lua_type(L, -1) == LUA_TSTRING)
			b->areas[b->n_areas++] = (struct site_area){
				arena_text(b->arena, text_of(lua_tostring(L, -2))),
				arena_text(b->arena, text_of(lua_tostring(L, -1)))
			};
		else
			declare_wrong(d, ": areas must be region = \"code\".");
		lua_pop(L, 2);
	}
	lua_pop(L, 2);
}

/* site{…}: its parameters are read after the packs' own, whose kinds they have. */
int
declare_site(lua_State *L)
{
	static const char *const keys[] = { "packs", "parameters", "areas", NULL };
	struct declaration d;

	if (!declare_begin(&d, L, "site", keys))
		return 0;
	declare_named(&d, TEXT("The site"));
	if (d.l->site_seen)
		declare_wrong(&d, " is there twice; write one site { … }.");
	d.l->site_seen = true;
	site_packs(&d);
	site_areas(&d);
	if (declare_table(&d, "parameters", OPTIONAL)) {
		d.l->book->site_line = d.line;
		d.l->book->site_values = luaL_ref(L, LUA_REGISTRYINDEX);
	}
	return 0;
}

int
declare_waive(lua_State *L)
{
	static const char *const keys[] = { "condition", "region", "area", "reason",
		"requester", "approver", "expires", NULL };
	struct declaration d;
	struct site_waiver w = { 0 };
	struct rulebook *b;

	if (!declare_begin(&d, L, "waiver", keys))
		return 0;
	b = d.l->book;
	if (declare_text(&d, "condition", REQUIRED, &w.condition))
		declare_named(
		    &d, arena_printf(d.l->texts, "The waiver of %.*s", TEXT_ARG(w.condition)));
	declare_text(&d, "region", OPTIONAL, &w.region);
	declare_text(&d, "area", OPTIONAL, &w.area);
	declare_text(&d, "reason", REQUIRED, &w.shown.reason);
	declare_text(&d, "requester", REQUIRED, &w.shown.requester);
	declare_text(&d, "approver", REQUIRED, &w.shown.approver);
	if (declare_text(&d, "expires", REQUIRED, &w.shown.expires))
		declare_instant(&d, "expires", true, &w.expires);
	if (w.region.n == 0 && w.area.n == 0)
		declare_wrong(
		    &d, " names neither a region nor an area; a waiver is for one of them.");
	if (w.shown.requester.n > 0 &&
	    text_equal_nocase(text_trim(w.shown.requester), text_trim(w.shown.approver)))
		declare_wrong(
		    &d, " was approved by who asked for it; somebody else must approve it.");
	w.file = d.file;
	w.line = d.line;
	if (d.good) {
		b->waivers =
		    arena_grow(b->arena, b->waivers, b->n_waivers, &b->waivers_cap, sizeof(w));
		b->waivers[b->n_waivers++] = w;
	}
	return 0;
}

static void
pack_faults(struct declaration *d, struct pack *p)
{
	lua_State *L = d->L;
	struct declaration in;
	int i;

	if (!declare_table(d, "faults", OPTIONAL))
		return;
	p->has_faults = true;
	if (declare_inner(&in, d, -1, "faults", rulebook_fault_keys())) {
		for (i = 0; i < FAULT_KINDS; i++)
			declare_text(&in, fault_names[i], OPTIONAL, &p->fault_ids[i]);
	}
	lua_pop(L, 1);
}

int
declare_pack(lua_State *L)
{
	static const char *const keys[] = { "id", "title", "status", "source", "requires",
		"faults", NULL };
	static const char *const states[] = { "proposed", "consulted", "enacted", NULL };
	struct declaration d;
	struct pack *p;
	struct text id;
	int status = 0;

	if (!declare_begin(&d, L, "pack", keys))
		return 0;
	p = d.l->pack;
	if (p == NULL || p->headed) {
		declare_wrong(&d, " must stand once, in the pack.lua of its folder.");
		return 0;
	}
	p->headed = true;
	p->file = d.file;
	p->line = d.line;
	if (declare_text(&d, "id", REQUIRED, &id)) {
		declare_named(&d, arena_printf(d.l->texts, "The pack %.*s", TEXT_ARG(id)));
		if (!text_equal(id, p->id))
			declare_wrong(&d,
			    " stands in the folder %.*s; both must have one name.",
			    TEXT_ARG(p->id));
	}
	declare_text(&d, "title", REQUIRED, &p->title);
	if (declare_text(&d, "status", REQUIRED, &p->status))
		declare_word(&d, "status", states, &status);
	declare_text(&d, "source", OPTIONAL, &p->source);
	declare_texts(&d, "requires", OPTIONAL, &p->requires);
	pack_faults(&d, p);
	return 0;
}
