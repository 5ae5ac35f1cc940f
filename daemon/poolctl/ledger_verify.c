/*
 * poolctl ledger verify: is it still what was written?  The only command that opens the ledger itself: it
 * works while poold does not, and on a backup.
 */
#include <stdio.h>

#include "daemon/ledger.h"
#include "daemon/log.h"
#include "daemon/poolctl/ledger.h"

#define DEFAULT_DIR "/var/lib/poold"

struct said {
	bool json;
	json_t *problems, *notes;
};

static void
say(struct said *s, json_t *list, const char *kind, struct text sentence)
{
	struct buf b = { 0 };

	buf_safe(&b, sentence);
	if (s->json)
		(void)json_array_append_new(list, json_string(b.p != NULL ? b.p : ""));
	else {
		ledger_progress("%s", "");
		(void)printf("%s: %s\n", kind, b.p != NULL ? b.p : "");
	}
	buf_free(&b);
}

static void
on_problem(void *arg, struct text sentence)
{
	struct said *s = arg;

	say(s, s->problems, "problem", sentence);
}

static void
on_note(void *arg, struct text sentence)
{
	struct said *s = arg;

	say(s, s->notes, "note", sentence);
}

static void
on_progress(void *arg, const char *what, uint64_t done, uint64_t of)
{
	(void)arg;
	if (of > 0)
		ledger_progress("%s: %llu of %llu", what, (unsigned long long)done,
		    (unsigned long long)(done < of ? of : done));
	else
		ledger_progress("%s: %llu", what, (unsigned long long)done);
}

static void
print_check(const struct said *s, const struct ledger_check *c, const char *dir)
{
	if (s->json) {
		json_t *o = json_pack("{s:s,s:b,s:I,s:I,s:I,s:I,s:I,s:b,s:s,s:O,s:O}", "ledger",
		    dir, "good", c->problems == 0, "verdicts", (json_int_t)c->verdicts,
		    "arrivals", (json_int_t)c->arrivals, "records", (json_int_t)c->records,
		    "pruned", (json_int_t)c->pruned, "orphans", (json_int_t)c->orphans,
		    "pages_checked", (int)c->pages, "chain", c->chain, "problems", s->problems,
		    "notes", s->notes);

		print_json(o);
		json_decref(o);
		return;
	}
	(void)printf(
	    "%llu arrivals, %llu verdicts and %llu records were checked: %llu problem%s.\n"
	    "The last link of the chain is %s.\n",
	    (unsigned long long)c->arrivals, (unsigned long long)c->verdicts,
	    (unsigned long long)c->records, (unsigned long long)c->problems,
	    c->problems == 1 ? "" : "s", c->chain);
}

int
ledger_cmd_verify(const struct ledger_options *o)
{
	struct said said = {
		.json = o->client.json, .problems = json_array(), .notes = json_array()
	};
	struct ledger_verifier by = { on_problem, on_note, on_progress, &said };
	const char *dir = o->dir != NULL ? o->dir : DEFAULT_DIR;
	struct ledger_check check;
	char why[1024];
	struct ledger *l = ledger_open_to_read(dir, why, sizeof(why));
	int status = EXIT_FAILED;

	if (l == NULL)
		log_warnx("%s", why);
	else if (!ledger_verify(l, &by, &check)) {
		ledger_progress("%s", "");
		log_warnx("%s", ledger_error(l));
	} else {
		ledger_progress("%s", "");
		print_check(&said, &check, dir);
		status = check.problems == 0 ? EXIT_OK : EXIT_NO;
	}
	ledger_close(l);
	json_decref(said.problems);
	json_decref(said.notes);
	return status;
}
