/*
 * Judging for `poolctl check`: the policies, the sandboxed process, and the history that --with gives.
 *
 * A --with file is judged first, like any other, as of when it came by --with-at (else: when the file to
 * be checked does), and what it came to stands for what the ledger would know: accepted returns answer "previous" and "returns", any that could be read answers "version".
 */
#include "daemon/poolctl/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/evaluator_client.h"
#include "daemon/log.h"
#include "daemon/poolctl/policies_here.h"
#include "daemon/sha256.h"

/* What a --with file came to. */
struct known {
	struct check_file file;
	instant received;
	struct buf bytes; /* holds result's texts */
	struct result result;
	bool accepted;
};

struct check_judge {
	const struct check_options *options;
	struct policies policies;
	struct wire_rulebook rulebook;
	struct client *client;
	struct known known[CHECK_WITH];
	uint32_t n_known;
	struct past_return *answer; /* to the question before */
	bool undetermined;          /* a file could not be judged for a reason of ours */
};

static bool
read_fd(int fd, const char *path, struct buf *b)
{
	char part[65536];
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			log_warn("%s: cannot be read", path);
			return false;
		}
		buf_put(b, part, (size_t)n);
		if (b->n > CHECK_BYTES) {
			log_warnx("%s: larger than 64 MB; a return is never so large. Is it "
				  "the right file?",
			    path);
			return false;
		}
	}
	if (buf_failed(b))
		log_warnx("%s: there is not enough memory to read it", path);
	return !buf_failed(b);
}

/* A regular file, or standard input for "-". */
static int
open_file(const char *path)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0)
		return dup(STDIN_FILENO);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1) {
		log_warn("%s: cannot be opened", path);
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	log_warnx("%s: is not a file", path);
	(void)close(fd);
	return -1;
}

bool
check_file_read(const char *path, struct check_file *file)
{
	const char *slash = strrchr(path, '/');
	int fd = open_file(path);
	bool good;

	*file =
	    (struct check_file){ .name = slash != NULL && slash[1] != '\0' ? slash + 1 : path };
	if (fd == -1)
		return false;
	good = read_fd(fd, path, &file->bytes);
	(void)close(fd);
	if (!good) {
		buf_free(&file->bytes);
		return false;
	}
	sha256_hex(buf_as_text(&file->bytes), file->sha256);
	return true;
}

static bool
load(struct check_judge *judge)
{
	const struct check_options *o = judge->options;
	struct evaluator_options eo = client_default_options();
	struct buf why = { 0 };
	bool good = false;

	if (policies_read(o->policies, &judge->policies, &why)) {
		eo.packs = o->packs;
		eo.n_packs = o->n_packs;
		/* a policy that is being written is tried on a file before its examples are right */
		eo.examples = EXAMPLES_TELL;
		judge->client = client_start(&judge->policies, &eo, 0, &judge->rulebook, &why);
		good = judge->client != NULL;
		policies_tell(&judge->rulebook, true);
		if (judge->rulebook.warnings > 0)
			log_warnx("%s: poold would refuse these policies, for what their "
				  "examples come "
				  "to; here they judge all the same",
			    o->policies);
		if (!good && judge->rulebook.refusals > 0)
			log_warnx("%s: %u mistake%s; nothing was judged", o->policies,
			    judge->rulebook.refusals, judge->rulebook.refusals == 1 ? "" : "s");
	} else {
		judge->policies.memfd = -1;
	}
	if (!good)
		policies_tell_lines(&why);
	buf_free(&why);
	return good;
}

static struct submission
submission_of(
    const struct check_options *o, const struct check_file *file, instant at, bool given)
{
	return (struct submission){ .bytes = buf_as_text(&file->bytes),
		.name = text_of(file->name),
		.region = text_of(o->region),
		.sha256 = text_of(file->sha256),
		.seq = -1,
		.revision = 1,
		.received = at,
		.time_given = given };
}

static bool
need_is(struct text need, struct text have)
{
	return need.n == 0 || text_equal(need, have);
}

/* Whether a known return answers a need. */
static bool
answers(const struct identity *identity, const struct need *need, const struct known *k)
{
	const struct result *r = &k->result;

	switch (need->kind) {
	case NEED_PREVIOUS:
		return k->accepted && text_equal(r->form, identity->form) &&
		    text_equal(r->area, identity->area) &&
		    text_compare(r->period, identity->period) < 0;
	case NEED_VERSION:
		return text_equal(r->form, identity->form) &&
		    text_equal(r->area, identity->area) &&
		    text_equal(r->period, identity->period);
	case NEED_RETURNS:
		return k->accepted && need_is(need->form, r->form) &&
		    need_is(need->area, r->area) && need_is(need->period, r->period);
	}
	return false;
}

static struct past_return
past_of(const struct check_judge *judge, const struct known *k, uint32_t need)
{
	return (struct past_return){ .need = need,
		.id = text_of(k->file.name),
		.sha256 = text_of(k->file.sha256),
		.region = text_of(judge->options->region),
		.form = k->result.form,
		.area = k->result.area,
		.period = k->result.period,
		.received = k->received,
		.budget = k->result.budget };
}

/* Whether `other` is to be given in the place of `k`: a later period, or a later one on the command line. */
static bool
better(const struct need *need, const struct known *other, const struct known *k)
{
	int c = text_compare(other->result.period, k->result.period);

	if (need->kind == NEED_RETURNS && !text_equal(other->result.area, k->result.area))
		return false;
	if (need->kind == NEED_RETURNS && c != 0)
		return false;
	return c != 0 ? c > 0 : other > k;
}

