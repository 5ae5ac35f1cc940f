/*
 * Publishing: from the ledger to the outcome folders beside a region's inbox.
 *
 * Everything comes from the ledger's bytes, and a verdict's files have names of their own, so doing it
 * again after a crash overwrites only itself.  Files are written aside and renamed, which alone puts
 * nothing on disk: one syncfs for the whole batch does, and only then is a claim removed and the
 * verdict marked.  (An fsync for each file was measured at a fifth of the speed.)
 *
 * The folders belong to other people.  When something is wrong in one region, that region waits and is
 * tried again with back-off; the others go on.  A verdict that was judged again moves: its earlier
 * files are taken out of the other outcome folders.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/publish.h"

#define BATCH_MAX   256
#define DEVICES_MAX 16
#define RETRY_FIRST 1000
#define RETRY_LAST  30000

/* A region in which something failed. */
struct stuck {
	struct stuck *next;
	char *region;
	int delay;
	int64_t until; /* milliseconds, monotonic */
};

struct item {
	int64_t row, seq;
	char *region;
	bool synced;
};

struct names {
	struct buf original, html, json;
};

struct publisher {
	int (*region_dir)(void *arg, struct text region);
	void *arg;
	struct stuck *stuck;
	struct buf error;
	struct names names;
	struct item items[BATCH_MAX]; /* of the batch under way */
	uint32_t n;
	bool failed;
};

/* What an errno means here, and the command that mends it: %s is the quoted path. */
static const struct {
	int error;
	const char *what, *mend;
} meanings[] = {
	{ ENOTDIR, "a link or a file stands where the folder has to be", "mv -T %s %s.moved" },
	{ ELOOP, "a link stands where the folder has to be", "mv -T %s %s.moved" },
	{ EISDIR, "a folder stands where the file has to be", "mv -T %s %s.moved" },
	{ ENOTEMPTY, "a folder stands where the file has to be", "mv -T %s %s.moved" },
	{ EEXIST, "a folder stands where the file has to be", "mv -T %s %s.moved" },
	{ EACCES, "poold may not write there", "chmod u+rwx,g+rwxs %s" },
	{ EPERM, "poold may not write there", "chmod u+rwx,g+rwxs,-t %s" },
	{ ENOSPC, "the disk is full: free space on it", NULL },
	{ EDQUOT, "poold has used up its quota on that disk: raise it", NULL },
	{ EROFS, "the disk is mounted read-only: mount it for writing", NULL },
	{ ENOENT, "it is not there any more", NULL },
};

struct publisher *
publisher_new(int (*region_dir)(void *arg, struct text region), void *arg)
{
	struct publisher *p = calloc(1, sizeof(*p));

	if (p != NULL) {
		p->region_dir = region_dir;
		p->arg = arg;
	}
	return p;
}

static void
forget_items(struct publisher *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		free(p->items[i].region);
	p->n = 0;
}

void
publisher_free(struct publisher *p)
{
	if (p == NULL)
		return;
	for (struct stuck *s = p->stuck, *next; s != NULL; s = next) {
		next = s->next;
		free(s->region);
		free(s);
	}
	forget_items(p);
	buf_free(&p->error);
	buf_free(&p->names.original);
	buf_free(&p->names.html);
	buf_free(&p->names.json);
	free(p);
}

const char *
publisher_error(const struct publisher *p)
{
	return p->error.p != NULL ? p->error.p : "";
}

/* --- regions that wait --- */

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static struct stuck **
find_stuck(struct publisher *p, struct text region)
{
	struct stuck **at = &p->stuck;

	while (*at != NULL && !text_is(region, (*at)->region))
		at = &(*at)->next;
	return at;
}

static void
hold_back(struct publisher *p, struct text region)
{
	struct stuck *s = *find_stuck(p, region);

	if (s == NULL && (s = calloc(1, sizeof(*s))) != NULL) {
		if ((s->region = strndup(region.p, region.n)) == NULL) {
			free(s);
			return;
		}
		s->next = p->stuck;
		p->stuck = s;
	}
	if (s == NULL)
		return;
	s->delay = s->delay == 0 ? RETRY_FIRST : 2 * s->delay;
	if (s->delay > RETRY_LAST)
		s->delay = RETRY_LAST;
	s->until = now_ms() + s->delay;
}

static void
let_go(struct publisher *p, struct text region)
{
	struct stuck **at = find_stuck(p, region), *s = *at;

	if (s == NULL)
		return;
	*at = s->next;
	free(s->region);
	free(s);
}

