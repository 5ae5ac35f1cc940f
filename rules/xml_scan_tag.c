/* Markup: tags, references, comments, instructions, CDATA.  See xml_scan.c. */
#include <string.h>
#include <strings.h>

#include "rules/text_utf8.h"
#include "rules/xml_scan_private.h"

#define BOM "\xef\xbb\xbf"
#define IS  XML_IS

static char *
blanks(char *p)
{
	while (IS(*p, XML_BLANK))
		p++;
	return p;
}

/* The value of "#x41" or "#65", to the semicolon; -1: none. */
static int64_t
number_of(char **at)
{
	bool hex = (*at)[1] == 'x';
	char *p = *at + 1 + hex, *from = p;
	int64_t value = 0;
	int digit;

	for (;; p++) {
		if (*p >= '0' && *p <= '9')
			digit = *p - '0';
		else if (hex && ((*p >= 'a' && *p <= 'f') || (*p >= 'A' && *p <= 'F')))
			digit = (*p & 0x0f) + 9;
		else
			break;
		if (value <= 0x10ffff)
			value = value * (hex ? 16 : 10) + digit;
	}
	*at = p;
	return p > from ? value : -1;
}

static bool
may_stand(int64_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xd800) ||
	    (c > 0xdfff && c <= 0x10ffff && c != 0xfffe && c != 0xffff);
}

size_t
xml_scan_reference(struct xml_scan *s, char **at, char out[static 4])
{
	static const struct {
		const char *name;
		size_t n;
		char c;
	} entities[] = { { "amp;", 4, '&' }, { "lt;", 3, '<' }, { "gt;", 3, '>' },
		{ "quot;", 5, '"' }, { "apos;", 5, '\'' } };
	char *p = *at + 1;
	int64_t value;

	if (*p == '#') {
		value = number_of(&p);
		if (*p != ';' || !may_stand(value))
			return xml_scan_bad(s, p, "a character by a number that is none");
		*at = p + 1;
		return utf8_encode(out, (uint32_t)value);
	}
	for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++)
		if (strncmp(p, entities[i].name, entities[i].n) == 0) {
			*at = p + entities[i].n;
			*out = entities[i].c;
			return 1;
		}
	while (IS(*p, XML_NAME))
		p++;
	return xml_scan_bad(s, p, "an entity that XML does not have");
}

/* An attribute's value as it is meant, in its place, which is never shorter. */
static bool
decode_value(struct xml_scan *s, struct xml_scan_attribute *a)
{
	char *p = a->value, *out = p, decoded[4];
	size_t n;

	for (; p < a->value_end; p++)
		if (*p == '&') {
			if ((n = xml_scan_reference(s, &p, decoded)) == 0)
				return false;
			memcpy(out, decoded, n);
			out += n;
			p--;
		} else if (IS(*p, XML_BLANK)) {
			p += p[0] == '\r' && p[1] == '\n';
			*out++ = ' ';
		} else
			*out++ = *p;
	*out = '\0';
	return true;
}

/* The value whose quote is at p; returns what is behind it, NULL: bad or not whole. */
static char *
scan_value(struct xml_scan *s, char *p, struct xml_scan_attribute *a)
{
	char quote = *p++;
	size_t n;

	a->value = p;
	a->plain = true;
	for (;;) {
		while (IS(*p, XML_VALUE))
			p++;
		if (*p == quote)
			break;
		if (*p == '"' || *p == '\'')
			p++;
		else if (*p == '&' || IS(*p, XML_BLANK)) {
			a->plain = false;
			p++;
		} else if ((unsigned char)*p >= 0x80 && (n = xml_scan_character(s, p)) > 0)
			p += n;
		else {
			(void)xml_scan_bad(
			    s, p, "an attribute's value with what none may hold");
			return NULL;
		}
	}
	a->value_end = p;
	return p + 1;
}

