/*
 * A batch: everything is written, one syncfs for each file system, then the claims are removed.
 *
 * Files are written aside and renamed, which alone puts nothing on disk: a syncfs does, and only then
 * is a claim removed and "done" said.  (An fsync for each file was measured at a fifth of the speed.)
 * A verdict's files have names of their own, so doing it again after a crash overwrites only itself.
 *
 * The folders belong to other people.  When something is wrong in one region, what is left of it in
 * the batch is left out; the others go on.  A verdict that was judged again moves: its earlier files
 * are taken out of the other outcome folders.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/publish.h"
#include "daemon/publisher.h"
#include "daemon/publisher_private.h"

#define DEVICES_MAX 16
#define LOCK_TRIES  50 /* of 20 ms */

/* --- regions --- */

static void
close_places(struct batch_run *r)
{
	for (uint32_t i = 0; i < r->n_places; i++) {
		struct publish_place *p = &r->places[i];

		for (int o = 0; o < OUTCOMES; o++)
			if (p->folders[o].fd != -1)
				close(p->folders[o].fd);
		if (p->fd != -1)
			close(p->fd);
		buf_free(&p->sentence);
	}
	r->n_places = 0;
}

/* Something failed in a region, with its sentence written: the rest of it is left. */
static void
place_failed(struct batch_run *r, struct publish_place *p, uint32_t item)
{
	p->failed = true;
	p->item = item;
	r->done[item] = PUBLISH_FAILED;
}

/* FNV-1a: two regions of one number would only wait for each other where one hangs. */
static off_t
lock_number(struct text name)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * UINT64_C(1099511628211);
	return (off_t)(h >> 2);
}

/*
 * The region's lock, for as long as this process lives.  A process before it that was killed a moment ago is
 * given a moment to be gone, once; one that hangs is not waited for.
 */
static bool
lock_place(const struct publish_place *p)
{
	const struct timespec a_little = { 0, 20000000 };
	static int tries = LOCK_TRIES;
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = lock_number(p->name),
		.l_len = 1 };

	while (fcntl(PUBLISHER_LOCK, F_SETLK, &lock) == -1) {
		if (errno == EINTR)
			continue;
		if ((errno != EAGAIN && errno != EACCES) || --tries < 0)
			return false;
		(void)ppoll(NULL, 0, &a_little, NULL);
	}
	return true;
}

