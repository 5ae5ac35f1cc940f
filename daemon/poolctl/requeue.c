/* poolctl requeue: a return is judged again by the rulebook in use. */
#include <stdio.h>

#include "daemon/log.h"
#include "daemon/poolctl/client.h"

int
cmd_requeue(int argc, char **argv)
{
	struct client_options o;
	json_t *last;
	long long seq;
	bool taken;

	if (client_read_options("j+", argc, argv, &o) != EXIT_OK)
		return EXIT_USAGE;
	if (!client_ask(&o, json_pack("{s:s,s:s}", "command", "requeue", "which", o.rest), NULL,
		NULL, &last)) {
		json_decref(last);
		return EXIT_FAILED;
	}
	taken = json_is_true(json_object_get(last, "taken"));
	seq = (long long)json_integer_value(json_object_get(last, "seq"));
	if (o.json) {
		(void)json_object_del(last, "end");
		print_json(last);
	} else if (taken)
		(void)printf(
		    "Arrival %lld is being judged again; its revision %lld is shown by "
		    "`poolctl show %lld` when it is done.\n",
		    seq, (long long)json_integer_value(json_object_get(last, "revision")), seq);
	else {
		struct buf why = { 0 };

		buf_safe(&why, text_of(json_string_value(json_object_get(last, "why"))));
		log_warnx("%s", why.p != NULL ? why.p : "");
		buf_free(&why);
	}
	json_decref(last);
	return taken ? EXIT_OK : EXIT_NO;
}
