/*
 * poolctl cells: what is read in a file, value by value, as JSON lines.
 *
 * The file comes from anybody, so it is read by a child that can do nothing but compute and write into
 * a pipe; the parent only copies bytes.  The first byte that comes through the pipe says what the rest
 * is: cells, for standard output, or the reason why there are none, for standard error.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/poolctl/poolctl.h"
#include "daemon/sandbox.h"
#include "daemon/write.h"
#include "rules/document.h"

#define MB          ((size_t)1024 * 1024)
#define MOST_SIZE   64 /* MB; --max-size */
#define FLUSH       ((size_t)64 * 1024)
#define MEMORY      ((size_t)4096 * MB)
#define CPU_SECONDS 120

enum { FOUND_CELLS = 'c', FOUND_ERROR = 'e' };
/* How the child ends; never 0, so that an end of any other kind is none of them. */
enum { CHILD_READ = 1, CHILD_REFUSED = 2, CHILD_NO_MEMORY = 3, CHILD_NO_SANDBOX = 4 };

/* Read a whole file into memory, unless it is too large; false: it has been told. */
static bool
read_whole(int fd, const char *name, off_t announced, size_t most, struct buf *b)
{
	char part[FLUSH];
	ssize_t n;

	while (announced <= (off_t)most && (n = read(fd, part, sizeof(part))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			log_warn("%s: cannot be read", name);
			return false;
		}
		buf_put(b, part, (size_t)n);
		announced = (off_t)b->n;
	}
	if (announced > (off_t)most) {
		log_warnx(
		    "%s: larger than %zu MB, so it was not read (--max-size MB reads more)",
		    name, most / MB);
		return false;
	}
	if (buf_failed(b)) {
		log_warnx("%s: there is not enough memory to read it", name);
		return false;
	}
	return true;
}

/* "-" is standard input; anything else must be a file: a pipe or device might never end. */
static bool
load(const char *name, size_t most, struct buf *b)
{
	struct stat st = { 0 };
	bool good = false;
	int fd;

	if (strcmp(name, "-") == 0)
		return read_whole(STDIN_FILENO, "standard input", 0, most, b);
	fd = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1)
		log_warn("%s: cannot be opened", name);
	else if (!S_ISREG(st.st_mode))
		log_warnx("%s: is not a file", name);
	else
		good = read_whole(fd, name, st.st_size, most, b);
	if (fd != -1)
		close(fd);
	return good;
}

/* What the child writes with. */
struct out {
	struct buf b;
	struct buf head; /* how each line about a cell of this sheet begins */
	int fd;
};

static void
flush(struct out *o)
{
	if (buf_failed(&o->b))
		_exit(CHILD_NO_MEMORY);
	if (!write_all(o->fd, buf_as_text(&o->b).p, o->b.n))
		_exit(CHILD_READ); /* nobody reads any more: that is for the parent to judge */
	buf_clear(&o->b);
}

static void
put_string(struct buf *b, struct text t)
{
	buf_char(b, '"');
	buf_json(b, t);
	buf_char(b, '"');
}

static void
write_node(struct buf *b, const struct document *d, uint32_t i)
{
	static const char *const types[] = { "null", "boolean", "number", "string", "object",
		"array" };
	const struct node *n = &d->nodes[i];
	struct buf pointer = { 0 };

	document_pointer(&pointer, d, i);
	buf_str(b, "\"pointer\":");
	put_string(b, buf_as_text(&pointer));
	b->failed |= buf_failed(&pointer);
	buf_free(&pointer);
	buf_printf(b, ",\"type\":\"%s\",\"value\":", types[n->type]);
	switch (n->type) {
	case NODE_NULL: buf_str(b, "null"); break;
	case NODE_BOOL: buf_str(b, n->truth ? "true" : "false"); break;
	case NODE_NUMBER: buf_text(b, n->text); break;
	case NODE_STRING: put_string(b, n->text); break;
	case NODE_OBJECT: buf_str(b, "{}"); break;
	case NODE_ARRAY: buf_str(b, "[]"); break;
	}
}

