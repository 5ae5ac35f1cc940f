/*
 * The slowest conditions of the rulebook in use, for status: what the records of results say of them.  A
 * SLOW event tells of each time; this is who to look at first.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/keeper.h"

#define SLOWEST 5

struct slow {
	char rulebook[65];
	struct {
		char condition[129];
		int64_t kilo_instructions; /* the most it took for one submission */
		int64_t seq;               /* which */
		instant last;              /* when it was slow the last time */
	} rows[SLOWEST];
	unsigned n;
};

static void
slow_note(struct keeper *k, struct text condition, int64_t kilo, int64_t seq)
{
	struct slow *s = k->slow;
	unsigned i, least = 0;

	for (i = 0; i < s->n && !text_is(condition, s->rows[i].condition); i++)
		if (s->rows[i].kilo_instructions < s->rows[least].kilo_instructions)
			least = i;
	if (i == SLOWEST) {
		if (kilo <= s->rows[least].kilo_instructions)
			return;
		i = least;
	}
	if (i == s->n)
		s->n++;
	if (!text_is(condition, s->rows[i].condition)) {
		s->rows[i].kilo_instructions = 0;
		(void)memcpy(s->rows[i].condition, condition.p, condition.n);
		s->rows[i].condition[condition.n] = '\0';
	}
	if (kilo > s->rows[i].kilo_instructions) {
		s->rows[i].kilo_instructions = kilo;
		s->rows[i].seq = seq;
	}
	s->rows[i].last = keeper_now(k);
}

/* An evaluator made it and is not trusted: a number that is none, or an id too long, is left out. */
static void
slow_record(struct keeper *k, const struct result_record *record, int64_t seq)
{
	struct text condition = TEXT_NONE, kilo = TEXT_NONE;
	char digits[13] = ""; /* so that a percentage of it fits */
	uint32_t i;

	for (i = 0; i < record->n_tags; i++) {
		if (text_is(record->tags[i].name, "condition"))
			condition = record->tags[i].value;
		else if (text_is(record->tags[i].name, "kilo_instructions"))
			kilo = record->tags[i].value;
	}
	if (condition.n == 0 || condition.n >= sizeof(k->slow->rows[0].condition) ||
	    memchr(condition.p, '\0', condition.n) != NULL || kilo.n == 0 ||
	    kilo.n >= sizeof(digits))
		return;
	(void)memcpy(digits, kilo.p, kilo.n);
	slow_note(k, condition, strtoll(digits, NULL, 10), seq);
}

void
keeper_slow(struct keeper *k, const struct result *result, int64_t seq, struct text rulebook)
{
	struct result_record record;
	size_t at = 0;

	while (result_next(result, &at, &record)) {
		if (record.kind != RECORD_SLOW)
			continue;
		if (!text_is(rulebook, k->slow->rulebook)) {
			k->slow->n = 0;
			if (rulebook.n >= sizeof(k->slow->rulebook))
				return;
			(void)memcpy(k->slow->rulebook, rulebook.p, rulebook.n);
			k->slow->rulebook[rulebook.n] = '\0';
		}
		slow_record(k, &record, seq);
	}
}

void
keeper_slow_each(
    struct keeper *k, void (*each)(void *arg, const struct slow_condition *), void *arg)
{
	const struct slow *s = k->slow;
	struct slow_condition c;
	unsigned i;

	if (!text_is(k->rulebook.digest, s->rulebook))
		return;
	for (i = 0; i < s->n; i++) {
		c = (struct slow_condition){ text_of(s->rows[i].condition),
			s->rows[i].kilo_instructions * 100000 / k->config.instructions,
			s->rows[i].seq, s->rows[i].last };
		each(arg, &c);
	}
}

bool
keeper_slow_new(struct keeper *k)
{
	k->slow = calloc(1, sizeof(*k->slow));
	return k->slow != NULL;
}

void
keeper_slow_free(struct keeper *k)
{
	free(k->slow);
	k->slow = NULL;
}
