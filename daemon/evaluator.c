/*
 * Inside the sandbox: the rulebook process and its evaluators.
 *
 * The rulebook process holds one loaded, frozen rulebook for its whole life and never changes it: a
 * reload is another process.  It answers two things only, "fork an evaluator for this socket" and, by
 * itself, "that one ended so".  An evaluator starts with the rulebook in memory (0.66 ms a job was
 * measured, most of it the fork), judges what its own socket brings, and ends when that is closed.
 * Between two submissions of a batch nothing is kept but the frozen rulebook.
 */
#include "daemon/evaluator.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon/evaluator_wire.h"
#include "daemon/policies.h"
#include "daemon/sandbox.h"
#include "daemon/sha256.h"
#include "rules/catalogue.h"
#include "rules/result.h"

#define CHILDREN  64
#define SOCKET_FD 3
#define TREE_FD   4

struct child {
	pid_t pid;
	int pidfd;
	uint32_t number;
};

/* The one rulebook process. */
struct process {
	struct evaluator_options options;
	struct rulebook *rulebook;
	struct sandbox_plan plan;
	struct sandbox_report sandbox;
	struct child children[CHILDREN];
	unsigned n_children;
	char *title;
	size_t title_size;
};

/* One evaluator. */
struct evaluator {
	const struct process *process;
	int fd;
	struct wire_progress *progress;
	struct arena *arena;
	/*
	 * A ring: the job in hand is at `first` (the submission's texts are in it), and behind it are
	 * those that came while an answer was waited for, n with it.
	 */
	struct ipc_message *jobs;
	unsigned first, n;
	struct text history; /* mapping of the answer, for the job in hand */
	char *room;          /* MEMFD_SHORT bytes, for a submission that is no longer */
};

#define JOBS (WIRE_IN_HAND + 1) /* and room for the answer, which comes behind them */

static struct ipc_message message, jobs[JOBS];

static void
process_title(struct process *p, const char *name)
{
	(void)prctl(PR_SET_NAME, name);
	if (p->title != NULL && p->title_size > 0) {
		memset(p->title, 0, p->title_size);
		(void)snprintf(p->title, p->title_size, "poold: %s", name);
	}
}

/* The process ends, and the keeper is told by its status. */
static void
no_memory(void)
{
	_exit(EVALUATOR_NO_MEMORY);
}

/* Tell the keeper which condition runs; called by the engine. */
static void
evaluator_progress(void *arg, struct text condition)
{
	struct evaluator *e = arg;
	size_t n = condition.n < sizeof(e->progress->condition)
	    ? condition.n
	    : sizeof(e->progress->condition);

	atomic_store(&e->progress->n, 0);
	if (n > 0)
		memcpy(e->progress->condition, condition.p, n);
	atomic_store(&e->progress->n, (uint32_t)n);
}

/* Wait for the answer to an identity; jobs that come before it are put by. */
static struct ipc_message *
evaluator_await_history(struct evaluator *e)
{
	struct ipc_message *m;

	for (;;) {
		m = &e->jobs[(e->first + e->n) % JOBS];
		if (ipc_receive(e->fd, m) != IPC_MESSAGE)
			_exit(EVALUATOR_PROTOCOL);
		if (m->type == WIRE_HISTORY)
			return m;
		if (m->type != WIRE_JOB || e->n == WIRE_IN_HAND)
			_exit(EVALUATOR_PROTOCOL);
		e->n++;
	}
}

/* The engine asks for what the conditions need: the keeper answers with exactly that. */
static bool
evaluator_history(void *arg, const struct identity *identity, struct history *history)
{
	struct evaluator *e = arg;
	struct buf b = { 0 };
	struct ipc_message *answer;
	struct ipc_reader r;
	bool had, mapped;
	size_t size;
	int fd;

	*history = (struct history){ 0 };
	if (identity->n_needs == 0)
		return true;
	wire_put_identity(&b, identity);
	if (buf_failed(&b) || !ipc_send(e->fd, WIRE_IDENTITY, buf_as_text(&b), NULL, 0))
		_exit(EVALUATOR_PROTOCOL);
	buf_free(&b);
	answer = evaluator_await_history(e);
	r = ipc_read(answer->body);
	had = ipc_get_u32(&r) != 0;
	size = (size_t)ipc_get_i64(&r);
	fd = ipc_take_fd(answer, 0);
	if (!ipc_read_all(&r) || (size > 0 && fd == -1))
		_exit(EVALUATOR_PROTOCOL);
	if (!had || size == 0)
		return had;
	mapped = memfd_map_size(fd, size, &e->history);
	(void)close(fd);
	return mapped && wire_get_history(e->history, e->arena, history);
}

