/*
 * judge POLICYDIR FILE --at TIME [--region R] [--pack P] [--text]: load a policies folder, judge one
 * file in this process (no sandbox) and print the verdict.  For tests and for trying policies.
 */
#include <sys/stat.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/evaluate.h"

struct files {
	struct tree_file *items;
	uint32_t n, cap;
};

static struct text
slurp(const char *path)
{
	struct buf b = { 0 };
	char chunk[65536];
	size_t n;
	FILE *f = fopen(path, "rb");

	if (f == NULL) {
		perror(path);
		exit(64);
	}
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_put(&b, chunk, n);
	fclose(f);
	if (b.p == NULL)
		buf_put(&b, "", 0);
	return buf_as_text(&b);
}

static void
add_file(struct files *all, const char *path, const char *name)
{
	if (all->n == all->cap) {
		all->cap = all->cap == 0 ? 64 : all->cap * 2;
		all->items = realloc(all->items, all->cap * sizeof(*all->items));
		if (all->items == NULL)
			abort();
	}
	all->items[all->n++] = (struct tree_file){ text_of(strdup(name)), slurp(path) };
}

static void
walk(struct files *all, const char *folder, const char *prefix)
{
	char path[4096], name[4096];
	struct dirent *d;
	struct stat st;
	DIR *dir = opendir(folder);

	if (dir == NULL) {
		perror(folder);
		exit(64);
	}
	while ((d = readdir(dir)) != NULL) {
		if (d->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, d->d_name);
		snprintf(name, sizeof(name), "%s%s", prefix, d->d_name);
		if (stat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			strncat(name, "/", sizeof(name) - strlen(name) - 1);
			walk(all, path, name);
		} else {
			add_file(all, path, name);
		}
	}
	closedir(dir);
}

static struct rulebook *
load(const char *folder, const char *const *packs, uint32_t n_packs, bool examples)
{
	struct files all = { 0 };
	struct buf packed = { 0 }, told = { 0 };
	static struct tree tree;
	struct load_options o = { .digest = TEXT("0"),
		.packs = packs,
		.n_packs = n_packs,
		.examples = examples ? EXAMPLES_REFUSE : EXAMPLES_SKIP };
	struct load_report report;
	struct rulebook *book;
	const char *why;

	walk(&all, folder, "");
	tree_pack(&packed, all.items, all.n);
	if (!tree_read(buf_as_text(&packed), &tree, &why)) {
		fprintf(stderr, "%s\n", why);
		exit(64);
	}
	book = rulebook_load(&tree, &o, &report);
	load_report_format(&told, &report);
	if (told.n > 0)
		fputs(told.p, stderr);
	return book;
}

static bool
no_history(void *arg, const struct identity *who, struct history *h)
{
	(void)arg;
	(void)who;
	h->returns = NULL;
	h->n = 0;
	return true;
}

static const char *
option(int argc, char **argv, const char *name)
{
	int i;

	for (i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], name) == 0)
			return argv[i + 1];
	}
	return NULL;
}

static bool
flag(int argc, char **argv, const char *name)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], name) == 0)
			return true;
	}
	return false;
}

int
main(int argc, char **argv)
{
	struct submission s = { .seq = -1, .revision = 1, .time_given = true };
	const char *at = option(argc, argv, "--at"), *pack = option(argc, argv, "--pack");
	struct text_style style = { 0 };
	struct arena *a = arena_new();
	struct rulebook *book;
	struct verdict *v;
	struct buf out = { 0 };

	if (argc < 3 || at == NULL || time_read(text_of(at), &s.received) != TIME_OK) {
		fprintf(stderr,
		    "usage: judge POLICYDIR FILE --at TIME [--region R] [--pack P] [--text] "
		    "[--examples]\n");
		return 64;
	}
	book = load(argv[1], &pack, pack != NULL, flag(argc, argv, "--examples"));
	if (book == NULL)
		return 2;
	s.bytes = slurp(argv[2]);
	s.name = text_of(argv[2]);
	s.region = text_of(option(argc, argv, "--region"));
	v = evaluate(book, a, &s, NULL, no_history, NULL, NULL);
	if (flag(argc, argv, "--text"))
		render_text(&out, v, &style);
	else
		render_json(&out, v);
	fwrite(out.p, 1, out.n, stdout);
	return v->outcome == COMPLIANT || v->outcome == QUERIED ? 0
	    : v->outcome == NON_COMPLIANT                       ? 1
								: 2;
}
