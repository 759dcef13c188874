/*
 * libsoftpath-preload.so: lets programs written for InfiniPath run on softpath, unmodified.
 *
 *   LD_PRELOAD=.../libsoftpath-preload.so program
 *
 * It turns the calls that such a program makes on /dev/ipath, /dev/ipath<unit>, /sys/class/infiniband/qib<unit> and
 * /ipathfs into requests of docs/control-protocol.md, and hands every other call on as it came. There is no chip in
 * here: what the device answers, refuses or stores is the daemon's business. Nothing of it is on the way of a packet,
 * which is stores and loads in memory that was mapped once.
 *
 * One open device is one connection, and the descriptor that the program holds is the connection's socket, so that
 * dup, fork and exec mean what they mean for any file. What must be common to all who hold it after a fork (the lock
 * around a request and its reply, the interrupt that has come) is in a shared page of its own.
 *
 * Locks, in this order: table_lock (this process's tables; fork waits for it), then the lock of one device.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#if !defined __linux__ || !defined __LP64__
#error "libsoftpath-preload.so is for 64-bit Linux"
#endif
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the control protocol is little-endian; nobody has tried libsoftpath-preload.so elsewhere"
#endif

#define EXPORT __attribute__((visibility("default")))

/* Of docs/control-protocol.md. */
enum { WRITE = 1, MMAP = 2, POLL = 3, MUNMAP = 7, DRIVER_FILE = 12 };
enum { INTERRUPT = 0x40000001 };
#define REPLY 0x80000000u
enum { MAX_REPLY = 32768, REPLY_HEADER = 16 };
enum { IS_FILE = 1, IS_DIRECTORY = 2 };
enum { UREGS = 0, PIOBUFS = 1, PIOAVAIL = 5 };

/* Of the driver's user interface 1.13; docs/abi.md. */
enum { CTXT_INFO = 17, TID_UPDATE = 19, TID_FREE = 20, USER_INIT = 24 };
enum { COMMAND = 40, PAYLOAD = 8, CTXT_INFO_ADDRESS = PAYLOAD, BASE_INFO_ADDRESS = PAYLOAD + 24 };
enum { BASE_INFO_STATUS = 104, STATUS_HWERROR = 0x200, STATUS_TEXT = 16, STATUS_TEXT_END = 4032 };
enum { TID_LIST = PAYLOAD + 16, TID_BITMAP = PAYLOAD + 24, TID_BITMAP_BYTES = 64 };
enum { DEVICE_MAJOR = 233, PAGE = 4096 };

/* Descriptors above MAX_FD are never a device; more devices than MAX_DEVICES are refused. */
enum { MAX_FD = 65536, MAX_DEVICES = 1024, MAX_MAPS = 4096 };

/* What all processes that hold one open device share. */
struct shared {
	pthread_mutex_t lock; /* process-shared and robust; guards the rest and the socket */
	uint32_t tag;
	uint32_t interrupts; /* INTERRUPT records that have come */
	int32_t revents;     /* what the last one said */
	int armed;           /* an INTERRUPT will come */
	int dead;            /* the daemon is gone */
	struct shared *next; /* in the list of free ones */
	uint8_t reply[MAX_REPLY];
};

/* One open device of this process; never given back, so that a late look at it is harmless. */
struct device {
	struct shared *shared;
	int refs;    /* descriptors of this process */
	int minor;   /* 0 any unit, else unit + 1 */
	int status;  /* where its status word is in the avail page; 0 not known */
	int gone;    /* the program has been shown that the daemon is dead */
	int wake;    /* eventfd that tells pollers that another thread took the INTERRUPT; -1 none yet */
	int forked;  /* somebody else may hold it: its shared page is not used again */
};

struct map {
	uint8_t *at;
	size_t length; /* whole pages */
	uint64_t token, asked;
	uint16_t device;
	uint16_t kind;
};

static _Atomic uint16_t devices_of[MAX_FD]; /* index + 1 into devices, 0: not a device */
static struct device devices[MAX_DEVICES];
static struct shared *free_shared;
static struct map maps[MAX_MAPS];
static _Atomic int map_count, open_count;
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic pid_t own_pid;

#define GET(type, from, offset) ({ type got_; memcpy(&got_, (const uint8_t *)(from) + (offset), sizeof got_); got_; })
#define PUT(type, to, offset, value) ({ type put_ = (value); memcpy((uint8_t *)(to) + (offset), &put_, sizeof put_); })

/* The function that the program would have called without us. */
#define REAL(name) ({ \
	static _Atomic(__typeof__(&name)) real_; \
	__typeof__(&name) found_ = atomic_load_explicit(&real_, memory_order_acquire); \
	if (!found_) { \
		found_ = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
		atomic_store_explicit(&real_, found_, memory_order_release); \
	} \
	found_; })

/* ---- where things are ---- */

/* Writes <run dir>/<name> and says whether it fits. */
static int in_run_dir(char *path, size_t bytes, const char *name)
{
	const char *dir = getenv("SOFTPATH_DIR"), *runtime = getenv("XDG_RUNTIME_DIR");
	int length;

	if (dir && *dir)
		length = snprintf(path, bytes, "%s/%s", dir, name);
	else if (runtime && *runtime)
		length = snprintf(path, bytes, "%s/softpath/%s", runtime, name);
	else
		length = snprintf(path, bytes, "/tmp/softpath-%u/%s", (unsigned)geteuid(), name);
	return length > 0 && (size_t)length < bytes;
}

/* The minor number of a device node, 0 for /dev/ipath and unit + 1 for /dev/ipath<unit>; -1: another path. */
static int minor_of(const char *path)
{
	static const char node[] = "/dev/ipath";

	if (!path || strncmp(path, node, sizeof node - 1) != 0)
		return -1;
	const char *digits = path + sizeof node - 1;
	if (!*digits)
		return 0;
	if (strlen(digits) > 3 || strspn(digits, "0123456789") != strlen(digits))
		return -1;
	return atoi(digits) + 1;
}

static int device_path(char *path, size_t bytes, const char *node)
{
	if (in_run_dir(path, bytes, node + sizeof "/dev/" - 1))
		return 1;
	errno = ENAMETOOLONG;
	return 0;
}

/* Whether the driver would have made this file. */
static int is_driver_file(const char *path)
{
	static const char sysfs[] = "/sys/class/infiniband/qib", ipathfs[] = "/ipathfs";

	if (!path || path[0] != '/')
		return 0;
	if (strncmp(path, sysfs, sizeof sysfs - 1) == 0)
		return 1;
	return strncmp(path, ipathfs, sizeof ipathfs - 1) == 0 && strchr("/", path[sizeof ipathfs - 1]) != NULL;
}

/* ---- memory of the program, which may be anything ---- */

