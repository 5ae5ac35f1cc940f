/*
 * What the rooms are told of the configuration, at the start and when it is read again.
 *
 * A configuration with a mistake is refused whole and the one in force goes on.  Of one that is sound the
 * keys that may change are taken (config_change.c), and the others that differ are named.
 */
#include "daemon/keeper.h"
#include "daemon/log.h"
#include "rules/evaluate.h"

#include <string.h>
#include <syslog.h>

struct evaluators_options
keeper_evaluators_options(const struct config *c)
{
	struct evaluators_options o = { .most = (uint32_t)c->evaluators,
		.batch = (uint32_t)c->batch,
		.wall_ms = (uint32_t)c->wall,
		.cpu_ms = (uint32_t)c->cpu,
		.load_ms = (uint32_t)c->load };

	o.limits.lua_memory = (size_t)c->lua_memory;
	o.limits.instructions = (uint64_t)c->instructions;
	o.limits.condition_instructions = c->condition_instructions == 0
	    ? EVALUATE_NO_SHARE
	    : (uint64_t)c->condition_instructions;
	o.limits.address_space = (size_t)c->memory;
	/* for its whole life, should nobody be there to look: see cpu_ms */
	o.limits.cpu_seconds = (uint32_t)(c->cpu * c->batch / 1000 + 1);
	return o;
}

struct intake_options
keeper_intake_options(const struct config *c)
{
	return (struct intake_options){ c->max_size, c->settle, c->patience };
}

struct inbox_options
keeper_inbox_options(const struct config *c)
{
	return (struct inbox_options){ c->root, c->settle, c->rescan, c->patience, c->poll };
}

/* Each line of what is wrong, to the log and to operations; the first one names what goes on. */
static void
config_refused(struct keeper *k, struct text why)
{
	struct buf what = { 0 };
	struct event e;

	while (why.n > 0 && why.p[why.n - 1] == '\n')
		why.n--;
	buf_printf(&what, "The configuration was refused and the one in force goes on: %.*s",
	    TEXT_ARG(why));
	if (buf_failed(&what))
		return;
	log_warnx("%s", what.p);
	event_begin(&e, EV_CONFIG);
	e.severity = LOG_ERR;
	event_text(&e, "what", buf_as_text(&what));
	keeper_event(k, &e);
	buf_free(&what);
}

static void
config_said(struct keeper *k, const struct buf *taken, const struct buf *kept)
{
	struct buf what = { 0 };
	struct event e;

	if (taken->n > 0)
		buf_printf(
		    &what, "The configuration was read again; what changed: %s.", taken->p);
	if (kept->n > 0)
		buf_printf(&what, "%s%s %s a restart: systemctl restart poold",
		    what.n > 0 ? " " : "", kept->p,
		    strchr(kept->p, ',') != NULL ? "need" : "needs");
	if (what.n > 0 && !buf_failed(&what)) {
		log_info("%s", what.p);
		event_begin(&e, EV_CONFIG);
		event_text(&e, "what", buf_as_text(&what));
		keeper_event(k, &e);
	}
	buf_free(&what);
}

static void
config_apply(struct keeper *k)
{
	struct evaluators_options evaluators = keeper_evaluators_options(&k->config);
	struct intake_options intake = keeper_intake_options(&k->config);
	struct inbox_options inbox = keeper_inbox_options(&k->config);

	evaluators_set_options(k->evaluators, &evaluators);
	intake_set_options(k->intake, &intake);
	inbox_set_options(k->inbox, &inbox);
	keeper_status_every(k);
	keeper_watch_policies(k);
	keeper_fill(k);
}

/* The limits of a rulebook process and its evaluators, which they are given once. */
static bool
same_limits(const struct config *a, const struct config *b)
{
	return a->lua_memory == b->lua_memory && a->instructions == b->instructions &&
	    a->condition_instructions == b->condition_instructions && a->memory == b->memory &&
	    a->cpu == b->cpu && a->batch == b->batch;
}

bool
keeper_reconfigure(struct keeper *k)
{
	struct config fresh;
	struct buf errors = { 0 }, taken = { 0 }, kept = { 0 };
	const struct config before = k->config; /* for its numbers: the texts may go */

	if (config_read(k->config_path, &fresh, &errors)) {
		config_take(&k->config, &fresh, &taken, &kept);
		config_said(k, &taken, &kept);
		if (taken.n > 0)
			config_apply(k);
		if (before.keep != k->config.keep || before.keep_told != k->config.keep_told)
			keeper_prune_anew(k);
	} else
		config_refused(k, buf_as_text(&errors));
	config_free(&fresh);
	buf_free(&errors);
	buf_free(&taken);
	buf_free(&kept);
	return !same_limits(&before, &k->config);
}
