/*
 * Telling a team that its file was taken, where judging takes a while.
 *
 * Once a second the claims that are older than tell_after are looked at; each gets a note in the
 * region's folder (received.h), the oldest NOTES_MOST of a region at least, and one more note counts the
 * others.  A note goes when its verdict is published, which the ledger knows: nothing has to be
 * remembered for it, and notes of an earlier life are found in the folder and treated alike.
 *
 * A note that cannot be written is left out: what is wrong with a region's folder is told elsewhere.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/keeper.h"
#include "daemon/log.h"
#include "daemon/received.h"

/* Of a region at once. */
#define NOTES_MOST 100
/* Of an earlier life; more are somebody else's, made to look like ours, and stay. */
#define FOUND_MOST (2 * NOTES_MOST)

struct note {
	TAILQ_ENTRY(note) next;
	int64_t seq;
	char name[256];
};

/* What lies in a region's folder. */
struct noted {
	TAILQ_ENTRY(noted) next;
	struct region *region;
	int dir; /* the folder that was looked through for notes of an earlier life */
	TAILQ_HEAD(notes, note) notes;
	uint32_t n;
	uint32_t further; /* how many RECEIVED_FURTHER counts; 0: it is not there */
};

struct received {
	TAILQ_HEAD(, noted) regions;
	struct event *every;
};

/* Its dir is -1 until its folder was looked through. */
static struct noted *
noted_of(struct keeper *k, struct region *r)
{
	struct noted *d;

	TAILQ_FOREACH (d, &k->received->regions, next)
		if (d->region == r)
			return d;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	d->region = r;
	d->dir = -1;
	TAILQ_INIT(&d->notes);
	TAILQ_INSERT_TAIL(&k->received->regions, d, next);
	return d;
}

static bool
note_add(struct noted *d, int64_t seq, const char *name)
{
	struct note *note = calloc(1, sizeof(*note));

	if (note == NULL || strlen(name) >= sizeof(note->name)) {
		free(note);
		return false;
	}
	note->seq = seq;
	memcpy(note->name, name, strlen(name) + 1);
	TAILQ_INSERT_TAIL(&d->notes, note, next);
	d->n++;
	return true;
}

static void
note_free(struct noted *d, struct note *note)
{
	TAILQ_REMOVE(&d->notes, note, next);
	d->n--;
	free(note);
}

/* true: there may be more. */
static bool
found(void *arg, const char *name)
{
	struct noted *d = arg;

	if (strcmp(name, RECEIVED_FURTHER) == 0)
		d->further = UINT32_MAX; /* to be written anew, or to go */
	else
		(void)note_add(d, received_number(name), name);
	return d->n < FOUND_MOST;
}

struct awaited {
	int64_t seq;
	struct text region;
	bool waits;
};

static bool
each_row(void *arg, const struct listed *l)
{
	struct awaited *a = arg;

	a->waits = l->seq == a->seq && text_equal(l->region, a->region) && !l->published;
	return false;
}

/* Is its report still to come? */
static bool
note_is_true(struct keeper *k, const struct noted *d, const struct note *note)
{
	struct awaited a = { note->seq, d->region->name, true };
	struct list_filter filter = { .after_seq = note->seq - 1, .most = 1 };

	if (intake_knows(k->intake, d->region, note->seq))
		return true;
	a.waits = false;
	/* what is in the open transaction is in nobody's list */
	return !ledger_list(k->ledger, &filter, each_row, &a) || a.waits || k->open;
}

static void
remove_old(struct keeper *k, struct noted *d)
{
	struct note *note, *after;

	for (note = TAILQ_FIRST(&d->notes); note != NULL; note = after) {
		after = TAILQ_NEXT(note, next);
		if (note_is_true(k, d, note))
			continue;
		received_remove(d->region->dir, note->name);
		note_free(d, note);
	}
}

struct late {
	struct keeper *k;
	struct noted *noted;
	uint32_t further;
	int64_t from; /* the first of them */
};

static void
note_write(struct noted *d, struct claim *c)
{
	struct buf name = { 0 }, text = { 0 };
	struct note *note;

	c->noted = true; /* whether it can be written or not */
	/* one of an earlier life */
	TAILQ_FOREACH (note, &d->notes, next)
		if (note->seq == c->seq)
			return;
	received_name(&name, c->name, c->seq);
	received_text(&text, c->name, c->seq, c->received);
	if (name.n > 0 && !buf_failed(&text) && note_add(d, c->seq, name.p) &&
	    received_write(d->region->dir, name.p, buf_as_text(&text)) != 0)
		note_free(d, TAILQ_LAST(&d->notes, notes));
	buf_free(&name);
	buf_free(&text);
}

static void
on_late(void *arg, struct claim *c)
{
	struct late *late = arg;

	if (c->noted)
		return;
	if (late->noted->n < NOTES_MOST)
		note_write(late->noted, c);
	else if (late->further++ == 0)
		late->from = c->seq;
}

static void
write_further(struct noted *d, const struct late *late)
{
	struct buf text = { 0 };

	if (late->further == d->further)
		return;
	d->further = late->further;
	received_text_further(&text, late->further, late->from);
	if (late->further == 0)
		received_remove(d->region->dir, RECEIVED_FURTHER);
	else if (!buf_failed(&text))
		(void)received_write(d->region->dir, RECEIVED_FURTHER, buf_as_text(&text));
	buf_free(&text);
}

static void
look_at(struct keeper *k, struct region *r)
{
	struct noted *d = noted_of(k, r);
	struct late late = { .k = k, .noted = d };

	if (d == NULL || r->dir == -1 || r->silent)
		return;
	if (d->dir != r->dir) {
		while (!TAILQ_EMPTY(&d->notes))
			note_free(d, TAILQ_FIRST(&d->notes));
		d->dir = -1;
		if (!received_each(r->dir, found, d))
			return; /* the next time */
		d->dir = r->dir;
	}
	remove_old(k, d);
	if (k->config.tell_after > 0)
		intake_each_since(
		    k->intake, r, intake_us() / 1000 - k->config.tell_after, on_late, &late);
	write_further(d, &late);
}

static void
received_look(int fd, short what, void *arg)
{
	struct keeper *k = arg;
	struct region *r;

	(void)fd;
	(void)what;
	TAILQ_FOREACH (r, inbox_regions(k->inbox), next)
		look_at(k, r);
}

bool
keeper_received_new(struct keeper *k)
{
	const struct timeval second = { 1, 0 };

	k->received = calloc(1, sizeof(*k->received));
	if (k->received == NULL)
		return false;
	TAILQ_INIT(&k->received->regions);
	k->received->every = event_new(k->base, -1, EV_PERSIST, received_look, k);
	return k->received->every != NULL && event_add(k->received->every, &second) == 0;
}

void
keeper_received_free(struct keeper *k)
{
	struct noted *d;

	if (k->received == NULL)
		return;
	while ((d = TAILQ_FIRST(&k->received->regions)) != NULL) {
		while (!TAILQ_EMPTY(&d->notes))
			note_free(d, TAILQ_FIRST(&d->notes));
		TAILQ_REMOVE(&k->received->regions, d, next);
		free(d);
	}
	if (k->received->every != NULL)
		event_free(k->received->every);
	free(k->received);
	k->received = NULL;
}