/* One name, no link: a region's folder stands in the root itself. */
static void
open_place(struct batch_run *r, struct publish_place *p, uint32_t item)
{
	char name[256];
	struct stat st;
	int error = ENOENT;

	p->fd = -1;
	if (!lock_place(p)) {
		buf_str(&p->sentence, "A process that published to ");
		buf_safe(&p->sentence, p->name);
		buf_str(&p->sentence,
		    " before still hangs in its folder, whose disk or file server does not "
		    "answer: "
		    "its reports wait until it does.");
		place_failed(r, p, item);
		return;
	}
	if (p->name.n > 0 && p->name.n < sizeof(name) &&
	    memchr(p->name.p, '/', p->name.n) == NULL &&
	    memchr(p->name.p, '\0', p->name.n) == NULL && !text_is(p->name, "..")) {
		memcpy(name, p->name.p, p->name.n);
		name[p->name.n] = '\0';
		p->fd = openat(r->root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		error = errno;
	}
	if (p->fd != -1 && fstat(p->fd, &st) == 0) {
		p->device = st.st_dev;
		return;
	}
	publish_say_no_region(&p->sentence, p->name, error);
	place_failed(r, p, item);
}

/* The region of an item; NULL: too many are open. */
static struct publish_place *
publish_place_of(struct batch_run *r, uint32_t item)
{
	struct text name = r->items[item].region;
	struct publish_place *p;

	/* the last one is the likeliest */
	for (uint32_t i = r->n_places; i > 0; i--)
		if (text_equal(r->places[i - 1].name, name))
			return &r->places[i - 1];
	if (r->n_places == PLACES_MOST)
		return NULL;
	p = &r->places[r->n_places++];
	*p = (struct publish_place){ .name = name };
	for (int o = 0; o < OUTCOMES; o++)
		p->folders[o].fd = -1;
	open_place(r, p, item);
	return p;
}

/* --- one verdict --- */

/* The files of an earlier revision, in whichever other folder they are; its original may be needed. */
static void
clear_other_folders(struct batch_run *r, const struct publish_place *p,
    const struct unpublished *u, const struct publish_folder *to)
{
	const char *const names[] = { r->names.html.p, r->names.json.p, r->names.original.p };

	for (int o = 0; o < OUTCOMES; o++) {
		struct publish_folder old;

		if (o == (int)u->outcome ||
		    publish_folder_open(p->fd, outcome_names[o], false, &old) != 0)
			continue;
		if (!u->kept)
			(void)!renameat(
			    old.fd, r->names.original.p, to->fd, r->names.original.p);
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			unlinkat(old.fd, names[i], 0);
		fault_at(FAULT_PUBLISH_CLEARING);
		close(old.fd);
	}
}

/* 0, or what failed, to which file. */
static int
write_files(struct batch_run *r, const struct publish_place *p, const struct unpublished *u,
    const struct publish_folder *folder, const char **file)
{
	int error;

	*file = r->names.original.p;
	if (u->kept)
		error = publish_file(folder, *file, u->seq, u->bytes);
	else
		error = publish_move_claim(p->fd, u->seq, folder, *file);
	/* Moved already, before a crash. */
	if (!u->kept && error == ENOENT)
		error = 0;
	if (error != 0)
		return error;
	*file = r->names.html.p;
	if ((error = publish_file(folder, *file, u->seq, u->html)) != 0)
		return error;
	*file = r->names.json.p;
	return publish_file(folder, *file, u->seq, u->json);
}

static void
make_names(struct batch_run *r, const struct unpublished *u)
{
	buf_clear(&r->names.original);
	buf_clear(&r->names.html);
	buf_clear(&r->names.json);
	publish_names(u->name, u->seq, &r->names.original, &r->names.html, &r->names.json);
}

static void
publish_one(struct batch_run *r, struct publish_place *p, uint32_t item)
{
	const struct unpublished *u = &r->items[item];
	struct publish_folder *folder = &p->folders[u->outcome];
	const char *name = outcome_names[u->outcome], *file = NULL;
	int error = 0;

	make_names(r, u);
	if (folder->fd == -1)
		error = publish_folder_open(p->fd, name, true, folder);
	if (error == 0)
		error = write_files(r, p, u, folder, &file);
	if (error != 0) {
		publish_say_trouble(&p->sentence, p->fd, name, file, error);
		place_failed(r, p, item);
		return;
	}
	if (u->revision > 1)
		clear_other_folders(r, p, u, folder);
	r->done[item] = PUBLISH_DONE;
	fault_at(FAULT_PUBLISH_ONE);
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

/* 0, or what kept this region's file system from writing everything to disk; asked once for each. */
static int
sync_once(struct synced *s, const struct publish_place *p)
{
	size_t at = 0;

	while (at < s->n && s->seen[at].device != p->device)
		at++;
	if (at == s->n) {
		at = s->n < DEVICES_MAX ? s->n++ : DEVICES_MAX - 1;
		s->seen[at].device = p->device;
		s->seen[at].error = syncfs(p->fd) == 0 ? 0 : errno;
	}
	return s->seen[at].error;
}

/* From here on nothing of a region whose disk failed is done. */
static void
sync_items(struct batch_run *r, uint32_t from, uint32_t to)
{
	struct synced s = { .n = 0 };

	for (uint32_t i = from; i < to; i++) {
		struct publish_place *p = r->at[i - from];
		int error;

		if (r->done[i] != PUBLISH_DONE)
			continue;
		atomic_store(&r->progress->item, i + 1);
		if ((error = sync_once(&s, p)) == 0)
			continue;
		if (!p->failed)
			publish_say_trouble(&p->sentence, p->fd, "", NULL, error);
		place_failed(r, p, i);
	}
}

static void
unlink_claims(struct batch_run *r, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		struct publish_place *p = r->at[i - from];
		int error;

		if (r->done[i] != PUBLISH_DONE)
			continue;
		atomic_store(&r->progress->item, i + 1);
		if ((error = publish_unlink_claim(p->fd, r->items[i].seq)) == 0)
			continue;
		if (!p->failed)
			publish_say_trouble(&p->sentence, p->fd, ".poold", NULL, error);
		place_failed(r, p, i);
	}
}

static void
put_sentences(struct batch_run *r)
{
	for (uint32_t i = 0; i < r->n_places; i++) {
		struct publish_place *p = &r->places[i];

		if (!p->failed)
			continue;
		ipc_put_u32(&r->sentences, p->item);
		ipc_put_text(&r->sentences, buf_as_text(&p->sentence));
		r->n_sentences++;
	}
}

/* As many items, from this one on, as regions can be open at once; the first that is not done. */
static uint32_t
run_part(struct batch_run *r, uint32_t from)
{
	uint32_t to = from;

	for (; to < r->n && to - from < sizeof(r->at) / sizeof(*r->at); to++) {
		atomic_store(&r->progress->item, to + 1);
		r->done[to] = PUBLISH_LEFT;
		if ((r->at[to - from] = publish_place_of(r, to)) == NULL)
			break;
		if (!r->at[to - from]->failed)
			publish_one(r, r->at[to - from], to);
	}
	fault_at(FAULT_PUBLISH_WRITTEN);
	sync_items(r, from, to);
	fault_at(FAULT_PUBLISH_SYNCED);
	unlink_claims(r, from, to);
	fault_at(FAULT_PUBLISH_UNLINKED);
	put_sentences(r);
	close_places(r);
	return to;
}

void
publisher_run(struct batch_run *r)
{
	uint32_t at = 0;

	r->n_sentences = 0;
	buf_clear(&r->sentences);
	while (at < r->n)
		at = run_part(r, at);
	atomic_store(&r->progress->item, 0);
}
