/*
 * What the publisher is given, and in which order.
 *
 * Each verdict that is recorded goes into a bundle (sealed memory), which is sent when its transaction is
 * committed and the publisher has nothing in hand: one message at a time, so that no revision overtakes
 * another, with all that came together meanwhile, so that under load a sync is shared by more.
 *
 * What is not in a bundle is in the ledger, and is read from there, after commits, when no transaction
 * is open:
 *
 *  - everything, when we are behind: at the start, and when more waits than may be kept.  Then nothing is
 *    kept until a reading has found the end.
 *  - regions in trouble: nothing of them is kept while they wait.  A region is let go when a reading has
 *    found its end and nothing of it was recorded since.
 *
 * Done means written, synced and its claim removed; the keeper marks it in its next transaction.  What was
 * sent and not answered, because the publisher died, is sent again as it was.
 */
#include "daemon/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/publish_private.h"

#define KEEP_BYTES (32u << 20)
#define READ_MOST  100
#define READ_BYTES (8u << 20)

/* --- what is recorded --- */

void
publisher_recorded(struct publisher *p, const struct unpublished *u)
{
	uint64_t size = u->bytes.n + u->json.n + u->html.n;
	struct stuck *s = publish_find_stuck(p, u->region);

	if (s != NULL) {
		s->missed = true;
		return;
	}
	if (p->behind || p->lost)
		return;
	if (p->bytes + size <= p->options.keep && bundle_add(p, &p->open, u))
		return;
	/* all or nothing of a transaction, so that order is kept */
	p->lost = true;
	bundles_free(p, &p->open);
}

void
publisher_committed(struct publisher *p)
{
	if (p->lost)
		p->behind = true;
	p->lost = false;
	if (p->behind)
		bundles_free(p, &p->open);
	else
		TAILQ_CONCAT(&p->ready, &p->open, next);
}

void
publisher_rolled_back(struct publisher *p)
{
	p->lost = false;
	bundles_free(p, &p->open);
}

/* --- what the ledger has --- */

struct reading {
	struct publisher *p;
	bool all;     /* every region that does not wait; else those alone that did */
	bool stopped; /* enough */
	uint32_t given;
	size_t bytes;
};

/* Regions to leave out of this reading. */
static bool
reading_skips(void *arg, struct text region)
{
	struct reading *r = arg;
	struct stuck *s = publish_find_stuck(r->p, region);

	return s == NULL ? !r->all : s->until > publish_now_ms();
}

static bool
reading_each(void *arg, const struct unpublished *u)
{
	struct reading *r = arg;
	size_t size = u->bytes.n + u->json.n + u->html.n;
	struct stuck *s = publish_find_stuck(r->p, u->region);

	if (publish_is_damaged(r->p, u->row))
		return true;
	if (u->damaged != NULL) {
		publish_damaged(r->p, u);
		return true;
	}
	if (r->given > 0 && r->bytes + size > READ_BYTES) {
		r->stopped = true;
		return false;
	}
	if (!bundle_add(r->p, &r->p->hand, u)) {
		r->stopped = true;
		return false;
	}
	if (s != NULL)
		s->given = true;
	r->given++;
	r->bytes += size;
	r->stopped = r->given >= READ_MOST;
	return !r->stopped;
}

/* A reading that found the end: what waited and has nothing more there is well. */
static void
reading_ended(struct publisher *p, bool all)
{
	struct stuck *s, *next;

	if (all)
		p->behind = false;
	for (s = p->stuck; s != NULL; s = next) {
		next = s->next;
		if (s->until <= publish_now_ms() && !s->given && !s->missed)
			publish_let_go(p, text_of(s->region));
	}
}

static void
reading_failed(struct publisher *p, struct ledger *l)
{
	free(p->damaged_sentence);
	p->damaged_sentence = strdup(ledger_error(l));
	p->damaged_until = publish_now_ms() + 1000;
	p->unread = p->behind = true;
	bundles_free(p, &p->hand);
}

/* Into the hand, from the ledger. */
static void
read_ledger(struct publisher *p, struct ledger *l)
{
	struct reading r = { .p = p, .all = p->behind && TAILQ_EMPTY(&p->ready) };
	struct unpublished_query query = {
		.most = UINT32_MAX, .skip = reading_skips, .each = reading_each, .arg = &r
	};

	for (struct stuck *s = p->stuck; s != NULL; s = s->next)
		s->given = s->missed = false;
	p->unread = false;
	if (!ledger_unpublished(l, &query) || (r.stopped && r.given == 0)) {
		reading_failed(p, l);
		return;
	}
	p->passed = true;
	p->exhausted = !r.stopped;
	if (p->exhausted)
		reading_ended(p, r.all);
	if (p->exhausted && r.all && p->n_damaged == 0) {
		free(p->damaged_sentence);
		p->damaged_sentence = NULL;
	}
}

/* --- sending --- */

