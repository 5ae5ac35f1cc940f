/*
 * Messages between the processes, as either end may get them from one that was taken over: any
 * sequence of types, bodies, parts and descriptors through a real socket, and every reader of
 * evaluator_wire.c over what was put together.  No descriptor may stay open.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/evaluator_wire.h"
#include "rules/result.h"
#include "tests/fuzz/must.h"

#define MOST_FDS  6
#define MOST_BODY 4000

static struct ipc_message message;

/* What was read is written to the same bytes again. */
static void
check_same(struct buf *again, struct text body)
{
	MUST(again->n == body.n && memcmp(again->p, body.p, body.n) == 0);
	buf_free(again);
}

static void
read_from_evaluator(struct text body, struct arena *a)
{
	struct identity identity;
	struct result result;
	struct buf again = { 0 };
	const char *why;

	if (wire_get_identity(body, a, &identity)) {
		wire_put_identity(&again, &identity);
		check_same(&again, body);
	}
	MUST(result_read(body, &result, &why) || why != NULL);
}

static void
read_from_rulebook(struct text body)
{
	struct wire_rulebook w, copy;

	if (!wire_get_rulebook(body, &w))
		return;
	MUST(w.refusals <= w.n_messages);
	MUST(wire_copy_rulebook(&copy, &w) && copy.n_messages == w.n_messages);
	wire_rulebook_free(&copy);
	wire_rulebook_free(&w);
}

static void
read_from_keeper(struct text body, struct arena *a)
{
	struct evaluator_options options;
	struct submission s;
	struct history history;
	struct buf again = { 0 };
	size_t size;

	(void)wire_get_options(body, &options);
	free((void *)(uintptr_t)options.packs);
	if (wire_get_job(body, &s, &size)) {
		s.bytes.n = size;
		wire_put_job(&again, &s);
		MUST(again.n == body.n);
		buf_free(&again);
	}
	if (wire_get_history(body, a, &history)) {
		wire_put_history(&again, &history);
		check_same(&again, body);
	}
}

static void
send_message(int fd, uint32_t type, const uint8_t *body, size_t n, unsigned n_fds)
{
	struct iovec parts[2] = { { &type, sizeof(type) }, { (void *)(uintptr_t)body, n } };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int) * MOST_FDS)];
	} control = { 0 };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = 2 };
	struct cmsghdr *c;

	/* some are shorter than a type */
	if (n == 1)
		parts[0].iov_len = 2;
	if (n_fds > 0) {
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		for (unsigned i = 0; i < n_fds; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof(int));
	}
	MUST(sendmsg(fd, &m, MSG_NOSIGNAL) != -1);
}

static void
receive(int fd, struct ipc_gather *gather, struct arena *a)
{
	if (ipc_receive(fd, &message) != IPC_MESSAGE)
		return;
	MUST(message.n_fds <= IPC_FDS && message.body.n <= IPC_MAX);
	if (message.n_fds > 0) {
		int taken = ipc_take_fd(&message, 0);

		MUST(fcntl(taken, F_GETFD) == FD_CLOEXEC);
		(void)close(taken);
	}
	ipc_drop_fds(&message);
	if (ipc_gather(gather, &message, (size_t)3 * MOST_BODY) == GATHER_WHOLE) {
		MUST(message.body.n <= (size_t)3 * MOST_BODY);
		read_from_evaluator(message.body, a);
		read_from_rulebook(message.body);
		read_from_keeper(message.body, a);
	}
}

/* The lowest that is free: it grows when one was left open. */
static int
free_descriptor(void)
{
	int fd = dup(0);

	(void)close(fd);
	return fd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ipc_gather gather = { 0 };
	struct arena *a = arena_new();
	int before = free_descriptor(), ends[2];
	size_t n;

	MUST(ipc_pair(ends));
	/* type, descriptors, length in two bytes, body */
	while (size >= 4) {
		n = (size_t)(data[2] | data[3] << 8);
		n = n > size - 4 ? size - 4 : n;
		n = n > MOST_BODY ? MOST_BODY : n;
		send_message(ends[0], data[0], data + 4, n, data[1] % (MOST_FDS + 1u));
		receive(ends[1], &gather, a);
		data += 4 + n;
		size -= 4 + n;
	}
	(void)close(ends[0]);
	(void)close(ends[1]);
	buf_free(&gather.whole);
	arena_free(a);
	MUST(free_descriptor() == before);
	return 0;
}
