/*
 * The ledger: the durable record of arrivals with their bytes, verdicts, what has been published
 * and what syslog has been told.  One interface; ledger_sqlite.c is behind it.  Only the keeper
 * writes.
 *
 * Every function that can fail returns false and leaves a whole sentence in ledger_error().
 */
#ifndef DAEMON_LEDGER_H
#define DAEMON_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/event.h"
#include "rules/evaluate.h"

struct ledger;

/* Opens or creates; migrates; takes the lock that keeps a second keeper out. dir: state directory. */
struct ledger *ledger_open(const char *dir, char *why, size_t why_size);
void ledger_close(struct ledger *);
const char *ledger_error(const struct ledger *);

/*
 * The next sequence number, never given twice in the life of a ledger, also across kill -9:
 * numbers are reserved on disk in blocks of 1,000.  -1: failed.
 */
int64_t ledger_next_seq(struct ledger *);
/* false: the open transaction has to be committed first, since no more are reserved. */
bool ledger_has_seq(const struct ledger *);

struct arrival {
	int64_t seq;
	struct text region, name;
	struct text sha256;
	struct text
	    /* the submission; for one that is too big to keep: empty, with kept false */
	    bytes;
	uint64_t size; /* of the file, also when its bytes are not kept */
	bool kept;
	bool still_changing; /* judged as it was when patience ended */
	instant received;
};

struct record_verdict {
	struct text id;
	/* 1 records the arrival as well; a later one needs it to be there */
	uint32_t revision;
	struct text supersedes, rulebook;
	const struct result *result;
	int64_t when_us; /* for its events; 0: now */
};

/*
 * One transaction for many submissions: begin, any number of records, commit.  A commit that
 * fails has recorded nothing.  The events of each verdict go to the outbox in the same
 * transaction. After a record that failed the transaction can only be rolled back; commit then
 * does that and fails. Sequence numbers are best taken before ledger_begin(): inside, at least
 * 500 can be had.
 */
bool ledger_begin(struct ledger *);
bool ledger_record(struct ledger *, const struct arrival *, const struct record_verdict *);
/* The row of the verdict that was recorded last: struct unpublished's. */
int64_t ledger_row(const struct ledger *);
bool ledger_commit(struct ledger *);
void ledger_rollback(struct ledger *);

/* Events that belong to no verdict; in a transaction of its own unless one is open. */
bool ledger_spool(struct ledger *, const struct event *, int64_t when_us);

/* Is there a verdict for this sequence number? 1 yes, 0 no, -1 failed. */
int ledger_has(struct ledger *, int64_t seq);
/* Was this number handed out, now or in an earlier life that this ledger knows of? */
bool ledger_gave(const struct ledger *, int64_t seq);
/* The id of the first verdict on the same bytes in this region; empty: none. */
bool ledger_identical(struct ledger *, struct text region, struct text sha256, char id[32]);

/* What publishing needs: the oldest unpublished verdicts.  Texts last until the callback returns. */
struct unpublished {
	int64_t row; /* of the verdict: for ledger_mark_published() and for `after` */
	int64_t seq;
	uint32_t revision;
	struct text region, name, id;
	enum outcome outcome;
	struct text bytes, json, html; /* inflated */
	bool kept;
	const char
	    *damaged; /* not NULL: they could not be read, and why; the texts are empty */
};
struct unpublished_query {
	int64_t after; /* rows up to this one are skipped; 0: from the start */
	uint32_t most;
	bool (*skip)(
	    void *, struct text region); /* regions to leave out, cheaply; may be NULL */
	bool (*each)(void *, const struct unpublished *); /* false: stop */
	void *arg;
};
bool ledger_unpublished(struct ledger *, const struct unpublished_query *);
/* After syncfs: mark these verdicts as published, by row, one transaction. */
bool ledger_mark_published(struct ledger *, const int64_t *rows, size_t n);

/* The outbox, in order.  sequence numbers have no gaps. */
struct outbox_row {
	uint64_t sequence;
	int64_t when_us;
	struct text packed; /* event_pack() */
};
bool ledger_outbox(struct ledger *, uint64_t after, uint32_t most,
    bool (*each)(void *, const struct outbox_row *), void *);
