/*
 * A package: the zip archive that a workbook is, in memory, with its parts read as a stream.
 *
 * libzip underneath.  What workbooks never have is refused when the package is opened: more than
 * PACKAGE_PARTS entries, two entries of one name, entries that together claim more bytes than the file
 * has (so that nothing is gained by laying them over each other), encryption.  Parts are inflated to
 * what they say they have, or piece by piece, and never beyond PACKAGE_INFLATED bytes in all; their
 * checksums are compared.
 */
#ifndef RULES_PACKAGE_H
#define RULES_PACKAGE_H

#include "rules/document.h"

#define PACKAGE_PARTS    10000
#define PACKAGE_INFLATED (UINT64_C(1) << 30)

struct package;

/* The bytes must outlive it.  NULL: *error says why.  Close it in any case. */
struct package *package_open(struct arena *, struct text bytes, struct read_error *);
void package_close(struct package *);
/*
 * A number for hash tables over what is in the package: the same for the same bytes, and not to be
 * aimed at, since the list of parts that it comes from has their checksums.
 */
unsigned long package_salt(const struct package *);
/* The same of any bytes, by their last ones. */
unsigned long package_salt_of(struct text);
/* Is there a part of this path ("xl/workbook.xml")?  Letters of either case are the same. */
bool package_has(const struct package *, struct text path);
/*
 * Give the bytes of a part to piece(), in order; it ends the reading by returning false.  false with
 * *error: the part is damaged, too large, or not there; false without (kind NULL): piece() ended it.
 */
bool package_read(struct package *, struct text path,
    bool (*piece)(void *, const char *, size_t, bool last), void *arg, struct read_error *);

#endif
