/* For tests that have a folder of their own. */
#ifndef TESTS_FOLDER_HELP_H
#define TESTS_FOLDER_HELP_H

#include <ftw.h>
#include <stdio.h>

static inline int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* With all that is in it; links are not followed. */
static inline int
remove_folder(const char *path)
{
	return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
