/*
 * Reading cells into fields.
 *
 * In a CSV file every cell is text.  In a workbook a cell has a type that the person chose, perhaps
 * without knowing: what stands as text where a number is wanted is read and told of, a date where a code
 * was typed is what the program made of it, and an error is never a value.
 */
#include "rules/bind_cell.h"

#include <string.h>

#include "rules/number_seen.h"

uint32_t
bind_cell_src(const struct bind *b, const struct cell *cell)
{
	return (uint32_t)(cell - b->doc->cells) + 1;
}

struct record *
bind_reach(struct bind *b, struct record *record, const struct csv_target *target, uint32_t src)
{
	for (uint32_t i = 0; i + 1 < target->depth; i++) {
		const struct field *field = target->path[i];
		struct value *value = &record->values[field->index];

		if (value->state != VALUE_SET) {
			value->u.rec = bind_record(b, field->sub, record, field, 0, src);
			if (value->u.rec == NULL)
				return NULL;
			value->state = VALUE_SET;
			value->src = src;
		}
		record = value->u.rec;
	}
	return record;
}

struct record *
bind_reached(struct record *record, const struct csv_target *target)
{
	for (uint32_t i = 0; i + 1 < target->depth; i++) {
		const struct value *value = &record->values[target->path[i]->index];

		if (value->state != VALUE_SET)
			return NULL;
		record = value->u.rec;
	}
	return record;
}

static bool
is_number_kind(enum kind kind)
{
	return kind == KIND_INTEGER || kind == KIND_MONEY || kind == KIND_RATE ||
	    kind == KIND_PERCENT || kind == KIND_DECIMAL;
}

static bool
is_share_kind(enum kind kind)
{
	return kind == KIND_RATE || kind == KIND_PERCENT || kind == KIND_DECIMAL;
}

/* A number as it is shown; as a share, 0.05, with its sign: 5%. */
static struct text
number_text(struct arena *arena, const struct number_seen *seen, bool percent)
{
	struct number_seen shown = *seen;
	char out[NUMBER_SEEN_ROOM + 1];
	size_t n;

	if (percent && shown.digits != 0)
		shown.power += 2;
	n = number_seen_put(&shown, out);
	if (percent)
		out[n++] = '%';
	return (struct text){ arena_strndup(arena, out, n), n };
}

struct text
bind_cell_text(struct bind *b, const struct cell *cell)
{
	struct number_seen seen;

	if (cell->type != CELL_NUMBER || !number_seen(cell->text, &seen))
		return trimmed(cell->text);
	return number_text(b->arena, &seen, cell->percent);
}

/* A cell that is to become a scalar. */
struct reading_cell {
	struct bind *b;
	struct place at;
	const struct field *field;
	enum kind kind;
	const struct cell *cell;
	struct given given;
	struct value *out;
};

static void
cell_faulted(struct reading_cell *r, enum fault_kind fault, const char *why)
{
	r->out->state = VALUE_FAULTED;
	bind_fault(r->b, fault, r->at, r->field, r->given.src, r->given.text, "\"%.*s\" %s",
	    QUOTED(r->given.text), why);
}

static const struct {
	const char *error, *why;
} error_words[] = {
	{ "#NOT-CALCULATED",
	    "This cell has a formula, and the program that wrote the file did not work it out. "
	    "Open the workbook in Excel or LibreOffice, save it, and send that." },
	{ "#REF!", "refers to a cell that is no longer there" },
	{ "#DIV/0!", "divides by nought" },
	{ "#N/A", "looks something up that is not there" },
	{ "#NAME?", "has a word in it that the program does not know" },
	{ "#VALUE!", "reckons with something that is no number" },
	{ "#NUM!", "has a result that is no number" },
};

