/* Private to read_json.c: what is wrong with a text that is not JSON, in words for clerks. */
#ifndef RULES_READ_JSON_FAULT_H
#define RULES_READ_JSON_FAULT_H

#include "rules/document.h"

/*
 * Find the first mistake by RFC 8259 and describe it; begin is the offset after a BOM, depth the limit
 * the reader keeps.  false: there is none, the text is JSON.
 */
bool json_explain(
    struct arena *, struct text bytes, uint32_t begin, uint32_t depth, struct read_error *);

#endif
