/*
 * What is written to the ledger, and when it is committed.
 *
 * The first thing to be written opens a transaction; it is committed when nothing else is being judged,
 * so that a lone file waits for nobody, and else after 50 ms or 50 verdicts, so that a flood shares
 * commits (50 a commit is best: measured).
 * A commit that fails has recorded nothing: what was in it is judged again, and nothing is taken in
 * until the ledger is well.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <syslog.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/keeper.h"
#include "daemon/log.h"

#define COMMIT_MOST 50
#define BACK_OFF    1000
#define MOST_OFF    30000

/* The ledger cannot be written: nothing of the open transaction happened. */
static void
keeper_trouble(struct keeper *k)
{
	struct claim *c;
	struct timeval after;

	if (k->trouble[0] == '\0')
		log_warnx(
		    "%s Nothing is taken in until that is mended.", ledger_error(k->ledger));
	(void)snprintf(k->trouble, sizeof(k->trouble), "%s", ledger_error(k->ledger));
	if (k->open)
		ledger_rollback(k->ledger);
	k->open = false;
	publisher_rolled_back(k->publisher);
	k->failed_transaction = k->transaction;
	while ((c = TAILQ_LAST(&k->recorded, claims)) != NULL) {
		TAILQ_REMOVE(&k->recorded, c, next);
		intake_again(k->intake, c);
	}
	k->n_recorded = 0;
	k->paused = true;
	k->back_off = k->back_off == 0   ? BACK_OFF
	    : k->back_off * 2 > MOST_OFF ? MOST_OFF
					 : k->back_off * 2;
	after = (struct timeval){ k->back_off / 1000, (k->back_off % 1000) * 1000 };
	(void)event_add(k->resume, &after);
}

/*
 * When to commit: at once when nothing else is being judged; else a little later, so that what is judged
 * meanwhile shares the commit and the publishing after it.
 */
static void
keeper_commit_soon(struct keeper *k)
{
	const struct timeval at_once = { 0, 0 }, soon = { 0, 50000 };

	/* the job whose result is being recorded still counts as pending */
	if (evaluators_pending(k->evaluators) <= 1)
		(void)event_add(k->commit, &at_once);
	else if (!event_pending(k->commit, EV_TIMEOUT, NULL))
		(void)event_add(k->commit, &soon);
}

bool
keeper_begin(struct keeper *k)
{
	if (k->open)
		return true;
	if (!ledger_begin(k->ledger)) {
		keeper_trouble(k);
		return false;
	}
	k->open = true;
	k->transaction++;
	keeper_commit_soon(k);
	return true;
}

void
keeper_event(struct keeper *k, const struct event *event)
{
	struct buf line = { 0 };

	if (k->debug) {
		event_line(&line, event);
		log_escaped(line.p != NULL ? line.p : "");
		buf_free(&line);
	}
	if (k->ledger == NULL || !keeper_begin(k))
		return;
	if (!ledger_spool(k->ledger, event, keeper_now_us()))
		keeper_trouble(k);
}

void
keeper_say(struct keeper *k, enum event_id id, const struct text *region,
    const struct text *name, const char *what)
{
	struct event e;

	event_begin(&e, id);
	if (region != NULL)
		event_text(&e, "region", *region);
	if (name != NULL)
		event_text(&e, "name", *name);
	event_str(&e, "what", what);
	keeper_event(k, &e);
}

void
keeper_say_well(struct keeper *k, enum event_id id, const char *what)
{
	struct event e;

	event_begin(&e, id);
	e.severity = LOG_NOTICE;
	event_str(&e, "what", what);
	keeper_event(k, &e);
}

static bool
keeper_spool_intake(struct keeper *k, const struct claim *c)
{
	struct event e;

	event_begin(&e, EV_INTAKE);
	event_int(&e, "seq", c->seq);
	event_text(&e, "region", c->region->name);
	event_text(&e, "name", c->name);
	event_time(&e, "received", c->received);
	if (c->still_changing)
		event_str(&e, "what",
		    "It was still changing when patience ended, and is judged as it was.");
	return ledger_spool(k->ledger, &e, keeper_now_us());
}

