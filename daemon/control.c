/*
 * The control socket.
 *
 * Whoever may open it (its group) may ask; nothing that is asked edits a verdict.
 * A client sends one request, reads the answer and goes; `tail` stays.  Clients are bounded in number,
 * requests in length, and one that does not read is let go when too much waits for it.
 */
#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>

#include "daemon/control_private.h"
#include "daemon/keeper.h"
#include "daemon/log.h"

#define CLIENTS_MOST 32
#define REQUEST_MOST 4096
#define WAITING_MOST (64u * 1024 * 1024)

/* Who asks nothing, or does not read what was asked for, keeps a place from others no longer. */
static const struct timeval ask_time = { 10, 0 }, read_time = { 60, 0 };

void
client_job_done(struct control_client *c)
{
	if (c->job != NULL)
		c->job_free(c->job);
	c->job = NULL;
}

static void
client_free(struct control_client *c)
{
	client_job_done(c);
	TAILQ_REMOVE(&c->control->clients, c, next);
	c->control->n--;
	bufferevent_free(c->io);
	free(c->region);
	free(c->outcome);
	free(c);
}

bool
client_send(struct control_client *c, json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT);
	struct evbuffer *out = bufferevent_get_output(c->io);

	json_decref(object);
	if (line != NULL && evbuffer_get_length(out) < WAITING_MOST) {
		(void)evbuffer_add(out, line, strlen(line));
		(void)evbuffer_add(out, "\n", 1);
	}
	free(line);
	return evbuffer_get_length(out) < WAITING_MOST;
}

void
client_end(struct control_client *c, json_t *last)
{
	(void)json_object_set_new(last, "end", json_true());
	(void)client_send(c, last);
	c->ending = true;
}

void
client_error(struct control_client *c, const char *sentence)
{
	client_end(c, json_pack("{s:s}", "error", sentence));
}

json_t *
json_of(struct text t)
{
	struct buf b = { 0 };
	json_t *j = text_is_utf8(t) ? json_stringn(t.p != NULL ? t.p : "", t.n) : NULL;

	if (j != NULL)
		return j;
	buf_safe(&b, t);
	j = json_stringn(b.p != NULL ? b.p : "", b.n);
	buf_free(&b);
	return j;
}

json_t *
json_time(instant at)
{
	struct buf b = { 0 };
	json_t *j;

	time_format(&b, at);
	j = json_string(b.p != NULL ? b.p : "");
	buf_free(&b);
	return j;
}

struct text
request_text(json_t *request, const char *key)
{
	return text_of(json_string_value(json_object_get(request, key)));
}

static const struct {
	const char *name;
	control_request *run;
} requests[] = {
	{ "status", do_status },
	{ "list", do_list },
	{ "show", do_show },
	{ "tail", do_tail },
	{ "reload", do_reload },
	{ "resend", do_resend },
	{ "prune", do_prune },
	{ "backup", do_backup },
	{ "requeue", do_requeue },
};

static void
client_request(struct control_client *c, const char *line, size_t n)
{
	json_t *request = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
	const char *name = json_string_value(json_object_get(request, "command"));
	size_t i, most = sizeof(requests) / sizeof(*requests);

	for (i = 0; i < most && (name == NULL || strcmp(requests[i].name, name) != 0); i++)
		;
	if (i < most)
		requests[i].run(c, request);
	else
		client_error(c,
		    "This request is not known; poolctl and poold may be of different "
		    "versions.");
	json_decref(request);
}

/* Everything that was to be said was written: go. */
static void
client_written(struct bufferevent *io, void *arg)
{
	struct control_client *c = arg;

	if (c->ending && evbuffer_get_length(bufferevent_get_output(io)) == 0)
		client_free(c);
}

static void
client_read(struct bufferevent *io, void *arg)
{
	struct control_client *c = arg;
	struct evbuffer *in = bufferevent_get_input(io);
	size_t n;
	char *line = evbuffer_readln(in, &n, EVBUFFER_EOL_LF);

	if (line == NULL) {
		if (evbuffer_get_length(in) > REQUEST_MOST)
			client_free(c);
		return;
	}
	if (!c->ending && !c->following && !c->reloading && c->job == NULL) {
		(void)bufferevent_set_timeouts(io, NULL, &read_time);
		client_request(c, line, n);
	}
	free(line);
}

