/*
 * The disk fails, once or for a while, at each write, sync and truncation in turn: nothing is half recorded,
 * a sentence says what is wrong, and when the disk is well again recording goes on by itself.
 */
#include "tests/unit/ledger_help.h"

/* A layer over SQLite's own files that fails when it is told to. */
struct faulty {
	sqlite3_file base;
	sqlite3_file *real;
};

static sqlite3_vfs layer;
static sqlite3_vfs *below;
static int countdown, code; /* operations until it fails; 0: it does not */
static bool lasting, fired;

static int
fault(int otherwise)
{
	if (countdown > 0 && --countdown == 0) {
		fired = true;
		countdown = lasting ? 1 : 0;
		return code;
	}
	return otherwise;
}

#define REAL(f)              (((struct faulty *)(void *)(f))->real)
#define CALL(f, method, ...) REAL(f)->pMethods->method(REAL(f), ##__VA_ARGS__)

static int
f_close(sqlite3_file *f)
{
	int rc = CALL(f, xClose);

	free(REAL(f));
	return rc;
}

static int
f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return CALL(f, xRead, p, n, at);
}

static int
f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int rc = fault(SQLITE_OK);

	return rc != SQLITE_OK ? rc : CALL(f, xWrite, p, n, at);
}

static int
f_truncate(sqlite3_file *f, sqlite3_int64 n)
{
	int rc = fault(SQLITE_OK);

	return rc != SQLITE_OK ? rc : CALL(f, xTruncate, n);
}

static int
f_sync(sqlite3_file *f, int flags)
{
	int rc = fault(SQLITE_OK);

	return rc != SQLITE_OK ? rc : CALL(f, xSync, flags);
}

static int
f_size(sqlite3_file *f, sqlite3_int64 *n)
{
	return CALL(f, xFileSize, n);
}

static int
f_lock(sqlite3_file *f, int level)
{
	return CALL(f, xLock, level);
}

static int
f_unlock(sqlite3_file *f, int level)
{
	return CALL(f, xUnlock, level);
}

static int
f_check(sqlite3_file *f, int *held)
{
	return CALL(f, xCheckReservedLock, held);
}

static int
f_control(sqlite3_file *f, int what, void *p)
{
	return CALL(f, xFileControl, what, p);
}

static int
f_sector(sqlite3_file *f)
{
	return CALL(f, xSectorSize);
}

static int
f_device(sqlite3_file *f)
{
	return CALL(f, xDeviceCharacteristics);
}

static int
f_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
	return CALL(f, xShmMap, page, size, extend, p);
}

static int
f_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return CALL(f, xShmLock, at, n, flags);
}

static void
f_barrier(sqlite3_file *f)
{
	CALL(f, xShmBarrier);
}

static int
f_unmap(sqlite3_file *f, int remove_it)
{
	return CALL(f, xShmUnmap, remove_it);
}

static const sqlite3_io_methods methods = { .iVersion = 2,
	.xClose = f_close,
	.xRead = f_read,
	.xWrite = f_write,
	.xTruncate = f_truncate,
	.xSync = f_sync,
	.xFileSize = f_size,
	.xLock = f_lock,
	.xUnlock = f_unlock,
	.xCheckReservedLock = f_check,
	.xFileControl = f_control,
	.xSectorSize = f_sector,
	.xDeviceCharacteristics = f_device,
	.xShmMap = f_map,
	.xShmLock = f_shm_lock,
	.xShmBarrier = f_barrier,
	.xShmUnmap = f_unmap };

static int
f_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct faulty *file = (void *)f;
	int rc;

	(void)vfs;
	file->base.pMethods = NULL;
	file->real = calloc(1, (size_t)below->szOsFile);
	if (file->real == NULL)
		return SQLITE_NOMEM;
	rc = below->xOpen(below, name, file->real, flags, out);
	if (rc == SQLITE_OK)
		file->base.pMethods = &methods;
	else
		free(file->real);
	return rc;
}

static int
put_layer(void **state)
{
	(void)state;
	below = sqlite3_vfs_find(NULL);
	layer = *below;
	layer.zName = "faulty";
	layer.szOsFile = sizeof(struct faulty);
	layer.xOpen = f_open;
	layer.pNext = NULL;
	return sqlite3_vfs_register(&layer, 1) == SQLITE_OK ? 0 : -1;
}

/* --- */

