/*
 * The synchronous end of evaluator_wire.h: poll() and deadlines, one evaluator at a time.
 *
 * An evaluator is kept for as long as it behaves, so that many files share one fork.
 */
#include "daemon/evaluator_client.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/evaluator_pidfd.h"
#include "daemon/sandbox.h"
#include "rules/result.h"

#define LOAD_MS   20000
#define WALL_MS   30000
#define ANSWER_MS 10000 /* for what should come at once */

struct client {
	pid_t pid;
	int fd; /* the rulebook process */
	uint32_t batch;
	/* the evaluator; fd -1: none */
	int evaluator, pidfd;
	const struct wire_progress *progress;
	int status;          /* how it ended */
	struct arena *arena; /* for identities */
	struct ipc_message message;
	struct ipc_gather gather;
};

enum client_got { CLIENT_MESSAGE, CLIENT_CLOSED, CLIENT_LATE };

struct evaluator_options
client_default_options(void)
{
	return (
	    struct evaluator_options){ .address_space = (size_t)2 << 30, .cpu_seconds = 3600 };
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The next whole message from a socket, or why there is none by the deadline. */
static enum client_got
client_receive(struct client *c, int fd, int64_t deadline, size_t most)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left;
	int n;

	for (;;) {
		left = deadline - now_ms();
		if (left <= 0)
			return CLIENT_LATE;
		n = poll(&p, 1, left > 1000000 ? 1000000 : (int)left);
		if (n == -1 && errno != EINTR)
			return CLIENT_CLOSED;
		if (n <= 0)
			continue;
		if (ipc_receive(fd, &c->message) != IPC_MESSAGE)
			return CLIENT_CLOSED;
		switch (ipc_gather(&c->gather, &c->message, most)) {
		case GATHER_MORE: ipc_drop_fds(&c->message); continue;
		case GATHER_TOO_LONG: return CLIENT_CLOSED;
		case GATHER_WHOLE: return CLIENT_MESSAGE;
		}
	}
}

/* The rulebook process: a fork, see the header. */
static bool
client_fork(struct client *c, int treefd)
{
	pid_t parent = getpid();
	int ends[2];

	if (!ipc_pair(ends))
		return false;
	c->pid = fork();
	if (c->pid == 0) {
		if (!sandbox_die_with(parent))
			_exit(EVALUATOR_SANDBOX);
		(void)close(ends[0]);
		(void)setpgid(0, 0); /* a group of its own: see evaluator_pidfd.h */
		rulebook_process(ends[1], treefd, NULL, 0);
	}
	(void)close(ends[1]);
	c->fd = ends[0];
	return c->pid != -1;
}

/* Wait for "loaded" or "refused". */
static bool
client_load(struct client *c, uint32_t ms, struct wire_rulebook *rulebook, struct buf *why)
{
	int64_t deadline = now_ms() + (ms > 0 ? ms : LOAD_MS);
	struct buf file = { 0 };
	enum client_got got;

	while ((got = client_receive(c, c->fd, deadline, WIRE_REPORT_MOST)) == CLIENT_MESSAGE &&
	    c->message.type == WIRE_LOADING) {
		buf_clear(&file);
		buf_text(&file, c->message.body);
	}
	if (got == CLIENT_LATE)
		wire_load_is_late(why, buf_as_text(&file));
	buf_free(&file);
	if (got == CLIENT_LATE)
		return false;
	if (got == CLIENT_MESSAGE && c->message.type == WIRE_CANNOT) {
		buf_safe(why, c->message.body);
		return false;
	}
	if (got == CLIENT_CLOSED ||
	    (c->message.type != WIRE_LOADED && c->message.type != WIRE_REFUSED) ||
	    !wire_get_rulebook(c->message.body, rulebook)) {
		buf_str(why,
		    "The process that loads the policies ended before it had loaded them.");
		return false;
	}
	if (c->message.type == WIRE_REFUSED && rulebook->refusals == 0)
		buf_str(why, "The policies were refused without a reason.");
	return c->message.type == WIRE_LOADED;
}

