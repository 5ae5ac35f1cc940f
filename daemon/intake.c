#include "daemon/intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "daemon/log.h"

/* Claims of a region that are known at once; the others stay in its inbox. */
#define QUEUE_MOST 2000
#define COPY_STEP  (256 * 1024)

/* A region's claims, in order. */
struct queue {
	TAILQ_ENTRY(queue) next;
	struct region *region;
	struct claims waiting, busy; /* busy: copied and given away */
	uint32_t n;
};

struct intake {
	struct intake_options options;
	struct intake_calls calls;
	void *arg;
	TAILQ_HEAD(, queue) queues; /* a ring: who was served goes to the end */
	struct event *later;
	uint32_t waiting;
	char *step;
};

static int64_t
intake_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
verdict_id_make(char id[32])
{
	static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned char bytes[16];
	struct timespec now;
	uint64_t ms;
	unsigned i, bit, five, k;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		fatal("no random numbers can be had");
	for (i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(ms >> (40 - 8 * i));
	/* 128 bits as 26 digits of five, with two bits of nought before */
	for (i = 0; i < 26; i++) {
		for (five = 0, k = 0; k < 5; k++) {
			bit = i * 5 + k;
			five <<= 1;
			if (bit >= 2)
				five |=
				    ((unsigned)bytes[(bit - 2) / 8] >> (7 - (bit - 2) % 8)) &
				    1u;
		}
		id[i] = crockford[five];
	}
	id[26] = '\0';
}

static void
intake_later(int fd, short what, void *arg)
{
	struct intake *in = arg;

	(void)fd;
	(void)what;
	in->calls.later(in->arg);
}

struct intake *
intake_new(struct event_base *base, const struct intake_options *options,
    const struct intake_calls *calls, void *arg)
{
	struct intake *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return NULL;
	in->options = *options;
	in->calls = *calls;
	in->arg = arg;
	TAILQ_INIT(&in->queues);
	in->later = evtimer_new(base, intake_later, in);
	in->step = malloc(COPY_STEP);
	return in;
}

static struct queue *
queue_of(const struct intake *in, const struct region *region)
{
	struct queue *q;

	TAILQ_FOREACH (q, &in->queues, next)
		if (q->region == region)
			return q;
	return NULL;
}

bool
intake_room(const struct intake *in, const struct region *region)
{
	struct queue *q = queue_of(in, region);

	return q == NULL || q->n < QUEUE_MOST;
}

uint32_t
intake_waiting(const struct intake *in, const struct region *region)
{
	struct queue *q = region != NULL ? queue_of(in, region) : NULL;

	return region == NULL ? in->waiting : q != NULL ? q->n : 0;
}

static bool
queue_knows(const struct queue *q, int64_t seq)
{
	struct claim *c;

	TAILQ_FOREACH (c, &q->waiting, next)
		if (c->seq == seq)
			return true;
	TAILQ_FOREACH (c, &q->busy, next)
		if (c->seq == seq)
			return true;
	return false;
}

bool
intake_knows(const struct intake *in, const struct region *region, int64_t seq)
{
	struct queue *q;

	TAILQ_FOREACH (q, &in->queues, next)
		if ((region == NULL || q->region == region) && queue_knows(q, seq))
			return true;
	return false;
}

bool
intake_add(struct intake *in, const struct claim_found *found)
{
	struct queue *q = queue_of(in, found->region);
	struct claim *c = calloc(1, sizeof(*c));
	char *name = malloc(found->name.n + 1);

	if (q == NULL && (q = calloc(1, sizeof(*q))) != NULL) {
		q->region = found->region;
		TAILQ_INIT(&q->waiting);
		TAILQ_INIT(&q->busy);
		TAILQ_INSERT_TAIL(&in->queues, q, next);
	}
	if (q == NULL || c == NULL || name == NULL) {
		free(c);
		free(name);
		return false;
	}
	memcpy(name, found->name.p, found->name.n);
	name[found->name.n] = '\0';
	*c = (struct claim){ .region = found->region,
		.seq = found->seq,
		.name = { name, found->name.n },
		.received = found->received,
		.still_changing = found->still_changing,
		.again = found->again,
		.since = intake_ms(),
		.job.memfd = -1 };
	TAILQ_INSERT_TAIL(&q->waiting, c, next);
	q->n++;
	in->waiting++;
	return true;
}

static void
claim_drop_copy(struct claim *c)
{
	memfd_unmap(c->job.submission.bytes);
	c->job.submission.bytes = TEXT_NONE;
	if (c->job.memfd != -1)
		(void)close(c->job.memfd);
	c->job.memfd = -1;
}

static void
claim_free(struct claim *c)
{
	claim_drop_copy(c);
	free((void *)(uintptr_t)c->name.p);
	free(c);
}

void
intake_hold(struct intake *in, struct claim *c)
{
	TAILQ_REMOVE(&queue_of(in, c->region)->busy, c, next);
	c->held = true;
}

void
intake_done(struct intake *in, struct claim *c)
{
	struct queue *q = queue_of(in, c->region);

	if (!c->held)
		TAILQ_REMOVE(&q->busy, c, next);
	claim_free(c);
	if (q->region->more && q->n < QUEUE_MOST / 2)
		inbox_resume(q->region);
}

void
intake_again(struct intake *in, struct claim *c)
{
	struct queue *q = queue_of(in, c->region);
	struct claim *after;

	claim_drop_copy(c);
	if (!c->held)
		TAILQ_REMOVE(&q->busy, c, next);
	c->held = false;
	c->history_from = 0;
	/* in order of arrival */
	TAILQ_FOREACH (after, &q->waiting, next)
		if (after->seq > c->seq)
			break;
	if (after != NULL)
		TAILQ_INSERT_BEFORE(after, c, next);
	else
		TAILQ_INSERT_TAIL(&q->waiting, c, next);
	q->n++;
	in->waiting++;
}

enum copied { COPY_DONE, COPY_TOO_BIG, COPY_FAILED /* errno */ };

/* All of a file into a memfd, hashed on the way, up to the largest size. */
static enum copied
copy_bytes(struct intake *in, int from, int to, EVP_MD_CTX *hash, uint64_t *size)
{
	ssize_t n;

	*size = 0;
	for (;;) {
		n = read(from, in->step, COPY_STEP);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0)
			return COPY_DONE;
		if (n == -1)
			return COPY_FAILED;
		*size += (uint64_t)n;
		if (*size > (uint64_t)in->options.max_size)
			return COPY_TOO_BIG;
		if (!memfd_write(to, in->step, (size_t)n) ||
		    EVP_DigestUpdate(hash, in->step, (size_t)n) != 1)
			return COPY_FAILED;
	}
}

