/*
 * Binding: a document becomes a budget, through a form.
 *
 * Everything that is wrong is noted as a fault with its place and binding goes on, so that a team
 * hears of all of it at once.  The order: units and year (amounts and words depend on them), all
 * values in the order of the file, duplicate keys, references, joined lists, template version,
 * identity.  A value that could not be read stays VALUE_FAULTED, and conditions that need it do not
 * run; one that was read and is only out of bounds or oddly written is kept, so that they do.
 *
 * Memory is bounded by MOST_VALUES whatever the file says: an empty object in a list costs the file
 * three bytes and us a record.
 */
#include "rules/bind.h"

#include <stdio.h>
#include <string.h>

void *
bind_grow(struct arena *arena, void *old, uint32_t n, uint32_t *cap, size_t size)
{
	void *more;

	if (n < *cap)
		return old;
	*cap = *cap == 0 ? 32 : *cap * 2;
	more = arena_alloc(arena, *cap * size);
	if (n > 0)
		memcpy(more, old, n * size);
	return more;
}

static struct text
arena_text(struct arena *arena, const char *p, size_t n)
{
	return (struct text){ arena_strndup(arena, p != NULL ? p : "", n), n };
}

/* At most GIVEN_BYTES of what was found, cut on a character. */
static struct text
cut(struct arena *arena, struct text given)
{
	size_t n = given.n;

	if (n > GIVEN_BYTES) {
		n = GIVEN_BYTES;
		while (n > 0 && ((unsigned char)given.p[n] & 0xc0) == 0x80)
			n--;
	}
	return arena_text(arena, given.p, n);
}

uint32_t
bind_spot(struct bind *b, uint32_t sheet, uint32_t row, uint32_t column)
{
	struct budget *budget = b->budget;

	budget->spots = bind_grow(
	    b->arena, budget->spots, budget->n_spots, &b->cap_spots, sizeof(*budget->spots));
	budget->spots[budget->n_spots++] = (struct spot){ sheet, row, column };
	return b->doc->n_cells + budget->n_spots;
}

static struct fault *
new_fault(struct bind *b)
{
	struct budget *budget = b->budget;

	if (b->faults_full)
		return NULL;
	budget->faults = bind_grow(b->arena, budget->faults, budget->n_faults, &b->cap_faults,
	    sizeof(*budget->faults));
	memset(&budget->faults[budget->n_faults], 0, sizeof(*budget->faults));
	return &budget->faults[budget->n_faults++];
}

/* The last fault that is kept says that there are more. */
static void
faults_full(struct bind *b)
{
	struct fault *fault = new_fault(b);

	b->faults_full = true;
	if (fault == NULL)
		return;
	fault->kind = FAULT_TOO_MANY_ROWS;
	fault->at = place_of_record(b->budget->root);
	fault->message =
	    TEXT("There are more faults than are listed here. Mend these and send the file "
		 "again to see the others.");
}

void
bind_fault(struct bind *b, enum fault_kind kind, struct place at, const struct field *field,
    uint32_t src, struct text given, const char *format, ...)
{
	struct fault *fault = new_fault(b);
	struct buf line = { 0 };
	va_list ap;

	if (fault == NULL)
		return;
	fault->kind = kind;
	fault->at = at;
	fault->src = src;
	fault->given = cut(b->arena, given);
	if (field != NULL)
		fault->expected = bind_expected(b->arena, field, at.item >= 0);
	if (format != NULL) {
		va_start(ap, format);
		buf_vprintf(&line, format, ap);
		va_end(ap);
		fault->message = arena_text(b->arena, line.p, line.n);
		buf_free(&line);
	}
	if (b->budget->n_faults == MOST_FAULTS)
		faults_full(b);
}

/* A member beside a missing field that may be the field misspelt; empty: none. */
static struct text
misspelt(const struct bind *b, const struct record *record, const struct field *field)
{
	const struct node *nodes = b->doc->nodes;

	if (b->doc->format != DOC_JSON || record->src == 0 ||
	    b->budget->n_faults > MOST_GUESSES)
		return TEXT_NONE;
	for (uint32_t child = nodes[record->src - 1].first; child != 0;
	     child = nodes[child].next)
		if (text_nearest(nodes[child].key, &field->name, 1) == 0 &&
		    form_field(record->type, nodes[child].key, NULL) == NULL)
			return nodes[child].key;
	return TEXT_NONE;
}

void
bind_missing(struct bind *b, struct place at, const struct field *field, uint32_t src)
{
	struct text name = misspelt(b, at.rec, field);

	if (name.n > 0)
		bind_fault(b, FAULT_MISSING, at, field, src, TEXT_NONE,
		    "This is left out. Is \"%.*s\" meant for it? Its name is \"%.*s\".",
		    TEXT_ARG(name), TEXT_ARG(field->name));
	else
		bind_fault(b, FAULT_MISSING, at, field, src, TEXT_NONE,
		    "This is left out, and must be there.");
}

