/* Libraries that policies share. */
#ifndef RULES_RULEBOOK_LIBRARY_H
#define RULES_RULEBOOK_LIBRARY_H

#include "rules/rulebook_impl.h"

/* Installs require. */
void rulebook_library_open(struct rulebook *);
/* Runs every library of the tree that has not been required before. */
void rulebook_load_libraries(struct loading *);

#endif