static int copy(int store, void *own, uint64_t address, size_t bytes)
{
	struct iovec here = { own, bytes }, there = { (void *)address, bytes };
	ssize_t done = store ? process_vm_writev(getpid(), &here, 1, &there, 1, 0)
			     : process_vm_readv(getpid(), &here, 1, &there, 1, 0);

	if (done == (ssize_t)bytes)
		return 1;
	if (done < 0 && (errno == ENOSYS || errno == EPERM)) { /* not allowed to ask: a bad address is a SIGSEGV */
		if (store)
			memcpy((void *)address, own, bytes);
		else
			memcpy(own, (void *)address, bytes);
		return 1;
	}
	errno = EFAULT;
	return 0;
}

static int fetch(void *own, uint64_t address, size_t bytes)
{
	return copy(0, own, address, bytes);
}

static int store(uint64_t address, const void *own, size_t bytes)
{
	return copy(1, (void *)own, address, bytes);
}

/* ---- the tables ---- */

static struct device *device_of(int fd)
{
	if (fd < 0 || fd >= MAX_FD)
		return NULL;
	uint16_t index = atomic_load_explicit(&devices_of[fd], memory_order_acquire);
	return index ? &devices[index - 1] : NULL;
}

static void lock_shared(struct shared *shared)
{
	/* Whoever died with the lock left a reply behind at worst, which nobody takes for his own. */
	if (pthread_mutex_lock(&shared->lock) == EOWNERDEAD)
		pthread_mutex_consistent(&shared->lock);
}

static void unlock_shared(struct shared *shared)
{
	pthread_mutex_unlock(&shared->lock);
}

static struct shared *new_shared(void)
{
	struct shared *shared = free_shared;

	if (shared) {
		free_shared = shared->next;
	} else {
		shared = REAL(mmap)(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (shared == MAP_FAILED)
			return NULL;
		pthread_mutexattr_t attributes;
		pthread_mutexattr_init(&attributes);
		pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
		pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
		pthread_mutex_init(&shared->lock, &attributes);
		pthread_mutexattr_destroy(&attributes);
	}
	shared->interrupts = 0;
	shared->revents = 0;
	shared->armed = 0;
	shared->dead = 0;
	shared->next = NULL;
	return shared;
}

/* Makes a descriptor a device; the index of it, or -1 with errno. */
static int enter(int fd, int minor)
{
	int index = -1;

	if (fd >= MAX_FD) {
		errno = EMFILE;
		return -1;
	}
	pthread_mutex_lock(&table_lock);
	for (int i = 0; i < MAX_DEVICES && index < 0; i++)
		if (devices[i].refs == 0)
			index = i;
	struct shared *shared = index < 0 ? NULL : new_shared();
	if (shared) {
		devices[index] = (struct device){ .shared = shared, .refs = 1, .minor = minor, .wake = -1 };
		atomic_fetch_add(&open_count, 1);
		atomic_store_explicit(&devices_of[fd], (uint16_t)(index + 1), memory_order_release);
	}
	pthread_mutex_unlock(&table_lock);
	if (!shared) {
		errno = index < 0 ? ENFILE : ENOMEM;
		return -1;
	}
	return index;
}

/* A second descriptor of what the first one is, if that is a device. */
static int again(int from, int to)
{
	if (to >= 0 && device_of(from)) {
		if (to >= MAX_FD) {
			REAL(close)(to);
			errno = EMFILE;
			return -1;
		}
		pthread_mutex_lock(&table_lock);
		struct device *device = device_of(from);
		if (device) {
			device->refs++;
			atomic_store_explicit(&devices_of[to], (uint16_t)(device - devices + 1), memory_order_release);
		}
		pthread_mutex_unlock(&table_lock);
	}
	return to;
}

static void forget_map(int i)
{
	maps[i] = maps[map_count - 1];
	atomic_fetch_sub(&map_count, 1);
}

/*
 * The device is closed, and its context may be somebody else's soon. The program may still look at what it has mapped:
 * it sees zeros from now on, and the memory is given back, which many programs never do themselves.
 */
static void retire_maps(struct device *device)
{
	for (int i = 0; i < map_count;)
		if (maps[i].device == device - devices) {
			REAL(mmap)(maps[i].at, maps[i].length, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
			forget_map(i);
		} else {
			i++;
		}
}

/*
 * A descriptor goes. In the child of a vfork these tables are the parent's, whose descriptor stays.
 *
 * Returns the eventfd to close, or -1.
 */
static int leave(int fd)
{
	int wake = -1;

	if (own_pid && getpid() != own_pid)
		return -1;
	pthread_mutex_lock(&table_lock);
	struct device *device = device_of(fd);
	if (device) {
		atomic_store_explicit(&devices_of[fd], 0, memory_order_release);
		if (--device->refs == 0) {
			retire_maps(device);
			wake = device->wake;
			device->wake = -1;
			if (!device->forked) {
				device->shared->next = free_shared;
				free_shared = device->shared;
			}
			atomic_fetch_sub(&open_count, 1);
		}
	}
	pthread_mutex_unlock(&table_lock);
	return wake;
}

static void leave_range(unsigned first, unsigned last)
{
	if (atomic_load(&open_count))
		for (unsigned fd = first; fd <= last && fd < MAX_FD; fd++)
			if (device_of((int)fd)) {
				int wake = leave((int)fd);
				if (wake >= 0 && ((unsigned)wake < first || (unsigned)wake > last))
					REAL(close)(wake);
			}
}

/*
 * A chip whose daemon is dead does nothing any more, and its memory looks as it always did. The program is shown what a
 * driver shows of broken hardware, in the status word that it looks at: libpsm then says the text and gives up.
 */
static void show_gone(struct device *device)
{
	static const char text[] = "the softpath daemon is gone";

	pthread_mutex_lock(&table_lock);
	for (int i = 0; i < map_count && device->status && !device->gone; i++) {
		struct map *map = &maps[i];
		if (map->device != device - devices || map->kind != PIOAVAIL || map->length != PAGE)
			continue;
		uint8_t *page = REAL(mmap)(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED)
			break;
		memcpy(page, map->at, PAGE);
		PUT(uint64_t, page, device->status, GET(uint64_t, page, device->status) | STATUS_HWERROR);
		if (device->status + STATUS_TEXT + (int)sizeof text <= STATUS_TEXT_END)
			memcpy(page + device->status + STATUS_TEXT, text, sizeof text);
		mprotect(page, PAGE, PROT_READ);
		/* In one step: somebody reads there all the time. */
		if (mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, map->at) == MAP_FAILED)
			REAL(munmap)(page, PAGE);
	}
	device->gone = 1;
	pthread_mutex_unlock(&table_lock);
}

/* To be called behind everything that can find out, without a lock. */
static void show_if_gone(struct device *device)
{
	if (device->shared->dead && !device->gone)
		show_gone(device);
}

/* ---- requests ---- */

static void note_interrupt(struct device *device)
{
	struct shared *shared = device->shared;

	shared->revents = GET(int32_t, shared->reply, 8);
	shared->interrupts++;
	shared->armed = 0;
	if (device->wake >= 0)
		eventfd_write(device->wake, 1);
}

/* Takes one record off the socket. Returns its length; 0 with errno EAGAIN: none there; 0 with EIO: daemon gone. */
static size_t receive(struct device *device, int fd, int wait, int *passed)
{
	struct shared *shared = device->shared;
	char control[CMSG_SPACE(sizeof(int))];

	for (;;) {
		struct iovec iov = { shared->reply, sizeof shared->reply };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
		ssize_t length = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			if (!wait) {
				errno = EAGAIN;
				return 0;
			}
			/* The program made the descriptor non-blocking, which for a device means nothing. */
			struct pollfd one = { .fd = fd, .events = POLLIN };
			REAL(poll)(&one, 1, -1);
			continue;
		}
		if (length < REPLY_HEADER) {
			shared->dead = 1;
			errno = EIO;
			return 0;
		}
		struct cmsghdr *header = CMSG_FIRSTHDR(&msg);
		int file = header && header->cmsg_type == SCM_RIGHTS ? GET(int, CMSG_DATA(header), 0) : -1;
		if (passed)
			*passed = file;
		else if (file >= 0)
			REAL(close)(file);
		return (size_t)length;
	}
}

