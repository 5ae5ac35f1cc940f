/*
 * The keeper's callbacks: from the inbox to the evaluators and on to the ledger.
 *
 *   inbox --claimed--> intake --ready--> evaluators --judged--> keeper_record.c --> keeper_after.c
 *
 * Nothing here parses a submission or runs a policy.
 */
#include "daemon/keeper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/policies.h"
#include "rules/verdict.h"

/* Jobs that are copied and not judged, for each evaluator: one in hand, one next, two in reserve. */
#define JOBS_EACH 4

instant
keeper_now(const struct keeper *k)
{
	return k->at_given ? k->at : (instant)time(NULL);
}

int64_t
keeper_now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static struct claim *
claim_of(const struct job *job)
{
	return (struct claim *)(void *)((char *)(uintptr_t)job - offsetof(struct claim, job));
}

/* --- from the inbox --- */

static int64_t
on_next_seq(void *arg)
{
	struct keeper *k = arg;
	int64_t seq = k->paused || k->finishing ? -1 : ledger_next_seq(k->ledger);

	if (seq == -1 && !k->paused && !k->finishing)
		log_warnx("%s", ledger_error(k->ledger));
	return seq;
}

static instant
on_now(void *arg)
{
	return keeper_now(arg);
}

static bool
on_room(void *arg, const struct region *region)
{
	struct keeper *k = arg;

	return !k->paused && !k->finishing && intake_room(k->intake, region);
}

struct row_query {
	int64_t seq;
	struct text region;
	bool found, published; /* found: the number's verdict is of this region */
};

static bool
each_row(void *arg, const struct listed *l)
{
	struct row_query *q = arg;

	q->found = l->seq == q->seq && text_equal(l->region, q->region);
	q->published = l->published;
	return false;
}

/*
 * A file that lies among the claims under a number that is not its own: never given, given to another
 * region's file (its folder was renamed, or restored from a copy), or to one that is judged at this
 * moment.  It is a new arrival.
 */
static bool
keeper_renumber(struct keeper *k, struct claim_found *f)
{
	int64_t to = ledger_next_seq(k->ledger);

	if (to == -1 || !claim_renumber(f->region, f->seq, to)) {
		log_warnx("%s: the claim %lld has a number that is not its own and cannot be "
			  "given another; it stays in .poold",
		    f->region->name.p, (long long)f->seq);
		return false;
	}
	log_warnx("%s: the claim %lld has a number that is not its own; it is arrival %lld now",
	    f->region->name.p, (long long)f->seq, (long long)to);
	f->seq = to;
	return true;
}

/*
 * A claim of an earlier life, or found again.  true: it is to be judged.  When its verdict is in the
 * ledger, what is published needs it no more; what is not keeps it until it is, since an original that
 * was too big is moved from there.
 */
static bool
keeper_found_again(struct keeper *k, struct claim_found *f)
{
	struct row_query q = { .seq = f->seq, .region = f->region->name };
	struct list_filter filter = { .after_seq = f->seq - 1, .most = 1 };
	int has;

	if (intake_knows(k->intake, f->region, f->seq))
		return false;
	if (!ledger_gave(k->ledger, f->seq) || intake_knows(k->intake, NULL, f->seq))
		return keeper_renumber(k, f);
	has = ledger_has(k->ledger, f->seq);
	if (has != 1)
		return true;
	if (!ledger_list(k->ledger, &filter, each_row, &q))
		return false;
	if (!q.found)
		return keeper_renumber(k, f);
	if (q.published)
		claim_unlink(f->region, f->seq);
	else
		claim_forget_name(f->region, f->seq);
	return false;
}

static void
on_claimed(void *arg, const struct claim_found *found)
{
	struct keeper *k = arg;
	struct claim_found f = *found;

	keeper_fault(k, "claimed");
	if (f.again && !keeper_found_again(k, &f))
		return;
	if (k->at_given)
		f.received = k->at;
	if (!intake_add(k->intake, &f))
		fatalx("out of memory"); /* the claim is found again at the next start */
	keeper_fill(k);
}

static void
on_skipped(void *arg, const struct region *r, const struct entry *e)
{
	keeper_say(arg, EV_SKIPPED, &r->name, &e->name, e->why);
}

