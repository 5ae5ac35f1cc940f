/*
 * What the files of the control socket share: control.c has the clients and the table of requests, each
 * other file some of the requests.
 */
#ifndef DAEMON_CONTROL_PRIVATE_H
#define DAEMON_CONTROL_PRIVATE_H

#include <sys/queue.h>

#include <event2/bufferevent.h>
#include <jansson.h>

#include "daemon/control.h"
#include "rules/date.h"

#define LIST_MOST 10000

struct control_client {
	TAILQ_ENTRY(control_client) next;
	struct control *control;
	struct bufferevent *io;
	bool following; /* tail */
	bool reloading; /* waits for the end of a reload */
	bool ending;    /* closed when everything was written */
	int64_t after_seq;
	char *region, *outcome;
	/* work that takes many turns of the loop; it ends when the client goes */
	void *job;
	void (*job_free)(void *);
};

struct control {
	struct keeper *keeper;
	struct evconnlistener *listener;
	TAILQ_HEAD(, control_client) clients;
	unsigned n;
};

/* One object as a line; takes it. false: the client does not read and is to go. */
bool client_send(struct control_client *, json_t *object);
/* The last object of an answer; takes it. */
void client_end(struct control_client *, json_t *last);
void client_error(struct control_client *, const char *sentence);
/* The job has answered: free it. */
void client_job_done(struct control_client *);

/* A text as JSON; what is not UTF-8 is shown escaped. */
json_t *json_of(struct text);
json_t *json_time(instant);
/* A member of a request; empty: not there, or no text. */
struct text request_text(json_t *request, const char *key);

/* Each answers one request; the request stays the caller's. */
typedef void control_request(struct control_client *, json_t *request);

/* control_status.c */
control_request do_status, do_reload;
void client_reloaded(struct control_client *, bool taken);

/* control_syslog.c */
control_request do_resend;
bool syslog_is_well(struct keeper *);
void syslog_status(struct keeper *, json_t *status); /* its members are added */

/* control_ledger.c */
control_request do_list, do_show, do_tail;
void client_follow(struct control_client *); /* what is new for a follower */

/* control_again.c */
control_request do_requeue;

/* control_prune.c, control_backup.c */
control_request do_prune, do_backup;

#endif
