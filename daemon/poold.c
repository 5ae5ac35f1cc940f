/*
 * poold: start-up and the event loop.
 *
 * The same program is the keeper and, started by it with another name, the rulebook process (see
 * evaluator.h) or the publisher (publisher.h); which one is decided before anything else.  Everything that can be wrong at start-up is
 * said at once and ends it with 1; what goes wrong later is an event, and the keeper goes on.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "daemon/evaluator_client.h"
#include "daemon/fault.h"
#include "daemon/keeper.h"
#include "daemon/lock.h"
#include "daemon/log.h"
#include "daemon/publisher.h"
#include "daemon/sandbox.h"

#define DEFAULT_CONFIG "/etc/poold/poold.conf"

struct options {
	const char *config;
	bool debug, check, at_given;
	instant at;
};

static const char usage[] =
    "usage: poold [-dnVh] [-f FILE] [--at TIME]\n"
    "\n"
    "  -f, --config FILE  the configuration (" DEFAULT_CONFIG ")\n"
    "  -d, --debug        say on the terminal, too, what is told to syslog\n"
    "  -n, --check        show the configuration in force, load the policies, say\n"
    "                     everything that is wrong with either, and end\n"
    "      --at TIME      judge as if it were then: 2014-11-28T16:05:00Z; only with -d\n"
    "  -V, --version      show the version\n"
    "  -h, --help         show this\n"
    "\n"
    "poold stays in the foreground. SIGHUP: read the configuration and the policies\n"
    "again; SIGTERM: finish.\n\n"
    "Examples:\n"
    "  poold -n -f /etc/poold/poold.conf\n"
    "  poold -d -f /etc/poold/poold.conf\n\n"
    "Exit status: 0 stopped by a signal, or -n found nothing wrong, 1 something is\n"
    "wrong, 64 wrong usage.\n";

/* Every line of a text of messages, each as a message of its own. */
static void
warn_lines(const struct buf *b)
{
	struct text rest = buf_as_text(b);
	const char *end;
	size_t n;

	while (rest.n > 0) {
		end = memchr(rest.p, '\n', rest.n);
		n = end != NULL ? (size_t)(end - rest.p) : rest.n;
		(void)fprintf(stderr, "poold: %.*s\n", (int)n, rest.p);
		n += end != NULL;
		rest.p += n;
		rest.n -= n;
	}
}

static void
check_print(const struct load_message *m)
{
	struct buf line = { 0 };

	load_message_place(&line, m);
	buf_str(&line, m->refuses ? "" : "notice: ");
	buf_safe(&line, m->what);
	(void)puts(line.p);
	buf_free(&line);
}

static void
config_warn(const struct config *config)
{
	struct buf b = { 0 };

	config_notices(config, &b);
	warn_lines(&b);
	buf_free(&b);
}

/* `poold -n` begins with what is in force, so that a forgotten key is seen. */
static void
config_print(const struct config *config)
{
	struct buf b = { 0 };

	config_format(&b, config);
	config_warn(config);
	(void)fputs(b.p, stdout);
	buf_free(&b);
}

/* `poold -n`: load the policies in the sandbox, as the daemon would, and say everything. */
static int
check_policies(const struct config *config)
{
	struct evaluator_options limits = client_default_options();
	struct policies policies;
	struct wire_rulebook w;
	struct client *client;
	struct buf why = { 0 };
	uint32_t i;

	limits.address_space = (size_t)config->memory;
	limits.examples = EXAMPLES_REFUSE;
	if (!policies_read(config->policies, &policies, &why)) {
		warn_lines(&why);
		buf_free(&why);
		return 1;
	}
	client = client_start(&policies, &limits, (uint32_t)config->load, &w, &why);
	for (i = 0; i < w.n_messages; i++)
		check_print(&w.messages[i]);
	if (why.n > 0)
		warn_lines(&why);
	if (w.lacks.n > 0)
		(void)printf("notice: this kernel lacks %.*s\n", TEXT_ARG(w.lacks));
	if (client != NULL)
		(void)printf("%s: good; %u policy files, %u conditions, rulebook %.12s\n",
		    config->policies, policies.files, w.conditions, w.digest.p);
	else
		(void)printf("%s: refused; %u mistake%s\n", config->policies, w.refusals,
		    w.refusals == 1 ? "" : "s");
	client_stop(client);
	wire_rulebook_free(&w);
	policies_close(&policies);
	buf_free(&why);
	return client != NULL ? 0 : 1;
}

/*
 * Rare and small, so not lived through: everything that was promised stands in the ledger or lies in a
 * folder, and the next start goes on from there.
 */
static void
no_memory(void)
{
	fatalx(
	    "there is no memory left to go on with; nothing is lost, and the next start goes "
	    "on (systemd sees to it). Give this machine or the service more memory");
}

static void
on_hangup(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	log_info("reading the configuration and the policies again");
	if (keeper_reload(arg, keeper_reconfigure(arg) ? RELOAD_FORCED : RELOAD_ASKED) ==
	    RELOAD_UNCHANGED)
		log_info("the policies have not changed");
}

static void
on_terminate(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	keeper_health_stopping(arg);
	keeper_finish(arg);
}

