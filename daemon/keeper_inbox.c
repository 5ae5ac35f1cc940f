/*
 * What comes from the inboxes: claims, also those of an earlier life, and what the folders have to say.
 */
#include <syslog.h>
#include <stdio.h>

#include "daemon/fault.h"
#include "daemon/keeper.h"
#include "daemon/log.h"

static int64_t
on_next_seq(void *arg)
{
	struct keeper *k = arg;
	bool stopped = k->paused || k->finishing;
	int64_t seq = stopped ? -1 : ledger_next_seq(k->ledger);

	if (seq == -1 && !stopped)
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

	/* a flood takes in more than was reserved before the transaction: after its commit, then */
	if (!ledger_has_seq(k->ledger)) {
		k->numbers_out = true;
		return false;
	}
	return !k->paused && !k->finishing && !keeper_marks_over(k) &&
	    intake_room(k->intake, region);
}

struct row_query {
	int64_t seq;
	struct text region;
	char of[256];          /* the region that has it */
	bool found, published; /* found: the number's verdict is of this region */
};

static bool
each_row(void *arg, const struct listed *l)
{
	struct row_query *q = arg;

	(void)snprintf(q->of, sizeof(q->of), "%.*s", TEXT_ARG(l->region));
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
	int64_t to;
	bool done;

	/* a number that another claim of this folder has lain under is that one's from now on */
	do {
		to = ledger_next_seq(k->ledger);
		done = to != -1 && claim_renumber(f, to);
	} while (!done && to != -1 && errno == EEXIST);
	if (!done) {
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
 * The number is of another region's verdict.  When that one was of these very bytes, the folder was
 * renamed after its file had been judged and published there: nothing is left to do.
 */
static bool
is_judged(struct keeper *k, const struct claim_found *f, struct text region)
{
	char sha256[65], id[32] = "";

	return claim_sha256(f->region, f->seq, sha256) &&
	    ledger_identical(k->ledger, region, text_of(sha256), id) && id[0] != '\0';
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
	has = ledger_has(k->ledger, f->seq);
	if ((has == 0 && !ledger_gave(k->ledger, f->seq)) ||
	    intake_knows(k->intake, NULL, f->seq))
		return keeper_renumber(k, f);
	if (has != 1)
		return true;
	if (!ledger_list(k->ledger, &filter, each_row, &q))
		return false;
	if (!q.found) {
		if (!q.published || !is_judged(k, f, text_of(q.of)))
			return keeper_renumber(k, f);
		claim_unlink(f->region, f->seq);
		return false;
	}
	if (q.published)
		claim_unlink(f->region, f->seq);
	return false;
}

static void
on_claimed(void *arg, const struct claim_found *found)
{
	struct keeper *k = arg;
	struct claim_found f = *found;

	fault_at(FAULT_CLAIMED);
	if (f.again && !keeper_found_again(k, &f))
		return;
	if (k->at_given)
		f.received = k->at;
	if (!intake_add(k->intake, &f))
		arena_exhausted(); /* the claim is found again at the next start */
	keeper_fill(k);
}

static void
keeper_claim_more(int fd, short what, void *arg)
{
	struct keeper *k = arg;
	struct region *r;

	(void)fd;
	(void)what;
	k->numbers_out = false;
	TAILQ_FOREACH (r, inbox_regions(k->inbox), next)
		if (r->more && intake_room(k->intake, r))
			inbox_resume(r);
}

void
keeper_inbox_committed(struct keeper *k)
{
	const struct timeval at_once = { 0, 0 };

	if (k->numbers_out)
		(void)event_add(k->more, &at_once);
}

bool
keeper_inbox_new(struct keeper *k)
{
	k->more = evtimer_new(k->base, keeper_claim_more, k);
	return k->more != NULL;
}

static void
on_skipped(void *arg, const struct region *r, const struct entry *e)
{
	keeper_say(arg, EV_SKIPPED, &r->name, &e->name,
	    e->why != NULL ? e->why : "It is left where it is.");
}

static void
on_region(void *arg, const struct region *r, const char *what, bool good)
{
	struct event e;

	if (!good)
		log_warnx("%s", what);
	event_begin(&e, EV_REGION);
	e.severity = good ? LOG_NOTICE : LOG_WARNING;
	if (r != NULL)
		event_text(&e, "region", r->name);
	event_str(&e, "what", what);
	keeper_event(arg, &e);
}

struct wanted {
	struct text region;
	bool found;
};

static bool
is_of_another(void *arg, struct text region)
{
	const struct wanted *w = arg;

	return !text_equal(region, w->region);
}

static bool
each_unpublished(void *arg, const struct unpublished *u)
{
	struct wanted *w = arg;

	w->found = text_equal(u->region, w->region);
	return !w->found;
}

/* When publishing is in trouble nobody knows when it ends; then only what is not recorded counts. */
static bool
on_busy(void *arg, const struct region *r, bool patient)
{
	struct keeper *k = arg;
	struct wanted w = { .region = r->name };
	struct unpublished_query q = {
		.most = 1, .skip = is_of_another, .each = each_unpublished, .arg = &w
	};

	if (r->in_hand > 0)
		return true;
	return (patient || k->publishing[0] == '\0') && ledger_unpublished(k->ledger, &q) &&
	    w.found;
}

static void
on_rooted(void *arg)
{
	struct keeper *k = arg;

	publisher_rooted(k->publisher);
}

static void
on_overflow(void *arg)
{
	keeper_say(arg, EV_OVERFLOW, NULL, NULL,
	    "The kernel's queue of file events overflowed; every inbox is scanned.");
}

const struct inbox_calls keeper_inbox_calls = { on_next_seq, on_now, on_room, on_claimed,
	on_skipped, on_region, on_busy, on_rooted, on_overflow };
