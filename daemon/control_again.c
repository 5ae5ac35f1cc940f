/* `poolctl requeue`: an arrival is judged again. */
#include <jansson.h>

#include "daemon/control_private.h"
#include "daemon/keeper.h"

void
do_requeue(struct control_client *c, json_t *request)
{
	struct keeper *k = c->control->keeper;
	struct keeper_ask ask;
	struct buf why = { 0 };

	keeper_commit(k);
	if (keeper_again_ask(k, request_text(request, "which"), &ask, &why))
		client_end(c,
		    json_pack("{s:b,s:I,s:i}", "taken", 1, "seq", (json_int_t)ask.seq,
			"revision", (int)ask.revision));
	else if (why.n > 0)
		client_end(
		    c, json_pack("{s:b,s:o}", "taken", 0, "why", json_of(buf_as_text(&why))));
	else
		client_end(c,
		    json_pack("{s:b,s:s}", "taken", 0, "why",
			"There is no such arrival; `poolctl list` shows their numbers."));
	buf_free(&why);
}
