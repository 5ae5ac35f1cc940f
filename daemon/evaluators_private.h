/*
 * What evaluators.c (lanes and who works for them), evaluators_host.c (rulebook processes) and
 * evaluators_runner.c (evaluators) share.
 */
#ifndef DAEMON_EVALUATORS_PRIVATE_H
#define DAEMON_EVALUATORS_PRIVATE_H

#include <sys/queue.h>

#include "daemon/evaluators.h"

/* Messages of one process that are read before others have their turn. */
#define MESSAGES_MOST 64

struct queued {
	TAILQ_ENTRY(queued) next;
	const struct job *job;
	struct lane *lane;
	bool again; /* it was tried before: alone now */
};

/* The jobs of a region, in order; one evaluator at a time works for it. */
struct lane {
	TAILQ_ENTRY(lane) next;
	struct text region; /* owned */
	TAILQ_HEAD(, queued) queue;
	struct runner *runner;
};

/* A rulebook process. */
struct host {
	TAILQ_ENTRY(host) next;
	struct evaluators *all;
	pid_t pid;
	int fd;
	struct event *readable, *deadline;
	struct ipc_gather gather;
	struct policies policies;      /* its own descriptor, for starting again */
	struct wire_rulebook rulebook; /* what it said that it loaded */
	struct buf file;               /* the one that runs while it loads */
	bool loaded, over;             /* over: no new work; it ends with its last runner */
	bool late;                     /* loading took longer than it may */
	uint32_t runners;
};

/* An evaluator. */
struct runner {
	TAILQ_ENTRY(runner) next;
	struct evaluators *all;
	struct host *host;
	uint32_t number, done;
	int fd, pidfd; /* fd -1: nothing more is sent or read, its end is waited for */
	const struct wire_progress *progress;
	struct event *readable, *deadline;
	struct ipc_gather gather;
	struct lane *lane; /* NULL: spare */
	struct queued *hand[WIRE_IN_HAND];
	unsigned in_hand;
	bool alone, killed, ended;
	pid_t pid;    /* 0: it has not started */
	bool patient; /* see runner_be_patient() */
	enum wire_over over;
	/* the clock of its processor time, once it has started */
	bool has_clock;
	clockid_t clock;
	/* us: when the first one in hand was begun, by the monotonic clock and by its own; what it took */
	int64_t begun, cpu_begun, cpu_took;
	bool asked;       /* for the past, for what is first in hand: that is done once */
	char broken[128]; /* what was wrong with what it sent */
};

struct evaluators {
	struct event_base *base;
	struct evaluators_options options;
	struct evaluators_calls calls;
	void *arg;
	TAILQ_HEAD(, host) hosts;
	TAILQ_HEAD(, runner) runners;
	TAILQ_HEAD(, lane) lanes;
	struct host *current, *loading;
	struct event *again;  /* start again: nothing is in use */
	uint32_t again_s;     /* in so many seconds the next time */
	uint32_t losses;      /* of rulebook processes, none of them well for long */
	int64_t well_since;   /* monotonic, s: when the one in use was loaded */
	struct policies lost; /* what to start again with; memfd -1: nothing */
	uint32_t numbers, pending, running;
	struct arena *arena;
	struct ipc_message message;
};

/* evaluators.c */
void evaluators_dispatch(struct evaluators *);
void evaluators_keep_spare(struct evaluators *);
void evaluators_answered(struct evaluators *, struct queued *); /* frees it */
void lane_put_back(struct lane *, struct runner *); /* what it had in hand, in order */

/* evaluators_host.c */
struct host *host_start(struct evaluators *, const struct policies *);
void host_retire(struct host *); /* no new work; ends when the last runner has */
void host_runner_gone(struct host *);
/* ended, or not to be trusted; may be freed */
void host_lost(struct host *, const char *why);
/* Nothing is in use, and there is something to start again with: soon, and ever later. */
void evaluators_try_again(struct evaluators *);
void evaluators_count_loss(struct evaluators *); /* before it is no longer the current one */
void evaluators_begin_well(struct evaluators *); /* one was loaded */
void host_free(struct host *);                   /* kills; its runners must be gone */
bool host_ask(struct host *, uint32_t number, int fd, int progress);

/* evaluators_runner.c */
struct runner *runner_new(struct host *);
void runner_work_for(struct runner *, struct lane *);
void runner_feed(struct runner *);
void runner_started(struct runner *, pid_t, int pidfd);
void runner_ended(struct runner *, int status); /* frees it */
void runner_dismiss(struct runner *); /* it has nothing more to do and ends by itself */
void runner_free(struct runner *);
struct runner *runner_find(struct evaluators *, uint32_t number);

bool descriptor_nonblocking(int fd);

#endif
