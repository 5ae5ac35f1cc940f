/* `poolctl ledger backup`: a copy of the ledger, in small steps beside the work. */
#include <stdlib.h>

#include <event2/event.h>
#include <jansson.h>

#include "daemon/control_private.h"
#include "daemon/keeper.h"
#include "daemon/log.h"

#define TELL_EACH 100 /* steps */

struct backup_job {
	struct control_client *client;
	struct event *timer;
	struct ledger_backup *backup;
	uint64_t steps;
};

static void
backup_free(void *arg)
{
	struct backup_job *job = arg;

	ledger_backup_free(job->backup);
	if (job->timer != NULL)
		event_free(job->timer);
	free(job);
}

static void
backup_step(int fd, short what, void *arg)
{
	struct timeval at_once = { 0, 0 };
	struct backup_job *job = arg;
	struct control_client *c = job->client;
	struct keeper *k = c->control->keeper;
	uint64_t done = 0, of = 0;
	int rc;

	(void)fd;
	(void)what;
	keeper_commit(k);
	rc = ledger_backup_step(job->backup, &done, &of);
	if (rc == 1) {
		if (++job->steps % TELL_EACH == 0)
			(void)client_send(c,
			    json_pack(
				"{s:I,s:I}", "done", (json_int_t)done, "of", (json_int_t)of));
		(void)event_add(job->timer, &at_once);
		return;
	}
	if (rc == 0) {
		log_info("a backup of the ledger was made");
		client_end(c, json_pack("{s:b}", "made", 1));
	} else
		client_error(c, ledger_error(k->ledger));
	client_job_done(c);
}

void
do_backup(struct control_client *c, json_t *request)
{
	struct timeval at_once = { 0, 0 };
	struct keeper *k = c->control->keeper;
	const char *dir = json_string_value(json_object_get(request, "dir"));
	struct backup_job *job = calloc(1, sizeof(*job));

	keeper_commit(k);
	if (job != NULL && dir != NULL) {
		job->client = c;
		job->timer = evtimer_new(k->base, backup_step, job);
	}
	if (job == NULL || job->timer == NULL) {
		free(job);
		client_error(c, "The folder for the backup is missing.");
		return;
	}
	job->backup = ledger_backup_begin(k->ledger, dir);
	if (job->backup == NULL) {
		client_error(c, ledger_error(k->ledger));
		backup_free(job);
		return;
	}
	c->job = job;
	c->job_free = backup_free;
	(void)event_add(job->timer, &at_once);
}
