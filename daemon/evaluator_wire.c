#include "daemon/evaluator_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_PACKS    256
#define MOST_MESSAGES 100000
#define MOST_RETURNS  100000
#define MOST_DECLARED 100000

void
wire_put_options(struct buf *b, const struct evaluator_options *o)
{
	uint32_t i;

	ipc_put_text(b, o->digest);
	ipc_put_u32(b, o->n_packs);
	for (i = 0; i < o->n_packs; i++)
		ipc_put_text(b, (struct text){ o->packs[i], strlen(o->packs[i]) + 1 });
	ipc_put_u32(b, (uint32_t)o->examples);
	ipc_put_u32(b, o->catalogue);
	ipc_put_text(b, o->only);
	ipc_put_i64(b, (int64_t)o->lua_load_memory);
	ipc_put_i64(b, (int64_t)o->load_instructions);
	ipc_put_i64(b, (int64_t)o->lua_memory);
	ipc_put_i64(b, (int64_t)o->instructions);
	ipc_put_i64(b, (int64_t)o->condition_instructions);
	ipc_put_i64(b, (int64_t)o->address_space);
	ipc_put_u32(b, o->cpu_seconds);
}

bool
wire_get_options(struct text body, struct evaluator_options *o)
{
	struct ipc_reader r = ipc_read(body);
	const char **packs;
	struct text t;
	uint32_t i, examples;

	*o = (struct evaluator_options){ .digest = ipc_get_text(&r),
		.n_packs = ipc_get_u32(&r) };
	if (r.failed || o->n_packs > MOST_PACKS)
		return false;
	packs = calloc(o->n_packs + 1u, sizeof(*packs));
	if (packs == NULL)
		return false;
	o->packs = packs;
	for (i = 0; i < o->n_packs; i++) {
		t = ipc_get_text(&r);
		if (r.failed || t.n == 0 || t.p[t.n - 1] != '\0')
			return false;
		packs[i] = t.p;
	}
	examples = ipc_get_u32(&r);
	o->examples = examples <= EXAMPLES_TELL ? (enum examples)examples : EXAMPLES_REFUSE;
	o->catalogue = ipc_get_u32(&r);
	o->only = ipc_get_text(&r);
	o->lua_load_memory = (size_t)ipc_get_i64(&r);
	o->load_instructions = (uint64_t)ipc_get_i64(&r);
	o->lua_memory = (size_t)ipc_get_i64(&r);
	o->instructions = (uint64_t)ipc_get_i64(&r);
	o->condition_instructions = (uint64_t)ipc_get_i64(&r);
	o->address_space = (size_t)ipc_get_i64(&r);
	o->cpu_seconds = ipc_get_u32(&r);
	return ipc_read_all(&r);
}

void
wire_put_needs(struct buf *b, const struct declared_need *needs, uint32_t n)
{
	uint32_t i;

	ipc_put_u32(b, n);
	for (i = 0; i < n; i++) {
		ipc_put_u32(b, (uint32_t)needs[i].kind);
		ipc_put_text(b, needs[i].asking);
		ipc_put_text(b, needs[i].form);
		ipc_put_u32(b, needs[i].other_areas);
	}
}

static void
wire_put_declared(struct buf *b, const struct rulebook *rulebook)
{
	struct arena *a = arena_new();
	const struct declared_need *needs = NULL;
	uint32_t n = rulebook != NULL ? declared_needs(rulebook, a, &needs) : 0;

	wire_put_needs(b, needs, n);
	arena_free(a);
}

void
wire_put_rulebook(struct buf *b, const struct rulebook *rulebook,
    const struct load_report *report, const char *lacks)
{
	const struct condition_head *first;
	const struct text *ids = NULL;
	struct buf packs = { 0 };
	uint32_t i, n;

	n = rulebook != NULL ? rulebook_packs(rulebook, &ids) : 0;
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_char(&packs, ' ');
		buf_text(&packs, ids[i]);
	}
	ipc_put_text(b, rulebook != NULL ? rulebook_digest(rulebook) : TEXT_NONE);
	ipc_put_text(b, buf_as_text(&packs));
	ipc_put_u32(b, rulebook != NULL ? rulebook_conditions(rulebook, &first) : 0);
	ipc_put_text(b, text_of(lacks));
	ipc_put_u32(b, report->n);
	for (i = 0; i < report->n; i++) {
		ipc_put_u32(b, report->messages[i].refuses);
		ipc_put_u32(b, report->messages[i].warns);
		ipc_put_text(b, report->messages[i].file);
		ipc_put_u32(b, report->messages[i].line);
		ipc_put_text(b, report->messages[i].what);
	}
	wire_put_declared(b, rulebook);
	buf_free(&packs);
}