static struct event *
signal_watch(struct keeper *k, int number, event_callback_fn call)
{
	struct event *e = evsignal_new(k->base, number, call, k);

	if (e == NULL || event_add(e, NULL) == -1)
		fatalx("there is no memory to watch signals with");
	return e;
}

/* From here on the keeper can no longer do what it never needs. */
static void
enter_sandbox(void)
{
	const char *failed;

	if (sandbox_keeper(&failed))
		return;
	if (errno == ENOMEM)
		arena_exhausted();
	fatal("poold could not protect itself (%s); it needs a kernel with seccomp", failed);
}

/* Two keepers on one folder would both claim. */
static int
lock_root(const char *root)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		fatal("the root folder %s, where the regions are, could not be opened "
		      "(make it, or name another as root in the configuration)",
		    root);
	if (lock_take(fd))
		return fd;
	if (errno != EWOULDBLOCK)
		fatal("the root folder %s could not be locked against a second poold", root);
	fatalx("another poold works on %s; there can be only one", root);
}

static void
say_start(struct keeper *k)
{
	struct event e;

	event_begin(&e, EV_START);
	event_str(&e, "what", "poold " POOLD_VERSION " started.");
	if (k->at_given)
		event_time(&e, "received", k->at);
	keeper_event(k, &e);
	keeper_commit(k);
}

static int
serve(struct keeper *k)
{
	struct event *signals[3];
	struct buf why = { 0 };
	int lock = lock_root(k->config.root);
	size_t i;

	if (!keeper_new(k, &why))
		fatalx("%s", why.p != NULL ? why.p : "there is no memory to begin with");
	buf_free(&why);
	enter_sandbox();
	signals[0] = signal_watch(k, SIGHUP, on_hangup);
	signals[1] = signal_watch(k, SIGTERM, on_terminate);
	signals[2] = signal_watch(k, SIGINT, on_terminate);
	say_start(k);
	keeper_watch_policies(k);
	(void)keeper_reload(k, RELOAD_ASKED);
	log_info("poold " POOLD_VERSION " watches %s", k->config.root);
	if (event_base_dispatch(k->base) == -1)
		log_warnx("the event loop failed");
	keeper_say(k, EV_STOP, NULL, NULL, "poold finished.");
	keeper_drain(k);
	for (i = 0; i < 3; i++)
		event_free(signals[i]);
	keeper_free(k);
	(void)close(lock);
	return 0;
}

static bool
read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = { { "config", required_argument, NULL, 'f' },
		{ "debug", no_argument, NULL, 'd' }, { "check", no_argument, NULL, 'n' },
		{ "at", required_argument, NULL, 'a' }, { "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	int c;

	*o = (struct options){ .config = DEFAULT_CONFIG };
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":f:dnVh", longs, NULL)) != -1) {
		switch (c) {
		case 'f': o->config = optarg; break;
		case 'd': o->debug = true; break;
		case 'n': o->check = true; break;
		case 'a':
			if (time_read(text_of(optarg), &o->at) != TIME_OK) {
				log_warnx("--at needs a time such as 2014-11-28T16:05:00Z; "
					  "\"%s\" is none",
				    optarg);
				return false;
			}
			o->at_given = true;
			break;
		case 'V': (void)puts("poold " POOLD_VERSION); exit(0);
		case 'h': (void)fputs(usage, stdout); exit(0);
		default:
			log_warnx(
			    c == ':' ? "%s wants a value after it" : "there is no option %s",
			    argv[optind - 1]);
			return false;
		}
	}
	if (optind < argc) {
		log_warnx("there is nothing to do with \"%s\"", argv[optind]);
		return false;
	}
	if (o->at_given && !o->debug) {
		log_warnx("--at is for demonstrations and tests: it needs -d as well");
		return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	static struct keeper keeper;
	struct options o;
	struct buf errors = { 0 };
	int status;

	log_init("poold", false);
	if (argc == 3 && strcmp(argv[0], "poold:") == 0 && strcmp(argv[1], "rulebook") == 0)
		rulebook_process(
		    3, 4, argv[0], strlen(argv[0]) + strlen(argv[1]) + strlen(argv[2]) + 2);
	if (argc == 2 && strcmp(argv[0], "poold:") == 0 && strcmp(argv[1], "publisher") == 0)
		publisher_process();
	arena_on_exhausted(no_memory);
	if (!read_options(argc, argv, &o)) {
		(void)fprintf(stderr, "%.*s (--help lists the options)\n",
		    (int)strcspn(usage, "\n"), usage);
		return 64;
	}
	log_init("poold", o.debug);
	(void)signal(SIGPIPE, SIG_IGN);
	if (!config_read(o.config, &keeper.config, &errors)) {
		if (buf_failed(&errors))
			arena_exhausted();
		warn_lines(&errors);
		buf_free(&errors);
		return 1;
	}
	if (o.check) {
		config_print(&keeper.config);
		status = check_policies(&keeper.config);
		config_free(&keeper.config);
		return status;
	}
	if (o.debug)
		fault_arm();
	config_warn(&keeper.config);
	keeper.config_path = o.config;
	keeper.debug = o.debug;
	keeper.at_given = o.at_given;
	keeper.at = o.at;
	return serve(&keeper);
}
