/* What `poolctl status` and `poolctl reload` are told. */
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon/control_private.h"
#include "daemon/keeper.h"

/* Things in an inbox that are listed by name. */
#define LISTED_MOST 1000

static json_t *
entries_json(const struct region *r, enum entry_kind kind)
{
	json_t *list = json_array();
	struct entry *e;
	unsigned i;

	for (i = 0; i < REGION_BUCKETS; i++)
		LIST_FOREACH (e, &r->entries[i], next)
			if (e->kind == kind && json_array_size(list) < LISTED_MOST)
				(void)json_array_append_new(list,
				    json_pack("{s:o,s:o}", "name", json_of(e->name), "why",
					json_of(text_of(e->why != NULL ? e->why : ""))));
	return list;
}

static json_t *
notes_json(const struct region *r)
{
	json_t *list = json_array();
	struct text rest = buf_as_text(&r->notes);
	const char *end;

	while (rest.n > 0 && (end = memchr(rest.p, '\n', rest.n)) != NULL) {
		size_t n = (size_t)(end - rest.p);

		(void)json_array_append_new(list, json_of((struct text){ rest.p, n }));
		rest = (struct text){ rest.p + n + 1, rest.n - n - 1 };
	}
	return list;
}

static json_t *
region_json(struct keeper *k, const struct region *r)
{
	const char *trouble = r->trouble[0] != '\0' ? r->trouble : r->refused;
	struct buf how = { 0 };
	json_t *o;

	inbox_how_watched(r, &how);
	o = json_pack("{s:o,s:b,s:o,s:i,s:i,s:I,s:i,s:o,s:o,s:o}", "name", json_of(r->name),
	    "watched", r->inbox_dir != -1, "how", json_of(buf_as_text(&how)), "settling",
	    (int)r->by_kind[ENTRY_SETTLING], "waiting", (int)intake_waiting(k->intake, r),
	    "claimed", (json_int_t)r->claimed, "left",
	    (int)(r->by_kind[ENTRY_SKIPPED] + r->left_beyond), "skipped",
	    entries_json(r, ENTRY_SKIPPED), "unfinished", entries_json(r, ENTRY_UNFINISHED),
	    "notes", notes_json(r));
	(void)json_object_set_new(
	    o, "trouble", *trouble != '\0' ? json_of(text_of(trouble)) : json_null());
	buf_free(&how);
	return o;
}

/* A rulebook process that is lost again and again. */
static void
put_losses(const struct keeper *k, struct buf *b)
{
	uint32_t losses = evaluators_losses(k->evaluators);

	if (losses > 0)
		buf_printf(b,
		    "The process that holds the rulebook has ended %u time%s since it was last "
		    "well for a minute; it is started again, each time later, up to a minute. "
		    "The "
		    "log says how it ended: journalctl -u poold",
		    losses, losses == 1 ? "" : "s");
}

static json_t *
rulebook_json(struct keeper *k)
{
	json_t *notices = json_array(), *o;
	struct buf refusal = { 0 };
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
	keeper_refusal(k, &refusal);
	if (refusal.n == 0)
		put_losses(k, &refusal);
	(void)json_object_set_new(
	    o, "trouble", refusal.n > 0 ? json_of(buf_as_text(&refusal)) : json_null());
	buf_free(&refusal);
	(void)json_object_set_new(o, "watched",
	    k->watch == NULL                     ? json_false()
		: policies_watch_whole(k->watch) ? json_true()
						 : json_string("polled"));
	(void)json_object_set_new(o, "sandbox_lacks", json_of(k->rulebook.lacks));
	(void)json_object_set_new(o, "since",
	    evaluators_ready(k->evaluators) ? json_time(k->rulebook_since) : json_null());
	return o;
}

/* The process that publishes: what it is at, and since when. */
static json_t *
publisher_json(struct keeper *k)
{
	struct publisher_state s;

	publisher_look(k->publisher, &s);
	return json_pack("{s:i,s:I,s:i,s:o,s:I,s:s}", "pid", (int)s.pid, "in_hand",
	    (json_int_t)s.in_hand, "seconds", (int)(s.taking_ms / 1000), "region",
	    s.region[0] != '\0' ? json_of(text_of(s.region)) : json_null(), "kept_bytes",
	    (json_int_t)s.kept, "sandbox_lacks", s.lacks);
}

/* Does anything want a person's attention? */
static bool
keeper_is_well(struct keeper *k)
{
	struct region *r;

	TAILQ_FOREACH (r, inbox_regions(k->inbox), next)
		if (r->trouble[0] != '\0' || r->refused[0] != '\0' ||
		    r->by_kind[ENTRY_SKIPPED] > 0)
			return false;
	return inbox_trouble(k->inbox)[0] == '\0' && evaluators_ready(k->evaluators) &&
	    !k->refused && k->trouble[0] == '\0' && k->publishing[0] == '\0' &&
	    keeper_health_trouble(k) == NULL && keeper_marks_well(k) && syslog_is_well(k);
}

