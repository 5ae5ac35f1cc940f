/*
 * How many budgets a second the engine judges on one core: document, budget, ten conditions in Lua with
 * their limits on, verdict as JSON.  It runs inside one process, as an evaluator does within a batch.
 *
 * usage: engine POLICIES FILE N        prints documents a second
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules/evaluate.h"
#include "tests/bench/measured.h"

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* One budget from bytes to a verdict as JSON; the outcome is checked, so that nothing is skipped. */
static size_t
judge(struct rulebook *rulebook, struct arena *arena, struct text bytes, struct buf *json)
{
	struct submission submission = { .bytes = bytes,
		.name = TEXT("bench.json"),
		.region = TEXT("bench"),
		.seq = -1,
		.sha256 =
		    TEXT("0000000000000000000000000000000000000000000000000000000000000000"),
		.revision = 1,
		.received = 1417190700 };
	struct limits limits = { 0 };

	arena_reset(arena);
	buf_clear(json);
	struct verdict *verdict =
	    evaluate(rulebook, arena, &submission, &limits, NULL, NULL, NULL);
	render_json(json, verdict);
	if (verdict->outcome != COMPLIANT || verdict->counts.conditions != 11) {
		render_text(json, verdict, &(struct text_style){ .width = 96 });
		fputs(json->p, stderr);
		die("the verdict is not what this measurement expects");
	}
	return json->n;
}

int
main(int argc, char **argv)
{
	struct buf json = { 0 };
	long n = argc == 4 ? strtol(argv[3], NULL, 10) : 0;

	if (n < 1)
		die("usage: engine POLICIES FILE N");
	struct text bytes = slurp(argv[2]);
	struct rulebook *rulebook = load_policies(argv[1]);
	struct arena *arena = arena_new();
	double start = seconds();
	for (long i = 0; i < n; i++)
		judge(rulebook, arena, bytes, &json);
	printf("%.0f\n", (double)n / (seconds() - start));
	return 0;
}
