/* What xml_scan.c (the window, text) and xml_scan_tag.c (markup) share. */
#ifndef RULES_XML_SCAN_PRIVATE_H
#define RULES_XML_SCAN_PRIVATE_H

#include "rules/xml_plain.h"
#include "rules/xml_scan.h"

#define XML_SCAN_DEPTH      256
#define XML_SCAN_ATTRIBUTES 256

struct xml_scan_attribute {
	char *name, *name_end, *value, *value_end;
	bool plain; /* the value stands as it is */
};

struct xml_scan {
	const struct xml_scan_calls *calls;
	void *arg;
	char *window, *p, *end; /* what is not scanned yet; a NUL at end */
	size_t size;
	unsigned long line; /* of the window's first byte */
	const char *wrong;
	bool last, stopped, wants_text;
	bool more;   /* the token at p is not whole yet */
	bool rooted; /* the root has begun */
	bool begun;  /* what the document begins with is passed */
	unsigned depth, known_depth;
	xml_scan_known *known; /* is shown what begins at known_depth */
	struct {
		uint32_t at, n;
	} open[XML_SCAN_DEPTH]; /* names of open elements */
	struct buf names;
	struct xml_scan_attribute attributes[XML_SCAN_ATTRIBUTES];
	const char *given[2 * XML_SCAN_ATTRIBUTES + 1];
};

/* Markup at s->p; moves behind it.  false: stopped, wrong, or more is needed. */
bool xml_scan_markup(struct xml_scan *);
/* "&amp;" at *at: its bytes, and how many; moves *at behind it.  0: bad, or more is needed. */
size_t xml_scan_reference(struct xml_scan *, char **at, char out[static 4]);
size_t xml_scan_character(struct xml_scan *, const char *p);
/*
 * Where the document begins behind its mark and declaration; NULL: they are not as programs write them.
 */
const char *xml_scan_begin(const char *p, const char *end);
bool xml_scan_bad(struct xml_scan *, const char *at, const char *wrong);

#endif
