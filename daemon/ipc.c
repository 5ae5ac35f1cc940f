#include "daemon/ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/write.h"

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

bool
ipc_pair(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0;
}

/* Room for the descriptors of one message, aligned as the kernel wants it. */
union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int) * IPC_FDS)];
};

bool
ipc_send(int fd, uint32_t type, struct text body, const int *fds, unsigned n_fds)
{
	struct iovec parts[2] = { { &type, sizeof(type) },
		{ (void *)(uintptr_t)body.p, body.n } };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = body.n > 0 ? 2 : 1 };
	union control control = { 0 };
	struct cmsghdr *c;
	ssize_t sent;

	if (body.n > IPC_MAX - sizeof(type) || n_fds > IPC_FDS) {
		errno = EMSGSIZE;
		return false;
	}
	if (n_fds > 0) {
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n_fds);
	}
	do
		sent = sendmsg(fd, &m, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent != -1;
}

/* Take the descriptors out of the control data; too many of them are closed and refused. */
static bool
ipc_collect_fds(struct msghdr *m, struct ipc_message *msg)
{
	struct cmsghdr *c;
	size_t n, i;
	bool good = true;
	int fd;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (msg->n_fds < IPC_FDS)
				msg->fds[msg->n_fds++] = fd;
			else {
				(void)close(fd);
				good = false;
			}
		}
	}
	return good;
}

enum ipc_got
ipc_receive(int fd, struct ipc_message *msg)
{
	struct iovec part = { msg->bytes, sizeof(msg->bytes) };
	union control control;
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	bool good, reset = false;
	ssize_t n = 0;

	msg->n_fds = 0;
	/* who ends without having read all is told of once (ECONNRESET), and before what he had said */
	do {
		reset = reset || (n == -1 && errno == ECONNRESET);
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	} while (n == -1 && (errno == EINTR || (errno == ECONNRESET && !reset)));
	if (n == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK ? IPC_AGAIN
		    : errno == ECONNRESET                      ? IPC_CLOSED
							       : IPC_FAILED;
	if (n == 0)
		return IPC_CLOSED;
	good = ipc_collect_fds(&m, msg);
	if (!good || (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 ||
	    n < (ssize_t)sizeof(msg->type)) {
		ipc_drop_fds(msg);
		errno = EBADMSG;
		return IPC_FAILED;
	}
	memcpy(&msg->type, msg->bytes, sizeof(msg->type));
	msg->body.p = (const char *)msg->bytes + sizeof(msg->type);
	msg->body.n = (size_t)n - sizeof(msg->type);
	return IPC_MESSAGE;
}

bool
ipc_send_long(int fd, uint32_t type, struct text body)
{
	const size_t step = IPC_MAX - sizeof(type);

	while (body.n > step) {
		if (!ipc_send(fd, IPC_PART, (struct text){ body.p, step }, NULL, 0))
			return false;
		body.p += step;
		body.n -= step;
	}
	return ipc_send(fd, type, body, NULL, 0);
}

enum ipc_gathered
ipc_gather(struct ipc_gather *g, struct ipc_message *msg, size_t most)
{
	bool last = msg->type != IPC_PART;

	if (!g->begun && last)
		return GATHER_WHOLE;
	if (!g->begun)
		buf_clear(&g->whole);
	g->begun = !last;
	if (msg->body.n > most || g->whole.n > most - msg->body.n)
		return GATHER_TOO_LONG;
	buf_put(&g->whole, msg->body.p, msg->body.n);
	if (buf_failed(&g->whole))
		return GATHER_TOO_LONG;
	if (!last)
		return GATHER_MORE;
	msg->body = buf_as_text(&g->whole);
	return GATHER_WHOLE;
}

void
ipc_drop_fds(struct ipc_message *msg)
{
	unsigned i;

	for (i = 0; i < msg->n_fds; i++)
		if (msg->fds[i] != -1)
			(void)close(msg->fds[i]);
	msg->n_fds = 0;
}

int
ipc_take_fd(struct ipc_message *msg, unsigned i)
{
	int fd;

	if (i >= msg->n_fds)
		return -1;
	fd = msg->fds[i];
	msg->fds[i] = -1;
	return fd;
}

void
ipc_put_u32(struct buf *b, uint32_t v)
{
	unsigned char bytes[4] = { (unsigned char)v, (unsigned char)(v >> 8),
		(unsigned char)(v >> 16), (unsigned char)(v >> 24) };

	buf_put(b, bytes, sizeof(bytes));
}

void
ipc_put_i64(struct buf *b, int64_t v)
{
	ipc_put_u32(b, (uint32_t)(uint64_t)v);
	ipc_put_u32(b, (uint32_t)((uint64_t)v >> 32));
}

void
ipc_put_text(struct buf *b, struct text t)
{
	ipc_put_u32(b, (uint32_t)t.n);
	if (t.n > 0)
		buf_put(b, t.p, t.n);
}

struct ipc_reader
ipc_read(struct text body)
{
	return (struct ipc_reader){ body, false };
}

/* The next n bytes, or an empty text once the reader has failed. */
static struct text
ipc_get(struct ipc_reader *r, size_t n)
{
	struct text t = TEXT_NONE;

	if (r->failed || n > r->rest.n) {
		r->failed = true;
		return t;
	}
	t = (struct text){ r->rest.p, n };
	r->rest.p += n;
	r->rest.n -= n;
	return t;
}

uint32_t
ipc_get_u32(struct ipc_reader *r)
{
	struct text t = ipc_get(r, 4);
	const unsigned char *p = (const unsigned char *)t.p;

	if (r->failed)
		return 0;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

int64_t
ipc_get_i64(struct ipc_reader *r)
{
	uint64_t low = ipc_get_u32(r), high = ipc_get_u32(r);

	return (int64_t)(high << 32 | low);
}

struct text
ipc_get_text(struct ipc_reader *r)
{
	return ipc_get(r, ipc_get_u32(r));
}

bool
ipc_read_all(const struct ipc_reader *r)
{
	return !r->failed && r->rest.n == 0;
}

int
memfd_open(const char *name)
{
	return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

bool
memfd_seal(int fd)
{
	return fcntl(fd, F_ADD_SEALS, SEALS | F_SEAL_SEAL) == 0;
}

int
memfd_of_bytes(const char *name, struct text bytes)
{
	int fd = memfd_open(name), saved;

	if (fd == -1)
		return -1;
	if (write_all(fd, bytes.p, bytes.n) && memfd_seal(fd))
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

bool
memfd_map(int fd, struct text *bytes)
{
	struct stat st;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals == -1)
		return false;
	if ((seals & SEALS) != SEALS) {
		errno = EPERM;
		return false;
	}
	if (fstat(fd, &st) == -1)
		return false;
	return memfd_map_size(fd, (size_t)st.st_size, bytes);
}

bool
memfd_map_size(int fd, size_t n, struct text *bytes)
{
	void *p;

	*bytes = (struct text){ "", 0 };
	if (n == 0)
		return true;
	p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return false;
	*bytes = (struct text){ p, n };
	return true;
}

bool
memfd_read(int fd, size_t n, char *room)
{
	size_t at = 0;
	ssize_t got;

	while (at < n) {
		got = pread(fd, room + at, n - at, (off_t)at);
		if (got == 0)
			errno = EIO;
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	return true;
}

void
memfd_unmap(struct text bytes)
{
	if (bytes.n > 0)
		(void)munmap((void *)(uintptr_t)bytes.p, bytes.n);
}
