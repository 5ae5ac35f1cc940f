/*
 * The sender against a socket of the test's own: nobody there, a slow reader, one that goes
 * away, and a socket that takes only short records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/syslog.h"
#include "daemon/syslog_stream.h"
#include "tests/unit/folder_help.h"

/* Instead of the C library's: a socket that takes at most so many bytes. */
static size_t takes = 1 << 20;
static int buffer; /* not 0: what SO_SNDBUF is set to */

int
sendmmsg(int fd, struct mmsghdr *m, unsigned n, int flags)
{
	unsigned i;

	if (buffer != 0)
		assert_int_equal(
		    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer)), 0);
	for (i = 0; i < n; i++) {
		const struct iovec *part = m[i].msg_hdr.msg_iov;

		if (part->iov_len > takes)
			errno = EMSGSIZE;
		if (part->iov_len > takes ||
		    sendto(fd, part->iov_base, part->iov_len, flags, NULL, 0) == -1)
			return i > 0 ? (int)i : -1;
	}
	return (int)n;
}

static const struct event_origin origin = { TEXT("host"), TEXT("poold"), 1, 3 };

/* A sender whose maker's own texts are gone. */
static struct syslog_sender *
new_sender(const char *path)
{
	char host[] = "host", app[] = "poold";
	struct event_origin passing = { text_of(host), text_of(app), 1, 3 };
	struct syslog_sender *s = syslog_new(path, EVENT_RFC5424, &passing);

	memset(host, '#', sizeof(host) - 1);
	memset(app, '#', sizeof(app) - 1);
	return s;
}

struct fixture {
	char dir[64], path[100];
	struct ledger *l;
	struct syslog_sender *s;
	int fd;
};

static void
listen_there(struct fixture *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", f->path);
	unlink(f->path);
	f->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(f->fd, (struct sockaddr *)&address, sizeof(address)), 0);
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char why[1024];

	snprintf(f->dir, sizeof(f->dir), "/tmp/poold-sender-XXXXXX");
	*state = f;
	if (mkdtemp(f->dir) == NULL)
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/socket", f->dir);
	f->fd = -1;
	takes = 1 << 20;
	buffer = 0;
	f->l = ledger_open(f->dir, why, sizeof(why));
	f->s = new_sender(f->path);
	return f->l != NULL && f->s != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	syslog_free(f->s);
	ledger_close(f->l);
	if (f->fd != -1)
		close(f->fd);
	remove_folder(f->dir);
	free(f);
	return 0;
}

static void
spool(struct fixture *f, int n, size_t length)
{
	char *value = malloc(length + 1);
	struct event ev;

	memset(value, 'x', length);
	for (int i = 0; i < n; i++) {
		event_begin(&ev, EV_STATUS);
		event_int(&ev, "judged", i);
		event_text(&ev, "what", (struct text){ value, length });
		assert_true(ledger_spool(f->l, &ev, 1));
	}
	free(value);
}

/* The next record's sequence number; 0: none waits. */
static long
receive(struct fixture *f, char record[9000])
{
	ssize_t n = recv(f->fd, record, 8999, 0);

	if (n == -1)
		return 0;
	record[n] = '\0';
	assert_non_null(strstr(record, "Z host poold 1 "));
	return strtol(strstr(record, "sequence=\"") + 10, NULL, 10);
}

static void
rest(int ms)
{
	usleep(1000u * (unsigned)ms + 1000);
}

static void
nobody_there_is_said_and_waited_for_longer_each_time(void **state)
{
	struct fixture *f = *state;
	int first, second, third;

	assert_int_equal(syslog_some(f->s, f->l, 10), 0);
	spool(f, 1, 10);
	first = syslog_some(f->s, f->l, 10);
	assert_non_null(strstr(syslog_state(f->s), "no socket at "));
	/* Called early it does nothing but say how long still. */
	assert_in_range(syslog_some(f->s, f->l, 10), 1, first);
	rest(first);
	second = syslog_some(f->s, f->l, 10);
	rest(second);
	third = syslog_some(f->s, f->l, 10);
	assert_true(first < second && second < third);
	listen_there(f);
	close(f->fd);
	f->fd = -1;
	rest(third);
	assert_true(syslog_some(f->s, f->l, 10) > third);
	assert_non_null(strstr(syslog_state(f->s), "nobody listens at "));
	assert_int_equal(ledger_told(f->l), 0);
}