void
bind_unknown(struct bind *b, enum fault_kind kind, struct place at,
    const struct record_type *type, struct text name, uint32_t src)
{
	struct text near = TEXT_NONE, shown;
	const char *what = kind == FAULT_UNKNOWN_COLUMN ? "column" : "field";
	const struct field *field;

	if (b->faults_full)
		return;
	if (b->budget->n_faults < MOST_GUESSES)
		near = form_suggest(type, name);
	field = near.n > 0 ? form_field(type, near, NULL) : NULL;
	shown = cut(b->arena, name);
	shown.n = (size_t)quoted_bytes(shown);
	if (field != NULL)
		bind_fault(b, kind, at, NULL, src, name,
		    "This form has no %s \"%.*s\". Did you mean \"%.*s\"?", what,
		    TEXT_ARG(shown),
		    TEXT_ARG(kind == FAULT_UNKNOWN_COLUMN ? field->title : near));
	else
		bind_fault(b, kind, at, NULL, src, name,
		    "This form has no %s \"%.*s\". Take it out, or correct its name.", what,
		    TEXT_ARG(shown));
}

/* Count n more values; false when the budget has room for no more. */
static bool
count_values(struct bind *b, uint32_t n)
{
	if (b->full || n > MOST_VALUES - b->values)
		return false;
	b->values += n;
	return true;
}

struct record *
bind_record(struct bind *b, const struct record_type *type, struct record *parent,
    const struct field *in, uint32_t index, uint32_t src)
{
	size_t bytes = type->n_fields * sizeof(struct value);
	struct record *record;

	if (!count_values(b, type->n_fields))
		return NULL;
	record = arena_alloc(b->arena, sizeof(*record) + bytes);
	record->type = type;
	record->budget = b->budget;
	record->parent = parent;
	record->in = in;
	record->index = index;
	record->src = src;
	record->twice = false;
	record->origins = NULL;
	memcpy(record->values, type->blank, bytes);
	if (type->joins) {
		b->joiners = bind_grow(b->arena, b->joiners, b->n_joiners, &b->cap_joiners,
		    sizeof(struct record *));
		b->joiners[b->n_joiners++] = record;
	}
	return record;
}

struct list *
bind_list(struct bind *b, const struct field *field, struct record *owner, uint32_t n, bool map)
{
	struct list *list = arena_alloc(b->arena, sizeof(*list));

	if (!count_values(b, n))
		n = 0;
	list->field = field;
	list->owner = owner;
	list->n = n;
	list->items = arena_calloc(b->arena, n, sizeof(struct value));
	list->keys = map ? arena_calloc(b->arena, n, sizeof(struct value)) : NULL;
	return list;
}

void
bind_keyed(struct bind *b, struct list *list)
{
	b->keyed = bind_grow(b->arena, b->keyed, b->n_keyed, &b->cap_keyed, sizeof(*b->keyed));
	b->keyed[b->n_keyed++] = (struct keyed){ .list = list };
}

void
bind_required(struct bind *b, struct record *record, const bool *excused)
{
	const struct record_type *type = record->type;

	for (uint32_t i = 0; i < type->n_required; i++) {
		uint16_t at = type->required[i];

		if (record->values[at].state == VALUE_ABSENT &&
		    (excused == NULL || !excused[at]))
			bind_missing(b, place_of(record, &type->fields[at]), &type->fields[at],
			    record->values[at].src);
	}
}

void
bind_early(struct bind *b, struct text units, struct text period)
{
	const struct field *field = form_path(b->form, b->form->units);
	fyear year;
	quarter q;
	date day;
	bool wrong;
	int word;

	if (field != NULL && units.n > 0) {
		word = bind_word(field, text_trim(units), true, 0, &wrong);
		if (word >= 0 && text_is(field->words[word].word, "GBP000"))
			b->scale = 1000;
	}
	period = text_trim(period);
	if (year_read(period, &year))
		b->year = year;
	else if (quarter_read(period, &q))
		b->year = q / 4;
	else if (date_read(period, true, &day) == DATE_OK)
		b->year = year_of(day);
}

static bool
in_years(fyear year, fyear from, fyear to)
{
	return year == 0 || ((from == 0 || year >= from) && (to == 0 || year <= to));
}

static struct text
text_at(struct bind *b, struct text dotted)
{
	const struct value *value = budget_get(b->budget, dotted);
	const struct field *field = form_path(b->form, dotted);
	struct buf buf = { 0 };
	struct text text = TEXT_NONE;

	if (value == NULL || value->state != VALUE_SET)
		return text;
	value_format(&buf, field, *value);
	if (!buf_failed(&buf))
		text = arena_text(b->arena, buf.p, buf.n);
	buf_free(&buf);
	return text;
}

