/* Messages between processes: whole, bounded, and never believed. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/ipc.h"
#include "daemon/write.h"

static struct ipc_message msg;
static int ends[2];

static int
open_pair(void **state)
{
	(void)state;
	return ipc_pair(ends) ? 0 : -1;
}

static int
close_pair(void **state)
{
	(void)state;
	(void)close(ends[0]);
	if (ends[1] != -1)
		(void)close(ends[1]);
	return 0;
}

static void
a_message_arrives_with_its_type_body_and_descriptor(void **state)
{
	int fd = memfd_of_bytes("x", TEXT("hello"));
	struct text mapped;

	(void)state;
	assert_true(ipc_send(ends[1], 7, TEXT("body"), &fd, 1));
	assert_int_equal(ipc_receive(ends[0], &msg), IPC_MESSAGE);
	assert_int_equal(msg.type, 7);
	assert_true(text_is(msg.body, "body"));
	assert_int_equal(msg.n_fds, 1);
	assert_true(memfd_map(msg.fds[0], &mapped));
	assert_true(text_is(mapped, "hello"));
	memfd_unmap(mapped);
	ipc_drop_fds(&msg);
	(void)close(fd);
}

static void
an_empty_body_is_a_message_and_no_end(void **state)
{
	(void)state;
	assert_true(ipc_send(ends[1], 3, TEXT_NONE, NULL, 0));
	assert_int_equal(ipc_receive(ends[0], &msg), IPC_MESSAGE);
	assert_int_equal(msg.body.n, 0);
}

static void
a_closed_end_is_told(void **state)
{
	(void)state;
	(void)close(ends[1]);
	ends[1] = -1;
	assert_int_equal(ipc_receive(ends[0], &msg), IPC_CLOSED);
}

static void
what_was_said_before_the_end_is_heard_though_the_other_did_not_listen(void **state)
{
	(void)state;
	assert_true(ipc_send(ends[0], 1, TEXT("not read"), NULL, 0));
	assert_true(ipc_send(ends[1], 2, TEXT("one"), NULL, 0));
	assert_true(ipc_send(ends[1], 3, TEXT("two"), NULL, 0));
	(void)close(ends[1]);
	ends[1] = -1;
	for (uint32_t type = 2; type <= 3; type++) {
		assert_int_equal(ipc_receive(ends[0], &msg), IPC_MESSAGE);
		assert_int_equal(msg.type, type);
	}
	assert_int_equal(ipc_receive(ends[0], &msg), IPC_CLOSED);
}

static void
a_message_shorter_than_its_type_is_refused(void **state)
{
	(void)state;
	assert_int_equal(send(ends[1], "ab", 2, 0), 2);
	assert_int_equal(ipc_receive(ends[0], &msg), IPC_FAILED);
}

static void
a_message_longer_than_the_buffer_is_refused(void **state)
{
	static char big[IPC_MAX + 1000];

	(void)state;
	assert_false(ipc_send(ends[1], 1, (struct text){ big, sizeof(big) }, NULL, 0));
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(send(ends[1], big, sizeof(big), 0), sizeof(big));
	assert_int_equal(ipc_receive(ends[0], &msg), IPC_FAILED);
}

static void
a_long_message_comes_in_parts_and_is_whole_again(void **state)
{
	struct ipc_gather g = { 0 };
	size_t n = IPC_MAX + IPC_MAX / 2, i;
	char *sent = malloc(n);
	enum ipc_gathered got;

	(void)state;
	for (i = 0; i < n; i++)
		sent[i] = (char)(i * 7);
	assert_true(ipc_send_long(ends[1], 9, (struct text){ sent, n }));
	do {
		assert_int_equal(ipc_receive(ends[0], &msg), IPC_MESSAGE);
		got = ipc_gather(&g, &msg, n);
	} while (got == GATHER_MORE);
	assert_int_equal(got, GATHER_WHOLE);
	assert_int_equal(msg.type, 9);
	assert_int_equal(msg.body.n, n);
	assert_memory_equal(msg.body.p, sent, n);
	buf_free(&g.whole);
	free(sent);
}

static void
parts_beyond_the_limit_are_refused(void **state)
{
	static char big[IPC_MAX + 100];
	struct ipc_gather g = { 0 };

	(void)state;
	assert_true(ipc_send_long(ends[1], 9, (struct text){ big, sizeof(big) }));
	assert_int_equal(ipc_receive(ends[0], &msg), IPC_MESSAGE);
	assert_int_equal(ipc_gather(&g, &msg, 1000), GATHER_TOO_LONG);
	buf_free(&g.whole);
}

static void
fields_are_read_as_they_were_written(void **state)
{
	struct buf b = { 0 };
	struct ipc_reader r;

	(void)state;
	ipc_put_u32(&b, UINT32_MAX);
	ipc_put_i64(&b, INT64_MIN);
	ipc_put_text(&b, TEXT("abc"));
	ipc_put_text(&b, TEXT_NONE);
	r = ipc_read(buf_as_text(&b));
	assert_int_equal(ipc_get_u32(&r), UINT32_MAX);
	assert_true(ipc_get_i64(&r) == INT64_MIN);
	assert_true(text_is(ipc_get_text(&r), "abc"));
	assert_int_equal(ipc_get_text(&r).n, 0);
	assert_true(ipc_read_all(&r));
	buf_free(&b);
}

/* Every cut of a message: read to the end, never beyond, and never taken for whole. */
static void
a_cut_message_fails_at_every_length(void **state)
{
	struct buf b = { 0 };
	struct ipc_reader r;
	char *copy;
	size_t n;

	(void)state;
	ipc_put_u32(&b, 5);
	ipc_put_text(&b, TEXT("some text"));
	ipc_put_i64(&b, 77);
	for (n = 0; n < b.n; n++) {
		copy = malloc(n + 1); /* so that a sanitizer sees the edge */
		memcpy(copy, b.p, n);
		r = ipc_read((struct text){ copy, n });
		(void)ipc_get_u32(&r);
		(void)ipc_get_text(&r);
		(void)ipc_get_i64(&r);
		assert_false(ipc_read_all(&r));
		free(copy);
	}
	buf_free(&b);
}

