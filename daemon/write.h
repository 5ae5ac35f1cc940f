/* Bytes into a descriptor, all of them. */
#ifndef POOLD_WRITE_H
#define POOLD_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/* Short writes are gone on with, and interrupted ones.  For what blocks; false with errno: some may be there. */
bool write_all(int fd, const void *bytes, size_t n);

#endif
