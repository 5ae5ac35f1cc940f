#include "daemon/config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/event.h"

#define AT(member) offsetof(struct config, member)
#define FILE_MOST  (1024 * 1024)

#define SECOND INT64_C(1000)
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)
#define GB     INT64_C(1000000000)

/* The longest path that the name of a socket has room for. */
#define SOCKET_MOST ((int64_t)sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)

/* Those that are looked up when they are needed may change; a room behind each other one is built once. */
enum { FIXED, LIVE };

static const struct config_key keys[] = {
	{ "root", CONFIG_PATH, FIXED, AT(root), "/srv/poold", 0, 0,
	    "Folder of the regions; a region is a folder in it that has an inbox." },
	{ "state", CONFIG_PATH, FIXED, AT(state), "/var/lib/poold", 0, 0,
	    "Where the ledger is kept." },
	{ "policies", CONFIG_PATH, LIVE, AT(policies), POOLD_PREFIX "/share/poold/lua-policies",
	    0, 0, "Folder of the policies." },
	{ "watch_policies", CONFIG_SWITCH, LIVE, AT(watch_policies), "yes", 0, 1,
	    "Whether a change of the policies is taken into use by itself; else by a reload." },
	{ "syslog", CONFIG_PATH, FIXED, AT(syslog), "/run/poold/syslog.sock", 0, SOCKET_MOST,
	    "Unix datagram socket where syslog-ng reads the records." },
	{ "syslog_format", CONFIG_FORMAT, FIXED, AT(syslog_format), "rfc5424", 0, 0,
	    "How records are written: rfc5424, or cee for a plain /dev/log." },
	{ "control", CONFIG_PATH, FIXED, AT(control), "/run/poold/control.sock", 0, SOCKET_MOST,
	    "Unix socket for poolctl; made with mode 0660." },
	{ "control_group", CONFIG_WORD, FIXED, AT(control_group), "", 0, 0,
	    "Group of the control socket; when empty, the daemon's own." },
	{ "hostname", CONFIG_WORD, FIXED, AT(hostname), "", 0, 0,
	    "Name in syslog records; when empty, the computer's." },
	{ "facility", CONFIG_FACILITY, FIXED, AT(facility), "daemon", 0, 23,
	    "Syslog facility." },
	{ "settle", CONFIG_TIME, LIVE, AT(settle), "2s", 50, HOUR,
	    "How long a file must stay unchanged when nobody said that its writer is done." },
	{ "rescan", CONFIG_TIME, LIVE, AT(rescan), "30s", 200, 24 * HOUR,
	    "How often every inbox is read again, whatever the kernel has told." },
	{ "poll", CONFIG_TIME, LIVE, AT(poll), "5s", 200, HOUR,
	    "How often an inbox is read that the kernel tells nothing of, as on NFS or SMB." },
	{ "patience", CONFIG_TIME, LIVE, AT(patience), "10m", SECOND, 24 * HOUR,
	    "How long a file may keep changing before it is judged as it is." },
	{ "tell_after", CONFIG_TIME, LIVE, AT(tell_after), "5s", 0, HOUR,
	    "How long a file waits before its region is told that it was taken in; 0: never." },
	{ "max_size", CONFIG_SIZE, LIVE, AT(max_size), "64MB", 1000, 4 * GB - 1,
	    "Largest file that is read; a larger one gets a verdict that says so." },
	{ "evaluators", CONFIG_COUNT, LIVE, AT(evaluators), "0", 0, 48,
	    "How many submissions are judged at once; 0: as many as there are processors." },
	{ "batch", CONFIG_COUNT, LIVE, AT(batch), "64", 1, 10000,
	    "How many submissions of a region an evaluator judges before it is replaced." },
	{ "wall", CONFIG_TIME, LIVE, AT(wall), "20s", 100, HOUR,
	    "Longest time for judging a submission, also when the machine is busy." },
	{ "load", CONFIG_TIME, LIVE, AT(load), "60s", SECOND, HOUR,
	    "Longest time for loading the policies." },
	{ "cpu", CONFIG_TIME, LIVE, AT(cpu), "10s", 100, HOUR,
	    "Most processor time for judging a submission." },
	{ "memory", CONFIG_SIZE, LIVE, AT(memory), "2GB", 100000000, 1000 * GB,
	    "Largest address space of the rulebook process and of an evaluator." },
	{ "lua_memory", CONFIG_SIZE, LIVE, AT(lua_memory), "128MB", 1000000, 100 * GB,
	    "Most memory that Lua may take for a submission." },
	{ "instructions", CONFIG_COUNT, LIVE, AT(instructions), "200000000", 10000,
	    INT64_C(1000000000000), "Most Lua instructions for a submission." },
	{ "condition_instructions", CONFIG_COUNT, LIVE, AT(condition_instructions), "50000000",
	    0, INT64_C(1000000000000),
	    "Most Lua instructions for one condition of these; 0: all." },
	{ "min_free", CONFIG_SIZE, LIVE, AT(min_free), "256MB", 0, 100000 * GB,
	    "Free space on the disk of the ledger, or of the regions, below which nothing is "
	    "taken in." },
	{ "untold_most", CONFIG_COUNT, LIVE, AT(untold_most), "1000000", 10,
	    INT64_C(1000000000),
	    "Records waiting to be told to syslog above which nothing is taken in." },
	{ "unpublished_most", CONFIG_COUNT, LIVE, AT(unpublished_most), "100000", 10,
	    INT64_C(1000000000),
	    "Verdicts waiting to be published above which nothing is taken in." },
	{ "keep", CONFIG_TIME, LIVE, AT(keep), "0s", 0, 36500 * DAY,
	    "How long the bytes and reports of a return are kept in the ledger; 0: for ever." },
	{ "keep_told", CONFIG_TIME, LIVE, AT(keep_told), "30d", 0, 36500 * DAY,
	    "How long records are kept that syslog was told; 0: for ever." },
	{ "status", CONFIG_TIME, LIVE, AT(status), "1h", 1000, 24 * HOUR,
	    "How often syslog is told the counts." },
};

