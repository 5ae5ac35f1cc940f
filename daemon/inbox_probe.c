/*
 * Asking a disk or file server whether it answers, before the keeper waits for it.
 *
 * A call to a silent file server does not come back, and the keeper is one loop: it would take in nothing
 * from anybody.  So a region whose folder is a mount of its own is looked at only after a process made for
 * it has been there and come back; while that does not come back, the region waits and the others go on.
 * What hangs then is that process: it holds nothing of ours, and there is one a region at most.
 *
 * Which folders are mounts is read from the kernel's list, since asking the folder itself would be such a call.
 * A server that falls silent in the moment between the answer and the look can still hold the keeper up; the
 * watchdog ends that, and the keeper that is started then asks first.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/inbox_private.h"
#include "daemon/sandbox.h"

#define LATE_S 3 /* then it is said */
/* How old what is known of mounts may be (milliseconds). */
#define MOUNTS_OLD 500

struct probe {
	TAILQ_ENTRY(probe) next;
	struct inbox *inbox;
	char name[256];
	pid_t pid;
	int fd; /* its end is the end of the process */
	struct event *ended;
};

/* --- which folders of the root are mounts --- */

/* \040 and the like, as the kernel writes what would part the columns. */
static void
unescape(char *s)
{
	char *to = s;

	while (*s != '\0')
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + s[3] - '0');
			s += 4;
		} else
			*to++ = *s++;
	*to = '\0';
}

/* The name of a folder right in the root, when this line of mountinfo is of one; NULL: it is not. */
static const char *
mounted_name(char *line, const char *root)
{
	size_t n = strlen(root);
	char *field = line, *save = NULL;

	for (int i = 0; i < 5; i++, line = NULL)
		if ((field = strtok_r(line, " ", &save)) == NULL)
			return NULL;
	unescape(field);
	if (strncmp(field, root, n) != 0 || field[n] != '/' || field[n + 1] == '\0' ||
	    strchr(field + n + 1, '/') != NULL)
		return NULL;
	return field + n + 1;
}

