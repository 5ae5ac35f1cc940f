/*
 * What the service manager is told, and whether we get on.
 *
 * The watchdog is fed by a timer of the loop, so a loop that hangs starves it; but a loop that turns is
 * not enough.  Before each feeding it is looked whether
 *
 *  - the ledger answers a question (or its trouble is known, said, and waited out),
 *  - everybody who judges has a deadline that will end him,
 *  - judging gets on: while something is being judged, an answer comes within the time that an evaluator
 *    and a second one, alone, may take.
 *
 * A publisher that hangs does not count: it is a process of its own so that a folder that hangs (a network,
 * a dying disk) holds up nothing else, starting the keeper anew would not free it, and what it waits for is
 * in `poolctl status`.  So is trouble with the ledger's disk, which the keeper waits out.
 *
 * What does not hold is said, and the watchdog not fed: the manager kills us and starts us anew, and the
 * ledger and the claims know the rest.  Intervals are monotonic; no step of the clock feeds or starves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/keeper.h"
#include "daemon/log.h"
#include "daemon/notify.h"

#define STATUS_MS 5000
/* Opening a ledger after a crash reads its log; nothing here can tell how far it is. */
#define OPEN_MS (30 * 60 * 1000)
/* More than evaluators_runner.c waits for an end to be reported, twice, and for a busy machine. */
#define SLACK_MS 30000