static bool
wire_get_messages(struct ipc_reader *r, struct wire_rulebook *w)
{
	struct load_message *m;
	uint32_t i;

	w->n_messages = ipc_get_u32(r);
	if (r->failed || w->n_messages > MOST_MESSAGES)
		return false;
	w->messages = calloc(w->n_messages + 1u, sizeof(*w->messages));
	if (w->messages == NULL)
		return false;
	for (i = 0; i < w->n_messages; i++) {
		m = &w->messages[i];
		m->refuses = ipc_get_u32(r) != 0;
		m->warns = ipc_get_u32(r) != 0;
		m->file = ipc_get_text(r);
		m->line = ipc_get_u32(r);
		m->what = ipc_get_text(r);
		w->refusals += m->refuses;
		w->warnings += m->warns;
	}
	return true;
}

static bool
wire_get_needs(struct ipc_reader *r, struct wire_rulebook *w)
{
	struct declared_need *d;
	uint32_t i;

	w->n_needs = ipc_get_u32(r);
	if (r->failed || w->n_needs > MOST_DECLARED)
		return false;
	w->needs = calloc(w->n_needs + 1u, sizeof(*w->needs));
	if (w->needs == NULL)
		return false;
	for (i = 0; i < w->n_needs; i++) {
		d = &w->needs[i];
		d->kind = (int)(ipc_get_u32(r) & 0xff);
		d->asking = ipc_get_text(r);
		d->form = ipc_get_text(r);
		d->other_areas = ipc_get_u32(r) != 0;
	}
	return ipc_read_all(r);
}

static bool
wire_is_declared(const struct wire_rulebook *w, const struct identity *id, const struct need *n)
{
	const struct declared_need *d;
	uint32_t i;

	for (i = 0; i < w->n_needs; i++) {
		d = &w->needs[i];
		if (d->kind == (int)n->kind && text_equal(d->asking, id->form) &&
		    text_equal(d->form, n->form) &&
		    (d->other_areas || text_equal(n->area, id->area)))
			return true;
	}
	return false;
}

bool
wire_declares(const struct wire_rulebook *w, const struct identity *id)
{
	uint32_t i;

	for (i = 0; i < id->n_needs; i++)
		if (!wire_is_declared(w, id, &id->needs[i]))
			return false;
	return true;
}

bool
wire_get_rulebook(struct text body, struct wire_rulebook *w)
{
	struct ipc_reader r;

	*w = (struct wire_rulebook){ 0 };
	w->block = malloc(body.n + 1);
	if (w->block == NULL)
		return false;
	memcpy(w->block, body.p, body.n);
	w->block_size = body.n;
	r = ipc_read((struct text){ w->block, body.n });
	w->digest = ipc_get_text(&r);
	w->packs = ipc_get_text(&r);
	w->conditions = ipc_get_u32(&r);
	w->lacks = ipc_get_text(&r);
	if (wire_get_messages(&r, w) && wire_get_needs(&r, w))
		return true;
	wire_rulebook_free(w);
	return false;
}

bool
wire_copy_rulebook(struct wire_rulebook *to, const struct wire_rulebook *from)
{
	return wire_get_rulebook((struct text){ from->block, from->block_size }, to);
}

void
wire_rulebook_free(struct wire_rulebook *w)
{
	free(w->messages);
	free(w->needs);
	free(w->block);
	*w = (struct wire_rulebook){ 0 };
}

void
wire_put_job(struct buf *b, const struct submission *s)
{
	ipc_put_i64(b, (int64_t)s->bytes.n);
	ipc_put_text(b, s->name);
	ipc_put_text(b, s->region);
	ipc_put_text(b, s->sha256);
	ipc_put_i64(b, s->seq);
	ipc_put_text(b, s->id);
	ipc_put_u32(b, s->revision);
	ipc_put_text(b, s->supersedes);
	ipc_put_text(b, s->identical_to);
	ipc_put_i64(b, s->received);
	ipc_put_u32(b, (uint32_t)s->time_given | (uint32_t)s->still_changing << 1);
}

