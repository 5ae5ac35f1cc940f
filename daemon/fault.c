#include "daemon/fault.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/log.h"

static const char *const names[FAULTS] = {
	[FAULT_LEDGER_OPENED] = "ledger-opened",
	[FAULT_LEDGER_MIGRATING] = "ledger-migrating",
	[FAULT_LEDGER_MIGRATED] = "ledger-migrated",
	[FAULT_RESERVED] = "reserved",
	[FAULT_CLAIM_NOTED] = "claim-noted",
	[FAULT_CLAIM_MOVED] = "claim-moved",
	[FAULT_CLAIMED] = "claimed",
	[FAULT_RENUMBERING] = "renumbering",
	[FAULT_NAMES_ASIDE] = "names-aside",
	[FAULT_NAMES_MOVED] = "names-moved",
	[FAULT_COPIED] = "copied",
	[FAULT_GIVEN] = "given",
	[FAULT_JUDGED] = "judged",
	[FAULT_CONTENT_WRITTEN] = "content-written",
	[FAULT_RECORDED] = "recorded",
	[FAULT_BEFORE_COMMIT] = "before-commit",
	[FAULT_AFTER_COMMIT] = "after-commit",
	[FAULT_FORGETTING] = "forgetting",
	[FAULT_PUBLISH_ASIDE] = "publish-aside",
	[FAULT_PUBLISH_FILE] = "publish-file",
	[FAULT_PUBLISH_MOVED] = "publish-moved",
	[FAULT_PUBLISH_CLEARING] = "publish-clearing",
	[FAULT_PUBLISH_ONE] = "publish-one",
	[FAULT_PUBLISH_WRITTEN] = "publish-written",
	[FAULT_PUBLISH_SYNCED] = "publish-synced",
	[FAULT_PUBLISH_UNLINKED] = "publish-unlinked",
	[FAULT_PUBLISH_MARKED] = "publish-marked",
	[FAULT_TELLING] = "telling",
	[FAULT_TOLD] = "told",
	[FAULT_TOLD_MARKED] = "told-marked",
	[FAULT_CHECKPOINTED] = "checkpointed",
	[FAULT_RELOADING] = "reloading",
	[FAULT_SWAPPING] = "swapping",
	[FAULT_SWAPPED] = "swapped",
	[FAULT_JUDGED_AGAIN] = "judged-again",
	[FAULT_RECORDED_AGAIN] = "recorded-again",
};

bool fault_armed;
static enum fault_point wanted;
static unsigned long left; /* times to pass before it strikes */
static int exit_status;    /* 0: kill -9 */

void
fault_reached(enum fault_point point)
{
	if (point != wanted || --left > 0)
		return;
	if (exit_status != 0)
		_exit(exit_status);
	(void)kill(getpid(), SIGKILL);
}

static _Noreturn void
fault_list(const char *asked)
{
	(void)fprintf(stderr, "poold: POOLD_FAULT=%s is no fault point; these are:", asked);
	for (unsigned i = 0; i < FAULTS; i++)
		(void)fprintf(stderr, " %s", names[i]);
	(void)fputc('\n', stderr);
	exit(64);
}

void
fault_arm(void)
{
	const char *asked = getenv("POOLD_FAULT"), *colon;
	size_t n;

	if (asked == NULL)
		return;
	colon = strchr(asked, ':');
	n = colon != NULL ? (size_t)(colon - asked) : strlen(asked);
	left = colon != NULL ? strtoul(colon + 1, NULL, 10) : 1;
	for (wanted = 0; wanted < FAULTS; wanted++)
		if (strlen(names[wanted]) == n && strncmp(names[wanted], asked, n) == 0)
			break;
	if (wanted == FAULTS || left == 0)
		fault_list(asked);
	fault_armed = true;
	log_info("POOLD_FAULT: this process ends at the point %s", asked);
}

void
fault_arm_to_exit(int status)
{
	exit_status = status;
	fault_arm();
}
