/* poolctl ledger backup: poold makes the copy, and this reads all of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/poolctl/ledger.h"

static bool
each_progress(void *arg, json_t *answer)
{
	(void)arg;
	ledger_progress("pages: %lld of %lld",
	    (long long)json_integer_value(json_object_get(answer, "done")),
	    (long long)json_integer_value(json_object_get(answer, "of")));
	return true;
}

/* poold stands in a folder of its own: a whole path, the caller's to free. */
static char *
whole_path(const char *dir)
{
	char *here = dir[0] != '/' ? getcwd(NULL, 0) : strdup(""), *path = NULL;
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	if (here == NULL ||
	    asprintf(&path, "%s%s%.*s", here, dir[0] != '/' ? "/" : "", (int)n, dir) == -1)
		path = NULL;
	free(here);
	return path;
}

int
ledger_cmd_backup(const struct ledger_options *o)
{
	struct ledger_options verify = *o;
	char *dir = whole_path(o->dir);
	json_t *last = NULL;
	int status = EXIT_FAILED;

	if (dir == NULL)
		log_warn("%s", o->dir);
	else if (client_ask(&o->client, json_pack("{s:s,s:s}", "command", "backup", "dir", dir),
		     each_progress, NULL, &last)) {
		ledger_progress("%s", "");
		if (!o->client.json)
			(void)printf("The backup is in %s.\n", dir);
		verify.dir = dir;
		status = ledger_cmd_verify(&verify);
	}
	json_decref(last);
	free(dir);
	return status;
}
