/* poolctl tail: verdicts as they are made, until interrupted. */
#include <stdio.h>

#include "daemon/poolctl/list.h"

int
cmd_tail(int argc, char **argv)
{
	struct client_options o;
	struct list_state state = { &o, 0 };
	json_t *last;

	if (client_read_options("jro", argc, argv, &o) != EXIT_OK)
		return EXIT_USAGE;
	(void)client_ask(&o, list_request("tail", &o), list_line, &state, &last);
	json_decref(last);
	return EXIT_FAILED; /* it only ends when the daemon does */
}