/* The --with files that answer a need, each only when no other is to be given in its place. */
static void
answer_need(struct check_judge *judge, const struct identity *identity, uint32_t i,
    struct history *history)
{
	const struct need *need = &identity->needs[i];
	bool best;

	for (uint32_t k = 0; k < judge->n_known; k++) {
		const struct known *one = &judge->known[k];

		best = answers(identity, need, one);
		for (uint32_t m = 0; best && m < judge->n_known; m++)
			best = !(answers(identity, need, &judge->known[m]) &&
			    better(need, &judge->known[m], one));
		if (best)
			history->returns[history->n++] = past_of(judge, one, i);
	}
}

static bool
give_history(void *arg, const struct identity *identity, struct history *history)
{
	struct check_judge *judge = arg;

	*history = (struct history){ 0 };
	free(judge->answer);
	judge->answer =
	    calloc((size_t)identity->n_needs * judge->n_known + 1, sizeof(*judge->answer));
	if (judge->answer == NULL)
		return false;
	history->returns = judge->answer;
	for (uint32_t i = 0; i < identity->n_needs; i++)
		answer_need(judge, identity, i, history);
	return true;
}

/* The verdict of our own failing, rendered here: nothing in it comes from the file but its name. */
static void
render_failed(const struct check_judge *judge, const struct submission *s,
    const struct buf *why, struct buf *out)
{
	const struct text_style style = { .colour = true };
	struct arena *arena = arena_new();
	struct verdict *v = verdict_failed(arena, s, judge->rulebook.digest, buf_as_text(why));

	buf_clear(out);
	switch (judge->options->format) {
	case CHECK_TEXT: render_text(out, v, &style); break;
	case CHECK_JSON: render_json(out, v); break;
	case CHECK_HTML: render_html(out, v); break;
	}
	arena_free(arena);
}

/* As check_judge_file(), of a file that came at a time. */
static bool
judge_at(struct check_judge *judge, const struct check_file *file, instant at, bool given,
    struct buf *bytes, struct result *out)
{
	struct submission s = submission_of(judge->options, file, at, given);
	struct buf why = { 0 };
	const char *wrong = NULL;
	bool good;

	good = client_judge(judge->client, &s, 0, give_history, judge, bytes, &why);
	if (good && !result_read(buf_as_text(bytes), out, &wrong)) {
		good = false;
		buf_printf(&why, "What the evaluator sent is not a result: %s.", wrong);
	}
	if (!good)
		render_failed(judge, &s, &why, bytes);
	else
		judge->undetermined = judge->undetermined || out->outcome == UNDETERMINED;
	buf_free(&why);
	return good;
}

bool
check_judge_file(struct check_judge *judge, const struct check_file *file, struct buf *bytes,
    struct result *out)
{
	const struct check_options *o = judge->options;

	return judge_at(judge, file, o->at, o->at_given, bytes, out);
}

/* Without its own time an earlier return may fail by what was not due yet when it came. */
static void
tell_not_accepted(const struct check_with *with, enum outcome outcome)
{
	struct buf when = { 0 };

	time_format_pretty(&when, with->at);
	log_warnx("note: %s is %s, so it serves for its explanations only, not as an accepted "
		  "return; it was judged as if it had come on %.*s%s",
	    with->path, outcome_names[outcome], TEXT_ARG(buf_as_text(&when)),
	    with->at_given ? "" : "; --with-at says when it did");
	buf_free(&when);
}

/* Judge the --with files, in their order; those that are no use are told and left out. */
static bool
judge_known(struct check_judge *judge)
{
	const struct check_options *o = judge->options;

	for (uint32_t i = 0; i < o->n_with; i++) {
		struct known *k = &judge->known[judge->n_known];
		const struct check_with *with = &o->with[i];

		if (!check_file_read(with->path, &k->file))
			return false;
		k->received = with->at;
		if (!judge_at(judge, &k->file, with->at, o->at_given || with->at_given,
			&k->bytes, &k->result) ||
		    k->result.budget.n == 0) {
			log_warnx(
			    "%s: could not be judged, so it cannot serve as an earlier return",
			    with->path);
			buf_free(&k->file.bytes);
			buf_free(&k->bytes);
			return false;
		}
		k->accepted = k->result.outcome == COMPLIANT || k->result.outcome == QUERIED;
		if (!k->accepted && !o->quiet)
			tell_not_accepted(with, k->result.outcome);
		judge->n_known++;
	}
	return true;
}

struct check_judge *
check_judge_new(const struct check_options *o)
{
	struct check_judge *judge = calloc(1, sizeof(*judge));

	if (judge == NULL)
		fatal("out of memory");
	judge->options = o;
	judge->policies.memfd = -1;
	if (load(judge) && judge_known(judge))
		return judge;
	check_judge_free(judge);
	return NULL;
}

/* What the policies want known (which data are not loaded) matters when a file could not be judged. */
void
check_judge_free(struct check_judge *judge)
{
	if (judge->undetermined && !judge->options->quiet)
		policies_tell(&judge->rulebook, false);
	client_stop(judge->client);
	wire_rulebook_free(&judge->rulebook);
	if (judge->policies.memfd != -1)
		policies_close(&judge->policies);
	for (uint32_t i = 0; i < judge->n_known; i++) {
		buf_free(&judge->known[i].file.bytes);
		buf_free(&judge->known[i].bytes);
	}
	free(judge->answer);
	free(judge);
}