static void
on_region(void *arg, const struct region *r, const char *what, bool good)
{
	if (!good)
		log_warnx("%s", what);
	keeper_say(arg, EV_REGION, &r->name, NULL, what);
}

static void
on_overflow(void *arg)
{
	keeper_say(arg, EV_OVERFLOW, NULL, NULL,
	    "The kernel's queue of file events overflowed; every inbox is scanned.");
}

/* --- from intake --- */

static void
on_ready(void *arg, struct claim *c)
{
	struct keeper *k = arg;

	verdict_id_make(c->id);
	c->identical[0] = '\0';
	(void)ledger_identical(k->ledger, c->region->name, text_of(c->sha256), c->identical);
	c->job.submission.id = text_of(c->id);
	c->job.submission.identical_to = text_of(c->identical);
	c->job.submission.time_given = k->at_given;
	if (!evaluators_give(k->evaluators, &c->job))
		intake_again(k->intake, c);
}

static void
on_too_big(void *arg, struct claim *c)
{
	struct keeper *k = arg;
	struct buf what = { 0 }, expected = { 0 };
	struct verdict *v;

	verdict_id_make(c->id);
	c->job.submission.id = text_of(c->id);
	c->job.submission.sha256 = TEXT_NONE; /* it was not read */
	c->job.submission.time_given = k->at_given;
	arena_reset(k->arena);
	v = verdict_new(k->arena, &c->job.submission);
	buf_printf(
	    &what, "The file has %llu bytes, so it was not read.", (unsigned long long)c->size);
	buf_printf(&expected, "A file of at most %lld bytes.", (long long)k->config.max_size);
	v->rulebook_digest = k->rulebook.digest;
	v->unreadable = (struct read_error){ .kind = "too_big",
		.what = buf_as_text(&what),
		.expected = buf_as_text(&expected),
		.todo = TEXT("Send a smaller file. A return has a few hundred kilobytes; check "
			     "that this is the right file.") };
	verdict_finish(v);
	keeper_record_verdict(k, c, v);
	buf_free(&what);
	buf_free(&expected);
}

static void
on_lost(void *arg, const struct claim *c, const char *why)
{
	keeper_say(arg, EV_SKIPPED, &c->region->name, &c->name, why);
}

static void
on_later(void *arg)
{
	keeper_fill(arg);
}

/* Is there room on the ledger's disk? */
static bool
keeper_has_space(struct keeper *k)
{
	struct statvfs s;
	struct timeval after = { 5, 0 };

	if (k->config.min_free == 0 || statvfs(k->config.state, &s) == -1)
		return true;
	if ((int64_t)s.f_bavail * (int64_t)s.f_frsize >= k->config.min_free)
		return true;
	if (k->trouble[0] == '\0') {
		(void)snprintf(k->trouble, sizeof(k->trouble),
		    "Less than min_free (%lld MB) is free on the disk of %s.",
		    (long long)(k->config.min_free / 1000000), k->config.state);
		log_warnx("%s Nothing is taken in until there is more.", k->trouble);
	}
	k->paused = true;
	(void)event_add(k->resume, &after);
	return false;
}

void
keeper_fill(struct keeper *k)
{
	uint32_t most = (uint32_t)k->config.evaluators * JOBS_EACH, pending;

	if (k->paused || k->finishing || !evaluators_ready(k->evaluators))
		return;
	pending = evaluators_pending(k->evaluators);
	if (pending < most && intake_waiting(k->intake, NULL) > 0 && keeper_has_space(k))
		intake_fill(k->intake, most - pending);
}

static void
keeper_resume(int fd, short what, void *arg)
{
	struct keeper *k = arg;

	(void)fd;
	(void)what;
	k->paused = false;
	/* a write tells whether the ledger is well */
	if (k->trouble[0] != '\0' && keeper_has_space(k))
		keeper_say_well(k, EV_LEDGER, "The ledger is tried again.");
	if (!k->paused) {
		keeper_fill(k);
		inbox_scan(k->inbox);
		keeper_again_start(k);
	}
}

/* --- from the evaluators --- */

