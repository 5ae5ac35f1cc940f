/*
 * Messages of the programs themselves.  What operations have to hear goes through event.h and the
 * ledger's outbox; this is for the person who started the program, and for the service's journal.
 */
#include "daemon/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "rules/text.h"

#define LINE_MAX_BYTES 8000

enum level { LEVEL_FATAL, LEVEL_WARN, LEVEL_INFO, LEVEL_DEBUG };

static const struct {
	const char *word, *colour;
	int syslog; /* its severity */
} levels[] = {
	[LEVEL_FATAL] = { "error: ", "\033[1;31m", LOG_ERR },
	[LEVEL_WARN] = { "warning: ", "\033[33m", LOG_WARNING },
	[LEVEL_INFO] = { "", "", LOG_INFO },
	[LEVEL_DEBUG] = { "debug: ", "\033[2m", LOG_DEBUG },
};

static const char *log_program = "poold";
static bool log_debugging;

void
log_init(const char *program, bool debug)
{
	log_program = program;
	log_debugging = debug;
}

bool
log_is_debug(void)
{
	return log_debugging;
}

/* Colour only for a person who has not asked to be spared it (https://no-color.org). */
static bool
log_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return (no == NULL || *no == '\0') && isatty(STDERR_FILENO);
}

/*
 * Standard error is the journal's: it takes the severity from a number before the line (sd-daemon(3)).
 * The variable says which socket that is, as a shell that inherits it may have sent us elsewhere.
 */
static bool
log_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char ours[64];
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return false;
	(void)snprintf(
	    ours, sizeof(ours), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(stream, ours) == 0;
}

/* One write a line, so that lines of several processes do not mix. */
static void
log_write(const char *line, size_t size)
{
	size_t done = 0;
	ssize_t n;

	while (done < size) {
		n = write(STDERR_FILENO, line + done, size - done);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

/* Without memory of its own, for when there is none: that has to be said above all. */
static void
log_bare(enum level level, const char *format, va_list ap, const char *reason)
{
	char line[1024], said[900];
	int n;

	(void)vsnprintf(said, sizeof(said), format, ap);
	n = snprintf(line, sizeof(line) - 1, "%s: %s%s%s%s", log_program, levels[level].word,
	    said, reason != NULL ? ": " : "", reason != NULL ? reason : "");
	if (n < 0)
		return;
	if ((size_t)n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	for (int i = 0; i < n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[n] = '\n';
	log_write(line, (size_t)n + 1);
}

/* The line as it should be; false: there is no memory for it. */
static bool
log_well(enum level level, const char *format, va_list ap, const char *reason)
{
	struct buf line = { 0 };
	char *said = NULL;
	bool good, colour = *levels[level].colour != '\0' && log_colour();

	if (vasprintf(&said, format, ap) == -1)
		return false;
	if (log_journal())
		buf_printf(&line, "<%d>", levels[level].syslog);
	buf_printf(&line, "%s: %s%s%s", log_program, colour ? levels[level].colour : "",
	    levels[level].word, colour ? "\033[0m" : "");
	buf_safe_cut(&line, text_of(said), LINE_MAX_BYTES);
	if (reason != NULL) {
		buf_str(&line, ": ");
		buf_safe(&line, text_of(reason));
	}
	buf_char(&line, '\n');
	good = !buf_failed(&line);
	if (good)
		log_write(line.p, line.n);
	buf_free(&line);
	free(said);
	return good;
}

static void
log_line(enum level level, const char *format, va_list ap, const char *reason)
{
	va_list again;

	va_copy(again, ap);
	if (!log_well(level, format, ap, reason))
		log_bare(level, format, again, reason);
	va_end(again);
}

#define LOG_SAY(level, reason)                        \
	do {                                          \
		va_list ap;                           \
		const char *why = (reason);           \
		va_start(ap, format);                 \
		log_line((level), format, ap, (why)); \
		va_end(ap);                           \
	} while (0)

void
fatal(const char *format, ...)
{
	LOG_SAY(LEVEL_FATAL, strerror(errno));
	exit(1);
}

void
fatalx(const char *format, ...)
{
	LOG_SAY(LEVEL_FATAL, NULL);
	exit(1);
}

void
log_warn(const char *format, ...)
{
	LOG_SAY(LEVEL_WARN, strerror(errno));
}

void
log_warnx(const char *format, ...)
{
	LOG_SAY(LEVEL_WARN, NULL);
}

void
log_info(const char *format, ...)
{
	LOG_SAY(LEVEL_INFO, NULL);
}

void
log_escaped(const char *said)
{
	struct buf line = { 0 };

	buf_printf(&line, "%s: %s\n", log_program, said);
	if (!buf_failed(&line))
		log_write(line.p, line.n);
	else
		(void)dprintf(STDERR_FILENO, "%s: %s\n", log_program, said);
	buf_free(&line);
}

void
log_debug(const char *format, ...)
{
	if (log_debugging)
		LOG_SAY(LEVEL_DEBUG, NULL);
}
