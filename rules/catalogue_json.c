/* The catalogue as JSON, for programs: one object; names are only ever added. */
#include "rules/catalogue_private.h"

static void
put_comma(struct buf *b)
{
	if (b->n > 0 && b->p[b->n - 1] != '{' && b->p[b->n - 1] != '[')
		buf_char(b, ',');
}

static void
put_string(struct buf *b, const char *key, struct text value)
{
	put_comma(b);
	if (key != NULL)
		buf_printf(b, "\"%s\":", key);
	buf_char(b, '"');
	buf_json(b, value);
	buf_char(b, '"');
}

static void
open_list(struct buf *b, const char *key)
{
	put_comma(b);
	buf_printf(b, "\"%s\":[", key);
}

static void
put_texts(struct buf *b, const char *key, const struct texts *t)
{
	open_list(b, key);
	for (uint32_t i = 0; i < t->n; i++)
		put_string(b, NULL, t->items[i]);
	buf_char(b, ']');
}

static void
put_flag(struct buf *b, const char *key, bool value)
{
	put_comma(b);
	buf_printf(b, "\"%s\":%s", key, value ? "true" : "false");
}

static void
put_number(struct buf *b, const char *key, uint32_t n)
{
	put_comma(b);
	buf_printf(b, "\"%s\":%u", key, n);
}

static void
open_object(struct buf *b)
{
	put_comma(b);
	buf_char(b, '{');
}

static void
put_parameter(struct buf *b, const struct cat_parameter *p)
{
	open_object(b);
	put_string(b, "name", p->parameter->name);
	put_string(b, "title", p->parameter->title);
	put_string(b, "pack", p->parameter->pack);
	open_list(b, "values");
	for (uint32_t i = 0; i < p->n; i++) {
		open_object(b);
		put_string(b, "value", p->values[i].value);
		put_string(b, "when", p->values[i].when);
		put_string(b, "source", p->values[i].source);
		buf_char(b, '}');
	}
	buf_str(b, "]}");
}

static void
put_entry(struct buf *b, const struct cat_entry *e)
{
	const struct condition *c = e->condition;

	open_object(b);
	put_string(b, "id", c->head.id);
	put_string(b, "title", c->head.title);
	put_string(b, "severity", e->severities);
	put_flag(b, "shadow", c->head.shadow);
	put_flag(b, "reader", c->reader);
	put_texts(b, "forms", &c->forms);
	put_string(b, "in_force", e->when);
	put_string(b, "source", c->head.source);
	put_string(b, "remedy", c->head.remedy);
	open_list(b, "parameters");
	for (uint32_t i = 0; i < e->n_parameters; i++)
		put_string(b, NULL, e->parameters[i]->parameter->name);
	buf_char(b, ']');
	open_list(b, "registers");
	for (uint32_t i = 0; i < e->n_registers; i++)
		put_string(b, NULL, e->registers[i]->reg->name);
	buf_char(b, ']');
	put_texts(b, "determinations", &e->figures);
	put_texts(b, "after", &c->after);
	put_texts(b, "needs", &e->needs);
	put_string(b, "file", c->head.file);
	put_number(b, "line", c->head.line);
	buf_char(b, '}');
}

static void
put_pack(struct buf *b, const struct cat_pack *p)
{
	open_object(b);
	put_string(b, "id", p->pack->id);
	put_string(b, "title", p->pack->title);
	put_string(b, "status", p->pack->status);
	put_string(b, "source", p->pack->source);
	put_flag(b, "on", p->pack->on && !p->pack->added);
	put_string(b, "where", p->where);
	open_list(b, "conditions");
	for (uint32_t i = 0; i < p->n; i++)
		put_entry(b, &p->entries[i]);
	buf_str(b, "]}");
}

static void
put_register(struct buf *b, const struct cat_register *r)
{
	open_object(b);
	put_string(b, "name", r->reg->name);
	put_string(b, "title", r->reg->title);
	put_string(b, "pack", r->reg->pack);
	put_string(b, "origin", r->reg->origin);
	put_string(b, "as_of", r->as_of);
	put_number(b, "rows", r->reg->rows.n);
	buf_char(b, '}');
}

void
catalogue_json(struct buf *b, const struct catalogue *c)
{
	buf_char(b, '{');
	put_number(b, "catalogue", 1);
	put_string(b, "digest", c->book->digest);
	open_list(b, "packs");
	for (uint32_t i = 0; i < c->n_packs; i++)
		put_pack(b, &c->packs[i]);
	buf_char(b, ']');
	open_list(b, "parameters");
	for (uint32_t i = 0; i < c->book->n_parameters; i++)
		put_parameter(b, &c->parameters[i]);
	buf_char(b, ']');
	open_list(b, "registers");
	for (uint32_t i = 0; i < c->book->n_registers; i++)
		put_register(b, &c->registers[i]);
	buf_char(b, ']');
	open_list(b, "forms");
	for (uint32_t i = 0; i < c->book->n_forms; i++) {
		open_object(b);
		put_string(b, "id", c->book->forms[i]->id);
		put_string(b, "title", c->book->forms[i]->title);
		put_string(b, "pack", c->book->forms[i]->pack);
		buf_char(b, '}');
	}
	buf_str(b, "]}\n");
}
