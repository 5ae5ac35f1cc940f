/* The packs' quick tests: each example must have the outcome that its pack says. */
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

static void
check_finds(struct loading *l, const struct example *e, const struct verdict *v)
{
	uint32_t i;

	for (i = 0; i < e->finds.n; i++) {
		if (!is_open(v, e->finds.items[i]))
			load_refuse(l, e->at_file, e->line,
			    "The example %.*s should find %.*s and does not.",
			    TEXT_ARG(e->file), TEXT_ARG(e->finds.items[i]));
	}
	for (i = 0; i < v->n_findings; i++) {
		const struct finding *f = &v->findings[i];

		if (f->status == OPEN && f->severity <= SEV_QUERY &&
		    !is_meant(e, f->condition->id))
			load_refuse(l, e->at_file, e->line,
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
			load_refuse(l, x->condition->file, x->condition->line,
			    "%.*s: %.*s (the example %.*s came upon it)",
			    TEXT_ARG(x->condition->id), TEXT_ARG(x->because),
			    TEXT_ARG(e->file));
	}
	return any;
}

static void
run_example(struct loading *l, const struct example *e, struct arena *a, struct told *told)
{
	const struct tree_file *f = tree_find(l->book->tree, e->file.p);
	struct submission s = { .bytes = f->data,
		.name = e->file,
		.region = e->region,
		.seq = -1,
		.revision = 1,
		.received = e->received,
		.time_given = true };
	struct limits limits = { 0 };
	struct buf why = { 0 };
	struct verdict *v = evaluate(l->book, a, &s, &limits, no_history, NULL, NULL);

	if (tell_faults(l, e, v, told))
		return;
	if (!text_is(e->outcome, outcome_names[v->outcome])) {
		list_open(&why, v);
		load_refuse(l, e->at_file, e->line,
		    "The example %.*s is %s; it should be %.*s.%s", TEXT_ARG(e->file),
		    outcome_names[v->outcome], TEXT_ARG(e->outcome), why.n > 0 ? why.p : "");
		buf_free(&why);
	}
	if (e->has_finds)
		check_finds(l, e, v);
}

void
rulebook_run_examples(struct loading *l)
{
	struct arena *a = arena_new();
	struct told told = { .n = 0 };
	uint32_t i;

	for (i = 0; i < l->book->n_examples; i++) {
		run_example(l, &l->book->examples[i], a, &told);
		arena_reset(a);
	}
	arena_free(a);
}
