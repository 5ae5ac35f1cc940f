/*
 * What follows a commit: publishing, telling syslog, and the work of idle moments.
 *
 * Each does a bounded piece at a time, right after the commit and by a timer for what is left.  What the
 * publisher is given is kept in memory until then, or read from the ledger (publish.c), and syslog is told
 * from the ledger alone: what is done twice after a crash says the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/keeper.h"
#include "daemon/log.h"

#define TELL_MOST 500
/*
 * Milliseconds without a commit, after which there is time for idle work; the shorter one where much has come
 * together, so that a file now and then does not add up to a long stop in the commit of one of them.
 */
#define QUIET      1000
#define QUIET_SOON 20
/* At the end: so long for what is to be published, in steps (milliseconds). */
#define DRAIN_MOST 5000
#define DRAIN_STEP 200

static void keeper_tell(int, short, void *);

static void
after_ms(struct event *e, int ms)
{
	struct timeval after = { ms / 1000, (ms % 1000) * 1000 };

	(void)event_add(e, &after);
}

/* Trouble is told when it begins or is another, and when it has ended. */
static void
keeper_publishing(struct keeper *k, const char *trouble)
{
	if (strncmp(k->publishing, trouble, sizeof(k->publishing) - 1) == 0)
		return;
	(void)snprintf(k->publishing, sizeof(k->publishing), "%s", trouble);
	if (*trouble != '\0') {
		log_warnx("%s", trouble);
		keeper_say(k, EV_PUBLISH, NULL, NULL, trouble);
	} else {
		log_info("publishing works again");
		keeper_say_well(k, EV_PUBLISH, "Publishing works again.");
	}
}

/* The ledger is read only when nothing is open: what is not committed may not be published. */
static void
keeper_publish(void *arg)
{
	struct keeper *k = arg;
	const int64_t *rows;

	publisher_send(k->publisher, k->open ? NULL : k->ledger);
	/* rows that are done are marked in the transaction that is open, or in one of their own */
	if (publisher_done(k->publisher, &rows) > 0 && !k->paused)
		(void)keeper_begin(k);
	keeper_publishing(k, publisher_trouble(k->publisher));
}

bool
keeper_mark(struct keeper *k, size_t *n)
{
	const int64_t *rows;

	*n = publisher_done(k->publisher, &rows);
	return ledger_mark_published(k->ledger, rows, *n);
}

/* Wait for the reader of a full queue to read, instead of asking again and again. */
static bool
keeper_tell_when_read(struct keeper *k, int fd)
{
	const struct timeval most = { 1, 0 }; /* or the reader is another one by now */

	k->room = event_new(k->base, fd, EV_WRITE, keeper_tell, k);
	return k->room != NULL && event_add(k->room, &most) == 0;
}

static void
keeper_tell(int fd, short what, void *arg)
{
	struct keeper *k = arg;
	int ms;

	(void)fd;
	(void)what;
	/* the sender may close its socket: nothing may wait for it then */
	if (k->room != NULL)
		event_free(k->room);
	k->room = NULL;
	/* the outbox gives only what is committed */
	ms = syslog_some(k->sender, k->ledger, TELL_MOST);
	fd = syslog_full(k->sender);
	if (ms > 0 && (fd == -1 || !keeper_tell_when_read(k, fd)))
		after_ms(k->tell, ms);
}

void
keeper_tell_now(struct keeper *k)
{
	keeper_tell(-1, 0, k);
}

static bool
each_untold(void *arg, const struct outbox_row *row)
{
	*(int64_t *)arg = row->when_us;
	return false;
}

instant
keeper_untold_since(struct keeper *k)
{
	int64_t when_us = 0;

	(void)ledger_outbox(k->ledger, ledger_told(k->ledger), 1, each_untold, &when_us);
	return when_us / 1000000;
}

static int64_t
untold_age(struct keeper *k)
{
	instant since = keeper_untold_since(k);
	int64_t age = (int64_t)time(NULL) - since;

	return since != 0 && age > 0 ? age : 0;
}

static void
keeper_idle(int fd, short what, void *arg)
{
	struct keeper *k = arg;

	(void)fd;
	(void)what;
	if (!k->open && evaluators_pending(k->evaluators) == 0)
		ledger_idle(k->ledger);
}

