/* Grouping a verdict for readers.  See verdict_view.h. */
#include <stdlib.h>

#include "rules/verdict_private.h"
#include "rules/verdict_view.h"

const char *const view_not_titles[NOT_KINDS] = {
	[NOT_ABSENT] = "Left out of the file",
	[NOT_DUE] = "Not due yet",
	[NOT_REFERENCE] = "Our own data is missing",
	[NOT_HISTORY] = "No earlier return to compare with",
	[NOT_AFTER] = "Waiting for another correction",
	[NOT_FAULT] = "A check of ours failed",
	[NOT_LIMIT] = "A check of ours took too long or too much memory",
};

const enum not_kind view_not_order[NOT_KINDS] = { NOT_FAULT, NOT_LIMIT, NOT_REFERENCE,
	NOT_ABSENT, NOT_AFTER, NOT_DUE, NOT_HISTORY };

const char *const view_outcome_words[OUTCOMES] = {
	[UNREADABLE] = "Unreadable",
	[NON_COMPLIANT] = "Not compliant",
	[UNDETERMINED] = "Not judged",
	[QUERIED] = "Queried",
	[COMPLIANT] = "Compliant",
};

const char *const view_asks[SEVERITIES] = {
	[SEV_ERROR] = "Correction",
	[SEV_QUERY] = "Explanation",
	[SEV_WARNING] = "Warning",
	[SEV_INFO] = "Note",
};

/* Room for n pointers. */
static void *
pointers(const struct verdict *v, size_t n)
{
	return arena_calloc(v->arena, n, sizeof(void *));
}

/* The number of findings made of a group, from the verdict's totals. */
static void
fill_total(const struct verdict *v, struct finding_group *g)
{
	g->made = g->n;
	for (uint32_t i = 0; i < v->n_totals; i++) {
		const struct finding_total *t = &v->totals[i];

		if (t->condition != g->condition || t->severity != g->severity ||
		    t->status != g->status)
			continue;
		if (t->made > g->made)
			g->made = t->made;
		g->difference = t->difference;
	}
}

/* The group a finding belongs to, new when it is the first. */
static struct finding_group *
group_of(struct finding_groups *found, const struct finding *f)
{
	struct finding_group *g;

	for (uint32_t i = 0; i < found->n; i++) {
		g = &found->groups[i];
		if (g->condition == f->condition && g->severity == f->severity)
			return g;
	}
	g = &found->groups[found->n++];
	*g = (struct finding_group){
		.condition = f->condition, .severity = f->severity, .status = f->status
	};
	return g;
}

static bool
in_view(const struct finding *f, unsigned severities, enum finding_status status)
{
	return f->status == status && (SEVERITY_BIT(f->severity) & severities) != 0;
}

/* Two walks: the first counts what each group holds, the second fills. */
struct finding_groups
view_findings(const struct verdict *v, unsigned severities, enum finding_status status)
{
	struct finding_groups found = { 0 };
	struct finding_group *g;

	found.groups = arena_calloc(v->arena, v->n_totals + v->n_findings + 1, sizeof(*g));
	for (uint32_t i = 0; i < v->n_findings; i++)
		if (in_view(&v->findings[i], severities, status))
			group_of(&found, &v->findings[i])->n++;
	for (uint32_t i = 0; i < found.n; i++) {
		g = &found.groups[i];
		g->items = pointers(v, g->n);
		fill_total(v, g);
		g->n = 0;
	}
	for (uint32_t i = 0; i < v->n_findings; i++) {
		const struct finding *f = &v->findings[i];

		if (!in_view(f, severities, status))
			continue;
		g = group_of(&found, f);
		if (g->items == NULL)
			continue; /* not so: the first walk saw it */
		g->items[g->n++] = f;
		g->has_money = g->has_money || f->has_money;
	}
	return found;
}

static bool
is_missing(const struct not_evaluated *ne)
{
	return ne->kind == NOT_ABSENT && ne->decides;
}

static bool
told_by_finding(const struct verdict *v, const struct not_evaluated *ne)
{
	for (uint32_t i = 0; i < v->n_findings; i++) {
		const struct finding *f = &v->findings[i];

		if (f->status == OPEN && f->severity <= SEV_QUERY &&
		    verdict_same_place(&f->at, &ne->at))
			return true;
	}
	return false;
}

struct missing_entries
view_missing(const struct verdict *v)
{
	struct missing_entries found = { 0 };
	struct missing_entry *e = NULL;

	found.entries = arena_calloc(v->arena, v->n_nots + 1, sizeof(*e));
	for (uint32_t i = 0; i < v->n_nots; i++) {
		const struct not_evaluated *ne = &v->nots[i];

		if (!is_missing(ne) || told_by_finding(v, ne))
			continue;
		if (e == NULL || !verdict_same_place(&e->first->at, &ne->at)) {
			e = &found.entries[found.n++];
			e->first = ne;
			e->conditions = pointers(v, v->n_nots - i);
		}
		e->conditions[e->n++] = ne->condition;
	}
	if (v->counts.absent > found.n)
		found.more = v->counts.absent - found.n;
	return found;
}

/* The group of a condition, new when it is the first. */
static struct not_group *
not_group_of(struct not_groups *found, const struct verdict *v, const struct not_evaluated *ne)
{
	struct not_group *g;

	for (uint32_t k = 0; k < found->n; k++)
		if (found->groups[k].condition == ne->condition)
			return &found->groups[k];
	g = &found->groups[found->n++];
	g->condition = ne->condition;
	g->items = pointers(v, (size_t)(v->nots + v->n_nots - ne));
	return g;
}