static void
add_slow(void *arg, const struct slow_condition *c)
{
	(void)json_array_append_new(arg,
	    json_pack("{s:o,s:I,s:I,s:o}", "condition", json_of(c->condition), "percent",
		(json_int_t)c->percent, "seq", (json_int_t)c->seq, "last", json_time(c->last)));
}

static void
add_sentence(void *arg, struct text sentence)
{
	(void)json_array_append_new(arg, json_of(sentence));
}

static json_t *
stuck_json(const struct keeper *k)
{
	const char *trouble = keeper_health_trouble(k);
	struct buf b = { 0 };
	json_t *o;

	if (trouble == NULL)
		return json_null();
	buf_printf(&b,
	    "poold does not get on: %s. While that lasts the service manager is not told that "
	    "it "
	    "does, and starts it anew in the end; nothing is lost by that.",
	    trouble);
	o = json_of(buf_as_text(&b));
	buf_free(&b);
	return o;
}

void
do_status(struct control_client *c, json_t *request)
{
	struct keeper *k = c->control->keeper;
	struct ledger_counts counts = { 0 };
	json_t *regions = json_array(), *outcomes = json_object(), *held = json_array(),
	       *slow = json_array(), *o;
	struct region *r;
	int i;

	(void)request;
	(void)ledger_count(k->ledger, &counts);
	(void)keeper_marks_over(k); /* as things are now */
	TAILQ_FOREACH (r, inbox_regions(k->inbox), next)
		if (r->inbox_dir != -1 || r->trouble[0] != '\0' || r->in_hand > 0)
			(void)json_array_append_new(regions, region_json(k, r));
	for (i = 0; i < OUTCOMES; i++)
		(void)json_object_set_new(
		    outcomes, outcome_names[i], json_integer((json_int_t)counts.by_outcome[i]));
	o = json_pack("{s:s,s:i,s:b,s:o,s:I,s:o,s:I,s:I,s:i,s:i,s:i,s:I}", "version",
	    POOLD_VERSION, "pid", (int)getpid(), "well", keeper_is_well(k), "started",
	    json_time(k->started), "arrivals", (json_int_t)counts.arrivals, "outcomes",
	    outcomes, "unpublished", (json_int_t)counts.unpublished, "untold",
	    (json_int_t)counts.untold, "waiting", (int)intake_waiting(k->intake, NULL),
	    "judging", (int)evaluators_pending(k->evaluators), "evaluators",
	    (int)evaluators_running(k->evaluators), "ledger_bytes", (json_int_t)counts.bytes);
	syslog_status(k, o);
	(void)json_object_set_new(o, "root_trouble",
	    *inbox_trouble(k->inbox) != '\0' ? json_of(text_of(inbox_trouble(k->inbox)))
					     : json_null());
	(void)json_object_set_new(o, "ledger_trouble",
	    k->trouble[0] != '\0' ? json_of(text_of(k->trouble)) : json_null());
	(void)json_object_set_new(o, "stuck", stuck_json(k));
	keeper_marks_each(k, add_sentence, held);
	(void)json_object_set_new(o, "held", held);
	keeper_slow_each(k, add_slow, slow);
	(void)json_object_set_new(o, "slow", slow);
	(void)json_object_set_new(o, "publish_trouble",
	    k->publishing[0] != '\0' ? json_of(text_of(k->publishing)) : json_null());
	(void)json_object_set_new(o, "publisher", publisher_json(k));
	(void)json_object_set_new(
	    o, "time_given", k->at_given ? json_time(k->at) : json_null());
	(void)json_object_set_new(o, "rulebook", rulebook_json(k));
	(void)json_object_set_new(o, "regions", regions);
	client_end(c, o);
}

void
client_reloaded(struct control_client *c, bool taken)
{
	struct keeper *k = c->control->keeper;

	c->reloading = false;
	client_end(
	    c, json_pack("{s:b,s:o}", "taken", (int)taken, "rulebook", rulebook_json(k)));
}

void
do_reload(struct control_client *c, json_t *request)
{
	struct keeper *k = c->control->keeper;

	(void)request;
	c->reloading = true;
	switch (keeper_reload(k, RELOAD_ASKED)) {
	case RELOAD_STARTED: break;
	case RELOAD_REFUSED: client_reloaded(c, false); break;
	case RELOAD_UNCHANGED:
		c->reloading = false;
		client_end(c,
		    json_pack("{s:b,s:b,s:o}", "taken", 1, "unchanged", 1, "rulebook",
			rulebook_json(k)));
		break;
	}
}
