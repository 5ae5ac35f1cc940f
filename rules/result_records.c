/*
 * The events to be of a verdict: one for the verdict, then findings, determinations, what was not
 * evaluated, and for the administrator what failed on our side and which conditions were slow.
 *
 * Their number is bounded, so that one file of ten thousand mistakes is no flood; the report and the
 * JSON have everything.
 */
#include "rules/result.h"
#include "rules/result_private.h"

#define RECORDS_MAX 1000
#define MESSAGE_CUT 400
#define SLOW_FROM   20000 /* thousand instructions: a tenth of what a submission may take */

enum { LOG_ERR_ = 3, LOG_WARNING_ = 4, LOG_NOTICE_ = 5, LOG_INFO_ = 6 };

static const uint8_t outcome_priority[OUTCOMES] = { [UNREADABLE] = LOG_WARNING_,
	[NON_COMPLIANT] = LOG_WARNING_,
	[UNDETERMINED] = LOG_ERR_,
	[QUERIED] = LOG_NOTICE_,
	[COMPLIANT] = LOG_INFO_ };
static const uint8_t severity_priority[SEVERITIES] = { [SEV_ERROR] = LOG_WARNING_,
	[SEV_QUERY] = LOG_NOTICE_,
	[SEV_WARNING] = LOG_NOTICE_,
	[SEV_INFO] = LOG_INFO_ };

/* The record being written: its tags are counted as they come. */
struct writer {
	struct buf *b;
	size_t count_at;
	uint32_t tags, records;
};

static bool
begin(struct writer *w, enum result_record_kind kind, uint8_t priority)
{
	if (w->records >= RECORDS_MAX)
		return false;
	w->records++;
	w->tags = 0;
	result_put_number(w->b, (uint32_t)kind, 1);
	result_put_number(w->b, priority, 1);
	w->count_at = w->b->n;
	result_put_number(w->b, 0, 1);
	return true;
}

/* A tag; an empty value is left out. */
static void
tag_cut(struct writer *w, const char *name, struct text value, size_t most)
{
	struct text n = text_of(name);
	size_t at;

	if (value.n == 0 || w->tags >= RESULT_TAGS || buf_failed(w->b))
		return;
	result_put_number(w->b, (uint32_t)n.n, 1);
	buf_text(w->b, n);
	at = w->b->n;
	result_put_number(w->b, 0, 2);
	result_put_clean(w->b, value, most);
	if (buf_failed(w->b))
		return;
	w->b->p[at] = (char)(unsigned char)(w->b->n - at - 2);
	w->b->p[at + 1] = (char)(unsigned char)((w->b->n - at - 2) >> 8);
	w->b->p[w->count_at] = (char)++w->tags;
}

static void
tag(struct writer *w, const char *name, struct text value)
{
	tag_cut(w, name, value, 200);
}

static void
tag_number(struct writer *w, const char *name, uint64_t n)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	tag(w, name, (struct text){ digits + at, sizeof(digits) - at });
}

static void
tag_condition(struct writer *w, const struct condition_head *condition)
{
	if (condition != NULL)
		tag(w, "condition", condition->id);
}

/* Where, as a machine and as a person finds it. */
static void
tag_at(struct writer *w, const struct at *at)
{
	tag(w, "field", at->field);
	tag(w, "key", at->key);
	tag(w, "sheet", at->sheet);
	tag(w, "cell", at->cell);
	if (at->line > 0)
		tag_number(w, "line", at->line);
	if (at->column > 0)
		tag_number(w, "column", at->column);
}

static void
put_verdict(struct writer *w, const struct verdict *v)
{
	struct buf amount = { 0 };

	begin(w, RECORD_VERDICT, outcome_priority[v->outcome]);
	money_format(&amount, v->at_stake);
	tag(w, "outcome", text_of(outcome_names[v->outcome]));
	tag(w, "form", v->form);
	tag(w, "area", v->area);
	tag(w, "period", v->period);
	tag(w, "at_stake", buf_as_text(&amount));
	tag_number(w, "conditions", v->counts.conditions);
	tag_number(w, "passed", v->counts.passed);
	tag_number(w, "not_evaluated", v->counts.not_evaluated);
	tag_number(w, "error", v->counts.error);
	tag_number(w, "query", v->counts.query);
	tag_number(w, "explained", v->counts.explained);
	tag_number(w, "warning", v->counts.warning);
	tag_number(w, "waived", v->counts.waived);
	tag_number(w, "shadow", v->counts.shadow);
	tag(w, "rulebook", v->rulebook_digest);
	tag(w, "unreadable", text_of(v->unreadable.kind));
	tag(w, "identical_to", v->submission.identical_to);
	buf_free(&amount);
}

static void
put_finding(struct writer *w, const struct finding *f)
{
	if (!begin(w, RECORD_FINDING,
		f->status == OPEN ? severity_priority[f->severity] : LOG_INFO_))
		return;
	tag_condition(w, f->condition);
	tag(w, "severity", text_of(severity_names[f->severity]));
	tag(w, "status", text_of(status_names[f->status]));
	tag_at(w, &f->at);
	tag(w, "given", f->given.plain);
	tag(w, "relation", f->relation);
	tag(w, "expected", f->expected.plain);
	tag(w, "difference", f->difference.plain);
	tag_cut(w, "message", f->message, MESSAGE_CUT);
}

