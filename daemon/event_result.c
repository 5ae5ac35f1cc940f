/*
 * The events of a verdict: one VERDICT, then one for each finding, determination and so on, all
 * with the verdict's id and "n of m", so that a reader of syslog can tell whether he has them
 * all.
 *
 * An evaluator made the result and is not trusted: what identifies the verdict comes from the
 * keeper and is added first, so that nothing of the result can take its place; severities are at
 * most "error".
 */
#include <string.h>
#include <syslog.h>

#include "daemon/event.h"

static const struct {
	enum event_id id;
	bool own_severity; /* the record's; else the table's */
} kinds[RECORD_KINDS] = {
	[RECORD_VERDICT] = { EV_VERDICT, false },
	[RECORD_FINDING] = { EV_FINDING, true },
	[RECORD_DETERMINATION] = { EV_DETERMINATION, true },
	[RECORD_NOT_EVALUATED] = { EV_NOT_EVALUATED, true },
	[RECORD_POLICY_FAULT] = { EV_POLICY, false },
	[RECORD_SLOW] = { EV_SLOW, false },
};

/* An undetermined verdict is an administrator's business; the others are the region's. */
static const uint8_t outcome_severity[OUTCOMES] = {
	[UNREADABLE] = LOG_WARNING,
	[NON_COMPLIANT] = LOG_WARNING,
	[UNDETERMINED] = LOG_ERR,
	[QUERIED] = LOG_NOTICE,
	[COMPLIANT] = LOG_INFO,
};

/* A figure has names of its own for what the keeper's tags say of the file and the records. */
static const struct {
	const char *from, *to;
} figure_names[] = {
	{ "name", "figure" },
	{ "of", "figure_of" },
	{ "period", "figure_period" },
};

/* Names of a record's tags as C strings, for as long as its event lives. */
struct tag_names {
	char name[RESULT_TAGS][33];
};

static void
begin(struct event *ev, enum event_id id, const struct event_subject *subject,
    const struct result *result, int64_t n, int64_t of)
{
	event_begin(ev, id);
	event_text(ev, "id", subject->id);
	event_int(ev, "revision", subject->revision);
	event_int(ev, "seq", subject->seq);
	event_int(ev, "n", n);
	event_int(ev, "of", of);
	event_text(ev, "region", subject->region);
	event_text(ev, "name", subject->name);
	if (result->form.n > 0)
		event_text(ev, "form", result->form);
	if (result->area.n > 0)
		event_text(ev, "area", result->area);
	if (result->period.n > 0)
		event_text(ev, "period", result->period);
}

static const char *
name_in_event(enum result_record_kind kind, const char *name)
{
	if (kind != RECORD_DETERMINATION)
		return name;
	for (size_t i = 0; i < sizeof(figure_names) / sizeof(*figure_names); i++) {
		if (strcmp(name, figure_names[i].from) == 0)
			return figure_names[i].to;
	}
	return name;
}

static void
add_tags(struct event *ev, const struct result_record *record, struct tag_names *names)
{
	for (uint32_t i = 0; i < record->n_tags && i < RESULT_TAGS; i++) {
		struct text name = record->tags[i].name;

		if (name.n >= sizeof(names->name[i]) || memchr(name.p, '\0', name.n) != NULL)
			continue;
		memcpy(names->name[i], name.p, name.n);
		names->name[i][name.n] = '\0';
		event_text(
		    ev, name_in_event(record->kind, names->name[i]), record->tags[i].value);
	}
}

/* How many events there will be, and the record that belongs to the VERDICT. */
static int64_t
count(const struct result *result, struct result_record *verdict, bool *has_verdict)
{
	struct result_record record;
	int64_t n = 1;
	size_t at = 0;

	*has_verdict = false;
	while (result_next(result, &at, &record)) {
		if (record.kind != RECORD_VERDICT) {
			n++;
		} else if (!*has_verdict) {
			*verdict = record;
			*has_verdict = true;
		}
	}
	return n;
}

static void
verdict_event(struct event *ev, const struct event_subject *subject,
    const struct result *result, const struct result_record *record, struct tag_names *names,
    int64_t of)
{
	begin(ev, EV_VERDICT, subject, result, 1, of);
	ev->severity = outcome_severity[result->outcome];
	event_str(ev, "outcome", outcome_names[result->outcome]);
	event_text(ev, "headline", result->headline);
	event_text(ev, "at_stake", result->at_stake);
	event_text(ev, "sha256", subject->sha256);
	event_time(ev, "received", subject->received);
	if (record != NULL)
		add_tags(ev, record, names);
}

void
event_each_of_result(const struct event_subject *subject, const struct result *result,
    void (*each)(void *arg, const struct event *), void *arg)
{
	struct result_record record = { 0 };
	struct tag_names names;
	struct event ev;
	bool has_verdict;
	int64_t of = count(result, &record, &has_verdict), n = 1;
	size_t at = 0;

	verdict_event(&ev, subject, result, has_verdict ? &record : NULL, &names, of);
	each(arg, &ev);
	while (result_next(result, &at, &record)) {
		if (record.kind == RECORD_VERDICT)
			continue;
		begin(&ev, kinds[record.kind].id, subject, result, ++n, of);
		if (kinds[record.kind].own_severity && record.severity >= LOG_ERR &&
		    record.severity <= 7)
			ev.severity = record.severity;
		add_tags(&ev, &record, &names);
		each(arg, &ev);
	}
}
