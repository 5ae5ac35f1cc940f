/*
 * The keeper: all of its state in one place, and the rooms that poold.c wires together.
 *
 * keeper.c         start and end, what comes from intake and evaluators
 * keeper_inbox.c   what comes from the inboxes
 * keeper_received.c  notes to a team that its file was taken, where judging takes a while
 * keeper_slow.c    the slowest conditions, for status
 * keeper_marks.c   high-water marks, above which nothing is taken in
 * keeper_rulebook.c  reading, loading and using the policies
 * keeper_config.c  what the rooms are told of the configuration, also when it is read again
 * keeper_health.c  what the service manager is told, and whether we get on
 * keeper_record.c  events, the open transaction and its commit
 * keeper_again.c   judging again what was undetermined, or what an operator asks for
 * keeper_restore.c going on from a backup
 * keeper_prune.c   what goes in time
 * keeper_after.c   what follows a commit: publishing, syslog, idle work, counts
 */
#ifndef DAEMON_KEEPER_H
#define DAEMON_KEEPER_H

#include "daemon/config.h"
#include "daemon/control.h"
#include "daemon/evaluators.h"
#include "daemon/event.h"
#include "daemon/inbox.h"
#include "daemon/intake.h"
#include "daemon/ledger.h"
#include "daemon/policies_watch.h"
#include "daemon/publish.h"
#include "daemon/syslog.h"

struct keeper {
	struct config config;
	const char *config_path;
	/* -d: in the foreground, events on the terminal, faults may be injected */
	bool debug;
	bool at_given; /* --at */
	instant at;
	struct event_base *base;
	struct ledger *ledger;
	struct inbox *inbox;
	struct intake *intake;
	struct evaluators *evaluators;
	struct publisher *publisher;
	struct syslog_sender *sender;
	struct control *control;
	struct arena *arena;

	/* the open transaction: begun with its first record, committed when nothing else is to be done */
	bool open;
	struct claims recorded;
	uint32_t n_recorded;
	uint64_t transaction, failed_transaction; /* numbers */
	uint32_t back_off;                        /* ms; 0: the ledger is well */
	bool numbers_out;  /* files wait for numbers, which wait for the commit */
	bool paused;       /* nothing is taken in until the ledger is well */
	char trouble[400]; /* of the ledger; "" none */
	char publishing[400];

	/* what is known of the rulebook, for status */
	struct wire_rulebook rulebook; /* the one in use */
	bool refused;                  /* the last one was */
	bool not_loaded;      /* it was, though the policies are not known to be wrong */
	struct event *reread; /* what could not be read is tried again; NULL: not yet needed */
	int reread_s;
	struct buf refusal; /* its messages, one a line */
	instant rulebook_since, refused_at;
	char tried[65]; /* digest of the tree that was loaded last, taken or not; "" none */
	struct policies_watch *watch; /* NULL: the policies are not watched */
	struct health *health;        /* NULL: no service manager asks */

	struct again *again;
	struct marks *marks;
	struct received *received;
	struct slow *slow;
	struct prune *prune;
	struct event *commit, *more, *tell, *idle, *resume, *status, *finish;
	struct event *room; /* syslog's queue was full: tell when it is not; else NULL */
	struct event *on_hup, *on_term, *on_int;
	bool finishing;
	instant started;
	uint64_t judged, failures;
	uint64_t answers; /* of the evaluators, good or bad: judging gets on */
};

/* keeper.c */
bool keeper_new(struct keeper *, struct buf *why); /* config and options are filled in */
void keeper_free(struct keeper *);
void keeper_fill(struct keeper *); /* give the evaluators what they have room for */
void keeper_finish(
    struct keeper *); /* take in nothing more, judge what is in hand, end the loop */
instant keeper_now(const struct keeper *);
int64_t keeper_now_us(void);

/* keeper_inbox.c */
extern const struct inbox_calls keeper_inbox_calls;
bool keeper_inbox_new(struct keeper *); /* the timer that claims what had to wait */
/* Numbers can be had again. */
void keeper_inbox_committed(struct keeper *);

/* keeper_received.c */
bool keeper_received_new(struct keeper *);
void keeper_received_free(struct keeper *);

/* keeper_slow.c: the slowest conditions of the rulebook in use */
struct slow_condition {
	struct text condition;
	int64_t percent; /* of the instructions that a submission may take, at most */
	int64_t seq;     /* for which arrival */
	instant last;    /* when it was slow the last time */
};
bool keeper_slow_new(struct keeper *);
void keeper_slow_free(struct keeper *);
void keeper_slow(struct keeper *, const struct result *, int64_t seq, struct text rulebook);
void keeper_slow_each(
    struct keeper *, void (*each)(void *arg, const struct slow_condition *), void *arg);

/* keeper_marks.c: back-pressure */
bool keeper_marks_new(struct keeper *);
void keeper_marks_free(struct keeper *);
/* Is one passed?  Nothing may be claimed or judged then. */
bool keeper_marks_over(struct keeper *);
/* … or is judging to wait for publishing?  keeper_fill() is called when neither is so any more. */
bool keeper_marks_wait(struct keeper *);
/* Something was published: what waits for that goes on, in the next turn of the loop. */
void keeper_marks_eased(struct keeper *);
bool keeper_marks_well(const struct keeper *); /* as it was when they were last looked at */
/* A sentence for each that is passed. */
void keeper_marks_each(
    struct keeper *, void (*each)(void *arg, struct text sentence), void *arg);

