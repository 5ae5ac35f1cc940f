#include "rules/read_xml.h"

#include <stdio.h>
#include <string.h>

#include <expat.h>

#include "rules/document_lines.h"
#include "rules/xml_scan.h"

#define PIECE ((size_t)64 * 1024)

static const struct read_fault bad = { "syntax", "a workbook as Excel or LibreOffice saves it",
	"Open it in Excel or LibreOffice, save it again as .xlsx, and send that." };

struct xml {
	XML_Parser parser;     /* NULL: not needed yet */
	struct xml_scan *scan; /* instead of the parser, for large parts */
	const struct xml_calls *calls;
	void *arg;
	xml_known *known;
	struct arena *arena;
	struct text path; /* empty: a file by itself */
	struct read_error *error;
	unsigned depth;
	unsigned long salt;
	bool refused, begun;
};

const char *
xml_local(const char *name)
{
	const char *p = name; /* names are short: this costs less than a call */

	while (*p != ':' && *p != '\0')
		p++;
	return *p == ':' ? p + 1 : name;
}

const char *
xml_attribute(const char **attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2)
		if (strcmp(xml_local(*attributes), name) == 0)
			return attributes[1];
	return NULL;
}

const char *
xml_prefixed(const char **attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2)
		if (strchr(*attributes, ':') != NULL &&
		    strcmp(xml_local(*attributes), name) == 0)
			return attributes[1];
	return NULL;
}

void
xml_refuse(struct xml *x, const struct read_error *error)
{
	if (!x->refused)
		*x->error = *error;
	x->refused = true;
	if (x->scan != NULL)
		xml_scan_stop(x->scan);
	else if (x->parser != NULL)
		(void)XML_StopParser(x->parser, XML_FALSE);
}

static void
refuse(struct xml *x, const char *what)
{
	struct read_error e = { 0 };

	if (x->path.n == 0)
		read_error_set(&e, x->arena, &bad, 0, 0, "This workbook %s.", what);
	else
		read_error_set(&e, x->arena, &bad, 0, 0, "The part %.*s of this workbook %s.",
		    TEXT_ARG(x->path), what);
	xml_refuse(x, &e);
}

static void XMLCALL
on_text(void *arg, const char *p, int n)
{
	struct xml *x = arg;

	x->calls->text(x->arg, p, (size_t)n);
}

void
xml_want_text(struct xml *x, bool wanted)
{
	if (x->scan != NULL)
		xml_scan_want_text(x->scan, wanted);
	else
		XML_SetCharacterDataHandler(x->parser, wanted ? on_text : NULL);
}

static const char *
on_known(void *arg, const char *p)
{
	struct xml *x = arg;

	return x->known(x->arg, p);
}

void
xml_show(struct xml *x, xml_known *known)
{
	x->known = known;
	if (x->scan != NULL)
		xml_scan_show(x->scan, on_known);
}

static void XMLCALL
on_start(void *arg, const char *name, const char **attributes)
{
	struct xml *x = arg;

	if (x->refused)
		return;
	if (++x->depth > XML_DEPTH)
		refuse(x, "is nested deeper than any workbook");
	else
		x->calls->start(x->arg, x, x->depth, xml_local(name), attributes);
}

static void XMLCALL
on_end(void *arg, const char *name)
{
	struct xml *x = arg;

	if (!x->refused && x->calls->end != NULL)
		x->calls->end(x->arg, x, x->depth, xml_local(name));
	x->depth--;
}

static void XMLCALL
on_doctype(void *arg, const char *name, const char *system, const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	refuse(arg, "has a document type declaration, which workbooks never have");
}

static void
not_well_formed(struct xml *x, unsigned long line, const char *wrong)
{
	char what[200];

	(void)snprintf(
	    what, sizeof(what), "is not well-formed XML (line %lu: %s)", line, wrong);
	refuse(x, what);
}

/* Who is called for what. */
static void
set_up(struct xml *x)
{
	x->parser = XML_ParserCreate(NULL);
	if (x->parser == NULL)
		arena_exhausted();
	/* so that nothing is asked of the system for it, and each run is like the other */
	(void)XML_SetHashSalt(x->parser, x->salt);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
}

static bool
on_piece(void *arg, const char *p, size_t n, bool last)
{
	struct xml *x = arg;

	if (x->parser == NULL)
		set_up(x);
	if (XML_Parse(x->parser, p, (int)n, last) == XML_STATUS_OK && !x->refused)
		return true;
	if (XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY)
		arena_exhausted();
	if (!x->refused)
		not_well_formed(x, (unsigned long)XML_GetCurrentLineNumber(x->parser),
		    XML_ErrorString(XML_GetErrorCode(x->parser)));
	return false;
}

/* The first piece of a large part says which of the two has it. */
static bool
on_large_piece(void *arg, const char *p, size_t n, bool last)
{
	static const struct xml_scan_calls calls = { on_start, on_end, on_text };
	struct xml *x = arg;
	unsigned long line;
	const char *wrong;

	if (!x->begun && xml_scan_takes(p, n))
		x->scan = xml_scan_new(x->arena, &calls, x);
	x->begun = true;
	if (x->scan == NULL)
		return on_piece(arg, p, n, last);
	if (xml_scan_feed(x->scan, p, n, last) && !x->refused)
		return true;
	if (!x->refused) {
		wrong = xml_scan_wrong(x->scan, &line);
		not_well_formed(x, line, wrong);
	}
	return false;
}

static void
finish(struct xml *x)
{
	if (x->parser != NULL)
		XML_ParserFree(x->parser);
	if (x->scan != NULL)
		xml_scan_free(x->scan);
}

static bool
read_part(struct package *package, struct arena *arena, struct text path, bool large,
    const struct xml_calls *calls, void *arg, struct read_error *error)
{
	struct read_error said = { 0 }, failed;
	struct xml x = {
		.calls = calls,
		.arg = arg,
		.arena = arena,
		.path = path,
		.error = &said,
		.salt = package_salt(package),
	};
	bool good;

	good = package_read(package, path, large ? on_large_piece : on_piece, &x, &failed);
	finish(&x);
	*error = x.refused ? said : failed;
	return good && !x.refused;
}

bool
xml_read(struct package *package, struct arena *arena, struct text path,
    const struct xml_calls *calls, void *arg, struct read_error *error)
{
	return read_part(package, arena, path, false, calls, arg, error);
}

bool
xml_read_large(struct package *package, struct arena *arena, struct text path,
    const struct xml_calls *calls, void *arg, struct read_error *error)
{
	return read_part(package, arena, path, true, calls, arg, error);
}

bool
xml_read_bytes(struct text bytes, struct arena *arena, const struct xml_calls *calls, void *arg,
    struct read_error *error)
{
	struct xml x = { .calls = calls,
		.arg = arg,
		.arena = arena,
		.error = error,
		.salt = package_salt_of(bytes) };
	bool good = true;
	size_t n;

	*error = (struct read_error){ 0 };
	for (size_t at = 0; good && at < bytes.n; at += n) {
		n = bytes.n - at < PIECE ? bytes.n - at : PIECE;
		good = on_large_piece(&x, bytes.p + at, n, at + n == bytes.n);
	}
	finish(&x);
	return good && !x.refused;
}