static void
on_judged(void *arg, const struct job *job, const struct result *result, struct text rulebook)
{
	if (job->again)
		keeper_again_judged(arg, job, result, rulebook);
	else
		keeper_record(arg, claim_of(job), result, rulebook);
}

static void
on_failed(void *arg, const struct job *job, struct text why)
{
	struct keeper *k = arg;

	k->failures++;
	arena_reset(k->arena);
	if (job->again)
		keeper_again_failed(k, job, why);
	else
		keeper_record_verdict(k, claim_of(job),
		    verdict_failed(k->arena, &job->submission, k->rulebook.digest, why));
}

static bool
on_history(void *arg, const struct job *job, const struct identity *identity,
    struct arena *arena, struct history *history)
{
	struct keeper *k = arg;
	struct claim *c;

	if (job->again)
		return keeper_again_history(k, job, identity, arena, history);
	c = claim_of(job);
	c->history_from = k->open ? k->transaction : 0;
	return ledger_history(
	    k->ledger, arena, identity, job->submission.region, c->seq, history);
}

static void
on_died(void *arg, const struct job *job, struct text how, bool last)
{
	struct keeper *k = arg;
	struct event e;

	event_begin(&e, EV_EVALUATOR);
	event_int(&e, "seq", job->submission.seq);
	event_text(&e, "region", job->submission.region);
	event_text(&e, "name", job->submission.name);
	event_text(&e, "what", how);
	event_int(&e, "times", last ? 2 : 1);
	keeper_event(k, &e);
}

static void
on_idle(void *arg)
{
	keeper_fill(arg);
	keeper_again_next(arg);
}

/* A line of the loading report, to the log and to operations. */
static void
keeper_load_message(struct keeper *k, const struct load_message *m)
{
	struct event e;
	struct buf line = { 0 };

	load_message_place(&line, m);
	buf_text(&line, m->what);
	if (m->refuses) {
		log_warnx("%s", line.p);
		buf_text(&k->refusal, buf_as_text(&line));
		buf_char(&k->refusal, '\n');
	} else
		log_info("notice: %s", line.p);
	buf_free(&line);
	event_begin(&e, m->refuses ? EV_RULEBOOK_REFUSED : EV_RULEBOOK_NOTICE);
	if (m->file.n > 0)
		event_text(&e, "file", m->file);
	if (m->line > 0)
		event_int(&e, "line", m->line);
	event_text(&e, "what", m->what);
	keeper_event(k, &e);
}

static void
keeper_took(struct keeper *k, const struct wire_rulebook *w)
{
	struct event e;

	event_begin(&e, EV_RULEBOOK);
	event_text(&e, "rulebook", w->digest);
	event_int(&e, "conditions", w->conditions);
	event_text(&e, "what", w->packs);
	keeper_event(k, &e);
	log_info("rulebook %.12s: %u conditions, packs %.*s", w->digest.p, w->conditions,
	    TEXT_ARG(w->packs));
	if (w->lacks.n > 0) {
		event_begin(&e, EV_SANDBOX);
		event_text(&e, "what", w->lacks);
		keeper_event(k, &e);
	}
	wire_rulebook_free(&k->rulebook);
	if (!wire_copy_rulebook(&k->rulebook, w))
		fatalx("out of memory");
	k->rulebook_since = (instant)time(NULL);
}

static void
on_rulebook(void *arg, bool taken, const struct wire_rulebook *w, struct text why)
{
	struct keeper *k = arg;
	struct load_message alone = { .refuses = true, .what = why };
	uint32_t i;

	buf_clear(&k->refusal);
	k->refused = !taken;
	for (i = 0; i < w->n_messages; i++)
		keeper_load_message(k, &w->messages[i]);
	if (!taken && w->refusals == 0)
		keeper_load_message(k, &alone);
	if (taken)
		keeper_took(k, w);
	else
		log_warnx(evaluators_ready(k->evaluators)
			? "the rulebook was refused; the last good one goes on"
			: "the rulebook was refused and there is none before it: "
			  "what arrives waits until it is mended");
	keeper_commit(k);
	control_reloaded(k->control, taken);
	keeper_fill(k);
	if (taken)
		keeper_again_start(k);
}