int
publisher_retry_ms(const struct publisher *p)
{
	int64_t now = now_ms(), least = -1;

	for (const struct stuck *s = p->stuck; s != NULL; s = s->next) {
		int64_t left = s->until > now ? s->until - now : 0;

		if (least == -1 || left < least)
			least = left;
	}
	return (int)least;
}

static bool
skip(void *arg, struct text region)
{
	struct publisher *p = arg;
	struct stuck *s = *find_stuck(p, region);

	return s != NULL && s->until > now_ms();
}

/* --- saying what failed --- */

/* A path as a person can paste it into a shell. */
static void
put_quoted(struct buf *out, struct text path)
{
	buf_char(out, '\'');
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '\'')
			buf_str(out, "'\\''");
		else
			buf_char(out, path.p[i]);
	}
	buf_char(out, '\'');
}

/* REGION/FOLDER/FILE, as the system knows the region's folder. */
static void
put_path(struct buf *out, int region_fd, const char *folder, const char *file)
{
	char link[40], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", region_fd);
	n = readlink(link, path, sizeof(path));
	buf_safe(out, (struct text){ path, n > 0 ? (size_t)n : 0 });
	buf_printf(out, "/%s", folder);
	if (file != NULL) {
		buf_char(out, '/');
		buf_safe(out, text_of(file));
	}
}

/* "%s" of a command replaced by the path. */
static void
put_command(struct buf *out, const char *command, struct text path)
{
	for (; *command != '\0'; command++) {
		if (command[0] == '%' && command[1] == 's') {
			put_quoted(out, path);
			command++;
		} else {
			buf_char(out, *command);
		}
	}
}

static void
begin_sentence(struct publisher *p)
{
	p->failed = true;
	if (p->error.n > 0)
		buf_char(&p->error, ' ');
}

/* Something failed at REGION/FOLDER[/FILE]; the region waits. */
static void
fail_at(struct publisher *p, struct text region, int region_fd, const char *folder,
    const char *file, int error)
{
	const char *what = strerror(error), *mend = NULL;
	struct buf path = { 0 };

	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		if (meanings[i].error == error) {
			what = meanings[i].what;
			mend = meanings[i].mend;
			break;
		}
	}
	begin_sentence(p);
	put_path(&path, region_fd, folder, file);
	buf_printf(
	    &p->error, "Could not publish to %s: %s.", path.p != NULL ? path.p : folder, what);
	if (mend != NULL) {
		/* Permissions are the folder's, whatever the file. */
		if ((error == EACCES || error == EPERM) && file != NULL) {
			buf_clear(&path);
			put_path(&path, region_fd, folder, NULL);
		}
		buf_str(&p->error, " To mend it, run: ");
		put_command(&p->error, mend, buf_as_text(&path));
		buf_str(&p->error, " ; poold tries again by itself.");
	}
	buf_free(&path);
	hold_back(p, region);
}

static void
fail_no_region(struct publisher *p, struct text region)
{
	begin_sentence(p);
	buf_str(&p->error, "The folder of region ");
	buf_safe(&p->error, region);
	buf_str(&p->error, " is not there: its verdicts are published when it is back.");
	hold_back(p, region);
}

static void
fail_ledger(struct publisher *p, struct ledger *l)
{
	begin_sentence(p);
	buf_str(&p->error, ledger_error(l));
}

static void
fail_damaged(struct publisher *p, const struct unpublished *u)
{
	begin_sentence(p);
	buf_printf(
	    &p->error, "Could not publish arrival %lld: %s", (long long)u->seq, u->damaged);
	hold_back(p, u->region);
}

/* --- one verdict --- */

/* The files of an earlier revision, in whichever other folder they are; its original may be needed. */
static void
clear_other_folders(struct publisher *p, int region_fd, const struct unpublished *u,
    const struct publish_folder *to)
{
	const char *const names[] = { p->names.html.p, p->names.json.p, p->names.original.p };

	for (int o = 0; o < OUTCOMES; o++) {
		struct publish_folder old;

		if (o == (int)u->outcome ||
		    publish_folder_open(region_fd, outcome_names[o], false, &old) != 0)
			continue;
		if (!u->kept)
			(void)!renameat(
			    old.fd, p->names.original.p, to->fd, p->names.original.p);
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			unlinkat(old.fd, names[i], 0);
		close(old.fd);
	}
}

/* 0, or what failed, to which file. */
static int
write_files(struct publisher *p, int region_fd, const struct unpublished *u,
    const struct publish_folder *folder, const char **file)
{
	int error;

	*file = p->names.original.p;
	if (u->kept)
		error = publish_file(folder, *file, u->seq, u->bytes);
	else
		error = publish_move_claim(region_fd, u->seq, folder, *file);
	/* Moved already, before a crash. */
	if (!u->kept && error == ENOENT)
		error = 0;
	if (error != 0)
		return error;
	*file = p->names.html.p;
	if ((error = publish_file(folder, *file, u->seq, u->html)) != 0)
		return error;
	*file = p->names.json.p;
	return publish_file(folder, *file, u->seq, u->json);
}

