/*
 * What the preload library makes of a program's calls: on a device, on the driver's files, and on everything else, with the
 * errno of each refusal. Knows nothing of softpath but what a program for the real driver would.
 *
 *   calls <units>
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CTXT_INFO = 17, TID_UPDATE = 19, TID_FREE = 20, POLL_TYPE = 28, ASSIGN = 23, USER_INIT = 24 };
enum { PAGE = 4096, BASE_INFO = 176, READY = POLLIN | POLLRDNORM };

static int checks, failed;
static char *volatile nowhere;

#define GET(type, from, offset) ({ type got_; memcpy(&got_, (const uint8_t *)(from) + (offset), sizeof got_); got_; })
#define PUT(type, to, offset, value) ({ type put_ = (value); memcpy((uint8_t *)(to) + (offset), &put_, sizeof put_); })

#define EXPECT(condition) ({ \
	int held_ = (condition); \
	checks++; \
	if (!held_) { \
		failed++; \
		printf("line %d: %s (errno %d)\n", __LINE__, #condition, errno); \
	} \
	held_; })

#define REFUSED(call, number) ({ errno = 0; EXPECT((call) == -1 && errno == (number)); })

static int command(int fd, uint32_t type, const void *payload, size_t bytes)
{
	uint8_t block[40] = { 0 };

	PUT(uint32_t, block, 0, type);
	if (bytes)
		memcpy(block + 8, payload, bytes);
	return (int)write(fd, block, sizeof block);
}

static int start(int fd, uint8_t *base)
{
	uint8_t info[32] = { 0 };

	PUT(uint32_t, info, 0, 0x0001000D);
	PUT(uint32_t, info, 8, BASE_INFO);
	PUT(uint64_t, info, 24, (uint64_t)base);
	return command(fd, ASSIGN, info, sizeof info) == 36 && command(fd, USER_INIT, info, sizeof info) == 36;
}

static void names(int units)
{
	struct stat st;
	glob_t found;
	char path[64];

	EXPECT(stat("/dev/ipath", &st) == 0 && S_ISCHR(st.st_mode) && major(st.st_rdev) == 233 && minor(st.st_rdev) == 0);
	EXPECT(lstat("/dev/ipath0", &st) == 0 && S_ISCHR(st.st_mode) && minor(st.st_rdev) == 1);
	EXPECT(access("/dev/ipath0", R_OK | W_OK) == 0);
	snprintf(path, sizeof path, "/dev/ipath%d", units);
	REFUSED(stat(path, &st), ENOENT);
	REFUSED(access(path, F_OK), ENOENT);
	REFUSED(open(path, O_RDWR), ENOENT);
	REFUSED(open("/dev/ipath_diagpkt", O_RDWR), ENOENT);

	EXPECT(glob("/dev/ipath*", 0, NULL, &found) == 0);
	EXPECT((int)found.gl_pathc == units + 1 && strcmp(found.gl_pathv[0], "/dev/ipath") == 0);
	EXPECT(strcmp(found.gl_pathv[1], "/dev/ipath0") == 0);
	EXPECT(glob("/dev/ipath[0-9]", GLOB_APPEND, NULL, &found) == 0 && (int)found.gl_pathc == 2 * units + 1);
	globfree(&found);
	EXPECT(glob("/dev/ipathx*", 0, NULL, &found) == GLOB_NOMATCH);
	EXPECT(glob("/dev/nul*", 0, NULL, &found) == 0 && strcmp(found.gl_pathv[0], "/dev/null") == 0);
	globfree(&found);

	/* As Open MPI looks for a port that is up. */
	found.gl_offs = 2;
	EXPECT(glob("/sys/class/infiniband/qib*/ports/*/state", GLOB_DOOFFS, NULL, &found) == 0);
	EXPECT((int)found.gl_pathc >= units && found.gl_pathv[0] == NULL && found.gl_pathv[1] == NULL);
	EXPECT(strcmp(found.gl_pathv[2], "/sys/class/infiniband/qib0/ports/1/state") == 0);
	EXPECT(found.gl_pathv[2 + found.gl_pathc] == NULL);
	size_t before = found.gl_pathc;
	EXPECT(glob("/ipathfs/[0-9]*/counters", GLOB_DOOFFS | GLOB_APPEND, NULL, &found) == 0);
	EXPECT(found.gl_pathc == before + (size_t)units && strcmp(found.gl_pathv[2 + before], "/ipathfs/0/counters") == 0);
	globfree(&found);
	EXPECT(glob("/sys/class/infiniband/qib*/ports/x*", 0, NULL, &found) == GLOB_NOMATCH);
	EXPECT(glob("/sys/class/infiniband/qibx*", GLOB_NOCHECK, NULL, &found) == 0 && found.gl_pathc == 1);
	globfree(&found);
}