#define N_KEYS (sizeof(keys) / sizeof(*keys))

struct unit {
	const char *name;
	int64_t times;
};

static const struct unit times[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
	{ "h", 3600000 }, { "d", 86400000 }, { "", 1000 }, { NULL, 0 } };
static const struct unit sizes[] = { { "", 1 }, { "B", 1 }, { "kB", 1000 }, { "KB", 1000 },
	{ "MB", 1000000 }, { "GB", 1000000000 }, { NULL, 0 } };
static const struct unit counts[] = { { "", 1 }, { NULL, 0 } };

static const char *const facilities[] = { "kern", "user", "mail", "daemon", "auth", "syslog",
	"lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "audit", "alert", "clock",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7" };

static const struct {
	const struct unit *units;
	const char *expected;
} kinds[] = {
	[CONFIG_TIME] = { times, "a time such as 500ms, 2s, 5m, 1h or 30d" },
	[CONFIG_SIZE] = { sizes, "a size such as 512kB, 64MB or 2GB" },
	[CONFIG_COUNT] = { counts, "a whole number" },
};

/* Where the reading stands, for messages. */
struct parser {
	struct config *config;
	const char *name;
	unsigned line;
	unsigned seen[N_KEYS]; /* the line that set it; 0: none */
	struct buf *errors;
	bool failed;
};

const struct config_key *
config_keys(size_t *n)
{
	*n = N_KEYS;
	return keys;
}

static void complain(struct parser *, const char *, ...) __attribute__((format(printf, 2, 3)));

static void
complain(struct parser *p, const char *format, ...)
{
	char *said = NULL;
	va_list ap;

	p->failed = true;
	va_start(ap, format);
	if (vasprintf(&said, format, ap) == -1)
		said = NULL;
	va_end(ap);
	buf_safe(p->errors, text_of(p->name));
	if (p->line > 0)
		buf_printf(p->errors, ":%u", p->line);
	buf_str(p->errors, ": ");
	buf_safe(p->errors, text_of(said != NULL ? said : "no memory"));
	buf_char(p->errors, '\n');
	free(said);
}

/* A number with a unit; false: it is none, or overflows. */
static bool
number_read(struct text t, const struct unit *units, int64_t *n)
{
	size_t i = 0;

	*n = 0;
	for (; i < t.n && t.p[i] >= '0' && t.p[i] <= '9'; i++)
		if (__builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, t.p[i] - '0', n))
			return false;
	if (i == 0)
		return false;
	t = text_trim((struct text){ t.p + i, t.n - i });
	for (; units->name != NULL; units++)
		if (text_is(t, units->name) || (t.n == 0 && *units->name == '\0'))
			return !__builtin_mul_overflow(*n, units->times, n);
	return false;
}

/* A number as the file would say it, in the largest unit that is exact. */
static void
number_format(struct buf *b, const struct unit *units, int64_t n)
{
	const struct unit *u, *best = NULL;

	for (u = units; u->name != NULL; u++)
		if (u->times != 0 && n % u->times == 0 && (n != 0 || u->times == 1) &&
		    (*u->name != '\0' || units == counts) &&
		    (best == NULL || u->times > best->times))
			best = u;
	buf_printf(b, "%lld%s", (long long)(best != NULL ? n / best->times : n),
	    best != NULL ? best->name : "");
}