uint64_t ledger_spooled(struct ledger *); /* the last sequence number that is committed */
uint64_t ledger_told(struct ledger *);    /* the last sequence number that was sent */
bool ledger_mark_told(
    struct ledger *, uint64_t sequence); /* lazily durable: telling twice is allowed */
/*
 * The reader was lost with what it had read last: the records after this one count as untold again,
 * as far as they are kept.  Durable before it returns, but within a transaction.
 */
bool ledger_untell(struct ledger *, uint64_t sequence);
/* The first record that is still kept; one more than ledger_spooled() when there is none. */
bool ledger_first_kept(struct ledger *, uint64_t *sequence);
/*
 * The first record of this moment or later: of all that is kept when it goes back further than that, and one
 * more than ledger_spooled() when there is none.  Records are in the order of their numbers; where the
 * clock was set back in between, one of the places where it passed this moment is found.
 */
bool ledger_first_sequence_since(struct ledger *, int64_t when_us, uint64_t *sequence);

/*
 * History: answer the needs of an identity.  Memory belongs to the arena.  Only what was
 * recorded before before_seq, and of the newest revision of each verdict.  Accepted is compliant
 * or queried.  Another region's data is given only to a need for returns of another form or
 * another area than the identity's.
 */
bool ledger_history(struct ledger *, struct arena *, const struct identity *,
    struct text region, int64_t before_seq, struct history *);

/*
 * An arrival whose newest verdict is undetermined, by another rulebook than this: it is to be judged
 * again.  each() is called for the first with a higher number than `after`, and not at all when there is
 * none; texts last until it returns.
 */
struct undetermined {
	int64_t seq;
	uint32_t revision;
	struct text id, region, name, sha256;
	/* id of the first verdict on the same bytes before it; empty: none */
	struct text identical_to;
	struct text bytes;
	bool still_changing;
	instant received;
	const char *damaged; /* its bytes cannot be had: the sentence; else NULL */
};
bool ledger_undetermined(struct ledger *, int64_t after, struct text rulebook,
    void (*each)(void *, const struct undetermined *), void *);

/* The same for one arrival, by number or by the id of a verdict, whatever its outcome; *found tells. */
bool ledger_again(struct ledger *, struct text id_or_seq,
    void (*each)(void *, const struct undetermined *), void *, bool *found);

/* For poolctl list / show / tail / status, over the control socket. */
struct listed {
	int64_t seq;
	uint32_t revision;
	struct text id, region, name, form, area, period, headline, at_stake;
	enum outcome outcome;
	instant received;
	bool published;
};
struct list_filter {
	struct text region, outcome, area; /* empty: any */
	int64_t after_seq;                 /* only newer; for tail */
	uint32_t most; /* newest first, or oldest first when after_seq >= 0 */
};
bool ledger_list(struct ledger *, const struct list_filter *,
    bool (*each)(void *, const struct listed *), void *);
/* By id, or by sequence number as text; the verdict's JSON goes to buf. false: failed; *found tells. */
bool ledger_show(struct ledger *, struct text id_or_seq, struct buf *json, bool *found);
struct ledger_counts {
	uint64_t arrivals, by_outcome[OUTCOMES], unpublished, untold;
	uint64_t bytes; /* of the database file */
};
/* Kept up with each commit: costs the same however large the ledger is. */
bool ledger_count(struct ledger *, struct ledger_counts *);
/* How many verdicts wait to be published and records to be told; two numbers in memory. */
void ledger_waiting(const struct ledger *, uint64_t *unpublished, uint64_t *untold);
/* From an idle timer: checkpoint the write-ahead log, and write down how far syslog was told. */
void ledger_idle(struct ledger *);
/* Is so much to be done then that the next quiet moment should be used? */
bool ledger_wants_idle(const struct ledger *);

/*
 * Pruning: the bytes, reports and budgets of old arrivals go; verdicts, hashes and the chain stay.
 * ledger_sqlite_prune.c says what stays whatever its age.
 */
