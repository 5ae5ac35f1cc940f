/*
 * The whole error vocabulary of the programs: one line a message, to standard error.
 *
 * Callers give text from outside as it is; the line is escaped here as a whole (buf_safe), so that
 * nothing reaches a terminal that could move its cursor or forge a line.
 */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include <stdbool.h>

#define LOG_PRINTF __attribute__((format(printf, 1, 2)))

/* Before anything else: the program's name, static. Debug lines are written only when asked for. */
void log_init(const char *program, bool debug);
bool log_is_debug(void);

/* With the reason of errno after the message; fatal() and fatalx() end the program with 1. */
_Noreturn void fatal(const char *, ...) LOG_PRINTF;
_Noreturn void fatalx(const char *, ...) LOG_PRINTF;
void log_warn(const char *, ...) LOG_PRINTF;
void log_warnx(const char *, ...) LOG_PRINTF;
void log_info(const char *, ...) LOG_PRINTF;
/* A line that is escaped already, as event_line() makes it. */
void log_escaped(const char *said);
void log_debug(const char *, ...) LOG_PRINTF;

#endif