/* As many bundles as a message has room for, but for what is left to the ledger. */
static void
take_ready(struct publisher *p)
{
	struct bundle *b;
	unsigned n = 0;

	while (n < PUBLISH_TOGETHER && (b = TAILQ_FIRST(&p->ready)) != NULL) {
		TAILQ_REMOVE(&p->ready, b, next);
		TAILQ_INSERT_TAIL(&p->hand, b, next);
		if (bundle_left(b) > 0)
			n++;
		else
			bundle_drop(p, &p->hand, b);
	}
	p->passed = false;
}

void
publish_leave_to_ledger(struct publisher *p)
{
	bundles_free(p, &p->hand);
	bundles_free(p, &p->ready);
	p->lost = p->behind = true;
}

/* Without its index nothing of this can be sent: it is read from the ledger. */
static bool
seal_hand(struct publisher *p)
{
	struct bundle *b;

	TAILQ_FOREACH (b, &p->hand, next)
		if (!bundle_seal(p, b)) {
			publish_leave_to_ledger(p);
			return false;
		}
	return !TAILQ_EMPTY(&p->hand);
}

/* Damaged rows are all tried again at once. */
static void
damaged_again(struct publisher *p)
{
	if (p->n_damaged == 0 || p->damaged_until > publish_now_ms())
		return;
	p->n_damaged = 0;
	p->behind = true;
}

static bool
wants_ledger(struct publisher *p)
{
	if (p->unread && p->damaged_until > publish_now_ms())
		return false;
	damaged_again(p);
	return (p->behind && TAILQ_EMPTY(&p->ready)) ||
	    (publish_is_due(p) && (!p->passed || TAILQ_EMPTY(&p->ready)));
}

void
publisher_send(struct publisher *p, struct ledger *l)
{
	while (!p->in_hand) {
		if (wants_ledger(p)) {
			/* it comes when nothing is open; what waits in memory does not overtake it for ever */
			if (l == NULL || p->n_done > 0)
				break;
			read_ledger(p, l);
		} else if (!TAILQ_EMPTY(&p->ready)) {
			take_ready(p);
		} else {
			break;
		}
		if (!TAILQ_EMPTY(&p->hand) && seal_hand(p)) {
			p->in_hand = true;
			p->number++;
			p->sent = publish_now_ms();
			host_publisher_send(p);
		}
	}
	host_publisher_arm(p);
}

size_t
publisher_done(const struct publisher *p, const int64_t **rows)
{
	*rows = p->done;
	return p->n_done;
}

void
publisher_marked(struct publisher *p, size_t n)
{
	if (n == 0)
		return;
	p->n_done -= n;
	memmove(p->done, p->done + n, p->n_done * sizeof(*p->done));
}

/* --- what is wrong --- */

static void
add_sentence(struct buf *b, const char *sentence)
{
	if (sentence == NULL)
		return;
	if (b->n > 0)
		buf_char(b, ' ');
	buf_str(b, sentence);
}

const char *
publisher_trouble(struct publisher *p)
{
	buf_clear(&p->trouble);
	host_publisher_trouble(p, &p->trouble);
	add_sentence(&p->trouble, p->damaged_sentence);
	for (const struct stuck *s = p->stuck; s != NULL; s = s->next)
		add_sentence(&p->trouble, s->sentence);
	return p->trouble.n > 0 && p->trouble.p != NULL ? p->trouble.p : "";
}

/* --- beginning and end --- */

static bool
open_places(struct publisher *p, const struct publisher_options *o, struct buf *why)
{
	char *path = NULL;

	p->root = open(o->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (p->root == -1) {
		buf_printf(why, "The root folder %s could not be opened: %s.", o->root,
		    strerror(errno));
		return false;
	}
	if (asprintf(&path, "%s/publisher.lock", o->state) != -1)
		p->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (p->lock == -1)
		buf_printf(why, "%s/publisher.lock could not be opened: %s.", o->state,
		    strerror(errno));
	free(path);
	return p->lock != -1;
}

struct publisher *
publisher_new(struct event_base *base, const struct publisher_options *options,
    const struct publisher_calls *calls, void *arg, struct buf *why)
{
	struct publisher *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		buf_str(why, "There is no memory to begin with.");
		return NULL;
	}
	p->base = base;
	p->options = *options;
	if (p->options.keep == 0)
		p->options.keep = KEEP_BYTES;
	p->calls = *calls;
	p->arg = arg;
	p->root = p->lock = p->fd = p->progress_fd = p->pid = -1;
	TAILQ_INIT(&p->open);
	TAILQ_INIT(&p->ready);
	TAILQ_INIT(&p->hand);
	p->behind = true; /* of an earlier life, perhaps */
	if (open_places(p, options, why) && host_publisher_start(p))
		return p;
	if (why->n == 0)
		buf_printf(why, "The process that publishes could not be started: %s.",
		    strerror(errno));
	publisher_free(p);
	return NULL;
}

void
publisher_free(struct publisher *p)
{
	if (p == NULL)
		return;
	host_publisher_end(p);
	bundles_free(p, &p->open);
	bundles_free(p, &p->ready);
	bundles_free(p, &p->hand);
	publish_stuck_free(p);
	free(p->done);
	if (p->root != -1)
		(void)close(p->root);
	if (p->lock != -1)
		(void)close(p->lock);
	buf_free(&p->trouble);
	free(p);
}
