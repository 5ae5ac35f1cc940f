/* poolctl show: one verdict, byte for byte as it was published. */
#include <stdio.h>

#include "daemon/log.h"
#include "daemon/poolctl/client.h"

int
cmd_show(int argc, char **argv)
{
	struct client_options o;
	json_t *last, *verdict;
	int status = EXIT_OK;

	if (client_read_options("j+", argc, argv, &o) != EXIT_OK)
		return EXIT_USAGE;
	if (!client_ask(&o, json_pack("{s:s,s:s}", "command", "show", "which", o.rest), NULL,
		NULL, &last))
		status = EXIT_FAILED;
	else if (!json_is_true(json_object_get(last, "found"))) {
		log_warnx(
		    "there is no verdict \"%s\"; `poolctl list` shows their numbers", o.rest);
		status = EXIT_NO;
	} else {
		verdict = json_object_get(last, "verdict");
		(void)fwrite(
		    json_string_value(verdict), 1, json_string_length(verdict), stdout);
	}
	json_decref(last);
	return status;
}
