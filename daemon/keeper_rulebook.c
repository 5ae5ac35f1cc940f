/*
 * The rulebook as the keeper knows it: reading the policies, loading them, and saying what came of it.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "daemon/fault.h"
#include "daemon/keeper.h"
#include "daemon/log.h"
#include "daemon/policies.h"

/* A line of the loading report, to the log and to operations. */
static void
keeper_load_message(struct keeper *k, const struct load_message *m)
{
	struct event e;
	struct buf line = { 0 };

	load_message_place(&line, m);
	buf_text(&line, m->what);
	if (m->refuses) {
		log_warnx("%s", line.p);
		buf_text(&k->refusal, buf_as_text(&line));
		buf_char(&k->refusal, '\n');
	} else
		log_info("notice: %s", line.p);
	buf_free(&line);
	event_begin(&e, m->refuses ? EV_RULEBOOK_REFUSED : EV_RULEBOOK_NOTICE);
	if (m->file.n > 0)
		event_text(&e, "file", m->file);
	if (m->line > 0)
		event_int(&e, "line", m->line);
	event_text(&e, "what", m->what);
	keeper_event(k, &e);
}

static void
keeper_took(struct keeper *k, const struct wire_rulebook *w)
{
	struct event e;

	event_begin(&e, EV_RULEBOOK);
	event_text(&e, "rulebook", w->digest);
	event_int(&e, "conditions", w->conditions);
	event_text(&e, "what", w->packs);
	keeper_event(k, &e);
	log_info("rulebook %.12s: %u conditions, packs %.*s", w->digest.p, w->conditions,
	    TEXT_ARG(w->packs));
	if (w->lacks.n > 0) {
		event_begin(&e, EV_SANDBOX);
		event_text(&e, "what", w->lacks);
		keeper_event(k, &e);
	}
	wire_rulebook_free(&k->rulebook);
	if (!wire_copy_rulebook(&k->rulebook, w))
		fatalx("out of memory");
	k->rulebook_since = (instant)time(NULL);
}

void
keeper_rulebook(void *arg, bool taken, const struct wire_rulebook *w, struct text why)
{
	struct keeper *k = arg;
	struct load_message alone = { .refuses = true, .what = why };
	uint32_t i;

	buf_clear(&k->refusal);
	k->refused = !taken;
	for (i = 0; i < w->n_messages; i++)
		keeper_load_message(k, &w->messages[i]);
	if (!taken && w->refusals == 0)
		keeper_load_message(k, &alone);
	if (taken)
		keeper_took(k, w);
	else
		log_warnx(evaluators_ready(k->evaluators)
			? "the rulebook was refused; the last good one goes on"
			: "the rulebook was refused and there is none before it: "
			  "what arrives waits until it is mended");
	keeper_commit(k);
	fault_at(FAULT_SWAPPED);
	control_reloaded(k->control, taken);
	keeper_fill(k);
	if (taken)
		keeper_again_start(k);
}

bool
keeper_reload(struct keeper *k)
{
	struct policies policies;
	struct buf why = { 0 };
	bool good = policies_read(k->config.policies, &policies, &why);
	struct load_message m = { .refuses = true };

	if (good && !evaluators_load(k->evaluators, &policies)) {
		good = false;
		buf_printf(
		    &why, "The rulebook process could not be started: %s.", strerror(errno));
	}
	policies_close(&policies);
	if (!good) {
		buf_clear(&k->refusal);
		k->refused = true;
		while (why.n > 0 && why.p[why.n - 1] == '\n')
			why.n--;
		m.what = buf_as_text(&why);
		keeper_load_message(k, &m);
	}
	buf_free(&why);
	return good;
}
