/*
 * Publishers that were killed and have not ended: a process inside a call to a hung file server ends with
 * the call.  Each is kept in mind until it is reaped, however many there are; when one is, what hung has
 * come back.
 *
 * Room for a publisher here is made before it is started, so that its loss needs no memory.
 */
#include <stdlib.h>
#include <sys/wait.h>

#include "daemon/publish_private.h"

bool
publish_leaving_room(struct publisher *p)
{
	size_t room = p->n_leaving + 8;
	pid_t *more;

	if (p->n_leaving < p->room_leaving)
		return true;
	if ((more = realloc(p->leaving, room * sizeof(*more))) == NULL)
		return false;
	p->leaving = more;
	p->room_leaving = room;
	return true;
}

void
publish_leaves(struct publisher *p, pid_t pid)
{
	p->leaving[p->n_leaving++] = pid;
}

static bool
has_ended(pid_t pid)
{
	int status;

	return waitpid(pid, &status, WNOHANG) != 0;
}

void
publish_reap_leaving(struct publisher *p)
{
	size_t i = 0;

	while (i < p->n_leaving) {
		if (!has_ended(p->leaving[i])) {
			i++;
			continue;
		}
		p->leaving[i] = p->leaving[--p->n_leaving];
		publish_hung_again(p);
	}
}

void
publish_leaving_free(struct publisher *p)
{
	free(p->leaving);
	p->leaving = NULL;
	p->n_leaving = p->room_leaving = 0;
}
