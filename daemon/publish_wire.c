#include "daemon/publish_wire.h"

#include <stdlib.h>

void
publish_put_item(struct buf *b, const struct unpublished *u, int64_t offset)
{
	ipc_put_i64(b, u->seq);
	ipc_put_u32(b, u->revision);
	ipc_put_u32(b, (uint32_t)u->outcome);
	ipc_put_u32(b, u->kept);
	ipc_put_text(b, u->region);
	ipc_put_text(b, u->name);
	ipc_put_i64(b, offset);
	ipc_put_i64(b, (int64_t)u->bytes.n);
	ipc_put_i64(b, (int64_t)u->json.n);
	ipc_put_i64(b, (int64_t)u->html.n);
}

/* So many bytes of the batch from *at on; what is not there fails the reader. */
static struct text
piece(struct ipc_reader *in, struct text batch, uint64_t *at)
{
	uint64_t n = (uint64_t)ipc_get_i64(in);
	struct text t;

	if (*at > batch.n || n > batch.n - *at) {
		in->failed = true;
		return TEXT_NONE;
	}
	t = (struct text){ batch.p + *at, (size_t)n };
	*at += n;
	return t;
}

static void
get_item(struct ipc_reader *in, struct text batch, struct unpublished *u)
{
	uint64_t at;

	*u = (struct unpublished){ .seq = ipc_get_i64(in) };
	u->revision = ipc_get_u32(in);
	u->outcome = (enum outcome)ipc_get_u32(in);
	u->kept = ipc_get_u32(in) != 0;
	u->region = ipc_get_text(in);
	u->name = ipc_get_text(in);
	at = (uint64_t)ipc_get_i64(in);
	u->bytes = piece(in, batch, &at);
	u->json = piece(in, batch, &at);
	u->html = piece(in, batch, &at);
	if ((unsigned)u->outcome >= OUTCOMES)
		in->failed = true;
}

bool
publish_get_items(struct text batch, int64_t index, struct unpublished **items, uint32_t *n)
{
	struct ipc_reader in;
	struct unpublished *more;
	uint32_t count, i;

	if (index < 0 || (uint64_t)index > batch.n)
		return false;
	in = ipc_read((struct text){ batch.p + index, batch.n - (size_t)index });
	count = ipc_get_u32(&in);
	/* an item has more bytes than that, so the number is bounded by what is there */
	if (in.failed || count > in.rest.n / sizeof(int64_t))
		return false;
	more = realloc(*items, (*n + count + 1) * sizeof(*more));
	if (more == NULL)
		return false;
	*items = more;
	for (i = 0; i < count && !in.failed; i++)
		get_item(&in, batch, &more[*n + i]);
	*n += count;
	return ipc_read_all(&in);
}

bool
publish_get_answer(struct text body, uint64_t *number, struct publish_answer *a)
{
	a->in = ipc_read(body);
	*number = (uint64_t)ipc_get_i64(&a->in);
	a->items = ipc_get_u32(&a->in);
	a->sentences = ipc_get_u32(&a->in);
	return !a->in.failed;
}

enum publish_done
publish_get_done(struct publish_answer *a)
{
	uint32_t done = ipc_get_u32(&a->in);

	return done == PUBLISH_DONE || done == PUBLISH_FAILED ? (enum publish_done)done
							      : PUBLISH_LEFT;
}

struct text
publish_get_sentence(struct publish_answer *a, uint32_t *item)
{
	*item = ipc_get_u32(&a->in);
	return ipc_get_text(&a->in);
}