static void
a_record_is_told_when_it_was_read(void **state)
{
	struct fixture *f = *state;
	char record[9000];

	listen_there(f);
	spool(f, 3, 10);
	assert_true(syslog_some(f->s, f->l, 10) > 0);
	assert_int_equal(ledger_told(f->l), 0);
	for (long i = 1; i <= 3; i++)
		assert_int_equal(receive(f, record), i);
	assert_int_equal(syslog_some(f->s, f->l, 10), 0);
	assert_int_equal(ledger_told(f->l), 3);
	assert_non_null(strstr(syslog_state(f->s), "connected to "));
}

static void
a_slow_reader_gets_everything_in_order(void **state)
{
	struct fixture *f = *state;
	char record[9000];
	long last = 0, got;
	int wait = 1;

	listen_there(f);
	spool(f, 150, 100);
	for (int i = 0; i < 3000 && wait != 0; i++) {
		wait = syslog_some(f->s, f->l, 50);
		assert_true(ledger_told(f->l) <= (uint64_t)last);
		for (int j = 0; j < 7 && (got = receive(f, record)) != 0; j++)
			assert_int_equal(got, ++last);
		if (wait > 1)
			rest(wait < 5 ? wait : 5);
	}
	assert_int_equal(wait, 0);
	assert_int_equal(last, 150);
	assert_int_equal(ledger_told(f->l), 150);
	assert_null(strstr(syslog_state(f->s), "does not keep up"));
}

static void
a_full_queue_waits_briefly_and_says_so(void **state)
{
	struct fixture *f = *state;

	listen_there(f);
	spool(f, 2000, 100);
	assert_in_range(syslog_some(f->s, f->l, 2000), 1, 200);
	assert_non_null(strstr(syslog_state(f->s), "does not keep up"));
}

static void
what_waited_in_a_queue_that_is_gone_is_sent_again(void **state)
{
	struct fixture *f = *state;
	char record[9000];
	int wait;

	listen_there(f);
	spool(f, 5, 10);
	syslog_some(f->s, f->l, 10);
	assert_int_equal(receive(f, record), 1);
	close(f->fd);
	listen_there(f);
	while ((wait = syslog_some(f->s, f->l, 10)) != 0 && receive(f, record) == 0)
		rest(wait);
	/* All five: that the first was read was not known. */
	assert_non_null(strstr(record, "sequence=\"1\""));
	for (long i = 2; i <= 5; i++)
		assert_int_equal(receive(f, record), i);
	assert_int_equal(syslog_some(f->s, f->l, 10), 0);
	assert_int_equal(ledger_told(f->l), 5);
}

static void
a_record_that_the_socket_finds_too_long_is_cut_and_marked(void **state)
{
	struct fixture *f = *state;
	char record[9000];

	listen_there(f);
	takes = 600;
	spool(f, 1, 3000);
	spool(f, 1, 10);
	assert_true(syslog_some(f->s, f->l, 10) > 0);
	assert_int_equal(receive(f, record), 1);
	assert_in_range(strlen(record), 100, 600);
	assert_non_null(strstr(record, " cut=\"what\""));
	assert_int_equal(receive(f, record), 2);
	assert_null(strstr(record, " cut="));
}

static void
long_records_among_others_keep_their_place(void **state)
{
	/* more than go in one call, with long ones at its ends, in its middle and beside each other */
	static const int runs[] = { 0, 30, 1, 0, 40, 5, 31, 2 };
	struct fixture *f = *state;
	char record[9000];
	long next = 1, got, last = 0;
	size_t i;

	listen_there(f);
	takes = 600;
	for (i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		spool(f, runs[i], 10);
		spool(f, 1, 3000);
		last += runs[i] + 1;
	}
	for (int tries = 0; next <= last && tries < 1000; tries++) {
		(void)syslog_some(f->s, f->l, 100);
		while ((got = receive(f, record)) != 0)
			assert_int_equal(got, next++);
	}
	assert_int_equal(next, last + 1);
}

