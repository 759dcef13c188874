/*
 * What Debian's build of libpsm needs to run at all, on a real card as on softpath.
 *
 * Its allocator puts a header of 8 bytes in front of everything it hands out, so nothing it hands out is aligned to more
 * than 8; but struct ips_spio and others ask for 64 (PSMI_CACHEALIGN), and compilers that take them at their word clear and
 * fill them with aligned 16-byte stores. Debian 12's does: psm_ep_open dies in ips_spio_init by SIGSEGV. The library calls its
 * allocator through its symbol table, so these two take its place: the same memory without the header, which is for
 * statistics alone. Source: psm, psm_utils.c, psmi_malloc_internal and psmi_free_internal; ptl_ips/ips_spio.h.
 */
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT void *psmi_malloc_internal(void *endpoint, int type, size_t bytes, const char *where);
EXPORT void psmi_free_internal(void *memory);

EXPORT void *psmi_malloc_internal(void *endpoint, int type, size_t bytes, const char *where)
{
	(void)endpoint;
	(void)type;
	(void)where;
	return malloc(bytes);
}

EXPORT void psmi_free_internal(void *memory)
{
	free(memory);
}