static void
make_names(struct publisher *p, const struct unpublished *u)
{
	buf_clear(&p->names.original);
	buf_clear(&p->names.html);
	buf_clear(&p->names.json);
	publish_names(u->name, u->seq, &p->names.original, &p->names.html, &p->names.json);
}

static void
remember(struct publisher *p, const struct unpublished *u)
{
	char *region = strndup(u->region.p, u->region.n);

	/* Without memory it is published again: that does no harm. */
	if (region != NULL)
		p->items[p->n++] =
		    (struct item){ .row = u->row, .seq = u->seq, .region = region };
}

static bool
publish_one(void *arg, const struct unpublished *u)
{
	struct publisher *p = arg;
	const char *folder_name = outcome_names[u->outcome], *file = NULL;
	struct publish_folder folder;
	int region_fd, error;

	/* It may have failed a moment ago, after the ledger asked. */
	if (skip(p, u->region))
		return true;
	if (u->damaged != NULL) {
		fail_damaged(p, u);
		return true;
	}
	if ((region_fd = p->region_dir(p->arg, u->region)) == -1) {
		fail_no_region(p, u->region);
		return true;
	}
	make_names(p, u);
	if ((error = publish_folder_open(region_fd, folder_name, true, &folder)) == 0) {
		error = write_files(p, region_fd, u, &folder, &file);
		if (error == 0 && u->revision > 1)
			clear_other_folders(p, region_fd, u, &folder);
		close(folder.fd);
	}
	if (error == 0)
		remember(p, u);
	else
		fail_at(p, u->region, region_fd, folder_name, file, error);
	close(region_fd);
	return p->n < BATCH_MAX;
}

/* --- the batch --- */

/* File systems that this batch wrote to, and what syncfs said. */
struct synced {
	struct {
		dev_t device;
		int error;
	} seen[DEVICES_MAX];
	size_t n;
};

/* 0, or what kept this folder's file system from writing everything to disk; asked once for each. */
static int
sync_once(struct synced *s, int fd)
{
	struct stat st;
	size_t at = 0;

	if (fstat(fd, &st) == -1)
		return errno;
	while (at < s->n && s->seen[at].device != st.st_dev)
		at++;
	if (at == s->n) {
		at = s->n < DEVICES_MAX ? s->n++ : DEVICES_MAX - 1;
		s->seen[at].device = st.st_dev;
		s->seen[at].error = syncfs(fd) == 0 ? 0 : errno;
	}
	return s->seen[at].error;
}

static void
sync_items(struct publisher *p)
{
	struct synced s = { .n = 0 };

	for (uint32_t i = 0; i < p->n; i++) {
		struct text region = text_of(p->items[i].region);
		int fd = p->region_dir(p->arg, region), error;

		if (fd == -1)
			continue;
		error = sync_once(&s, fd);
		p->items[i].synced = error == 0;
		if (error != 0 && !skip(p, region))
			fail_at(p, region, fd, "", NULL, error);
		close(fd);
	}
}

/* Claims are removed and regions let go; rows: what may be marked. */
static size_t
finish_items(struct publisher *p, int64_t *rows)
{
	size_t n = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		struct item *item = &p->items[i];
		struct text region = text_of(item->region);
		int fd = item->synced ? p->region_dir(p->arg, region) : -1, error;

		if (fd == -1)
			continue;
		error = publish_unlink_claim(fd, item->seq);
		if (error != 0)
			fail_at(p, region, fd, ".poold", NULL, error);
		close(fd);
		if (error != 0)
			continue;
		rows[n++] = item->row;
		if (!skip(p, region))
			let_go(p, region);
	}
	return n;
}

int
publish_some(struct publisher *p, struct ledger *l, uint32_t most)
{
	struct unpublished_query query = {
		.most = most < BATCH_MAX ? most : BATCH_MAX,
		.skip = skip,
		.each = publish_one,
		.arg = p,
	};
	int64_t rows[BATCH_MAX];
	size_t n;

	p->failed = false;
	buf_clear(&p->error);
	if (!ledger_unpublished(l, &query))
		fail_ledger(p, l);
	sync_items(p);
	n = finish_items(p, rows);
	forget_items(p);
	if (!ledger_mark_published(l, rows, n)) {
		fail_ledger(p, l);
		n = 0;
	}
	return p->failed ? -1 : (int)n;
}
