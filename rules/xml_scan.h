/*
 * A small, strict scanner of XML for the large parts of workbooks, where expat takes most of the time
 * (docs/decisions.md has the figures).
 *
 * It takes what programs write into such parts: UTF-8, elements and attributes with names of ASCII,
 * text, the five entities of XML itself and characters by number, CDATA, comments and instructions.
 * What it takes is well-formed, and its calls are those of expat without namespaces; a fuzzer holds the
 * two against each other.  A document type declaration is refused, and so is a single tag, comment or
 * instruction of more than XML_SCAN_TOKEN bytes.
 */
#ifndef RULES_XML_SCAN_H
#define RULES_XML_SCAN_H

#include "rules/arena.h"
#include "rules/text.h"

#define XML_SCAN_TOKEN ((size_t)1024 * 1024)

struct xml_scan;

/* Names with their prefixes; attributes: name, value, name, …, NULL; all of it only until they return. */
struct xml_scan_calls {
	void (*start)(void *, const char *name, const char **attributes);
	void (*end)(void *, const char *name);
	void (*text)(void *, const char *, int n); /* in pieces */
};

/*
 * Somebody who knows what programs write within an element, and takes children that are written just so
 * without a call for each piece of them.  p: the "<" of a start tag; there are readable bytes behind what
 * is to be scanned, the first of them a NUL.  Returns what is behind the elements it took, all of them whole
 * and well-formed, or p.
 */
typedef const char *xml_scan_known(void *, const char *p);

/*
 * Does a document that begins so say of itself that it is for this scanner?  If not (UTF-16, Windows-1252,
 * an odd declaration), a whole XML parser must have it.  n: 256 bytes, or all there are.
 */
bool xml_scan_takes(const char *, size_t n);

struct xml_scan *xml_scan_new(struct arena *, const struct xml_scan_calls *, void *arg);
/* The next bytes, of any number.  false: xml_scan_stop() was called, or it is not well-formed. */
bool xml_scan_feed(struct xml_scan *, const char *, size_t n, bool last);
/* What is wrong, and in which line; NULL: nothing. */
const char *xml_scan_wrong(const struct xml_scan *, unsigned long *line);
/* From within a call. */
void xml_scan_stop(struct xml_scan *);
void xml_scan_want_text(struct xml_scan *, bool);
/* From within start(): until this element ends, its children are first shown to known(). */
void xml_scan_show(struct xml_scan *, xml_scan_known *);
void xml_scan_free(struct xml_scan *);

#endif
