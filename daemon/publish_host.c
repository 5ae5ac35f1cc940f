/*
 * The publisher as the keeper sees it: started by fork and exec of this program, started again when it
 * ends, never waited for.
 *
 * A process inside a call to a hung file server cannot be killed before the call ends, so nothing here
 * blocks on it: what takes long is said, and goes on when it goes on.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/log.h"
#include "daemon/publish_private.h"
#include "daemon/publisher.h"
#include "daemon/sandbox.h"

#define RAN_LONG  10000 /* ms: after so long it is started again at once */
#define OFF_FIRST 100
#define OFF_LAST  30000
#define END_WAIT  1000 /* ms that an idle publisher has to end */

/* When it is said again how long something has taken. */
static const struct {
	int64_t ms;
	const char *words;
} slow[] = {
	{ 5000, "five seconds" },
	{ 60000, "a minute" },
	{ 600000, "ten minutes" },
	{ 3600000, "an hour" },
};

#define N_SLOW (sizeof(slow) / sizeof(*slow))

/* --- start --- */

/* In the child: become the publisher. "poold: publisher" is what ps shows. */
static _Noreturn void
become(const struct publisher *p, pid_t keeper, int socket)
{
	char *argv[] = { (char *)(uintptr_t) "poold:", (char *)(uintptr_t) "publisher", NULL };
	int fds[] = { socket, p->root, p->lock, p->progress_fd };
	const int n = sizeof(fds) / sizeof(*fds);
	sigset_t none;
	int i;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/* it writes where poold's user may, and needs nothing that the keeper has beyond that */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (!sandbox_die_with(keeper))
		_exit(PUBLISHER_NO_START);
	for (i = 0; i < n; i++)
		if ((fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 10)) == -1)
			_exit(PUBLISHER_NO_START);
	for (i = 0; i < n; i++)
		if (dup2(fds[i], PUBLISHER_SOCKET + i) == -1)
			_exit(PUBLISHER_NO_START);
	if (p->options.exec)
		(void)execv("/proc/self/exe", argv);
	else
		publisher_process();
	_exit(PUBLISHER_NO_START);
}

static bool
make_progress(struct publisher *p)
{
	void *page;

	p->progress_fd = memfd_open("progress");
	if (p->progress_fd == -1 ||
	    ftruncate(p->progress_fd, sizeof(struct publish_progress)) == -1)
		return false;
	page = mmap(
	    NULL, sizeof(struct publish_progress), PROT_READ, MAP_SHARED, p->progress_fd, 0);
	if (page == MAP_FAILED)
		return false;
	p->progress = page;
	return true;
}

static bool
send_begin(struct publisher *p)
{
	struct buf b = { 0 };
	bool good;

	ipc_put_u32(&b, fault_armed);
	good = !buf_failed(&b) && ipc_send(p->fd, PUBLISH_BEGIN, buf_as_text(&b), NULL, 0);
	buf_free(&b);
	return good;
}

static void on_readable(int fd, short what, void *arg);
static void on_tick(int fd, short what, void *arg);

/* Everything of the one that ended, or did not start. */
static void
forget(struct publisher *p)
{
	if (p->readable != NULL)
		event_free(p->readable);
	p->readable = NULL;
	if (p->fd != -1)
		(void)close(p->fd);
	if (p->progress != NULL)
		(void)munmap((void *)(uintptr_t)p->progress, sizeof(*p->progress));
	p->progress = NULL;
	if (p->progress_fd != -1)
		(void)close(p->progress_fd);
	p->fd = p->progress_fd = -1;
	p->ready_to_work = false;
	buf_free(&p->gather.whole);
	p->gather = (struct ipc_gather){ 0 };
}

bool
host_publisher_start(struct publisher *p)
{
	int ends[2] = { -1, -1 }, flags;
	pid_t keeper = getpid();
	bool good;

	if (p->tick == NULL && (p->tick = evtimer_new(p->base, on_tick, p)) == NULL)
		return false;
	p->started = publish_now_ms();
	good = publish_leaving_room(p) && make_progress(p) && ipc_pair(ends);
	p->fd = ends[0];
	good = good && (flags = fcntl(p->fd, F_GETFL)) != -1 &&
	    fcntl(p->fd, F_SETFL, flags | O_NONBLOCK) == 0 && (p->pid = fork()) != -1;
	if (good && p->pid == 0)
		become(p, keeper, ends[1]);
	if (ends[1] != -1)
		(void)close(ends[1]);
	good = good && send_begin(p) &&
	    (p->readable = event_new(p->base, p->fd, EV_READ | EV_PERSIST, on_readable, p)) !=
		NULL &&
	    event_add(p->readable, NULL) == 0;
	if (!good && p->pid > 0) {
		(void)kill(p->pid, SIGKILL);
		publish_leaves(p, p->pid);
	}
	if (!good) {
		forget(p);
		p->pid = -1;
	}
	return good;
}