static void
keeper_status(int fd, short what, void *arg)
{
	struct keeper *k = arg;
	struct ledger_counts counts;
	struct event e;

	(void)fd;
	(void)what;
	keeper_remind(k);
	if (!ledger_count(k->ledger, &counts))
		return;
	event_begin(&e, EV_STATUS);
	event_int(&e, "arrivals", (int64_t)counts.arrivals);
	event_int(&e, "waiting", intake_waiting(k->intake, NULL));
	event_int(&e, "unpublished", (int64_t)counts.unpublished);
	event_int(&e, "untold", (int64_t)counts.untold);
	event_int(&e, "untold_age", untold_age(k));
	event_text(&e, "rulebook", k->rulebook.digest);
	keeper_event(k, &e);
}

void
keeper_after_commit(struct keeper *k)
{
	/*
	 * Here and now, syslog first: as events of their own they would come after the next results have
	 * opened the next transaction, and under load never.
	 */
	keeper_tell(-1, 0, k);
	keeper_publish(k);
	after_ms(k->idle, ledger_wants_idle(k->ledger) ? QUIET_SOON : QUIET);
	control_notify(k->control);
	if (k->finishing && evaluators_pending(k->evaluators) == 0)
		after_ms(k->finish, 0);
}

/* What can be published is, within a bound: a folder that hangs must not keep us. */
static void
keeper_drain_publisher(struct keeper *k)
{
	int64_t until = keeper_now_us() / 1000 + DRAIN_MOST;
	struct publisher_state s;

	do {
		publisher_send(k->publisher, k->open ? NULL : k->ledger);
		publisher_look(k->publisher, &s);
		if (s.in_hand > 0)
			(void)publisher_wait(k->publisher, DRAIN_STEP);
		keeper_commit(k);
		publisher_look(k->publisher, &s);
	} while (s.in_hand > 0 && keeper_now_us() / 1000 < until);
}

void
keeper_drain(struct keeper *k)
{
	keeper_commit(k);
	keeper_drain_publisher(k);
	while (syslog_some(k->sender, k->ledger, TELL_MOST) == 1)
		;
	ledger_idle(k->ledger);
}

void
keeper_status_every(struct keeper *k)
{
	struct timeval every = { k->config.status / 1000, (k->config.status % 1000) * 1000 };

	(void)event_add(k->status, &every);
}

/* A region that is leaving its folder has its reports there, whatever the folder is called now. */
static bool
keeper_folder(void *arg, struct text region, char name[256])
{
	struct keeper *k = arg;
	const struct region *r = k->inbox != NULL ? inbox_region(k->inbox, region) : NULL;

	return r != NULL && inbox_folder_left(r, name);
}

static struct publisher *
keeper_publisher(struct keeper *k, struct buf *why)
{
	static const struct publisher_calls calls = { keeper_publish, keeper_folder };
	struct publisher_options o = {
		.root = k->config.root, .state = k->config.state, .exec = true
	};

	return publisher_new(k->base, &o, &calls, k, why);
}

bool
keeper_after_new(struct keeper *k, struct buf *why)
{
	char host[256] = "localhost";
	struct event_origin origin = {
		.app = TEXT("poold"), .pid = getpid(), .facility = (uint8_t)k->config.facility
	};

	if (*k->config.hostname == '\0') {
		(void)gethostname(host, sizeof(host) - 1);
		origin.hostname = text_of(host);
	} else
		origin.hostname = text_of(k->config.hostname);
	if ((k->publisher = keeper_publisher(k, why)) == NULL)
		return false;
	k->sender =
	    syslog_new(k->config.syslog, (enum event_format)k->config.syslog_format, &origin);
	k->tell = evtimer_new(k->base, keeper_tell, k);
	k->idle = evtimer_new(k->base, keeper_idle, k);
	k->status = event_new(k->base, -1, EV_PERSIST, keeper_status, k);
	if (k->sender == NULL || k->tell == NULL || k->idle == NULL || k->status == NULL) {
		buf_str(why, "There is no memory to begin with.");
		return false;
	}
	keeper_status_every(k);
	return true;
}

void
keeper_after_free(struct keeper *k)
{
	struct event *events[] = { k->tell, k->room, k->idle, k->status };
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	publisher_free(k->publisher);
	syslog_free(k->sender);
}