/* Takes what has come unasked. */
static void drain(struct device *device, int fd)
{
	while (!device->shared->dead && receive(device, fd, 0, NULL))
		if (GET(uint32_t, device->shared->reply, 0) == (uint32_t)INTERRUPT)
			note_interrupt(device);
}

/*
 * One request and its reply, which is in the shared page then; under the device's lock. Other requests of this file
 * wait, also while an ACK_EVENT waits for the link: nothing could be sent then anyway.
 *
 * Returns the result, or -1 with errno; a descriptor that came with it in *passed.
 */
static int exchange(struct device *device, int fd, uint8_t *request, size_t length, int *passed)
{
	struct shared *shared = device->shared;
	uint32_t tag = ++shared->tag;
	int received = -1;

	PUT(uint32_t, request, 4, tag);
	while (!shared->dead && send(fd, request, length, MSG_NOSIGNAL) < 0) {
		if (errno == EPIPE || errno == ECONNRESET)
			break; /* the reason may be there to read */
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			struct pollfd one = { .fd = fd, .events = POLLOUT };
			REAL(poll)(&one, 1, -1);
		} else if (errno != EINTR) {
			return -1;
		}
	}
	while (!shared->dead && receive(device, fd, 1, &received)) {
		uint32_t kind = GET(uint32_t, shared->reply, 0);
		int unasked = kind == REPLY && GET(uint32_t, shared->reply, 4) == 0;

		if (kind == (uint32_t)INTERRUPT) {
			note_interrupt(device);
		} else if (unasked || GET(uint32_t, shared->reply, 4) == tag) {
			int result = GET(int32_t, shared->reply, 8);
			if (passed)
				*passed = received;
			else if (received >= 0)
				REAL(close)(received);
			if (result < 0) {
				errno = -result;
				return -1;
			}
			return result;
		}
		if (received >= 0)
			REAL(close)(received);
	}
	errno = EIO;
	return -1;
}

static int locked_exchange(struct device *device, int fd, uint8_t *request, size_t length, int *passed)
{
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	lock_shared(device->shared);
	int result = exchange(device, fd, request, length, passed);
	int error = errno;
	unlock_shared(device->shared);
	pthread_setcancelstate(state, NULL);
	errno = error;
	return result;
}

/* Where the pointers in a command point is the program's memory; -1 with EFAULT if that is not there. */
static int store_output(struct device *device, int fd, uint32_t type, const uint8_t *block)
{
	struct shared *shared = device->shared;
	uint32_t bytes = GET(uint32_t, shared->reply, 12);
	const uint8_t *payload = shared->reply + REPLY_HEADER;

	switch (type) {
	case CTXT_INFO:
		return store(GET(uint64_t, block, CTXT_INFO_ADDRESS), payload, bytes) ? 0 : -1;
	case USER_INIT:
		if (bytes >= BASE_INFO_STATUS + sizeof(uint64_t))
			device->status = (int)(GET(uint64_t, payload, BASE_INFO_STATUS) & (PAGE - 1));
		return store(GET(uint64_t, block, BASE_INFO_ADDRESS), payload, bytes) ? 0 : -1;
	case TID_UPDATE:
		if (bytes < TID_BITMAP_BYTES)
			return 0;
		if (store(GET(uint64_t, block, TID_LIST), payload + TID_BITMAP_BYTES, bytes - TID_BITMAP_BYTES)
		    && store(GET(uint64_t, block, TID_BITMAP), payload, TID_BITMAP_BYTES))
			return 0;
		{
			uint8_t request[16 + COMMAND + TID_BITMAP_BYTES] = { WRITE };

			PUT(uint32_t, request, 8, COMMAND);
			PUT(uint32_t, request, 16, TID_FREE);
			memcpy(request + 16 + COMMAND, payload, TID_BITMAP_BYTES);
			exchange(device, fd, request, sizeof request, NULL);
		}
		errno = EFAULT;
		return -1;
	default:
		return 0;
	}
}

static ssize_t command(struct device *device, int fd, const void *from, size_t count)
{
	uint8_t request[16 + COMMAND + TID_BITMAP_BYTES] = { WRITE };
	uint8_t *block = request + 16;
	size_t length = 16 + COMMAND;
	int saved = errno, state;

	if (!fetch(block, (uint64_t)from, count < COMMAND ? count : COMMAND))
		return -1;
	uint32_t type = count < 4 ? 0 : GET(uint32_t, block, 0);
	PUT(uint32_t, request, 8, count > UINT32_MAX ? UINT32_MAX : (uint32_t)count);
	if (type == TID_FREE && fetch(request + 16 + COMMAND, GET(uint64_t, block, TID_BITMAP), TID_BITMAP_BYTES))
		length += TID_BITMAP_BYTES;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	lock_shared(device->shared);
	device->shared->armed = 0; /* the command may change what poll waits for */
	int result = exchange(device, fd, request, length, NULL);
	if (result >= 0 && store_output(device, fd, type, block) < 0)
		result = -1;
	int error = errno;
	unlock_shared(device->shared);
	show_if_gone(device);
	pthread_setcancelstate(state, NULL);
	errno = result < 0 ? error : saved;
	return result;
}

/* ---- open, close and what makes more descriptors of one ---- */