/* The record that holds the field at a dotted path, or NULL when it is not there. */
static struct record *
record_at(struct budget *budget, struct text dotted)
{
	struct record *record = budget->root;
	const char *dot;

	while (record != NULL && (dot = memchr(dotted.p, '.', dotted.n)) != NULL) {
		struct text part = { dotted.p, (size_t)(dot - dotted.p) };
		const struct field *field = form_field(record->type, part, NULL);
		const struct value *value =
		    field != NULL ? &record->values[field->index] : NULL;

		record = value != NULL && value->state == VALUE_SET ? value->u.rec : NULL;
		dotted = (struct text){ dot + 1, dotted.n - part.n - 1 };
	}
	return record;
}

/* Those that are accepted in a year, the newest first as the form lists them: "B" or "A" (the older). */
static void
put_accepted(struct buf *buf, const struct versions *versions, fyear year, struct text name)
{
	uint32_t shown = 0;

	for (uint32_t i = 0; i < versions->n; i++) {
		const struct version_accepted *row = &versions->accepted[i];

		if (!in_years(year, row->from, row->to))
			continue;
		buf_str(buf, shown++ > 0 ? " or " : "Use ");
		if (row->name.n > 0 && !text_equal(row->name, name))
			buf_printf(buf, "\"%.*s\" ", TEXT_ARG(row->name));
		buf_printf(buf, "\"%.*s\"", TEXT_ARG(row->version));
		if (row->old)
			buf_str(buf, " (an older one)");
	}
	if (shown == 0)
		buf_str(buf, "Use the one published for this year");
}

static void
tell_unknown_version(
    struct bind *b, struct place at, struct text name, struct text version, bool of_other_year)
{
	struct buf accepted = { 0 };

	put_accepted(&accepted, b->form->versions, b->year, name);
	bind_fault(b, FAULT_UNKNOWN_VERSION, at, NULL, 0, version,
	    "This version of the template (%s%.*s%s%.*s) is %s. %.*s.", name.n > 0 ? "\"" : "",
	    QUOTED(name), name.n > 0 ? "\" " : "", QUOTED(version),
	    of_other_year ? "not for this year" : "not one that is accepted",
	    TEXT_ARG(buf_as_text(&accepted)));
	buf_free(&accepted);
}

/* Is the template one of those that are accepted, in this year? */
void
bind_version(struct bind *b)
{
	const struct versions *versions = b->form->versions;
	const struct version_accepted *newest = NULL;
	bool of_other_year = false;
	struct text version, name;
	struct record *record;
	struct place at;

	if (versions == NULL || (version = text_at(b, versions->field)).n == 0)
		return;
	name = text_at(b, versions->name);
	record = record_at(b->budget, versions->field);
	at = place_of(record, form_path(b->form, versions->field));
	for (uint32_t i = 0; i < versions->n; i++) {
		const struct version_accepted *row = &versions->accepted[i];
		bool of_year = in_years(b->year, row->from, row->to);

		if (!row->old && of_year && newest == NULL)
			newest = row;
		if (!text_equal(row->version, version) ||
		    (name.n > 0 && !text_equal(row->name, name)))
			continue;
		if (!of_year) {
			of_other_year = true;
			continue;
		}
		if (row->old)
			bind_fault(b, FAULT_OLD_VERSION, at, NULL, 0, version,
			    "This is an older version of the template. It is still read; use "
			    "\"%.*s\" "
			    "next time.",
			    TEXT_ARG(newest != NULL ? newest->version : row->version));
		return;
	}
	tell_unknown_version(b, at, name, version, of_other_year);
}

struct budget *
form_fill(struct arena *arena, const struct form *form, const struct document *doc)
{
	struct budget *budget = arena_calloc(arena, 1, sizeof(*budget));
	struct bind b = {
		.arena = arena, .form = form, .doc = doc, .budget = budget, .scale = 1
	};

	budget->arena = arena;
	budget->form = form;
	budget->document = doc;
	b.orders = arena_calloc(arena, form->n_types, sizeof(*b.orders));
	budget->root = bind_record(&b, form->root, NULL, NULL, 0, 1);
	if (doc->format == DOC_JSON)
		bind_json(&b);
	else if (document_has_sheets(doc) && form->sheets)
		bind_sheets(&b);
	else
		bind_csv(&b);
	bind_references(&b);
	bind_joins(&b);
	bind_version(&b);
	bind_index_faults(&b);
	budget->area = text_at(&b, form->area);
	budget->period = text_at(&b, form->period);
	budget->version = text_at(&b, form->version);
	return budget;
}