static bool
root_path(const struct inbox *inbox, char path[PATH_MAX])
{
	char link[40];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", inbox->root);
	n = readlink(link, path, PATH_MAX - 1);
	path[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* Their names, each with its NUL. */
static void
read_mounts(struct inbox *inbox)
{
	char root[PATH_MAX], *line = NULL;
	const char *name;
	size_t room = 0;
	FILE *f;

	inbox->mounts_read = inbox_ms();
	buf_clear(&inbox->mounts);
	if (!root_path(inbox, root) || (f = fopen("/proc/self/mountinfo", "re")) == NULL)
		return;
	while (getline(&line, &room, f) > 0)
		if ((name = mounted_name(line, root)) != NULL)
			buf_put(&inbox->mounts, name, strlen(name) + 1);
	free(line);
	(void)fclose(f);
}

bool
inbox_is_mount(struct inbox *inbox, const char *name)
{
	size_t at = 0;

	if (inbox->root == -1)
		return false;
	if (inbox->mounts_read == 0 || inbox_ms() - inbox->mounts_read > MOUNTS_OLD)
		read_mounts(inbox);
	for (; at < inbox->mounts.n; at += strlen(inbox->mounts.p + at) + 1)
		if (strcmp(inbox->mounts.p + at, name) == 0)
			return true;
	return false;
}

/* --- the process --- */

static void
look_into(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = fd != -1 ? fdopendir(fd) : NULL;

	if (list != NULL)
		(void)readdir(list);
}

/* In the child: it may never end, so that it must hold nothing that another keeper would want. */
static _Noreturn void
visit(int root, int tell, pid_t keeper, const char *name)
{
	struct stat st;
	sigset_t all;
	int fd;

	/* what the keeper does at a signal is not for here, and a call that one cuts short is no answer */
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	root = fcntl(root, F_DUPFD_CLOEXEC, 10);
	tell = fcntl(tell, F_DUPFD_CLOEXEC, 10);
	if (root == -1 || tell == -1 || dup2(root, 3) == -1 || dup2(tell, 4) == -1)
		_exit(1);
	(void)close_range(5, ~0U, 0);
	if (!sandbox_die_with(keeper))
		_exit(1);
	(void)fstatat(3, name, &st, AT_SYMLINK_NOFOLLOW);
	fd = openat(3, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd != -1) {
		look_into(fd, ".");
		look_into(fd, "inbox");
		look_into(fd, ".poold");
	}
	_exit(0);
}

static struct probe *
probe_of(const struct inbox *inbox, const char *name)
{
	struct probe *p;

	TAILQ_FOREACH (p, &inbox->probes, next)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

static void
probe_free(struct probe *p)
{
	TAILQ_REMOVE(&p->inbox->probes, p, next);
	if (p->ended != NULL)
		event_free(p->ended);
	if (p->fd != -1)
		(void)close(p->fd);
	free(p);
}

static void
say_silent(struct probe *p)
{
	struct region *r = inbox_region(p->inbox, text_of(p->name));
	struct buf b = { 0 };

	if (r == NULL && (r = region_new(p->inbox, p->name)) == NULL)
		return;
	r->silent = true;
	buf_str(&b, "The disk or file server of ");
	buf_safe(&b, text_of(p->inbox->options.root));
	buf_char(&b, '/');
	buf_safe(&b, r->name);
	buf_str(&b,
	    " does not answer. Nothing is taken in from it until it does, and the other "
	    "regions "
	    "go on; see whether it is there: findmnt ");
	region_shell_path(r, NULL, &b);
	region_say(r, buf_as_text(&b));
	buf_free(&b);
}

static void
answered(struct inbox *inbox, const char *name)
{
	struct region *r = inbox_region(inbox, text_of(name));

	if (r != NULL && r->silent) {
		r->silent = false;
		r->trouble[0] = '\0';
		inbox->calls.region(
		    inbox->arg, r, "The region's disk or file server answers again.", true);
	}
	inbox_look_at_region(inbox, name);
}

static void
probe_ended(int fd, short what, void *arg)
{
	struct probe *p = arg;
	struct inbox *inbox = p->inbox;
	char name[256];
	int status = 1;

	(void)fd;
	if ((what & EV_READ) == 0) {
		say_silent(p);
		(void)event_add(p->ended, NULL);
		return;
	}
	while (waitpid(p->pid, &status, 0) == -1 && errno == EINTR)
		;
	memcpy(name, p->name, sizeof(name));
	probe_free(p);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		answered(inbox, name);
}

/* false: it could not be started. */
static bool
probe_start(struct inbox *inbox, const char *name)
{
	const struct timeval late = { LATE_S, 0 };
	struct probe *p = calloc(1, sizeof(*p));
	pid_t keeper = getpid();
	int ends[2];

	if (p == NULL || strlen(name) >= sizeof(p->name) || pipe2(ends, O_CLOEXEC) == -1) {
		free(p);
		return false;
	}
	p->inbox = inbox;
	p->fd = ends[0];
	memcpy(p->name, name, strlen(name) + 1);
	TAILQ_INSERT_TAIL(&inbox->probes, p, next);
	p->ended = event_new(inbox->base, p->fd, EV_READ, probe_ended, p);
	p->pid = p->ended != NULL && event_add(p->ended, &late) == 0 ? fork() : -1;
	if (p->pid == 0)
		visit(inbox->root, ends[1], keeper, name);
	(void)close(ends[1]);
	if (p->pid == -1)
		probe_free(p);
	else
		return true;
	return false;
}

bool
inbox_asks_first(struct inbox *inbox, const char *name)
{
	return inbox_is_mount(inbox, name) &&
	    (probe_of(inbox, name) != NULL || probe_start(inbox, name));
}

void
inbox_probes_free(struct inbox *inbox)
{
	struct probe *p;

	while ((p = TAILQ_FIRST(&inbox->probes)) != NULL) {
		(void)kill(p->pid, SIGKILL);
		probe_free(p);
	}
	buf_free(&inbox->mounts);
}