/* name="value" at p, which is behind white space. */
static char *
scan_attribute(struct xml_scan *s, char *p, struct xml_scan_attribute *a)
{
	a->name = p;
	if (!IS(*p, XML_NAME_START)) {
		(void)xml_scan_bad(s, p, "a tag with something that is no attribute");
		return NULL;
	}
	while (IS(*p, XML_NAME))
		p++;
	a->name_end = p;
	p = blanks(p);
	if (*p != '=') {
		(void)xml_scan_bad(s, p, "an attribute without a value");
		return NULL;
	}
	p = blanks(p + 1);
	if (*p != '"' && *p != '\'') {
		(void)xml_scan_bad(s, p, "an attribute's value without quotes");
		return NULL;
	}
	return scan_value(s, p, a);
}

/* The attributes from p on; returns where the tag's ">" or "/>" is. */
static char *
scan_attributes(struct xml_scan *s, char *p, size_t *n)
{
	char *behind;

	for (*n = 0;; p = behind) {
		char *at = blanks(p);

		if (*at == '>' || (*at == '/' && at[1] == '>'))
			return at;
		if (*at == '/')
			at++; /* nothing but ">" may follow, or there is nothing yet */
		else if (at > p && *n < XML_SCAN_ATTRIBUTES) {
			behind = scan_attribute(s, at, &s->attributes[*n]);
			if (behind == NULL)
				return NULL;
			++*n;
			continue;
		}
		(void)xml_scan_bad(s, at, "a tag with something that is no attribute");
		return NULL;
	}
}

static struct text
name_of(const struct xml_scan_attribute *a)
{
	return (struct text){ a->name, (size_t)(a->name_end - a->name) };
}

/* Make the attributes of a whole tag strings. */
#define FEW   16  /* names that are compared each with each */
#define SLOTS 512 /* for more of them, of which at most half are taken */
_Static_assert(XML_SCAN_ATTRIBUTES * 2 <= SLOTS, "names are found in a few steps");

/* The slot of a name, by its bytes: free, or of the one that is the same. */
static uint16_t *
slot_of(const struct xml_scan *s, struct text name, uint16_t slots[static SLOTS])
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 16777619u;
	for (h = (h ^ h >> 15) % SLOTS; slots[h] != 0; h = (h + 1) % SLOTS)
		if (same_text(name_of(&s->attributes[slots[h] - 1]), name))
			break;
	return &slots[h];
}

/* The first attribute of a name that an earlier one has, or NULL. */
static const struct xml_scan_attribute *
attribute_twice(const struct xml_scan *s, size_t n)
{
	uint16_t slots[SLOTS], *slot;

	if (n > FEW)
		memset(slots, 0, sizeof(slots));
	for (size_t i = 0; i < n; i++) {
		const struct xml_scan_attribute *a = &s->attributes[i];

		if (n > FEW) {
			slot = slot_of(s, name_of(a), slots);
			if (*slot != 0)
				return a;
			*slot = (uint16_t)(i + 1);
		}
		for (size_t j = 0; n <= FEW && j < i; j++)
			if (same_text(name_of(&s->attributes[j]), name_of(a)))
				return a;
	}
	return NULL;
}

static bool
give_attributes(struct xml_scan *s, size_t n)
{
	const struct xml_scan_attribute *twice = attribute_twice(s, n);

	if (twice != NULL)
		return xml_scan_bad(s, twice->name, "an attribute that stands twice");
	for (size_t i = 0; i < n; i++) {
		struct xml_scan_attribute *a = &s->attributes[i];

		*a->name_end = *a->value_end = '\0';
		if (!a->plain && !decode_value(s, a))
			return false;
		s->given[2 * i] = a->name;
		s->given[2 * i + 1] = a->value;
	}
	s->given[2 * n] = NULL;
	return true;
}

static bool
push(struct xml_scan *s, const char *name, size_t n)
{
	if (s->depth == XML_SCAN_DEPTH)
		return xml_scan_bad(s, name, "elements nested deeper than 256");
	s->open[s->depth].at = (uint32_t)s->names.n;
	s->open[s->depth].n = (uint32_t)n;
	s->depth++;
	buf_put(&s->names, name, n);
	if (buf_failed(&s->names))
		arena_exhausted();
	return true;
}