/* The bytes of a submission, for the job in hand: private to this process, or a mapping of what is sealed. */
static bool
evaluator_bytes(struct evaluator *e, int fd, size_t n, struct text *bytes)
{
	if (fd == -1)
		return false;
	if (n > MEMFD_SHORT)
		return memfd_map_size(fd, n, bytes);
	*bytes = (struct text){ e->room, n };
	return memfd_read(fd, n, e->room);
}

/* Judge the submission of a WIRE_JOB and answer. */
static void
evaluator_judge(struct evaluator *e, struct ipc_message *job)
{
	struct limits limits = { .instructions = e->process->options.instructions,
		.condition_instructions = e->process->options.condition_instructions,
		.memory = e->process->options.lua_memory,
		.progress = evaluator_progress,
		.progress_arg = e };
	const struct budget *budget = NULL;
	struct submission s;
	struct verdict *verdict;
	struct buf out = { 0 };
	size_t size;
	int fd;

	if (!wire_get_job(job->body, &s, &size))
		_exit(EVALUATOR_PROTOCOL);
	fd = ipc_take_fd(job, 0);
	s.bytes = (struct text){ "", 0 };
	if (size > 0 && !evaluator_bytes(e, fd, size, &s.bytes))
		_exit(EVALUATOR_NO_MEMORY);
	if (fd != -1)
		(void)close(fd);
	verdict = evaluate(
	    e->process->rulebook, e->arena, &s, &limits, evaluator_history, e, &budget);
	evaluator_progress(e, TEXT_NONE);
	result_write(&out, verdict, budget);
	if (buf_failed(&out))
		_exit(EVALUATOR_NO_MEMORY);
	if (!ipc_send_long(e->fd, WIRE_RESULT, buf_as_text(&out)))
		_exit(EVALUATOR_PROTOCOL);
	buf_free(&out);
	arena_reset(e->arena);
	memfd_unmap(e->history);
	e->history = TEXT_NONE;
	if (size > MEMFD_SHORT)
		memfd_unmap(s.bytes);
}

/* The first of those that were put by, or the next one; ends the process when the keeper has no more. */
static struct ipc_message *
evaluator_next_job(struct evaluator *e)
{
	struct ipc_message *job = &e->jobs[e->first];
	enum ipc_got got;

	if (e->n > 0)
		return job;
	got = ipc_receive(e->fd, job);
	if (got == IPC_CLOSED)
		_exit(0);
	if (got != IPC_MESSAGE || job->type != WIRE_JOB)
		_exit(EVALUATOR_PROTOCOL);
	e->n = 1;
	return job;
}

/* The life of an evaluator. */
static _Noreturn void
evaluator_run(struct process *p, int fd, int progress)
{
	static char room[MEMFD_SHORT];
	struct evaluator e = { .process = p, .fd = fd, .jobs = jobs, .room = room };
	unsigned i;
	void *page;

	(void)close(SOCKET_FD);
	for (i = 0; i < p->n_children; i++)
		(void)close(p->children[i].pidfd);
	process_title(p, "evaluator");
	page = mmap(NULL, WIRE_PROGRESS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, progress, 0);
	if (page == MAP_FAILED || !sandbox_narrow(&p->plan))
		_exit(EVALUATOR_SANDBOX);
	(void)close(progress);
	e.progress = page;
	e.arena = arena_new();
	for (;;) {
		evaluator_judge(&e, evaluator_next_job(&e));
		e.first = (e.first + 1) % JOBS;
		e.n--;
	}
}

static void
rulebook_say(uint32_t type, uint32_t number, int value, int fd)
{
	struct buf b = { 0 };

	ipc_put_u32(&b, number);
	ipc_put_u32(&b, (uint32_t)value);
	if (buf_failed(&b) ||
	    !ipc_send(SOCKET_FD, type, buf_as_text(&b), &fd, fd != -1 ? 1 : 0))
		_exit(EVALUATOR_PROTOCOL); /* the keeper has gone */
	buf_free(&b);
}

