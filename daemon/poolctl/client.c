#include "daemon/poolctl/client.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/log.h"
#include "rules/verdict.h"

#define DEFAULT_SOCKET "/run/poold/control.sock"

/* Seconds without a word after which a poold that should answer at once is taken to hang. */
#define ANSWER_TIME 30

const char *
client_default_socket(void)
{
	const char *path = getenv("POOLD_SOCKET");

	return path != NULL ? path : DEFAULT_SOCKET;
}

static int
outcome_known(const char *command, const char *given)
{
	for (int i = 0; i < OUTCOMES; i++)
		if (strcmp(outcome_names[i], given) == 0)
			return EXIT_OK;
	return usage_error(command,
	    "there is no outcome \"%s\"; it is compliant, queried, non-compliant, unreadable "
	    "or "
	    "undetermined.",
	    given);
}

static int
take_option(int c, const char *command, struct client_options *o)
{
	char *end;

	switch (c) {
	case 's': o->socket = optarg; return EXIT_OK;
	case 'j': o->json = true; return EXIT_OK;
	case 'r': o->region = optarg; return EXIT_OK;
	case 'a': o->area = optarg; return EXIT_OK;
	case 't': o->since = optarg; return EXIT_OK;
	case 'f': o->from = optarg; return EXIT_OK;
	case 'o': o->outcome = optarg; return outcome_known(command, optarg);
	default: break;
	}
	o->limit = strtol(optarg, &end, 10);
	if (end == optarg || *end != '\0' || o->limit < 1)
		return usage_error(command, "--limit needs a number; \"%s\" is none.", optarg);
	return EXIT_OK;
}

int
client_read_options(const char *takes, int argc, char **argv, struct client_options *o)
{
	static const struct option longs[] = { { "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' }, { "region", required_argument, NULL, 'r' },
		{ "outcome", required_argument, NULL, 'o' },
		{ "area", required_argument, NULL, 'a' },
		{ "since", required_argument, NULL, 't' },
		{ "from", required_argument, NULL, 'f' },
		{ "limit", required_argument, NULL, 'l' }, { NULL, 0, NULL, 0 } };
	char has[16];
	int c;

	(void)snprintf(has, sizeof(has), "s%s", takes);
	*o = (struct client_options){ .socket = client_default_socket(), .limit = 50 };
	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		if (c == '?' || c == ':' || strchr(has, c) == NULL)
			return option_error(argv[0], longs, has, c, argv);
		if (take_option(c, argv[0], o) != EXIT_OK)
			return EXIT_USAGE;
	}
	if (strchr(takes, '+') != NULL && optind + 1 == argc) {
		o->rest = argv[optind];
		return EXIT_OK;
	}
	if (strchr(takes, '+') != NULL)
		return usage_error(argv[0], "it needs one id or number.");
	if (optind < argc)
		return usage_error(
		    argv[0], "there is nothing to do with \"%s\".", argv[optind]);
	return EXIT_OK;
}

static FILE *
client_connect(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *f;

	if (strlen(path) >= sizeof(to.sun_path)) {
		log_warnx("the path of the socket is too long: %s", path);
		(void)close(fd);
		return NULL;
	}
	(void)memcpy(to.sun_path, path, strlen(path));
	if (fd == -1 || connect(fd, (struct sockaddr *)&to, sizeof(to)) == -1) {
		if (errno == ENOENT || errno == ECONNREFUSED)
			log_warnx("poold does not answer at %s; is it running? (--socket PATH "
				  "names another place)",
			    path);
		else if (errno == EACCES)
			log_warnx("you may not use %s; ask to be made a member of its group "
				  "(control_group in poold.conf), and log in anew",
			    path);
		else
			log_warn("poold cannot be asked at %s", path);
		if (fd != -1)
			(void)close(fd);
		return NULL;
	}
	f = fdopen(fd, "r+");
	if (f == NULL)
		(void)close(fd);
	return f;
}