static void
hex_of(const unsigned char *sum, char hex[65])
{
	static const char digits[] = "0123456789abcdef";
	unsigned i;

	for (i = 0; i < 32; i++) {
		hex[2 * i] = digits[sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	hex[64] = '\0';
}

static enum copied
claim_copy(struct intake *in, struct claim *c, int from)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	unsigned char sum[EVP_MAX_MD_SIZE];
	enum copied copied = COPY_FAILED;
	int fd = memfd_open("submission");

	if (fd != -1 && hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1)
		copied = copy_bytes(in, from, fd, hash, &c->size);
	if (copied == COPY_DONE &&
	    (EVP_DigestFinal_ex(hash, sum, NULL) != 1 || !memfd_seal(fd) ||
		!memfd_map(fd, &c->job.submission.bytes)))
		copied = COPY_FAILED;
	EVP_MD_CTX_free(hash);
	if (copied == COPY_DONE) {
		hex_of(sum, c->sha256);
		c->job.memfd = fd;
		return copied;
	}
	if (fd != -1)
		(void)close(fd);
	return copied;
}

static bool
stat_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static void
claim_context(struct claim *c)
{
	struct submission *s = &c->job.submission;

	s->name = c->name;
	s->region = c->region->name;
	s->sha256 = text_of(c->sha256);
	s->seq = c->seq;
	s->revision = 1;
	s->received = c->received;
	s->still_changing = c->still_changing;
}

enum prepared { PREPARED, PREPARED_TOO_BIG, PREPARED_LATER, PREPARED_LOST };

/* Open, copy, and look again: a file that changed under our hands settles where it is now. */
static enum prepared
claim_prepare(struct intake *in, struct claim *c)
{
	struct stat before, after;
	enum copied copied;
	int fd = claim_open(c->region, c->seq);
	bool good = fd != -1 && fstat(fd, &before) == 0;

	if (!good || !S_ISREG(before.st_mode)) {
		if (fd != -1)
			(void)close(fd);
		return fd == -1 && errno != ENOENT && errno != ELOOP ? PREPARED_LATER
								     : PREPARED_LOST;
	}
	c->size = (uint64_t)before.st_size;
	copied = before.st_size > in->options.max_size ? COPY_TOO_BIG : claim_copy(in, c, fd);
	if (copied == COPY_FAILED)
		log_warn("%s: arrival %lld could not be copied; it is tried again",
		    c->region->name.p, (long long)c->seq);
	good = fstat(fd, &after) == 0;
	(void)close(fd);
	if (copied == COPY_FAILED)
		return PREPARED_LATER;
	if (!good || !stat_same(&before, &after)) {
		if (intake_ms() - c->since < in->options.patience) {
			claim_drop_copy(c);
			return PREPARED_LATER;
		}
		c->still_changing = true;
	}
	c->kept = copied == COPY_DONE;
	if (copied == COPY_TOO_BIG && (uint64_t)after.st_size > c->size)
		c->size = (uint64_t)after.st_size;
	claim_context(c);
	return copied == COPY_DONE ? PREPARED : PREPARED_TOO_BIG;
}

/* Not a file after all (a race with the claim), or gone: nothing to judge. */
static void
claim_lost(struct intake *in, struct claim *c)
{
	bool back = claim_put_back(c->region, c->seq, c->name);

	in->calls.lost(in->arg, c,
	    back ? "It turned out to be no regular file and was put back into the inbox."
		 : "It vanished after it had been taken from the inbox.");
	if (!back)
		claim_forget_name(c->region, c->seq);
	claim_free(c);
}

/* The next claim of a region that may be copied now; NULL: none. */
static struct claim *
queue_next(const struct queue *q, int64_t now)
{
	struct claim *c = TAILQ_FIRST(&q->waiting);

	return c != NULL && c->not_before <= now && c->region->claims != -1 ? c : NULL;
}

/*
 * true: an evaluator has it.  What none has to judge must not take the place of what one has: no answer
 * would come to ask for more.
 */
static bool
intake_one(struct intake *in, struct queue *q, struct claim *c)
{
	const struct timeval soon = { 0, 200000 };

	TAILQ_REMOVE(&q->waiting, c, next);
	q->n--;
	in->waiting--;
	switch (claim_prepare(in, c)) {
	case PREPARED:
		TAILQ_INSERT_TAIL(&q->busy, c, next);
		in->calls.ready(in->arg, c);
		return true;
	case PREPARED_TOO_BIG:
		TAILQ_INSERT_TAIL(&q->busy, c, next);
		in->calls.too_big(in->arg, c);
		return false;
	case PREPARED_LOST: claim_lost(in, c); return false;
	case PREPARED_LATER: break;
	}
	c->not_before = intake_ms() + in->options.settle;
	TAILQ_INSERT_HEAD(&q->waiting, c, next);
	q->n++;
	in->waiting++;
	(void)event_add(in->later, &soon);
	return false;
}

void
intake_fill(struct intake *in, uint32_t most)
{
	const struct timeval soon = { 0, 200000 };
	int64_t now = intake_ms();
	struct queue *q;
	struct claim *c;
	bool held = false;
	uint32_t done = 0;

	while (done < most) {
		held = false;
		TAILQ_FOREACH (q, &in->queues, next) {
			if ((c = queue_next(q, now)) != NULL)
				break;
			held = held || q->n > 0;
		}
		if (q == NULL)
			break;
		TAILQ_REMOVE(&in->queues, q, next);
		TAILQ_INSERT_TAIL(&in->queues, q, next);
		done += intake_one(in, q, c);
	}
	if (held)
		(void)event_add(in->later, &soon);
}

void
intake_free(struct intake *in)
{
	struct queue *q;
	struct claim *c;

	if (in == NULL)
		return;
	while ((q = TAILQ_FIRST(&in->queues)) != NULL) {
		TAILQ_CONCAT(&q->waiting, &q->busy, next);
		while ((c = TAILQ_FIRST(&q->waiting)) != NULL) {
			TAILQ_REMOVE(&q->waiting, c, next);
			claim_free(c);
		}
		TAILQ_REMOVE(&in->queues, q, next);
		free(q);
	}
	event_free(in->later);
	free(in->step);
	free(in);
}