static bool
send_hand(struct publisher *p)
{
	struct buf body = { 0 };
	int fds[PUBLISH_TOGETHER];
	struct bundle *b;
	unsigned n = 0;
	bool good;

	ipc_put_i64(&body, (int64_t)p->number);
	TAILQ_FOREACH (b, &p->hand, next) {
		if (n == PUBLISH_TOGETHER)
			break;
		ipc_put_i64(&body, b->index);
		fds[n++] = b->memfd;
	}
	good = !buf_failed(&body) && ipc_send(p->fd, PUBLISH_BATCH, buf_as_text(&body), fds, n);
	buf_free(&body);
	return good;
}

/* --- end --- */

static void
put_how(struct publisher *p, int status)
{
	if (WIFSIGNALED(status))
		(void)snprintf(
		    p->ended, sizeof(p->ended), "it was killed by signal %d", WTERMSIG(status));
	else
		(void)snprintf(
		    p->ended, sizeof(p->ended), "it ended with %d", WEXITSTATUS(status));
}

/* Reaped if it is gone within so many milliseconds, which it nearly always is. */
static bool
reap(pid_t pid, int ms, int *status)
{
	const struct timespec step = { 0, 1000000 };

	while (waitpid(pid, status, WNOHANG) == 0) {
		if (ms-- <= 0)
			return false;
		(void)nanosleep(&step, NULL);
	}
	return true;
}

static void
wait_longer(struct publisher *p)
{
	p->back_off = p->back_off == 0   ? OFF_FIRST
	    : p->back_off * 2 > OFF_LAST ? OFF_LAST
					 : p->back_off * 2;
}

void
host_publisher_lost(struct publisher *p, const char *why)
{
	int status = 0;

	(void)snprintf(p->ended, sizeof(p->ended), "%s", why);
	if (*why != '\0')
		(void)kill(p->pid, SIGKILL);
	if (!reap(p->pid, fault_armed ? 5000 : 20, &status))
		publish_leaves(p, p->pid);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == PUBLISHER_FAULT && fault_armed)
		(void)kill(getpid(), SIGKILL);
	else if (*why == '\0')
		put_how(p, status);
	if (p->ended[0] == '\0')
		(void)snprintf(p->ended, sizeof(p->ended), "it closed its socket");
	log_warnx("the process that publishes ended (%s); it is started again", p->ended);
	p->pid = -1;
	forget(p);
	if (publish_now_ms() - p->started >= RAN_LONG)
		p->back_off = 0;
	else
		wait_longer(p);
	host_publisher_arm(p);
}

void
publisher_rooted(struct publisher *p)
{
	int root = open(p->options.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root == -1)
		return;
	if (p->root != -1)
		(void)close(p->root);
	p->root = root;
	if (p->fd != -1)
		host_publisher_lost(p, "the root folder is another one now");
}

void
host_publisher_send(struct publisher *p)
{
	/* nobody would ever answer */
	if (p->in_hand && p->fd != -1 && !send_hand(p))
		host_publisher_lost(p, "it could not be given its work");
}

void
host_publisher_end(struct publisher *p)
{
	int status;
	bool busy = p->in_hand;

	forget(p);
	if (p->pid > 0 && (busy || !reap(p->pid, END_WAIT, &status))) {
		(void)kill(p->pid, SIGKILL);
		(void)reap(p->pid, 100, &status);
	}
	p->pid = -1;
	if (p->tick != NULL)
		event_free(p->tick);
	p->tick = NULL;
	publish_leaving_free(p);
}

/* --- what it says --- */

/* false: it is gone. */
static bool
take_message(struct publisher *p)
{
	ipc_drop_fds(&p->message);
	if (p->message.type == PUBLISH_READY) {
		(void)snprintf(p->lacks, sizeof(p->lacks), "%.*s", TEXT_ARG(p->message.body));
		p->ready_to_work = true;
		if (!p->in_hand)
			p->ended[0] = '\0';
		return true;
	}
	if (p->message.type != PUBLISH_ANSWER || !publish_answered(p, p->message.body)) {
		host_publisher_lost(p, "it answered what nobody had asked");
		return false;
	}
	p->ended[0] = '\0';
	p->back_off = 0;
	return true;
}

static void
on_readable(int fd, short what, void *arg)
{
	struct publisher *p = arg;
	enum ipc_got got;

	(void)what;
	while ((got = ipc_receive(fd, &p->message)) == IPC_MESSAGE) {
		enum ipc_gathered g = ipc_gather(&p->gather, &p->message, PUBLISH_MOST_BYTES);

		if (g == GATHER_TOO_LONG) {
			host_publisher_lost(p, "its answer was too long");
			break;
		}
		if (g == GATHER_WHOLE && !take_message(p))
			break;
	}
	if (got == IPC_CLOSED || got == IPC_FAILED)
		host_publisher_lost(
		    p, got == IPC_CLOSED ? "" : "its message could not be read");
	p->calls.changed(p->arg);
}

