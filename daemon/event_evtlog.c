/*
 * The readable line of an event: its title, then each tag as name='value'.
 *
 * It is written by syslog-ng's client library, libevtlog, where that is installed, so that what
 * operations read looks like syslog-ng's own messages.  The library is loaded at run time:
 * linking it would make the package need syslog-ng-core, which conflicts with rsyslog.  Where it
 * is absent an equivalent line is written here, byte for byte the same, and a test holds the two
 * together.
 *
 * Only evt_rec_init(), evt_tag_str() and evt_format() are used.  evt_log() is not: it blocks,
 * says that it succeeded when no daemon is there, and its records cannot be spooled.
 */
#include <dlfcn.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/event.h"

/* Written here, because evtlog.h wants glib's headers for a macro. */
struct evtlog {
	void *library;
	void *context;
	void *(*ctx_init)(const char *program, int facility);
	void *(*rec_init)(void *context, int priority, const char *description);
	void (*rec_add_tag)(void *record, void *tag);
	void (*rec_free)(void *record);
	void *(*tag_str)(const char *name, const char *value);
	char *(*format)(void *record);
};

static struct evtlog evtlog;

/* Where distributions put syslog-ng's libraries: only folders of the system. */
static const char *const library_patterns[] = {
	"/usr/lib/syslog-ng/libevtlog-*.so.0",
	"/usr/lib/*-linux-gnu/libevtlog-*.so.0",
	"/usr/lib64/libevtlog-*.so.0",
};

static void *
open_library(void)
{
	void *library = NULL;

	for (size_t i = 0; i < sizeof(library_patterns) / sizeof(*library_patterns); i++) {
		glob_t found;

		if (glob(library_patterns[i], 0, NULL, &found) != 0)
			continue;
		/* The newest version sorts last. */
		for (size_t j = found.gl_pathc; j > 0 && library == NULL; j--)
			library = dlopen(found.gl_pathv[j - 1], RTLD_NOW | RTLD_LOCAL);
		globfree(&found);
		if (library != NULL)
			return library;
	}
	return NULL;
}

/* A function of the library, without the cast from data to function that C does not allow. */
static bool
find(void *library, const char *name, void *function)
{
	void *symbol = dlsym(library, name);

	memcpy(function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

bool
event_use_evtlog(void)
{
	struct evtlog e = { 0 };

	if (evtlog.library != NULL)
		return true;
	if ((e.library = open_library()) == NULL)
		return false;
	if (find(e.library, "evt_ctx_init", &e.ctx_init) &&
	    find(e.library, "evt_rec_init", &e.rec_init) &&
	    find(e.library, "evt_rec_add_tag", &e.rec_add_tag) &&
	    find(e.library, "evt_rec_free", &e.rec_free) &&
	    find(e.library, "evt_tag_str", &e.tag_str) &&
	    find(e.library, "evt_format", &e.format) &&
	    (e.context = e.ctx_init("poold", 3 << 3)) != NULL) {
		evtlog = e;
		return true;
	}
	dlclose(e.library);
	return false;
}

static bool
evtlog_add(void *record, const char *name, const char *value)
{
	void *tag = evtlog.tag_str(name, value == NULL ? "" : value);

	if (tag != NULL)
		evtlog.rec_add_tag(record, tag);
	return tag != NULL;
}

/* false: memory ran out, nothing was written. */
static bool
line_by_evtlog(struct buf *out, const struct event *ev, size_t max, struct text cut)
{
	void *record = evtlog.rec_init(evtlog.context, ev->severity, event_table[ev->id].title);
	struct buf value = { 0 };
	bool ok = record != NULL;
	char *line = NULL;

	for (uint32_t i = 0; ok && i < ev->n; i++) {
		buf_clear(&value);
		event_value(&value, &ev->tags[i], max);
		ok = !buf_failed(&value) && evtlog_add(record, ev->tags[i].name, value.p);
	}
	if (ok && cut.n > 0) {
		buf_clear(&value);
		buf_text(&value, cut);
		ok = !buf_failed(&value) && evtlog_add(record, "cut", value.p);
	}
	if (ok && (line = evtlog.format(record)) != NULL)
		buf_str(out, line);
	free(line);
	if (record != NULL)
		evtlog.rec_free(record);
	buf_free(&value);
	return line != NULL;
}

/* As libevtlog quotes it: after buf_safe() only the quote itself is left to escape. */
static void
put_quoted(struct buf *out, struct text value)
{
	buf_char(out, '\'');
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\'')
			buf_char(out, '\\');
		buf_char(out, value.p[i]);
	}
	buf_char(out, '\'');
}

static void
line_by_us(struct buf *out, const struct event *ev, size_t max, struct text cut)
{
	struct buf value = { 0 };

	buf_str(out, event_table[ev->id].title);
	buf_char(out, ';');
	for (uint32_t i = 0; i < ev->n; i++) {
		buf_clear(&value);
		event_value(&value, &ev->tags[i], max);
		buf_printf(out, "%s %s=", i > 0 ? "," : "", ev->tags[i].name);
		put_quoted(out, buf_as_text(&value));
		out->failed = out->failed || buf_failed(&value);
	}
	if (cut.n > 0) {
		buf_printf(out, "%s cut=", ev->n > 0 ? "," : "");
		put_quoted(out, cut);
	}
	buf_free(&value);
}

void
event_line_cut(struct buf *out, const struct event *ev, size_t max, struct text cut)
{
	if (evtlog.library == NULL || !line_by_evtlog(out, ev, max, cut))
		line_by_us(out, ev, max, cut);
}

void
event_line(struct buf *out, const struct event *ev)
{
	event_line_cut(out, ev, EVENT_RECORD_MAX, TEXT_NONE);
}