bool
keeper_reload(struct keeper *k)
{
	struct policies policies;
	struct buf why = { 0 };
	bool good = policies_read(k->config.policies, &policies, &why);
	struct load_message m = { .refuses = true };

	if (good && !evaluators_load(k->evaluators, &policies)) {
		good = false;
		buf_printf(
		    &why, "The rulebook process could not be started: %s.", strerror(errno));
	}
	policies_close(&policies);
	if (!good) {
		buf_clear(&k->refusal);
		k->refused = true;
		while (why.n > 0 && why.p[why.n - 1] == '\n')
			why.n--;
		m.what = buf_as_text(&why);
		keeper_load_message(k, &m);
	}
	buf_free(&why);
	return good;
}

void
keeper_finish(struct keeper *k)
{
	struct timeval most = { k->config.wall / 1000 + 1, 0 }, none = { 0, 0 };

	if (k->finishing)
		return;
	log_info("finishing");
	k->finishing = true;
	(void)event_add(k->finish, evaluators_pending(k->evaluators) > 0 ? &most : &none);
}

static void
keeper_end(int fd, short what, void *arg)
{
	struct keeper *k = arg;

	(void)fd;
	(void)what;
	(void)event_base_loopbreak(k->base);
}

static void
keeper_commit_event(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	keeper_commit(arg);
}

static bool
keeper_evaluators(struct keeper *k)
{
	static const struct evaluators_calls calls = { on_judged, on_failed, on_history,
		on_rulebook, on_died, on_idle };
	const struct config *c = &k->config;
	struct evaluators_options o = { .most = (uint32_t)c->evaluators,
		.batch = (uint32_t)c->batch,
		.wall_ms = (uint32_t)c->wall,
		.load_ms = (uint32_t)c->load };

	o.limits.lua_memory = (size_t)c->lua_memory;
	o.limits.instructions = (uint64_t)c->instructions;
	o.limits.address_space = (size_t)c->memory;
	o.limits.cpu_seconds = (uint32_t)c->cpu;
	k->evaluators = evaluators_new(k->base, &o, &calls, k);
	return k->evaluators != NULL;
}

static bool
keeper_folders(struct keeper *k, struct buf *why)
{
	static const struct intake_calls intake_calls = { on_ready, on_too_big, on_lost,
		on_later };
	static const struct inbox_calls inbox_calls = { on_next_seq, on_now, on_room,
		on_claimed, on_skipped, on_region, on_overflow };
	struct intake_options intake = { k->config.max_size, k->config.settle,
		k->config.patience };
	struct inbox_options inbox = { k->config.root, k->config.settle, k->config.rescan,
		k->config.patience };

	k->intake = intake_new(k->base, &intake, &intake_calls, k);
	k->inbox = inbox_new(k->base, &inbox, &inbox_calls, k, why);
	return k->intake != NULL && k->inbox != NULL;
}

bool
keeper_new(struct keeper *k, struct buf *why)
{
	char said[512] = "";

	TAILQ_INIT(&k->recorded);
	k->started = (instant)time(NULL);
	k->arena = arena_new();
	k->base = event_base_new();
	k->ledger = ledger_open(k->config.state, said, sizeof(said));
	if (k->ledger == NULL) {
		buf_str(why, said);
		return false;
	}
	k->commit = evtimer_new(k->base, keeper_commit_event, k);
	k->resume = evtimer_new(k->base, keeper_resume, k);
	k->finish = evtimer_new(k->base, keeper_end, k);
	return keeper_after_new(k, why) && keeper_again_new(k) && keeper_evaluators(k) &&
	    keeper_folders(k, why) && (k->control = control_new(k, why)) != NULL;
}

void
keeper_free(struct keeper *k)
{
	struct event *events[] = { k->commit, k->resume, k->finish };
	size_t i;

	control_free(k->control);
	evaluators_free(k->evaluators);
	keeper_again_free(k);
	intake_free(k->intake);
	if (k->inbox != NULL)
		inbox_free(k->inbox);
	keeper_after_free(k);
	for (i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	if (k->ledger != NULL)
		ledger_close(k->ledger);
	wire_rulebook_free(&k->rulebook);
	buf_free(&k->refusal);
	arena_free(k->arena);
	if (k->base != NULL)
		event_base_free(k->base);
	config_free(&k->config);
}
