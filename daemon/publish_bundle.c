/*
 * Bundles: verdicts on their way to the publisher, in sealed memory that is not mapped here, so that
 * what waits is bounded and costs the keeper nothing but a write.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "daemon/publish_private.h"

#define BUNDLE_ITEMS 64
#define BUNDLE_BYTES (8 << 20) /* a larger verdict alone is a bundle of its own */

void
bundle_drop(struct publisher *p, struct bundles *list, struct bundle *b)
{
	TAILQ_REMOVE(list, b, next);
	p->bytes -= (uint64_t)b->size;
	if (b->memfd != -1)
		(void)close(b->memfd);
	free(b->items);
	buf_free(&b->texts);
	free(b);
}

void
bundles_free(struct publisher *p, struct bundles *list)
{
	struct bundle *b;

	while ((b = TAILQ_FIRST(list)) != NULL)
		bundle_drop(p, list, b);
}

static struct bundle *
bundle_new(struct bundles *list)
{
	struct bundle *b = calloc(1, sizeof(*b));

	if (b == NULL || (b->memfd = memfd_open("verdicts")) == -1) {
		free(b);
		return NULL;
	}
	TAILQ_INSERT_TAIL(list, b, next);
	return b;
}

struct text
bundle_region(const struct bundle *b, const struct kept *k)
{
	return (struct text){ b->texts.p + k->region, k->n_region };
}

/* All three, or the memfd is as it was: writes start from where the last good one ended. */
static bool
write_bodies(struct bundle *b, const struct unpublished *u)
{
	const struct text bodies[] = { u->bytes, u->json, u->html };
	off_t at = (off_t)b->size;

	for (size_t i = 0; i < 3; i++) {
		struct text t = bodies[i];

		while (t.n > 0) {
			ssize_t n = pwrite(b->memfd, t.p, t.n, at);

			if (n <= 0)
				return false;
			at += n;
			t.p += n;
			t.n -= (size_t)n;
		}
	}
	return true;
}

static bool
make_room(struct bundle *b)
{
	uint32_t room = b->room == 0 ? 4 : 2 * b->room;
	struct kept *items;

	if (b->n < b->room)
		return true;
	if ((items = realloc(b->items, room * sizeof(*items))) == NULL)
		return false;
	b->items = items;
	b->room = room;
	return true;
}

bool
bundle_add(struct publisher *p, struct bundles *list, const struct unpublished *u)
{
	size_t size = u->bytes.n + u->json.n + u->html.n;
	struct bundle *b = TAILQ_LAST(list, bundles);
	struct kept *k;

	if (b == NULL || b->n >= BUNDLE_ITEMS ||
	    (b->n > 0 && (uint64_t)b->size + size > BUNDLE_BYTES))
		b = bundle_new(list);
	if (b == NULL || !make_room(b))
		return false;
	k = &b->items[b->n];
	*k = (struct kept){ .row = u->row,
		.seq = u->seq,
		.offset = b->size,
		.revision = u->revision,
		.outcome = u->outcome,
		.kept = u->kept,
		.region = b->texts.n,
		.n_region = u->region.n,
		.name = b->texts.n + u->region.n,
		.n_name = u->name.n,
		.bytes = u->bytes.n,
		.json = u->json.n,
		.html = u->html.n };
	buf_text(&b->texts, u->region);
	buf_text(&b->texts, u->name);
	if (buf_failed(&b->texts) || !write_bodies(b, u))
		return false;
	b->n++;
	b->size += (int64_t)size;
	p->bytes += size;
	return true;
}

uint32_t
bundle_left(const struct bundle *b)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n; i++)
		n += !b->items[i].skip;
	return n;
}

bool
bundle_seal(struct publisher *p, struct bundle *b)
{
	struct buf index = { 0 };
	char folder[256];
	bool good;

	ipc_put_u32(&index, bundle_left(b));
	for (uint32_t i = 0; i < b->n; i++) {
		const struct kept *k = &b->items[i];
		struct unpublished u = { .seq = k->seq,
			.revision = k->revision,
			.outcome = k->outcome,
			.kept = k->kept,
			.region = bundle_region(b, k),
			.name = { b->texts.p + k->name, k->n_name },
			.bytes = { NULL, k->bytes },
			.json = { NULL, k->json },
			.html = { NULL, k->html } };

		if (p->calls.folder != NULL && p->calls.folder(p->arg, u.region, folder))
			u.region = text_of(folder);
		if (!k->skip)
			publish_put_item(&index, &u, k->offset);
	}
	b->index = b->size;
	good = !buf_failed(&index) &&
	    pwrite(b->memfd, index.p, index.n, (off_t)b->index) == (ssize_t)index.n &&
	    memfd_seal(b->memfd);
	buf_free(&index);
	return good;
}
