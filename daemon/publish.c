/*
 * Publishing: from the ledger to the outcome folders beside a region's inbox.
 *
 * Everything comes from the ledger's bytes, and a verdict's files have names of their own, so
 * doing it again after a crash overwrites only itself.  Files are written aside and renamed,
 * which alone puts nothing on disk: one syncfs for the whole batch does, and only then is a
 * claim removed and the
 * verdict marked.  (An fsync for each file was measured at a fifth of the speed.)
 *
 * The folders belong to other people.  When something is wrong in one region, that region waits
 * and is tried again with back-off; the others go on.  A verdict that was judged again moves:
 * its earlier files are taken out of the other outcome folders.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/publish_private.h"

#define DEVICES_MAX 16

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
		fault_at(FAULT_PUBLISH_CLEARING);
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
	if (publish_is_held(p, u->region))
		return true;
	if (u->damaged != NULL) {
		publish_fail_damaged(p, u);
		return true;
	}
	if ((region_fd = p->region_dir(p->arg, u->region)) == -1) {
		publish_fail_no_region(p, u->region);
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
		publish_fail_at(p, u->region, region_fd, folder_name, file, error);
	close(region_fd);
	fault_at(FAULT_PUBLISH_ONE);
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
		if (error != 0 && !publish_is_held(p, region))
			publish_fail_at(p, region, fd, "", NULL, error);
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
			publish_fail_at(p, region, fd, ".poold", NULL, error);
		close(fd);
		if (error != 0)
			continue;
		rows[n++] = item->row;
		if (!publish_is_held(p, region))
			publish_let_go(p, region);
	}
	return n;
}

int
publish_some(struct publisher *p, struct ledger *l, uint32_t most)
{
	struct unpublished_query query = {
		.most = most < BATCH_MAX ? most : BATCH_MAX,
		.skip = publish_is_held,
		.each = publish_one,
		.arg = p,
	};
	int64_t rows[BATCH_MAX];
	size_t n;

	p->failed = false;
	buf_clear(&p->error);
	if (!ledger_unpublished(l, &query))
		publish_fail_ledger(p, l);
	if (p->n > 0)
		fault_at(FAULT_PUBLISH_WRITTEN);
	sync_items(p);
	if (p->n > 0)
		fault_at(FAULT_PUBLISH_SYNCED);
	n = finish_items(p, rows);
	if (n > 0)
		fault_at(FAULT_PUBLISH_UNLINKED);
	forget_items(p);
	if (!ledger_mark_published(l, rows, n)) {
		publish_fail_ledger(p, l);
		n = 0;
	}
	if (n > 0)
		fault_at(FAULT_PUBLISH_MARKED);
	return p->failed ? -1 : (int)n;
}