static int open_device(const char *node, int minor, int flags)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int saved = errno;

	if (!device_path(address.sun_path, sizeof address.sun_path, node))
		return -1;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | (flags & O_CLOEXEC ? SOCK_CLOEXEC : 0), 0);
	if (fd < 0)
		return -1;
	int failed;
	while ((failed = connect(fd, (struct sockaddr *)&address, sizeof address)) < 0 && errno == EINTR)
		;
	if (failed < 0 || enter(fd, minor) < 0) {
		int error = errno == ECONNREFUSED ? ENXIO : errno; /* a node that a dead daemon left */
		REAL(close)(fd);
		errno = error;
		return -1;
	}
	errno = saved;
	return fd;
}

/* What the daemon has under this name, with the whole reply: IS_FILE, IS_DIRECTORY or -errno. */
static int ask_driver_file(const char *path, uint8_t *reply)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	uint8_t request[16 + 1024] = { DRIVER_FILE };
	int result = -ENOENT;
	ssize_t got;

	if (length > sizeof request - 16)
		return -ENAMETOOLONG;
	if (!in_run_dir(address.sun_path, sizeof address.sun_path, "ipath"))
		return -ENOENT;
	int sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return -errno;
	if (connect(sock, (struct sockaddr *)&address, sizeof address) == 0) {
		PUT(uint32_t, request, 4, 1);
		PUT(uint32_t, request, 12, (uint32_t)length);
		memcpy(request + 16, path, length);
		while ((got = send(sock, request, 16 + length, MSG_NOSIGNAL)) < 0 && errno == EINTR)
			;
		while ((got = recv(sock, reply, MAX_REPLY, 0)) < 0 && errno == EINTR)
			;
		if (got >= REPLY_HEADER)
			result = GET(int32_t, reply, 8);
	}
	REAL(close)(sock);
	return result;
}

