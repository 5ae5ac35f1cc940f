/*
 * The packs' quick tests: each example must have the outcome that its pack says.
 *
 * An example is about its pack and those that it requires, as they are shipped.  What the site does with
 * them (regions, years, shadow, waivers) and what other packs say is another matter; and where the site has
 * put numbers or rows of its own in the place of the shipped ones, an example that comes out otherwise is
 * told of and refuses nothing.
 */
#include "rules/rulebook_load.h"

#include "rules/evaluate.h"

static bool
no_history(void *arg, const struct identity *who, struct history *h)
{
	(void)arg;
	(void)who;
	h->returns = NULL;
	h->n = 0;
	return true;
}

static bool
is_open(const struct verdict *v, struct text id)
{
	uint32_t i;

	for (i = 0; i < v->n_findings; i++) {
		if (v->findings[i].status == OPEN &&
		    text_equal(v->findings[i].condition->id, id))
			return true;
	}
	return false;
}

static bool
is_meant(const struct example *e, struct text id)
{
	uint32_t i;

	for (i = 0; i < e->finds.n; i++) {
		if (text_equal(e->finds.items[i], id))
			return true;
	}
	return false;
}

/* What decided, for whoever has to find out why. */
static void
list_open(struct buf *b, const struct verdict *v)
{
	uint32_t i, n = 0;

	for (i = 0; i < v->n_findings && n < 5; i++) {
		const struct finding *f = &v->findings[i];

		if (f->status == OPEN && (f->severity == SEV_ERROR || f->severity == SEV_QUERY))
			buf_printf(b, "%s%.*s at %.*s: %.*s", n++ == 0 ? "  Open: " : "; ",
			    TEXT_ARG(f->condition->id), TEXT_ARG(f->at.path),
			    TEXT_ARG(f->message));
	}
	for (i = 0; i < v->n_nots && n < 8; i++) {
		const struct not_evaluated *x = &v->nots[i];

		if (x->decides)
			buf_printf(b, "%s%.*s %s: %.*s", n++ == 0 ? "  Open: " : "; ",
			    TEXT_ARG(x->condition->id), not_names[x->kind],
			    TEXT_ARG(x->because));
	}
	if (v->our_fault.n > 0)
		buf_printf(b, "  %.*s", TEXT_ARG(v->our_fault));
	if (v->unreadable.kind != NULL)
		buf_printf(b, "  %.*s", TEXT_ARG(v->unreadable.what));
}

/* How an example came out; a mistake is told unless the site's own data may be why. */
struct trial {
	struct loading *l;
	bool lenient;
	struct text
	    other; /* the first example that came out otherwise, where that is let pass */
	uint32_t n_others;
};

