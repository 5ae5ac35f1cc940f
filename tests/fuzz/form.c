/*
 * Documents into budgets: recognise, fill a rich form, write every place, and write the budget as
 * JSON, which must be read again to the same.
 */
#include "../unit/form_help.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct forms *forms;

static void
write_place(struct arena *arena, const struct budget *budget, struct place place)
{
	struct buf path = { 0 }, other = { 0 };
	struct place again;

	place_path(&path, place);
	if (place.rec != NULL && !place_read(budget, buf_as_text(&path), &again) &&
	    place.item < 0)
		abort();
	place_key(&other, place);
	place_label(&other, place);
	place_pointer(&other, place);
	place_source(arena, place);
	buf_free(&path);
	buf_free(&other);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text bytes = { (const char *)data, size };
	struct document *doc;
	struct budget *budget;
	struct buf json = { 0 }, again = { 0 };
	struct place place;

	if (forms == NULL)
		forms = forms_new(rich_form);
	arena_reset(forms->budgets);
	doc = size > 0 && (data[0] == '{' || data[0] == '[')
	    ? read_json(forms->budgets, bytes, NULL, &forms->error)
	    : read_csv(forms->budgets, bytes, NULL, &forms->error);
	if (doc == NULL)
		return 0;
	form_recognise(forms->form, forms->n, doc, forms->budgets, &forms->error);
	budget = form_fill(forms->budgets, forms->form[0], doc);
	for (uint32_t i = 0; i < budget->n_faults; i++) {
		write_place(forms->budgets, budget, budget->faults[i].at);
		if (i > 0)
			place_compare(budget->faults[i - 1].at, budget->faults[i].at);
	}
	place_read(budget, bytes, &place);
	budget_write_history(&json, budget);
	budget = budget_read_history(forms->budgets, forms->form[0], buf_as_text(&json));
	if (budget == NULL)
		abort();
	budget_write_history(&again, budget);
	if (!text_equal(buf_as_text(&json), buf_as_text(&again)))
		abort();
	buf_free(&json);
	buf_free(&again);
	return 0;
}
