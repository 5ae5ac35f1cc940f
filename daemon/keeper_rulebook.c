/*
 * The rulebook as the keeper knows it: reading the policies, loading them, and saying what came of it.
 *
 * A reload is asked for (poolctl, SIGHUP) or follows a change of the policy folder.  What was read is known
 * by its digest: the tree that is in use, or that was refused already, is not loaded a second time just
 * because a file was touched.  While the newest is refused the last good one goes on, and that is said
 * again every so often until it is mended.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "daemon/fault.h"
#include "daemon/keeper.h"
#include "daemon/log.h"
#include "daemon/policies.h"

#define REREAD_FIRST 1 /* seconds */
#define REREAD_LAST  60

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
		arena_exhausted();
	k->rulebook_since = (instant)time(NULL);
}

void
keeper_refusal(const struct keeper *k, struct buf *b)
{
	struct text first = buf_as_text(&k->refusal);
	const char *end = first.n > 0 ? memchr(first.p, '\n', first.n) : NULL;

	if (!k->refused)
		return;
	if (end != NULL)
		first.n = (size_t)(end - first.p);
	buf_str(b, "The rulebook of ");
	buf_str(b, k->config.policies);
	buf_str(b, k->not_loaded ? " could not be loaded at " : " was refused at ");
	time_format(b, k->refused_at);
	if (evaluators_ready(k->evaluators)) {
		buf_printf(b, "; running rulebook %.*s since ", 12, k->rulebook.digest.p);
		time_format(b, k->rulebook_since);
	} else
		buf_str(b, "; none is in use, and what arrives waits");
	buf_printf(b, " (%.*s)", TEXT_ARG(first));
}

void
keeper_remind(struct keeper *k)
{
	struct buf what = { 0 };

	keeper_refusal(k, &what);
	if (what.n > 0 && !buf_failed(&what)) {
		log_warnx("%s", what.p);
		keeper_say(k, EV_RULEBOOK_REFUSED, NULL, NULL, what.p);
	}
	buf_free(&what);
}

static void
keeper_refused(struct keeper *k)
{
	buf_clear(&k->refusal);
	k->refused = true;
	k->not_loaded = false;
	k->refused_at = (instant)time(NULL);
}

/* The policies are those in use again: there is nothing to load and nothing to complain of. */
static void
keeper_mended(struct keeper *k)
{
	buf_clear(&k->refusal);
	k->refused = false;
	log_info("the policies are those of rulebook %.12s again, which is in use",
	    k->rulebook.digest.p);
	keeper_say_well(k, EV_RULEBOOK, "The policies are those of the rulebook in use again.");
}

static void
on_reread(int fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)keeper_reload(arg, RELOAD_CHANGED);
}

/* What could not be read may have been the system's trouble and not the policies': nobody has to ask again. */
static void
reread_later(struct keeper *k)
{
	struct timeval after = { k->reread_s, 0 };

	if (k->reread == NULL && (k->reread = evtimer_new(k->base, on_reread, k)) == NULL)
		return;
	if (event_pending(k->reread, EV_TIMEOUT, NULL))
		return;
	(void)event_add(k->reread, &after);
	k->reread_s = k->reread_s * 2 < REREAD_LAST ? k->reread_s * 2 : REREAD_LAST;
}

static void
say_not_taken(const struct keeper *k, enum load_end end)
{
	bool ready = evaluators_ready(k->evaluators);

	if (end == LOAD_FAILED)
		log_warnx("the rulebook could not be loaded, and is tried again; %s",
		    ready ? "the last good one goes on" : "what arrives waits");
	else
		log_warnx(ready ? "the rulebook was refused; the last good one goes on"
				: "the rulebook was refused and there is none before it: "
				  "what arrives waits until it is mended");
}

/*
 * Is what was read last to be loaded once more?  It was not to blame, and with none in use it is tried again by
 * itself; or a process that was lost is back with the policies before it.
 */
static bool
keeper_has_newer(const struct keeper *k, enum load_end end, const struct wire_rulebook *w)
{
	if (end == LOAD_TAKEN)
		return !text_is(w->digest, k->tried);
	return end == LOAD_FAILED && evaluators_ready(k->evaluators);
}