static uint8_t *new_reply(void)
{
	uint8_t *reply = REAL(mmap)(NULL, MAX_REPLY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return reply == MAP_FAILED ? NULL : reply;
}

/* The driver's file of this name, as the daemon has it now, in a file of its own; -1 with errno. */
static int open_driver_file(const char *path, int flags, int *what, uint32_t *bytes)
{
	int fd = -1, saved = errno;

	if (what == NULL && (flags & O_ACCMODE) != O_RDONLY) {
		errno = EACCES;
		return -1;
	}
	uint8_t *reply = new_reply();
	if (!reply)
		return -1;
	int result = ask_driver_file(path, reply), error = -result;
	uint32_t size = result < 0 ? 0 : GET(uint32_t, reply, 12);
	if (result >= 0 && what) {
		*what = result;
		*bytes = size;
		fd = 0;
	} else if (result == IS_DIRECTORY) {
		error = EISDIR; /* nobody reads these directories through us */
	} else if (result == IS_FILE) {
		fd = memfd_create("softpath:driver-file", flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
		error = errno;
		if (fd >= 0 && (REAL(write)(fd, reply + REPLY_HEADER, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)) {
			error = EIO;
			REAL(close)(fd);
			fd = -1;
		}
	}
	REAL(munmap)(reply, MAX_REPLY);
	errno = fd < 0 ? error : saved;
	return fd;
}

/* Whether this path is ours; then *fd is what open returns. */
static int open_ours(const char *path, int flags, int *fd)
{
	int minor = minor_of(path);

	if (minor >= 0)
		*fd = open_device(path, minor, flags);
	else if (is_driver_file(path))
		*fd = open_driver_file(path, flags, NULL, NULL);
	else
		return 0;
	return 1;
}

static int takes_mode(int flags)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define MODE_OF(flags) ({ \
	mode_t mode_ = 0; \
	if (takes_mode(flags)) { \
		va_list rest_; \
		va_start(rest_, flags); \
		mode_ = va_arg(rest_, mode_t); \
		va_end(rest_); \
	} \
	mode_; })

EXPORT int open(const char *path, int flags, ...)
{
	int fd;

	return open_ours(path, flags, &fd) ? fd : REAL(open)(path, flags, MODE_OF(flags));
}

EXPORT int open64(const char *path, int flags, ...)
{
	int fd;

	return open_ours(path, flags, &fd) ? fd : REAL(open64)(path, flags, MODE_OF(flags));
}

EXPORT int openat(int at, const char *path, int flags, ...)
{
	int fd;

	return open_ours(path, flags, &fd) ? fd : REAL(openat)(at, path, flags, MODE_OF(flags));
}

EXPORT int openat64(int at, const char *path, int flags, ...)
{
	int fd;

	return open_ours(path, flags, &fd) ? fd : REAL(openat64)(at, path, flags, MODE_OF(flags));
}

/* What open becomes in programs built with _FORTIFY_SOURCE; no header declares it. */
EXPORT int __open_2(const char *path, int flags);
EXPORT int __open64_2(const char *path, int flags);

EXPORT int __open_2(const char *path, int flags)
{
	int fd;

	return open_ours(path, flags, &fd) ? fd : REAL(__open_2)(path, flags);
}

EXPORT int __open64_2(const char *path, int flags)
{
	int fd;

	return open_ours(path, flags, &fd) ? fd : REAL(__open64_2)(path, flags);
}

/* The C library's own opens its file without passing here. */
static FILE *fopen_driver_file(const char *path, const char *mode)
{
	int flags = (mode[0] == 'r' && !strchr(mode, '+') ? O_RDONLY : O_RDWR) | (strchr(mode, 'e') ? O_CLOEXEC : 0);
	int fd = open_driver_file(path, flags, NULL, NULL);

	return fd < 0 ? NULL : fdopen(fd, mode);
}

EXPORT FILE *fopen(const char *path, const char *mode)
{
	return is_driver_file(path) ? fopen_driver_file(path, mode) : REAL(fopen)(path, mode);
}

EXPORT FILE *fopen64(const char *path, const char *mode)
{
	return is_driver_file(path) ? fopen_driver_file(path, mode) : REAL(fopen64)(path, mode);
}

EXPORT int close(int fd)
{
	if (device_of(fd)) {
		int wake = leave(fd);
		if (wake >= 0)
			REAL(close)(wake);
	}
	return REAL(close)(fd);
}

/* Not in every C library; declared here so that the build does not depend on it. */
EXPORT int close_range(unsigned first, unsigned last, int flags);
EXPORT void closefrom(int first);

EXPORT int close_range(unsigned first, unsigned last, int flags)
{
	if (!REAL(close_range)) {
		errno = ENOSYS;
		return -1;
	}
	if (!(flags & 4)) /* CLOSE_RANGE_CLOEXEC closes nothing now */
		leave_range(first, last);
	return REAL(close_range)(first, last, flags);
}

EXPORT void closefrom(int first)
{
	leave_range(first < 0 ? 0 : (unsigned)first, UINT32_MAX);
	if (REAL(closefrom))
		REAL(closefrom)(first);
}

EXPORT int dup(int fd)
{
	return again(fd, REAL(dup)(fd));
}

EXPORT int dup2(int from, int to)
{
	if (from == to)
		return REAL(dup2)(from, to);
	if (device_of(to) && fcntl(from, F_GETFD) >= 0)
		close(to);
	return again(from, REAL(dup2)(from, to));
}

EXPORT int dup3(int from, int to, int flags)
{
	if (from != to && device_of(to) && fcntl(from, F_GETFD) >= 0)
		close(to);
	return again(from, REAL(dup3)(from, to, flags));
}

#define FCNTL(name) \
	va_list rest; \
	va_start(rest, what); \
	void *argument = va_arg(rest, void *); \
	va_end(rest); \
	int result = REAL(name)(fd, what, argument); \
	return what == F_DUPFD || what == F_DUPFD_CLOEXEC ? again(fd, result) : result

EXPORT int fcntl(int fd, int what, ...)
{
	FCNTL(fcntl);
}

EXPORT int fcntl64(int fd, int what, ...)
{
	FCNTL(fcntl64);
}

/* ---- commands ---- */

EXPORT ssize_t write(int fd, const void *from, size_t count)
{
	struct device *device = device_of(fd);

	return device ? command(device, fd, from, count) : REAL(write)(fd, from, count);
}

/* The driver's writev is send DMA, which no unit of softpath has; its files cannot be read. */
EXPORT ssize_t writev(int fd, const struct iovec *iov, int count)
{
	if (!device_of(fd))
		return REAL(writev)(fd, iov, count);
	errno = EINVAL;
	return -1;
}

EXPORT ssize_t read(int fd, void *to, size_t count)
{
	if (!device_of(fd))
		return REAL(read)(fd, to, count);
	errno = EINVAL;
	return -1;
}

/* ---- mappings ---- */

static size_t whole_pages(size_t length)
{
	return (length + PAGE - 1) & -(size_t)PAGE;
}

/* Forgets mappings that the program replaces or takes away; those of exactly this range are told to the daemon. */
static void unmapped(uint8_t *at, size_t length)
{
	struct { uint64_t token, asked; struct device *device; int fd; } tell[8];
	int count = 0;

	pthread_mutex_lock(&table_lock);
	for (int i = 0; i < map_count;) {
		struct map *map = &maps[i];
		if (at + length <= map->at || map->at + map->length <= at) {
			i++;
			continue;
		}
		if (at == map->at && length == map->length && count < 8)
			for (int fd = 0; fd < MAX_FD; fd++)
				if (devices_of[fd] == map->device + 1) {
					tell[count].token = map->token;
					tell[count].asked = map->asked;
					tell[count].device = &devices[map->device];
					tell[count++].fd = fd;
					break;
				}
		forget_map(i);
	}
	pthread_mutex_unlock(&table_lock);
	for (int i = 0; i < count; i++) {
		uint8_t request[24] = { MUNMAP };

		PUT(uint64_t, request, 8, tell[i].token);
		PUT(uint64_t, request, 16, tell[i].asked);
		locked_exchange(tell[i].device, tell[i].fd, request, sizeof request, NULL);
	}
}

static void *map_device(struct device *device, int fd, void *at, size_t length, int prot, int flags, off_t token)
{
	uint8_t request[32] = { MMAP };
	int type = flags & MAP_TYPE, state, passed = -1, saved = errno;
	uint32_t kind = 0;

	if (token & (PAGE - 1)) {
		errno = EINVAL;
		return MAP_FAILED;
	}
	PUT(uint64_t, request, 8, (uint64_t)token);
	PUT(uint64_t, request, 16, length);
	PUT(uint32_t, request, 24, (prot & PROT_READ ? 1 : 0) | (prot & PROT_WRITE ? 2 : 0) | (prot & PROT_EXEC ? 4 : 0));
	PUT(uint32_t, request, 28, type == MAP_SHARED || type == MAP_SHARED_VALIDATE ? 1 : type == MAP_PRIVATE ? 2 : 0);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	lock_shared(device->shared);
	int result = exchange(device, fd, request, sizeof request, &passed);
	kind = GET(uint32_t, device->shared->reply, 24);
	int error = errno;
	unlock_shared(device->shared);
	pthread_setcancelstate(state, NULL);
	if (result < 0 || passed < 0) {
		errno = result < 0 ? error : EMFILE;
		return MAP_FAILED;
	}
	/* The driver's memory is never swapped, and not charged to the program that asks for it to be locked. */
	void *got = REAL(mmap)(at, length, prot & PROT_WRITE ? prot | PROT_READ : prot,
			       MAP_SHARED | (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)), passed, 0);
	error = errno;
	REAL(close)(passed);
	if (got == MAP_FAILED) {
		PUT(uint32_t, request, 0, MUNMAP);
		locked_exchange(device, fd, request, 24, NULL);
		errno = error;
		return MAP_FAILED;
	}
	if (kind == UREGS || kind == PIOBUFS)
		madvise(got, length, MADV_DONTFORK);
	madvise(got, length, MADV_DONTDUMP);
	pthread_mutex_lock(&table_lock);
	if (map_count < MAX_MAPS)
		maps[atomic_fetch_add(&map_count, 1)] = (struct map){
			.at = got, .length = whole_pages(length), .token = (uint64_t)token, .asked = length,
			.device = (uint16_t)(device - devices), .kind = (uint16_t)kind };
	pthread_mutex_unlock(&table_lock);
	errno = saved;
	return got;
}

#define MAP_WITH(name) \
	if (flags & MAP_FIXED && atomic_load_explicit(&map_count, memory_order_relaxed)) \
		unmapped(at, whole_pages(length)); \
	struct device *device = flags & MAP_ANONYMOUS ? NULL : device_of(fd); \
	return device ? map_device(device, fd, at, length, prot, flags, offset) \
		      : REAL(name)(at, length, prot, flags, fd, offset)

EXPORT void *mmap(void *at, size_t length, int prot, int flags, int fd, off_t offset)
{
	MAP_WITH(mmap);
}

EXPORT void *mmap64(void *at, size_t length, int prot, int flags, int fd, off64_t offset)
{
	MAP_WITH(mmap64);
}

EXPORT int munmap(void *at, size_t length)
{
	int result = REAL(munmap)(at, length);

	if (result == 0 && atomic_load_explicit(&map_count, memory_order_relaxed)) {
		int saved = errno;
		unmapped(at, whole_pages(length));
		errno = saved;
	}
	return result;
}

/* ---- poll ---- */

/* Asks what is ready, unless an interrupt is armed already; 0: none is, and *seen is what had come before. */
static int ask(struct device *device, int fd, uint32_t *seen)
{
	struct shared *shared = device->shared;
	uint8_t request[12] = { POLL };
	int revents = 0, state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	lock_shared(shared);
	if (device->wake < 0)
		device->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	drain(device, fd);
	if (shared->dead) {
		revents = POLLERR | POLLHUP;
	} else if (!shared->armed) {
		revents = exchange(device, fd, request, sizeof request, NULL);
		if (revents < 0)
			revents = POLLERR | POLLHUP;
		shared->armed = revents == 0;
	}
	*seen = shared->interrupts;
	unlock_shared(shared);
	show_if_gone(device);
	pthread_setcancelstate(state, NULL);
	return revents;
}

/* What has come since; 0: nothing. */
static int look(struct device *device, int fd, uint32_t seen)
{
	struct shared *shared = device->shared;
	eventfd_t count;
	int revents = 0;

	lock_shared(shared);
	if (device->wake >= 0)
		eventfd_read(device->wake, &count);
	drain(device, fd);
	if (shared->dead)
		revents = POLLERR | POLLHUP;
	else if (shared->interrupts != seen)
		revents = shared->revents;
	unlock_shared(shared);
	show_if_gone(device);
	return revents;
}

static int64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/*
 * poll with devices among the descriptors. A device is ready when the daemon says so at once or by an INTERRUPT later;
 * this waits for its socket, and for the eventfd in case another thread takes the INTERRUPT off it.
 */
static int poll_devices(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	int64_t end = timeout ? now_ns() + timeout->tv_sec * INT64_C(1000000000) + timeout->tv_nsec : 0;
	struct pollfd few[16], *waits = 2 * count <= 16 ? few : malloc(2 * count * sizeof *waits);
	uint32_t few_seen[8], *seen = count <= 8 ? few_seen : malloc(count * sizeof *seen);
	int ready = 0, saved = errno, error = 0;

	if (!waits || !seen) {
		error = ENOMEM;
		ready = -1;
	}
	while (ready == 0) {
		nfds_t extra = count;

		for (nfds_t i = 0; i < count; i++) {
			struct device *device = device_of(fds[i].fd);

			fds[i].revents = 0;
			waits[i] = (struct pollfd){ .fd = fds[i].fd, .events = fds[i].events };
			if (device) {
				short wanted = fds[i].events | POLLERR | POLLHUP;
				fds[i].revents = (short)ask(device, fds[i].fd, &seen[i]) & wanted;
				waits[i].events = POLLIN;
				waits[extra++] = (struct pollfd){ .fd = device->wake, .events = POLLIN };
				ready += fds[i].revents != 0;
			}
		}
		struct timespec left = { 0, 0 }, *wait = &left;
		if (ready == 0 && !timeout) {
			wait = NULL;
		} else if (ready == 0) {
			int64_t ns = end - now_ns();
			left.tv_sec = ns > 0 ? ns / 1000000000 : 0;
			left.tv_nsec = ns > 0 ? ns % 1000000000 : 0;
		}
		int events = REAL(ppoll)(waits, extra, wait, mask);
		if (events < 0) {
			if (ready == 0) {
				error = errno;
				ready = -1;
			}
			break;
		}
		for (nfds_t i = 0; i < count; i++) {
			struct device *device = device_of(fds[i].fd);

			if (!device) {
				fds[i].revents = waits[i].revents;
				ready += waits[i].revents != 0;
			} else if (fds[i].revents == 0 && events > 0) {
				short wanted = fds[i].events | POLLERR | POLLHUP;
				fds[i].revents = (short)look(device, fds[i].fd, seen[i]) & wanted;
				ready += fds[i].revents != 0;
			}
		}
		if (timeout && now_ns() >= end)
			break;
	}
	if (waits != few)
		free(waits);
	if (seen != few_seen)
		free(seen);
	errno = ready < 0 ? error : saved;
	return ready;
}

static int has_device(const struct pollfd *fds, nfds_t count)
{
	if (!atomic_load_explicit(&open_count, memory_order_relaxed))
		return 0;
	for (nfds_t i = 0; i < count; i++)
		if (device_of(fds[i].fd))
			return 1;
	return 0;
}

/* The headers say that poll writes through fds only, which is not so. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

EXPORT int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	struct timespec time = { timeout / 1000, timeout % 1000 * 1000000L };

	if (!has_device(fds, count))
		return REAL(poll)(fds, count, timeout);
	return poll_devices(fds, count, timeout < 0 ? NULL : &time, NULL);
}

EXPORT int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	if (!has_device(fds, count))
		return REAL(ppoll)(fds, count, timeout, mask);
	return poll_devices(fds, count, timeout, mask);
}

#pragma GCC diagnostic pop

/* What poll becomes in programs built with _FORTIFY_SOURCE. */
EXPORT int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t bytes);

EXPORT int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t bytes)
{
	if (!has_device(fds, count))
		return REAL(__poll_chk)(fds, count, timeout, bytes);
	return poll(fds, count, timeout);
}

