/*
 * The fixed list of events and the tags they carry, with what is said of them to people.
 * docs/events.md holds the same two tables; a test compares them.
 */
#include <syslog.h>

#include "daemon/event.h"

const struct event_kind event_table[EVENT_IDS] = {
	[EV_START] = { "START", LOG_NOTICE, "poold started",
	    "The keeper began, with the version, process number and rulebook it has." },
	[EV_STOP] = { "STOP", LOG_NOTICE, "poold stopped", "The keeper ended in good order." },
	[EV_RULEBOOK] = { "RULEBOOK", LOG_NOTICE, "A rulebook was taken into use",
	    "Returns are judged by this rulebook from now on." },
	[EV_RULEBOOK_REFUSED] = { "RULEBOOK-REFUSED", LOG_ERR, "A rulebook was refused",
	    "The rulebook did not load whole; the last good one goes on until it is mended." },
	[EV_RULEBOOK_NOTICE] = { "RULEBOOK-NOTICE", LOG_WARNING, "The rulebook has a notice",
	    "Something in the rulebook needs an administrator, but does not refuse it." },
	[EV_INTAKE] = { "INTAKE", LOG_INFO, "A return was taken in",
	    "A file was claimed from an inbox and has a sequence number; or it is still "
	    "changing." },
	[EV_SKIPPED] = { "SKIPPED", LOG_WARNING, "Something was left in an inbox",
	    "It is not a regular file, or cannot be opened: nobody will judge it until that "
	    "changes." },
	[EV_REGION] = { "REGION", LOG_NOTICE, "A region changed",
	    "A region's folder appeared, vanished, or has owners or permissions that have to "
	    "be mended." },
	[EV_OVERFLOW] = { "OVERFLOW", LOG_WARNING, "The queue of file events overflowed",
	    "More happened in the folders than the kernel could queue; every inbox is scanned "
	    "again." },
	[EV_VERDICT] = { "VERDICT", LOG_NOTICE, "A return was judged",
	    "One for each verdict; its severity follows the outcome." },
	[EV_FINDING] = { "FINDING", LOG_NOTICE, "A condition found something",
	    "One for each finding of a verdict, with the verdict's id and \"n of m\"." },
	[EV_DETERMINATION] = { "DETERMINATION", LOG_INFO, "A figure was worked out",
	    "One for each determination of a verdict, with the verdict's id and \"n of m\"." },
	[EV_NOT_EVALUATED] = { "NOT-EVALUATED", LOG_INFO, "A condition was not evaluated",
	    "One for each condition and place that could not be checked, and why." },
	[EV_POLICY] = { "POLICY", LOG_ERR, "A condition failed on our side",
	    "A condition crashed, hit a limit or lacked a reference; an administrator has to "
	    "mend it." },
	[EV_SLOW] = { "SLOW", LOG_NOTICE, "A condition is slow",
	    "A condition took a large part of what a submission is allowed." },
	[EV_EVALUATOR] = { "EVALUATOR", LOG_WARNING, "An evaluator ended early",
	    "A process that judges was killed or crashed; its submission is judged once more, "
	    "alone." },
	[EV_SANDBOX] = { "SANDBOX", LOG_WARNING, "A protection is missing",
	    "The kernel lacks something that the sandbox would use." },
	[EV_LEDGER] = { "LEDGER", LOG_CRIT, "The ledger is in trouble",
	    "The ledger cannot be written or read, or can be again; intake waits meanwhile." },
	[EV_PUBLISH] = { "PUBLISH", LOG_ERR, "Publishing is in trouble",
	    "A report could not be written to a region's folder, or can be again; it is tried "
	    "again." },
	[EV_STATUS] = { "STATUS", LOG_INFO, "Status",
	    "Every so often: how much was done and waits." },
};

const struct event_tag_kind event_tag_table[] = {
	{ "sequence", "number of the record; no number is left out, so a gap is a loss" },
	{ "cut", "names of the tags whose values were cut to fit" },
	{ "id", "id of the verdict" },
	{ "revision", "revision of the verdict, from 1" },
	{ "supersedes", "id of the verdict that this one takes the place of" },
	{ "seq", "sequence number of the arrival" },
	{ "n", "number of this record among those of its verdict, from 1" },
	{ "of", "how many records the verdict has" },
	{ "region", "region the file came from" },
	{ "name", "name of the file as it was dropped" },
	{ "sha256", "SHA-256 of the file's bytes" },
	{ "received", "when the file arrived" },
	{ "form", "form the file is a return of" },
	{ "area", "area the return is for" },
	{ "period", "period the return is for" },
	{ "outcome", "unreadable, non-compliant, undetermined, queried or compliant" },
	{ "headline", "the verdict in words" },
	{ "at_stake", "money at stake, in pounds" },
	{ NULL, NULL },
};
