/*
 * The publisher: from sealed batches to the outcome folders beside a region's inbox.
 *
 * The regions' folders may lie on a file server that hangs, on a full disk, on one that takes seconds
 * to sync.  None of that may stop the keeper, which has verdicts to record and syslog to tell; so a
 * process of its own does it, started by the keeper like the rulebook process (fork, exec, socket on a
 * fixed descriptor), and started again when it dies.  What was not answered is published again: that
 * overwrites only itself.
 *
 * It trusts the keeper, and reads of the folders only their names.  Its sandbox is for the day when
 * that is not enough: it can open nothing outside the root folder, no socket, no other program.
 *
 *   publisher_batch.c   a batch, in order      publisher_files.c    one file, one claim
 *   publisher_trouble.c what failed, in words  publish_names.c      names of files
 *
 * A region is locked before its folder is touched (a byte of a file in the state directory, by the hash of
 * its name), until the process is gone: one that was killed inside a call to a hung file server is still
 * there, and its last call must not come after those of its successor.
 */
#include "daemon/publisher.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/fault.h"
#include "daemon/publisher_private.h"
#include "daemon/sandbox.h"

static struct ipc_message message;

/* Its own end comes with the keeper's, by the socket: a signal to the whole group is not for it. */
static void
ignore_signals(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE };

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		(void)signal(signals[i], SIG_IGN);
}

/* The first message. */
static void
begin(void)
{
	struct ipc_reader in;

	if (ipc_receive(PUBLISHER_SOCKET, &message) != IPC_MESSAGE ||
	    message.type != PUBLISH_BEGIN)
		_exit(PUBLISHER_PROTOCOL);
	in = ipc_read(message.body);
	if (ipc_get_u32(&in) != 0)
		fault_arm_to_exit(PUBLISHER_FAULT);
}

/* For good.  What cannot be had is told, and shown in `poolctl status`. */
static void
enter_sandbox(void)
{
	struct sandbox_report report;

	if (!sandbox_enter_publisher(PUBLISHER_ROOT, &report) ||
	    !ipc_send(PUBLISHER_SOCKET, PUBLISH_READY, text_of(report.lacks), NULL, 0))
		_exit(PUBLISHER_NO_START);
}

static void
answer(struct batch_run *r, int64_t number)
{
	struct buf b = { 0 };

	ipc_put_i64(&b, number);
	ipc_put_u32(&b, r->n);
	ipc_put_u32(&b, r->n_sentences);
	for (uint32_t i = 0; i < r->n; i++)
		ipc_put_u32(&b, (uint32_t)r->done[i]);
	buf_text(&b, buf_as_text(&r->sentences));
	if (buf_failed(&b) || buf_failed(&r->sentences) ||
	    !ipc_send_long(PUBLISHER_SOCKET, PUBLISH_ANSWER, buf_as_text(&b)))
		_exit(PUBLISHER_PROTOCOL);
	buf_free(&b);
}

/* One message: its batches are mapped, published together, answered together. */
static void
serve(struct batch_run *r)
{
	struct ipc_reader in = ipc_read(message.body);
	struct text batches[PUBLISH_TOGETHER];
	struct unpublished *items = NULL;
	int64_t number = ipc_get_i64(&in);
	unsigned i, n = message.n_fds;

	r->n = 0;
	for (i = 0; i < n; i++) {
		int64_t index = ipc_get_i64(&in);

		if (!memfd_map(message.fds[i], &batches[i]) ||
		    !publish_get_items(batches[i], index, &items, &r->n))
			_exit(PUBLISHER_PROTOCOL);
	}
	ipc_drop_fds(&message);
	if (!ipc_read_all(&in) || (r->done = calloc(r->n + 1, sizeof(*r->done))) == NULL)
		_exit(PUBLISHER_PROTOCOL);
	r->items = items;
	publisher_run(r);
	answer(r, number);
	free(r->done);
	free(items);
	for (i = 0; i < n; i++)
		memfd_unmap(batches[i]);
}

_Noreturn void
publisher_process(void)
{
	static struct batch_run run = { .root = PUBLISHER_ROOT };
	enum ipc_got got;

	ignore_signals();
	umask(0); /* permissions are the region's */
	run.progress = mmap(NULL, sizeof(*run.progress), PROT_READ | PROT_WRITE, MAP_SHARED,
	    PUBLISHER_PROGRESS, 0);
	if (run.progress == MAP_FAILED)
		_exit(PUBLISHER_NO_START);
	begin();
	enter_sandbox();
	while ((got = ipc_receive(PUBLISHER_SOCKET, &message)) == IPC_MESSAGE) {
		if (message.type != PUBLISH_BATCH)
			_exit(PUBLISHER_PROTOCOL);
		serve(&run);
	}
	_exit(got == IPC_CLOSED ? 0 : PUBLISHER_PROTOCOL);
}
