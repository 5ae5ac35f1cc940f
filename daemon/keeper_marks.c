/*
 * High-water marks: when one is passed nothing more is taken in until it is left well behind.
 *
 * What is not taken in stays in the inboxes, so nothing is lost by waiting.  A mark begins and ends with
 * one event, and is a line in status meanwhile.  It ends an eighth away from where it begins, so that it
 * does not come and go with each file.
 *
 * The disks are looked at once a second; the counts, which are numbers in memory, each time.  A region
 * with a disk of its own is held back alone.
 *
 * What waits to be published has a lower limit as well, which nobody is told of: while publishing works,
 * judging waits for it, so that a lone file's report does not come behind those of a whole flood.
 */
#include <stdlib.h>
#include <sys/statvfs.h>

#include "daemon/keeper.h"
#include "daemon/log.h"

/* Verdicts on their way to the folders: some fifth of a second's worth. */
#define ON_THE_WAY 250

#define LOOK_EVERY INT64_C(1000000) /* us */

enum mark { MARK_STATE, MARK_ROOT, MARK_UNTOLD, MARK_UNPUBLISHED, MARKS };

struct marks {
	bool over[MARKS];
	int64_t looked;   /* monotonic us: at the disks */
	unsigned regions; /* that are held back */
	struct event *again;
};

static const char *const goes_on[MARKS] = {
	[MARK_STATE] = "There is room on the disk of the ledger again; intake goes on.",
	[MARK_ROOT] = "There is room on the disk of the regions again; intake goes on.",
	[MARK_UNTOLD] = "Syslog was told most of what waited; intake goes on.",
	[MARK_UNPUBLISHED] = "Most of what waited was published; intake goes on.",
};

static void
say_space(struct buf *b, const struct keeper *k, const char *where, const char *what)
{
	buf_printf(b, "Less than %lld MB (min_free) is free on the disk of ",
	    (long long)(k->config.min_free / 1000000));
	buf_safe(b, text_of(where));
	buf_printf(b, ", %s", what);
}

static void
say_mark(struct buf *b, const struct keeper *k, enum mark mark)
{
	uint64_t unpublished, untold;

	ledger_waiting(k->ledger, &unpublished, &untold);
	switch (mark) {
	case MARK_STATE:
		say_space(b, k, k->config.state, "where the ledger is: free some");
		break;
	case MARK_ROOT:
		say_space(b, k, k->config.root, "where the regions are: free some");
		break;
	case MARK_UNTOLD:
		buf_printf(b,
		    "%llu records wait to be told to syslog; untold_most is %lld. See that "
		    "syslog reads ",
		    (unsigned long long)untold, (long long)k->config.untold_most);
		buf_safe(b, text_of(k->config.syslog));
		break;
	default:
		buf_printf(b,
		    "%llu verdicts wait to be published; unpublished_most is %lld. See what "
		    "keeps the reports from being written",
		    (unsigned long long)unpublished, (long long)k->config.unpublished_most);
	}
	buf_str(b, ". Nothing is taken in until then: files wait in the inboxes.");
}

static void
say_region(struct buf *b, const struct keeper *k, const struct region *r)
{
	say_space(b, k, r->name.p,
	    "the region's own. Its files wait in the inbox until there is more.");
}

static void
mark_set(struct keeper *k, enum mark mark, bool over)
{
	struct buf b = { 0 };

	if (k->marks->over[mark] == over)
		return;
	k->marks->over[mark] = over;
	if (over)
		say_mark(&b, k, mark);
	else
		buf_str(&b, goes_on[mark]);
	buf_char(&b, '\0');
	if (!buf_failed(&b) && over) {
		log_warnx("%s", b.p);
		keeper_say(k, EV_HELD, NULL, NULL, b.p);
	} else if (!buf_failed(&b)) {
		log_info("%s", b.p);
		keeper_say_well(k, EV_HELD, b.p);
	}
	buf_free(&b);
}

/* An eighth more is wanted than what it began at. */
static bool
is_short(const struct keeper *k, const struct statvfs *s, bool was)
{
	int64_t least = k->config.min_free + (was ? k->config.min_free / 8 : 0);

	return (uint64_t)s->f_bavail * s->f_frsize < (uint64_t)least;
}

static bool
is_above(uint64_t n, int64_t most, bool was)
{
	return n > (uint64_t)(was ? most - most / 8 : most);
}

static void
region_set(struct keeper *k, struct region *r, bool over)
{
	struct buf b = { 0 };

	if (intake_is_stopped(k->intake, r) == over || !intake_stop(k->intake, r, over))
		return;
	if (over)
		say_region(&b, k, r);
	else
		buf_str(&b, "There is room on the disk of the region again; it is taken in.");
	buf_char(&b, '\0');
	if (!buf_failed(&b))
		keeper_say(k, EV_HELD, &r->name, NULL, b.p);
	buf_free(&b);
	if (!over)
		inbox_resume(r);
}

