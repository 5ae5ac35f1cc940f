/*
 * Events: what operations hear.  An event is a constant description (its message id) and typed
 * tags, never a formatted string; structured data and the readable line are both made from it.
 */
#ifndef DAEMON_EVENT_H
#define DAEMON_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/date.h"
#include "rules/money.h"
#include "rules/result.h"
#include "rules/text.h"

/* RFC 5424 MSGIDs: a fixed list; see event_table[] in event.c for name, severity and meaning. */
enum event_id {
	EV_START, /* the keeper began */
	EV_STOP,
	EV_RULEBOOK,         /* a rulebook was taken into use */
	EV_RULEBOOK_REFUSED, /* it was not; the last good one goes on */
	EV_RULEBOOK_NOTICE,  /* what the rulebook has to say at start-up */
	EV_CONFIG,           /* the configuration was read again */
	EV_INTAKE,           /* an arrival was claimed */
	EV_HELD,             /* intake waits, a high-water mark was passed; and its end */
	EV_SKIPPED,          /* something in an inbox that is no regular file; left there */
	EV_REGION,           /* a region appeared, vanished, or its folders are wrong */
	EV_OVERFLOW,         /* the kernel's queue of file events overflowed: scanning */
	EV_VERDICT,
	EV_FINDING,
	EV_DETERMINATION,
	EV_NOT_EVALUATED,
	/* a condition crashed, hit a limit or lacked a reference: for the administrator */
	EV_POLICY,
	EV_SLOW,
	EV_AGAIN,     /* an arrival is judged again */
	EV_EVALUATOR, /* an evaluator died or was killed */
	EV_SANDBOX,   /* the kernel lacks a protection */
	EV_LEDGER,    /* trouble with the ledger, and its end */
	EV_PUBLISH,   /* trouble with publishing, and its end */
	EV_STATUS,    /* every so often: counts */
	EVENT_IDS
};

/* RESULT_TAGS and what the keeper adds to them. */
#define EVENT_TAGS 40

enum tag_type { TAG_TEXT, TAG_INTEGER, TAG_MONEY, TAG_TIME };

struct event_tag {
	const char *name; /* [a-z][a-z0-9_]{0,31}, unique in the event; not copied */
	enum tag_type type;
	struct text text;
	int64_t n;
};

struct event {
	enum event_id id;
	uint8_t severity; /* syslog severity */
	uint32_t n;
	struct event_tag tags[EVENT_TAGS];
};

/* What is said of each event to people; docs/events.md is made to match. */
struct event_kind {
	const char *name; /* RFC 5424 MSGID */
	uint8_t severity;
	const char *title;   /* begins the readable line; no ';', no full stop */
	const char *meaning; /* a whole sentence */
};
extern const struct event_kind event_table[EVENT_IDS];
bool event_named(struct text, enum event_id *);
/* The tags that have a meaning; a name of NULL ends the table. */
struct event_tag_kind {
	const char *name, *meaning;
};
extern const struct event_tag_kind event_tag_table[];

void event_begin(struct event *, enum event_id); /* severity from the table */
/*
 * Adding a tag.  Texts are not copied.  A name that is not well-formed, or that the event has
 * already, is not added (the first wins: what an evaluator says cannot replace what the keeper
 * said); nor is one past EVENT_TAGS.
 */
void event_text(struct event *, const char *name, struct text);
void event_str(struct event *, const char *name, const char *);
void event_int(struct event *, const char *name, int64_t);
void event_money(struct event *, const char *name, pence);
void event_time(struct event *, const char *name, instant);

/* Packed for the ledger's outbox, and back; texts of the unpacked event point into the bytes. */
void event_pack(struct buf *, const struct event *);
bool event_unpack(struct text, struct event *);

/* Who sends: fixed for the life of a process. */
struct event_origin {
	struct text hostname, app; /* "poold" */
	int64_t pid;
	uint8_t facility; /* 3: daemon; configurable */
};

/*
 * How a record is written: RFC 5424 for a socket of its own; a BSD header and "@cee: {json}" for a
 * plain /dev/log.  event_rfc5424.c and event_cee.c show them.
 */
enum event_format { EVENT_RFC5424, EVENT_CEE, EVENT_FORMATS };
/* As in the configuration; NULL ends the list. */
extern const char *const event_format_names[EVENT_FORMATS + 1];
/* Its number in the outbox, and when it was made. */
struct event_stamp {
	uint64_t sequence;
	int64_t when_us; /* microseconds since 1970 */
};
/*
 * One record of at most max bytes, down to the header if need be: long values are cut and the tag
 * "cut" added.
 */
void event_record(struct buf *, enum event_format, const struct event *,
    const struct event_origin *, const struct event_stamp *, size_t max);
#define EVENT_RECORD_MAX 8000 /* what every receiver takes */
/*
 * A tag's value as every record and line writes it: buf_safe(), so control characters, NUL and
 * marks that reorder text are written out, and a backslash doubled.  At most `max` bytes of a
 * text are used; returns whether it was cut.
 */
bool event_value(struct buf *, const struct event_tag *, size_t max);
/* The line with values cut, and the names of those that were cut as a last tag. */
void event_line_cut(struct buf *, const struct event *, size_t max, struct text cut);
/* The readable line alone, for the terminal (-d) and for libevtlog's absence. */
void event_line(struct buf *, const struct event *);
/*
 * Load libevtlog from syslog-ng's library folder if it is there, before any sandbox; without it
 * event_line() writes an equivalent line.  Returns whether it was found.
 */
bool event_use_evtlog(void);

/* The events of a judged submission: one EV_VERDICT, then one each finding and so on, "n of m". */
struct event_subject {
	int64_t seq;
	struct text id, region, name, sha256;
	uint32_t revision;
	instant received;
};
void event_each_of_result(const struct event_subject *, const struct result *,
    void (*each)(void *arg, const struct event *), void *arg);

#endif