/* The kernel's own EMSGSIZE, at lengths around each limit. */
static void
a_small_buffer_of_the_socket_gets_shorter_records(void **state)
{
	static const size_t lengths[] = { 10, 1000, 3900, 4096, 4097, 7000, 8000, 60000,
		200000 };
	struct fixture *f = *state;
	char record[9000];
	size_t n = sizeof(lengths) / sizeof(*lengths);

	listen_there(f);
	buffer = 2304; /* the kernel doubles it */
	for (size_t i = 0; i < n; i++)
		spool(f, 1, lengths[i]);
	for (size_t i = 0; i < n; i++) {
		for (int tries = 0; receive(f, record) == 0 && tries < 100; tries++) {
			syslog_some(f->s, f->l, 1);
			rest(2);
		}
		assert_int_equal(strtol(strstr(record, "sequence=\"") + 10, NULL, 10), i + 1);
		assert_true(strlen(record) < 4608);
		assert_true((strstr(record, " cut=\"what\"") != NULL) == (lengths[i] > 2000));
	}
}

static void
what_is_no_datagram_socket_is_said_to_be_so(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int wait;

	fclose(fopen(f->path, "w"));
	spool(f, 1, 10);
	wait = syslog_some(f->s, f->l, 10);
	assert_non_null(strstr(syslog_state(f->s), "a regular file, and no socket, is at "));
	assert_true(syslog_away_since(f->s) > 0);
	unlink(f->path);
	f->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", f->path);
	assert_int_equal(bind(f->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(f->fd, 1), 0);
	rest(wait);
	wait = syslog_some(f->s, f->l, 10);
	assert_non_null(strstr(syslog_state(f->s), "must be unix-dgram(), not unix-stream()"));
	close(f->fd);
	listen_there(f);
	rest(wait);
	assert_true(syslog_some(f->s, f->l, 10) > 0);
	assert_non_null(strstr(syslog_state(f->s), "connected to "));
	assert_int_equal(syslog_away_since(f->s), 0);
}

/* Send and receive until everything is told; the numbers go to seen. */
static unsigned
exchange(struct fixture *f, long seen[], unsigned most)
{
	char record[9000];
	unsigned n = 0;
	int wait = 1;
	long got;

	for (int i = 0; i < 3000 && wait != 0; i++) {
		wait = syslog_some(f->s, f->l, 50);
		while ((got = receive(f, record)) != 0) {
			assert_true(n < most);
			seen[n++] = got;
		}
		if (wait > 1)
			rest(wait < 5 ? wait : 5);
	}
	assert_int_equal(wait, 0);
	return n;
}

static void
a_reader_that_was_killed_gets_what_it_read_last_once_more(void **state)
{
	struct fixture *f = *state;
	long seen[200];

	listen_there(f);
	spool(f, 20, 10);
	assert_int_equal(exchange(f, seen, 200), 20);
	assert_int_equal(ledger_told(f->l), 20);
	close(f->fd);
	listen_there(f);
	spool(f, 1, 10);
	/* a crash of our own in between makes no difference: another sender goes on where this one was */
	close(f->fd);
	assert_true(syslog_some(f->s, f->l, 10) > 0);
	assert_int_equal(ledger_told(f->l), 0);
	syslog_free(f->s);
	f->s = new_sender(f->path);
	listen_there(f);
	assert_int_equal(exchange(f, seen, 200), 21);
	for (long i = 0; i < 21; i++)
		assert_int_equal(seen[i], i + 1);
}

static void
told_records_are_repeated_in_order_and_do_not_keep_new_ones_waiting(void **state)
{
	struct fixture *f = *state;
	long seen[600], last = 0, expected = 101;
	uint64_t from;
	unsigned n, at = 0;

	listen_there(f);
	spool(f, 300, 10);
	assert_int_equal(exchange(f, seen, 600), 300);
	assert_int_equal(syslog_repeat(f->s, f->l, 301), 0);
	assert_int_equal(syslog_repeat(f->s, f->l, 201), 100);
	/* joined: from the lower number on, each once */
	assert_int_equal(syslog_repeat(f->s, f->l, 101), 200);
	assert_int_equal(syslog_repeat(f->s, f->l, 290), 200);
	spool(f, 50, 10);
	n = exchange(f, seen, 600);
	assert_int_equal(n, 250);
	for (unsigned i = 0; i < n; i++) {
		if (seen[i] > 300) {
			assert_int_equal(seen[i], last == 0 ? 301 : last + 1);
			last = seen[i];
			at = i;
		} else
			assert_int_equal(seen[i], expected++);
	}
	assert_int_equal(last, 350);
	assert_int_equal(expected, 301);
	assert_true(at < 150); /* the new ones were not last */
	assert_int_equal(syslog_repeating(f->s, &from), 0);
}

static void
new_ones_without_end_do_not_keep_repeats_waiting(void **state)
{
	struct fixture *f = *state;
	char record[9000];
	long seen[600], got, repeated = 0;

	listen_there(f);
	spool(f, 100, 10);
	assert_int_equal(exchange(f, seen, 600), 100);
	assert_int_equal(syslog_repeat(f->s, f->l, 1), 100);
	/* more new ones than the reader takes, all the time */
	for (int i = 0; i < 60; i++) {
		spool(f, 30, 10);
		syslog_some(f->s, f->l, 500);
		for (int j = 0; j < 11 && (got = receive(f, record)) != 0; j++)
			repeated += got <= 100;
		rest(3);
	}
	assert_in_range(repeated, 50, 100);
}

static void
a_stream_goes_back_by_seconds_but_not_by_too_many(void **state)
{
	struct stream st;

	(void)state;
	stream_set(&st, 100);
	stream_back(&st);
	assert_int_equal(st.sent, 100);
	/* a record a second for a minute: the last five or six are sent again */
	for (int i = 1; i <= 60; i++)
		stream_read(&st, 100 + (uint64_t)i, 1000000 + i * 1000);
	stream_back(&st);
	assert_in_range(st.read, 160 - 7, 160 - 5);
	assert_int_equal(st.sent, st.read);
	/* once: the second time nothing more is known */
	stream_back(&st);
	assert_in_range(st.read, 160 - 7, 160 - 5);
	/* twenty thousand in a second */
	stream_set(&st, 0);
	for (uint64_t i = 1; i <= 20; i++)
		stream_read(&st, i * 1000, 50 * (int64_t)i);
	stream_back(&st);
	assert_int_equal(st.read, 10000);
	/* by number alone, only without a gap */
	stream_set(&st, 0);
	for (uint64_t i = 1; i <= 10; i++)
		stream_sent(&st, i, 8, 0);
	assert_int_equal(st.read, 2);
	stream_sent(&st, 1000, 8, 0);
	assert_int_equal(st.read, 2);
}

static void
a_path_that_is_too_long_for_a_socket_is_refused(void **state)
{
	char path[200];

	(void)state;
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_null(syslog_new(path, EVENT_RFC5424, &origin));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nobody_there_is_said_and_waited_for_longer_each_time),
		TEST(a_record_is_told_when_it_was_read),
		TEST(a_slow_reader_gets_everything_in_order),
		TEST(a_full_queue_waits_briefly_and_says_so),
		TEST(what_waited_in_a_queue_that_is_gone_is_sent_again),
		TEST(a_record_that_the_socket_finds_too_long_is_cut_and_marked),
		TEST(long_records_among_others_keep_their_place),
		TEST(a_small_buffer_of_the_socket_gets_shorter_records),
		TEST(what_is_no_datagram_socket_is_said_to_be_so),
		TEST(a_reader_that_was_killed_gets_what_it_read_last_once_more),
		TEST(told_records_are_repeated_in_order_and_do_not_keep_new_ones_waiting),
		TEST(new_ones_without_end_do_not_keep_repeats_waiting),
		cmocka_unit_test(a_stream_goes_back_by_seconds_but_not_by_too_many),
		cmocka_unit_test(a_path_that_is_too_long_for_a_socket_is_refused),
	};

	return cmocka_run_group_tests_name("syslog", tests, NULL, NULL);
}