/* Fork an evaluator for a batch, and hand its pidfd over. */
static void
rulebook_fork(struct process *p, uint32_t number, int fd, int progress)
{
	pid_t pid = p->n_children < CHILDREN ? fork() : -1;
	struct child *c;

	if (pid == 0)
		evaluator_run(p, fd, progress);
	if (pid == -1) {
		rulebook_say(WIRE_ENDED, number, EVALUATOR_NO_FORK << 8, -1);
		return;
	}
	c = &p->children[p->n_children++];
	/* the child is not reaped before this, so the id is its own */
	*c = (struct child){ pid, (int)syscall(SYS_pidfd_open, pid, 0), number };
	if (c->pidfd == -1)
		_exit(EVALUATOR_NO_FORK);
	rulebook_say(WIRE_STARTED, number, pid, c->pidfd);
}

static void
rulebook_reap(struct process *p, unsigned i)
{
	int status = 0;

	if (waitpid(p->children[i].pid, &status, 0) == -1)
		_exit(EVALUATOR_PROTOCOL);
	rulebook_say(WIRE_ENDED, p->children[i].number, status, -1);
	(void)close(p->children[i].pidfd);
	p->children[i] = p->children[--p->n_children];
}

static void
rulebook_request(struct process *p)
{
	struct ipc_reader r;
	enum ipc_got got = ipc_receive(SOCKET_FD, &message);
	uint32_t number;
	int fd, progress;

	if (got == IPC_CLOSED)
		_exit(0); /* evaluators that still run end with this process */
	if (got != IPC_MESSAGE || message.type != WIRE_BATCH || message.n_fds != 2)
		_exit(EVALUATOR_PROTOCOL);
	r = ipc_read(message.body);
	number = ipc_get_u32(&r);
	if (!ipc_read_all(&r))
		_exit(EVALUATOR_PROTOCOL);
	fd = ipc_take_fd(&message, 0);
	progress = ipc_take_fd(&message, 1);
	rulebook_fork(p, number, fd, progress);
	(void)close(fd);
	(void)close(progress);
}

static _Noreturn void
rulebook_serve(struct process *p)
{
	struct pollfd polled[CHILDREN + 1];
	unsigned i, n;

	for (;;) {
		polled[0] = (struct pollfd){ .fd = SOCKET_FD, .events = POLLIN };
		n = p->n_children;
		for (i = 0; i < n; i++)
			polled[i + 1] =
			    (struct pollfd){ .fd = p->children[i].pidfd, .events = POLLIN };
		if (poll(polled, n + 1, -1) == -1 && errno != EINTR)
			_exit(EVALUATOR_PROTOCOL);
		/* from the end: reaping moves the last one into the gap */
		for (i = n; i > 0; i--)
			if (polled[i].revents != 0)
				rulebook_reap(p, i - 1);
		if (polled[0].revents != 0)
			rulebook_request(p);
	}
}

/* Besides what the sandbox warms up: jansson's hash seed and libcrypto's tables. */
static void
warm_up(void)
{
	char hex[65];
	json_t *object;

	sandbox_warm_up();
	json_object_seed(0);
	object = json_object();
	json_decref(object);
	sha256_hex(TEXT("warm"), hex);
}

