#include "daemon/deflate.h"

#include <isa-l/igzip_lib.h>

/* What cannot be made smaller is stored in blocks of at most 65,535 bytes, with 5 bytes each. */
#define STORED_MOST 65535
#define AROUND      64 /* head, end and checksum, with something to spare */
/*
 * A short text takes a code that is there already: to make its own takes 9 us, most of what it would cost, and
 * saves some 200 bytes of 830.
 */
#define SHORT 4096

size_t
deflate_bound(size_t n)
{
	return n + 8 * (n / STORED_MOST + 1) + AROUND;
}

/* At a level of ISA-L's: 0 has one code for all, 1 makes one for each text. 0: no room. */
static size_t
deflate_at(uint32_t level, unsigned char *out, size_t room, struct text t)
{
	static uint8_t tables[ISAL_DEF_LVL1_DEFAULT];
	struct isal_zstream s;

	isal_deflate_init(&s);
	s.level = level;
	s.level_buf = tables;
	s.level_buf_size = sizeof(tables);
	s.gzip_flag = IGZIP_ZLIB;
	s.end_of_stream = 1;
	s.next_in = (uint8_t *)(uintptr_t)(t.p != NULL ? t.p : "");
	s.avail_in = (uint32_t)t.n;
	s.next_out = out;
	s.avail_out = (uint32_t)room;
	if (isal_deflate(&s) != COMP_OK || s.internal_state.state != ZSTATE_END)
		return 0;
	return s.total_out;
}

size_t
deflate_fast(unsigned char *out, struct text t)
{
	size_t room = deflate_bound(t.n), n = 0;

	if (room > UINT32_MAX)
		return 0;
	if (t.n < SHORT)
		n = deflate_at(0, out, room, t);
	return n > 0 && n < t.n ? n : deflate_at(1, out, room, t);
}
