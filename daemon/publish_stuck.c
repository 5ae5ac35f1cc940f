/*
 * Regions in which something failed: each waits by itself, and is then read from the ledger until it has
 * caught up.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/publish_private.h"

#define RETRY_FIRST   1000
#define RETRY_LAST    30000
#define DAMAGED_RETRY 30000
#define DAMAGED_MOST  1000

int64_t
publish_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
stuck_free(struct stuck *s)
{
	if (s == NULL)
		return;
	free(s->region);
	free(s->sentence);
	free(s);
}

static struct stuck **
place(struct publisher *p, struct text region)
{
	struct stuck **at = &p->stuck;

	while (*at != NULL && !text_is(region, (*at)->region))
		at = &(*at)->next;
	return at;
}

struct stuck *
publish_find_stuck(struct publisher *p, struct text region)
{
	return p->stuck != NULL ? *place(p, region) : NULL;
}

/* What is on its way of the region is left to the ledger: it must not overtake what failed. */
static void
skip_region(struct bundles *list, struct text region)
{
	struct bundle *b;

	TAILQ_FOREACH (b, list, next)
		for (uint32_t i = 0; i < b->n; i++)
			if (text_equal(bundle_region(b, &b->items[i]), region))
				b->items[i].skip = true;
}

void
publish_hold_back(struct publisher *p, struct text region, struct text sentence)
{
	struct stuck *s = publish_find_stuck(p, region);

	skip_region(&p->ready, region);
	skip_region(&p->open, region);
	if (s == NULL) {
		if ((s = calloc(1, sizeof(*s))) == NULL ||
		    (s->region = strndup(region.p, region.n)) == NULL) {
			/* then everything waits for the ledger */
			stuck_free(s);
			p->behind = true;
			return;
		}
		s->next = p->stuck;
		p->stuck = s;
	}
	s->missed = true;
	s->delay = s->delay == 0 ? RETRY_FIRST : 2 * s->delay;
	if (s->delay > RETRY_LAST)
		s->delay = RETRY_LAST;
	s->until = publish_now_ms() + s->delay;
	if (sentence.n > 0) {
		free(s->sentence);
		s->sentence = strndup(sentence.p, sentence.n);
	}
}

void
publish_let_go(struct publisher *p, struct text region)
{
	struct stuck **at = place(p, region), *s = *at;

	if (s == NULL)
		return;
	*at = s->next;
	stuck_free(s);
}

void
publish_stuck_free(struct publisher *p)
{
	while (p->stuck != NULL)
		publish_let_go(p, text_of(p->stuck->region));
	free(p->damaged);
	free(p->damaged_sentence);
}

int
publisher_retry_ms(const struct publisher *p)
{
	int64_t now = publish_now_ms(), least = -1;

	for (const struct stuck *s = p->stuck; s != NULL; s = s->next) {
		int64_t left = s->until > now ? s->until - now : 0;

		if (least == -1 || left < least)
			least = left;
	}
	if ((p->n_damaged > 0 || p->unread) && (least == -1 || p->damaged_until - now < least))
		least = p->damaged_until > now ? p->damaged_until - now : 0;
	return (int)least;
}

bool
publish_is_held(void *arg, struct text region)
{
	struct stuck *s = publish_find_stuck(arg, region);

	return s != NULL && s->until > publish_now_ms();
}

bool
publish_is_due(const struct publisher *p)
{
	return publisher_retry_ms(p) == 0;
}

/* --- rows that cannot be read --- */

void
publish_damaged(struct publisher *p, const struct unpublished *u)
{
	struct buf b = { 0 };
	int64_t *rows;

	if (p->n_damaged < DAMAGED_MOST &&
	    (rows = realloc(p->damaged, (p->n_damaged + 1) * sizeof(*rows))) != NULL) {
		p->damaged = rows;
		p->damaged[p->n_damaged++] = u->row;
	}
	p->damaged_until = publish_now_ms() + DAMAGED_RETRY;
	buf_printf(&b, "Could not publish arrival %lld: %s", (long long)u->seq, u->damaged);
	if (buf_failed(&b))
		return;
	free(p->damaged_sentence);
	p->damaged_sentence = strndup(b.p, b.n);
	buf_free(&b);
}

bool
publish_is_damaged(const struct publisher *p, int64_t row)
{
	for (size_t i = 0; i < p->n_damaged; i++)
		if (p->damaged[i] == row)
			return true;
	return false;
}
