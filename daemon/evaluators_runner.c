/*
 * One evaluator as the keeper sees it: its socket, its deadline, what it has in hand.
 *
 * It ends in one place, runner_ended(), when the rulebook process reports its status: only then is it
 * known what became of the submission in hand.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "daemon/evaluators_private.h"
#include "daemon/log.h"

/* The rulebook process reports an evaluator's end at once; if not in this time, it hangs itself. */
static const struct timeval report_time = { 5, 0 };

/* Jobs in hand that make a backlog. */
#define PATIENT_FROM 4

struct runner *
runner_find(struct evaluators *e, uint32_t number)
{
	struct runner *r;

	TAILQ_FOREACH (r, &e->runners, next)
		if (r->number == number)
			return r;
	return NULL;
}

/* Nothing more is sent or read; its end is waited for, but not for ever. */
static void
runner_hang_up(struct runner *r)
{
	if (r->readable != NULL)
		event_free(r->readable);
	r->readable = NULL;
	if (r->fd != -1)
		(void)close(r->fd);
	r->fd = -1;
	if (r->deadline != NULL)
		(void)event_add(r->deadline, &report_time);
}

/* Its end is reported by the rulebook process. */
static void
runner_kill(struct runner *r)
{
	r->killed = true;
	if (r->pidfd != -1)
		(void)syscall(SYS_pidfd_send_signal, r->pidfd, SIGKILL, NULL, 0);
	runner_hang_up(r); /* one that was never forked ends at its first read */
}