enum prune_stays {
	PRUNE_NOT_DUE, /* too young, or pruned before */
	PRUNE_UNPUBLISHED,
	PRUNE_UNDETERMINED, /* it, or one that came later, may be judged again */
	PRUNE_WANTED,       /* later returns are compared with it */
	PRUNE_HELD,         /* money is held back */
	PRUNE_REASONS,
	PRUNE_GOES = PRUNE_REASONS
};
struct prune_query {
	instant before; /* what arrived earlier */
	int64_t after;  /* arrivals up to this number are skipped; 0: from the start */
	uint32_t look;  /* at most so many arrivals are looked at */
	uint32_t most;  /* and so many pruned */
	int64_t again;  /* this one is being judged again: it stays; 0: none is */
	bool dry;       /* only count what would go */
};
struct prune_done {
	int64_t after; /* where to go on */
	bool end;      /* there is nothing more to look at */
	/* syslog has not been told everything, or a backup is being made: nothing goes until then */
	bool waits;
	uint32_t looked, old;
	uint64_t arrivals, bytes; /* that went, or would go; bytes as they were submitted */
	uint64_t stay[PRUNE_REASONS];
};
/* One small step, in a transaction of its own: none may be open. */
bool ledger_prune(struct ledger *, const struct prune_query *, struct prune_done *);
/* Records that were told and spooled before this moment, the oldest first; at most so many; *n went. */
bool ledger_prune_told(struct ledger *, int64_t before_us, uint32_t most, uint32_t *n);
/*
 * Remove content files that no arrival needs (a crash leaves them), in one of 256 parts.  false: perhaps
 * not all, the list of the part broke off (errno).
 */
bool ledger_sweep(struct ledger *, uint8_t part);

/*
 * A copy of the ledger in dir, which must not be there, in small steps while it is written to; no
 * transaction may be open at a step.  NULL, or a step of -1: failed, with a sentence; free it then as well.
 */
struct ledger_backup;
struct ledger_backup *ledger_backup_begin(struct ledger *, const char *dir);
/* 1: there is more (done and of: pages); 0: the copy is on disk, under its name. */
int ledger_backup_step(struct ledger_backup *, uint64_t *done, uint64_t *of);
void ledger_backup_free(struct ledger_backup *); /* what is not finished is removed */

/* When this ledger was copied, if it is a backup that was put back, in microseconds; 0: it is none. */
int64_t ledger_is_backup(const struct ledger *);
/* No number was ever given. */
bool ledger_is_new(const struct ledger *);
/*
 * Make it the ledger again, before anything else is done with it: numbers that may have been used after the
 * copy, or in the ledger that a new one takes the place of, are never given.  highest: the highest number of an arrival that was seen in the folders.
 */
struct ledger_leap {
	int64_t backup_us, first_seq, last_seq, first_sequence, last_sequence;
};
bool ledger_put_back(struct ledger *, int64_t highest, struct ledger_leap *);

/* For `poolctl ledger verify`: read-only, no lock, beside a running keeper. */
struct ledger *ledger_open_to_read(const char *dir, char *why, size_t why_size);
struct ledger_check {
	uint64_t verdicts, arrivals, records, problems;
	uint64_t pruned, orphans; /* arrivals without their bytes; content files nobody needs */
	bool pages; /* the database's own checks were made: no keeper was at work */
	/* The last link, hex: note it elsewhere, and nobody can rewrite the ledger unseen. */
	char chain[65];
};
struct ledger_verifier {
	void (*problem)(void *, struct text); /* a whole sentence; each may be NULL */
	void (*note)(void *, struct text);    /* nothing is wrong with it */
	void (*progress)(void *, const char *what, uint64_t done, uint64_t of);
	void *arg;
};
/*
 * Walk everything: the database's own checks, the chain of verdicts, each arrival's bytes
 * against their SHA-256, content files, gaps in the outbox, counts.  In small steps: a running
 * keeper is not held up.  false: could not be read to the end.
 */
bool ledger_verify(struct ledger *, const struct ledger_verifier *, struct ledger_check *);

#endif