static void
set_number(struct parser *p, const struct config_key *k, struct text value)
{
	int64_t *at = (int64_t *)(void *)((char *)p->config + k->at), n;
	struct buf least = { 0 }, most = { 0 };

	if (!number_read(value, kinds[k->kind].units, &n))
		complain(p, "%s must be %s; \"%.*s\" is not.", k->name, kinds[k->kind].expected,
		    TEXT_ARG(value));
	else if (n < k->least || n > k->most) {
		number_format(&least, kinds[k->kind].units, k->least);
		number_format(&most, kinds[k->kind].units, k->most);
		complain(p, "%s must be from %s to %s; \"%.*s\" is not.", k->name, least.p,
		    most.p, TEXT_ARG(value));
		buf_free(&least);
		buf_free(&most);
	} else
		*at = n;
}

static void
set_facility(struct parser *p, const struct config_key *k, struct text value)
{
	size_t i;

	for (i = 0; i < sizeof(facilities) / sizeof(*facilities); i++)
		if (text_is(value, facilities[i])) {
			*(int64_t *)(void *)((char *)p->config + k->at) = (int64_t)i;
			return;
		}
	complain(p, "%s must be a syslog facility such as daemon or local3; \"%.*s\" is not.",
	    k->name, TEXT_ARG(value));
}

static void
set_format(struct parser *p, const struct config_key *k, struct text value)
{
	int i;

	for (i = 0; i < EVENT_FORMATS; i++)
		if (text_is(value, event_format_names[i])) {
			*(int64_t *)(void *)((char *)p->config + k->at) = i;
			return;
		}
	complain(p, "%s must be rfc5424 or cee; \"%.*s\" is not.", k->name, TEXT_ARG(value));
}

static void
set_switch(struct parser *p, const struct config_key *k, struct text value)
{
	if (text_is(value, "yes") || text_is(value, "no"))
		*(int64_t *)(void *)((char *)p->config + k->at) = text_is(value, "yes");
	else
		complain(
		    p, "%s must be yes or no; \"%.*s\" is neither.", k->name, TEXT_ARG(value));
}

/* What would be shown otherwise could not be written back as `poold -n` shows it. */
static bool
is_shown_as_it_is(struct text value)
{
	struct buf b = { 0 };
	bool same;

	buf_safe(&b, value);
	same = text_equal(buf_as_text(&b), value);
	buf_free(&b);
	return same;
}

static void
set_text(struct parser *p, const struct config_key *k, struct text value)
{
	char **at = (char **)(void *)((char *)p->config + k->at), *copy;
	size_t i;

	if (k->kind == CONFIG_PATH && (value.n == 0 || value.p[0] != '/')) {
		complain(p, "%s must be a whole path that begins with /; \"%.*s\" does not.",
		    k->name, TEXT_ARG(value));
		return;
	}
	if (k->most > 0 && value.n > (size_t)k->most) {
		complain(p,
		    "%s may have at most %d characters, as the path of a socket; this has "
		    "%zu. Use a shorter path.",
		    k->name, (int)k->most, value.n);
		return;
	}
	for (i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 ||
		    (k->kind == CONFIG_WORD && value.p[i] == ' ')) {
			complain(p, "%s may not have blanks or control characters.", k->name);
			return;
		}
	if (!is_shown_as_it_is(value)) {
		complain(p, "%s may have neither backslashes nor bytes that are not UTF-8.",
		    k->name);
		return;
	}
	copy = strndup(value.n > 0 ? value.p : "", value.n);
	if (copy == NULL) {
		complain(p, "No memory.");
		return;
	}
	free(*at);
	*at = copy;
}

static void
set_key(struct parser *p, const struct config_key *k, struct text value)
{
	static void (*const set[])(struct parser *, const struct config_key *, struct text) = {
		[CONFIG_PATH] = set_text,
		[CONFIG_WORD] = set_text,
		[CONFIG_TIME] = set_number,
		[CONFIG_SIZE] = set_number,
		[CONFIG_COUNT] = set_number,
		[CONFIG_FACILITY] = set_facility,
		[CONFIG_FORMAT] = set_format,
		[CONFIG_SWITCH] = set_switch,
	};

	set[k->kind](p, k, value);
}

static void
unknown_key(struct parser *p, struct text name)
{
	struct text names[N_KEYS];
	size_t i;
	int near;

	for (i = 0; i < N_KEYS; i++)
		names[i] = text_of(keys[i].name);
	near = text_nearest(name, names, N_KEYS);
	if (near >= 0)
		complain(p, "There is no key \"%.*s\". Did you mean \"%s\"?", TEXT_ARG(name),
		    keys[near].name);
	else
		complain(p, "There is no key \"%.*s\"; poold.conf(5) lists them all.",
		    TEXT_ARG(name));
}