/* keeper_rulebook.c */
enum reload_cause {
	RELOAD_ASKED, /* at the start, by poolctl or SIGHUP */
	RELOAD_CHANGED, /* something in the folder changed: what is known already is not said again */
	RELOAD_FORCED /* also when it is the rulebook in use: its limits are others */
};
enum reload {
	RELOAD_STARTED, /* keeper_rulebook() tells the end */
	RELOAD_REFUSED, /* it could not be read: why is in refusal */
	RELOAD_UNCHANGED
};
/* Read the policies and start to load them, unless they are in use. */
enum reload keeper_reload(struct keeper *, enum reload_cause);
/* "The rulebook of … was refused at …; running rulebook … since …"; nothing when none is refused. */
void keeper_refusal(const struct keeper *, struct buf *);
void keeper_remind(struct keeper *); /* say so again */
/* Watch the folder of the policies from now on, or no longer, as the configuration has it. */
void keeper_watch_policies(struct keeper *);
/* The end of a load: see evaluators_calls.rulebook. */
void keeper_rulebook(void *, enum load_end, const struct wire_rulebook *, struct text why);

/* keeper_config.c */
struct evaluators_options keeper_evaluators_options(const struct config *);
struct intake_options keeper_intake_options(const struct config *);
struct inbox_options keeper_inbox_options(const struct config *);
/* Read the configuration again; true: a limit of the rulebook process changed, so it is to be reloaded. */
bool keeper_reconfigure(struct keeper *);

/* keeper_health.c */
bool keeper_health_new(struct keeper *, struct buf *why);
void keeper_health_free(struct keeper *);
/* Why the watchdog is not fed, a few words; NULL: it is, or nobody asks. */
const char *keeper_health_trouble(const struct keeper *);
/* A load has begun; it has ended, one way or the other. */
void keeper_health_loading(struct keeper *);
void keeper_health_loaded(struct keeper *);
/* The end begins. */
void keeper_health_stopping(struct keeper *);

/* keeper_record.c */
void keeper_event(struct keeper *, const struct event *);
/* An event of one sentence, about a region and a file perhaps (NULL). */
void keeper_say(struct keeper *, enum event_id, const struct text *region,
    const struct text *name, const char *what);
/* That a trouble has ended: the same event, of no more than notice. */
void keeper_say_well(struct keeper *, enum event_id, const char *what);
void keeper_record(
    struct keeper *, struct claim *, const struct result *, struct text rulebook);
void keeper_record_verdict(struct keeper *, struct claim *, struct verdict *);
void keeper_commit(struct keeper *);
/* Is there a transaction to write to?  Begins one. */
bool keeper_begin(struct keeper *);
/* A further revision; false: it was not recorded, the ledger is in trouble. */
bool keeper_record_again(
    struct keeper *, const struct arrival *, const struct record_verdict *);

/* keeper_again.c: what came out undetermined is judged again by another rulebook */
struct again;
bool keeper_again_new(struct keeper *);
void keeper_again_free(struct keeper *);
/* another rulebook is in use, or the ledger is well again */
void keeper_again_start(struct keeper *);
void keeper_again_next(struct keeper *);         /* there may be room for one */
int64_t keeper_again_seq(const struct keeper *); /* what is being judged again; 0: nothing */
/*
 * Judge an arrival again by the rulebook in use: by number, or by the id of one of its verdicts.  false: why
 * not is in why; when that is empty, there is none.
 */
struct keeper_ask {
	int64_t seq;
	uint32_t revision; /* that it will have */
};
bool keeper_again_ask(
    struct keeper *, struct text id_or_seq, struct keeper_ask *, struct buf *why);
void keeper_again_judged(
    struct keeper *, const struct job *, const struct result *, struct text rulebook);
void keeper_again_failed(struct keeper *, const struct job *, struct text why);
bool keeper_again_history(struct keeper *, const struct job *, const struct identity *,
    struct arena *, struct history *);

/* keeper_restore.c */
/* When the ledger is a backup that was put back, go on from it; false: why is said. */
bool keeper_put_back(struct keeper *, struct buf *why);

/* keeper_prune.c */
struct prune;
bool keeper_prune_new(struct keeper *);
void keeper_prune_free(struct keeper *);
/* `keep` or `keep_told` is another: a round begins soon, from the oldest arrival on. */
void keeper_prune_anew(struct keeper *);
/* Say that so many were pruned, if any; why: "as `keep` says". */
void keeper_pruned(struct keeper *, uint64_t arrivals, uint64_t bytes, const char *why);

/* keeper_after.c */
bool keeper_after_new(struct keeper *, struct buf *why);
void keeper_after_free(struct keeper *);
void keeper_after_commit(struct keeper *);
void keeper_tell_now(struct keeper *);
instant keeper_untold_since(
    struct keeper *);                      /* when the oldest untold record was made; 0: none */
void keeper_status_every(struct keeper *); /* the interval may be another */
/* What is published and not marked yet, into the open transaction; false: the ledger failed. */
bool keeper_mark(struct keeper *, size_t *n);
void keeper_drain(struct keeper *); /* publish and tell what can be, once, before the end */

#endif