static bool
take_error(struct reading_cell *r)
{
	const char *why = "failed";
	size_t i;

	r->out->state = VALUE_FAULTED;
	for (i = 0; i < sizeof(error_words) / sizeof(error_words[0]); i++)
		if (text_is(r->given.text, error_words[i].error))
			break;
	if (i == 0) {
		bind_fault(r->b, FAULT_NOT_CALCULATED, r->at, r->field, r->given.src, TEXT_NONE,
		    "%s", error_words[0].why);
		return false;
	}
	if (i < sizeof(error_words) / sizeof(error_words[0]))
		why = error_words[i].why;
	bind_fault(r->b, FAULT_ERROR_CELL, r->at, r->field, r->given.src, r->given.text,
	    "This cell shows %.*s: its formula %s. Mend the formula, or type the value itself.",
	    QUOTED(r->given.text), why);
	return false;
}

static bool
take_number(struct reading_cell *r)
{
	struct number_seen seen;

	if (!number_seen(r->cell->text, &seen))
		return true; /* read as the text it is, which says what is wrong */
	r->given.text =
	    number_text(r->b->arena, &seen, r->cell->percent && !is_number_kind(r->kind));
	if (seen.cut) {
		cell_faulted(r,
		    r->kind == KIND_CODE || r->kind == KIND_REF || r->kind == KIND_TEXT
			? FAULT_BAD_CODE
			: FAULT_NOT_A_NUMBER,
		    "has more digits than a spreadsheet keeps, so that the last ones are lost. "
		    "Format the cell as text and type it again.");
		return false;
	}
	if (r->kind == KIND_DATE || r->kind == KIND_TIME) {
		cell_faulted(r, r->kind == KIND_DATE ? FAULT_BAD_DATE : FAULT_BAD_TIME,
		    "is a number where a date must stand. Format the cell as a date, or type "
		    "28/11/2014.");
		return false;
	}
	if (!is_number_kind(r->kind))
		return true;
	if (r->cell->percent && is_share_kind(r->kind))
		r->given.text = number_text(r->b->arena, &seen, true);
	r->given.how = GIVEN_NUMBER;
	return true;
}

/* "2014-11-28" and "2014-11-28T16:05:00"; a time of the day alone is no date. */
static bool
take_date(struct reading_cell *r)
{
	struct text text = r->given.text;
	bool has_day = text.n >= 10 && text.p[4] == '-' && text.p[7] == '-';

	if (is_number_kind(r->kind) || r->kind == KIND_BOOLEAN) {
		cell_faulted(r, r->kind == KIND_BOOLEAN ? FAULT_WRONG_TYPE : FAULT_NOT_A_NUMBER,
		    "is a date, which does not belong here. Format the cell as a number and "
		    "type "
		    "the value again.");
		return false;
	}
	if (r->kind == KIND_CODE || r->kind == KIND_REF) {
		cell_faulted(r, FAULT_BAD_CODE,
		    "is a date, which the program made of what was typed. Format the cell as "
		    "text "
		    "and type the code again.");
		return false;
	}
	if (r->kind == KIND_DATE && has_day)
		r->given.text.n = 10;
	else if (r->kind == KIND_TIME && has_day && text.n > 10) {
		struct buf local = { 0 };

		buf_printf(
		    &local, "%.*s %.*s London", 10, text.p, (int)(text.n - 11), text.p + 11);
		r->given.text =
		    (struct text){ arena_strndup(r->b->arena, local.p, local.n), local.n };
		buf_free(&local);
	}
	return true;
}

static bool
take_bool(struct reading_cell *r)
{
	r->given.truth = text_is(r->given.text, "true");
	r->given.text = r->given.truth ? TEXT("TRUE") : TEXT("FALSE");
	if (r->kind == KIND_BOOLEAN || is_number_kind(r->kind))
		r->given.how = GIVEN_BOOL;
	return true;
}

static bool
take_text(struct reading_cell *r)
{
	r->given.typed = true;
	return true;
}

static bool (*const takes[])(struct reading_cell *) = {
	[CELL_TEXT] = take_text,
	[CELL_NUMBER] = take_number,
	[CELL_BOOL] = take_bool,
	[CELL_DATE] = take_date,
	[CELL_ERROR] = take_error,
};