/* One line: nothing, or "key value". */
static void
parse_line(struct parser *p, struct text line)
{
	struct text name, value;
	size_t i, n = 0;
	bool quoted;

	line = text_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return;
	while (n < line.n && line.p[n] != ' ' && line.p[n] != '\t')
		n++;
	name = (struct text){ line.p, n };
	value = text_trim((struct text){ line.p + n, line.n - n });
	for (i = 1; i < value.n; i++)
		if (value.p[i] == '#' && value.p[0] != '"' &&
		    (value.p[i - 1] == ' ' || value.p[i - 1] == '\t'))
			value = text_trim((struct text){ value.p, i });
	quoted = value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"';
	if (quoted)
		value = (struct text){ value.p + 1, value.n - 2 };
	for (i = 0; i < N_KEYS && !text_is(name, keys[i].name); i++)
		;
	if (i == N_KEYS)
		unknown_key(p, name);
	else if (p->seen[i] > 0)
		complain(p, "%s is set already, in line %u.", keys[i].name, p->seen[i]);
	else if (value.n == 0 && !quoted)
		complain(p, "%s has no value.", keys[i].name);
	else {
		p->seen[i] = p->line;
		set_key(p, &keys[i], value);
	}
}

bool
config_parse(struct text bytes, const char *name, struct config *config, struct buf *errors)
{
	struct parser p = { .config = config, .name = name, .errors = errors };
	const char *end;
	size_t i, n;

	*config = (struct config){ 0 };
	for (i = 0; i < N_KEYS; i++)
		set_key(&p, &keys[i], text_of(keys[i].value));
	while (bytes.n > 0) {
		end = memchr(bytes.p, '\n', bytes.n);
		n = end != NULL ? (size_t)(end - bytes.p) : bytes.n;
		p.line++;
		parse_line(&p, (struct text){ bytes.p, n });
		n += end != NULL;
		bytes.p += n;
		bytes.n -= n;
	}
	if (config->evaluators == 0)
		config->evaluators =
		    sysconf(_SC_NPROCESSORS_ONLN) > 0 ? sysconf(_SC_NPROCESSORS_ONLN) : 1;
	if (config->evaluators > 48)
		config->evaluators = 48;
	return !p.failed;
}

bool
config_read(const char *path, struct config *config, struct buf *errors)
{
	FILE *f = fopen(path, "re");
	char *bytes = malloc(FILE_MOST);
	size_t n = 0;
	bool good = f != NULL && bytes != NULL;

	*config = (struct config){ 0 };
	if (good)
		n = fread(bytes, 1, FILE_MOST, f);
	if (!good || ferror(f)) {
		buf_safe(errors, text_of(path));
		buf_printf(
		    errors, ": The configuration could not be read: %s.\n", strerror(errno));
		good = false;
	} else if (n == FILE_MOST) {
		buf_safe(errors, text_of(path));
		buf_str(errors, ": This is larger than a configuration can be (1 MB).\n");
		good = false;
	} else
		good = config_parse((struct text){ bytes, n }, path, config, errors);
	if (f != NULL)
		(void)fclose(f);
	free(bytes);
	return good;
}

void
config_free(struct config *config)
{
	char **at;
	size_t i;

	for (i = 0; i < N_KEYS; i++)
		if (keys[i].kind == CONFIG_PATH || keys[i].kind == CONFIG_WORD) {
			at = (char **)(void *)((char *)config + keys[i].at);
			free(*at);
			*at = NULL;
		}
}

void
config_format(struct buf *b, const struct config *config)
{
	const char *at;
	size_t i;

	for (i = 0; i < N_KEYS; i++) {
		at = (const char *)config + keys[i].at;
		buf_printf(b, "%-14s ", keys[i].name);
		if (keys[i].kind == CONFIG_PATH || keys[i].kind == CONFIG_WORD) {
			buf_char(b, '"');
			buf_safe(b, text_of(*(char *const *)(const void *)at));
			buf_char(b, '"');
		} else if (keys[i].kind == CONFIG_FACILITY)
			buf_str(b, facilities[*(const int64_t *)(const void *)at]);
		else if (keys[i].kind == CONFIG_FORMAT)
			buf_str(b, event_format_names[*(const int64_t *)(const void *)at]);
		else if (keys[i].kind == CONFIG_SWITCH)
			buf_str(b, *(const int64_t *)(const void *)at != 0 ? "yes" : "no");
		else
			number_format(
			    b, kinds[keys[i].kind].units, *(const int64_t *)(const void *)at);
		buf_char(b, '\n');
	}
}