static void tell_otherwise(struct trial *, const struct example *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

static void
tell_otherwise(struct trial *t, const struct example *e, const char *format, ...)
{
	struct buf b = { 0 };
	va_list ap;

	if (t->lenient) {
		if (t->n_others++ == 0)
			t->other = e->file;
		return;
	}
	va_start(ap, format);
	buf_vprintf(&b, format, ap);
	va_end(ap);
	load_refuse_example(t->l, e->at_file, e->line, "%.*s", TEXT_ARG(buf_as_text(&b)));
	buf_free(&b);
}

static void
check_finds(struct trial *t, const struct example *e, const struct verdict *v)
{
	uint32_t i;

	for (i = 0; i < e->finds.n; i++) {
		if (!is_open(v, e->finds.items[i]))
			tell_otherwise(t, e, "The example %.*s should find %.*s and does not.",
			    TEXT_ARG(e->file), TEXT_ARG(e->finds.items[i]));
	}
	for (i = 0; i < v->n_findings; i++) {
		const struct finding *f = &v->findings[i];

		if (f->status == OPEN && f->severity <= SEV_QUERY &&
		    !is_meant(e, f->condition->id))
			tell_otherwise(t, e,
			    "The example %.*s finds %.*s at %.*s, which it should not: %.*s",
			    TEXT_ARG(e->file), TEXT_ARG(f->condition->id), TEXT_ARG(f->at.path),
			    TEXT_ARG(f->message));
	}
}

/* Faults that were told: several examples may come upon the same. */
struct told {
	struct text items[64];
	uint32_t n;
};

static bool
is_told(struct loading *l, struct told *told, struct text because)
{
	for (uint32_t i = 0; i < told->n; i++)
		if (text_equal(told->items[i], because))
			return true;
	if (told->n < sizeof(told->items) / sizeof(told->items[0]))
		told->items[told->n++] = arena_text(l->texts, because);
	return false;
}

/* A condition that crashes is a mistake of its own, whatever the outcome; the rest follows from it. */
static bool
tell_faults(
    struct loading *l, const struct example *e, const struct verdict *v, struct told *told)
{
	bool any = false;

	for (uint32_t i = 0; i < v->n_nots; i++) {
		const struct not_evaluated *x = &v->nots[i];

		if (x->kind != NOT_FAULT && x->kind != NOT_LIMIT)
			continue;
		any = true;
		if (!is_told(l, told, x->because))
			load_refuse_example(l, x->condition->file, x->condition->line,
			    "%.*s: %.*s (the example %.*s came upon it)",
			    TEXT_ARG(x->condition->id), TEXT_ARG(x->because),
			    TEXT_ARG(e->file));
	}
	return any;
}

/* The pack and all that it requires. */
static void
try_pack(struct rulebook *b, struct pack *p)
{
	if (p->trial == TRIAL_IN)
		return;
	p->trial = TRIAL_IN;
	for (uint32_t i = 0; i < p->requires.n; i++) {
		struct pack *other = rulebook_pack(b, p->requires.items[i]);

		if (other != NULL)
			try_pack(b, other);
	}
}

static void
begin_trial(struct rulebook *b, struct pack *pack)
{
	for (uint32_t i = 0; i < b->n_packs; i++)
		b->packs[i].trial = TRIAL_OUT;
	try_pack(b, pack);
	for (uint32_t i = 0; i < b->n_conditions; i++)
		b->conditions[i].head.shadow = b->conditions[i].own_shadow;
}

static void
end_trials(struct rulebook *b)
{
	for (uint32_t i = 0; i < b->n_packs; i++)
		b->packs[i].trial = TRIAL_NONE;
	for (uint32_t i = 0; i < b->n_conditions; i++) {
		struct condition *c = &b->conditions[i];

		c->head.shadow = c->own_shadow || (c->pack != NULL && c->pack->shadow);
	}
}

static bool
site_has_data(const struct rulebook *b)
{
	bool any = b->site_values != 0;

	for (uint32_t i = 0; i < b->n_registers; i++)
		any |= b->registers[i]->of_site;
	return any;
}

static void
run_example(struct trial *t, const struct example *e, struct arena *a, struct told *told)
{
	struct rulebook *b = t->l->book;
	const struct tree_file *f = tree_find(b->tree, e->file.p);
	struct submission s = { .bytes = f->data,
		.name = e->file,
		.region = e->region,
		.seq = -1,
		.revision = 1,
		.received = e->received,
		.time_given = true };
	struct limits limits = { 0 };
	struct buf why = { 0 };
	struct verdict *v;

	begin_trial(b, e->pack);
	v = evaluate(b, a, &s, &limits, no_history, NULL, NULL);
	if (tell_faults(t->l, e, v, told))
		return;
	if (!text_is(e->outcome, outcome_names[v->outcome])) {
		list_open(&why, v);
		tell_otherwise(t, e, "The example %.*s is %s; it should be %.*s.%s",
		    TEXT_ARG(e->file), outcome_names[v->outcome], TEXT_ARG(e->outcome),
		    why.n > 0 ? why.p : "");
		buf_free(&why);
	}
	if (e->has_finds)
		check_finds(t, e, v);
}

void
rulebook_run_examples(struct loading *l)
{
	struct trial t = { .l = l, .lenient = site_has_data(l->book) };
	struct arena *a = arena_new();
	struct told told = { .n = 0 };
	uint32_t i;

	for (i = 0; i < l->book->n_examples; i++) {
		run_example(&t, &l->book->examples[i], a, &told);
		arena_reset(a);
	}
	end_trials(l->book);
	if (t.n_others > 0)
		load_notice(l, TEXT("site.lua"), 0,
		    "The example %.*s%s come%s out otherwise than its pack says, which may be "
		    "because numbers or rows of the site stand in for the shipped ones.",
		    TEXT_ARG(t.other), t.n_others > 1 ? " and others" : "",
		    t.n_others > 1 ? "" : "s");
	arena_free(a);
}
