/* Finding rows of long lists: the same rows as looking at each, in the same order, for work that does not grow. */
#include "rules/rulebook_impl.h"

#include "small_pack.h"

/* A return with n lines of income, three in a row alike; the seventh has no source. */
static char *
long_return(int n)
{
	struct buf b = { 0 };
	int i;

	buf_str(&b,
	    "{\"schema\":\"s/1\",\"area\":\"E08000018\",\"year\":\"2015-16\",\"partners\":["
	    "{\"id\":\"P1\",\"type\":\"ccg\",\"code\":\"03L\"},{\"id\":\"P2\",\"type\":\"local_"
	    "authority\",\"code\":\"E4403\"}],\"income\":[");
	for (i = 0; i < n; i++) {
		buf_printf(&b, "%s{\"line\":\"L%d\",\"partner\":\"%s\",", i > 0 ? "," : "", i,
		    i % 5 == 0       ? "HWB"
			: i % 2 == 0 ? "P1"
				     : "P2");
		if (i != 7)
			buf_printf(
			    &b, "\"source\":\"%s\",", i % 4 == 0 ? "additional" : "minimum");
		buf_printf(&b, "\"amount\":%d}", i / 3);
	}
	buf_str(&b, "]}");
	return b.p;
}

/* What the Lua function `same(a, b)` says of two lists. */
#define SAME                                                                       \
	"local function same(a, b) if #a ~= #b then return false end for i, x in " \
	"a:each() do if x ~= b[i] then return false end end return true end "
#define ASK(fields, test)                                           \
	"for _ = 1, 3 do if not same(budget.income:where { " fields \
	" }, budget.income:where(function(r) return " test          \
	" end)) then error('differs') end end "

static void
a_long_list_gives_the_rows_that_looking_at_each_gives(void **state)
{
	char *text = long_return(100);
	struct judged j = judge(
	    CONDITION("A-1", "'error'",
		"check = function(budget) " SAME ASK("line = 'L33'", "r.line == 'L33'") ASK(
		    "line = 'nobody'", "false") ASK("amount = gbp '11'", "r.amount == gbp '11'")
		    ASK("source = 'additional'", "r:optional 'source' == 'additional'")
			ASK("partner = budget.partners[2]", "r.partner == budget.partners[2]")
			    ASK("partner = 'HWB'", "r.partner == 'HWB'")
				ASK("amount = gbp '4', source = 'minimum'",
				    "r.amount == gbp '4' and r:optional 'source' == 'minimum'")
				    ASK("line = { 'L33', 'L2' }",
					"r.line == 'L33' or r.line == 'L2'") " end"),
	    text);

	(void)state;
	if (j.v->outcome != COMPLIANT)
		fail_msg("%s", j.json.p);
	judged_free(&j);
	free(text);
}

static uint64_t
work_for(int rows)
{
	static const char each_asks_for_its_like[] = CONDITION("A-1", "'error'",
	    "each = 'income', check = function(line, budget) "
	    "if #budget.income:where { amount = line.amount } < 1 then error 'lost' end end");
	char *text = long_return(rows);
	struct judged j = judge(each_asks_for_its_like, text);
	uint64_t spent = j.book->limit.spent;

	if (j.v->outcome != COMPLIANT)
		fail_msg("%s", j.json.p);
	judged_free(&j);
	free(text);
	return spent;
}

static void
each_row_asking_for_its_like_costs_in_proportion(void **state)
{
	uint64_t few = work_for(300), many = work_for(3000);

	(void)state;
	assert_in_range(many, few * 5, few * 15);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_list_gives_the_rows_that_looking_at_each_gives),
		cmocka_unit_test(each_row_asking_for_its_like_costs_in_proportion),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("lua_list_index", tests, NULL, NULL);
}
