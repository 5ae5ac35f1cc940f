/*
 * Lists of folders that break off: an error in the middle of one is not its end.
 *
 * What was listed is treated as ever; what was not may be there all the same, so nothing is forgotten or
 * removed for its lack, it is said, and the list is read again soon, until it is whole.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/disk.h"
#include "daemon/inbox_private.h"

#define AGAIN_MS 1000

void
inbox_listed(struct inbox *inbox, int error)
{
	struct buf b = { 0 };

	if (error == 0) {
		if (inbox->broke_off) {
			inbox->trouble[0] = '\0';
			inbox->calls.region(inbox->arg, NULL,
			    "The list of the root folder is whole again.", true);
		}
		inbox->broke_off = false;
		return;
	}
	inbox->broke_off = true;
	inbox_look_again(inbox, AGAIN_MS);
	buf_str(&b, "The list of the root folder ");
	buf_safe(&b, text_of(inbox->options.root));
	buf_printf(&b,
	    " broke off: %s. A region that was not listed may have to wait; the list is read "
	    "again until it is whole.",
	    disk_words(inbox->root, error));
	inbox_say(inbox, &b);
	buf_free(&b);
}

void
region_refuse(struct region *r, const char *why)
{
	if (strncmp(r->refused, why, sizeof(r->refused) - 1) == 0)
		return;
	(void)snprintf(r->refused, sizeof(r->refused), "%s", why);
	r->inbox->calls.region(r->inbox->arg, r, r->refused, false);
}

static void
region_listed_whole(struct region *r, enum region_list which)
{
	if ((r->broke_off & which) == 0)
		return;
	r->broke_off = (uint8_t)(r->broke_off & ~which);
	if (r->broke_off != 0)
		return;
	r->refused[0] = '\0';
	r->inbox->calls.region(
	    r->inbox->arg, r, "The lists of the region's folders are whole again.", true);
}

void
region_listed(struct region *r, enum region_list which, int error)
{
	struct buf b = { 0 };

	if (error == 0) {
		region_listed_whole(r, which);
		return;
	}
	r->broke_off = (uint8_t)(r->broke_off | which);
	/* a region that is polled is read again anyway, and not more often: its server may be slow */
	if (!r->polled)
		inbox_look_again(r->inbox, AGAIN_MS);
	buf_str(&b, "The list of ");
	buf_safe(&b, text_of(r->inbox->options.root));
	buf_char(&b, '/');
	buf_safe(&b, r->name);
	buf_printf(&b,
	    "/%s broke off: %s. What was not listed has to wait; the list is read again until "
	    "it is whole.",
	    which == LIST_INBOX ? "inbox" : ".poold", disk_words(r->dir, error));
	if (!buf_failed(&b))
		region_refuse(r, b.p);
	buf_free(&b);
}
