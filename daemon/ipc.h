/*
 * Messages between the processes, and the sealed memory that travels with them.
 *
 * A message is one SOCK_SEQPACKET record: a type, fields, and up to IPC_FDS descriptors.  It is at most
 * IPC_MAX bytes (the kernel ends at about 200 kB); what may be longer is passed as a sealed memfd, or,
 * by a process that may make none, in parts.  Whatever is read is checked against the bytes that are
 * there: a reader that ran over its end stays failed, so it is enough to ask once, at the end.
 */
#ifndef DAEMON_IPC_H
#define DAEMON_IPC_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/text.h"

#define IPC_MAX 65536
#define IPC_FDS 4

struct ipc_message {
	uint32_t type;
	struct text body; /* points into bytes */
	int fds[IPC_FDS]; /* the receiver's to close */
	unsigned n_fds;
	unsigned char bytes[IPC_MAX];
};

enum ipc_got { IPC_MESSAGE, IPC_CLOSED, IPC_AGAIN, IPC_FAILED };

/* Both ends close on exec and block. */
bool ipc_pair(int fds[2]);
/* false with errno: not sent.  Descriptors stay the caller's. */
bool ipc_send(int fd, uint32_t type, struct text body, const int *fds, unsigned n_fds);
/* IPC_FAILED: an error, a message too long or too short, or descriptors that were lost on the way. */
enum ipc_got ipc_receive(int fd, struct ipc_message *);
/*
 * What may be longer than a message, from a process that can make no memfd: any number of IPC_PART
 * messages, then one of the type with the rest.
 */
#define IPC_PART 0
bool ipc_send_long(int fd, uint32_t type, struct text body);

/* Putting the parts together again, up to a limit. Begin with a zeroed one; buf_free(&whole) at the end. */
struct ipc_gather {
	struct buf whole;
	bool begun; /* whole has parts of a message that is not complete */
};
enum ipc_gathered { GATHER_MORE, GATHER_WHOLE, GATHER_TOO_LONG };
/* GATHER_WHOLE: msg->body is the whole of it (it may point into g, until the next call). */
enum ipc_gathered ipc_gather(struct ipc_gather *g, struct ipc_message *, size_t most);

/* Close the descriptors that came and were not taken (taken ones are set to -1). */
void ipc_drop_fds(struct ipc_message *);
int ipc_take_fd(struct ipc_message *, unsigned i); /* -1: there is none */

/* Fields: fixed width, little-endian; a text has its length before it. */
void ipc_put_u32(struct buf *, uint32_t);
void ipc_put_i64(struct buf *, int64_t);
void ipc_put_text(struct buf *, struct text);

struct ipc_reader {
	struct text rest;
	bool failed;
};
struct ipc_reader ipc_read(struct text body);
uint32_t ipc_get_u32(struct ipc_reader *);
int64_t ipc_get_i64(struct ipc_reader *);
struct text ipc_get_text(struct ipc_reader *); /* points into the body */
/* Everything was read and nothing is left. */
bool ipc_read_all(const struct ipc_reader *);

/* A memfd with these bytes that nobody can change any more; -1 with errno. */
int memfd_of_bytes(const char *name, struct text bytes);
/* An empty one to fill (write_all()); memfd_seal() when done. */
int memfd_open(const char *name);
bool memfd_seal(int fd);
/*
 * Map a memfd for reading.  One that came from another process is checked to be sealed, so that it
 * cannot change or shrink under the reader.  false with errno; an empty one gives an empty text.
 */
bool memfd_map(int fd, struct text *bytes);
/* For a process that may not ask: the sender, who is trusted, said how many bytes there are. */
bool memfd_map_size(int fd, size_t n, struct text *bytes);
void memfd_unmap(struct text bytes);
/*
 * Up to this many bytes, reading a copy takes less time than mapping and unmapping, and faults once for
 * the room instead of once for each memfd.
 */
#define MEMFD_SHORT ((size_t)65536)
/* The first n bytes into room; false with errno. Does not move where the descriptor stands, which others share. */
bool memfd_read(int fd, size_t n, char *room);

#endif