/* What a keeper does in a turn; false: something failed, and it has rolled back. */
static bool
turn(struct ledger *l, int64_t *seq)
{
	struct sample s;
	bool ok = true;

	if (!ledger_begin(l))
		return false;
	for (int i = 0; ok && i < 3; i++) {
		*seq = ledger_next_seq(l);
		make_sample(&s, *seq, "some bytes");
		ok = *seq > 0 && ledger_record(l, &s.arrival, &s.verdict);
	}
	if (!ok) {
		ledger_rollback(l);
		return false;
	}
	return ledger_commit(l);
}

static void
check_whole(struct fixture *f, uint64_t turns, int at)
{
	struct buf said = { 0 };
	struct ledger_check check;
	struct ledger_counts counts;
	uint64_t last = 0;

	must_verify(f->l, &check, &said);
	if (check.problems > 0)
		fail_msg("failing at %d: %s", at, said.p);
	assert_true(ledger_count(f->l, &counts));
	assert_int_equal(counts.arrivals, turns * 3);
	assert_int_equal(check.arrivals, turns * 3);
	assert_true(ledger_outbox(f->l, 0, 100000, next_in_order, &last));
	assert_int_equal(last, turns * 3);
	buf_free(&said);
}

/* Fail at each operation of a turn and of the checkpoint after it, one after the other. */
static void
fail_everywhere(struct fixture *f, int which, bool lasts)
{
	uint64_t turns = ledger_spooled(f->l) / 3;
	int64_t seq;
	int at = 1;

	for (fired = true; fired; at++) {
		char said[1024] = "";

		fired = false;
		code = which;
		lasting = lasts;
		countdown = at;
		if (turn(f->l, &seq))
			turns++;
		else
			snprintf(said, sizeof(said), "%s", ledger_error(f->l));
		ledger_idle(f->l);
		countdown = 0;
		if (said[0] != '\0' && strstr(said, "the disk ") == NULL)
			fail_msg("failing at %d: \"%s\" does not say what is wrong", at, said);
		if (!turn(f->l, &seq))
			fail_msg("failing at %d: no recovery: %s", at, ledger_error(f->l));
		turns++;
		check_whole(f, turns, at);
		if (at % 5 == 0) {
			assert_non_null(reopen(f));
			check_whole(f, turns, at);
		}
	}
	print_message("%d operations failed, %s\n", at - 2, lasts ? "for a while" : "once");
	assert_true(at > 5);
}

static void
a_disk_that_fails_once(void **state)
{
	fail_everywhere(*state, SQLITE_IOERR_WRITE, false);
}

static void
a_disk_that_fails_for_a_while(void **state)
{
	fail_everywhere(*state, SQLITE_IOERR_FSYNC, true);
}

static void
a_disk_that_is_full_once(void **state)
{
	fail_everywhere(*state, SQLITE_FULL, false);
}

static void
a_disk_that_is_full_for_a_while(void **state)
{
	fail_everywhere(*state, SQLITE_FULL, true);
}

/* Pages overwritten under a ledger that is open: said, and nothing is made of it. */
static void
a_ledger_that_is_damaged_says_so(void **state)
{
	struct fixture *f = *state;
	char path[100], junk[4096];
	struct ledger_check check;
	struct ledger_verifier by = { 0 };
	int64_t seq;
	int fd;

	for (int i = 0; i < 300; i++)
		assert_true(turn(f->l, &seq));
	assert_non_null(reopen(f));
	ledger_close(f->l);
	f->l = NULL;
	memset(junk, 0x5a, sizeof(junk));
	snprintf(path, sizeof(path), "%s/ledger.db", f->dir);
	fd = open(path, O_WRONLY);
	for (int page = 3; page < 60; page++)
		assert_int_equal(pwrite(fd, junk, sizeof(junk), 4096L * page), 4096);
	close(fd);
	f->l = ledger_open(f->dir, junk, sizeof(junk));
	if (f->l == NULL) {
		assert_non_null(strstr(junk, "is damaged"));
		return;
	}
	if (!turn(f->l, &seq))
		assert_non_null(strstr(ledger_error(f->l), "is damaged"));
	assert_true(!ledger_verify(f->l, &by, &check) || check.problems > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_disk_that_fails_once),
		TEST(a_disk_that_fails_for_a_while),
		TEST(a_disk_that_is_full_once),
		TEST(a_disk_that_is_full_for_a_while),
		TEST(a_ledger_that_is_damaged_says_so),
	};

	return cmocka_run_group_tests_name("ledger_fault", tests, put_layer, NULL);
}
