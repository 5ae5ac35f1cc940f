/*
 * A rulebook process and evaluators that were taken over, against the keeper's side of their sockets.
 *
 * This program is both ends: the keeper starts "itself" as the rulebook process, and so it starts this,
 * which then does what the test's LIE says.  Whatever it sends, the keeper goes on: the submission in
 * hand gets a result of its own or fails, on time, and nothing else is touched.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/evaluators.h"
#include "daemon/log.h"

/* the liar */

static struct ipc_message message;

static void
pack_result(struct buf *b, struct submission *s)
{
	struct arena *a = arena_new();

	result_write(b, verdict_failed(a, s, TEXT("digest"), TEXT("It lies.")), NULL);
	arena_free(a);
}

/* One byte of a text in the result is another. */
static void
change(struct buf *b, const char *what, char to)
{
	char *at = memmem(b->p, b->n, what, strlen(what));

	if (at == NULL)
		_exit(99);
	at[strlen(what) - 1] = to;
}

static void
say(int fd, uint32_t type, struct text body)
{
	if (!ipc_send(fd, type, body, NULL, 0))
		_exit(0); /* hung up on */
}

static void
send_fds(int fd, struct text body, unsigned n)
{
	uint32_t type = WIRE_RESULT;
	struct iovec parts[2] = { { &type, 4 }, { (void *)(uintptr_t)body.p, body.n } };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int) * 100)];
	} control = { 0 };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = 2 };
	struct cmsghdr *c;
	int fds[100];

	for (unsigned i = 0; i < n; i++)
		fds[i] = fd;
	m.msg_control = control.bytes;
	m.msg_controllen = CMSG_SPACE(sizeof(int) * n);
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int) * n);
	memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
	if (sendmsg(fd, &m, MSG_NOSIGNAL) == -1)
		_exit(0);
}

static void
identity(int fd, const char *what)
{
	static struct need need = {
		.kind = NEED_PREVIOUS, .form = TEXT("f"), .area = TEXT("a")
	};
	static struct identity who = { TEXT("f"), TEXT("a"), TEXT("p"), &need, 1 };
	struct buf b = { 0 };

	if (strcmp(what, "question of another kind") == 0)
		need.kind = NEED_VERSION;
	else if (strcmp(what, "question for another form") == 0)
		need = (struct need){ NEED_RETURNS, TEXT("h"), TEXT("a"), TEXT("p") };
	else if (strcmp(what, "question for another area") == 0)
		need.area = TEXT("b");
	else if (strcmp(what, "question of another form") == 0)
		who.form = need.form = TEXT("g");
	else if (strcmp(what, "question for a declared area") == 0)
		need = (struct need){ NEED_RETURNS, TEXT("g"), TEXT("b"), TEXT("p") };
	wire_put_identity(&b, &who);
	say(fd, WIRE_IDENTITY, buf_as_text(&b));
	buf_free(&b);
}

