/* What programs that measure share: the file and the policies to measure with, and an end that says why. */
#ifndef TESTS_BENCH_MEASURED_H
#define TESTS_BENCH_MEASURED_H

#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/policies.h"
#include "rules/evaluate.h"

static inline void
die(const char *what)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
	exit(1);
}

/* A file mapped for good. */
static inline struct text
slurp(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) == -1)
		die("cannot open the file");
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		die("cannot map the file");
	close(fd);
	return (struct text){ p, (size_t)st.st_size };
}

/* The rulebook of a folder of policies, for good. */
static inline struct rulebook *
load_policies(const char *dir)
{
	static struct tree tree;
	struct load_options options = { .digest = TEXT("bench") };
	struct load_report report = { 0 };
	struct policies policies;
	struct buf lines = { 0 };
	const char *why;

	if (!policies_read(dir, &policies, &lines))
		die(lines.p);
	void *p = mmap(NULL, policies.bytes, PROT_READ, MAP_SHARED, policies.memfd, 0);
	if (p == MAP_FAILED || !tree_read((struct text){ p, policies.bytes }, &tree, &why))
		die("the policies cannot be read back");
	struct rulebook *rulebook = rulebook_load(&tree, &options, &report);
	if (rulebook == NULL) {
		load_report_format(&lines, &report);
		die(lines.p);
	}
	return rulebook;
}

#endif
