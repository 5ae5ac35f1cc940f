/*
 * How fast a workbook is read, from its bytes to cells in memory, inside one process.
 *
 * usage: workbook FILE N        prints cells, seconds of processor time (the median of N), and the most memory in kB
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "rules/document.h"
#include "tests/bench/measured.h"

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
compare_seconds(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int
main(int argc, char **argv)
{
	long n = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	struct read_options options = { .workbooks = true };
	struct read_error error;
	struct rusage used;
	double took[101];
	uint32_t cells = 0;

	if (n < 1 || n > 101)
		die("usage: workbook FILE N");
	struct text bytes = slurp(argv[1]);
	for (long i = 0; i < n; i++) {
		struct arena *arena = arena_new();
		double start = seconds();
		struct document *d =
		    document_read(arena, bytes, text_of(argv[1]), &options, &error);

		took[i] = seconds() - start;
		if (d == NULL) {
			fprintf(stderr, "%.*s\n", TEXT_ARG(error.what));
			die("the workbook was not read");
		}
		cells = d->n_cells;
		arena_free(arena);
	}
	getrusage(RUSAGE_SELF, &used);
	qsort(took, (size_t)n, sizeof(*took), compare_seconds);
	printf("%u %.6f %ld\n", cells, took[n / 2], used.ru_maxrss);
	return 0;
}
