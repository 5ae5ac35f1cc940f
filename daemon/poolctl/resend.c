/* poolctl resend: have syslog told again what it was told before. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/poolctl/client.h"
#include "rules/date.h"

/* How long ago: 90s, 15m, 2h, 3d. */
static bool
ago_read(struct text t, instant *at)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	int64_t n = 0;
	size_t i;

	if (t.n < 2 || t.n > 9)
		return false;
	for (i = 0; i + 1 < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
		n = n * 10 + (t.p[i] - '0');
	}
	for (i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (units[i].letter == t.p[t.n - 1]) {
			*at = (instant)time(NULL) - n * units[i].seconds;
			return true;
		}
	return false;
}

static bool
number_read(const char *s, long long *n)
{
	char *end;

	*n = strtoll(s, &end, 10);
	return end != s && *end == '\0' && *n > 0;
}

/* The request, or NULL after saying what is wrong with the options. */
static json_t *
resend_request(const struct client_options *o)
{
	instant at;
	long long from;

	if ((o->since == NULL) == (o->from == NULL)) {
		(void)usage_error("resend", "it needs either --since or --from.");
		return NULL;
	}
	if (o->from != NULL) {
		if (number_read(o->from, &from))
			return json_pack(
			    "{s:s,s:I}", "command", "resend", "from", (json_int_t)from);
		(void)usage_error(
		    "resend", "--from needs a number from 1 on; \"%s\" is none.", o->from);
		return NULL;
	}
	if (time_read(text_of(o->since), &at) == TIME_OK || ago_read(text_of(o->since), &at))
		return json_pack("{s:s,s:I}", "command", "resend", "since", (json_int_t)at);
	(void)usage_error("resend",
	    "--since needs a time such as 2014-11-28T16:05:00Z, or how long ago, such as 90s, "
	    "15m, 2h or 3d; \"%s\" is neither.",
	    o->since);
	return NULL;
}

static long long
number(json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

static void
print_resend(json_t *last)
{
	if (number(last, "sending") == 0) {
		(void)puts("There is nothing to send again: no record that syslog was told is "
			   "that new.");
		return;
	}
	(void)printf(
	    "%lld records are being sent again, from number %lld to %lld, in order and "
	    "beside what is new.\n",
	    number(last, "sending"), number(last, "from"), number(last, "to"));
	if (json_is_true(json_object_get(last, "joined")))
		(void)puts("Others were being sent again already; they are among these.");
	if (!json_is_true(json_object_get(last, "reached"))) {
		(void)printf("They wait, as syslog is not reached: ");
		print_cell(last, "syslog", 0);
		(void)putchar('\n');
	}
	(void)puts("`poolctl status` says how many are left. Should poold be restarted before, "
		   "ask again.");
}

int
cmd_resend(int argc, char **argv)
{
	struct client_options o;
	json_t *last, *request;
	bool answered;

	if (client_read_options("jtf", argc, argv, &o) != EXIT_OK ||
	    (request = resend_request(&o)) == NULL)
		return EXIT_USAGE;
	if (!client_ask(&o, request, NULL, NULL, &last)) {
		answered = last != NULL;
		json_decref(last);
		return answered ? EXIT_NO : EXIT_FAILED;
	}
	(void)json_object_del(last, "end");
	if (o.json)
		print_json(last);
	else
		print_resend(last);
	json_decref(last);
	return EXIT_OK;
}
