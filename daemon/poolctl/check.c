/*
 * poolctl check: judge files without a daemon, by the same policies in the same sandbox.
 *
 * Nothing is recorded.  check_judge.c has the policies, the sandboxed process and the history that
 * --with gives; check_text.c what is safe to show.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/poolctl/check.h"
#include "daemon/poolctl/policies_here.h"
#include "daemon/poolctl/poolctl.h"
#include "daemon/poolctl/screen.h"

enum {
	OPT_POLICIES = 256,
	OPT_PACK,
	OPT_FORMAT,
	OPT_REGION,
	OPT_AT,
	OPT_WITH,
	OPT_WITH_AT,
	OPT_STRICT,
	OPT_QUIET,
	OPT_JSON
};

static const struct option options[] = {
	{ "policies", required_argument, NULL, OPT_POLICIES },
	{ "pack", required_argument, NULL, OPT_PACK },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "region", required_argument, NULL, OPT_REGION },
	{ "at", required_argument, NULL, OPT_AT },
	{ "with", required_argument, NULL, OPT_WITH },
	{ "with-at", required_argument, NULL, OPT_WITH_AT },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "json", no_argument, NULL, OPT_JSON },
	{ NULL, 0, NULL, 0 },
};

static const char *const formats[] = {
	[CHECK_TEXT] = "text", [CHECK_JSON] = "json", [CHECK_HTML] = "html"
};

static int
set_format(struct check_options *o, const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i], name) == 0) {
			o->format = (enum check_format)i;
			return EXIT_OK;
		}
	return usage_error(
	    "check", "there is no format \"%s\"; it is text, json or html", name);
}

static int
set_time(const char *text, instant *at, bool *given)
{
	*given = true;
	if (time_read(text_of(text), at) == TIME_OK)
		return EXIT_OK;
	return usage_error("check",
	    "\"%s\" is not a time; write 2014-11-28T16:05:00Z or \"2014-11-28 16:05 London\"",
	    text);
}

static int
add(const char **list, uint32_t *n, uint32_t most, const char *value, const char *option)
{
	if (*n >= most)
		return usage_error("check", "more than %u times %s", most, option);
	list[(*n)++] = value;
	return EXIT_OK;
}

/* The one behind the last is where --with-at puts its time; each that follows has it, too. */
static int
add_with(struct check_options *o, const char *path)
{
	struct check_with *one = &o->with[o->n_with];

	if (o->n_with >= CHECK_WITH)
		return usage_error("check", "more than %u times --with", CHECK_WITH);
	one->path = path;
	one[1] = (struct check_with){ .at = one->at, .at_given = one->at_given };
	o->n_with++;
	return EXIT_OK;
}

/* One option; EXIT_OK or what to end with. */
static int
set_option(struct check_options *o, int which, const char *value)
{
	struct check_with *next = &o->with[o->n_with];

	switch (which) {
	case OPT_POLICIES: o->policies = value; return EXIT_OK;
	case OPT_PACK: return add(o->packs, &o->n_packs, CHECK_PACKS, value, "--pack");
	case OPT_WITH: return add_with(o, value);
	case OPT_WITH_AT: return set_time(value, &next->at, &next->at_given);
	case OPT_FORMAT: return set_format(o, value);
	case OPT_JSON: o->format = CHECK_JSON; return EXIT_OK;
	case OPT_REGION: o->region = value; return EXIT_OK;
	case OPT_AT: return set_time(value, &o->at, &o->at_given);
	case OPT_STRICT: o->strict = true; return EXIT_OK;
	case OPT_QUIET: o->quiet = true; return EXIT_OK;
	default: return EXIT_OK;
	}
}

/* When the --with files came, once it is known when the others did. */
static int
settle_with(struct check_options *o)
{
	const struct check_with *left = &o->with[o->n_with];

	if (left->at_given && (o->n_with == 0 || left->at != left[-1].at))
		return usage_error(
		    "check", "--with-at stands before the --with files that came then");
	for (uint32_t i = 0; i < o->n_with; i++) {
		if (!o->with[i].at_given)
			o->with[i].at = o->at;
		else if (o->with[i].at > o->at)
			return usage_error("check",
			    "by --with-at, %s came after the file that is compared with it",
			    o->with[i].path);
	}
	return EXIT_OK;
}