static bool
is_same_reason(const struct not_group *a, const struct not_group *b)
{
	return a->made == 1 && b->made == 1 && !b->is_like &&
	    text_equal(a->items[0]->because, b->items[0]->because) &&
	    verdict_same_place(&a->items[0]->at, &b->items[0]->at);
}

/* One thing left out may keep ten conditions waiting: they stand together. */
static void
join_like(struct not_groups *found)
{
	struct not_group *last;

	for (uint32_t i = 0; i < found->n; i++) {
		last = &found->groups[i];
		for (uint32_t k = i + 1; !found->groups[i].is_like && k < found->n; k++) {
			if (!is_same_reason(&found->groups[i], &found->groups[k]))
				continue;
			found->groups[k].is_like = true;
			last = last->like = &found->groups[k];
		}
	}
}

struct not_groups
view_nots(const struct verdict *v, enum not_kind kind)
{
	struct not_groups found = { 0 };
	struct not_group *g;

	found.groups = arena_calloc(v->arena, v->n_nots + 1, sizeof(*g));
	for (uint32_t i = 0; i < v->n_nots; i++) {
		if (v->nots[i].kind != kind || is_missing(&v->nots[i]))
			continue;
		g = not_group_of(&found, v, &v->nots[i]);
		g->items[g->n++] = &v->nots[i];
	}
	for (uint32_t i = 0; i < found.n; i++) {
		g = &found.groups[i];
		g->made = g->n;
		for (uint32_t k = 0; k < v->n_not_totals; k++)
			if (v->not_totals[k].condition == g->condition &&
			    v->not_totals[k].kind == kind && v->not_totals[k].made > g->made)
				g->made = v->not_totals[k].made;
	}
	join_like(&found);
	return found;
}

/* As verdict_finish() counts it. */
static bool
has_passed(const struct verdict *v, const struct ran *ran)
{
	if (ran->condition == NULL || ran->condition->shadow || ran->not_evaluated > 0)
		return false;
	for (uint32_t i = 0; i < v->n_totals; i++)
		if (v->totals[i].condition == ran->condition &&
		    v->totals[i].severity <= SEV_QUERY)
			return false;
	return true;
}

struct passed_packs
view_passed(const struct verdict *v)
{
	struct passed_packs found = { 0 };
	struct passed_pack *p;

	found.packs = arena_calloc(v->arena, v->n_ran + 1, sizeof(*p));
	for (uint32_t i = 0; i < v->n_ran; i++) {
		const struct condition_head *c = v->ran[i].condition;

		if (!has_passed(v, &v->ran[i]))
			continue;
		p = NULL;
		for (uint32_t k = 0; k < found.n && p == NULL; k++)
			if (text_equal(found.packs[k].id, c->pack))
				p = &found.packs[k];
		if (p == NULL) {
			p = &found.packs[found.n++];
			p->id = c->pack;
			p->title = c->pack_title.n > 0 ? c->pack_title : c->pack;
			p->conditions = pointers(v, v->n_ran - i);
		}
		p->conditions[p->n++] = c;
	}
	return found;
}

struct text
view_format(const struct verdict *v)
{
	static const struct {
		const char *format, *words;
	} names[] = { { "json", "JSON" }, { "csv", "CSV" }, { "xlsx", "Excel workbook" },
		{ "ods", "OpenDocument workbook" } };

	if (v->format == NULL)
		return TEXT_NONE;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_is(text_of(v->format), names[i].format))
			return text_of(names[i].words);
	return text_of(v->format);
}

void
view_source(struct buf *b, const struct verdict *v, const struct at *at)
{
	bool csv = v->format != NULL && text_is(text_of(v->format), "csv");

	if (at->cell.n > 0) {
		if (at->sheet.n > 0) {
			buf_str(b, "sheet ");
			buf_text(b, at->sheet);
			buf_str(b, ", ");
		}
		buf_str(b, "cell ");
		buf_text(b, at->cell);
		return;
	}
	if (at->sheet.n > 0) {
		buf_str(b, "sheet ");
		buf_text(b, at->sheet);
		return;
	}
	if (at->line == 0)
		return;
	buf_printf(b, "line %u", at->line);
	if (csv && at->column > 0)
		buf_printf(b, ", column %u", at->column);
}

struct text
view_place(const struct at *at)
{
	if (at->label.n > 0)
		return at->label;
	if (at->path.n > 0)
		return at->path;
	return at->field.n > 0 ? at->field : TEXT("The whole file");
}

void
view_expected(struct buf *b, const struct finding *f)
{
	if (f->expected.pretty.n == 0)
		return;
	if (f->relation.n > 0) {
		buf_text(b, f->relation);
		buf_char(b, ' ');
	}
	buf_text(b, f->expected.pretty);
}

void
view_period(struct buf *b, struct text period)
{
	quarter q;

	if (quarter_read(period, &q))
		quarter_format_pretty(b, q);
	else
		buf_text(b, period);
}

void
view_date(struct buf *b, struct text t)
{
	struct text day = t;
	date d;

	if (day.n > 10 && day.p[10] == 'T')
		day.n = 10;
	if (date_read(day, false, &d) == DATE_OK)
		date_format_pretty(b, d);
	else
		buf_text(b, t);
}

void
view_of(struct buf *b, const struct determination *d)
{
	buf_text(b, d->of_name.n > 0 ? d->of_name : d->of);
	if (d->of_name.n > 0 && d->of.n > 0)
		buf_printf(b, " (%.*s)", TEXT_ARG(d->of));
}

struct text
view_explanation_length(const struct verdict *v)
{
	for (uint32_t i = 0; i < v->n_used; i++)
		if (text_is(v->used[i].name, "minimum_explanation") && v->used[i].value.n > 0)
			return v->used[i].value;
	return TEXT("40");
}
