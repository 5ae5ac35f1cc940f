/*
 * The control socket.
 *
 * Whoever may open it (its group) may ask; nothing that is asked writes to the ledger or names a path.
 * A client sends one request, reads the answer and goes; `tail` stays.  Clients are bounded in number,
 * requests in length, and one that does not read is let go when too much waits for it.
 */
#include "daemon/control.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <jansson.h>

#include "daemon/keeper.h"
#include "daemon/log.h"

#define CLIENTS_MOST 32
#define REQUEST_MOST 4096
#define WAITING_MOST (64u * 1024 * 1024)
#define LIST_MOST    10000

/* Who asks nothing, or does not read what was asked for, keeps a place from others no longer. */
static const struct timeval ask_time = { 10, 0 }, read_time = { 60, 0 };

struct control_client {
	TAILQ_ENTRY(control_client) next;
	struct control *control;
	struct bufferevent *io;
	bool following; /* tail */
	bool reloading; /* waits for the end of a reload */
	bool ending;    /* closed when everything was written */
	int64_t after_seq;
	char *region, *outcome;
};

struct control {
	struct keeper *keeper;
	struct evconnlistener *listener;
	TAILQ_HEAD(, control_client) clients;
	unsigned n;
};

static void
client_free(struct control_client *c)
{
	TAILQ_REMOVE(&c->control->clients, c, next);
	c->control->n--;
	bufferevent_free(c->io);
	free(c->region);
	free(c->outcome);
	free(c);
}

/* One object as a line; takes it. false: the client does not read and is to go. */
static bool
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

static void
client_end(struct control_client *c, json_t *last)
{
	(void)json_object_set_new(last, "end", json_true());
	(void)client_send(c, last);
	c->ending = true;
}

static void
client_error(struct control_client *c, const char *sentence)
{
	client_end(c, json_pack("{s:s}", "error", sentence));
}

/* A text as JSON; what is not UTF-8 is shown escaped. */
static json_t *
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

static json_t *
json_time(instant at)
{
	struct buf b = { 0 };
	json_t *j;

	time_format(&b, at);
	j = json_string(b.p != NULL ? b.p : "");
	buf_free(&b);
	return j;
}

static json_t *
region_json(struct keeper *k, const struct region *r)
{
	json_t *skipped = json_array(), *o;
	struct entry *e;
	unsigned i;

	for (i = 0; i < REGION_BUCKETS; i++)
		LIST_FOREACH (e, &r->entries[i], next)
			if (e->skipped)
				(void)json_array_append_new(skipped,
				    json_pack(
					"{s:o,s:s}", "name", json_of(e->name), "why", e->why));
	o = json_pack("{s:o,s:b,s:i,s:i,s:I,s:o}", "name", json_of(r->name), "watched",
	    r->inbox_dir != -1, "settling", (int)r->settling, "waiting",
	    (int)intake_waiting(k->intake, r), "claimed", (json_int_t)r->claimed, "skipped",
	    skipped);
	(void)json_object_set_new(
	    o, "trouble", r->trouble[0] != '\0' ? json_of(text_of(r->trouble)) : json_null());
	return o;
}

static json_t *
rulebook_json(struct keeper *k)
{
	json_t *notices = json_array(), *o;
	uint32_t i;

	for (i = 0; i < k->rulebook.n_messages; i++)
		(void)json_array_append_new(notices,
		    json_pack("{s:o,s:i,s:o}", "file", json_of(k->rulebook.messages[i].file),
			"line", (int)k->rulebook.messages[i].line, "what",
			json_of(k->rulebook.messages[i].what)));
	o = json_pack("{s:o,s:o,s:i,s:b,s:b,s:o}", "digest", json_of(k->rulebook.digest),
	    "packs", json_of(k->rulebook.packs), "conditions", (int)k->rulebook.conditions,
	    "in_use", evaluators_ready(k->evaluators), "loading",
	    evaluators_loading(k->evaluators), "notices", notices);
	(void)json_object_set_new(
	    o, "refused", k->refused ? json_of(buf_as_text(&k->refusal)) : json_null());
	(void)json_object_set_new(o, "sandbox_lacks", json_of(k->rulebook.lacks));
	(void)json_object_set_new(o, "since",
	    evaluators_ready(k->evaluators) ? json_time(k->rulebook_since) : json_null());
	return o;
}

/* Does anything want a person's attention? */
static bool
keeper_is_well(struct keeper *k)
{
	struct region *r;

	TAILQ_FOREACH (r, inbox_regions(k->inbox), next)
		if (r->trouble[0] != '\0' || r->skipped > 0)
			return false;
	return evaluators_ready(k->evaluators) && !k->refused && k->trouble[0] == '\0' &&
	    k->publishing[0] == '\0' && syslog_reached(k->sender);
}

