/*
 * What a plan costs with every pack that ships: processor time and Lua instructions of one judgement, for
 * files of growing size.  It runs inside one process, as an evaluator does within a batch.
 *
 * usage: packs POLICIES TIME FILE…     prints for each: schemes, processor milliseconds (least of five), instructions, and
 *                                 both a scheme
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules/evaluate.h"
#include "rules/rulebook_impl.h"
#include "tests/bench/measured.h"

#define ROUNDS 5

static double
processor_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static bool
no_history(void *arg, const struct identity *identity, struct history *history)
{
	(void)arg;
	(void)identity;
	*history = (struct history){ 0 };
	return true;
}

/* One plan from bytes to a verdict as JSON, with the limits that ship; it must be compliant. */
static uint32_t
judge(struct rulebook *rulebook, struct arena *arena, struct text bytes, instant received,
    struct buf *json)
{
	struct submission submission = { .bytes = bytes,
		.name = TEXT("bench.json"),
		.region = TEXT("rotherham"),
		.seq = -1,
		.sha256 =
		    TEXT("0000000000000000000000000000000000000000000000000000000000000000"),
		.revision = 1,
		.received = received };
	struct limits limits = { 0 };
	const struct budget *budget = NULL;

	arena_reset(arena);
	buf_clear(json);
	struct verdict *verdict =
	    evaluate(rulebook, arena, &submission, &limits, no_history, NULL, &budget);
	render_json(json, verdict);
	if (verdict->outcome != COMPLIANT) {
		buf_clear(json);
		render_text(json, verdict, &(struct text_style){ .width = 96 });
		fputs(json->p, stderr);
		die("the plan is not compliant");
	}
	return budget_get(budget, TEXT("schemes"))->u.list->n;
}

static void
measure(struct rulebook *rulebook, struct arena *arena, instant received, const char *path)
{
	struct text bytes = slurp(path);
	struct buf json = { 0 };
	double least = 1e9, start, ms;
	uint32_t schemes = 0;

	for (int i = 0; i < ROUNDS; i++) {
		start = processor_ms();
		schemes = judge(rulebook, arena, bytes, received, &json);
		ms = processor_ms() - start;
		least = ms < least ? ms : least;
	}
	printf("%7u schemes  %9.2f ms  %7.2f us a scheme  %11llu Lua instructions  %6.0f a "
	       "scheme\n",
	    schemes, least, least * 1e3 / schemes, (unsigned long long)rulebook->limit.spent,
	    (double)rulebook->limit.spent / schemes);
	munmap((void *)(uintptr_t)bytes.p, bytes.n);
	buf_free(&json);
}

int
main(int argc, char **argv)
{
	if (argc < 4)
		die("usage: packs POLICIES TIME FILE…");
	instant received;
	if (time_read(text_of(argv[2]), &received) != TIME_OK)
		die("that is not a time");
	struct rulebook *rulebook = load_policies(argv[1]);
	struct arena *arena = arena_new();
	for (int i = 3; i < argc; i++)
		measure(rulebook, arena, received, argv[i]);
	return 0;
}