/* What stands between a cell's place and its value, by its type. */
#define TYPE(s)                                                    \
	{                                                          \
		",\"type\":\"" s "\",\"value\":\"",                \
		    sizeof(",\"type\":\"" s "\",\"value\":\"") - 1 \
	}
static const struct text types[] = { TYPE("text"), TYPE("number"), TYPE("bool"), TYPE("date"),
	TYPE("error") };
#define HIDDEN ",\"hidden\":true"

static void
write_cell(struct out *o, const struct sheet *sheet, const struct cell *c)
{
	if (sheet == NULL)
		buf_printf(&o->b, "\"line\":%u,\"column\":%u", c->line, c->column);
	else {
		cell_name(&o->b, c->row, c->column);
		buf_char(&o->b, '"');
		if (sheet->hidden || c->hidden)
			buf_put(&o->b, HIDDEN, sizeof(HIDDEN) - 1);
	}
	buf_text(&o->b, types[c->type]);
	buf_json(&o->b, c->text);
	buf_char(&o->b, '"');
}

/* How lines begin: with the file when there are several, and in a workbook with the sheet. */
static void
begin_lines(struct out *o, const struct sheet *sheet, const char *file)
{
	buf_clear(&o->head);
	buf_char(&o->head, '{');
	if (file != NULL) {
		buf_str(&o->head, "\"file\":");
		put_string(&o->head, text_of(file));
		buf_char(&o->head, ',');
	}
	if (sheet != NULL) {
		buf_str(&o->head, "\"sheet\":");
		put_string(&o->head, sheet->name);
		buf_str(&o->head, ",\"cell\":\"");
	}
	o->b.failed |= buf_failed(&o->head);
}

static void
end_line(struct out *o)
{
	buf_put(&o->b, "}\n", 2);
	if (o->b.n >= FLUSH)
		flush(o);
}

static void
write_nodes(struct out *o, const struct document *d, const char *file)
{
	begin_lines(o, NULL, file);
	for (uint32_t i = 0; i < d->n_nodes; i++) {
		if (d->nodes[i].count > 0)
			continue;
		buf_text(&o->b, buf_as_text(&o->head));
		write_node(&o->b, d, i);
		end_line(o);
	}
}

static void
write_sheet(
    struct out *o, const struct document *d, const struct sheet *sheet, const char *file)
{
	uint32_t from = sheet != NULL ? sheet->first_cell : 0,
		 n = sheet != NULL ? sheet->n_cells : d->n_cells;

	begin_lines(o, sheet, file);
	for (uint32_t i = from; i < from + n; i++) {
		buf_text(&o->b, buf_as_text(&o->head));
		write_cell(o, sheet, &d->cells[i]);
		end_line(o);
	}
}

/* One object a line; lists and records only when they are empty, since their values name them. */
static void
write_document(struct out *o, const struct document *d, const char *file)
{
	buf_char(&o->b, FOUND_CELLS);
	if (d->format == DOC_JSON)
		write_nodes(o, d, file);
	else if (d->format == DOC_CSV)
		write_sheet(o, d, NULL, file);
	else
		for (uint32_t i = 0; i < d->n_sheets; i++)
			write_sheet(o, d, &d->sheets[i], file);
	flush(o);
}

static void
no_memory(void)
{
	_exit(CHILD_NO_MEMORY);
}

/* The child: nothing but this descriptor is left to it. */
static _Noreturn void
parse(int fd, struct text bytes, const char *name, bool several, pid_t parent)
{
	struct sandbox_plan plan = { MEMORY, CPU_SECONDS, parent };
	struct read_options options = { .keep_duplicates = true, .workbooks = true };
	struct out o = { .fd = fd };
	struct sandbox_report report;
	struct read_error error;
	struct document *d;

	sandbox_warm_up();
	if (!sandbox_enter(&plan, &report) || !sandbox_narrow(&plan))
		_exit(CHILD_NO_SANDBOX);
	arena_on_exhausted(no_memory);
	d = document_read(arena_new(), bytes, text_of(name), &options, &error);
	if (d != NULL) {
		write_document(&o, d, several ? name : NULL);
		_exit(CHILD_READ);
	}
	buf_char(&o.b, FOUND_ERROR);
	buf_safe(&o.b, error.what);
	buf_str(&o.b, " Expected: ");
	buf_safe(&o.b, error.expected);
	buf_str(&o.b, ". ");
	buf_safe(&o.b, error.todo);
	flush(&o);
	_exit(CHILD_REFUSED);
}