/* ---- select and epoll ---- */

/* Whether one of the sets names a device. */
static int selects_device(int count, const fd_set *reads, const fd_set *writes, const fd_set *excepts)
{
	if (!atomic_load_explicit(&open_count, memory_order_relaxed))
		return 0;
	for (int fd = 0; fd < count && fd < FD_SETSIZE; fd++)
		if (((reads && FD_ISSET(fd, reads)) || (writes && FD_ISSET(fd, writes)) || (excepts && FD_ISSET(fd, excepts)))
		    && device_of(fd))
			return 1;
	return 0;
}

/* One descriptor of a set stays there if it is ready. */
static int keep(fd_set *set, int fd, int ready)
{
	if (!set || !FD_ISSET(fd, set))
		return 0;
	if (!ready)
		FD_CLR(fd, set);
	return ready != 0;
}

/* select in terms of poll, as the kernel has it. */
static int select_devices(int count, fd_set *reads, fd_set *writes, fd_set *excepts, const struct timespec *timeout,
			  const sigset_t *mask)
{
	struct pollfd fds[FD_SETSIZE];
	nfds_t polled = 0;
	int ready = 0;

	if (count < 0 || count > FD_SETSIZE) {
		errno = EINVAL;
		return -1;
	}
	for (int fd = 0; fd < count; fd++) {
		short events = (short)((reads && FD_ISSET(fd, reads) ? POLLIN : 0) | (writes && FD_ISSET(fd, writes) ? POLLOUT : 0)
				       | (excepts && FD_ISSET(fd, excepts) ? POLLPRI : 0));
		if (events)
			fds[polled++] = (struct pollfd){ .fd = fd, .events = events };
	}
	if (poll_devices(fds, polled, timeout, mask) < 0)
		return -1;
	for (nfds_t i = 0; i < polled; i++)
		if (fds[i].revents & POLLNVAL) {
			errno = EBADF;
			return -1;
		}
	for (nfds_t i = 0; i < polled; i++) {
		ready += keep(reads, fds[i].fd, fds[i].revents & (POLLIN | POLLHUP | POLLERR));
		ready += keep(writes, fds[i].fd, fds[i].revents & (POLLOUT | POLLERR));
		ready += keep(excepts, fds[i].fd, fds[i].revents & POLLPRI);
	}
	return ready;
}