struct client *
client_start(const struct policies *policies, const struct evaluator_options *options,
    uint32_t load_ms, struct wire_rulebook *rulebook, struct buf *why)
{
	struct client *c = calloc(1, sizeof(*c));
	struct evaluator_options o = *options;
	struct buf b = { 0 };
	bool good;

	*rulebook = (struct wire_rulebook){ 0 };
	if (c == NULL)
		return NULL;
	c->pid = c->fd = c->evaluator = c->pidfd = -1;
	c->arena = arena_new();
	o.digest = text_of(policies->digest);
	wire_put_options(&b, &o);
	good = client_fork(c, policies->memfd) && !buf_failed(&b) &&
	    ipc_send(c->fd, WIRE_OPTIONS, buf_as_text(&b), NULL, 0);
	if (!good)
		buf_printf(why, "The process that loads the policies could not be started: %s.",
		    strerror(errno));
	good = good && client_load(c, load_ms, rulebook, why);
	buf_free(&b);
	if (good)
		return c;
	client_stop(c);
	return NULL;
}

bool
client_catalogue(struct client *c, struct buf *out, bool *found, struct buf *why)
{
	struct ipc_reader r;

	if (client_receive(c, c->fd, now_ms() + LOAD_MS, WIRE_CATALOGUE_MOST) ==
		CLIENT_MESSAGE &&
	    c->message.type == WIRE_CATALOGUE) {
		r = ipc_read(c->message.body);
		*found = ipc_get_u32(&r) != 0;
		buf_text(out, ipc_get_text(&r));
		if (ipc_read_all(&r) && !buf_failed(out))
			return true;
	}
	buf_str(why, "The process that lists the conditions ended before it had listed them.");
	return false;
}

static void
client_drop_evaluator(struct client *c)
{
	if (c->evaluator != -1)
		(void)close(c->evaluator);
	if (c->pidfd != -1)
		(void)close(c->pidfd);
	wire_progress_free(c->progress);
	c->evaluator = c->pidfd = -1;
	c->progress = NULL;
}

/* Kill the evaluator if it lives, learn how it ended, and let go of it but for its progress page. */
static void
client_end_evaluator(struct client *c, bool kill_it)
{
	struct ipc_reader r;
	uint32_t number;

	c->status = EVALUATOR_PROTOCOL << 8;
	if (c->evaluator == -1)
		return;
	if (kill_it)
		(void)syscall(SYS_pidfd_send_signal, c->pidfd, SIGKILL, NULL, 0);
	(void)close(c->evaluator);
	c->evaluator = -1;
	while (client_receive(c, c->fd, now_ms() + ANSWER_MS, WIRE_REPORT_MOST) ==
	    CLIENT_MESSAGE) {
		r = ipc_read(c->message.body);
		number = ipc_get_u32(&r);
		if (c->message.type != WIRE_ENDED || number != c->batch)
			continue;
		c->status = (int)ipc_get_u32(&r);
		return;
	}
}

/* Ask for an evaluator. */
static bool
client_new_evaluator(struct client *c)
{
	int ends[2], fds[2];
	struct buf b = { 0 };
	bool good;

	client_drop_evaluator(c);
	c->status = EVALUATOR_NO_FORK << 8;
	if (!ipc_pair(ends))
		return false;
	if (!wire_progress_new(&fds[1], &c->progress)) {
		(void)close(ends[0]);
		(void)close(ends[1]);
		return false;
	}
	fds[0] = ends[1];
	ipc_put_u32(&b, ++c->batch);
	good = !buf_failed(&b) && ipc_send(c->fd, WIRE_BATCH, buf_as_text(&b), fds, 2);
	buf_free(&b);
	(void)close(fds[0]);
	(void)close(fds[1]);
	c->evaluator = ends[0];
	good = good &&
	    client_receive(c, c->fd, now_ms() + ANSWER_MS, WIRE_REPORT_MOST) ==
		CLIENT_MESSAGE &&
	    c->message.type == WIRE_STARTED;
	if (good)
		c->pidfd = ipc_take_fd(&c->message, 0);
	if (good && c->pidfd != -1 && pidfd_is_of_group(c->pidfd, c->pid))
		return true;
	client_drop_evaluator(c);
	return false;
}

