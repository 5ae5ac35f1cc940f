/* Everything that names something else: whether it exists and fits.  All mistakes are told. */
#include "rules/eval.h"
#include "rules/rulebook_load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void wrong(struct loading *, const struct condition *, const char *, ...)
    __attribute__((format(printf, 3, 4)));

static void
wrong(struct loading *l, const struct condition *c, const char *format, ...)
{
	char *p = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&p, format, ap) < 0)
		arena_exhausted();
	va_end(ap);
	load_refuse(l, c->head.file, c->head.line, "%.*s%s", TEXT_ARG(c->head.id), p);
	free(p);
}

const char *const *
rulebook_fault_keys(void)
{
	static const char *keys[FAULT_KINDS + 1];

	memcpy(keys, fault_names, sizeof(fault_names));
	return keys;
}

struct text
rulebook_hint_condition(struct loading *l, struct text id)
{
	const struct rulebook *b = l->book;
	struct text *names = arena_calloc(l->texts, b->n_conditions, sizeof(*names));
	uint32_t i;

	for (i = 0; i < b->n_conditions; i++)
		names[i] = b->conditions[i].head.id;
	return did_you_mean(l->texts, id, names, b->n_conditions);
}

struct text
rulebook_hint_form(struct loading *l, struct text id)
{
	const struct rulebook *b = l->book;
	struct text *names = arena_calloc(l->texts, b->n_forms, sizeof(*names));
	uint32_t i;

	for (i = 0; i < b->n_forms; i++)
		names[i] = b->forms[i]->id;
	return did_you_mean(l->texts, id, names, b->n_forms);
}

/* A form of a pack that is off, or one whose declaration was refused, has its file all the
 * same. */
static bool
form_has_file(const struct tree *t, struct text id)
{
	uint32_t i;

	for (i = 0; i < t->n; i++) {
		struct text name = t->files[i].name;
		const char *at = memmem(name.p, name.n, "/forms/", 7);
		size_t head = at != NULL ? (size_t)(at - name.p) + 7 : 0;

		if (at != NULL && name.n == head + id.n + 4 &&
		    memcmp(name.p + head, id.p, id.n) == 0)
			return true;
	}
	return false;
}

static bool
form_known(struct loading *l, struct text id)
{
	return rulebook_form(l->book, id) != NULL || form_has_file(l->book->tree, id);
}

/* What stands before the last dot of a path, and what after it. */
static void
split_path(struct text path, struct text *head, struct text *last)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '.')
		i--;
	*last = (struct text){ path.p + i, path.n - i };
	*head = (struct text){ path.p, i > 0 ? i - 1 : 0 };
}

/* The field of a path that may lead through one list: "decisions.date". */
static const struct field *
path_through_list(const struct form *f, struct text path, const struct field **list)
{
	const struct field *whole = form_path(f, path);
	struct text head, last;

	*list = NULL;
	if (whole != NULL)
		return whole;
	split_path(path, &head, &last);
	if (head.n == 0)
		return NULL;
	*list = form_path(f, head);
	if (*list == NULL || (*list)->sub == NULL || (*list)->kind != KIND_LIST)
		return NULL;
	return form_field((*list)->sub, last, NULL);
}

static struct text
suggestion(struct loading *l, const struct form *f, struct text path)
{
	struct text near = form_suggest(f->root, path);

	return near.n > 0 ? arena_printf(l->texts, " (did you mean %.*s?)", TEXT_ARG(near))
			  : TEXT("");
}

/* Whether a form has the field, or another of the condition's forms: it then needs nothing here. */
static bool
some_form_has(
    struct loading *l, const struct condition *c, const struct form *f, struct text path)
{
	const struct field *list;
	uint32_t i;

	if (path_through_list(f, path, &list) != NULL)
		return true;
	for (i = 0; i < c->forms.n; i++) {
		f = rulebook_form(l->book, c->forms.items[i]);
		if (f != NULL && path_through_list(f, path, &list) != NULL)
			return true;
	}
	return false;
}

