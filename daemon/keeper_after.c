/*
 * What follows a commit: publishing, telling syslog, and the work of idle moments.
 *
 * Each does a bounded piece at a time, right after the commit and by a timer for what is left.  Both
 * work from the ledger alone: what is done twice after a crash says the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/keeper.h"
#include "daemon/log.h"

#define PUBLISH_MOST 50
#define TELL_MOST    500

static void keeper_tell(int, short, void *);

static void
after_ms(struct event *e, int ms)
{
	struct timeval after = { ms / 1000, (ms % 1000) * 1000 };

	(void)event_add(e, &after);
}

static int
keeper_region_dir(void *arg, struct text name)
{
	struct keeper *k = arg;
	struct region *r = inbox_region(k->inbox, name);

	return r != NULL && r->dir != -1 ? fcntl(r->dir, F_DUPFD_CLOEXEC, 5) : -1;
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

static void
keeper_publish(int fd, short what, void *arg)
{
	struct keeper *k = arg;
	int n, retry;

	(void)fd;
	(void)what;
	/* what is not committed may not be published; the commit comes here again */
	if (k->open)
		return;
	n = publish_some(k->publisher, k->ledger, PUBLISH_MOST);
	retry = publisher_retry_ms(k->publisher);
	if (n == -1)
		keeper_publishing(k, publisher_error(k->publisher));
	else if (retry == -1 && n >= 0)
		keeper_publishing(k, "");
	if (n >= PUBLISH_MOST)
		after_ms(k->publish, 0);
	else if (n == -1 || retry != -1)
		after_ms(k->publish, retry > 0 ? retry : 1000);
	if (n > 0)
		keeper_marks_eased(k);
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
	keeper_publish(-1, 0, k);
	after_ms(k->idle, 1000);
	control_notify(k->control);
	if (k->finishing && evaluators_pending(k->evaluators) == 0)
		after_ms(k->finish, 0);
}

void
keeper_drain(struct keeper *k)
{
	keeper_commit(k);
	while (!k->open && publish_some(k->publisher, k->ledger, PUBLISH_MOST) >= PUBLISH_MOST)
		;
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
	k->publisher = publisher_new(keeper_region_dir, k);
	k->sender =
	    syslog_new(k->config.syslog, (enum event_format)k->config.syslog_format, &origin);
	k->publish = evtimer_new(k->base, keeper_publish, k);
	k->tell = evtimer_new(k->base, keeper_tell, k);
	k->idle = evtimer_new(k->base, keeper_idle, k);
	k->status = event_new(k->base, -1, EV_PERSIST, keeper_status, k);
	if (k->publisher == NULL || k->sender == NULL || k->publish == NULL ||
	    k->tell == NULL || k->idle == NULL || k->status == NULL) {
		buf_str(why, "There is no memory to begin with.");
		return false;
	}
	keeper_status_every(k);
	return true;
}

void
keeper_after_free(struct keeper *k)
{
	struct event *events[] = { k->publish, k->tell, k->room, k->idle, k->status };
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	publisher_free(k->publisher);
	syslog_free(k->sender);
}
