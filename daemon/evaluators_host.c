/*
 * The rulebook process as the keeper sees it: started by fork and exec of this program, so that it has
 * nothing of the keeper's, with its socket on descriptor 3 and the policies on 4.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/evaluator_pidfd.h"
#include "daemon/evaluators_private.h"
#include "daemon/fault.h"
#include "daemon/log.h"
#include "daemon/sandbox.h"

bool
descriptor_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags != -1 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* In the child: become the rulebook process. "poold: rulebook 3f2a…" is what ps shows. */
static _Noreturn void
host_exec(pid_t keeper, int fd, int treefd, const char *digest)
{
	char short_digest[13];
	char *argv[] = { (char *)(uintptr_t) "poold:", (char *)(uintptr_t) "rulebook",
		short_digest, NULL };
	int a = fcntl(fd, F_DUPFD, 10), b = fcntl(treefd, F_DUPFD, 10);
	sigset_t none;

	(void)memcpy(short_digest, digest, 12);
	short_digest[12] = '\0';
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/* what the keeper may beyond its user (CAP_LEASE, CAP_DAC_READ_SEARCH) is not handed on */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	/* a group of its own: see evaluator_pidfd.h */
	if (!sandbox_die_with(keeper) || setpgid(0, 0) == -1 || a == -1 || b == -1 ||
	    dup2(a, 3) == -1 || dup2(b, 4) == -1)
		_exit(EVALUATOR_SANDBOX);
	(void)close(a);
	(void)close(b);
	(void)execv("/proc/self/exe", argv);
	_exit(EVALUATOR_SANDBOX);
}

/* The process is gone, or has to go: how it ended, as waitpid() has it. */
static int
host_kill(struct host *h)
{
	int status = 0;

	if (h->pid > 0) {
		(void)kill(h->pid, SIGKILL);
		while (waitpid(h->pid, &status, 0) == -1 && errno == EINTR)
			;
	}
	h->pid = -1;
	return status;
}

void
host_free(struct host *h)
{
	struct evaluators *e = h->all;

	if (e->current == h)
		e->current = NULL;
	if (e->loading == h)
		e->loading = NULL;
	(void)host_kill(h);
	if (h->readable != NULL)
		event_free(h->readable);
	if (h->deadline != NULL)
		event_free(h->deadline);
	if (h->fd != -1)
		(void)close(h->fd);
	policies_close(&h->policies);
	buf_free(&h->gather.whole);
	buf_free(&h->file);
	wire_rulebook_free(&h->rulebook);
	TAILQ_REMOVE(&e->hosts, h, next);
	free(h);
}

void
host_retire(struct host *h)
{
	struct runner *r, *after;

	h->over = true;
	for (r = TAILQ_FIRST(&h->all->runners); r != NULL; r = after) {
		after = TAILQ_NEXT(r, next);
		if (r->host == h && r->lane == NULL)
			runner_dismiss(r);
	}
	if (h->runners == 0)
		host_free(h);
}

void
host_runner_gone(struct host *h)
{
	h->runners--;
	if (h->over && h->runners == 0)
		host_free(h);
}

bool
host_ask(struct host *h, uint32_t number, int fd, int progress)
{
	struct buf b = { 0 };
	int fds[2] = { fd, progress };
	bool good;

	ipc_put_u32(&b, number);
	good = !buf_failed(&b) && ipc_send(h->fd, WIRE_BATCH, buf_as_text(&b), fds, 2);
	buf_free(&b);
	return good;
}

