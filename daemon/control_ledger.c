/* Requests that are answered from the ledger: list, show, tail. */
#include <string.h>

#include <jansson.h>

#include "daemon/control_private.h"
#include "daemon/keeper.h"

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

void
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

void
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

void
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

void
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