static bool
client_send_job(struct client *c, const struct submission *s)
{
	int fd = -1;
	bool good;

	if (s->bytes.n > 0 && (fd = memfd_of_bytes("submission", s->bytes)) == -1)
		return false;
	good = wire_send_job(c->evaluator, s, fd);
	if (fd != -1)
		(void)close(fd);
	return good;
}

/* Answer an identity with what the caller knows of the past. */
static bool
client_answer(struct client *c, history_fn *ask, void *arg)
{
	struct identity identity;
	struct history history = { 0 };
	bool had;

	arena_reset(c->arena);
	if (!wire_get_identity(c->message.body, c->arena, &identity))
		return false;
	had = ask == NULL || ask(arg, &identity, &history);
	return wire_send_history(c->evaluator, had, &history);
}

/* Wait for the result, answering a question on the way. */
static enum client_got
client_wait(
    struct client *c, int64_t deadline, history_fn *history, void *arg, struct buf *result)
{
	enum client_got got;
	bool asked = false;

	for (;;) {
		got = client_receive(c, c->evaluator, deadline, WIRE_RESULT_MOST);
		if (got != CLIENT_MESSAGE)
			return got;
		ipc_drop_fds(&c->message);
		if (c->message.type == WIRE_RESULT) {
			buf_text(result, c->message.body);
			return CLIENT_MESSAGE;
		}
		if (c->message.type != WIRE_IDENTITY || asked ||
		    !client_answer(c, history, arg))
			return CLIENT_CLOSED;
		asked = true;
	}
}

/* A result that is none is treated as a crash. */
static bool
client_result_is_good(const struct buf *result, const struct submission *s, struct buf *why)
{
	struct result read;
	const char *what = "";

	if (buf_failed(result)) {
		buf_str(why, "There was no memory for the evaluator's result.");
		return false;
	}
	if (result_read(buf_as_text(result), &read, &what)) {
		if (result_is_of(&read, s))
			return true;
		what = "it is of another submission";
	}
	buf_printf(why, "The evaluator's result was not one: %s.", what);
	return false;
}

bool
client_judge(struct client *c, const struct submission *s, uint32_t wall_ms,
    history_fn *history, void *arg, struct buf *result, struct buf *why)
{
	enum client_got got;
	unsigned attempt;

	if (wall_ms == 0)
		wall_ms = WALL_MS;
	for (attempt = 0; attempt < 2; attempt++) {
		buf_clear(result);
		buf_clear(why);
		c->gather.begun = false;
		if (c->evaluator == -1 && !client_new_evaluator(c)) {
			wire_how_it_ended(why, c->status, WIRE_OVER_NONE, 0, NULL);
			continue;
		}
		got = client_send_job(c, s)
		    ? client_wait(c, now_ms() + wall_ms, history, arg, result)
		    : CLIENT_CLOSED;
		if (got == CLIENT_MESSAGE && client_result_is_good(result, s, why))
			return true;
		c->gather.begun = false;
		client_end_evaluator(c, true);
		if (got != CLIENT_MESSAGE)
			wire_how_it_ended(
			    why, c->status, got == CLIENT_LATE, wall_ms, c->progress);
		client_drop_evaluator(c);
	}
	return false;
}

void
client_stop(struct client *c)
{
	if (c == NULL)
		return;
	client_drop_evaluator(c);
	if (c->fd != -1)
		(void)close(c->fd); /* the rulebook process ends */
	if (c->pid > 0) {
		(void)kill(c->pid, SIGKILL); /* also while it loads */
		(void)waitpid(c->pid, NULL, 0);
	}
	buf_free(&c->gather.whole);
	arena_free(c->arena);
	free(c);
}
