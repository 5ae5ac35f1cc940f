/*
 * The sender against a socket of the test's own: nobody there, a slow reader, one that goes
 * away, and a socket that takes only short records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/syslog.h"

/* Instead of the C library's: a socket that takes at most so many bytes. */
static size_t takes = 1 << 20;

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	if (n > takes) {
		errno = EMSGSIZE;
		return -1;
	}
	return sendto(fd, p, n, flags, NULL, 0);
}

static const struct event_origin origin = { TEXT("host"), TEXT("poold"), 1, 3 };

/* A sender whose maker's own texts are gone. */
static struct syslog_sender *
new_sender(const char *path)
{
	char host[] = "host", app[] = "poold";
	struct event_origin passing = { text_of(host), text_of(app), 1, 3 };
	struct syslog_sender *s = syslog_new(path, &passing);

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
	f->l = ledger_open(f->dir, why, sizeof(why));
	f->s = new_sender(f->path);
	return f->l != NULL && f->s != NULL ? 0 : -1;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	syslog_free(f->s);
	ledger_close(f->l);
	if (f->fd != -1)
		close(f->fd);
	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
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
a_path_that_is_too_long_for_a_socket_is_refused(void **state)
{
	char path[200];

	(void)state;
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_null(syslog_new(path, &origin));
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
		cmocka_unit_test(a_path_that_is_too_long_for_a_socket_is_refused),
	};

	return cmocka_run_group_tests_name("syslog", tests, NULL, NULL);
}