/* It ended or is not to be trusted: what its evaluators had in hand is tried again with another. */
void
host_lost(struct host *h, const char *why)
{
	struct evaluators *e = h->all;
	struct wire_rulebook none = { 0 };
	struct runner *r, *after;
	bool was_loading = e->loading == h, late = h->late;

	(void)host_kill(h); /* its evaluators die with it */
	if (e->current == h) {
		evaluators_count_loss(e);
		log_warnx("the rulebook process ended (%s); starting it again in %u s", why,
		    e->again_s);
	}
	/* no answer to a load is no refusal: with nothing before it, it is tried again as well */
	if (e->current == h || (was_loading && e->current == NULL && e->lost.memfd == -1)) {
		policies_close(&e->lost);
		e->lost = h->policies;
		h->policies.memfd = -1;
	}
	if (e->current == h)
		e->current = NULL;
	if (was_loading)
		e->loading = NULL;
	h->over = true;
	h->runners++; /* keeps it until the last one is seen to */
	for (r = TAILQ_FIRST(&e->runners); r != NULL; r = after) {
		after = TAILQ_NEXT(r, next);
		if (r->host == h)
			runner_ended(
			    r, r->over != WIRE_OVER_NONE ? SIGKILL : EVALUATOR_PROTOCOL << 8);
	}
	host_runner_gone(h);
	evaluators_try_again(e);
	if (was_loading)
		e->calls.rulebook(
		    e->arg, late ? LOAD_REFUSED : LOAD_FAILED, &none, text_of(why));
}

/* Its socket was closed: it has ended by itself, or else is to end now. */
static void
host_closed(struct host *h)
{
	struct buf why = { 0 };
	int status = host_kill(h);

	if (!h->loaded)
		buf_str(&why,
		    "The process that loads the policies ended before it had loaded them: ");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		buf_str(&why, "its socket was closed");
	else {
		buf_str(&why, "it ");
		wire_end(&why, status);
	}
	buf_str(&why, h->loaded ? "" : ".");
	buf_char(&why, '\0');
	host_lost(h, buf_failed(&why) ? "it ran out of memory, as this process did" : why.p);
	buf_free(&why);
}

static void
host_late(int fd, short what, void *arg)
{
	struct host *h = arg;
	struct buf why = { 0 };

	(void)fd;
	(void)what;
	h->late = true;
	wire_load_is_late(&why, buf_as_text(&h->file));
	buf_char(&why, '\0');
	host_lost(h, buf_failed(&why) ? "The policies were not loaded in time." : why.p);
	buf_free(&why);
}

static void
host_loaded(struct host *h)
{
	struct evaluators *e = h->all;
	struct host *old = e->current;
	struct wire_rulebook w;
	bool taken = e->message.type == WIRE_LOADED;

	if (h->loaded || !wire_get_rulebook(e->message.body, &w) ||
	    !wire_copy_rulebook(&h->rulebook, &w)) {
		host_lost(h, "The process that loads the policies sent what is no report.");
		return;
	}
	(void)evtimer_del(h->deadline);
	if (e->loading == h)
		e->loading = NULL;
	if (taken) {
		h->loaded = true;
		e->current = h;
		evaluators_begin_well(e);
		fault_at(FAULT_SWAPPING);
		if (old != NULL)
			host_retire(old);
		policies_close(&e->lost);
	} else
		host_free(h);
	evaluators_try_again(e);
	e->calls.rulebook(e->arg, taken ? LOAD_TAKEN : LOAD_REFUSED, &w, TEXT_NONE);
	wire_rulebook_free(&w);
	evaluators_dispatch(e);
	evaluators_keep_spare(e);
}

static void
host_cannot(struct host *h, struct text sentence)
{
	struct buf why = { 0 };

	buf_safe(&why, sentence);
	buf_char(&why, '\0');
	host_lost(h, buf_failed(&why) ? "The policies could not be loaded." : why.p);
	buf_free(&why);
}