static void
do_status(struct control_client *c, json_t *request)
{
	struct keeper *k = c->control->keeper;
	struct ledger_counts counts = { 0 };
	json_t *regions = json_array(), *outcomes = json_object(), *o;
	struct region *r;
	int i;

	(void)request;
	(void)ledger_count(k->ledger, &counts);
	TAILQ_FOREACH (r, inbox_regions(k->inbox), next)
		if (r->inbox_dir != -1 || r->trouble[0] != '\0')
			(void)json_array_append_new(regions, region_json(k, r));
	for (i = 0; i < OUTCOMES; i++)
		(void)json_object_set_new(
		    outcomes, outcome_names[i], json_integer((json_int_t)counts.by_outcome[i]));
	o = json_pack("{s:s,s:i,s:b,s:o,s:I,s:o,s:I,s:I,s:i,s:i,s:i,s:s,s:I}", "version",
	    POOLD_VERSION, "pid", (int)getpid(), "well", keeper_is_well(k), "started",
	    json_time(k->started), "arrivals", (json_int_t)counts.arrivals, "outcomes",
	    outcomes, "unpublished", (json_int_t)counts.unpublished, "untold",
	    (json_int_t)counts.untold, "waiting", (int)intake_waiting(k->intake, NULL),
	    "judging", (int)evaluators_pending(k->evaluators), "evaluators",
	    (int)evaluators_running(k->evaluators), "syslog", syslog_state(k->sender),
	    "ledger_bytes", (json_int_t)counts.bytes);
	(void)json_object_set_new(o, "ledger_trouble",
	    k->trouble[0] != '\0' ? json_of(text_of(k->trouble)) : json_null());
	(void)json_object_set_new(o, "publish_trouble",
	    k->publishing[0] != '\0' ? json_of(text_of(k->publishing)) : json_null());
	(void)json_object_set_new(
	    o, "time_given", k->at_given ? json_time(k->at) : json_null());
	(void)json_object_set_new(o, "rulebook", rulebook_json(k));
	(void)json_object_set_new(o, "regions", regions);
	client_end(c, o);
}

static json_t *
listed_json(const struct listed *l)
{
	return json_pack("{s:I,s:i,s:o,s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:b}", "seq",
	    (json_int_t)l->seq, "revision", (int)l->revision, "id", json_of(l->id), "region",
	    json_of(l->region), "name", json_of(l->name), "outcome", outcome_names[l->outcome],
	    "form", json_of(l->form), "area", json_of(l->area), "period", json_of(l->period),
	    "headline", json_of(l->headline), "money_at_stake", json_of(l->at_stake),
	    "received", json_time(l->received), "published", (int)l->published);
}

static bool
each_listed(void *arg, const struct listed *l)
{
	struct control_client *c = arg;

	c->after_seq = l->seq > c->after_seq ? l->seq : c->after_seq;
	return client_send(c, listed_json(l));
}

static struct text
request_text(json_t *request, const char *key)
{
	return text_of(json_string_value(json_object_get(request, key)));
}

static void
do_list(struct control_client *c, json_t *request)
{
	struct keeper *k = c->control->keeper;
	json_int_t most = json_integer_value(json_object_get(request, "limit"));
	struct list_filter f = { .region = request_text(request, "region"),
		.outcome = request_text(request, "outcome"),
		.area = request_text(request, "area"),
		.after_seq = -1,
		.most = most > 0 && most < LIST_MOST ? (uint32_t)most : LIST_MOST };

	keeper_commit(k); /* only what is durable is shown */
	if (!ledger_list(k->ledger, &f, each_listed, c))
		client_error(c, ledger_error(k->ledger));
	else
		client_end(c, json_object());
}

static void
do_show(struct control_client *c, json_t *request)
{
	struct keeper *k = c->control->keeper;
	struct buf json = { 0 };
	bool found = false;
	json_t *verdict;

	keeper_commit(k);
	if (!ledger_show(k->ledger, request_text(request, "which"), &json, &found))
		client_error(c, ledger_error(k->ledger));
	else if (!found)
		client_end(c, json_pack("{s:b}", "found", 0));
	else {
		/* as it was published, byte for byte: a text, not an object */
		verdict =
		    json_pack("{s:b,s:o}", "found", 1, "verdict", json_of(buf_as_text(&json)));
		client_end(c, verdict);
	}
	buf_free(&json);
}

/* What is new for a follower. */
static void
client_follow(struct control_client *c)
{
	struct list_filter f = { .region = text_of(c->region),
		.outcome = text_of(c->outcome),
		.after_seq = c->after_seq,
		.most = LIST_MOST };

	(void)ledger_list(c->control->keeper->ledger, &f, each_listed, c);
}

static bool
each_newest(void *arg, const struct listed *l)
{
	*(int64_t *)arg = l->seq;
	return false;
}

static void
do_tail(struct control_client *c, json_t *request)
{
	struct keeper *k = c->control->keeper;
	struct list_filter newest = { .after_seq = -1, .most = 1 };
	const char *region = json_string_value(json_object_get(request, "region"));
	const char *outcome = json_string_value(json_object_get(request, "outcome"));

	keeper_commit(k);
	c->after_seq = 0;
	(void)ledger_list(k->ledger, &newest, each_newest, &c->after_seq);
	c->region = region != NULL ? strdup(region) : NULL;
	c->outcome = outcome != NULL ? strdup(outcome) : NULL;
	c->following = true;
	(void)client_send(c, json_pack("{s:b}", "following", 1));
}

static void
client_reloaded(struct control_client *c, bool taken)
{
	struct keeper *k = c->control->keeper;

	c->reloading = false;
	client_end(
	    c, json_pack("{s:b,s:o}", "taken", (int)taken, "rulebook", rulebook_json(k)));
}

static void
do_reload(struct control_client *c, json_t *request)
{
	(void)request;
	c->reloading = true;
	if (!keeper_reload(c->control->keeper))
		client_reloaded(c, false);
}

static const struct {
	const char *name;
	void (*run)(struct control_client *, json_t *request);
} requests[] = {
	{ "status", do_status },
	{ "list", do_list },
	{ "show", do_show },
	{ "tail", do_tail },
	{ "reload", do_reload },
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
	if (!c->ending && !c->following && !c->reloading) {
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
		buf_str(why, " (control_group).");
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
	return control;
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
