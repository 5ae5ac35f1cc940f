/*
 * XML parts of workbooks, as a stream of elements; expat underneath.
 *
 * Names are given without their prefix: workbooks choose prefixes freely, and where an element stands
 * says which one it is.  A document type declaration is refused, so there are no entities but the five
 * of XML itself, and nothing is ever fetched.  Depth is bounded.
 */
#ifndef RULES_READ_XML_H
#define RULES_READ_XML_H

#include "rules/package.h"

#define XML_DEPTH 64

struct xml;

struct xml_calls {
	/* depth: of this element, the root is 1.  attributes: name, value, name, …, NULL */
	void (*start)(
	    void *, struct xml *, unsigned depth, const char *name, const char **attributes);
	void (*end)(void *, struct xml *, unsigned depth, const char *name);
	void (*text)(void *, const char *, size_t); /* in pieces */
};

/* false: *error says why: damaged, not XML, or refused by xml_refuse(). */
bool xml_read(struct package *, struct arena *, struct text path, const struct xml_calls *,
    void *arg, struct read_error *);
/*
 * The same for a part that may be large, a sheet or its texts: in UTF-8 it is scanned by xml_scan.h, which
 * takes a sixth of the time.
 */
bool xml_read_large(struct package *, struct arena *, struct text path,
    const struct xml_calls *, void *arg, struct read_error *);
/* As xml_read_large() for XML that is a file by itself. */
bool xml_read_bytes(struct text bytes, struct arena *, const struct xml_calls *, void *arg,
    struct read_error *);
/* From within a call: this part cannot be taken, and why; a whole sentence. */
void xml_refuse(struct xml *, const struct read_error *);
/* From within a call: whether text is wanted at all; much of a workbook is text that nobody needs. */
void xml_want_text(struct xml *, bool);
/*
 * From within start(): until this element ends, its children are first shown to known() (xml_scan.h says how),
 * with the argument of the calls.  Who is shown nothing, since expat reads the part, hears of each in the
 * calls, and so must those children be heard that it does not know.
 */
typedef const char *xml_known(void *, const char *p);
void xml_show(struct xml *, xml_known *);
/* A name without its prefix. */
const char *xml_local(const char *name);
/* An attribute's value by its name without prefix, or NULL. */
const char *xml_attribute(const char **attributes, const char *name);
/* The one with a prefix ("r:id"), by the name behind it, or NULL. */
const char *xml_prefixed(const char **attributes, const char *name);

#endif
