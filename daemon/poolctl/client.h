/* A request to the daemon over its control socket, and what is printed of the answers. */
#ifndef DAEMON_POOLCTL_CLIENT_H
#define DAEMON_POOLCTL_CLIENT_H

#include <stdbool.h>

#include <jansson.h>

#include "daemon/poolctl/poolctl.h"

/* The options that commands of this kind share; each command says which it has. */
struct client_options {
	const char *socket; /* --socket, or the one of the default configuration */
	bool json;
	const char *region, *outcome, *area;
	long limit;
	const char *since, *from;
	const char *rest; /* the one argument that is no option */
};

/* EXIT_OK, or EXIT_USAGE after saying why. takes: letters of the options: j r o a l t (--since) f (--from); '+' one argument. */
int client_read_options(const char *takes, int argc, char **argv, struct client_options *);

/* What POOLD_SOCKET names, or the socket of the default configuration. */
const char *client_default_socket(void);

/*
 * Send the request (taken) and give each answer to each() until the end.  last is the object with
 * "end", the caller's.  false: the daemon was not reached or said it cannot; that was said on stderr.
 */
bool client_ask(const struct client_options *, json_t *request, bool (*each)(void *, json_t *),
    void *arg, json_t **last);

/* Print JSON as a line; a member as text, escaped, padded or cut to a width (0: as it is). */
void print_json(json_t *);
void print_cell(json_t *object, const char *key, int width);
void print_text(const char *, int width);

#endif
