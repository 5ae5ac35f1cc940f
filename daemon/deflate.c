#include "daemon/deflate.h"

#include <isa-l/igzip_lib.h>

/* What cannot be made smaller is stored in blocks of at most 65,535 bytes, with 5 bytes each. */
#define STORED_MOST 65535
#define AROUND      64 /* head, end and checksum, with something to spare */

size_t
deflate_bound(size_t n)
{
	return n + 8 * (n / STORED_MOST + 1) + AROUND;
}

size_t
deflate_fast(unsigned char *out, struct text t)
{
	static uint8_t tables[ISAL_DEF_LVL1_DEFAULT];
	struct isal_zstream s;
	size_t room = deflate_bound(t.n);

	if (room > UINT32_MAX)
		return 0;
	isal_deflate_init(&s);
	s.level = 1;
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