/* Only the two descriptors and standard error stay open; a file behind the latter never grows. */
static void
tidy_descriptors(int fd, int treefd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int a = fcntl(fd, F_DUPFD_CLOEXEC, 10), b = fcntl(treefd, F_DUPFD_CLOEXEC, 10);

	if (null == -1 || a == -1 || b == -1)
		_exit(EVALUATOR_SANDBOX);
	if (dup2(null, STDIN_FILENO) == -1 || dup2(null, STDOUT_FILENO) == -1 ||
	    dup2(a, SOCKET_FD) == -1 || dup2(b, TREE_FD) == -1)
		_exit(EVALUATOR_SANDBOX);
	(void)syscall(SYS_close_range, TREE_FD + 1, ~0u, 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	/* a terminal's interrupt is the keeper's business */
	(void)signal(SIGINT, SIG_IGN);
}

static void
rulebook_answer(uint32_t type, const struct rulebook *rulebook,
    const struct load_report *report, const struct sandbox_report *sandbox)
{
	struct buf b = { 0 };

	wire_put_rulebook(&b, rulebook, report, sandbox->lacks);
	if (buf_failed(&b) || !ipc_send_long(SOCKET_FD, type, buf_as_text(&b)))
		_exit(EVALUATOR_PROTOCOL);
	buf_free(&b);
}

/* The policies cannot be loaded, for a reason that is not theirs. */
static _Noreturn void
rulebook_cannot(const char *what, const char *reason)
{
	struct buf b = { 0 };

	buf_printf(&b, "%s: %s.", what, reason);
	if (buf_failed(&b))
		_exit(EVALUATOR_NO_MEMORY);
	(void)ipc_send(SOCKET_FD, WIRE_CANNOT, buf_as_text(&b), NULL, 0);
	_exit(EVALUATOR_SANDBOX);
}

/* The first message; its texts last as long as the process. */
static void
rulebook_options(struct process *p)
{
	char *kept;

	if (ipc_receive(SOCKET_FD, &message) != IPC_MESSAGE || message.type != WIRE_OPTIONS)
		_exit(EVALUATOR_PROTOCOL);
	kept = malloc(message.body.n + 1);
	if (kept == NULL)
		_exit(EVALUATOR_NO_MEMORY);
	memcpy(kept, message.body.p, message.body.n);
	if (!wire_get_options((struct text){ kept, message.body.n }, &p->options))
		_exit(EVALUATOR_PROTOCOL);
}

/* Say which file runs, so that it can be named when loading has to be killed. */
static void
rulebook_loading(void *arg, struct text file)
{
	(void)arg;
	if (!ipc_send(SOCKET_FD, WIRE_LOADING, file, NULL, 0))
		_exit(EVALUATOR_PROTOCOL);
}

/* What is checked, for poolctl policy. */
static void
rulebook_catalogue(struct process *p)
{
	struct buf text = { 0 }, b = { 0 };
	bool found = p->options.catalogue < CATALOGUE_FORMATS &&
	    catalogue_render(&text, p->rulebook, (enum catalogue_format)p->options.catalogue,
		p->options.only);

	ipc_put_u32(&b, found);
	ipc_put_text(&b, buf_as_text(&text));
	if (buf_failed(&text) || buf_failed(&b) ||
	    !ipc_send_long(SOCKET_FD, WIRE_CATALOGUE, buf_as_text(&b)))
		_exit(EVALUATOR_PROTOCOL);
	buf_free(&text);
	buf_free(&b);
}

/* In the sandbox: load, answer, and only return with a rulebook. */
static void
rulebook_load_and_answer(struct process *p, struct text bytes)
{
	struct load_options load = { .digest = p->options.digest,
		.packs = p->options.packs,
		.n_packs = p->options.n_packs,
		.memory = p->options.lua_load_memory,
		.instructions = p->options.load_instructions,
		.examples = p->options.examples,
		.every_pack = p->options.catalogue != CATALOGUE_NONE,
		.progress = rulebook_loading };
	struct load_report report = { 0 };
	static struct tree tree; /* the rulebook may point into it */
	const char *why = "";

	if (!tree_read(bytes, &tree, &why))
		rulebook_cannot("The policies did not arrive whole", why);
	p->rulebook = rulebook_load(&tree, &load, &report);
	rulebook_answer(p->rulebook != NULL ? WIRE_LOADED : WIRE_REFUSED, p->rulebook, &report,
	    &p->sandbox);
	load_report_free(&report);
	if (p->rulebook == NULL)
		_exit(0);
	if (p->options.catalogue != CATALOGUE_NONE)
		rulebook_catalogue(p);
}

_Noreturn void
rulebook_process(int fd, int treefd, char *title, size_t title_size)
{
	static struct process p;
	struct buf failed = { 0 };
	struct text bytes;

	p.title = title;
	p.title_size = title_size;
	arena_on_exhausted(no_memory);
	buf_end_without_memory();
	tidy_descriptors(fd, treefd);
	rulebook_options(&p);
	warm_up();
	sandbox_volunteer_for_oom();
	if (!memfd_map(TREE_FD, &bytes))
		rulebook_cannot("The policies could not be mapped", strerror(errno));
	(void)close(TREE_FD);
	/* the caller has seen to it that a parent that ended before this took us with it */
	p.plan =
	    (struct sandbox_plan){ .memory = p.options.address_space, .parent = getppid() };
	if (!sandbox_enter(&p.plan, &p.sandbox)) {
		buf_printf(&failed, "The sandbox could not be entered, so no policy is run: %s",
		    p.sandbox.failed != NULL ? p.sandbox.failed : "");
		rulebook_cannot(failed.p != NULL ? failed.p : "", strerror(errno));
	}
	/* for evaluators; loading has a deadline */
	p.plan.cpu_seconds = p.options.cpu_seconds;
	p.plan.parent = getpid();
	rulebook_load_and_answer(&p, bytes);
	rulebook_serve(&p);
}