bool
publisher_wait(struct publisher *p, int ms)
{
	struct pollfd ready = { .fd = p->fd, .events = POLLIN };
	uint64_t number = p->number;

	if (!p->in_hand || p->fd == -1 || poll(&ready, 1, ms) != 1)
		return false;
	on_readable(p->fd, EV_READ, p);
	return !p->in_hand || p->number != number;
}

/* --- time --- */

static int64_t
sooner(int64_t a, int64_t b)
{
	return a == -1 || b < a ? b : a;
}

/* Milliseconds to the next thing that time brings; -1: nothing. */
static int64_t
next_tick(const struct publisher *p)
{
	int64_t now = publish_now_ms(), next = -1, taken = now - p->sent, hung;
	int retry = publisher_retry_ms(p);

	if (p->fd == -1)
		next = p->started + p->back_off - now;
	if (p->in_hand)
		for (size_t i = 0; i < N_SLOW; i++)
			if (taken < slow[i].ms) {
				next = sooner(next, slow[i].ms - taken);
				break;
			}
	if ((hung = publish_hung_next(p)) != -1)
		next = sooner(next, hung);
	if (p->n_leaving > 0)
		next = sooner(next, 1000);
	/* due already: it waits for a commit, and is asked again when none comes */
	if (!p->in_hand && retry != -1)
		next = sooner(next, retry > 0 ? retry : 100);
	return next < 0 && next != -1 ? 0 : next;
}

void
host_publisher_arm(struct publisher *p)
{
	int64_t ms = next_tick(p);
	struct timeval after = { ms / 1000, (ms % 1000) * 1000 };

	if (ms == -1)
		(void)evtimer_del(p->tick);
	else
		(void)event_add(p->tick, &after);
}

static void
on_tick(int fd, short what, void *arg)
{
	struct publisher *p = arg;

	(void)fd;
	(void)what;
	publish_reap_leaving(p);
	publish_hung_look(p);
	if (p->fd == -1 && publish_now_ms() >= p->started + p->back_off) {
		if (!host_publisher_start(p)) {
			log_warn("the process that publishes could not be started");
			wait_longer(p);
		} else
			host_publisher_send(p);
	}
	p->calls.changed(p->arg);
	host_publisher_arm(p);
}

/* --- for people --- */

struct text
host_publisher_region(const struct publisher *p)
{
	uint32_t at = p->progress != NULL ? atomic_load(&p->progress->item) : 0;
	struct bundle *b;

	if (!p->in_hand)
		return TEXT_NONE;
	TAILQ_FOREACH (b, &p->hand, next)
		for (uint32_t i = 0; i < b->n; i++)
			if (!b->items[i].skip && (at <= 1 || --at == 0))
				return bundle_region(b, &b->items[i]);
	return TEXT_NONE;
}

void
host_publisher_trouble(struct publisher *p, struct buf *b)
{
	int64_t taken = publish_now_ms() - p->sent;
	const char *words = NULL;

	if (p->ended[0] != '\0')
		buf_printf(
		    b, "The process that publishes ended (%s); it is started again.", p->ended);
	for (size_t i = 0; p->in_hand && i < N_SLOW; i++)
		if (taken >= slow[i].ms)
			words = slow[i].words;
	if (words == NULL || p->fd == -1)
		return;
	if (b->n > 0)
		buf_char(b, ' ');
	if (!p->ready_to_work) {
		buf_printf(
		    b, "The process that publishes has not begun for more than %s.", words);
		return;
	}
	buf_printf(b, "Publishing to %s/", p->options.root);
	buf_safe(b, host_publisher_region(p));
	buf_printf(b,
	    " has taken more than %s: its disk or file server does not answer, or process %ld "
	    "(\"poold: publisher\") is stopped. Reports wait; verdicts are recorded and told "
	    "to syslog all the same.",
	    words, (long)p->pid);
}

void
publisher_look(const struct publisher *p, struct publisher_state *s)
{
	struct text region = host_publisher_region(p);
	struct bundle *b;

	*s = (struct publisher_state){ .pid = p->pid, .lacks = p->lacks, .kept = p->bytes };
	if (!p->in_hand)
		return;
	TAILQ_FOREACH (b, &p->hand, next)
		s->in_hand += bundle_left(b);
	s->taking_ms = publish_now_ms() - p->sent;
	(void)snprintf(s->region, sizeof(s->region), "%.*s", TEXT_ARG(region));
}