struct health {
	struct event *timer;
	int64_t watchdog_ms; /* 0: only status is told */
	uint64_t answers;    /* when it was looked at last */
	int64_t since;       /* monotonic ms: they changed, or nothing was to be judged */
	bool ready, loading;
	const char *trouble; /* why we do not get on, when it was looked at last; NULL: we do */
	char status[400];
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* NULL: all is well. */
static const char *
health_trouble(struct keeper *k, struct health *h)
{
	char id[32];

	if (k->trouble[0] == '\0' && !k->paused &&
	    !ledger_identical(k->ledger, TEXT_NONE, TEXT(""), id))
		return "the ledger does not answer";
	if (evaluators_unguarded(k->evaluators))
		return "a return is being judged without a deadline";
	if (h->answers != k->answers || evaluators_pending(k->evaluators) == 0 ||
	    !evaluators_ready(k->evaluators)) {
		h->answers = k->answers;
		h->since = now_ms();
	}
	if (now_ms() - h->since > 2 * k->config.wall + SLACK_MS)
		return "judging does not get on";
	return NULL;
}

static void
put_rulebook(const struct keeper *k, struct buf *b)
{
	if (!evaluators_ready(k->evaluators)) {
		buf_str(b,
		    !k->refused         ? "no rulebook yet"
			: k->not_loaded ? "no rulebook: it could not be loaded and is tried "
					  "again, and what arrives waits"
					: "no rulebook: it was refused, and what arrives "
					  "waits");
		return;
	}
	buf_printf(b, "rulebook %.*s since ", 12, k->rulebook.digest.p);
	time_format(b, k->rulebook_since);
	if (k->refused)
		buf_printf(b, "; a newer one %s: poolctl status",
		    k->not_loaded ? "could not be loaded, and is tried again" : "was refused");
}

/* "412 judged, 3 waiting, rulebook 3f2a since …" */
static void
put_status(const struct keeper *k, struct buf *b)
{
	if (k->finishing)
		buf_str(b, "finishing; ");
	buf_printf(b, "%llu judged, %u waiting, ", (unsigned long long)k->judged,
	    intake_waiting(k->intake, NULL) + evaluators_pending(k->evaluators));
	put_rulebook(k, b);
	if (k->trouble[0] != '\0')
		buf_printf(b, "; %s", k->trouble);
	if (k->health->trouble != NULL)
		buf_printf(b, "; does not get on: %s", k->health->trouble);
}

/* Lines of state, with STATUS= when that is another than before. */
static void
health_tell(struct keeper *k, const char *lines)
{
	struct health *h = k->health;
	struct buf status = { 0 }, message = { 0 };
	bool changed;

	put_status(k, &status);
	changed =
	    !buf_failed(&status) && strncmp(status.p, h->status, sizeof(h->status) - 1) != 0;
	buf_str(&message, lines);
	if (changed) {
		(void)snprintf(h->status, sizeof(h->status), "%s", status.p);
		buf_printf(&message, "%sSTATUS=", *lines != '\0' ? "\n" : "");
		buf_safe(&message, text_of(h->status));
	}
	if (message.n > 0 && !buf_failed(&message))
		notify_systemd(message.p);
	buf_free(&status);
	buf_free(&message);
}

static void
health_look(int fd, short what, void *arg)
{
	struct keeper *k = arg;
	struct health *h = k->health;
	const char *trouble;

	(void)fd;
	(void)what;
	if (!h->ready || h->watchdog_ms == 0) {
		health_tell(k, "");
		return;
	}
	trouble = health_trouble(k, h);
	if (trouble != NULL && h->trouble == NULL)
		log_warnx("poold does not get on: %s; the watchdog is no longer told that it "
			  "does",
		    trouble);
	else if (trouble == NULL && h->trouble != NULL)
		log_info("poold gets on again");
	h->trouble = trouble;
	health_tell(k, trouble == NULL ? "WATCHDOG=1" : "");
}

const char *
keeper_health_trouble(const struct keeper *k)
{
	return k->health != NULL ? k->health->trouble : NULL;
}

bool
keeper_health_new(struct keeper *k, struct buf *why)
{
	struct health *h;
	int64_t ms;
	struct timeval every;
	char line[80];

	if (!notify_wanted())
		return true;
	if ((h = calloc(1, sizeof(*h))) == NULL ||
	    (h->timer = event_new(k->base, -1, EV_PERSIST, health_look, k)) == NULL) {
		free(h);
		buf_str(why, "There is no memory to begin with.");
		return false;
	}
	k->health = h;
	h->watchdog_ms = notify_watchdog_ms();
	h->since = now_ms();
	ms = h->watchdog_ms > 0 && h->watchdog_ms / 3 < STATUS_MS ? h->watchdog_ms / 3
								  : STATUS_MS;
	every = (struct timeval){ ms / 1000, (ms % 1000) * 1000 };
	(void)event_add(h->timer, &every);
	(void)snprintf(line, sizeof(line),
	    "STATUS=opening the ledger\nEXTEND_TIMEOUT_USEC=%lld", OPEN_MS * 1000LL);
	notify_systemd(line);
	return true;
}

void
keeper_health_free(struct keeper *k)
{
	if (k->health == NULL)
		return;
	event_free(k->health->timer);
	free(k->health);
	k->health = NULL;
}

void
keeper_health_loading(struct keeper *k)
{
	struct health *h = k->health;
	struct timespec ts;
	char line[120];

	if (h == NULL)
		return;
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	if (!h->ready)
		(void)snprintf(line, sizeof(line),
		    "STATUS=loading the policies\nEXTEND_TIMEOUT_USEC=%lld",
		    (long long)(k->config.load + SLACK_MS) * 1000);
	else
		(void)snprintf(line, sizeof(line), "RELOADING=1\nMONOTONIC_USEC=%lld%06ld",
		    (long long)ts.tv_sec, ts.tv_nsec / 1000);
	h->loading = true;
	notify_systemd(line);
}

void
keeper_health_loaded(struct keeper *k)
{
	struct health *h = k->health;

	if (h == NULL || (h->ready && !h->loading))
		return;
	h->ready = true;
	h->loading = false;
	health_tell(k, "READY=1");
}

void
keeper_health_stopping(struct keeper *k)
{
	char line[80];

	if (k->health == NULL)
		return;
	(void)snprintf(line, sizeof(line), "STOPPING=1\nEXTEND_TIMEOUT_USEC=%lld",
	    (long long)(k->config.wall + SLACK_MS) * 1000);
	health_tell(k, line);
}