static void
a_length_beyond_the_message_fails(void **state)
{
	struct ipc_reader r = ipc_read((struct text){ "\xff\xff\xff\xff"
						      "abc",
	    7 });

	(void)state;
	assert_int_equal(ipc_get_text(&r).n, 0);
	assert_true(r.failed);
	assert_int_equal(ipc_get_u32(&r), 0);
}

static void
memory_that_could_still_change_is_not_mapped(void **state)
{
	int fd = memfd_open("x");
	struct text mapped;

	(void)state;
	assert_true(write_all(fd, "abc", 3));
	assert_false(memfd_map(fd, &mapped));
	assert_int_equal(errno, EPERM);
	assert_true(memfd_seal(fd));
	assert_true(memfd_map(fd, &mapped));
	memfd_unmap(mapped);
	(void)close(fd);
}

static void
sealed_memory_can_not_be_written_shrunk_or_grown(void **state)
{
	int fd = memfd_of_bytes("x", TEXT("abc"));

	(void)state;
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(ftruncate(fd, 100), -1);
	assert_ptr_equal(mmap(NULL, 3, PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, 0), -1);
	(void)close(fd);
}

/* Two who read share where the descriptor stands: neither may lose what the other has read. */
static void
a_copy_of_memory_is_the_same_each_time_and_never_short(void **state)
{
	int fd = memfd_of_bytes("x", TEXT("hello"));
	char room[8] = "";

	(void)state;
	assert_true(memfd_read(fd, 5, room));
	assert_memory_equal(room, "hello", 5);
	memset(room, 0, sizeof(room));
	assert_true(memfd_read(fd, 5, room));
	assert_memory_equal(room, "hello", 5);
	assert_false(memfd_read(fd, 6, room));
	assert_int_equal(errno, EIO);
	(void)close(fd);
}

#define T(name) cmocka_unit_test_setup_teardown(name, open_pair, close_pair)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_message_arrives_with_its_type_body_and_descriptor),
		T(an_empty_body_is_a_message_and_no_end), T(a_closed_end_is_told),
		T(what_was_said_before_the_end_is_heard_though_the_other_did_not_listen),
		T(a_message_shorter_than_its_type_is_refused),
		T(a_message_longer_than_the_buffer_is_refused),
		T(a_long_message_comes_in_parts_and_is_whole_again),
		T(parts_beyond_the_limit_are_refused), T(fields_are_read_as_they_were_written),
		T(a_cut_message_fails_at_every_length), T(a_length_beyond_the_message_fails),
		T(memory_that_could_still_change_is_not_mapped),
		T(sealed_memory_can_not_be_written_shrunk_or_grown),
		T(a_copy_of_memory_is_the_same_each_time_and_never_short)
	};

	return cmocka_run_group_tests_name("ipc", tests, NULL, NULL);
}
