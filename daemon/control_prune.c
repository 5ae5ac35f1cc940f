/* `poolctl ledger prune`: what is older than a day that was named goes, or is only counted. */
#include <stdlib.h>

#include <event2/event.h>
#include <jansson.h>

#include "daemon/control_private.h"
#include "daemon/keeper.h"

#define STEP_LOOK 200
#define STEP_MOST 25
#define TELL_EACH 50 /* steps */

struct prune_job {
	struct control_client *client;
	struct event *timer;
	struct prune_query query;
	struct prune_done sum;
	uint64_t steps, looked;
};

static const char *const reasons[PRUNE_REASONS] = {
	[PRUNE_UNPUBLISHED] = "unpublished",
	[PRUNE_UNDETERMINED] = "undetermined",
	[PRUNE_WANTED] = "wanted",
	[PRUNE_HELD] = "held",
};

static void
prune_free(void *arg)
{
	struct prune_job *job = arg;

	if (job->timer != NULL)
		event_free(job->timer);
	free(job);
}

static void
prune_add(struct prune_job *job, const struct prune_done *done)
{
	job->query.after = done->after;
	job->looked += done->looked;
	job->sum.arrivals += done->arrivals;
	job->sum.bytes += done->bytes;
	for (int i = 0; i < PRUNE_REASONS; i++)
		job->sum.stay[i] += done->stay[i];
}

static void
prune_end(struct prune_job *job)
{
	struct control_client *c = job->client;
	json_t *stay = json_object();

	for (int i = PRUNE_NOT_DUE + 1; i < PRUNE_REASONS; i++)
		(void)json_object_set_new(
		    stay, reasons[i], json_integer((json_int_t)job->sum.stay[i]));
	if (!job->query.dry)
		keeper_pruned(
		    c->control->keeper, job->sum.arrivals, job->sum.bytes, "as poolctl asked");
	client_end(c,
	    json_pack("{s:b,s:I,s:I,s:o}", "dry", (int)job->query.dry, "arrivals",
		(json_int_t)job->sum.arrivals, "bytes", (json_int_t)job->sum.bytes, "stay",
		stay));
	client_job_done(c);
}

static void
prune_step(int fd, short what, void *arg)
{
	struct timeval at_once = { 0, 0 };
	struct prune_job *job = arg;
	struct control_client *c = job->client;
	struct keeper *k = c->control->keeper;
	struct prune_done done;

	(void)fd;
	(void)what;
	keeper_commit(k);
	job->query.again = keeper_again_seq(k);
	if (!ledger_prune(k->ledger, &job->query, &done)) {
		client_error(c, ledger_error(k->ledger));
		client_job_done(c);
		return;
	}
	prune_add(job, &done);
	if (done.waits && !job->query.dry) {
		client_error(c,
		    "Syslog has not been told everything, or a backup is being made, so "
		    "nothing "
		    "more was pruned. `poolctl status` says how syslog is; prune again when "
		    "nothing is untold.");
		client_job_done(c);
		return;
	}
	if (done.end) {
		prune_end(job);
		return;
	}
	if (++job->steps % TELL_EACH == 0)
		(void)client_send(c, json_pack("{s:I}", "looked", (json_int_t)job->looked));
	(void)event_add(job->timer, &at_once);
}

void
do_prune(struct control_client *c, json_t *request)
{
	struct timeval at_once = { 0, 0 };
	struct prune_job *job;
	instant before;

	if (time_read(request_text(request, "before"), &before) != TIME_OK) {
		client_error(c, "The time before which to prune is missing.");
		return;
	}
	job = calloc(1, sizeof(*job));
	if (job != NULL)
		job->timer = evtimer_new(c->control->keeper->base, prune_step, job);
	if (job == NULL || job->timer == NULL) {
		free(job);
		client_error(c, "There is no memory to prune.");
		return;
	}
	job->client = c;
	job->query = (struct prune_query){ .before = before,
		.look = STEP_LOOK,
		.most = STEP_MOST,
		.dry = json_is_true(json_object_get(request, "dry")) };
	c->job = job;
	c->job_free = prune_free;
	(void)event_add(job->timer, &at_once);
}