/* To follow, and to reload, takes as long as it takes; all else is answered at once. */
static void
client_hurry(FILE *f, const json_t *request)
{
	const struct timeval time = { ANSWER_TIME, 0 };
	const char *command = json_string_value(json_object_get(request, "command"));

	if (strcmp(command, "tail") != 0 && strcmp(command, "reload") != 0)
		(void)setsockopt(fileno(f), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
}

/* Answers until the one with "end". */
static bool
client_answers(FILE *f, bool (*each)(void *, json_t *), void *arg, json_t **last)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	json_t *answer;
	bool go_on = true;

	while (go_on && (n = getline(&line, &size, f)) > 0) {
		answer = json_loadb(line, (size_t)n, 0, NULL);
		if (answer == NULL)
			break;
		if (json_is_true(json_object_get(answer, "end"))) {
			*last = answer;
			free(line);
			return true;
		}
		go_on = each == NULL || each(arg, answer);
		json_decref(answer);
	}
	free(line);
	return false;
}

bool
client_ask(const struct client_options *o, json_t *request, bool (*each)(void *, json_t *),
    void *arg, json_t **last)
{
	FILE *f = client_connect(o->socket);
	char *line = json_dumps(request, JSON_COMPACT);
	const char *error;
	bool good = f != NULL && line != NULL;

	*last = NULL;
	if (good) {
		client_hurry(f, request);
		/* with poold gone this must not end us without a word, as writing to the stream would */
		(void)send(fileno(f), line, strlen(line), MSG_NOSIGNAL);
		(void)send(fileno(f), "\n", 1, MSG_NOSIGNAL);
		errno = 0;
		good = client_answers(f, each, arg, last);
		if (!good && errno == EAGAIN)
			log_warnx("poold has not answered for %d s; it hangs, or is very busy",
			    ANSWER_TIME);
		else if (!good)
			log_warnx("poold ended the conversation");
	}
	json_decref(request);
	free(line);
	if (f != NULL)
		(void)fclose(f);
	error = json_string_value(json_object_get(*last, "error"));
	if (good && error != NULL) {
		log_warnx("%s", error);
		return false;
	}
	return good;
}

void
print_json(json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);

	struct buf out = { 0 };
	size_t i, n;

	/* what is not printable ASCII is in strings; what could steer a terminal is written as an escape */
	for (i = 0; line != NULL && line[i] != '\0'; i += n) {
		bool plain = line[i] >= 0x20 && line[i] < 0x7f;

		for (n = 1; line[i + n] != '\0' &&
		     (line[i + n] >= 0x20 && line[i + n] < 0x7f) == plain;)
			n++;
		if (plain)
			buf_put(&out, line + i, n);
		else
			buf_json(&out, (struct text){ line + i, n });
	}
	(void)puts(line != NULL && !buf_failed(&out) ? out.p : "{}");
	(void)fflush(stdout);
	buf_free(&out);
	free(line);
}

/* The bytes of the first so many characters, and how many there are: columns stand under each other. */
static size_t
characters(const char *p, int most, int *n)
{
	size_t i;

	*n = 0;
	for (i = 0; p[i] != '\0'; i++)
		if (((unsigned char)p[i] & 0xc0) != 0x80 && (*n)++ == most) {
			(*n)--;
			break;
		}
	return i;
}

void
print_text(const char *value, int width)
{
	struct buf b = { 0 };
	const char *p;
	size_t bytes;
	int n;

	buf_safe(&b, text_of(value));
	p = b.p != NULL ? b.p : "";
	bytes = characters(p, width > 0 ? width : INT_MAX, &n);
	if (p[bytes] != '\0') {
		bytes = characters(p, width - 1, &n);
		(void)printf("%.*s…", (int)bytes, p);
	} else
		(void)printf("%s%*s", p, width > n ? width - n : 0, "");
	buf_free(&b);
}

void
print_cell(json_t *object, const char *key, int width)
{
	json_t *value = json_object_get(object, key);
	char number[32];

	if (json_is_integer(value)) {
		(void)snprintf(
		    number, sizeof(number), "%lld", (long long)json_integer_value(value));
		print_text(number, width);
	} else
		print_text(json_is_string(value) ? json_string_value(value) : "", width);
}