static void
client_event(struct bufferevent *io, short what, void *arg)
{
	(void)io;
	if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT)) != 0)
		client_free(arg);
}

static void
control_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
    int size, void *arg)
{
	struct control *control = arg;
	struct control_client *c = control->n < CLIENTS_MOST ? calloc(1, sizeof(*c)) : NULL;

	(void)listener;
	(void)from;
	(void)size;
	if (c != NULL)
		c->io =
		    bufferevent_socket_new(control->keeper->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c == NULL || c->io == NULL) {
		free(c);
		(void)close(fd);
		return;
	}
	c->control = control;
	TAILQ_INSERT_TAIL(&control->clients, c, next);
	control->n++;
	bufferevent_setcb(c->io, client_read, client_written, client_event, c);
	bufferevent_setwatermark(c->io, EV_READ, 0, REQUEST_MOST + 1);
	(void)bufferevent_set_timeouts(c->io, &ask_time, &read_time);
	(void)bufferevent_enable(c->io, EV_READ | EV_WRITE);
}

void
control_notify(struct control *control)
{
	struct control_client *c, *after;

	if (control == NULL)
		return;
	for (c = TAILQ_FIRST(&control->clients); c != NULL; c = after) {
		after = TAILQ_NEXT(c, next);
		if (!c->following)
			continue;
		if (evbuffer_get_length(bufferevent_get_output(c->io)) >= WAITING_MOST)
			client_free(c);
		else
			client_follow(c);
	}
}

void
control_reloaded(struct control *control, bool taken)
{
	struct control_client *c;

	if (control == NULL)
		return;
	TAILQ_FOREACH (c, &control->clients, next)
		if (c->reloading)
			client_reloaded(c, taken);
}

/* 0660 from its first moment on, and the group that was asked for. */
static int
control_listen(const struct config *config, struct buf *why)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct group *group =
	    *config->control_group != '\0' ? getgrnam(config->control_group) : NULL;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mode_t mask;
	bool good;

	if (*config->control_group != '\0' && group == NULL) {
		buf_str(why, "There is no group ");
		buf_safe(why, text_of(config->control_group));
		buf_str(why, " (control_group). Make it: groupadd --system ");
		buf_shell(why, text_of(config->control_group));
		(void)close(fd);
		return -1;
	}
	if (strlen(config->control) >= sizeof(at.sun_path)) {
		buf_str(
		    why, "The path of the control socket is too long; 107 bytes are the most.");
		(void)close(fd);
		return -1;
	}
	(void)memcpy(at.sun_path, config->control, strlen(config->control));
	/* the ledger's lock says that no other keeper lives: a socket that is there is a dead one's */
	(void)unlink(config->control);
	mask = umask(0117);
	good = fd != -1 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
	(void)umask(mask);
	good = good &&
	    (group == NULL || chown(config->control, (uid_t)-1, group->gr_gid) == 0) &&
	    listen(fd, 16) == 0;
	if (good)
		return fd;
	buf_str(why, "The control socket ");
	buf_safe(why, text_of(config->control));
	buf_printf(why, " could not be made: %s.%s", strerror(errno),
	    errno == ENOENT ? " Make its folder, and give it to the user that poold runs as."
			    : "");
	if (fd != -1)
		(void)close(fd);
	return -1;
}

struct control *
control_new(struct keeper *keeper, struct buf *why)
{
	struct control *control = calloc(1, sizeof(*control));
	int fd = control != NULL ? control_listen(&keeper->config, why) : -1;

	if (fd == -1) {
		free(control);
		return NULL;
	}
	control->keeper = keeper;
	TAILQ_INIT(&control->clients);
	control->listener = evconnlistener_new(
	    keeper->base, control_accept, control, LEV_OPT_CLOSE_ON_FREE, 0, fd);
	if (control->listener != NULL)
		return control;
	(void)close(fd);
	free(control);
	buf_str(why, "There is no memory to listen on the control socket.");
	return NULL;
}

void
control_free(struct control *control)
{
	if (control == NULL)
		return;
	while (!TAILQ_EMPTY(&control->clients))
		client_free(TAILQ_FIRST(&control->clients));
	evconnlistener_free(control->listener);
	(void)unlink(control->keeper->config.control);
	free(control);
}
