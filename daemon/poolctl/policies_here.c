/* The policies of a command that needs no daemon: where they are, and what is said of them. */
#include "daemon/poolctl/policies_here.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/log.h"

/* Policies beside this program: where it was installed to, or in the tree it was built in. */
static const char *
policies_beside_us(void)
{
	static const char *const from_here[] = { "../share/poold/lua-policies",
		"../lua-policies" };
	static char path[PATH_MAX + 32];
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	if ((slash = strrchr(self, '/')) == NULL)
		return NULL;
	slash[1] = '\0';
	for (size_t i = 0; i < sizeof(from_here) / sizeof(from_here[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", self, from_here[i]);
		if (access(path, F_OK) == 0)
			return path;
	}
	return NULL;
}

/* Where the policies are when nobody says: the environment, here, or where they are installed. */
const char *
policies_default(void)
{
	const char *given = getenv("POOLD_POLICIES");

	if (given != NULL && given[0] != '\0')
		return given;
	if (access("lua-policies", F_OK) == 0)
		return "lua-policies";
	given = policies_beside_us();
	return given != NULL ? given : POOLD_PREFIX "/share/poold/lua-policies";
}

static void
tell_message(const struct load_message *m)
{
	void (*const tell)(const char *, ...) = m->refuses || m->warns ? log_warnx : log_info;

	if (m->file.n == 0)
		tell("%.*s", TEXT_ARG(m->what));
	else
		tell("%.*s:%u: %.*s", TEXT_ARG(m->file), m->line, TEXT_ARG(m->what));
}

void
policies_tell(const struct wire_rulebook *r, bool refusals)
{
	for (uint32_t i = 0; i < r->n_messages; i++)
		if ((r->messages[i].refuses || r->messages[i].warns) == refusals)
			tell_message(&r->messages[i]);
}

void
policies_tell_lines(const struct buf *why)
{
	struct text rest = buf_as_text(why);
	const char *end;

	while (rest.n > 0) {
		end = memchr(rest.p, '\n', rest.n);
		size_t n = end != NULL ? (size_t)(end - rest.p) : rest.n;

		if (n > 0)
			log_warnx("%.*s", (int)n, rest.p);
		n += end != NULL;
		rest.p += n;
		rest.n -= n;
	}
}