static int64_t
monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Processor time of its life, as far as is known. */
static int64_t
runner_cpu(const struct runner *r)
{
	struct timespec ts;

	if (!r->has_clock || clock_gettime(r->clock, &ts) == -1)
		return r->cpu_begun + r->cpu_took;
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* The first one in hand begins. */
static void
runner_begins(struct runner *r)
{
	r->begun = monotonic_us();
	r->cpu_begun = runner_cpu(r);
	r->cpu_took = 0;
}

static void runner_arm(struct runner *);

static void
runner_late(int fd, short what, void *arg)
{
	struct runner *r = arg;
	const struct evaluators_options *o = &r->all->options;

	(void)fd;
	(void)what;
	if (r->killed) {
		host_lost(r->host, "it does not say how an evaluator ended");
		return;
	}
	r->cpu_took = runner_cpu(r) - r->cpu_begun;
	/* without a socket it was dismissed, or has hung up, and yet goes on */
	if (r->fd != -1 && r->cpu_took >= (int64_t)o->cpu_ms * 1000)
		r->over = WIRE_OVER_CPU;
	else if (r->fd != -1 && monotonic_us() - r->begun >= (int64_t)o->wall_ms * 1000)
		r->over = WIRE_OVER_WALL;
	else if (r->fd != -1) {
		runner_arm(r);
		return;
	}
	runner_kill(r);
}

/*
 * It is looked at when it could first be over a limit: it cannot have had more processor time than has
 * passed.
 */
static void
runner_arm(struct runner *r)
{
	const struct evaluators_options *o = &r->all->options;
	int64_t wall = r->begun + (int64_t)o->wall_ms * 1000 - monotonic_us();
	int64_t cpu = (int64_t)o->cpu_ms * 1000 - r->cpu_took;
	int64_t us = (wall < cpu ? wall : cpu) + 1000;
	struct timeval late = { us > 0 ? us / 1000000 : 0, us > 0 ? us % 1000000 : 0 };

	if (r->fd == -1)
		return; /* its end is waited for */
	if (r->in_hand > 0)
		(void)event_add(r->deadline, &late);
	else
		(void)event_del(r->deadline);
}

/* It sent what nobody sends: kill it, and say so. */
static void
runner_broke(struct runner *r, const char *what)
{
	(void)snprintf(r->broken, sizeof(r->broken), "%s", what);
	runner_kill(r);
}

void
runner_dismiss(struct runner *r)
{
	if (r->lane != NULL)
		r->lane->runner = NULL;
	r->lane = NULL;
	runner_hang_up(r);
}

/* May the lane's next job be given to this evaluator now? */
static bool
runner_may_take(const struct runner *r, const struct queued *q)
{
	if (q == NULL || r->fd == -1 || r->ended || r->in_hand == WIRE_IN_HAND || r->alone ||
	    r->host->over)
		return false;
	if (q->again)
		return r->done == 0 && r->in_hand == 0;
	return r->done + r->in_hand < r->all->options.batch;
}

/*
 * An evaluator with a backlog is at work for long: the keeper, which gives it more, is not to be put off its
 * processor by that.  One that judges a lone file is left to be as quick as it can.
 */
static void
runner_be_patient(struct runner *r)
{
	const struct sched_param no_priority = { 0 };

	if (r->patient || r->in_hand < PATIENT_FROM || r->pid == 0 || r->ended)
		return;
	(void)sched_setscheduler(r->pid, SCHED_BATCH, &no_priority);
	r->patient = true;
}

void
runner_feed(struct runner *r)
{
	struct queued *q;

	while (runner_may_take(r, q = TAILQ_FIRST(&r->lane->queue))) {
		TAILQ_REMOVE(&r->lane->queue, q, next);
		r->alone = q->again;
		r->hand[r->in_hand++] = q;
		if (r->in_hand == 1) {
			runner_begins(r);
			runner_arm(r);
		}
		if (wire_send_job(r->fd, &q->job->submission, q->job->memfd))
			continue;
		if (errno == EPIPE || errno == ECONNRESET)
			return; /* it has ended; what it had answered is still to be read */
		runner_broke(r, "it could not be sent the submission");
		return;
	}
	runner_be_patient(r);
}

void
runner_work_for(struct runner *r, struct lane *lane)
{
	r->lane = lane;
	lane->runner = r;
	runner_feed(r);
}

static void
runner_result(struct runner *r, struct text body)
{
	struct evaluators *e = r->all;
	struct result result;
	struct queued *q;
	const char *why = "";
	int64_t took;

	if (r->in_hand == 0) {
		runner_broke(r, "it answered without a question");
		return;
	}
	if (!result_read(body, &result, &why)) {
		runner_broke(r, why);
		return;
	}
	if (!result_is_of(&result, &r->hand[0]->job->submission)) {
		runner_broke(r, "its result is of another submission");
		return;
	}
	r->asked = false;
	q = r->hand[0];
	r->in_hand--;
	memmove(r->hand, r->hand + 1, r->in_hand * sizeof(*r->hand));
	r->done++;
	took = runner_cpu(r) - r->cpu_begun;
	runner_begins(r); /* the next one, if there is one */
	runner_feed(r);   /* before the keeper is busy with the result */
	runner_arm(r);
	e->calls.took(e->arg, q->job, took);
	e->calls.judged(e->arg, q->job, &result, text_of(r->host->policies.digest));
	evaluators_answered(e, q);
	if (r->in_hand == 0 && r->fd != -1) {
		runner_dismiss(r);
		evaluators_dispatch(e);
		evaluators_keep_spare(e);
	}
	e->calls.idle(e->arg);
}

static void
runner_identity(struct runner *r, struct text body)
{
	struct evaluators *e = r->all;
	struct identity identity;
	struct history history = { 0 };
	bool had;

	arena_reset(e->arena);
	if (r->in_hand == 0 || !wire_get_identity(body, e->arena, &identity)) {
		runner_broke(r, "its question was none");
		return;
	}
	if (r->asked) {
		runner_broke(r, "it asked for the past twice");
		return;
	}
	if (!wire_declares(&r->host->rulebook, &identity)) {
		runner_broke(r, "it asked for a past that no condition for its form needs");
		return;
	}
	r->asked = true;
	had = e->calls.history(e->arg, r->hand[0]->job, &identity, e->arena, &history);
	if (!wire_send_history(r->fd, had, &history))
		runner_broke(r, "it could not be sent what was known of the past");
}

static void
runner_read(int fd, short what, void *arg)
{
	struct runner *r = arg;
	struct evaluators *e = r->all;
	unsigned n;

	(void)what;
	/* one whole message an event: what is called may end this runner */
	for (n = 0; n < MESSAGES_MOST; n++) {
		switch (ipc_receive(fd, &e->message)) {
		case IPC_AGAIN: return;
		case IPC_CLOSED: runner_hang_up(r); return;
		case IPC_FAILED: runner_broke(r, "its message could not be read"); return;
		case IPC_MESSAGE: break;
		}
		ipc_drop_fds(&e->message);
		switch (ipc_gather(&r->gather, &e->message, WIRE_RESULT_MOST)) {
		case GATHER_MORE: continue;
		case GATHER_TOO_LONG: runner_broke(r, "its result is too long"); return;
		case GATHER_WHOLE: break;
		}
		if (e->message.type == WIRE_RESULT)
			runner_result(r, e->message.body);
		else if (e->message.type == WIRE_IDENTITY)
			runner_identity(r, e->message.body);
		else
			runner_broke(r, "its message is of no kind that is known");
		return;
	}
}

struct runner *
runner_new(struct host *h)
{
	struct evaluators *e = h->all;
	struct runner *r = calloc(1, sizeof(*r));
	int ends[2] = { -1, -1 }, progress = -1;
	bool good;

	if (r == NULL)
		return NULL;
	r->all = e;
	r->host = h;
	r->pidfd = -1;
	r->number = ++e->numbers;
	good = ipc_pair(ends) && wire_progress_new(&progress, &r->progress) &&
	    descriptor_nonblocking(ends[0]);
	r->fd = ends[0];
	TAILQ_INSERT_TAIL(&e->runners, r, next);
	h->runners++;
	e->running++;
	good = good && (r->deadline = evtimer_new(e->base, runner_late, r)) != NULL &&
	    (r->readable = event_new(e->base, r->fd, EV_READ | EV_PERSIST, runner_read, r)) !=
		NULL &&
	    event_add(r->readable, NULL) == 0 && host_ask(h, r->number, ends[1], progress);
	if (ends[1] != -1)
		(void)close(ends[1]);
	if (progress != -1)
		(void)close(progress);
	if (good)
		return r;
	log_warn("an evaluator could not be started");
	runner_free(r);
	return NULL;
}

void
runner_started(struct runner *r, pid_t pid, int pidfd)
{
	r->pidfd = pidfd;
	r->pid = pid;
	r->has_clock = pid > 0 && clock_getcpuclockid(pid, &r->clock) == 0;
	/* its deadline passed before it was there */
	if (r->killed)
		runner_kill(r);
}

void
runner_free(struct runner *r)
{
	struct evaluators *e = r->all;
	struct host *h = r->host;

	if (r->lane != NULL)
		r->lane->runner = NULL;
	runner_hang_up(r);
	if (r->deadline != NULL)
		event_free(r->deadline);
	if (r->pidfd != -1)
		(void)close(r->pidfd);
	wire_progress_free(r->progress);
	buf_free(&r->gather.whole);
	TAILQ_REMOVE(&e->runners, r, next);
	e->running--;
	free(r);
	host_runner_gone(h);
}

static void
runner_say_end(const struct runner *r, int status, struct buf *how)
{
	const struct evaluators_options *o = &r->all->options;

	if (r->broken[0] != '\0') {
		buf_str(how, "The evaluator was killed: ");
		buf_safe(how, text_of(r->broken));
		buf_str(how, ".");
	} else
		wire_how_it_ended(how, status, r->over,
		    r->over == WIRE_OVER_CPU ? o->cpu_ms : o->wall_ms, r->progress);
}

/* It was killed for its time and had been at work: a second try would take as long and end alike. */
static bool
runner_is_slow(const struct runner *r)
{
	return r->over == WIRE_OVER_CPU ||
	    (r->over == WIRE_OVER_WALL &&
		r->cpu_took >= (int64_t)r->all->options.wall_ms * 1000 / 2);
}

/* The submission in hand when an evaluator ended: once more, alone, or given up. */
static void
runner_failed(struct runner *r, struct lane *lane, int status)
{
	struct evaluators *e = r->all;
	struct queued *q = TAILQ_FIRST(&lane->queue);
	struct buf how = { 0 };
	bool last = q->again || runner_is_slow(r);

	runner_say_end(r, status, &how);
	e->calls.took(e->arg, q->job, monotonic_us() - r->begun);
	e->calls.died(e->arg, q->job, buf_as_text(&how), q->again ? 2 : 1);
	if (!last)
		q->again = true;
	else {
		TAILQ_REMOVE(&lane->queue, q, next);
		e->calls.failed(e->arg, q->job, buf_as_text(&how));
		evaluators_answered(e, q);
	}
	buf_free(&how);
}

void
runner_ended(struct runner *r, int status)
{
	struct evaluators *e = r->all;
	struct lane *lane;
	bool had;
	unsigned i;

	/* results may still lie in the socket: they count */
	r->ended = true;
	for (i = 0; i < WIRE_IN_HAND && r->fd != -1 && r->in_hand > 0; i++)
		runner_read(r->fd, EV_READ, r);
	had = r->in_hand > 0;
	lane = r->lane;
	if (lane != NULL) {
		lane_put_back(lane, r);
		lane->runner = NULL;
		r->lane = NULL;
		/* never forked, because its rulebook process was lost: no fault of the submission */
		if (had && (r->pidfd != -1 || !r->host->over))
			runner_failed(r, lane, status);
	}
	runner_free(r);
	evaluators_dispatch(e);
	if (had)
		e->calls.idle(e->arg);
	evaluators_keep_spare(e);
}