static bool
start_tag(struct xml_scan *s)
{
	char *name = s->p + 1, *name_end = name, *end;
	bool empty;
	size_t n;

	if (!IS(*name, XML_NAME_START))
		return xml_scan_bad(s, name, "a tag without a name of plain letters");
	while (IS(*name_end, XML_NAME))
		name_end++;
	end = scan_attributes(s, name_end, &n);
	if (end == NULL)
		return false;
	empty = *end == '/';
	if (s->depth == 0 && s->rooted)
		return xml_scan_bad(s, name, "a second root");
	s->rooted = true;
	if (!empty && !push(s, name, (size_t)(name_end - name)))
		return false;
	*name_end = '\0';
	if (!give_attributes(s, n))
		return false;
	s->p = end + 1 + empty;
	s->calls->start(s->arg, name, s->given);
	if (empty && !s->stopped) {
		s->calls->end(s->arg, name);
		s->known = NULL;
	}
	return !s->stopped;
}

static bool
end_tag(struct xml_scan *s)
{
	char *name = s->p + 2, *behind;
	struct text open;
	size_t n;

	if (s->depth == 0)
		return xml_scan_bad(s, name, "an end tag without an element");
	n = s->open[s->depth - 1].n;
	if ((size_t)(s->end - name) <= n && !s->last)
		return xml_scan_bad(s, s->end, "");
	open = (struct text){ s->names.p + s->open[s->depth - 1].at, n };
	if ((size_t)(s->end - name) <= n || !same_text((struct text){ name, n }, open))
		return xml_scan_bad(s, name, "an end tag of another element");
	behind = blanks(name + n);
	if (*behind != '>')
		return xml_scan_bad(s, behind, "an end tag of another element");
	s->names.n = s->open[--s->depth].at;
	if (s->depth < s->known_depth)
		s->known = NULL;
	name[n] = '\0';
	s->p = behind + 1;
	s->calls->end(s->arg, name);
	return !s->stopped;
}

/* The first of a character from p on, with only what XML may hold before it; NULL: bad or not whole. */
static char *
until(struct xml_scan *s, char *p, char c)
{
	size_t n = 1;

	for (; *p != c; p += n) {
		n = 1;
		if ((unsigned char)*p >= 0x80)
			n = xml_scan_character(s, p);
		else if ((unsigned char)*p < 0x20 && !IS(*p, XML_BLANK))
			n = 0;
		if (n == 0) {
			(void)xml_scan_bad(
			    s, p, "not UTF-8, or a character that XML cannot hold");
			return NULL;
		}
	}
	return p;
}

/* Is there room behind p for n bytes?  Else whatever is there is not whole. */
static bool
reaches(struct xml_scan *s, const char *p, ptrdiff_t n)
{
	return s->end - p >= n || xml_scan_bad(s, s->end, "");
}

static bool
comment(struct xml_scan *s)
{
	char *p = s->p + 4;

	for (;; p++) {
		if ((p = until(s, p, '-')) == NULL || !reaches(s, p, 3))
			return false;
		if (p[1] == '-')
			break;
	}
	if (p[2] != '>')
		return xml_scan_bad(s, p, "a comment with -- in it");
	s->p = p + 3;
	return true;
}

/* The lines of a CDATA section end as those of text. */
static void
give_section(struct xml_scan *s, const char *p, const char *end)
{
	const char *cr;

	while (!s->stopped && s->wants_text && p < end) {
		cr = memchr(p, '\r', (size_t)(end - p));
		if (cr != p)
			s->calls->text(s->arg, p, (int)((cr != NULL ? cr : end) - p));
		if (cr == NULL)
			return;
		if (!s->stopped)
			s->calls->text(s->arg, "\n", 1);
		p = cr + 1 + (cr + 1 < end && cr[1] == '\n');
	}
}

static bool
section(struct xml_scan *s)
{
	char *from = s->p + 9, *p = from;

	if (s->depth == 0)
		return xml_scan_bad(s, s->p, "text outside the root");
	for (;; p++) {
		if ((p = until(s, p, ']')) == NULL || !reaches(s, p, 3))
			return false;
		if (p[1] == ']' && p[2] == '>')
			break;
	}
	s->p = p + 3;
	give_section(s, from, p);
	return !s->stopped;
}