static int
read_options(int argc, char **argv, struct check_options *o)
{
	int which, status;

	*o = (struct check_options){ .region = "" };
	opterr = 0;
	optind = 1;
	while ((which = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		status = which == '?' || which == ':'
		    ? option_error("check", options, NULL, which, argv)
		    : set_option(o, which, optarg);
		if (status != EXIT_OK)
			return status;
	}
	if (optind == argc)
		return usage_error("check", "which file? Name one or more");
	o->files = argv + optind;
	o->n_files = argc - optind;
	if (o->format == CHECK_HTML && o->n_files > 1)
		return usage_error("check", "--format html makes one page: name one file");
	if (o->policies == NULL)
		o->policies = policies_default();
	if (!o->at_given)
		o->at = (instant)time(NULL);
	o->colour = screen_colours();
	return settle_with(o);
}

/* Where we are, for a person who waits; cleared before anything is written. */
static void
show_progress(const struct check_options *o, int i, const char *name)
{
	struct buf b = { 0 };

	if (o->n_files < 4 || o->quiet || !isatty(STDERR_FILENO))
		return;
	if (name == NULL) {
		(void)fputs("\r\033[K", stderr);
		return;
	}
	buf_safe_cut(&b, text_of(name), 60);
	(void)fprintf(
	    stderr, "\r\033[K%d of %d: %s", i + 1, o->n_files, b.p != NULL ? b.p : "");
	(void)fflush(stderr);
	buf_free(&b);
}

/* Between the verdicts of several files: what makes an array of them, or an empty line. */
static void
put_between(const struct check_options *o, struct buf *out, int shown)
{
	if (o->format == CHECK_JSON && o->n_files > 1)
		buf_str(out, shown == 0 ? "[" : ",");
	if (o->format == CHECK_TEXT && shown > 0)
		buf_char(out, '\n');
}

static void
put_result(const struct check_options *o, struct buf *out, const struct result *r)
{
	switch (o->format) {
	case CHECK_JSON: buf_text(out, r->json); break;
	case CHECK_HTML: buf_text(out, r->html); break;
	case CHECK_TEXT: check_put_text(out, r->text, o->colour); break;
	}
}

static int
status_of(const struct check_options *o, enum outcome outcome)
{
	switch (outcome) {
	case COMPLIANT: return EXIT_OK;
	case QUERIED: return o->strict ? EXIT_NO : EXIT_OK;
	case NON_COMPLIANT: return EXIT_NO;
	default: return EXIT_FAILED;
	}
}

static bool
flush_out(const struct check_options *o, struct buf *out)
{
	bool good = !buf_failed(out);

	if (good && !o->quiet && out->n > 0)
		good = fwrite(out->p, 1, out->n, stdout) == out->n;
	buf_clear(out);
	return good;
}

/* One file to its verdict on standard output; the exit status it asks for. */
static int
check_one(
    const struct check_options *o, struct check_judge *judge, const char *path, int *shown)
{
	struct check_file file = { 0 };
	struct buf bytes = { 0 }, out = { 0 };
	struct result r;
	int status = EXIT_FAILED;

	if (!check_file_read(path, &file))
		return EXIT_FAILED;
	put_between(o, &out, (*shown)++);
	if (check_judge_file(judge, &file, &bytes, &r)) {
		put_result(o, &out, &r);
		status = status_of(o, r.outcome);
	} else if (o->format == CHECK_TEXT) {
		check_put_text(&out, buf_as_text(&bytes), o->colour);
	} else {
		buf_text(&out, buf_as_text(&bytes));
	}
	if (!flush_out(o, &out))
		status = EXIT_FAILED;
	buf_free(&file.bytes);
	buf_free(&bytes);
	buf_free(&out);
	return status;
}

int
cmd_check(int argc, char **argv)
{
	struct check_options o;
	struct check_judge *judge;
	int status = read_options(argc, argv, &o), one, shown = 0;

	if (status != EXIT_OK)
		return status;
	judge = check_judge_new(&o);
	if (judge == NULL)
		return EXIT_FAILED;
	for (int i = 0; i < o.n_files; i++) {
		show_progress(&o, i, o.files[i]);
		one = check_one(&o, judge, o.files[i], &shown);
		show_progress(&o, i, NULL);
		status = one > status ? one : status;
	}
	if (o.format == CHECK_JSON && o.n_files > 1 && !o.quiet)
		(void)puts(shown > 0 ? "]" : "[]");
	check_judge_free(judge);
	return fflush(stdout) == 0 ? status : EXIT_FAILED;
}