/* One message of the rulebook process; false: the host is gone. */
static bool
host_message(struct host *h)
{
	struct evaluators *e = h->all;
	struct ipc_reader in = ipc_read(e->message.body);
	struct runner *r;

	if (e->message.type == WIRE_LOADED || e->message.type == WIRE_REFUSED) {
		host_loaded(h);
		return false; /* it may be; what is left is read at the next event */
	}
	if (e->message.type == WIRE_CANNOT && !h->loaded) {
		host_cannot(h, e->message.body);
		return false;
	}
	if (e->message.type == WIRE_LOADING) {
		buf_clear(&h->file);
		buf_text(&h->file, e->message.body);
		return true;
	}
	r = runner_find(e, ipc_get_u32(&in));
	if (e->message.type == WIRE_STARTED && r != NULL) {
		if (e->message.n_fds != 1 || r->pidfd != -1 ||
		    !pidfd_is_of_group(e->message.fds[0], h->pid)) {
			ipc_drop_fds(&e->message);
			host_lost(h, "it named what is no evaluator of its own");
			return false;
		}
		runner_started(r, (pid_t)ipc_get_u32(&in), ipc_take_fd(&e->message, 0));
	} else if (e->message.type == WIRE_ENDED && r != NULL) {
		runner_ended(r, (int)ipc_get_u32(&in));
		return false;
	}
	ipc_drop_fds(&e->message);
	return true;
}

static void
host_read(int fd, short what, void *arg)
{
	struct host *h = arg;
	struct evaluators *e = h->all;
	enum ipc_got got;
	unsigned n;

	(void)what;
	/* a bounded number an event: who never stops talking is not to keep the keeper */
	for (n = 0; n < MESSAGES_MOST; n++) {
		got = ipc_receive(fd, &e->message);
		if (got == IPC_AGAIN)
			return;
		if (got != IPC_MESSAGE) {
			host_closed(h);
			return;
		}
		if (e->message.type != WIRE_STARTED)
			ipc_drop_fds(
			    &e->message); /* nothing else has any, or none that is wanted */
		switch (ipc_gather(&h->gather, &e->message, WIRE_REPORT_MOST)) {
		case GATHER_TOO_LONG:
			host_lost(h, "The report on the policies is too long.");
			return;
		case GATHER_MORE: break;
		case GATHER_WHOLE:
			if (!host_message(h))
				return;
			break;
		}
	}
}

static bool
host_send_options(struct host *h)
{
	struct evaluator_options o = h->all->options.limits;
	struct buf b = { 0 };
	bool good;

	o.digest = text_of(h->policies.digest);
	o.examples = EXAMPLES_REFUSE;
	wire_put_options(&b, &o);
	good = !buf_failed(&b) && ipc_send(h->fd, WIRE_OPTIONS, buf_as_text(&b), NULL, 0);
	buf_free(&b);
	return good;
}

static bool
host_watch(struct host *h)
{
	uint32_t ms = h->all->options.load_ms;
	struct timeval late = { ms / 1000, (ms % 1000) * 1000 };

	h->readable = event_new(h->all->base, h->fd, EV_READ | EV_PERSIST, host_read, h);
	h->deadline = evtimer_new(h->all->base, host_late, h);
	return h->readable != NULL && h->deadline != NULL &&
	    event_add(h->readable, NULL) == 0 && event_add(h->deadline, &late) == 0;
}

struct host *
host_start(struct evaluators *e, const struct policies *policies)
{
	struct host *h = calloc(1, sizeof(*h));
	int ends[2] = { -1, -1 };
	pid_t keeper = getpid();
	bool good;

	if (h == NULL)
		return NULL;
	h->all = e;
	h->pid = h->fd = -1;
	h->policies = *policies;
	TAILQ_INSERT_TAIL(&e->hosts, h, next);
	h->policies.memfd = fcntl(policies->memfd, F_DUPFD_CLOEXEC, 5);
	good = h->policies.memfd != -1 && ipc_pair(ends) && descriptor_nonblocking(ends[0]);
	h->fd = ends[0];
	good = good && (h->pid = fork()) != -1;
	if (h->pid == 0)
		host_exec(keeper, ends[1], h->policies.memfd, policies->digest);
	if (ends[1] != -1)
		(void)close(ends[1]);
	if (good && host_send_options(h) && host_watch(h))
		return h;
	host_free(h);
	return NULL;
}