/* What a condition says of one of its forms. */
static void
check_against_form(struct loading *l, const struct condition *c, const struct form *f)
{
	const struct field *field, *list;
	struct text hint;
	uint32_t i;

	if (c->each == EACH_LIST) {
		field = form_path(f, c->each_list);
		hint = suggestion(l, f, c->each_list);
		if (field == NULL || field->kind != KIND_LIST || field->sub == NULL)
			wrong(l, c, ": each names no list '%.*s' in %.*s%.*s.",
			    TEXT_ARG(c->each_list), TEXT_ARG(f->id), TEXT_ARG(hint));
	}
	if (c->dated) {
		field = path_through_list(f, c->dated_by, &list);
		if (field == NULL || (field->kind != KIND_DATE && field->kind != KIND_TIME))
			wrong(l, c, ": dated.by names no date '%.*s' in %.*s.",
			    TEXT_ARG(c->dated_by), TEXT_ARG(f->id));
	}
	for (i = 0; i < c->n_returns; i++) {
		const struct need_returns *n = &c->returns[i];

		if (!some_form_has(l, c, f, n->area))
			wrong(l, c, ": needs.returns: area names no field '%.*s' of %.*s.",
			    TEXT_ARG(n->area), TEXT_ARG(f->id));
		if (n->period.n > 0 && !some_form_has(l, c, f, n->period))
			wrong(l, c, ": needs.returns: period names no field '%.*s' of %.*s.",
			    TEXT_ARG(n->period), TEXT_ARG(f->id));
	}
}

static void
check_forms(struct loading *l, const struct condition *c)
{
	struct text hint;
	uint32_t i;

	for (i = 0; i < c->forms.n; i++) {
		const struct form *f = rulebook_form(l->book, c->forms.items[i]);

		if (f != NULL) {
			check_against_form(l, c, f);
		} else if (!form_known(l, c->forms.items[i]) &&
		    !follow_explains(l, c->forms.items[i], c)) {
			hint = rulebook_hint_form(l, c->forms.items[i]);
			wrong(l, c, " has no form '%.*s'%.*s.", TEXT_ARG(c->forms.items[i]),
			    TEXT_ARG(hint));
		}
	}
	for (i = 0; i < c->n_returns; i++) {
		if (c->returns[i].form.n > 0 && !form_known(l, c->returns[i].form) &&
		    !follow_explains(l, c->returns[i].form, c)) {
			hint = rulebook_hint_form(l, c->returns[i].form);
			wrong(l, c, ": needs.returns names no form '%.*s'%.*s.",
			    TEXT_ARG(c->returns[i].form), TEXT_ARG(hint));
		}
	}
}

static void
check_parameters(struct loading *l, const struct condition *c)
{
	const struct rulebook *b = l->book;
	struct text *names, hint;
	uint32_t i, j;

	for (i = 0; i < c->parameters.n; i++) {
		if (rulebook_parameter(b, c->parameters.items[i]) != NULL ||
		    follow_explains(l, c->parameters.items[i], c))
			continue;
		names = arena_calloc(l->texts, b->n_parameters, sizeof(*names));
		for (j = 0; j < b->n_parameters; j++)
			names[j] = b->parameters[j].name;
		hint = did_you_mean(l->texts, c->parameters.items[i], names, b->n_parameters);
		wrong(l, c, " has no parameter '%.*s'%.*s.", TEXT_ARG(c->parameters.items[i]),
		    TEXT_ARG(hint));
	}
}

static void
check_after(struct loading *l, const struct condition *c)
{
	struct text hint;
	uint32_t i;

	for (i = 0; i < c->after.n; i++) {
		if (text_equal(c->after.items[i], c->head.id)) {
			wrong(l, c, " is to run after itself; remove it from after.");
		} else if (rulebook_condition(l->book, c->after.items[i]) == NULL &&
		    !follow_explains(l, c->after.items[i], c)) {
			hint = rulebook_hint_condition(l, c->after.items[i]);
			wrong(l, c, ": after names no condition '%.*s'%.*s.",
			    TEXT_ARG(c->after.items[i]), TEXT_ARG(hint));
		}
	}
}

static void
check_waivers(struct loading *l)
{
	struct text hint;
	uint32_t i;

	for (i = 0; i < l->book->n_waivers; i++) {
		const struct site_waiver *w = &l->book->waivers[i];

		if (rulebook_condition(l->book, w->condition) != NULL ||
		    follow_explains(l, w->condition, NULL))
			continue;
		hint = rulebook_hint_condition(l, w->condition);
		load_refuse(l, w->file, w->line, "The waiver names no condition '%.*s'%.*s.",
		    TEXT_ARG(w->condition), TEXT_ARG(hint));
	}
}

/* The condition that a fault is shown under; -1 after telling what is wrong. */
static int
fault_number(
    struct loading *l, struct text file, uint32_t line, const char *fault, struct text id)
{
	const struct condition *c = rulebook_condition(l->book, id);
	struct text hint;