/* Copy what the child says to where it belongs; false: standard output does not take it. */
static bool
copy(int fd, struct buf *why)
{
	char part[FLUSH];
	const char *p;
	int kind = 0;
	ssize_t n;

	while ((n = read(fd, part, sizeof(part))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			break;
		p = part;
		if (kind == 0) {
			kind = (unsigned char)*p++;
			n--;
		}
		if (kind != FOUND_CELLS)
			buf_put(why, p, (size_t)n);
		else if (!write_all(STDOUT_FILENO, p, (size_t)n))
			return false;
	}
	return true;
}

/* Why there are no cells: escaped by the child already, so it does not go through log_warnx(). */
static void
tell(const char *name, const struct buf *why)
{
	struct buf b = { 0 };

	buf_safe(&b, text_of(name));
	(void)fprintf(stderr, "poolctl: %s: %s\n", buf_as_text(&b).p, buf_as_text(why).p);
	buf_free(&b);
}

/* How the child ended, as an exit status of ours. */
static int
judge(const char *name, int status, const struct buf *why)
{
	if (WIFEXITED(status))
		switch (WEXITSTATUS(status)) {
		case CHILD_READ: return EXIT_OK;
		case CHILD_REFUSED: tell(name, why); return EXIT_FAILED;
		case CHILD_NO_MEMORY:
			log_warnx("%s: reading it takes more memory than is allowed", name);
			return EXIT_FAILED;
		case CHILD_NO_SANDBOX:
			log_warnx("%s: was not read, since this system lets no sandbox be made",
			    name);
			return EXIT_FAILED;
		default: break;
		}
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
		log_warnx("%s: reading it took more than %d seconds and was stopped", name,
		    CPU_SECONDS);
	else
		log_warnx(
		    "%s: the reader ended unexpectedly (status %d); please report this file",
		    name, status);
	return EXIT_FAILED;
}

static int
cells_of(const char *name, size_t most, bool several)
{
	struct buf bytes = { 0 }, why = { 0 };
	int fds[2], status = 0, result = EXIT_FAILED;
	pid_t child, self = getpid();

	if (!load(name, most, &bytes)) {
		buf_free(&bytes);
		return EXIT_FAILED;
	}
	if (pipe2(fds, O_CLOEXEC) == -1)
		fatal("pipe");
	child = fork();
	if (child == -1)
		fatal("fork");
	if (child == 0) {
		close(fds[0]);
		parse(fds[1], buf_as_text(&bytes), name, several, self);
	}
	close(fds[1]);
	if (!copy(fds[0], &why)) {
		log_warn("standard output");
		close(fds[0]);
		(void)waitpid(child, &status, 0);
	} else {
		close(fds[0]);
		if (waitpid(child, &status, 0) == child)
			result = judge(name, status, &why);
	}
	buf_free(&bytes);
	buf_free(&why);
	return result;
}

static bool
read_size(const char *s, size_t *most)
{
	char *end;
	unsigned long mb;

	errno = 0;
	mb = strtoul(s, &end, 10);
	if (errno != 0 || end == s || *end != '\0' || mb < 1 || mb > 4095 || *s == '-')
		return false;
	*most = mb * MB;
	return true;
}

int
cmd_cells(int argc, char **argv)
{
	static const struct option options[] = { { "max-size", required_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 } };
	size_t most = MOST_SIZE * MB;
	int c, worst = EXIT_OK, one;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":", options, NULL)) != -1)
		if (c != 'm')
			return option_error("cells", options, NULL, c, argv);
		else if (!read_size(optarg, &most))
			return usage_error("cells",
			    "--max-size: %s is no number of MB from 1 to 4095", optarg);
	if (optind == argc)
		return usage_error("cells", "name at least one file");
	for (int i = optind; i < argc; i++) {
		one = cells_of(argv[i], most, argc - optind > 1);
		if (one > worst)
			worst = one;
	}
	return worst;
}
