/*
 * What goes in time, as `keep` and `keep_told` say: in small steps beside the work, a round at the start,
 * when they change, and then every ten minutes.  A round ends by looking for content files that a crash left behind.
 */
#include <stdlib.h>

#include "daemon/keeper.h"
#include "daemon/log.h"

#define STEP_LOOK 200 /* arrivals: some milliseconds */
#define STEP_MOST 25
#define STEP_TOLD 500
#define REST_MS   600000
#define WAIT_MS   5000
#define BUSY_MS   1000
#define IDLE_MS   20

struct prune {
	struct event *timer;
	int64_t after; /* arrivals up to this one were looked at in this round */
	int part;      /* of the content files; -1: not there yet */
	bool waits;    /* for syslog, or the end of a backup: the round goes on later */
	bool unswept;  /* a list of content files broke off in this round: said */
	uint64_t arrivals, bytes;
};

static void
prune_in(struct prune *p, int ms)
{
	struct timeval after = { ms / 1000, (ms % 1000) * 1000 };

	(void)event_add(p->timer, &after);
}

/* true: there is more. */
static bool
prune_told(struct keeper *k)
{
	uint32_t n = 0;

	return k->config.keep_told > 0 &&
	    ledger_prune_told(
		k->ledger, keeper_now_us() - k->config.keep_told * 1000, STEP_TOLD, &n) &&
	    n == STEP_TOLD;
}

/* true: there is more. */
static bool
prune_arrivals(struct keeper *k)
{
	struct prune *p = k->prune;
	struct prune_query q = { .before = keeper_now(k) - k->config.keep / 1000,
		.after = p->after,
		.again = keeper_again_seq(k),
		.look = STEP_LOOK,
		.most = STEP_MOST };
	struct prune_done done;

	if (k->config.keep == 0 || !ledger_prune(k->ledger, &q, &done))
		return false;
	p->after = done.after;
	p->arrivals += done.arrivals;
	p->bytes += done.bytes;
	p->waits = done.waits;
	return !done.end && !done.waits;
}

void
keeper_pruned(struct keeper *k, uint64_t arrivals, uint64_t bytes, const char *why)
{
	struct buf what = { 0 };

	if (arrivals == 0)
		return;
	buf_printf(&what,
	    "The bytes and reports of %llu arrivals (%llu bytes) were pruned, %s; their "
	    "verdicts stay.",
	    (unsigned long long)arrivals, (unsigned long long)bytes, why);
	log_info("%s", what.p != NULL ? what.p : "");
	keeper_say_well(k, EV_LEDGER, what.p != NULL ? what.p : "Arrivals were pruned.");
	buf_free(&what);
}

/* A list that breaks off is for the next round: what a crash left there does no harm meanwhile. */
static void
prune_sweep(struct keeper *k)
{
	struct prune *p = k->prune;

	if (ledger_sweep(k->ledger, (uint8_t)p->part) || p->unswept)
		return;
	p->unswept = true;
	log_warn("%s/content/%02x could not be listed whole; what a crash left there is looked "
		 "for again in the next round",
	    k->config.state, (unsigned)p->part);
}

/* One step of a round; true: the round goes on. */
static bool
prune_step(struct keeper *k)
{
	struct prune *p = k->prune;
	bool told, arrivals;

	if (p->part >= 0) {
		prune_sweep(k);
		return ++p->part < 256;
	}
	told = prune_told(k);
	arrivals = prune_arrivals(k);
	if (!told && !arrivals && !p->waits)
		p->part = 0;
	return !p->waits;
}

static void
keeper_prune_tick(int fd, short what, void *arg)
{
	struct keeper *k = arg;
	struct prune *p = k->prune;

	(void)fd;
	(void)what;
	keeper_commit(k);
	if (k->trouble[0] == '\0' && prune_step(k)) {
		prune_in(p, evaluators_pending(k->evaluators) > 0 ? BUSY_MS : IDLE_MS);
		return;
	}
	if (p->waits) {
		prune_in(p, WAIT_MS);
		return;
	}
	keeper_pruned(k, p->arrivals, p->bytes, "as `keep` says");
	*p = (struct prune){ .timer = p->timer, .part = -1 };
	prune_in(p, REST_MS);
}

bool
keeper_prune_new(struct keeper *k)
{
	struct prune *p = calloc(1, sizeof(*p));

	k->prune = p;
	if (p == NULL || (p->timer = evtimer_new(k->base, keeper_prune_tick, k)) == NULL)
		return false;
	p->part = -1;
	prune_in(p, BUSY_MS);
	return true;
}

void
keeper_prune_anew(struct keeper *k)
{
	struct prune *p = k->prune;

	p->after = 0;
	p->part = -1;
	p->waits = false;
	p->unswept = false;
	prune_in(p, BUSY_MS);
}

void
keeper_prune_free(struct keeper *k)
{
	if (k->prune != NULL && k->prune->timer != NULL)
		event_free(k->prune->timer);
	free(k->prune);
	k->prune = NULL;
}
