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

/* Earlier versions kept a name as the target of a link or in a small file, SEQ.name. */
#define CHANGING "still-changing/"
/* The longest target. */
#define TARGET_MOST (sizeof(CHANGING) + 256)
/* Records of claims that are done may stay until there are so many bytes. */
#define STALE_MOST (64 << 10)

static bool
list_add(struct named_list *l, int64_t seq)
{
	struct named *more;

	if (l->n == l->cap) {
		more = realloc(l->v, (l->cap * 2 + 64) * sizeof(*more));
		if (more == NULL)
			return false;
		l->v = more;
		l->cap = l->cap * 2 + 64;
	}
	l->v[l->n++] = (struct named){ .seq = seq };
	return true;
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

static bool
list_names(DIR *dir, struct named_list *claims, struct named_list *links)
{
	struct dirent *d;
	int64_t seq;
	char *end;

	while (errno = 0, (d = readdir(dir)) != NULL) {
		if ((seq = number_of(d->d_name, &end)) == -1)
			continue;
		if (*end == '\0' && !list_add(claims, seq))
			return false;
		if (links != NULL && strcmp(end, ".name") == 0 && !list_add(links, seq))
			return false;
	}
	return errno == 0;
}

bool
claims_list(const struct region *r, struct named_list *claims, struct named_list *links)
{
	int fd = openat(r->claims, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	int error = errno;
	bool good;

	if (dir == NULL) {
		if (fd != -1)
			(void)close(fd);
		errno = error;
		return false;
	}
	good = list_names(dir, claims, links);
	error = errno;
	(void)closedir(dir);
	named_sort(claims);
	errno = error;
	return good;
}

/* --- the links of earlier versions --- */

static void
link_path(char path[40], int64_t seq)
{
	(void)snprintf(path, 40, "%lld.name", (long long)seq);
}

static ssize_t
target_in_file(const struct region *r, const char *path, char target[TARGET_MOST])
{
	int fd = openat(r->claims, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd != -1 ? read(fd, target, TARGET_MOST) : -1;

	if (fd != -1)
		(void)close(fd);
	return n;
}

static void
link_read(const struct region *r, struct named *claim)
{
	const size_t prefix = sizeof(CHANGING) - 1;
	char path[40], target[TARGET_MOST + 1];
	struct named found = { 0 };
	struct text t;
	struct stat st;
	ssize_t n;

	link_path(path, claim->seq);
	n = readlinkat(r->claims, path, target, TARGET_MOST);
	if (n == -1 && errno == EINVAL)
		n = target_in_file(r, path, target);
	if (n <= 0 || fstatat(r->claims, path, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return;
	target[n] = '\0';
	t = (struct text){ target, (size_t)n };
	if (t.n > prefix && memcmp(t.p, CHANGING, prefix) == 0) {
		found.still_changing = true;
		t = (struct text){ t.p + prefix, t.n - prefix };
	}
	found.received = st.st_mtim.tv_sec;
	if (claim_is_name(t))
		named_set(claim, &found, t.p);
}

/* What the file has not. */
static void
links_read(
    const struct region *r, const struct named_list *claims, const struct named_list *links)
{
	struct named *claim;
	size_t i;

	for (i = 0; i < links->n; i++)
		if ((claim = named_find(claims, links->v[i].seq)) != NULL &&
		    claim->name == NULL)
			link_read(r, claim);
}

static void
links_remove(const struct region *r, const struct named_list *links)
{
	char path[40];
	size_t i;

	for (i = 0; i < links->n; i++) {
		link_path(path, links->v[i].seq);
		(void)unlinkat(r->claims, path, 0);
	}
}

/* --- */

/* The file has the records of the claims that are there, all of them and not many others. */
static void
region_recover_names(
    struct region *r, const struct named_list *claims, const struct named_list *links)
{
	int64_t size;
	bool usable = names_read(r, claims, &size), good = true;

	links_read(r, claims, links);
	if (claims->n == 0 && usable && size > 0)
		(void)names_empty(r);
	else if (claims->n > 0 && (!usable || links->n > 0 || size > STALE_MOST))
		good = names_rewrite(r, claims);
	if (good)
		links_remove(r, links);
}

/* One claim, by what was recorded of it. */
static void
region_recover_claim(struct region *r, const struct named *claim)
{
	struct claim_found found = { .region = r, .seq = claim->seq, .again = true };
	char unnamed[40];

	if (claim->name != NULL) {
		found.name = text_of(claim->name);
		found.received = claim->received;
		found.still_changing = claim->still_changing;
	} else {
		/* lost, as after a power cut, or none: better without a name than not at all */
		(void)snprintf(unnamed, sizeof(unnamed), "unnamed-%lld", (long long)claim->seq);
		found.name = text_of(unnamed);
		found.received = r->inbox->calls.now(r->inbox->arg);
	}
	r->inbox->calls.claimed(r->inbox->arg, &found);
}

void
region_recover(struct region *r)
{
	struct named_list claims = { 0 }, links = { 0 };
	int64_t size;
	size_t i;
	int error;

	if (claims_list(r, &claims, &links)) {
		region_recover_names(r, &claims, &links);
		region_listed(r, LIST_CLAIMS, 0);
	} else {
		/* those that were found; nothing is removed, and the others are looked for again */
		error = errno;
		(void)names_read(r, &claims, &size);
		links_read(r, &claims, &links);
		region_listed(r, LIST_CLAIMS, error);
	}
	for (i = 0; i < claims.n; i++)
		region_recover_claim(r, &claims.v[i]);
	named_free(&claims);
	named_free(&links);
}
