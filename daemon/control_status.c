/* What `poolctl status` and `poolctl reload` are told. */
#include <unistd.h>

#include <jansson.h>

#include "daemon/control_private.h"
#include "daemon/keeper.h"

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

void
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
	(void)request;
	c->reloading = true;
	if (!keeper_reload(c->control->keeper))
		client_reloaded(c, false);
}