EXPORT int select(int count, fd_set *reads, fd_set *writes, fd_set *excepts, struct timeval *timeout)
{
	if (!selects_device(count, reads, writes, excepts))
		return REAL(select)(count, reads, writes, excepts, timeout);
	struct timespec time = { 0, 0 };
	if (timeout) {
		if (timeout->tv_sec < 0 || timeout->tv_usec < 0) {
			errno = EINVAL;
			return -1;
		}
		time.tv_sec = timeout->tv_sec + timeout->tv_usec / 1000000;
		time.tv_nsec = timeout->tv_usec % 1000000 * 1000;
	}
	return select_devices(count, reads, writes, excepts, timeout ? &time : NULL, NULL);
}

EXPORT int pselect(int count, fd_set *reads, fd_set *writes, fd_set *excepts, const struct timespec *timeout,
		   const sigset_t *mask)
{
	return selects_device(count, reads, writes, excepts) ? select_devices(count, reads, writes, excepts, timeout, mask)
							     : REAL(pselect)(count, reads, writes, excepts, timeout, mask);
}

/* An epoll would wait for the socket, which says nothing until somebody asks. No is better than never. */
EXPORT int epoll_ctl(int epoll, int what, int fd, struct epoll_event *event)
{
	if (what == EPOLL_CTL_DEL || !device_of(fd))
		return REAL(epoll_ctl)(epoll, what, fd, event);
	errno = EPERM;
	return -1;
}

/* ---- names ---- */

static void character_device(struct stat *st, int minor)
{
	st->st_mode = S_IFCHR | 0666;
	st->st_rdev = makedev(DEVICE_MAJOR, (unsigned)minor);
	st->st_size = 0;
	st->st_blocks = 0;
}

/* Whether this path is ours; then *result is what stat returns. */
static int stat_ours(const char *path, struct stat *st, int *result)
{
	int minor = minor_of(path), what;
	uint32_t bytes;

	if (minor >= 0) {
		char node[sizeof ((struct sockaddr_un *)0)->sun_path];
		struct stat found;

		*result = -1;
		if (device_path(node, sizeof node, path)) {
			*result = REAL(stat)(node, &found);
			if (*result == 0) {
				*st = found;
				character_device(st, minor);
			}
		}
		return 1;
	}
	if (!is_driver_file(path))
		return 0;
	*result = open_driver_file(path, O_RDONLY, &what, &bytes);
	if (*result == 0) {
		memset(st, 0, sizeof *st);
		st->st_mode = what == IS_DIRECTORY ? S_IFDIR | 0755 : S_IFREG | 0444;
		st->st_nlink = what == IS_DIRECTORY ? 2 : 1;
		st->st_size = what == IS_DIRECTORY ? 0 : PAGE;
		st->st_blksize = PAGE;
	}
	return 1;
}

static int fstat_ours(int fd, struct stat *st, int result)
{
	struct device *device = device_of(fd);

	if (device && result == 0)
		character_device(st, device->minor);
	return result;
}

/* struct stat and struct stat64 are one on 64-bit Linux. */
_Static_assert(sizeof(struct stat) == sizeof(struct stat64), "struct stat64 is another one here");

#define STAT_PATH(name, type) \
	EXPORT int name(const char *path, struct type *st) \
	{ \
		int result; \
		return stat_ours(path, (struct stat *)st, &result) ? result : REAL(name)(path, st); \
	}
#define STAT_OLD(name, type) \
	EXPORT int name(int version, const char *path, struct type *st); \
	EXPORT int name(int version, const char *path, struct type *st) \
	{ \
		int result; \
		return stat_ours(path, (struct stat *)st, &result) ? result : REAL(name)(version, path, st); \
	}

STAT_PATH(stat, stat)
STAT_PATH(stat64, stat64)
STAT_PATH(lstat, stat)
STAT_PATH(lstat64, stat64)
STAT_OLD(__xstat, stat)
STAT_OLD(__xstat64, stat64)
STAT_OLD(__lxstat, stat)
STAT_OLD(__lxstat64, stat64)

EXPORT int fstatat(int at, const char *path, struct stat *st, int flags)
{
	int result;

	return stat_ours(path, st, &result) ? result : REAL(fstatat)(at, path, st, flags);
}

EXPORT int fstatat64(int at, const char *path, struct stat64 *st, int flags)
{
	int result;

	return stat_ours(path, (struct stat *)st, &result) ? result : REAL(fstatat64)(at, path, st, flags);
}

EXPORT int fstat(int fd, struct stat *st)
{
	return fstat_ours(fd, st, REAL(fstat)(fd, st));
}

EXPORT int fstat64(int fd, struct stat64 *st)
{
	return fstat_ours(fd, (struct stat *)st, REAL(fstat64)(fd, st));
}

/* Programs built with a C library older than 2.33 call these; no header declares them any more. */
EXPORT int __fxstat(int version, int fd, struct stat *st);
EXPORT int __fxstat64(int version, int fd, struct stat64 *st);

EXPORT int __fxstat(int version, int fd, struct stat *st)
{
	return fstat_ours(fd, st, REAL(__fxstat)(version, fd, st));
}

EXPORT int __fxstat64(int version, int fd, struct stat64 *st)
{
	return fstat_ours(fd, (struct stat *)st, REAL(__fxstat64)(version, fd, st));
}

EXPORT int access(const char *path, int mode)
{
	char node[sizeof ((struct sockaddr_un *)0)->sun_path];
	int what;
	uint32_t bytes;

	if (minor_of(path) >= 0)
		return device_path(node, sizeof node, path) ? REAL(access)(node, mode & ~X_OK) : -1;
	if (!is_driver_file(path))
		return REAL(access)(path, mode);
	if (open_driver_file(path, O_RDONLY, &what, &bytes) < 0)
		return -1;
	if (mode & W_OK) {
		errno = EACCES;
		return -1;
	}
	return 0;
}

/* Looks for /dev/ipath* among the daemon's sockets, and gives them the names that the program knows. */
static int glob_devices(const char *pattern, int flags, int (*failed)(const char *, int), glob_t *found)
{
	char directory[256], escaped[2 * sizeof directory + 256];
	size_t first = flags & GLOB_APPEND ? found->gl_pathc : 0, at = 0;

	if (!in_run_dir(directory, sizeof directory, ""))
		return GLOB_NOMATCH;
	for (const char *c = directory; *c; c++) {
		if (!(flags & GLOB_NOESCAPE) && strchr("*?[]\\{}~", *c))
			escaped[at++] = '\\';
		escaped[at++] = *c;
	}
	const char *name = pattern + sizeof "/dev/" - 1;
	if (strlen(name) >= sizeof escaped - at)
		return GLOB_NOMATCH;
	strcpy(escaped + at, name);
	int result = REAL(glob)(escaped, flags, failed, found);
	if (result != 0)
		return result;
	size_t offset = flags & GLOB_DOOFFS ? found->gl_offs : 0;
	for (size_t i = first; i < found->gl_pathc; i++) {
		char *path = found->gl_pathv[offset + i], *slash = strrchr(path, '/');

		if (slash && (size_t)(slash - path) >= sizeof "/dev" - 1) {
			memmove(path + sizeof "/dev" - 1, slash, strlen(slash) + 1);
			memcpy(path, "/dev", sizeof "/dev" - 1);
		}
	}
	return 0;
}

