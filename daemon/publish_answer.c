/*
 * What the publisher answered: rows to mark, regions in trouble, regions that are well again.
 */
#include <stdlib.h>

#include "daemon/publish_private.h"

static bool
make_room(struct publisher *p, size_t n)
{
	size_t room = p->room_done == 0 ? 256 : p->room_done;
	int64_t *done;

	while (room < p->n_done + n)
		room *= 2;
	if (room == p->room_done)
		return true;
	if ((done = realloc(p->done, room * sizeof(*done))) == NULL)
		return false;
	p->done = done;
	p->room_done = room;
	return true;
}

/* What was sent, flat and in order. */
struct sent {
	const struct bundle *bundle;
	const struct kept *item;
};

static struct sent *
flat(const struct publisher *p, uint32_t *n)
{
	struct sent *sent;
	struct bundle *b;

	*n = 0;
	TAILQ_FOREACH (b, &p->hand, next)
		*n += bundle_left(b);
	if ((sent = calloc(*n + 1, sizeof(*sent))) == NULL)
		return NULL;
	*n = 0;
	TAILQ_FOREACH (b, &p->hand, next)
		for (uint32_t i = 0; i < b->n; i++)
			if (!b->items[i].skip)
				sent[(*n)++] = (struct sent){ b, &b->items[i] };
	return sent;
}

/* A region whose items are all done: well, or read from the ledger until it has caught up. */
static void
region_well(struct publisher *p, struct text region)
{
	struct stuck *s = publish_find_stuck(p, region);

	if (s == NULL)
		return;
	if (p->exhausted && !s->missed) {
		publish_let_go(p, region);
		return;
	}
	s->delay = 0;
	s->hung = 0;
	s->until = publish_now_ms();
	free(s->sentence);
	s->sentence = NULL;
}

static bool
take_sentences(
    struct publisher *p, struct publish_answer *a, const struct sent *sent, uint32_t n)
{
	uint32_t i, item;

	for (i = 0; i < a->sentences; i++) {
		struct text sentence = publish_get_sentence(a, &item);

		if (a->in.failed || item >= n)
			return false;
		publish_hold_back(
		    p, bundle_region(sent[item].bundle, sent[item].item), sentence);
	}
	return ipc_read_all(&a->in);
}

static bool
take(struct publisher *p, struct publish_answer *a, const struct sent *sent, uint32_t n)
{
	bool good;
	uint32_t i;

	for (i = 0; i < n; i++)
		if (publish_get_done(a) == PUBLISH_DONE && !a->in.failed)
			p->done[p->n_done++] = sent[i].item->row;
	good = take_sentences(p, a, sent, n);
	for (i = 0; i < n && p->stuck != NULL; i++) {
		struct text region = bundle_region(sent[i].bundle, sent[i].item);

		if (!publish_is_held(p, region))
			region_well(p, region);
	}
	return good;
}

bool
publish_answered(struct publisher *p, struct text body)
{
	struct publish_answer a;
	uint64_t number;
	struct sent *sent;
	uint32_t n;
	bool good;

	if (!publish_get_answer(body, &number, &a) || !p->in_hand || number != p->number ||
	    (sent = flat(p, &n)) == NULL)
		return false;
	good = a.items == n && make_room(p, n) && take(p, &a, sent, n);
	free(sent);
	if (!good)
		return false;
	bundles_free(p, &p->hand);
	p->in_hand = false;
	return true;
}