static void files(int units)
{
	struct stat st;
	char path[64], text[PAGE];

	EXPECT(stat("/sys/class/infiniband/qib0", &st) == 0 && S_ISDIR(st.st_mode));
	snprintf(path, sizeof path, "/sys/class/infiniband/qib%d", units);
	REFUSED(stat(path, &st), ENOENT);
	int fd = open("/sys/class/infiniband/qib0/ports/1/lid", O_RDONLY | O_CLOEXEC);
	EXPECT(read(fd, text, sizeof text) == 4 && memcmp(text, "0x1\n", 4) == 0);
	EXPECT(read(fd, text, sizeof text) == 0);
	EXPECT(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	FILE *state = fopen("/sys/class/infiniband/qib0/ports/1/state", "r");
	EXPECT(state && fgets(text, sizeof text, state) && strcmp(text, "4: ACTIVE\n") == 0 && fclose(state) == 0);
	errno = 0;
	EXPECT(fopen("/sys/class/infiniband/qib0/ports/1/state", "r+") == NULL && errno == EACCES);
	errno = 0;
	EXPECT(fopen("/sys/class/infiniband/qib0/nothing", "re") == NULL && errno == ENOENT);
	close(fd);
	REFUSED(open("/sys/class/infiniband/qib0/ports/1/lid", O_RDWR), EACCES);
	REFUSED(open("/sys/class/infiniband/qib0/ports/1/CCMgtA/cc_table_bin", O_RDONLY), ENOENT);
	EXPECT(access("/sys/class/infiniband/qib0/ports/1/lid", R_OK) == 0);
	REFUSED(access("/sys/class/infiniband/qib0/ports/1/lid", W_OK), EACCES);
	fd = open("/ipathfs/0/port1counters", O_RDONLY);
	ssize_t bytes = read(fd, text, sizeof text);
	EXPECT(bytes > 0 && bytes % 8 == 0);
	close(fd);
	REFUSED(open("/ipathfsx", O_RDONLY), ENOENT);
}

static void others(void)
{
	int pipes[2], fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	char byte;
	struct pollfd poll_two[2];

	EXPECT(fd >= 0 && write(fd, "x", 1) == 1 && read(fd, &byte, 1) == 0);
	int copy = fcntl(fd, F_DUPFD, 100);
	EXPECT(copy >= 100 && close(copy) == 0);
	REFUSED(close(copy), EBADF);
	REFUSED(write(-1, "x", 1), EBADF);
	EXPECT(pipe(pipes) == 0);
	poll_two[0] = (struct pollfd){ .fd = pipes[0], .events = POLLIN };
	poll_two[1] = (struct pollfd){ .fd = pipes[1], .events = POLLOUT };
	EXPECT(poll(poll_two, 2, 0) == 1 && poll_two[1].revents == POLLOUT);
	struct iovec two[2] = { { "a", 1 }, { "b", 1 } };
	EXPECT(writev(pipes[1], two, 2) == 2 && read(pipes[0], &byte, 1) == 1 && byte == 'a');
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	EXPECT(at != MAP_FAILED && munmap(at, PAGE) == 0);
	REFUSED(open(nowhere, O_RDONLY), EFAULT);
	close(pipes[0]);
	close(pipes[1]);
	close(fd);
}

static void commands(void)
{
	uint8_t base[BASE_INFO] = { 0 }, info[16];
	struct stat st;
	char byte;
	int fd = open("/dev/ipath0", O_RDWR);

	EXPECT(fd >= 0 && fcntl(fd, F_GETFD) == 0);
	EXPECT(fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && minor(st.st_rdev) == 1);
	REFUSED(command(fd, CTXT_INFO, NULL, 0), EINVAL);
	REFUSED(write(fd, &byte, 1), EINVAL);
	REFUSED(write(fd, nowhere, 40), EFAULT);
	REFUSED(read(fd, &byte, 1), EINVAL);
	REFUSED(writev(fd, NULL, 0), EINVAL);
	struct pollfd one = { .fd = fd, .events = POLLIN };
	EXPECT(poll(&one, 1, 0) == 1 && one.revents == POLLERR);
	EXPECT(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE) == MAP_FAILED && errno == EINVAL);
	EXPECT(start(fd, base));
	EXPECT(GET(uint32_t, base, 4) == 0x8001000D && GET(uint16_t, base, 118) == 1);
	uint64_t address = (uint64_t)info;
	errno = EDOM;
	EXPECT(command(fd, CTXT_INFO, &address, 8) == 12 && GET(uint16_t, info, 6) == GET(uint16_t, base, 8));
	EXPECT(errno == EDOM);
	address = 16;
	REFUSED(command(fd, CTXT_INFO, &address, 8), EFAULT);

	uint64_t eager = GET(uint64_t, base, 48), registers = GET(uint64_t, base, 64);
	EXPECT(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)eager) == MAP_FAILED && errno == EPERM);
	EXPECT(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, (off_t)eager) == MAP_FAILED && errno == EINVAL);
	EXPECT(mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)registers) == MAP_FAILED && errno == EFAULT);
	volatile uint64_t *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_LOCKED, fd, (off_t)registers);
	if (EXPECT(page != MAP_FAILED)) {
		page[3] = 7;
		EXPECT(page[3] == 7);
		uint64_t *second = mmap64(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)registers);
		EXPECT(second != MAP_FAILED && second[3] == 7 && munmap(second, PAGE) == 0);
	}
	/* Expected TIDs of ordinary memory, with the output stored where the command points. */
	static uint8_t memory[4 * PAGE] __attribute__((aligned(PAGE)));
	uint8_t tids[32] = { 2 }, bitmap[64];
	uint16_t list[4] = { 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF };
	PUT(uint64_t, tids, 8, (uint64_t)memory);
	PUT(uint64_t, tids, 16, (uint64_t)list);
	PUT(uint64_t, tids, 24, (uint64_t)bitmap);
	memset(memory, 1, sizeof memory);
	EXPECT(command(fd, TID_UPDATE, tids, sizeof tids) == 36);
	EXPECT(list[0] == 0 && list[1] == 1 && list[2] == 0xFFFF && bitmap[0] == 3);
	EXPECT(command(fd, TID_FREE, tids, sizeof tids) == 36);
	PUT(uint64_t, tids, 24, 4096);
	REFUSED(command(fd, TID_UPDATE, tids, sizeof tids), EFAULT);
	EXPECT(close(fd) == 0);
	if (page != MAP_FAILED)
		EXPECT(page[3] == 0); /* closed: nobody's any more, and no fault */
	REFUSED(command(fd, CTXT_INFO, NULL, 0), EBADF);
}

