/*
 * The control socket: poolctl's requests, JSON lines over a unix stream socket (0660).
 *
 * A request is one object, {"command":"list", …}; the answer is one or more objects, a line each, the
 * last with "end": true, and "error" when something is wrong.  `tail` has no end.
 */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/text.h"

struct control;
struct keeper;

struct control *control_new(struct keeper *, struct buf *why);
void control_free(struct control *);
/* New verdicts are in the ledger: tell who follows. */
void control_notify(struct control *);
/* A reload has ended. */
void control_reloaded(struct control *, bool taken);

#endif
