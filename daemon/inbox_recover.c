/*
 * Claims of an earlier life: what lies in REGION/.poold when a region's folders are opened.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/inbox_private.h"

struct numbers {
	int64_t *seqs;
	size_t n, cap;
};

static int
compare_seqs(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static bool
numbers_add(struct numbers *l, int64_t seq)
{
	int64_t *more;

	if (l->n == l->cap) {
		more = realloc(l->seqs, (l->cap * 2 + 64) * sizeof(*more));
		if (more == NULL)
			return false;
		l->seqs = more;
		l->cap = l->cap * 2 + 64;
	}
	l->seqs[l->n++] = seq;
	return true;
}

/* One claim: its name and time are those that were kept beside it. */
static void
region_recover_claim(struct region *r, int64_t seq)
{
	struct claim_found found = { .region = r, .seq = seq, .again = true };
	char name[256], unnamed[40];

	if (!claim_read_name(r, seq, name, &found)) {
		/* lost, as after a power cut, or none: better without a name than not at all */
		(void)snprintf(unnamed, sizeof(unnamed), "unnamed-%lld", (long long)seq);
		found.name = text_of(unnamed);
		found.received = r->inbox->calls.now(r->inbox->arg);
	}
	r->inbox->calls.claimed(r->inbox->arg, &found);
}

/* The number that a name begins with, as we write numbers; -1: it does not.  *rest: what follows it. */
static int64_t
number_of(char *name, char **rest)
{
	char again[24];
	int64_t seq = strtoll(name, rest, 10);
	int n = snprintf(again, sizeof(again), "%lld", (long long)seq);

	return seq > 0 && *rest - name == n && strncmp(name, again, (size_t)n) == 0 ? seq : -1;
}

/* Numbers only; a name without its claim is a rename that never happened. */
static void
numbers_read(struct region *r, DIR *dir, struct numbers *l)
{
	struct dirent *d;
	int64_t seq;
	char *end;

	while ((d = readdir(dir)) != NULL) {
		if ((seq = number_of(d->d_name, &end)) == -1)
			continue;
		if (strcmp(end, ".name") == 0) {
			*end = '\0';
			if (faccessat(r->claims, d->d_name, F_OK, AT_SYMLINK_NOFOLLOW) == -1 &&
			    errno == ENOENT)
				claim_forget_name(r, seq);
		} else if (*end == '\0' && !numbers_add(l, seq))
			return;
	}
}

void
region_recover(struct region *r)
{
	int fd = openat(r->claims, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	struct numbers l = { 0 };
	size_t i;

	if (dir == NULL) {
		if (fd != -1)
			(void)close(fd);
		return;
	}
	numbers_read(r, dir, &l);
	(void)closedir(dir);
	if (l.n > 0)
		qsort(l.seqs, l.n, sizeof(*l.seqs), compare_seqs);
	for (i = 0; i < l.n; i++)
		region_recover_claim(r, l.seqs[i]);
	free(l.seqs);
}
