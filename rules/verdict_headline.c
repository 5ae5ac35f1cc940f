/* The headline: the outcome in words, never a code. */
#include "rules/verdict.h"

struct part {
	uint32_t n;
	const char *one, *many;
};

/* "2 corrections, 1 explanation and 3 entries that were left out" */
static void
put_parts(struct buf *b, const struct part *parts, size_t n)
{
	size_t left = 0, put = 0;

	for (size_t i = 0; i < n; i++)
		left += parts[i].n > 0;
	for (size_t i = 0; i < n; i++) {
		if (parts[i].n == 0)
			continue;
		left--;
		if (put++ > 0)
			buf_str(b, left == 0 ? " and " : ", ");
		integer_format_pretty(b, parts[i].n);
		buf_char(b, ' ');
		buf_str(b, parts[i].n == 1 ? parts[i].one : parts[i].many);
	}
}

static void
put_needs(struct buf *b, const struct verdict *v)
{
	const struct part parts[] = {
		{ v->counts.error, "correction", "corrections" },
		{ v->counts.query - v->counts.absent, "explanation", "explanations" },
		{ v->counts.absent, "entry that was left out", "entries that were left out" },
	};

	buf_str(b, "Needs ");
	put_parts(b, parts, sizeof(parts) / sizeof(parts[0]));
	buf_char(b, '.');
}

static void
put_passes(struct buf *b, const struct verdict *v)
{
	uint32_t answered = v->counts.conditions - v->counts.passed - v->counts.not_evaluated;

	buf_str(b, "Passes every check that applied: ");
	if (v->counts.passed == v->counts.conditions)
		buf_str(b, "all ");
	integer_format_pretty(b, v->counts.passed);
	if (v->counts.passed != v->counts.conditions) {
		buf_str(b, " of ");
		integer_format_pretty(b, v->counts.conditions);
	}
	if (answered > 0) {
		buf_str(b, "; ");
		integer_format_pretty(b, answered);
		buf_str(b, v->counts.waived == 0 ? " explained" : " explained or waived");
	}
	if (v->counts.not_evaluated > 0) {
		buf_str(b, "; ");
		integer_format_pretty(b, v->counts.not_evaluated);
		buf_str(b, " could not be made");
	}
	buf_char(b, '.');
}

/* A check by hand is not judged again: there is no ledger to find it in. */
void
verdict_headline(struct buf *b, const struct verdict *v)
{
	switch (v->outcome) {
	case UNREADABLE: buf_str(b, "We could not read this file."); break;
	case UNDETERMINED:
		buf_str(b, "We could not judge this file: the fault is ours.");
		if (v->submission.seq >= 0)
			buf_str(b, " It will be judged again; you need do nothing.");
		break;
	case NON_COMPLIANT:
	case QUERIED: put_needs(b, v); break;
	default: put_passes(b, v); break;
	}
}
