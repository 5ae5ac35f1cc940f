/* Reading JSON (RFC 8259). */
#ifndef RULES_READ_JSON_H
#define RULES_READ_JSON_H

#include "rules/document.h"

/*
 * Numbers are kept as the text in the file.  One BOM is skipped.  Refused with line and column: bytes
 * that are not UTF-8, form feed and vertical tab outside strings, duplicate keys of one object,
 * depth beyond the limit, anything after the value, a NUL.  NULL: *error says why.
 */
struct document *read_json(
    struct arena *, struct text bytes, const struct read_options *, struct read_error *error);

#endif