static void copies(void)
{
	uint8_t base[BASE_INFO], info[16];
	uint64_t address = (uint64_t)info;
	int first = open("/dev/ipath0", O_RDWR | O_CLOEXEC), status;

	EXPECT(start(first, base));
	int second = dup(first), third = fcntl(first, F_DUPFD_CLOEXEC, 200), fourth = dup2(first, 300);
	EXPECT(second >= 0 && third >= 200 && fourth == 300);
	EXPECT(close(first) == 0 && command(second, CTXT_INFO, &address, 8) == 12);
	EXPECT(close(second) == 0 && command(third, CTXT_INFO, &address, 8) == 12);
	EXPECT(dup2(1, third) == third); /* closes it */
	EXPECT(close(third) == 0);
	pid_t child = fork();
	if (child == 0) {
		/* A file that came by fork is the same open file; both may use it at once. */
		for (int i = 0; i < 1000; i++)
			if (command(fourth, CTXT_INFO, &address, 8) != 12 || GET(uint16_t, info, 6) != GET(uint16_t, base, 8))
				_exit(1);
		_exit(0);
	}
	int good = 1;
	for (int i = 0; i < 1000; i++)
		good &= command(fourth, CTXT_INFO, &address, 8) == 12 && GET(uint16_t, info, 6) == GET(uint16_t, base, 8);
	EXPECT(good);
	EXPECT(waitpid(child, &status, 0) == child && status == 0);
	child = vfork();
	if (child == 0) {
		close(fourth);
		_exit(0);
	}
	EXPECT(waitpid(child, &status, 0) == child && command(fourth, CTXT_INFO, &address, 8) == 12);
	EXPECT(close_range(300, 300, 0) == 0);
	REFUSED(command(fourth, CTXT_INFO, &address, 8), EBADF);
}

static void *ask(void *argument)
{
	uint8_t info[16];
	uint64_t address = (uint64_t)info;

	for (int i = 0; i < 2000; i++)
		if (command(*(int *)argument, CTXT_INFO, &address, 8) != 12)
			return argument;
	return NULL;
}

static void *wait_for_packet(void *argument)
{
	struct pollfd two[2] = { { .fd = *(int *)argument, .events = POLLIN }, { .fd = -1 } };

	return poll(two, 2, -1) == 1 && two[0].revents == POLLIN ? NULL : argument;
}