static int is_device_pattern(const char *pattern)
{
	return pattern && strncmp(pattern, "/dev/ipath", sizeof "/dev/ipath" - 1) == 0 && !strchr(pattern + 5, '/');
}

enum { MAX_MATCHES = 4096, MAX_NAME = 1024 };

struct matches {
	char **paths;
	size_t count;
	int failed; /* no memory */
};

/* The driver's files below a directory that match the rest of a pattern; sysfs is asked unit by unit. */
static void match_below(struct matches *all, const char *directory, const char *rest)
{
	static const char sysfs[] = "/sys/class/infiniband";
	size_t length = strcspn(rest, "/");
	int units = strcmp(directory, sysfs) == 0, at = 0;
	uint8_t *reply = new_reply();
	char wanted[MAX_NAME], path[MAX_NAME], unit[16];

	if (!reply || length >= sizeof wanted) {
		all->failed |= !reply;
		if (reply)
			REAL(munmap)(reply, MAX_REPLY);
		return;
	}
	memcpy(wanted, rest, length);
	wanted[length] = 0;
	if (!units && ask_driver_file(directory, reply) != IS_DIRECTORY)
		PUT(uint32_t, reply, 12, 0);
	const char *name = (const char *)reply + REPLY_HEADER, *end = name + (units ? 0 : GET(uint32_t, reply, 12));
	for (;; name += strlen(name) + 1) {
		if (units) {
			snprintf(unit, sizeof unit, "qib%d", at++);
			name = unit;
		} else if (name >= end || end > (const char *)reply + MAX_REPLY) {
			break;
		}
		int fits = snprintf(path, sizeof path, "%s/%s", directory, name) < (int)sizeof path;
		if (units && ask_driver_file(path, reply) != IS_DIRECTORY)
			break;
		if (!fits || fnmatch(wanted, name, FNM_PERIOD) != 0)
			continue;
		if (rest[length] == '/') {
			match_below(all, path, rest + length + 1);
		} else if (all->count < MAX_MATCHES && (all->paths[all->count] = strdup(path))) {
			all->count++;
		} else {
			all->failed = 1;
		}
	}
	REAL(munmap)(reply, MAX_REPLY);
}

static int by_name(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

/* As glob, for the driver's files; of the flags, those that say where to put what was found. */
static int glob_driver_files(const char *pattern, int flags, glob_t *found)
{
	size_t slash = pattern[1] == 'i' ? sizeof "/ipathfs" : sizeof "/sys/class/infiniband";
	char directory[32];
	struct matches all = { .paths = malloc(MAX_MATCHES * sizeof *all.paths) };

	if (!all.paths)
		return GLOB_NOSPACE;
	memcpy(directory, pattern, slash - 1);
	directory[slash - 1] = 0;
	match_below(&all, directory, pattern + slash);
	size_t offset = flags & GLOB_DOOFFS ? found->gl_offs : 0, first = flags & GLOB_APPEND ? found->gl_pathc : 0;
	int result = all.count == 0 ? GLOB_NOMATCH : 0;
	char **paths = NULL;
	if (all.count && !all.failed)
		paths = realloc(flags & GLOB_APPEND ? found->gl_pathv : NULL, (offset + first + all.count + 1) * sizeof *paths);
	if (paths) {
		qsort(all.paths, all.count, sizeof *all.paths, by_name);
		if (!(flags & GLOB_APPEND))
			memset(paths, 0, offset * sizeof *paths);
		memcpy(paths + offset + first, all.paths, all.count * sizeof *paths);
		paths[offset + first + all.count] = NULL;
		found->gl_pathv = paths;
		found->gl_pathc = first + all.count;
		found->gl_offs = offset;
		found->gl_flags = flags;
	} else if (all.count || all.failed) {
		while (all.count)
			free(all.paths[--all.count]);
		result = GLOB_NOSPACE;
	}
	free(all.paths);
	return result;
}

static int glob_ours(const char *pattern, int flags, int (*failed)(const char *, int), glob_t *found, int *result)
{
	if (is_device_pattern(pattern)) {
		*result = glob_devices(pattern, flags, failed, found);
		return 1;
	}
	if (!is_driver_file(pattern) || strcmp(pattern, "/ipathfs") == 0)
		return 0;
	*result = glob_driver_files(pattern, flags, found);
	return *result != GLOB_NOMATCH; /* then the C library finds nothing either, and knows what its flags say of that */
}

EXPORT int glob(const char *pattern, int flags, int (*failed)(const char *, int), glob_t *found)
{
	int result;

	return glob_ours(pattern, flags, failed, found, &result) ? result : REAL(glob)(pattern, flags, failed, found);
}

EXPORT int glob64(const char *pattern, int flags, int (*failed)(const char *, int), glob64_t *found)
{
	int result;

	return glob_ours(pattern, flags, failed, (glob_t *)found, &result) ? result : REAL(glob64)(pattern, flags, failed, found);
}

/* ---- the process ---- */

static void before_fork(void)
{
	pthread_mutex_lock(&table_lock);
	for (int i = 0; i < MAX_DEVICES; i++)
		devices[i].forked |= devices[i].refs != 0;
}

static void after_fork(void)
{
	pthread_mutex_unlock(&table_lock);
}

static void in_child(void)
{
	own_pid = getpid();
	for (int i = 0; i < map_count;) /* these did not come along */
		if (maps[i].kind == UREGS || maps[i].kind == PIOBUFS)
			forget_map(i);
		else
			i++;
	pthread_mutex_unlock(&table_lock);
}

/*
 * libinfinipath takes over SIGSEGV, SIGABRT, SIGINT and SIGTERM of every program that is linked with it, and writes
 * files, unless this variable is there. It looks in a constructor, which runs before ours, so setting it there is for
 * libraries that are opened later and for children.
 */
static char no_backtrace[] = "IPATH_NO_BACKTRACE", one[] = "1";

EXPORT char *getenv(const char *name)
{
	char *value = REAL(getenv)(name);

	return value || name[0] != 'I' || strcmp(name, no_backtrace) != 0 ? value : one;
}

__attribute__((constructor)) static void start(void)
{
	own_pid = getpid();
	setenv(no_backtrace, "1", 0);
	pthread_atfork(before_fork, after_fork, in_child);
}