void
bind_cell_scalar(struct bind *b, struct place at, const struct field *field, enum kind kind,
    const struct cell *cell, int alias, int64_t scale, struct value *out)
{
	struct reading_cell r = { .b = b,
		.at = at,
		.field = field,
		.kind = kind,
		.cell = cell,
		.out = out,
		.given = { .how = GIVEN_CELL,
		    .text = cell->text,
		    .src = bind_cell_src(b, cell),
		    .alias = alias,
		    .scale = scale } };

	out->kind = (uint8_t)kind;
	out->src = r.given.src;
	if (b->doc->format == DOC_CSV || takes[cell->type](&r))
		bind_scalar(b, at, field, kind, &r.given, out);
}

static bool
parts_items(const struct field *field, char c)
{
	return c == ';' || c == '|' || c == '\n' ||
	    (c == ',' &&
		(field->of == KIND_CODE || field->of == KIND_REF || field->of == KIND_ENUM));
}

/* Several values in one cell: "C87901; C87902". */
static void
bind_items(struct bind *b, struct record *record, const struct field *field,
    const struct cell *cell, int64_t scale)
{
	struct value *value = &record->values[field->index];
	struct text rest = bind_cell_text(b, cell);
	uint32_t n = 1, at = 0;

	for (size_t i = 0; i < rest.n; i++)
		n += parts_items(field, rest.p[i]);
	value->u.list = bind_list(b, field, record, n, false);
	value->state = VALUE_SET;
	value->src = bind_cell_src(b, cell);
	while (at < value->u.list->n) {
		struct given given = { .how = GIVEN_CELL, .src = value->src, .scale = scale };
		size_t end = 0;

		while (end < rest.n && !parts_items(field, rest.p[end]))
			end++;
		given.text = trimmed((struct text){ rest.p, end });
		if (given.text.n > 0) {
			bind_scalar(b, (struct place){ record, field->index, (int32_t)at },
			    field, field->of, &given, &value->u.list->items[at]);
			at++;
		}
		if (end == rest.n)
			break;
		rest = (struct text){ rest.p + end + 1, rest.n - end - 1 };
	}
	value->u.list->n = at;
}

/* A cell that cannot be a list, and of which bind_cell_scalar() will say why. */
static bool
is_no_list(const struct field *field, const struct cell *cell)
{
	struct number_seen seen;

	if (cell->type == CELL_NUMBER)
		return number_seen(cell->text, &seen) && seen.cut;
	return cell->type == CELL_ERROR ||
	    (cell->type == CELL_DATE && (field->of == KIND_CODE || field->of == KIND_REF));
}

void
bind_cell(struct bind *b, struct record *record, const struct csv_target *target,
    const struct cell *cell, int64_t scale)
{
	const struct field *field = target->path[target->depth - 1];
	struct value *value, lost = { 0 };

	if (trimmed(cell->text).n == 0 ||
	    (record = bind_reach(b, record, target, bind_cell_src(b, cell))) == NULL)
		return;
	value = &record->values[field->index];
	if (field->kind != KIND_LIST)
		bind_cell_scalar(b, place_of(record, field), field, field->kind, cell,
		    target->alias, scale, value);
	else if (b->doc->format == DOC_CSV || !is_no_list(field, cell))
		bind_items(b, record, field, cell, scale);
	else {
		bind_cell_scalar(
		    b, place_of(record, field), field, field->of, cell, 0, scale, &lost);
		value->src = lost.src;
		value->state = VALUE_FAULTED;
	}
}

void
bind_require_inner(struct bind *b, struct record *record)
{
	for (uint32_t i = 0; i < record->type->n_fields; i++) {
		const struct value *value = &record->values[i];

		if (value->kind != KIND_RECORD || value->state != VALUE_SET)
			continue;
		bind_required(b, value->u.rec, NULL);
		bind_require_inner(b, value->u.rec);
	}
}
