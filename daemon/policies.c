#include "daemon/policies.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ipc.h"
#include "daemon/sha256.h"
#include "rules/tree.h"

/* One reading of a folder. */
struct reading {
	struct buf *why;
	struct tree_file *files; /* names and data are owned */
	uint32_t n, cap;
	uint64_t bytes;
	bool failed, full;
};

static const char *const left_out[] = { ".*", "*~", "*.bak", "*.swp", "*.md", "#*#" };

bool
policies_leaves_out(const char *name, unsigned depth)
{
	size_t i;

	for (i = 0; i < sizeof(left_out) / sizeof(*left_out); i++)
		if (fnmatch(left_out[i], name, 0) == 0)
			return true;
	return depth == 0 && strcmp(name, "poold.lua") == 0;
}

/* "NAME: sentence." with the name escaped; the reading has failed. */
static void
policies_say(struct reading *r, const char *name, const char *sentence, const char *reason)
{
	r->failed = true;
	buf_safe(r->why, text_of(name));
	buf_printf(r->why, ": %s%s%s.\n", sentence, reason != NULL ? ": " : "",
	    reason != NULL ? reason : "");
}

/* Bounds on the whole, with so many bytes more, said once. */
static bool
policies_full(struct reading *r, const char *name, uint64_t more)
{
	if (r->full)
		return true;
	if (r->n < POLICIES_FILES && r->bytes + more <= POLICIES_BYTES)
		return false;
	r->full = true;
	policies_say(r, name,
	    "here the folder has grown beyond 4,096 files or 256 MB, which is more than a "
	    "rulebook"
	    " may have; move what is no policy elsewhere",
	    NULL);
	return true;
}

static bool
policies_keep(struct reading *r, const char *name, char *data, size_t n)
{
	struct tree_file *more;
	char *copy;

	if (r->n == r->cap) {
		more = realloc(r->files, (r->cap * 2 + 64) * sizeof(*more));
		if (more == NULL)
			return false;
		r->files = more;
		r->cap = r->cap * 2 + 64;
	}
	if ((copy = strdup(name)) == NULL)
		return false;
	r->files[r->n].name = text_of(copy);
	r->files[r->n].data = (struct text){ data, n };
	r->n++;
	r->bytes += n + strlen(name);
	return true;
}

/* All of an open file; a file that grows while it is read is taken as long as it was told to be. */
static char *
policies_slurp(int fd, size_t n)
{
	char *data = malloc(n + 1);
	size_t done = 0;
	ssize_t got;

	if (data == NULL)
		return NULL;
	while (done < n) {
		got = read(fd, data + done, n - done);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EAGAIN; /* it shrank: somebody is writing it */
		if (got <= 0) {
			free(data);
			return NULL;
		}
		done += (size_t)got;
	}
	return data;
}

/* By its size alone, before it is read. */
static bool
policies_too_large(struct reading *r, const char *name, uint64_t size)
{
	if (fnmatch("*.lua", name, 0) == 0 && size > TREE_LUA_MOST)
		policies_say(
		    r, name, "this file is larger than 4 MB, which no policy needs", NULL);
	else if (size > POLICIES_FILE)
		policies_say(r, name,
		    "this file is larger than 64 MB, which no register needs; move it "
		    "elsewhere",
		    NULL);
	else
		return false;
	return true;
}

static void
policies_file(struct reading *r, int fd, const struct stat *st, const char *name)
{
	char *data;

	if (policies_too_large(r, name, (uint64_t)st->st_size) ||
	    policies_full(r, name, (uint64_t)st->st_size))
		return;
	data = policies_slurp(fd, (size_t)st->st_size);
	if (data == NULL) {
		policies_say(r, name, "the file could not be read", strerror(errno));
		return;
	}
	if (!policies_keep(r, name, data, (size_t)st->st_size)) {
		free(data);
		policies_say(r, name, "no memory to read the file", NULL);
	}
}

static void policies_walk(struct reading *, int dir, const char *prefix, unsigned depth);

/* A name found in a folder: a file, a folder, or a reason to refuse. */
static void
policies_entry(struct reading *r, int dir, const char *path, const char *name, unsigned depth)
{
	struct stat st;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd == -1 && errno == ELOOP) {
		policies_say(r, path,
		    "this is a symbolic link, and policies are read without following any;"
		    " put the file itself here",
		    NULL);
		return;
	}
	if (fd == -1 || fstat(fd, &st) == -1) {
		policies_say(r, path, "it could not be opened", strerror(errno));
		if (fd != -1)
			(void)close(fd);
		return;
	}
	if (S_ISDIR(st.st_mode) && depth < POLICIES_DEPTH) {
		policies_walk(r, fd, path, depth + 1); /* closes it */
		return;
	}
	if (S_ISDIR(st.st_mode))
		policies_say(r, path, "folders are nested more than 8 deep here", NULL);
	else if (!S_ISREG(st.st_mode))
		policies_say(r, path, "this is neither a file nor a folder; remove it", NULL);
	else
		policies_file(r, fd, &st, path);
	(void)close(fd);
}

static void
policies_walk(struct reading *r, int dir, const char *prefix, unsigned depth)
{
	DIR *d = fdopendir(dir);
	struct dirent *e;
	struct buf path = { 0 };

	if (d == NULL) {
		policies_say(r, prefix, "the folder could not be read", strerror(errno));
		(void)close(dir);
		return;
	}
	while (errno = 0, !r->full && (e = readdir(d)) != NULL) {
		if (policies_leaves_out(e->d_name, depth))
			continue;
		buf_clear(&path);
		buf_printf(&path, "%s%s%s", prefix, *prefix != '\0' ? "/" : "", e->d_name);
		if (buf_failed(&path))
			policies_say(r, e->d_name, "no memory to read the folder", NULL);
		else if (!policies_full(r, path.p, 0))
			policies_entry(r, dirfd(d), path.p, e->d_name, depth);
	}
	if (!r->full && errno != 0)
		policies_say(r, prefix, "the folder could not be read", strerror(errno));
	buf_free(&path);
	(void)closedir(d);
}

static bool
policies_seal(struct reading *r, struct policies *p)
{
	struct buf packed = { 0 };

	tree_pack(&packed, r->files, r->n);
	if (!buf_failed(&packed)) {
		sha256_hex(buf_as_text(&packed), p->digest);
		p->memfd = memfd_of_bytes("policies", buf_as_text(&packed));
	}
	p->files = r->n;
	p->bytes = packed.n;
	buf_free(&packed);
	return p->memfd != -1;
}

bool
policies_read(const char *folder, struct policies *p, struct buf *why)
{
	struct reading r = { .why = why };
	uint32_t i;
	int dir;

	*p = (struct policies){ .memfd = -1 };
	/* The folder itself is the administrator's choice and may be a link; nothing beneath it may. */
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		policies_say(
		    &r, folder, "the policy folder could not be opened", strerror(errno));
	else
		policies_walk(&r, dir, "", 0);
	if (!r.failed && r.n == 0)
		policies_say(&r, folder, "the policy folder has no policies in it", NULL);
	if (!r.failed && !policies_seal(&r, p))
		policies_say(&r, folder, "the policies could not be packed", strerror(errno));
	for (i = 0; i < r.n; i++) {
		free((void *)(uintptr_t)r.files[i].name.p);
		free((void *)(uintptr_t)r.files[i].data.p);
	}
	free(r.files);
	return !r.failed;
}

void
policies_close(struct policies *p)
{
	if (p->memfd != -1)
		(void)close(p->memfd);
	p->memfd = -1;
}
