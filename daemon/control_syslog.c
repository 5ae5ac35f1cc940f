/* What `poolctl resend` asks for, and what `poolctl status` is told of syslog. */
#include <stdio.h>
#include <time.h>

#include <jansson.h>

#include "daemon/control_private.h"
#include "daemon/keeper.h"

/* A reader that is restarted, or busy for a moment, is no reason to call a person. */
#define PATIENCE 60

bool
syslog_is_well(struct keeper *k)
{
	instant away = syslog_away_since(k->sender);

	return syslog_reached(k->sender) &&
	    (away == 0 || (instant)time(NULL) - away < PATIENCE);
}

static json_t *
time_or_null(instant at)
{
	return at != 0 ? json_time(at) : json_null();
}

void
syslog_status(struct keeper *k, json_t *status)
{
	(void)json_object_set_new(status, "syslog", json_of(text_of(syslog_state(k->sender))));
	(void)json_object_set_new(
	    status, "syslog_format", json_string(event_format_names[k->config.syslog_format]));
	(void)json_object_set_new(
	    status, "syslog_away_since", time_or_null(syslog_away_since(k->sender)));
	(void)json_object_set_new(status, "untold_since", time_or_null(keeper_untold_since(k)));
	(void)json_object_set_new(
	    status, "resending", json_integer((json_int_t)syslog_repeating(k->sender, NULL)));
}

/* "Records before number 1042 were pruned …" */
static void
was_pruned(struct control_client *c, uint64_t first)
{
	char said[300];

	(void)snprintf(said, sizeof(said),
	    "Records before number %llu were pruned from the ledger and cannot be sent again. "
	    "What is left is sent by: poolctl resend --from %llu",
	    (unsigned long long)first, (unsigned long long)first);
	client_error(c, said);
}

/* The first record that is asked for, which is kept; false: the client was told why there is none. */
static bool
first_asked(struct control_client *c, json_t *request, uint64_t *from)
{
	struct keeper *k = c->control->keeper;
	json_t *since = json_object_get(request, "since"),
	       *number = json_object_get(request, "from");
	uint64_t first;
	bool good = ledger_first_kept(k->ledger, &first);

	if (good && json_is_integer(since))
		good = ledger_first_sequence_since(
		    k->ledger, (int64_t)json_integer_value(since) * 1000000, from);
	else if (json_is_integer(number) && json_integer_value(number) > 0)
		*from = (uint64_t)json_integer_value(number);
	else if (good) {
		client_error(c, "It has to be said from when on, or from which number.");
		return false;
	}
	if (!good) {
		client_error(c, ledger_error(k->ledger));
		return false;
	}
	/* whether there were others of that time before the first one is not known any more */
	if (first > 1 && (*from < first || (json_is_integer(since) && *from == first))) {
		was_pruned(c, first);
		return false;
	}
	return true;
}

void
do_resend(struct control_client *c, json_t *request)
{
	struct keeper *k = c->control->keeper;
	uint64_t before = syslog_repeating(k->sender, NULL), from, first, n;

	keeper_commit(k);
	if (!first_asked(c, request, &from))
		return;
	n = syslog_repeat(k->sender, k->ledger, from);
	(void)syslog_repeating(k->sender, &first);
	client_end(c,
	    json_pack("{s:I,s:I,s:I,s:b,s:b,s:s}", "sending", (json_int_t)n, "from",
		(json_int_t)first, "to", (json_int_t)(n > 0 ? first + n - 1 : 0), "joined",
		before > 0, "reached", (int)syslog_is_well(k), "syslog",
		syslog_state(k->sender)));
	keeper_tell_now(k);
}
