/*
 * What Debian's build of libpsm needs, on a real card as on softpath.
 *
 * To run at all: its allocator puts a header of 8 bytes in front of everything it hands out, so nothing it hands out is
 * aligned to more than 8; but struct ips_spio and others ask for 64 (PSMI_CACHEALIGN), and compilers that take them at their
 * word clear and fill them with aligned 16-byte stores. Debian 12's does: psm_ep_open dies in ips_spio_init by SIGSEGV. The
 * library calls its allocator through its symbol table, so these two take its place: the same memory without the header,
 * which is for statistics alone. Source: psm, psm_utils.c, psmi_malloc_internal and psmi_free_internal; ptl_ips/ips_spio.h.
 *
 * To leave nothing behind: its processes on one host share a file in /dev/shm that is named after their job, and when they
 * are killed it stays there. softpath exec says in SOFTPATH_SHM where such files of its command are to be, and takes that
 * directory away at the end. Source: psm, ptl_am/am_reqrep_shmem.c, psmi_shm_attach and amsh_atexit.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_PATH = 4096 };

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

/* Whether this is a file of libpsm's that is to be elsewhere; then where. */
static int moved(const char *name, char *path)
{
	static const char prefix[] = "/psm_shm.";
	const char *directory = getenv("SOFTPATH_SHM");

	if (!directory || !*directory || strncmp(name, prefix, sizeof prefix - 1) != 0)
		return 0;
	int length = snprintf(path, MAX_PATH, "%s%s", directory, name);
	return length > 0 && length < MAX_PATH;
}

EXPORT int shm_open(const char *name, int flags, mode_t mode)
{
	char path[MAX_PATH];

	if (moved(name, path))
		return open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
	return ((__typeof__(&shm_open))dlsym(RTLD_NEXT, "shm_open"))(name, flags, mode);
}

EXPORT int shm_unlink(const char *name)
{
	char path[MAX_PATH];

	if (moved(name, path))
		return unlink(path);
	return ((__typeof__(&shm_unlink))dlsym(RTLD_NEXT, "shm_unlink"))(name);
}