void
keeper_rulebook(void *arg, enum load_end end, const struct wire_rulebook *w, struct text why)
{
	struct keeper *k = arg;
	struct load_message alone = { .refuses = true, .what = why };
	bool taken = end == LOAD_TAKEN;
	uint32_t i;

	if (!taken)
		keeper_refused(k);
	else {
		buf_clear(&k->refusal);
		k->refused = false;
	}
	k->not_loaded = end == LOAD_FAILED;
	for (i = 0; i < w->n_messages; i++)
		keeper_load_message(k, &w->messages[i]);
	if (!taken && w->refusals == 0)
		keeper_load_message(k, &alone);
	if (taken)
		keeper_took(k, w);
	else
		say_not_taken(k, end);
	if (keeper_has_newer(k, end, w)) {
		k->tried[0] = '\0';
		reread_later(k);
	}
	keeper_commit(k);
	fault_at(FAULT_SWAPPED);
	keeper_health_loaded(k);
	control_reloaded(k->control, taken);
	keeper_fill(k);
	if (taken)
		keeper_again_start(k);
}

/* It could not even be read.  A change that leaves the same trouble is not said again. */
static enum reload
reload_unread(struct keeper *k, enum reload_cause cause, struct buf *why)
{
	struct load_message m = { .refuses = true };

	while (why->n > 0 && why->p[why->n - 1] == '\n')
		why->n--;
	m.what = buf_as_text(why);
	reread_later(k);
	if (cause == RELOAD_CHANGED && k->refused && k->refusal.n == why->n + 1 &&
	    memcmp(k->refusal.p, why->p, why->n) == 0)
		return RELOAD_REFUSED;
	keeper_refused(k);
	k->tried[0] = '\0';
	keeper_load_message(k, &m);
	keeper_health_loaded(k);
	return RELOAD_REFUSED;
}

/* Is there anything to be gained by loading this? */
static bool
reload_is_needless(const struct keeper *k, enum reload_cause cause, const char *digest)
{
	bool same = strcmp(k->tried, digest) == 0;

	if (cause == RELOAD_FORCED)
		return false;
	if (evaluators_loading(k->evaluators))
		return same && cause == RELOAD_CHANGED;
	if (evaluators_ready(k->evaluators) && text_is(k->rulebook.digest, digest))
		return true;
	return same && cause == RELOAD_CHANGED;
}

enum reload
keeper_reload(struct keeper *k, enum reload_cause cause)
{
	struct policies policies;
	struct buf why = { 0 };
	enum reload what = RELOAD_STARTED;

	if (k->reread != NULL)
		(void)event_del(k->reread);
	if (cause != RELOAD_CHANGED || k->reread_s == 0)
		k->reread_s = REREAD_FIRST;
	if (!policies_read(k->config.policies, &policies, &why))
		what = reload_unread(k, cause, &why);
	else if (reload_is_needless(k, cause, policies.digest)) {
		what = RELOAD_UNCHANGED;
		if (k->refused && text_is(k->rulebook.digest, policies.digest))
			keeper_mended(k);
		if (cause != RELOAD_CHANGED)
			keeper_again_start(k);
	} else if (!evaluators_load(k->evaluators, &policies)) {
		buf_printf(
		    &why, "The rulebook process could not be started: %s.", strerror(errno));
		what = reload_unread(k, cause, &why);
	}
	if (what == RELOAD_STARTED) {
		(void)memcpy(k->tried, policies.digest, sizeof(k->tried));
		keeper_health_loading(k);
		if (cause == RELOAD_CHANGED)
			log_info("the policies are read again");
	}
	policies_close(&policies);
	buf_free(&why);
	return what;
}

static void
on_policies_changed(void *arg)
{
	(void)keeper_reload(arg, RELOAD_CHANGED);
}

void
keeper_watch_policies(struct keeper *k)
{
	policies_watch_free(k->watch);
	k->watch = NULL;
	if (k->config.watch_policies == 0)
		return;
	k->watch = policies_watch_new(
	    k->base, k->config.policies, k->config.rescan, on_policies_changed, k);
	if (k->watch == NULL)
		log_warnx("the policies cannot be watched; poolctl reload takes a change into "
			  "use");
}
