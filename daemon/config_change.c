/* A configuration that was read while another is in force: what of it is taken. */
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"

static bool
is_text(const struct config_key *k)
{
	return k->kind == CONFIG_PATH || k->kind == CONFIG_WORD;
}

static void
name_add(struct buf *names, const char *name)
{
	if (names->n > 0)
		buf_str(names, ", ");
	buf_str(names, name);
}

void
config_take(struct config *config, struct config *fresh, struct buf *taken, struct buf *kept)
{
	const struct config_key *keys;
	char **old_text, **new_text, *text;
	int64_t *old, *new;
	size_t i, n;

	keys = config_keys(&n);
	for (i = 0; i < n; i++) {
		old_text = (char **)(void *)((char *)config + keys[i].at);
		new_text = (char **)(void *)((char *)fresh + keys[i].at);
		old = (int64_t *)(void *)old_text;
		new = (int64_t *)(void *)new_text;
		if (is_text(&keys[i]) ? strcmp(*old_text, *new_text) == 0 : *old == *new)
			continue;
		name_add(keys[i].live ? taken : kept, keys[i].name);
		if (!keys[i].live)
			continue;
		if (is_text(&keys[i])) { /* the old one is freed with what was read */
			text = *old_text;
			*old_text = *new_text;
			*new_text = text;
		} else
			*old = *new;
	}
}
