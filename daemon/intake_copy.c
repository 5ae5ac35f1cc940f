/*
 * The copy of a claimed file: sealed, hashed on the way, and looked at again afterwards, so that what is
 * judged is one state of the file and not two halves of two.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/intake_private.h"
#include "daemon/ipc.h"
#include "daemon/log.h"
#include "daemon/sha256.h"
#include "daemon/write.h"

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
	while (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		if (errno != EINTR)
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

void
claim_drop_copy(struct claim *c)
{
	struct text bytes = c->job.submission.bytes;

	if (bytes.n > MEMFD_SHORT)
		memfd_unmap(bytes);
	else if (bytes.n > 0)
		free((void *)(uintptr_t)bytes.p);
	c->job.submission.bytes = TEXT_NONE;
	if (c->job.memfd != -1)
		(void)close(c->job.memfd);
	c->job.memfd = -1;
}

enum copied { COPY_DONE, COPY_TOO_BIG, COPY_FAILED /* errno */ };

/* The next COPY_STEP bytes, fewer only at the end of the file; -1 with errno. */
static ssize_t
read_step(int from, char *step)
{
	size_t at = 0;
	ssize_t n;

	while (at < COPY_STEP) {
		n = read(from, step + at, COPY_STEP - at);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		at += (size_t)n;
	}
	return (ssize_t)at;
}

/* All of a file into a memfd, hashed on the way, up to the largest size. */
static enum copied
copy_bytes(struct intake *in, int from, int to, struct sha256 *hash, uint64_t *size)
{
	ssize_t n;

	*size = 0;
	do {
		if ((n = read_step(from, in->step)) == -1)
			return COPY_FAILED;
		*size += (uint64_t)n;
		if (*size > (uint64_t)in->options.max_size)
			return COPY_TOO_BIG;
		if (!write_all(to, in->step, (size_t)n))
			return COPY_FAILED;
		sha256_add(hash, in->step, (size_t)n);
	} while (n == (ssize_t)COPY_STEP);
	return COPY_DONE;
}

/* The same bytes for the keeper itself: what is short is still in the step, else a mapping of the memfd. */
static bool
claim_bytes(const struct intake *in, struct claim *c, int fd)
{
	struct text *bytes = &c->job.submission.bytes;
	size_t n = (size_t)c->size;
	char *copy;

	if (n == 0 || n > MEMFD_SHORT)
		return memfd_map(fd, bytes);
	if ((copy = malloc(n)) == NULL)
		return false;
	memcpy(copy, in->step, n);
	*bytes = (struct text){ copy, n };
	return true;
}

static enum copied
claim_copy(struct intake *in, struct claim *c, int from)
{
	struct sha256 hash;
	unsigned char sum[SHA256_BYTES];
	enum copied copied = COPY_FAILED;
	int fd = memfd_open("submission");

	sha256_begin(&hash);
	if (fd != -1)
		copied = copy_bytes(in, from, fd, &hash, &c->size);
	if (copied == COPY_DONE && (!memfd_seal(fd) || !claim_bytes(in, c, fd)))
		copied = COPY_FAILED;
	if (copied == COPY_DONE) {
		sha256_end(&hash, sum);
		sha256_as_hex(sum, c->sha256);
		c->job.memfd = fd;
		return copied;
	}
	if (fd != -1)
		(void)close(fd);
	return copied;
}

bool
claim_sha256(const struct region *region, int64_t seq, char hex[65])
{
	static char step[65536];
	struct sha256 hash;
	unsigned char sum[SHA256_BYTES];
	int fd = claim_open(region, seq);
	ssize_t n = -1;

	if (fd == -1)
		return false;
	sha256_begin(&hash);
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	while ((n = read(fd, step, sizeof(step))) > 0)
		sha256_add(&hash, step, (size_t)n);
	sha256_end(&hash, sum);
	sha256_as_hex(sum, hex);
	(void)close(fd);
	return n == 0;
}

/*
 * Where another computer may be writing, sizes and times can be those of a while ago, so the bytes
 * themselves are read once more, from where they are.
 */
static bool
reads_the_same(const struct claim *c)
{
	char again[65];

	return claim_sha256(c->region, c->seq, again) && strcmp(again, c->sha256) == 0;
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

/* Open, copy, and look again: a file that changed under our hands settles where it is now. */
enum prepared
claim_prepare(struct intake *in, struct claim *c)
{
	struct stat before, after;
	enum copied copied;
	int fd = claim_open(c->region, c->seq);
	bool good = fd != -1 && fstat(fd, &before) == 0;

	if (!good || !S_ISREG(before.st_mode)) {
		if (fd != -1)
			(void)close(fd);
		return !claim_is_file(c->region, c->seq) ? PREPARED_LOST : PREPARED_LATER;
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
	if (!good || !stat_same(&before, &after) ||
	    (c->region->remote && copied == COPY_DONE && !reads_the_same(c))) {
		if (intake_us() / 1000 - c->since < in->options.patience) {
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