bool
wire_get_job(struct text body, struct submission *s, size_t *size)
{
	struct ipc_reader r = ipc_read(body);
	uint32_t flags;

	*s = (struct submission){ 0 };
	*size = (size_t)ipc_get_i64(&r);
	s->name = ipc_get_text(&r);
	s->region = ipc_get_text(&r);
	s->sha256 = ipc_get_text(&r);
	s->seq = ipc_get_i64(&r);
	s->id = ipc_get_text(&r);
	s->revision = ipc_get_u32(&r);
	s->supersedes = ipc_get_text(&r);
	s->identical_to = ipc_get_text(&r);
	s->received = ipc_get_i64(&r);
	flags = ipc_get_u32(&r);
	s->time_given = (flags & 1) != 0;
	s->still_changing = (flags & 2) != 0;
	return ipc_read_all(&r);
}

void
wire_put_identity(struct buf *b, const struct identity *id)
{
	uint32_t i;

	ipc_put_text(b, id->form);
	ipc_put_text(b, id->area);
	ipc_put_text(b, id->period);
	ipc_put_u32(b, id->n_needs);
	for (i = 0; i < id->n_needs; i++) {
		ipc_put_u32(b, (uint32_t)id->needs[i].kind);
		ipc_put_text(b, id->needs[i].form);
		ipc_put_text(b, id->needs[i].area);
		ipc_put_text(b, id->needs[i].period);
	}
}

/* Copied, so that the message's memory can be used for the answer. */
static struct text
wire_keep_text(struct ipc_reader *r, struct arena *a)
{
	struct text t = ipc_get_text(r);

	return (struct text){ arena_strndup(a, t.n > 0 ? t.p : "", t.n), t.n };
}

bool
wire_get_identity(struct text body, struct arena *a, struct identity *id)
{
	struct ipc_reader r = ipc_read(body);
	struct need *need;
	uint32_t i, kind;

	id->form = wire_keep_text(&r, a);
	id->area = wire_keep_text(&r, a);
	id->period = wire_keep_text(&r, a);
	id->n_needs = ipc_get_u32(&r);
	if (r.failed || id->n_needs > WIRE_NEEDS_MOST)
		return false;
	id->needs = arena_calloc(a, id->n_needs + 1u, sizeof(*id->needs));
	for (i = 0; i < id->n_needs; i++) {
		need = &id->needs[i];
		kind = ipc_get_u32(&r);
		if (kind != NEED_PREVIOUS && kind != NEED_VERSION && kind != NEED_RETURNS)
			return false;
		if (kind == NEED_VERSION)
			need->kind = NEED_VERSION;
		else
			need->kind = kind == NEED_PREVIOUS ? NEED_PREVIOUS : NEED_RETURNS;
		need->form = wire_keep_text(&r, a);
		need->area = wire_keep_text(&r, a);
		need->period = wire_keep_text(&r, a);
	}
	return ipc_read_all(&r);
}

void
wire_put_history(struct buf *b, const struct history *h)
{
	const struct past_return *p;
	uint32_t i;

	ipc_put_u32(b, h->n);
	for (i = 0; i < h->n; i++) {
		p = &h->returns[i];
		ipc_put_u32(b, p->need);
		ipc_put_text(b, p->id);
		ipc_put_text(b, p->sha256);
		ipc_put_text(b, p->region);
		ipc_put_text(b, p->form);
		ipc_put_text(b, p->area);
		ipc_put_text(b, p->period);
		ipc_put_i64(b, p->received);
		ipc_put_text(b, p->budget);
	}
}

bool
wire_get_history(struct text bytes, struct arena *a, struct history *h)
{
	struct ipc_reader r = ipc_read(bytes);
	struct past_return *p;
	uint32_t i;

	*h = (struct history){ .n = ipc_get_u32(&r) };
	if (r.failed || h->n > MOST_RETURNS)
		return false;
	h->returns = arena_calloc(a, h->n + 1u, sizeof(*h->returns));
	for (i = 0; i < h->n; i++) {
		p = &h->returns[i];
		p->need = ipc_get_u32(&r);
		p->id = ipc_get_text(&r);
		p->sha256 = ipc_get_text(&r);
		p->region = ipc_get_text(&r);
		p->form = ipc_get_text(&r);
		p->area = ipc_get_text(&r);
		p->period = ipc_get_text(&r);
		p->received = ipc_get_i64(&r);
		p->budget = ipc_get_text(&r);
	}
	return ipc_read_all(&r);
}

bool
wire_send_job(int fd, const struct submission *s, int memfd)
{
	struct buf b = { 0 };
	bool good;

	wire_put_job(&b, s);
	good = !buf_failed(&b) &&
	    ipc_send(fd, WIRE_JOB, buf_as_text(&b), &memfd, memfd != -1 ? 1 : 0);
	buf_free(&b);
	return good;
}

