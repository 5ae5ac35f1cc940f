/*
 * The control socket of a real keeper with a scratch ledger: whatever a client says, in whatever
 * pieces, it gets lines of JSON or is hung up on, and a `status` after it is answered.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>
#include <jansson.h>

#include "daemon/keeper.h"
#include "daemon/log.h"
#include "tests/fuzz/must.h"

int LLVMFuzzerInitialize(int *, char ***);

static char folder[] = "/tmp/poold-fuzz-XXXXXX";
static struct keeper keeper;

/* The fuzzer ends by exit(), whatever it found. */
static void
remove_folder(void)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command) != 0)
		(void)fprintf(stderr, "%s is left behind\n", folder);
}

static void
start(void)
{
	static const char *const folders[] = { "", "/root", "/state", "/policies" };
	struct buf conf = { 0 }, why = { 0 };
	char path[64];

	log_init("fuzz", false);
	MUST(mkdtemp(folder) != NULL);
	(void)atexit(remove_folder);
	for (size_t i = 1; i < sizeof(folders) / sizeof(*folders); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", folder, folders[i]);
		MUST(mkdir(path, 0700) == 0);
	}
	buf_printf(&conf,
	    "root %s/root\nstate %s/state\npolicies %s/policies\ncontrol %s/control\n"
	    "syslog %s/nowhere\nmin_free 0\n",
	    folder, folder, folder, folder, folder);
	MUST(config_parse(buf_as_text(&conf), "conf", &keeper.config, &why));
	MUST(keeper_new(&keeper, &why));
	buf_free(&conf);
	buf_free(&why);
}

/* The keeper starts "itself" for its other processes, and so it starts this: it waits for its end. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char byte;

	(void)argc;
	if (strcmp((*argv)[0], "poold:") == 0) {
		while (recv(3, &byte, 1, 0) > 0)
			;
		_exit(0);
	}
	return 0;
}

static int
client(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/control", folder);
	MUST(fd != -1 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	return fd;
}

/* Give the keeper a few turns, and take what it says. */
static bool
turn(int fd, struct buf *said)
{
	char bytes[65536];
	ssize_t n;

	for (int i = 0; i < 3; i++)
		(void)event_base_loop(keeper.base, EVLOOP_NONBLOCK);
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		buf_put(said, bytes, (size_t)n);
	return n == -1 && errno == EAGAIN;
}

/* Every whole line is an object; the last has "end" unless it follows. */
static unsigned
check_answer(const struct buf *said)
{
	struct text rest = buf_as_text(said);
	unsigned ends = 0;

	while (rest.n > 0) {
		const char *end = memchr(rest.p, '\n', rest.n);
		json_t *object;
		size_t n;

		MUST(end != NULL);
		n = (size_t)(end - rest.p);
		object = json_loadb(rest.p, n, JSON_REJECT_DUPLICATES, NULL);
		MUST(json_is_object(object));
		ends += json_is_true(json_object_get(object, "end"));
		json_decref(object);
		rest.p += n + 1;
		rest.n -= n + 1;
	}
	return ends;
}

static void
ask_for_status(void)
{
	static const char ask[] = "{\"command\":\"status\"}\n";
	struct buf said = { 0 };
	int fd = client();

	MUST(send(fd, ask, sizeof(ask) - 1, MSG_NOSIGNAL) == (ssize_t)sizeof(ask) - 1);
	for (int i = 0; i < 20 && turn(fd, &said); i++)
		;
	MUST(check_answer(&said) == 1);
	(void)close(fd);
	buf_free(&said);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned runs;
	struct buf said = { 0 };
	bool open = true;
	size_t piece;
	int fd;

	if (keeper.base == NULL)
		start();
	fd = client();
	/* the first byte: how long a piece is */
	piece = size > 0 ? (size_t)data[0] * 17 + 1 : 1;
	for (size_t at = 1; at < size && open; at += piece) {
		size_t n = size - at < piece ? size - at : piece;

		if (send(fd, data + at, n, MSG_NOSIGNAL) == -1)
			break;
		open = turn(fd, &said);
	}
	(void)turn(fd, &said);
	MUST(check_answer(&said) <= 1);
	(void)close(fd);
	(void)turn(fd, &said);
	buf_free(&said);
	if (++runs % 64 == 0)
		ask_for_status();
	return 0;
}