/* A packet without payload to ourselves, by the special trigger of an IBA7220. */
static void send_packet(uint8_t *buffer, const uint8_t *base)
{
	uint32_t context = GET(uint16_t, base, 8), vcto = 2u << 28 | context << 24 | 0x7FF << 13;
	uint8_t header[56] = { 0x00, 0x02, 0x00, 0x01, 0x00, 0x0F, 0x00, 0x01, 0xC0, 0x00, 0xFF, 0xFF };
	uint32_t qp = __builtin_bswap32(GET(uint32_t, base, 60));

	PUT(uint32_t, header, 12, qp);
	PUT(uint32_t, header, 20, vcto);
	PUT(uint16_t, header, 24, (uint16_t)(2 + 15 - (vcto >> 16) - (vcto & 0xFFFF)));
	PUT(uint32_t, header, 32, context << 24);
	PUT(uint64_t, buffer, 0, 15);
	memcpy(buffer + 8, header, sizeof header);
	__atomic_store_n((uint32_t *)(buffer + 4092), 0xAEBECEDE, __ATOMIC_RELEASE);
}

/* On a device that has a packet, which a second descriptor and a pipe without data have not. */
static void selects(int fd)
{
	int pipes[2], quiet = open("/dev/ipath0", O_RDWR), epoll = epoll_create1(0);
	uint8_t base[BASE_INFO];
	struct timeval soon = { 0, 1000 };
	struct timespec never = { 0, 0 };
	struct epoll_event event = { .events = EPOLLIN };
	fd_set reads, writes;

	EXPECT(start(quiet, base) && pipe(pipes) == 0);
	FD_ZERO(&reads);
	FD_SET(fd, &reads);
	FD_SET(quiet, &reads);
	FD_SET(pipes[0], &reads);
	FD_ZERO(&writes);
	FD_SET(pipes[1], &writes);
	EXPECT(select(FD_SETSIZE, &reads, &writes, NULL, NULL) == 2);
	EXPECT(FD_ISSET(fd, &reads) && !FD_ISSET(quiet, &reads) && !FD_ISSET(pipes[0], &reads) && FD_ISSET(pipes[1], &writes));
	FD_ZERO(&reads);
	FD_SET(quiet, &reads);
	EXPECT(select(quiet + 1, &reads, NULL, NULL, &soon) == 0 && !FD_ISSET(quiet, &reads));
	FD_SET(quiet, &reads);
	EXPECT(pselect(quiet + 1, &reads, NULL, NULL, &never, NULL) == 0);
	FD_SET(quiet, &reads);
	FD_SET(1000, &reads);
	REFUSED(select(1001, &reads, NULL, NULL, NULL), EBADF);
	REFUSED(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), EPERM);
	EXPECT(epoll_ctl(epoll, EPOLL_CTL_ADD, pipes[0], &event) == 0);
	close(epoll);
	close(quiet);
	close(pipes[0]);
	close(pipes[1]);
}

static void threads(void)
{
	uint8_t base[BASE_INFO];
	int fd = open("/dev/ipath0", O_RDWR);
	pthread_t askers[3], waiter;
	void *bad;

	EXPECT(start(fd, base));
	struct pollfd one = { .fd = fd, .events = POLLIN };
	EXPECT(poll(&one, 1, 0) == 0 && one.revents == 0);
	EXPECT(poll(&one, 1, 1) == 0);
	uint8_t *buffers = mmap(NULL, GET(uint32_t, base, 76) * GET(uint32_t, base, 84), PROT_WRITE, MAP_SHARED, fd,
				(off_t)GET(uint64_t, base, 88));
	EXPECT(buffers != MAP_FAILED);
	pthread_create(&waiter, NULL, wait_for_packet, &fd);
	for (int i = 0; i < 3; i++)
		pthread_create(&askers[i], NULL, ask, &fd);
	send_packet(buffers, base);
	EXPECT(pthread_join(waiter, &bad) == 0 && bad == NULL);
	for (int i = 0; i < 3; i++)
		EXPECT(pthread_join(askers[i], &bad) == 0 && bad == NULL);
	EXPECT(poll(&one, 1, -1) == 1 && one.revents == POLLIN); /* it is still there */
	selects(fd);
	one.events = POLLRDNORM;
	EXPECT(poll(&one, 1, 0) == 1 && one.revents == POLLRDNORM);
	uint16_t urgent = 1;
	EXPECT(command(fd, POLL_TYPE, &urgent, 2) == 6 && poll(&one, 1, 0) == 0);
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	alarm(100);
	names(atoi(argv[1]));
	files(atoi(argv[1]));
	others();
	commands();
	copies();
	threads();
	EXPECT(strcmp(getenv("IPATH_NO_BACKTRACE"), "1") == 0);
	printf("checks=%d failed=%d\n", checks, failed);
	return failed != 0;
}