bool
wire_send_history(int fd, bool had, const struct history *history)
{
	struct buf packed = { 0 }, b = { 0 };
	int memfd = -1;
	bool good;

	if (had && history->n > 0)
		wire_put_history(&packed, history);
	good = !buf_failed(&packed);
	if (good && packed.n > 0)
		good = (memfd = memfd_of_bytes("history", buf_as_text(&packed))) != -1;
	ipc_put_u32(&b, had);
	ipc_put_i64(&b, (int64_t)packed.n);
	good = good && !buf_failed(&b) &&
	    ipc_send(fd, WIRE_HISTORY, buf_as_text(&b), &memfd, memfd != -1 ? 1 : 0);
	if (memfd != -1)
		(void)close(memfd);
	buf_free(&packed);
	buf_free(&b);
	return good;
}

bool
wire_progress_new(int *fd, const struct wire_progress **page)
{
	void *p = MAP_FAILED;

	*fd = memfd_open("progress");
	if (*fd == -1)
		return false;
	if (ftruncate(*fd, WIRE_PROGRESS_SIZE) == 0 &&
	    fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		p = mmap(NULL, WIRE_PROGRESS_SIZE, PROT_READ, MAP_SHARED, *fd, 0);
	if (p == MAP_FAILED) {
		(void)close(*fd);
		return false;
	}
	*page = p;
	return true;
}

void
wire_progress_free(const struct wire_progress *page)
{
	if (page != NULL)
		(void)munmap((void *)(uintptr_t)page, WIRE_PROGRESS_SIZE);
}

struct text
wire_progress_condition(const struct wire_progress *page)
{
	uint32_t n = page != NULL ? atomic_load(&page->n) : 0;

	return n <= sizeof(page->condition) && n > 0 ? (struct text){ page->condition, n }
						     : TEXT_NONE;
}

static const struct {
	int signal;
	const char *what;
} deaths[] = {
	{ SIGSYS, "tried something that its sandbox forbids" },
	{ SIGXCPU, "used more processor time than it may" },
	{ SIGKILL, "was killed from outside, most likely because memory was short" },
};

static const char *const exits[] = {
	[EVALUATOR_NO_MEMORY] = "ran out of memory",
	[EVALUATOR_PROTOCOL] = "lost its connection",
	[EVALUATOR_SANDBOX] = "could not enter its sandbox",
	[EVALUATOR_NO_FORK] = "could not be started",
};

static void
how_it_died(struct buf *b, int signal)
{
	size_t i;

	for (i = 0; i < sizeof(deaths) / sizeof(*deaths); i++)
		if (deaths[i].signal == signal) {
			buf_str(b, deaths[i].what);
			return;
		}
	buf_printf(b, "crashed (signal %d, %s)", signal,
	    sigdescr_np(signal) ? sigdescr_np(signal) : "?");
}

void
wire_end(struct buf *b, int status)
{
	size_t code = WIFEXITED(status) ? (size_t)WEXITSTATUS(status) : 0;

	if (WIFSIGNALED(status))
		how_it_died(b, WTERMSIG(status));
	else if (code < sizeof(exits) / sizeof(*exits) && exits[code] != NULL)
		buf_str(b, exits[code]);
	else
		buf_printf(b, "ended without a result (status %zu)", code);
}

void
wire_how_it_ended(struct buf *b, int status, enum wire_over over, uint32_t ms,
    const struct wire_progress *page)
{
	struct text condition = wire_progress_condition(page);

	buf_str(b, "The evaluator ");
	if (over != WIRE_OVER_NONE)
		buf_printf(b, "was killed after %u.%u s%s", ms / 1000, ms % 1000 / 100,
		    over == WIRE_OVER_CPU ? " of processor time" : "");
	else
		wire_end(b, status);
	if (condition.n > 0) {
		buf_str(b, " while ");
		buf_safe(b, condition);
		buf_str(b, " was running.");
	} else
		buf_str(b, " outside any condition, most likely while reading the file.");
}

void
wire_load_is_late(struct buf *b, struct text file)
{
	buf_str(b, "The policies were not loaded in time: ");
	if (file.n > 0)
		buf_safe(b, file);
	else
		buf_str(b, "one of them");
	buf_str(b,
	    " runs too long while loading. Look for a loop that does not end, or a text "
	    "pattern over a long text.");
}