/* The bytes as the ledger has them, so that it need not be asked for them. */
static void
keeper_to_publish(
    struct keeper *k, const struct arrival *arrival, const struct record_verdict *verdict)
{
	struct unpublished u = { .row = ledger_row(k->ledger),
		.seq = arrival->seq,
		.revision = verdict->revision,
		.region = arrival->region,
		.name = arrival->name,
		.id = verdict->id,
		.outcome = verdict->result->outcome,
		.bytes = arrival->kept ? arrival->bytes : TEXT_NONE,
		.json = verdict->result->json,
		.html = verdict->result->html,
		.kept = arrival->kept };

	publisher_recorded(k->publisher, &u);
}

void
keeper_record(
    struct keeper *k, struct claim *c, const struct result *result, struct text rulebook)
{
	struct arrival arrival = { .seq = c->seq,
		.region = c->region->name,
		.name = c->name,
		.sha256 = text_of(c->sha256),
		.bytes = c->job.submission.bytes,
		.size = c->size,
		.kept = c->kept,
		.still_changing = c->still_changing,
		.received = c->received };
	struct record_verdict verdict = {
		.id = text_of(c->id), .revision = 1, .rulebook = rulebook, .result = result
	};

	fault_at(FAULT_JUDGED);
	/* what it knew of the past may have been rolled back: judge again */
	if (c->history_from != 0 && c->history_from == k->failed_transaction) {
		intake_again(k->intake, c);
		return;
	}
	if (!keeper_begin(k)) {
		intake_again(k->intake, c);
		return;
	}
	intake_hold(k->intake, c);
	TAILQ_INSERT_TAIL(&k->recorded, c, next);
	k->n_recorded++;
	if (!keeper_spool_intake(k, c) || !ledger_record(k->ledger, &arrival, &verdict)) {
		keeper_trouble(k);
		return;
	}
	keeper_to_publish(k, &arrival, &verdict);
	k->judged++;
	fault_at(FAULT_RECORDED);
	log_debug("%s: arrival %lld, %s: %s", c->region->name.p, (long long)c->seq, c->name.p,
	    outcome_names[result->outcome]);
	if (k->n_recorded >= COMMIT_MOST)
		keeper_commit(k);
	else
		keeper_commit_soon(k);
}

bool
keeper_record_again(
    struct keeper *k, const struct arrival *arrival, const struct record_verdict *verdict)
{
	fault_at(FAULT_JUDGED_AGAIN);
	if (!keeper_begin(k))
		return false;
	if (!ledger_record(k->ledger, arrival, verdict)) {
		keeper_trouble(k);
		return false;
	}
	keeper_to_publish(k, arrival, verdict);
	fault_at(FAULT_RECORDED_AGAIN);
	k->judged++;
	return true;
}

void
keeper_record_verdict(struct keeper *k, struct claim *c, struct verdict *verdict)
{
	struct buf bytes = { 0 };
	struct result result;
	const char *why = "no memory";

	result_write(&bytes, verdict, NULL);
	if (buf_failed(&bytes) || !result_read(buf_as_text(&bytes), &result, &why))
		fatalx("a verdict could not be written: %s", why);
	keeper_record(k, c, &result, k->rulebook.digest);
	buf_free(&bytes);
}

void
keeper_commit(struct keeper *k)
{
	struct claim *c;
	size_t marked = 0;

	if (!k->open)
		return;
	fault_at(FAULT_BEFORE_COMMIT);
	(void)event_del(k->commit);
	if (!keeper_mark(k, &marked) || !ledger_commit(k->ledger)) {
		keeper_trouble(k);
		return;
	}
	k->open = false;
	publisher_marked(k->publisher, marked);
	publisher_committed(k->publisher);
	if (marked > 0) {
		fault_at(FAULT_PUBLISH_MARKED);
		if (k->inbox != NULL)
			inbox_tidy(k->inbox);
	}
	fault_at(FAULT_AFTER_COMMIT);
	k->n_recorded = 0;
	while ((c = TAILQ_FIRST(&k->recorded)) != NULL) {
		TAILQ_REMOVE(&k->recorded, c, next);
		fault_at(FAULT_FORGETTING);
		intake_done(k->intake, c);
	}
	if (k->trouble[0] != '\0') {
		k->trouble[0] = '\0';
		log_info("the ledger can be written again");
		keeper_say_well(k, EV_LEDGER, "The ledger can be written again.");
	}
	k->back_off = 0;
	keeper_inbox_committed(k);
	keeper_after_commit(k);
	if (marked > 0)
		keeper_marks_eased(k);
}