static bool
instruction(struct xml_scan *s)
{
	char *name = s->p + 2, *p = name;

	if (!IS(*p, XML_NAME_START))
		return xml_scan_bad(s, p, "an instruction without a name");
	while (IS(*p, XML_NAME))
		p++;
	if (!reaches(s, p, 2))
		return false;
	if (p - name == 3 && strncasecmp(name, "xml", 3) == 0)
		return xml_scan_bad(s, name, "an XML declaration that is not at the beginning");
	if (!IS(*p, XML_BLANK) && (p[0] != '?' || p[1] != '>'))
		return xml_scan_bad(s, p, "an instruction without a name");
	for (;; p++) {
		if ((p = until(s, p, '?')) == NULL || !reaches(s, p, 2))
			return false;
		if (p[1] == '>')
			break;
	}
	s->p = p + 2;
	return true;
}

static bool
declaration(struct xml_scan *s)
{
	if (s->end - s->p < 9 && !s->last)
		return xml_scan_bad(s, s->end, "");
	if (strncmp(s->p, "<!--", 4) == 0)
		return comment(s);
	if (strncmp(s->p, "<![CDATA[", 9) == 0)
		return section(s);
	return xml_scan_bad(s, s->p, "a document type declaration, which workbooks never have");
}

/* What begins here, shown to who knows it. */
static bool
show(struct xml_scan *s)
{
	const char *behind = s->known(s->arg, s->p);

	if (behind == s->p)
		return start_tag(s);
	s->p += behind - s->p;
	return !s->stopped;
}

bool
xml_scan_markup(struct xml_scan *s)
{
	switch (s->p[1]) {
	case '/': return end_tag(s);
	case '!': return declaration(s);
	case '?': return instruction(s);
	default: return s->known != NULL && s->depth == s->known_depth ? show(s) : start_tag(s);
	}
}

/* A word of the declaration, with its value: version="1.0".  NULL: another one, or none. */
static const char *
pseudo(const char *p, const char *end, const char *word, const char **value, size_t *n)
{
	const char *from = p;
	char quote;

	for (; p < end && IS(*p, XML_BLANK); p++)
		;
	if (p == from || (size_t)(end - p) < strlen(word) + 3 ||
	    memcmp(p, word, strlen(word)) != 0 || p[strlen(word)] != '=')
		return NULL;
	p += strlen(word) + 1;
	quote = *p++;
	if (quote != '"' && quote != '\'')
		return NULL;
	*value = p;
	p = memchr(p, quote, (size_t)(end - p));
	if (p == NULL)
		return NULL;
	*n = (size_t)(p - *value);
	return p + 1;
}

/* Where the document begins behind its mark and declaration; NULL: they are not as programs write them. */
const char *
xml_scan_begin(const char *p, const char *end)
{
	const char *at, *value;
	size_t n;

	if (end - p >= 3 && memcmp(p, BOM, 3) == 0)
		p += 3;
	if (end - p < 6 || memcmp(p, "<?xml", 5) != 0 || !IS(p[5], XML_BLANK))
		return p;
	if ((p = pseudo(p + 5, end, "version", &value, &n)) == NULL || n != 3 ||
	    memcmp(value, "1.0", 3) != 0)
		return NULL;
	if ((at = pseudo(p, end, "encoding", &value, &n)) != NULL) {
		if (n != 5 || strncasecmp(value, "utf-8", 5) != 0)
			return NULL;
		p = at;
	}
	if ((at = pseudo(p, end, "standalone", &value, &n)) != NULL) {
		if (!(n == 3 && memcmp(value, "yes", 3) == 0) &&
		    !(n == 2 && memcmp(value, "no", 2) == 0))
			return NULL;
		p = at;
	}
	for (; p < end && IS(*p, XML_BLANK); p++)
		;
	return end - p >= 2 && p[0] == '?' && p[1] == '>' ? p + 2 : NULL;
}

bool
xml_scan_takes(const char *p, size_t n)
{
	return n > 0 && memchr(p, '\0', n < 4 ? n : 4) == NULL &&
	    xml_scan_begin(p, p + n) != NULL;
}
