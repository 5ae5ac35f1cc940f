/*
 * Trouble in a region's folder: said in a sentence with the command that mends it, and waited for,
 * one region at a time.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/publish_private.h"

#define RETRY_FIRST 1000
#define RETRY_LAST  30000

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

void
publish_let_go(struct publisher *p, struct text region)
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

bool
publish_is_held(void *arg, struct text region)
{
	struct publisher *p = arg;
	struct stuck *s = *find_stuck(p, region);

	return s != NULL && s->until > now_ms();
}

/* --- saying what failed --- */

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
			buf_shell(out, path);
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
void
publish_fail_at(struct publisher *p, struct text region, int region_fd, const char *folder,
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

void
publish_fail_no_region(struct publisher *p, struct text region)
{
	begin_sentence(p);
	buf_str(&p->error, "The folder of region ");
	buf_safe(&p->error, region);
	buf_str(&p->error, " is not there: its verdicts are published when it is back.");
	hold_back(p, region);
}

void
publish_fail_ledger(struct publisher *p, struct ledger *l)
{
	begin_sentence(p);
	buf_str(&p->error, ledger_error(l));
}

void
publish_fail_damaged(struct publisher *p, const struct unpublished *u)
{
	begin_sentence(p);
	buf_printf(
	    &p->error, "Could not publish arrival %lld: %s", (long long)u->seq, u->damaged);
	hold_back(p, u->region);
}