/* How many messages went out, in a file that the test maps as well: its name is in COUNTER. */
static _Atomic uint32_t *
counter(void)
{
	const char *path = getenv("COUNTER");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *page = fd != -1
	    ? mmap(NULL, sizeof(uint32_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
	    : MAP_FAILED;

	if (fd != -1)
		(void)close(fd);
	return page != MAP_FAILED ? page : NULL;
}

static _Noreturn void
never_be_silent(int fd)
{
	_Atomic uint32_t *sent = counter();

	for (;;) {
		say(fd, IPC_PART, TEXT_NONE);
		if (sent != NULL)
			atomic_fetch_add(sent, 1);
	}
}

static _Noreturn void
wait_to_be_killed(void)
{
	for (;;)
		pause();
}

/* The evaluator: what it does with a job. */
static void
lie(int fd, const char *what, struct submission *s)
{
	static char big[IPC_MAX * 2];
	struct text part = { big, IPC_MAX - 4 };
	struct buf good = { 0 };
	struct text whole;

	pack_result(&good, s);
	whole = buf_as_text(&good);
	if (strcmp(what, "honest") == 0)
		(void)ipc_send_long(fd, WIRE_RESULT, whole);
	else if (strcmp(what, "oversized") == 0)
		(void)send(fd, big, sizeof(big), MSG_NOSIGNAL);
	else if (strcmp(what, "short") == 0)
		(void)send(fd, "ab", 2, MSG_NOSIGNAL);
	else if (strcmp(what, "unknown") == 0)
		say(fd, 4711, whole);
	else if (strcmp(what, "truncated") == 0)
		(void)ipc_send_long(fd, WIRE_RESULT, (struct text){ whole.p, whole.n - 1 });
	else if (strcmp(what, "nothing") == 0)
		say(fd, WIRE_RESULT, TEXT_NONE);
	else if (strcmp(what, "silent") == 0)
		wait_to_be_killed();
	else if (strcmp(what, "half") == 0) {
		say(fd, IPC_PART, (struct text){ whole.p, whole.n / 2 });
		wait_to_be_killed();
	} else if (strcmp(what, "endless") == 0)
		for (;;)
			say(fd, IPC_PART, part);
	else if (strcmp(what, "empty parts") == 0)
		never_be_silent(fd);
	else if (strcmp(what, "questions") == 0)
		for (;;)
			identity(fd, what);
	else if (strncmp(what, "question ", 9) == 0) {
		identity(fd, what);
		if (ipc_receive(fd, &message) == IPC_MESSAGE && message.type == WIRE_HISTORY)
			(void)ipc_send_long(fd, WIRE_RESULT, whole);
	} else if (strcmp(what, "bad question") == 0)
		say(fd, WIRE_IDENTITY, TEXT("none"));
	else if (strcmp(what, "descriptors") == 0) {
		for (size_t i = 0; i < whole.n; i += 60000)
			if (whole.n - i > 60000)
				say(fd, IPC_PART, (struct text){ whole.p + i, 60000 });
			else
				send_fds(fd, (struct text){ whole.p + i, whole.n - i }, 4);
	} else if (strcmp(what, "many descriptors") == 0)
		send_fds(fd, TEXT("x"), 100);
	else if (strcmp(what, "exit") == 0)
		_exit(0);
	else if (strcmp(what, "crash") == 0)
		abort();
	else if (strcmp(what, "twice") == 0) {
		(void)ipc_send_long(fd, WIRE_RESULT, whole);
		(void)ipc_send_long(fd, WIRE_RESULT, whole);
	} else {
		if (strcmp(what, "other id") == 0)
			change(&good, "\"id\":\"0", '9');
		else if (strcmp(what, "other region") == 0)
			change(&good, "\"region\":\"l", 'L');
		else if (strcmp(what, "other hash") == 0)
			change(&good, "\"sha256\":\"a", 'b');
		else if (strcmp(what, "other outcome") == 0)
			good.p[7] = (char)COMPLIANT;
		else if (strcmp(what, "other page") == 0)
			change(&good, "default-src 'n", 'N');
		(void)ipc_send_long(fd, WIRE_RESULT, buf_as_text(&good));
	}
	buf_free(&good);
}

static _Noreturn void
lying_evaluator(int fd, const char *what)
{
	static struct ipc_message job;
	struct submission s;
	size_t size;

	(void)signal(SIGABRT, SIG_DFL);
	if (strcmp(what, "unasked") == 0)
		say(fd, WIRE_RESULT, TEXT("x"));
	for (;;) {
		if (ipc_receive(fd, &job) != IPC_MESSAGE)
			_exit(0);
		if (job.type != WIRE_JOB || !wire_get_job(job.body, &s, &size))
			continue; /* an answer to a question */
		s.bytes = TEXT("{}");
		lie(fd, what, &s);
	}
}

static pid_t children[1000];
static uint32_t numbers;

static void
started(uint32_t number, int pidfd)
{
	struct buf b = { 0 };

	ipc_put_u32(&b, number);
	if (!ipc_send(3, WIRE_STARTED, buf_as_text(&b), &pidfd, pidfd != -1 ? 1 : 0))
		_exit(0);
	buf_free(&b);
}

/* The evaluator that is asked for: forked, and told of as the lie says. */
static void
start_liar(const char *what, uint32_t number, int fd)
{
	pid_t pid;
	int pidfd;

	if (strcmp(what, "pidfd of the keeper") == 0 || strcmp(what, "pidfd of another") == 0) {
		pid = what[9] == 't' ? getppid() : atoi(getenv("BYSTANDER"));
		started(number, (int)syscall(SYS_pidfd_open, pid, 0));
		return; /* the submission waits for its deadline */
	}
	if (strcmp(what, "no pidfd") == 0) {
		started(number, fd);
		return;
	}
	if ((pid = fork()) == 0)
		lying_evaluator(fd, what);
	if (number >= sizeof(children) / sizeof(*children))
		_exit(1);
	children[number] = pid;
	numbers = number + 1;
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	started(number, pidfd);
	if (strcmp(what, "started twice") == 0)
		started(number, pidfd);
	(void)close(pidfd);
}

static void
ended(uint32_t number, int status)
{
	struct buf b = { 0 };

	ipc_put_u32(&b, number);
	ipc_put_u32(&b, (uint32_t)status);
	say(3, WIRE_ENDED, buf_as_text(&b));
	buf_free(&b);
}

/* Those that did end; and if that is the lie, whichever it was, and some that never were. */
static void
tell_ends(const char *what)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (uint32_t n = 0; n < numbers; n++)
			if (children[n] == pid)
				ended(n, status);
	if (strcmp(what, "ends that were none") == 0)
		for (uint32_t n = 0; n < 20; n++)
			ended(n, -1);
}

static void
load(const char *what)
{
	static const struct declared_need needs[] = {
		{ NEED_PREVIOUS, TEXT("f"), TEXT("f"), false },
		{ NEED_RETURNS, TEXT("f"), TEXT("g"), true },
	};
	static const int some[] = { 0, 1 };
	struct load_report report = { 0 };
	struct buf b = { 0 };

	if (strcmp(what, "loading for ever") == 0)
		for (;;)
			say(3, WIRE_LOADING, TEXT("a.lua"));
	if (strcmp(what, "report for ever") == 0)
		for (;;)
			say(3, IPC_PART,
			    TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	if (strcmp(what, "no report") == 0)
		say(3, WIRE_LOADED, TEXT("garbage"));
	wire_put_rulebook(&b, NULL, &report, "");
	b.n -= sizeof(uint32_t); /* that it needs nothing */
	wire_put_needs(&b, needs, sizeof(needs) / sizeof(*needs));
	if (strcmp(what, "descriptors of a report") == 0) {
		(void)ipc_send(3, WIRE_LOADING, TEXT("a.lua"), some, 2);
		(void)ipc_send(3, IPC_PART, TEXT_NONE, some, 2);
		(void)ipc_send(3, WIRE_LOADED, buf_as_text(&b), some, 2);
	} else
		say(3, WIRE_LOADED, buf_as_text(&b));
	buf_free(&b);
}

static _Noreturn void
lying_rulebook(const char *what)
{
	struct pollfd asked = { .fd = 3, .events = POLLIN };
	struct ipc_reader r;

	if (ipc_receive(3, &message) != IPC_MESSAGE)
		_exit(1);
	load(what);
	for (;;) {
		(void)poll(&asked, 1, 10);
		tell_ends(what);
		if (asked.revents == 0)
			continue;
		if (ipc_receive(3, &message) != IPC_MESSAGE)
			_exit(0);
		r = ipc_read(message.body);
		start_liar(what, ipc_get_u32(&r), message.fds[0]);
		ipc_drop_fds(&message);
	}
}

/* the keeper */

struct seen {
	struct event_base *base;
	struct evaluators *evaluators;
	unsigned judged, failed, ticks, loaded, refused, questions;
	char why[400];
	_Atomic uint32_t *sent; /* NULL: not counted */
	uint32_t heard;         /* the count at the last tick */
};

static const struct job a_job = { .submission = { .bytes = TEXT("{}"),
				      .name = TEXT("plan.json"),
				      .region = TEXT("leeds"),
				      .sha256 = TEXT("aaaa"),
				      .id = TEXT("01K"),
				      .seq = 7,
				      .revision = 1 },
	.memfd = -1 };

static void
note(struct seen *s, struct text why)
{
	(void)snprintf(s->why, sizeof(s->why), "%.*s", (int)why.n, why.p);
}

static void
on_judged(void *arg, const struct job *job, const struct result *r, struct text digest)
{
	struct seen *s = arg;

	(void)digest;
	assert_ptr_equal(job, &a_job);
	assert_int_equal(r->outcome, UNDETERMINED);
	s->judged++;
	(void)event_base_loopbreak(s->base);
}

static void
on_failed(void *arg, const struct job *job, struct text why)
{
	struct seen *s = arg;

	(void)job;
	s->failed++;
	note(s, why);
	(void)event_base_loopbreak(s->base);
}

static bool
on_history(void *arg, const struct job *job, const struct identity *who, struct arena *a,
    struct history *h)
{
	(void)job, (void)who, (void)a, (void)h;
	((struct seen *)arg)->questions++;
	return false;
}

static void
on_rulebook(void *arg, enum load_end end, const struct wire_rulebook *w, struct text why)
{
	bool taken = end == LOAD_TAKEN;
	struct seen *s = arg;

	(void)w;
	s->loaded += taken;
	s->refused += !taken;
	if (!taken) {
		note(s, why);
		(void)event_base_loopbreak(s->base);
	} else if (s->loaded > 2)
		(void)event_base_loopbreak(s->base); /* it is started again and again */
	else if (s->loaded == 1)
		assert_true(evaluators_give(s->evaluators, &a_job));
}

static void
on_died(void *arg, const struct job *job, struct text how, int times)
{
	(void)arg, (void)job, (void)how, (void)times;
}

static void
on_took(void *arg, const struct job *job, int64_t us)
{
	(void)arg, (void)job, (void)us;
}

static void
on_idle(void *arg)
{
	(void)arg;
}

static void
on_tick(int fd, short what, void *arg)
{
	static const struct timespec a_little = { 0, 20000000 };
	struct seen *s = arg;

	(void)fd, (void)what;
	s->ticks++;
	if (s->sent == NULL)
		return;
	/* meanwhile the socket is filled again: as many are sent as were read */
	(void)nanosleep(&a_little, NULL);
	s->heard = atomic_load(s->sent);
}

/* Descriptors that are open in this process. */
static unsigned
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

/* Lies that end at a deadline alone. */
static bool
wants_deadline(const char *what)
{
	static const char *const all[] = { "silent", "half", "empty parts", "loading for ever",
		"report for ever" };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (strcmp(all[i], what) == 0)
			return true;
	return false;
}

/* One job to the liar; what came of it.  While it lasts the keeper must have turns for others. */
static struct seen
against(const char *what)
{
	static const struct evaluators_calls calls = { .judged = on_judged,
		.took = on_took,
		.failed = on_failed,
		.history = on_history,
		.rulebook = on_rulebook,
		.died = on_died,
		.idle = on_idle };
	/* short where it has to pass, and long where a slow machine is to have its time */
	bool late = wants_deadline(what);
	struct evaluators_options options = { .most = 1,
		.batch = 10,
		.wall_ms = late ? 400 : 20000,
		.cpu_ms = 30000,
		.load_ms = strstr(what, "for ever") != NULL ? 400 : 20000 };
	static const struct timeval tick = { 0, 20000 }, each_turn = { 0, 1 },
				    too_long = { 60, 0 };
	struct policies policies = { .digest = "0123456789abcdef" };
	struct seen s = { .base = event_base_new() };
	struct event *ticking = event_new(s.base, -1, EV_PERSIST, on_tick, &s);
	unsigned before = descriptors();

	s.sent = counter();
	(void)setenv("LIE", what, 1);
	(void)event_add(ticking, s.sent != NULL ? &each_turn : &tick);
	(void)event_base_loopexit(s.base, &too_long);
	policies.memfd = memfd_of_bytes("policies", TEXT("x"));
	s.evaluators = evaluators_new(s.base, &options, &calls, &s);
	assert_true(evaluators_load(s.evaluators, &policies));
	(void)event_base_dispatch(s.base);
	evaluators_free(s.evaluators);
	policies_close(&policies);
	assert_int_equal(descriptors(), before);
	event_free(ticking);
	event_base_free(s.base);
	return s;
}

static void
assert_fails(const char *what, const char *why)
{
	struct seen s = against(what);

	if (s.failed != 1 || s.judged != 0 || strstr(s.why, why) == NULL)
		fail_msg("%s: judged %u, failed %u: %s", what, s.judged, s.failed, s.why);
}

static void
assert_judged(const char *what)
{
	struct seen s = against(what);

	if (s.failed != 0 || s.judged != 1)
		fail_msg("%s: judged %u, failed %u: %s", what, s.judged, s.failed, s.why);
}

#define FAILS(name, what, why)           \
	static void name(void **state)   \
	{                                \
		(void)state;             \
		assert_fails(what, why); \
	}
#define JUDGED(name, what)             \
	static void name(void **state) \
	{                              \
		(void)state;           \
		assert_judged(what);   \
	}

JUDGED(an_honest_one_is_believed, "honest")
FAILS(a_message_that_is_too_long_is_refused, "oversized", "could not be read")
FAILS(a_message_that_is_too_short_is_refused, "short", "could not be read")
FAILS(a_message_of_no_known_kind_is_refused, "unknown", "of no kind that is known")
FAILS(a_result_that_is_cut_is_refused, "truncated", "cut short")
FAILS(a_result_of_nothing_is_refused, "nothing", "does not begin like a result")
FAILS(silence_ends_at_the_deadline, "silent", "was killed after 0.4 s")
FAILS(half_a_result_and_then_silence_ends_at_the_deadline, "half", "was killed after 0.4 s")
FAILS(a_result_that_never_ends_is_cut_off, "endless", "The evaluator was killed")
FAILS(a_question_that_is_none_is_refused, "bad question", "question was none")
FAILS(the_past_is_told_once_for_a_submission, "questions", "asked for the past twice")
JUDGED(descriptors_that_come_along_are_closed, "descriptors")
JUDGED(descriptors_that_come_along_with_a_report_are_closed, "descriptors of a report")
FAILS(more_descriptors_than_a_message_has_are_refused, "many descriptors", "could not be read")
FAILS(a_past_of_a_kind_that_is_not_declared_is_refused, "question of another kind",
    "no condition for its form needs")
FAILS(a_past_of_a_form_that_is_not_declared_is_refused, "question for another form",
    "no condition for its form needs")
FAILS(a_past_of_an_area_that_is_not_declared_is_refused, "question for another area",
    "no condition for its form needs")
FAILS(a_past_that_another_form_needs_is_refused, "question of another form",
    "no condition for its form needs")
JUDGED(a_past_that_is_declared_is_told, "question for a declared area")
FAILS(an_end_without_a_result_is_told, "exit", "ended")
FAILS(a_crash_is_told, "crash", "crashed")
JUDGED(a_second_result_is_not_heard, "twice")
FAILS(a_result_with_another_id_is_refused, "other id", "of another submission")
FAILS(a_result_with_another_region_is_refused, "other region", "of another submission")
FAILS(a_result_with_another_hash_is_refused, "other hash", "of another submission")
FAILS(an_outcome_that_its_verdict_does_not_have_is_refused, "other outcome",
    "of another submission")
FAILS(a_page_without_our_policy_for_browsers_is_refused, "other page", "does not begin as ours")

static void
empty_parts_for_ever_leave_the_keeper_its_turns_and_end_at_the_deadline(void **state)
{
	char path[] = "/tmp/liar-XXXXXX";
	int fd = mkstemp(path);
	struct seen s;

	(void)state;
	assert_int_equal(ftruncate(fd, sizeof(uint32_t)), 0);
	(void)setenv("COUNTER", path, 1);
	s = against("empty parts");
	(void)unsetenv("COUNTER");
	(void)unlink(path);
	(void)close(fd);
	assert_int_equal(s.failed, 1);
	assert_non_null(strstr(s.why, "was killed after 0.4 s"));
	assert_in_range(s.ticks, 4, 100000);
	/* the sockets of both tries are filled once, with some 270; then each turn reads MESSAGES_MOST */
	assert_in_range(s.heard, 1, 700 + 100 * s.ticks);
}

static void
one_that_speaks_before_it_is_asked_is_replaced(void **state)
{
	struct seen s = against("unasked");

	(void)state;
	assert_int_equal(s.judged, 0);
	assert_int_equal(s.failed, 1);
}

/* A rulebook process names as its evaluator whom it would like to see killed. */
static void
the_keeper_does_not_kill_itself_for_a_liar(void **state)
{
	struct seen s = against("pidfd of the keeper");

	(void)state;
	assert_int_equal(s.judged, 0); /* and this is reached */
}

static void
the_keeper_does_not_kill_another_for_a_liar(void **state)
{
	char number[16];
	pid_t bystander = fork();

	(void)state;
	if (bystander == 0)
		wait_to_be_killed();
	(void)snprintf(number, sizeof(number), "%d", (int)bystander);
	(void)setenv("BYSTANDER", number, 1);
	(void)against("pidfd of another");
	assert_int_equal(waitpid(bystander, NULL, WNOHANG), 0);
	(void)kill(bystander, SIGKILL);
	(void)waitpid(bystander, NULL, 0);
}

static void
what_is_no_process_at_all_is_no_evaluator(void **state)
{
	(void)state;
	assert_int_equal(against("no pidfd").judged, 0);
}

static void
an_evaluator_is_started_once(void **state)
{
	(void)state;
	(void)against("started twice");
}

/* Loaded at once, after a second, and after two more: a process that lies has no second's peace. */
static void
one_that_lies_again_and_again_is_started_ever_later(void **state)
{
	struct timespec from, to;
	struct seen s;

	(void)state;
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	s = against("no pidfd");
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	assert_int_equal(s.loaded, 3);
	assert_in_range(
	    (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000, 3000,
	    60000);
}

static void
ends_of_evaluators_that_never_were_do_no_harm(void **state)
{
	struct seen s = against("ends that were none");

	(void)state;
	assert_int_equal(s.judged + s.failed, 1);
}

static void
loading_for_ever_leaves_the_keeper_its_turns_and_ends_at_the_deadline(void **state)
{
	struct seen s = against("loading for ever");

	(void)state;
	assert_int_equal(s.refused, 1);
	assert_non_null(strstr(s.why, "not loaded in time"));
	assert_in_range(s.ticks, 4, 100000);
}

static void
a_report_that_never_ends_is_given_up(void **state)
{
	struct seen s = against("report for ever");

	(void)state;
	assert_int_equal(s.refused, 1);
	assert_int_equal(s.loaded, 0);
}

static void
a_report_that_is_none_is_refused(void **state)
{
	struct seen s = against("no report");

	(void)state;
	assert_int_equal(s.refused, 1);
	assert_non_null(strstr(s.why, "sent what is no report"));
}

#define T(name) cmocka_unit_test(name)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { T(an_honest_one_is_believed),
		T(a_message_that_is_too_long_is_refused),
		T(a_message_that_is_too_short_is_refused),
		T(a_message_of_no_known_kind_is_refused), T(a_result_that_is_cut_is_refused),
		T(a_result_of_nothing_is_refused), T(silence_ends_at_the_deadline),
		T(half_a_result_and_then_silence_ends_at_the_deadline),
		T(a_result_that_never_ends_is_cut_off), T(a_question_that_is_none_is_refused),
		T(the_past_is_told_once_for_a_submission),
		T(a_past_of_a_kind_that_is_not_declared_is_refused),
		T(a_past_of_a_form_that_is_not_declared_is_refused),
		T(a_past_of_an_area_that_is_not_declared_is_refused),
		T(a_past_that_another_form_needs_is_refused),
		T(a_past_that_is_declared_is_told), T(descriptors_that_come_along_are_closed),
		T(descriptors_that_come_along_with_a_report_are_closed),
		T(more_descriptors_than_a_message_has_are_refused),
		T(an_end_without_a_result_is_told), T(a_crash_is_told),
		T(a_second_result_is_not_heard), T(a_result_with_another_id_is_refused),
		T(a_result_with_another_region_is_refused),
		T(a_result_with_another_hash_is_refused),
		T(an_outcome_that_its_verdict_does_not_have_is_refused),
		T(a_page_without_our_policy_for_browsers_is_refused),
		T(empty_parts_for_ever_leave_the_keeper_its_turns_and_end_at_the_deadline),
		T(one_that_speaks_before_it_is_asked_is_replaced),
		T(the_keeper_does_not_kill_itself_for_a_liar),
		T(the_keeper_does_not_kill_another_for_a_liar),
		T(what_is_no_process_at_all_is_no_evaluator), T(an_evaluator_is_started_once),
		T(one_that_lies_again_and_again_is_started_ever_later),
		T(ends_of_evaluators_that_never_were_do_no_harm),
		T(loading_for_ever_leaves_the_keeper_its_turns_and_ends_at_the_deadline),
		T(a_report_that_never_ends_is_given_up), T(a_report_that_is_none_is_refused) };

	if (argc > 1 && strcmp(argv[0], "poold:") == 0 && strcmp(argv[1], "rulebook") == 0)
		lying_rulebook(getenv("LIE"));
	log_init("evaluators_liar", false);
	return cmocka_run_group_tests_name("evaluators_liar", tests, NULL, NULL);
}