/* Regions on a disk that is neither the ledger's nor the root's. */
static void
look_at_regions(struct keeper *k, unsigned long state, unsigned long root)
{
	struct region *r;
	struct statvfs s;
	bool over;

	k->marks->regions = 0;
	TAILQ_FOREACH (r, inbox_regions(k->inbox), next) {
		if (r->silent)
			continue;
		over = r->dir != -1 && fstatvfs(r->dir, &s) == 0 && s.f_fsid != state &&
		    s.f_fsid != root && is_short(k, &s, intake_is_stopped(k->intake, r));
		region_set(k, r, over);
		k->marks->regions += over;
	}
}

static void
look_at_disks(struct keeper *k)
{
	struct marks *m = k->marks;
	struct statvfs state, root;
	int64_t now = intake_us();

	if (k->config.min_free == 0 || (m->looked != 0 && now - m->looked < LOOK_EVERY) ||
	    statvfs(k->config.state, &state) == -1 || statvfs(k->config.root, &root) == -1)
		return;
	m->looked = now;
	mark_set(k, MARK_STATE, is_short(k, &state, m->over[MARK_STATE]));
	/* one line for one disk */
	mark_set(k, MARK_ROOT,
	    root.f_fsid != state.f_fsid && is_short(k, &root, m->over[MARK_ROOT]));
	look_at_regions(k, state.f_fsid, root.f_fsid);
}

static void
again_in(struct keeper *k, int ms)
{
	struct timeval after = { ms / 1000, (ms % 1000) * 1000 };

	if (!event_pending(k->marks->again, EV_TIMEOUT, NULL))
		(void)event_add(k->marks->again, &after);
}

bool
keeper_marks_over(struct keeper *k)
{
	struct marks *m = k->marks;
	uint64_t unpublished, untold;
	bool over = false;
	int i;

	look_at_disks(k);
	ledger_waiting(k->ledger, &unpublished, &untold);
	mark_set(k, MARK_UNTOLD, is_above(untold, k->config.untold_most, m->over[MARK_UNTOLD]));
	mark_set(k, MARK_UNPUBLISHED,
	    is_above(unpublished, k->config.unpublished_most, m->over[MARK_UNPUBLISHED]));
	for (i = 0; i < MARKS; i++)
		over = over || m->over[i];
	if (over || m->regions > 0)
		again_in(k, 1000);
	return over;
}

bool
keeper_marks_wait(struct keeper *k)
{
	uint64_t unpublished, untold;

	if (keeper_marks_over(k))
		return true;
	ledger_waiting(k->ledger, &unpublished, &untold);
	if (k->publishing[0] != '\0' || unpublished <= ON_THE_WAY)
		return false;
	again_in(k, 20);
	return true;
}

void
keeper_marks_eased(struct keeper *k)
{
	if (event_pending(k->marks->again, EV_TIMEOUT, NULL))
		event_active(k->marks->again, EV_TIMEOUT, 0);
}

void
keeper_marks_each(struct keeper *k, void (*each)(void *, struct text sentence), void *arg)
{
	struct buf b = { 0 };
	struct region *r;
	int i;

	for (i = 0; i < MARKS; i++) {
		if (!k->marks->over[i])
			continue;
		buf_clear(&b);
		say_mark(&b, k, (enum mark)i);
		each(arg, buf_as_text(&b));
	}
	TAILQ_FOREACH (r, inbox_regions(k->inbox), next) {
		if (!intake_is_stopped(k->intake, r))
			continue;
		buf_clear(&b);
		say_region(&b, k, r);
		each(arg, buf_as_text(&b));
	}
	buf_free(&b);
}

bool
keeper_marks_well(const struct keeper *k)
{
	int i;

	for (i = 0; i < MARKS; i++)
		if (k->marks->over[i])
			return false;
	return k->marks->regions == 0;
}

static void
marks_again(int fd, short what, void *arg)
{
	struct keeper *k = arg;
	bool was = !keeper_marks_well(k);

	(void)fd;
	(void)what;
	if (!keeper_marks_over(k) && was && !k->paused) {
		inbox_scan(k->inbox);
		keeper_again_start(k);
	}
	keeper_fill(k);
}

bool
keeper_marks_new(struct keeper *k)
{
	k->marks = calloc(1, sizeof(*k->marks));
	if (k->marks == NULL)
		return false;
	k->marks->again = evtimer_new(k->base, marks_again, k);
	return k->marks->again != NULL;
}

void
keeper_marks_free(struct keeper *k)
{
	if (k->marks != NULL && k->marks->again != NULL)
		event_free(k->marks->again);
	free(k->marks);
	k->marks = NULL;
}
