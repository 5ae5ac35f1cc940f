/*
 * The verdict as JSON: docs/verdict.schema.json.  Programs build on it: names are only ever added.
 *
 * Keys come in one fixed order and nothing depends on a clock or an address, so the same verdict is
 * the same bytes.  A value that there is none of is null; a part of a place that the format does not
 * have is left out.
 */
#include "rules/verdict.h"

/* Where a comma is due is told by what was written last. */
static void
put_comma(struct buf *b)
{
	if (b->n > 0 && b->p[b->n - 1] != '{' && b->p[b->n - 1] != '[')
		buf_char(b, ',');
}

static void
put_key(struct buf *b, const char *key)
{
	put_comma(b);
	buf_char(b, '"');
	buf_str(b, key);
	buf_str(b, "\":");
}

static void
put_string(struct buf *b, const char *key, struct text value)
{
	put_key(b, key);
	buf_char(b, '"');
	buf_json(b, value);
	buf_char(b, '"');
}

/* Empty is none. */
static void
put_or_null(struct buf *b, const char *key, struct text value)
{
	if (value.n > 0) {
		put_string(b, key, value);
		return;
	}
	put_key(b, key);
	buf_str(b, "null");
}

static void
put_if(struct buf *b, const char *key, struct text value)
{
	if (value.n > 0)
		put_string(b, key, value);
}

/* By hand: a verdict has hundreds of numbers, and printf() took a third of its time. */
static void
put_number(struct buf *b, const char *key, int64_t n)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	put_key(b, key);
	do
		digits[--at] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (n < 0)
		digits[--at] = '-';
	buf_put(b, digits + at, sizeof(digits) - at);
}

static void
put_bool(struct buf *b, const char *key, bool truth)
{
	put_key(b, key);
	buf_str(b, truth ? "true" : "false");
}

static void
put_null(struct buf *b, const char *key)
{
	put_key(b, key);
	buf_str(b, "null");
}

static void
open_object(struct buf *b, const char *key)
{
	if (key != NULL)
		put_key(b, key);
	else
		put_comma(b);
	buf_char(b, '{');
}

static void
open_array(struct buf *b, const char *key)
{
	put_key(b, key);
	buf_char(b, '[');
}

/* With key NULL: an item of an array. */
static void
put_at(struct buf *b, const char *key, const struct at *at)
{
	open_object(b, key);
	put_string(b, "field", at->field);
	put_if(b, "key", at->key);
	put_if(b, "path", at->path);
	put_if(b, "label", at->label);
	put_if(b, "sheet", at->sheet);
	put_if(b, "cell", at->cell);
	put_if(b, "pointer", at->pointer);
	if (at->line > 0)
		put_number(b, "line", at->line);
	if (at->column > 0)
		put_number(b, "column", at->column);
	buf_char(b, '}');
}

static void
put_places(struct buf *b, const char *key, const struct at *at, uint32_t n)
{
	open_array(b, key);
	for (uint32_t i = 0; i < n; i++)
		put_at(b, NULL, &at[i]);
	buf_char(b, ']');
}

static struct text
id_of(const struct condition_head *condition)
{
	return condition != NULL ? condition->id : TEXT_NONE;
}

/* What the keeper knows of a submission without the evaluator; the object stays open. */
static void
put_submission_head(struct buf *b, const struct submission *s)
{
	struct buf received = { 0 };

	time_format(&received, s->received);
	open_object(b, "submission");
	if (s->seq >= 0)
		put_number(b, "seq", s->seq);
	else
		put_null(b, "seq");
	put_string(b, "name", s->name);
	put_or_null(b, "region", s->region);
	put_or_null(b, "sha256", s->sha256);
	put_number(b, "bytes", (int64_t)s->bytes.n);
	put_string(b, "received", buf_as_text(&received));
	buf_free(&received);
}

static void
put_submission(struct buf *b, const struct verdict *v)
{
	const struct submission *s = &v->submission;

	put_or_null(b, "format", text_of(v->format));
	put_or_null(b, "form", v->form);
	put_or_null(b, "form_title", v->form_title);
	put_or_null(b, "area", v->area);
	put_or_null(b, "area_name", v->area_name);
	put_or_null(b, "period", v->period);
	put_or_null(b, "version", v->version);
	put_or_null(b, "identical_to", s->identical_to);
	put_bool(b, "time_given", s->time_given);
	put_bool(b, "still_changing", s->still_changing);
	buf_char(b, '}');
}

static void
put_rulebook(struct buf *b, const struct verdict *v)
{
	open_object(b, "rulebook");
	put_or_null(b, "digest", v->rulebook_digest);
	open_array(b, "packs");
	for (uint32_t i = 0; i < v->n_packs; i++) {
		put_comma(b);
		buf_char(b, '"');
		buf_json(b, v->packs[i]);
		buf_char(b, '"');
	}
	buf_str(b, "]}");
}

