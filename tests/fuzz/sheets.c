/*
 * Workbooks into budgets: recognise, fill a form that has every kind of place, and write every place.
 *
 * The input is text that makes a workbook, so that what is tried is the form and not the archive: a line a
 * row, a bar between cells.  A line "@name" begins a sheet, "&1:2" merges two rows and three columns from
 * here, "?name|place" names a place.  A cell begins with its type: # number, % share, ~ date, ! error, = true,
 * ^ hidden, and text with anything else; blank ones are none.
 */
#include "../unit/form_help.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char sheets_form[] =
    "form { id = 'plan', title = 'Plan', area = 'hwb.gss', period = 'year', units = 'units',\n"
    "  version = { field = 'template.version', name = 'template.name', accepted = { { 'T', '2' "
    "}, { 'T', '1', old = true } } },\n"
    "  fields = {\n"
    "    { 'template', 'record', required = true, fields = { { 'name', 'text', required = true "
    "}, { 'version', 'text', required = true } } },\n"
    "    { 'year', 'year', required = true }, { 'units', 'enum', of = { 'GBP', 'GBP000' } },\n"
    "    { 'hwb', 'record', required = true, title = 'Board', fields = { { 'gss', 'code', "
    "required = true, title = 'Code' }, { 'name', 'text' } } },\n"
    "    { 'agreed', 'boolean' }, { 'on', 'date' }, { 'at', 'time', day_ends = true }, { "
    "'share', 'percent' }, { 'themes', 'list', of = 'code' },\n"
    "    { 'partners', 'list', key = 'id', row = 'partner', required = true, fields = { { "
    "'id', 'code', required = true },\n"
    "        { 'budgets', 'list', key = 'area', fields = { { 'area', 'code' }, { 'total', "
    "'money' } } } } },\n"
    "    { 'income', 'list', key = 'line', row = 'line', required = true, fields = { { 'line', "
    "'code', required = true },\n"
    "        { 'partner', 'reference', to = 'partners' }, { 'amount', 'money', required = "
    "true, headers = { 'Amount (£)' } }, { 'n', 'integer' },\n"
    "        { 'c', 'record', fields = { { 'd', 'boolean', required = true } } } } },\n"
    "    { 'account', 'list', key = 'quarter', fields = { { 'quarter', 'quarter', required = "
    "true }, { 'in', 'money', required = true }, { 'out', 'money' } } },\n"
    "    { 'p4p', 'record', fields = { { 'planned', 'map', keys = 'quarter', of = 'integer' }, "
    "{ 'split', 'map', keys = 'reference', to = 'partners', of = 'percent' } } } },\n"
    "  sheets = {\n"
    "    { 'C', also = { 'Cover' }, needed = true, values = { { 'template.name', cell = 'A1' "
    "}, { 'template.version', name = 'V' }, 'year', 'hwb.gss',\n"
    "        { 'hwb.name', label = 'N', below = true }, { 'units', is = 'GBP' }, 'agreed', "
    "'on', 'at', 'share', 'themes' } },\n"
    "    { 'P', tables = { { list = 'partners' }, { list = 'partners.budgets', parent = { "
    "'Partner' }, optional = true, under = 'Budgets' } } },\n"
    "    { 'I', tables = { { list = 'income', totals = { 'total' }, adds = { 'amount', 'n' }, "
    "prefilled = { 'line' }, ignore = { 'x' } },\n"
    "        { list = 'income', needs = { 'amount', 'n' }, set = { line = 'L' }, optional = "
    "true } } },\n"
    "    { 'Q', optional = true, tables = { { maps = { 'p4p.planned' }, key = { 'Quarter' } }, "
    "{ maps = { 'p4p.split' }, key = { 'Partner' }, optional = true },\n"
    "        { list = 'account', optional = true }, { list = 'account', across = 'quarter', "
    "under "
    "= 'N', rows = { ['in'] = 'Line' }, ignore = { 'x' } }, { list = 'account', across = "
    "'quarter' } } },\n"
    "  } }\n";

static struct forms *forms;

struct maker {
	struct document *d;
	struct text rest;
	uint32_t row;
};

static struct text
take(struct text *from, char mark)
{
	const char *end = from->n > 0 ? memchr(from->p, mark, from->n) : NULL;
	struct text t = { from->p, end != NULL ? (size_t)(end - from->p) : from->n };

	*from = (struct text){ from->p + t.n + (end != NULL), from->n - t.n - (end != NULL) };
	return t;
}