	if (id.n == 0 || (c == NULL && follow_explains(l, id, NULL)))
		return -1;
	if (c == NULL) {
		hint = rulebook_hint_condition(l, id);
		load_refuse(l, file, line,
		    "The fault %s is mapped to %.*s, which is no condition%.*s.", fault,
		    TEXT_ARG(id), TEXT_ARG(hint));
		return -1;
	}
	if (!c->reader)
		load_refuse(l, file, line,
		    "The fault %s is mapped to %.*s, which is not declared with reader = true.",
		    fault, TEXT_ARG(id));
	return (int)c->number;
}

static void
resolve_faults(struct loading *l)
{
	struct rulebook *b = l->book;
	uint32_t i;
	int k;

	for (i = 0; i < b->n_packs; i++) {
		struct pack *p = &b->packs[i];

		if (!p->on || !p->has_faults)
			continue;
		if (b->fault_pack >= 0)
			load_refuse(l, p->file, p->line,
			    "The pack %.*s has faults, and so has %.*s; only one pack may.",
			    TEXT_ARG(p->id), TEXT_ARG(b->packs[b->fault_pack].id));
		b->fault_pack = (int)i;
		for (k = 0; k < FAULT_KINDS; k++)
			p->faults[k] =
			    fault_number(l, p->file, p->line, fault_names[k], p->fault_ids[k]);
	}
	for (i = 0; i < b->n_forms; i++) {
		struct text file = arena_printf(l->texts, "%.*s/forms/%.*s.lua",
		    TEXT_ARG(b->forms[i]->pack), TEXT_ARG(b->forms[i]->id));

		for (k = 0; k < FAULT_KINDS; k++)
			b->forms[i]->faults[k] =
			    fault_number(l, file, 0, fault_names[k], b->forms[i]->fault_ids[k]);
	}
}

/* Whether every pack that is on has those it requires. */
static bool
check_requires(struct loading *l)
{
	const struct rulebook *b = l->book;
	bool whole = true;
	uint32_t i, j;

	for (i = 0; i < b->n_packs; i++) {
		for (j = 0; b->packs[i].on && j < b->packs[i].requires.n; j++) {
			const struct pack *need =
			    rulebook_pack(b, b->packs[i].requires.items[j]);

			if (need != NULL && need->on)
				continue;
			whole = false;
			load_refuse(l, b->packs[i].file, b->packs[i].line,
			    "The pack %.*s requires the pack %.*s, which is %s.",
			    TEXT_ARG(b->packs[i].id), TEXT_ARG(b->packs[i].requires.items[j]),
			    need == NULL ? "not there: put its folder back"
					 : "switched off: add it to packs in site.lua");
		}
	}
	return whole;
}

/* Conditions of other packs that a form takes over are then for it as well. */
static void
adopt(struct loading *l, const struct form *f)
{
	struct rulebook *b = l->book;
	struct condition *c;
	struct text hint, *forms;
	uint32_t i;

	for (i = 0; i < f->n_conditions; i++) {
		c = rulebook_condition(b, f->conditions[i]);
		if (c == NULL && follow_explains(l, f->conditions[i], NULL))
			continue;
		if (c == NULL) {
			hint = rulebook_hint_condition(l, f->conditions[i]);
			load_refuse(l,
			    arena_printf(l->texts, "%.*s/forms/%.*s.lua", TEXT_ARG(f->pack),
				TEXT_ARG(f->id)),
			    0, "The form %.*s takes over no condition '%.*s'%.*s.",
			    TEXT_ARG(f->id), TEXT_ARG(f->conditions[i]), TEXT_ARG(hint));
		} else if (!is_for_form(c, f->id)) {
			forms = arena_calloc(b->arena, c->forms.n + 1, sizeof(*forms));
			memcpy(forms, c->forms.items, c->forms.n * sizeof(*forms));
			forms[c->forms.n++] = f->id;
			c->forms.items = forms;
		}
	}
}

void
rulebook_resolve(struct loading *l)
{
	bool whole = check_requires(l);
	uint32_t i;

	for (i = 0; whole && i < l->book->n_forms; i++)
		adopt(l, l->book->forms[i]);
	for (i = 0; i < l->book->n_conditions; i++) {
		const struct condition *c = &l->book->conditions[i];

		check_forms(l, c);
		check_parameters(l, c);
		/* Forty conditions that wait for those of a pack that is off are one mistake. */
		if (whole)
			check_after(l, c);
	}
	check_waivers(l);
	rulebook_order(l);
	resolve_faults(l);
}