static void
put_history(struct buf *b, const struct verdict *v)
{
	open_array(b, "history");
	for (uint32_t i = 0; i < v->n_history; i++) {
		const struct history_item *h = &v->history[i];

		open_object(b, NULL);
		put_or_null(b, "id", h->id);
		put_or_null(b, "sha256", h->sha256);
		put_or_null(b, "form", h->form);
		put_or_null(b, "area", h->area);
		put_or_null(b, "period", h->period);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
put_counts(struct buf *b, const struct verdict *v)
{
	open_object(b, "counts");
	put_number(b, "conditions", v->counts.conditions);
	put_number(b, "passed", v->counts.passed);
	put_number(b, "not_evaluated", v->counts.not_evaluated);
	put_number(b, "error", v->counts.error);
	put_number(b, "query", v->counts.query);
	put_number(b, "absent", v->counts.absent);
	put_number(b, "explained", v->counts.explained);
	put_number(b, "warning", v->counts.warning);
	put_number(b, "info", v->counts.info);
	put_number(b, "waived", v->counts.waived);
	put_number(b, "shadow", v->counts.shadow);
	buf_char(b, '}');
}

static void
put_unreadable(struct buf *b, const struct verdict *v)
{
	const struct read_error *e = &v->unreadable;

	if (e->kind == NULL) {
		put_null(b, "unreadable");
		return;
	}
	open_object(b, "unreadable");
	put_string(b, "kind", text_of(e->kind));
	if (e->line > 0)
		put_number(b, "line", e->line);
	if (e->column > 0)
		put_number(b, "column", e->column);
	put_string(b, "what", e->what);
	put_or_null(b, "expected", e->expected);
	put_or_null(b, "todo", e->todo);
	buf_char(b, '}');
}

static void
put_explanation(struct buf *b, const struct explanation *e)
{
	if (e == NULL)
		return;
	open_object(b, "explanation");
	put_or_null(b, "author", e->author);
	put_or_null(b, "date", e->date);
	put_string(b, "text", e->text);
	put_bool(b, "carried", e->carried);
	put_or_null(b, "carried_from", e->carried_from);
	buf_char(b, '}');
}

static void
put_waiver(struct buf *b, const struct waiver *w)
{
	if (w == NULL)
		return;
	open_object(b, "waiver");
	put_string(b, "reason", w->reason);
	put_or_null(b, "requester", w->requester);
	put_or_null(b, "approver", w->approver);
	put_or_null(b, "expires", w->expires);
	buf_char(b, '}');
}

static void
put_finding(struct buf *b, const struct finding *f)
{
	const struct condition_head *condition = f->condition;

	open_object(b, NULL);
	put_or_null(b, "condition", id_of(condition));
	put_or_null(b, "title", condition != NULL ? condition->title : TEXT_NONE);
	put_string(b, "severity", text_of(severity_names[f->severity]));
	put_string(b, "status", text_of(status_names[f->status]));
	put_at(b, "at", &f->at);
	put_or_null(b, "given", f->given.plain);
	put_or_null(b, "relation", f->relation);
	put_or_null(b, "expected", f->expected.plain);
	put_or_null(b, "difference", f->difference.plain);
	put_string(b, "message", f->message);
	put_or_null(b, "remedy", condition != NULL ? condition->remedy : TEXT_NONE);
	put_or_null(b, "source", condition != NULL ? condition->source : TEXT_NONE);
	if (f->n_related > 0)
		put_places(b, "related", f->related, f->n_related);
	put_explanation(b, f->explanation);
	put_waiver(b, f->waiver);
	buf_char(b, '}');
}

/* What is counted but not listed. */
static void
put_more_findings(struct buf *b, const struct verdict *v)
{
	open_array(b, "findings_more");
	for (uint32_t i = 0; i < v->n_totals; i++) {
		const struct finding_total *t = &v->totals[i];

		if (t->made <= t->kept)
			continue;
		open_object(b, NULL);
		put_or_null(b, "condition", id_of(t->condition));
		put_string(b, "severity", text_of(severity_names[t->severity]));
		put_string(b, "status", text_of(status_names[t->status]));
		put_number(b, "more", t->made - t->kept);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
put_determination(struct buf *b, const struct determination *d)
{
	open_object(b, NULL);
	put_or_null(b, "condition", id_of(d->condition));
	put_string(b, "name", d->name);
	put_or_null(b, "of", d->of);
	if (d->of_name.n > 0)
		put_string(b, "of_name", d->of_name);
	put_or_null(b, "period", d->period);
	put_or_null(b, text_is(d->unit, "money") ? "amount" : "value", d->value.plain);
	put_or_null(b, "unit", d->unit);
	put_bool(b, "complete", d->complete);
	put_bool(b, "held", d->held);
	put_or_null(b, "working", d->working);
	if (d->n_from > 0)
		put_places(b, "from", d->from, d->n_from);
	buf_char(b, '}');
}

static void
put_not(struct buf *b, const struct not_evaluated *ne)
{
	open_object(b, NULL);
	put_or_null(b, "condition", id_of(ne->condition));
	put_string(b, "kind", text_of(not_names[ne->kind]));
	put_at(b, "at", &ne->at);
	put_or_null(b, "subject", ne->subject);
	put_string(b, "because", ne->because);
	put_bool(b, "decides", ne->decides);
	buf_char(b, '}');
}

static void
put_more_nots(struct buf *b, const struct verdict *v)
{
	open_array(b, "not_evaluated_more");
	for (uint32_t i = 0; i < v->n_not_totals; i++) {
		const struct not_total *t = &v->not_totals[i];

		if (t->made <= t->kept)
			continue;
		open_object(b, NULL);
		put_or_null(b, "condition", id_of(t->condition));
		put_string(b, "kind", text_of(not_names[t->kind]));
		put_number(b, "more", t->made - t->kept);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
put_used(struct buf *b, const struct verdict *v)
{
	open_array(b, "parameters");
	for (uint32_t i = 0; i < v->n_used; i++) {
		open_object(b, NULL);
		put_or_null(b, "condition", id_of(v->used[i].condition));
		put_string(b, "name", v->used[i].name);
		put_string(b, "value", v->used[i].value);
		put_or_null(b, "source", v->used[i].source);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

/* How each condition that applied ended: what passed is in no other list. */
static void
put_conditions(struct buf *b, const struct verdict *v)
{
	open_array(b, "conditions");
	for (uint32_t i = 0; i < v->n_ran; i++) {
		const struct ran *ran = &v->ran[i];

		open_object(b, NULL);
		put_or_null(b, "condition", id_of(ran->condition));
		put_bool(b, "shadow", ran->condition != NULL && ran->condition->shadow);
		put_number(b, "subjects", ran->subjects);
		put_number(b, "passed", ran->passed);
		put_number(b, "failed", ran->failed);
		put_number(b, "not_evaluated", ran->not_evaluated);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
put_claims(struct buf *b, const struct verdict *v)
{
	open_array(b, "waivers_claimed");
	for (uint32_t i = 0; i < v->n_claims; i++) {
		open_object(b, NULL);
		put_string(b, "condition", v->claims[i].condition);
		put_string(b, "text", v->claims[i].text);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

void
render_json_head(
    struct buf *b, const struct submission *s, enum outcome outcome, struct text headline)
{
	buf_char(b, '{');
	put_number(b, "verdict", 1);
	put_or_null(b, "id", s->id);
	put_number(b, "revision", s->revision > 0 ? s->revision : 1);
	put_or_null(b, "supersedes", s->supersedes);
	put_string(b, "outcome", text_of(outcome_names[outcome]));
	put_string(b, "headline", headline);
	put_submission_head(b, s);
}

static void
put_head(struct buf *b, const struct verdict *v)
{
	struct buf words = { 0 };

	verdict_headline(&words, v);
	render_json_head(b, &v->submission, v->outcome, buf_as_text(&words));
	put_submission(b, v);
	put_rulebook(b, v);
	put_history(b, v);
	put_counts(b, v);
	buf_clear(&words);
	money_format(&words, v->at_stake);
	put_string(b, "money_at_stake", buf_as_text(&words));
	buf_clear(&words);
	money_format(&words, v->held);
	put_string(b, "money_held", buf_as_text(&words));
	buf_free(&words);
}

void
render_json(struct buf *b, const struct verdict *v)
{
	put_head(b, v);
	put_unreadable(b, v);
	put_or_null(b, "our_fault", v->our_fault);
	open_array(b, "findings");
	for (uint32_t i = 0; i < v->n_findings; i++)
		put_finding(b, &v->findings[i]);
	buf_char(b, ']');
	put_more_findings(b, v);
	open_array(b, "determinations");
	for (uint32_t i = 0; i < v->n_determinations; i++)
		put_determination(b, &v->determinations[i]);
	buf_char(b, ']');
	open_array(b, "not_evaluated");
	for (uint32_t i = 0; i < v->n_nots; i++)
		put_not(b, &v->nots[i]);
	buf_char(b, ']');
	put_more_nots(b, v);
	put_conditions(b, v);
	put_used(b, v);
	put_claims(b, v);
	buf_str(b, "}\n");
}
