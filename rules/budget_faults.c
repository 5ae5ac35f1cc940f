/* Faults by their place: conditions ask for that of each value that they cannot have. */
#include "rules/bind.h"

/* Open addressing; what is free is number 0. */
struct fault_index {
	uint32_t mask;
	uint32_t *slots; /* number + 1: of a fault, then of what hangs on one */
};

static uint32_t
hash_place(struct place at)
{
	uint64_t h = (uint64_t)(uintptr_t)at.rec >> 4;

	h = (h ^ (uint32_t)at.field) * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ (uint32_t)at.item ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 32);
}

static struct place
place_at(const struct budget *b, uint32_t number)
{
	return number < b->n_faults ? b->faults[number].at
				    : b->hanging[number - b->n_faults].at;
}

/* The slot of a place, which may be free. */
static uint32_t *
find_slot(const struct budget *b, struct place at)
{
	const struct fault_index *index = b->fault_index;
	uint32_t i = hash_place(at) & index->mask;

	while (index->slots[i] != 0 && !place_equal(place_at(b, index->slots[i] - 1), at))
		i = (i + 1) & index->mask;
	return &index->slots[i];
}

void
bind_index_faults(struct bind *b)
{
	struct budget *budget = b->budget;
	uint32_t n = budget->n_faults + budget->n_hanging, size = 8;

	if (n == 0)
		return;
	while (size < 2 * n)
		size *= 2;
	budget->fault_index = arena_alloc(b->arena, sizeof(*budget->fault_index));
	budget->fault_index->mask = size - 1;
	budget->fault_index->slots = arena_calloc(b->arena, size, sizeof(uint32_t));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t *slot = find_slot(budget, place_at(budget, i));

		if (*slot == 0)
			*slot = i + 1;
	}
}

void
bind_hangs(struct bind *b, struct place at, enum fault_kind on)
{
	struct budget *budget = b->budget;

	budget->hanging = bind_grow(b->arena, budget->hanging, budget->n_hanging,
	    &b->cap_hanging, sizeof(*budget->hanging));
	budget->hanging[budget->n_hanging++] = (struct hanging){ at, on };
}

int
budget_fault_at(const struct budget *b, struct place at)
{
	uint32_t number = b->fault_index != NULL ? *find_slot(b, at) : 0;

	if (number == 0)
		return -1;
	return (int)(number <= b->n_faults ? b->faults[number - 1].kind
					   : b->hanging[number - 1 - b->n_faults].on);
}
