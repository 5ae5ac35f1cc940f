/*
 * A region whose folder does not answer (its file server hangs, its disk dies) is set aside, so that the
 * reports of the others go on: the publisher is killed, another has what the ledger has of the others,
 * and the region is tried again now and then, and at once when the call that hung comes back.
 *
 * A process inside such a call may live on until the call ends.  It writes nothing more then, and what it
 * was about to write is held back by its lock on the region (publisher_batch.c).
 *
 * A slow disk looks the same.  So each time in a row a region is given longer, and waits twelve times as
 * long as that: it costs the others a thirteenth of the time at most, and gets through in the end.
 */
#include "daemon/publish_private.h"

#define HUNG_FIRST 5000 /* ms */
#define HUNG_LAST  60000
#define TIMES_OFF  12
#define LOOK_AGAIN 1000

static int64_t
patience(struct publisher *p, struct text region)
{
	const struct stuck *s = publish_find_stuck(p, region);
	unsigned hung = s != NULL ? s->hung : 0;

	return hung >= 4 ? HUNG_LAST : HUNG_FIRST << hung;
}

static bool
has_others(const struct bundles *list, struct text region)
{
	const struct bundle *b;

	TAILQ_FOREACH (b, list, next)
		for (uint32_t i = 0; i < b->n; i++)
			if (!b->items[i].skip &&
			    !text_equal(bundle_region(b, &b->items[i]), region))
				return true;
	return false;
}

/* Would anybody gain by it? */
static bool
others_wait(const struct publisher *p, struct text region)
{
	return p->behind || has_others(&p->hand, region) || has_others(&p->ready, region);
}

static bool
is_at_work(const struct publisher *p)
{
	return p->in_hand && p->fd != -1 && p->ready_to_work;
}

int64_t
publish_hung_next(const struct publisher *p)
{
	int64_t since = p->seen_at > p->sent ? p->seen_at : p->sent;
	int64_t left = since + HUNG_FIRST - publish_now_ms();

	if (!is_at_work(p))
		return -1;
	return left > 0 && left < LOOK_AGAIN ? left : LOOK_AGAIN;
}

static void
set_aside(struct publisher *p, struct text region)
{
	struct buf sentence = { 0 };
	struct stuck *s;
	int64_t ms = patience(p, region);

	buf_printf(&sentence, "Publishing to %s/", p->options.root);
	buf_safe(&sentence, region);
	buf_str(&sentence,
	    " is set aside, since its disk or file server does not answer: its reports wait "
	    "until "
	    "it does, and those of the other regions go on.");
	publish_hold_back(p, region, buf_as_text(&sentence));
	buf_free(&sentence);
	if ((s = publish_find_stuck(p, region)) != NULL) {
		s->hung++;
		s->until = publish_now_ms() + TIMES_OFF * ms;
	}
	publish_leave_to_ledger(p); /* region points into what is freed here */
	p->in_hand = false;
	host_publisher_lost(p, "a region's folder does not answer");
}

void
publish_hung_look(struct publisher *p)
{
	int64_t now = publish_now_ms();
	struct text region;
	uint32_t at;

	if (!is_at_work(p))
		return;
	at = atomic_load(&p->progress->item);
	if (at != p->seen || p->seen_at < p->sent) {
		/* at the first item it has been since it was sent; when it came to another is not known */
		p->seen_at = p->seen_at < p->sent && at <= 1 ? p->sent : now;
		p->seen = at;
	}
	region = host_publisher_region(p);
	if (region.n > 0 && now - p->seen_at >= patience(p, region) && others_wait(p, region))
		set_aside(p, region);
}

void
publish_hung_again(struct publisher *p)
{
	for (struct stuck *s = p->stuck; s != NULL; s = s->next)
		if (s->hung > 0)
			s->until = publish_now_ms();
}