static void
put_determination(struct writer *w, const struct determination *d)
{
	if (!begin(w, RECORD_DETERMINATION, LOG_INFO_))
		return;
	tag_condition(w, d->condition);
	tag(w, "name", d->name);
	tag(w, "of", d->of);
	tag(w, "period", d->period);
	tag(w, "value", d->value.plain);
	tag(w, "unit", d->unit);
	tag(w, "complete", d->complete ? TEXT("true") : TEXT("false"));
	tag(w, "held", d->held ? TEXT("true") : TEXT_NONE);
	tag_cut(w, "working", d->working, MESSAGE_CUT);
}

/*
 * What failed on our side: the administrator's business, whether it decides or not.  A row that only a
 * figure or a condition in shadow wanted can wait until somebody looks.
 */
static bool
is_ours(const struct condition_head *c, enum not_kind kind)
{
	const unsigned asks = 1u << SEV_ERROR | 1u << SEV_QUERY | 1u << SEV_WARNING;

	return kind == NOT_FAULT || kind == NOT_LIMIT ||
	    (kind == NOT_REFERENCE &&
		(c == NULL || (!c->shadow && (c->severities & asks) != 0)));
}

static void
put_not(struct writer *w, const struct not_evaluated *ne)
{
	if (!begin(w, RECORD_NOT_EVALUATED,
		ne->kind == NOT_ABSENT && ne->decides ? LOG_NOTICE_ : LOG_INFO_))
		return;
	tag_condition(w, ne->condition);
	tag(w, "kind", text_of(not_names[ne->kind]));
	tag_at(w, &ne->at);
	tag(w, "subject", ne->subject);
	tag_cut(w, "because", ne->because, MESSAGE_CUT);
}

/* The first of a condition and kind only, with how often it happened. */
static void
put_fault(struct writer *w, const struct verdict *v, const struct not_total *t)
{
	const struct not_evaluated *ne = NULL;

	for (uint32_t i = 0; i < v->n_nots && ne == NULL; i++)
		if (v->nots[i].condition == t->condition && v->nots[i].kind == t->kind)
			ne = &v->nots[i];
	if (ne == NULL || !begin(w, RECORD_POLICY_FAULT, LOG_ERR_))
		return;
	tag_condition(w, t->condition);
	tag(w, "kind", text_of(not_names[t->kind]));
	if (t->condition != NULL) {
		tag(w, "file", t->condition->file);
		tag_number(w, "line", t->condition->line);
		tag(w, "shadow", t->condition->shadow ? TEXT("true") : TEXT_NONE);
	}
	tag(w, "subject", ne->subject);
	tag_cut(w, "what", ne->because, 900);
	tag_number(w, "times", t->made);
}

static void
put_our_faults(struct writer *w, const struct verdict *v)
{
	if (v->our_fault.n > 0 && begin(w, RECORD_POLICY_FAULT, LOG_ERR_)) {
		tag(w, "kind", TEXT("fault"));
		tag_cut(w, "what", v->our_fault, 900);
	}
	if (v->dropped > 0 && begin(w, RECORD_POLICY_FAULT, LOG_ERR_)) {
		tag(w, "kind", TEXT("limit"));
		tag(w, "what", TEXT("More was found than a verdict has room for."));
		tag_number(w, "times", v->dropped);
	}
	for (uint32_t i = 0; i < v->n_not_totals; i++) {
		const struct not_total *t = &v->not_totals[i];

		if (is_ours(t->condition, t->kind))
			put_fault(w, v, t);
	}
}

static void
put_slow(struct writer *w, const struct verdict *v)
{
	for (uint32_t i = 0; i < v->n_ran; i++) {
		const struct ran *ran = &v->ran[i];

		if (ran->instructions < SLOW_FROM || !begin(w, RECORD_SLOW, LOG_NOTICE_))
			continue;
		tag_condition(w, ran->condition);
		tag_number(w, "subjects", ran->subjects);
		tag_number(w, "kilo_instructions", ran->instructions);
	}
}

/* Our own failures come right after the verdict: they are not to be among what is left out. */
uint32_t
result_put_records(struct buf *b, const struct verdict *v)
{
	struct writer w = { .b = b };

	put_verdict(&w, v);
	put_our_faults(&w, v);
	put_slow(&w, v);
	for (uint32_t i = 0; i < v->n_findings; i++)
		put_finding(&w, &v->findings[i]);
	for (uint32_t i = 0; i < v->n_determinations; i++)
		put_determination(&w, &v->determinations[i]);
	for (uint32_t i = 0; i < v->n_nots; i++)
		if (!is_ours(v->nots[i].condition, v->nots[i].kind))
			put_not(&w, &v->nots[i]);
	return w.records;
}