static void
add_cell(struct maker *m, struct text t, uint32_t column)
{
	static const struct {
		char mark;
		enum cell_type type;
	} types[] = { { '#', CELL_NUMBER }, { '%', CELL_NUMBER }, { '~', CELL_DATE },
		{ '!', CELL_ERROR }, { '=', CELL_BOOL } };
	struct sheet *s = &m->d->sheets[m->d->n_sheets - 1];
	struct cell *c = &m->d->cells[m->d->n_cells];

	*c = (struct cell){ .row = m->row, .column = column, .type = CELL_TEXT };
	if (t.n > 0 && t.p[0] == '^') {
		c->hidden = true;
		t = (struct text){ t.p + 1, t.n - 1 };
	}
	for (size_t i = 0; t.n > 0 && i < sizeof(types) / sizeof(types[0]); i++)
		if (t.p[0] == types[i].mark) {
			c->type = types[i].type;
			c->percent = t.p[0] == '%';
			t = (struct text){ t.p + 1, t.n - 1 };
			break;
		}
	if (t.n == 0)
		return;
	c->text = t;
	m->d->n_cells++;
	s->n_cells++;
	s->rows = m->row;
	if (column > s->columns)
		s->columns = column;
}

static void
add_line(struct maker *m, struct text line)
{
	struct document *d = m->d;
	struct sheet *s = d->n_sheets > 0 ? &d->sheets[d->n_sheets - 1] : NULL;

	if (line.n > 0 && line.p[0] == '@' && d->n_sheets < 8) {
		struct sheet *next = &d->sheets[d->n_sheets++];

		next->name = (struct text){ line.p + 1, line.n - 1 };
		next->first_cell = d->n_cells;
		next->hidden = line.n % 7 == 6;
		next->merges = arena_calloc(forms->budgets, 64, sizeof(*next->merges));
		m->row = 0;
	} else if (line.n > 3 && line.p[0] == '&' && s != NULL && s->n_merges < 64) {
		struct merge *g = &s->merges[s->n_merges++];

		*g = (struct merge){ m->row + 1, (unsigned char)line.p[1] % 8 + 1u, 0, 0 };
		g->last_row = g->row + (unsigned char)line.p[2] % 4;
		g->last_column = g->column + (unsigned char)line.p[3] % 4;
	} else if (line.n > 1 && line.p[0] == '?' && d->n_names < 16) {
		line = (struct text){ line.p + 1, line.n - 1 };
		d->names[d->n_names].name = take(&line, '|');
		d->names[d->n_names++].refers = line;
	} else if (s != NULL) {
		m->row++;
		for (uint32_t column = 1; line.n > 0; column++)
			add_cell(m, take(&line, '|'), column);
	}
}

static struct document *
make(struct text input)
{
	struct maker m = { .d = arena_calloc(forms->budgets, 1, sizeof(*m.d)) };

	m.d->format = DOC_XLSX;
	m.d->cells = arena_calloc(forms->budgets, input.n + 1, sizeof(*m.d->cells));
	m.d->sheets = arena_calloc(forms->budgets, 8, sizeof(*m.d->sheets));
	m.d->names = arena_calloc(forms->budgets, 16, sizeof(*m.d->names));
	while (input.n > 0)
		add_line(&m, take(&input, '\n'));
	return m.d;
}

static void
write_place(const struct budget *budget, struct place place, uint32_t src)
{
	struct source_place at = place_source(forms->budgets, place);
	struct buf path = { 0 };

	(void)place_of_src(forms->budgets, budget, src);
	if (at.cell.n > 0 && at.sheet.p == NULL)
		abort();
	place_path(&path, place);
	place_label(&path, place);
	buf_free(&path);
}

/* Every value of a record, and of those within it, has a place. */
static void
walk(const struct budget *budget, const struct record *record)
{
	for (uint32_t i = 0; i < record->type->n_fields; i++) {
		const struct value *v = &record->values[i];

		write_place(budget, place_of(record, &record->type->fields[i]), v->src);
		if (v->state != VALUE_SET)
			continue;
		if (v->kind == KIND_RECORD)
			walk(budget, v->u.rec);
		for (uint32_t k = 0; v->kind == KIND_LIST && k < v->u.list->n; k++)
			if (record->type->fields[i].sub != NULL)
				walk(budget, v->u.list->items[k].u.rec);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct document *doc;
	struct budget *budget;
	struct buf json = { 0 };

	if (forms == NULL) {
		forms = forms_new(sheets_form);
		if (forms->n != 1)
			abort();
	}
	arena_reset(forms->budgets);
	doc = make((struct text){ (const char *)data, size });
	form_recognise(forms->form, forms->n, doc, forms->budgets, &forms->error);
	budget = form_fill(forms->budgets, forms->form[0], doc);
	for (uint32_t i = 0; i < budget->n_faults; i++)
		write_place(budget, budget->faults[i].at, budget->faults[i].src);
	walk(budget, budget->root);
	budget_write_history(&json, budget);
	if (buf_failed(&json) ||
	    read_json(forms->budgets, buf_as_text(&json), NULL, &forms->error) == NULL)
		abort();
	buf_free(&json);
	return 0;
}
