/* poolctl ledger prune: what is older than a day goes, or is counted. */
#include <stdio.h>

#include "daemon/poolctl/ledger.h"

static const struct {
	const char *key, *what;
} reasons[] = {
	{ "unpublished", "not published yet" },
	{ "undetermined", "undetermined, older than one that is, or being judged again" },
	{ "wanted", "the newest version of a return, which later ones are compared with" },
	{ "held", "with money that is held back" },
};

static long long
number_of(json_t *object, const char *key)
{
	return (long long)json_integer_value(json_object_get(object, key));
}

static bool
each_progress(void *arg, json_t *answer)
{
	(void)arg;
	ledger_progress("%lld arrivals looked at", number_of(answer, "looked"));
	return true;
}

static void
print_pruned(json_t *last, const char *before)
{
	json_t *stay = json_object_get(last, "stay");
	long long n = number_of(last, "arrivals"), more;
	size_t i;

	(void)printf("The bytes and reports of %lld arrival%s (%lld bytes) from before %s %s; "
		     "verdicts stay.\n",
	    n, n == 1 ? "" : "s", number_of(last, "bytes"), before,
	    json_is_true(json_object_get(last, "dry")) ? "would go" : "went");
	for (i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if ((more = number_of(stay, reasons[i].key)) > 0)
			(void)printf(
			    "  %lld stay%s: %s\n", more, more == 1 ? "s" : "", reasons[i].what);
}

int
ledger_cmd_prune(const struct ledger_options *o)
{
	json_t *last;
	int status = EXIT_OK;

	if (o->before == NULL)
		return usage_error("ledger", "prune needs --before, a day or a time.");
	if (!client_ask(&o->client,
		json_pack("{s:s,s:s,s:b}", "command", "prune", "before", o->before, "dry",
		    (int)o->dry_run),
		each_progress, NULL, &last))
		status = EXIT_FAILED;
	ledger_progress("%s", "");
	if (status == EXIT_OK && o->client.json) {
		(void)json_object_del(last, "end");
		print_json(last);
	} else if (status == EXIT_OK)
		print_pruned(last, o->before);
	json_decref(last);
	return status;
}
