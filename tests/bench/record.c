/*
 * What it costs the keeper to record verdicts: the ledger with its commits of 50, what goes to the publisher,
 * and the records for syslog, without the socket.  One core; also small enough to run under callgrind.
 *
 * usage: record DIR FILE JSON HTML BUDGET N      prints microseconds of processor time a verdict
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/ipc.h"
#include "daemon/ledger.h"
#include "tests/bench/measured.h"

#define A_COMMIT 50

static double
processor_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
record(struct ledger *l, struct text file, const struct result *result, long n)
{
	char id[32], sha256[65];
	struct arrival a = { .seq = ledger_next_seq(l),
		.region = TEXT("leeds"),
		.name = TEXT("plan.json"),
		.bytes = file,
		.size = file.n,
		.kept = true,
		.received = 1417190700 };
	struct record_verdict v = { .revision = 1,
		.rulebook =
		    TEXT("0000000000000000000000000000000000000000000000000000000000000000"),
		.result = result };

	snprintf(id, sizeof(id), "01KBENCH%018ld", n);
	snprintf(sha256, sizeof(sha256), "%064lx", (unsigned long)n * 2654435761u);
	a.sha256 = text_of(sha256);
	v.id = text_of(id);
	if (!ledger_record(l, &a, &v))
		die(ledger_error(l));
}

static bool
tell(void *arg, const struct outbox_row *row)
{
	struct event_origin origin = { .app = TEXT("poold"), .hostname = TEXT("host") };
	struct event_stamp stamp = { row->sequence, row->when_us };
	struct buf *record = arg;
	struct event e;

	buf_clear(record);
	if (!event_unpack(row->packed, &e))
		die("an event cannot be read back");
	event_record(record, EVENT_RFC5424, &e, &origin, &stamp, 8000);
	return true;
}

int
main(int argc, char **argv)
{
	struct result result = { .outcome = COMPLIANT,
		.form = TEXT("bcf-plan"),
		.area = TEXT("E08000035"),
		.period = TEXT("2015-16"),
		.headline =
		    TEXT("Passes every check that applied: 55 of 58; 3 could not be made."),
		.at_stake = TEXT("0.00") };
	struct buf line = { 0 };
	char why[1024];
	long n = argc == 7 ? strtol(argv[6], NULL, 10) : 0, i;

	if (n < 1)
		die("usage: record DIR FILE JSON HTML BUDGET N");
	struct text file = slurp(argv[2]);
	result.json = slurp(argv[3]);
	result.html = slurp(argv[4]);
	result.budget = slurp(argv[5]);
	struct ledger *l = ledger_open(argv[1], why, sizeof(why));
	if (l == NULL)
		die(why);
	double start = processor_seconds();
	for (i = 0; i < n; i++) {
		if (i % A_COMMIT == 0 && !ledger_begin(l))
			die(ledger_error(l));
		record(l, file, &result, i);
		if ((i % A_COMMIT == A_COMMIT - 1 || i == n - 1) && !ledger_commit(l))
			die(ledger_error(l));
		if (i % A_COMMIT == A_COMMIT - 1 &&
		    (!ledger_outbox(l, ledger_told(l), UINT32_MAX, tell, &line) ||
			!ledger_mark_told(l, ledger_spooled(l))))
			die(ledger_error(l));
	}
	printf("%.0f\n", (processor_seconds() - start) * 1e6 / (double)n);
	ledger_close(l);
	return 0;
}
