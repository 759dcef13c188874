/*
 * A client written from docs/control-protocol.md and docs/abi.md alone, without any of softpath's code: opens a unit,
 * maps the five kinds, sends packets to itself through the chip with the model's own trigger, and checks every byte.
 * Asked to, it has the payload stored into pages of its own, registered or not, instead of eager buffers.
 *
 *   client <run dir>/ipath<unit> <packets> [registered | ordinary]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { WRITE = 1, MMAP = 2, INSPECT = 5, MEM_CREATE = 9, MEM_BIND = 10 };
enum { CTXT_INFO = 17, TID_UPDATE = 19, TID_FREE = 20, ASSIGN = 23, USER_INIT = 24 };
enum { PAGES = 16, PAGE = 4096, BITMAP = 64, CANARY = 0xC5 };
enum { HEADER = 56, NODMA_RTAIL = 0x80, SPECIAL_TRIGGER = 0x100, TID_EAGER = 0x7FF };

static int sock;
static uint8_t reply[32768];
static int passed;

#define GET(type, from, offset) ({ type got_; memcpy(&got_, (const uint8_t *)(from) + (offset), sizeof got_); got_; })
#define PUT(type, to, offset, value) ({ type put_ = (value); memcpy((uint8_t *)(to) + (offset), &put_, sizeof put_); })

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* One request and its reply; returns the result, ends if it is an error. */
static int call(uint8_t *request, size_t length)
{
	static uint32_t tag;
	struct iovec iov = { reply, sizeof reply };
	char control[CMSG_SPACE(sizeof(int))];
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };

	PUT(uint32_t, request, 4, ++tag);
	if (send(sock, request, length, MSG_NOSIGNAL) != (ssize_t)length)
		fail("send");
	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) < 16)
		fail("recvmsg");
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);
	passed = header ? GET(int, CMSG_DATA(header), 0) : -1;
	int result = GET(int32_t, reply, 8);
	if (result < 0 || GET(uint32_t, reply, 4) != tag) {
		printf("errno %d: %.*s\n", -result, (int)GET(uint32_t, reply, 12), (char *)reply + 16);
		exit(1);
	}
	return result;
}

static void command(uint32_t type, const void *payload, size_t bytes)
{
	uint8_t request[56 + BITMAP] = { WRITE };

	PUT(uint32_t, request, 8, 40);
	PUT(uint32_t, request, 16, type);
	if (bytes)
		memcpy(request + 24, payload, bytes);
	if (type == TID_FREE)
		memset(request + 56, 0xFF, BITMAP);
	call(request, type == TID_FREE ? sizeof request : 56);
}

/* prot: 1 read, 2 write. */
static void *map(uint64_t token, uint64_t length, int prot)
{
	uint8_t request[32] = { MMAP };

	PUT(uint64_t, request, 8, token);
	PUT(uint64_t, request, 16, length);
	PUT(uint32_t, request, 24, prot);
	PUT(uint32_t, request, 28, 1);
	call(request, sizeof request);
	void *at = mmap(NULL, length, prot & 2 ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, passed, 0);
	if (at == MAP_FAILED)
		fail("mmap");
	close(passed);
	return at;
}

/* PAGES pages that the chip can be made to write to. */
static uint8_t *pages(int registered)
{
	uint8_t create[16] = { MEM_CREATE }, bind[24] = { MEM_BIND }, *at;

	if (!registered) {
		if (posix_memalign((void **)&at, PAGE, PAGES * PAGE))
			fail("posix_memalign");
		return memset(at, 0, PAGES * PAGE);
	}
	PUT(uint64_t, create, 8, PAGES * PAGE);
	PUT(uint32_t, bind, 8, call(create, sizeof create));
	at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, passed, 0);
	if (at == MAP_FAILED)
		fail("mmap");
	close(passed);
	PUT(uint64_t, bind, 16, (uint64_t)at);
	call(bind, sizeof bind);
	return at;
}

/* Whether a page has this at this offset, and canaries everywhere else. */
static int holds(const uint8_t *page, uint32_t offset, const uint8_t *bytes, uint32_t count)
{
	for (uint32_t i = 0; i < PAGE; i++)
		if (page[i] != (i >= offset && i < offset + count ? bytes[i - offset] : CANARY))
			return 0;
	return 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	uint8_t info[32] = { 0 }, base[176], units[20] = { INSPECT };

	if (argc < 3 || argc > 4)
		return 2;
	snprintf(address.sun_path, sizeof address.sun_path, "%s", argv[1]);
	sock = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (sock < 0 || connect(sock, (struct sockaddr *)&address, sizeof address))
		fail("connect");
	PUT(uint32_t, info, 0, 0x0001000D);
	PUT(uint32_t, info, 8, sizeof base);
	command(ASSIGN, info, sizeof info);
	command(CTXT_INFO, NULL, 0);
	command(USER_INIT, info, sizeof info);
	memcpy(base, reply + 16, sizeof base);
	PUT(uint32_t, units, 8, 1);
	PUT(uint32_t, units, 12, GET(uint16_t, base, 116));
	call(units, sizeof units);
	uint16_t lid = GET(uint16_t, reply + 16, 16);

	uint32_t flags = GET(uint32_t, base, 36), context = GET(uint16_t, base, 8);
	uint32_t entry = GET(uint32_t, base, 28), ring = entry * GET(uint32_t, base, 32);
	uint32_t align = GET(uint32_t, base, 76), buffers = GET(uint32_t, base, 84);
	uint32_t eagerBytes = GET(uint32_t, base, 56), perChunk = GET(uint32_t, base, 120);
	uint64_t *registers = map(GET(uint64_t, base, 64), 4096, 3);
	uint8_t *pio = map(GET(uint64_t, base, 88), (uint64_t)align * buffers, 2);
	uint8_t *queue = map(GET(uint64_t, base, 40), (uint64_t)ring * 4, 1);
	uint8_t *eager = map(GET(uint64_t, base, 48), GET(uint32_t, base, 128), 1);
	map(GET(uint64_t, base, 96), 4096, 1);
	uint64_t *tail = flags & NODMA_RTAIL ? NULL : map(GET(uint64_t, base, 136), 4096, 1);

	uint8_t *memory = argc == 4 ? pages(strcmp(argv[3], "registered") == 0) : NULL;
	uint16_t tids[PAGES] = { 0 };
	if (memory) {
		uint8_t tidInfo[32] = { PAGES }, map[BITMAP];

		PUT(uint64_t, tidInfo, 8, (uint64_t)memory);
		PUT(uint64_t, tidInfo, 16, (uint64_t)tids);
		PUT(uint64_t, tidInfo, 24, (uint64_t)map);
		command(TID_UPDATE, tidInfo, sizeof tidInfo);
		memcpy(tids, reply + 16 + BITMAP, sizeof tids);
	}

	uint32_t head = 0, seq = 1, bad = 0, packets = strtoul(argv[2], NULL, 10);
	/* One more than asked for comes late: its page is released. */
	for (uint32_t i = 0; i < packets + (memory != NULL); i++) {
		int late = i == packets;
		uint8_t *page = memory ? memory + i % PAGES * PAGE : NULL;
		uint32_t offset = memory ? i * 64 % 2048 : 0;
		if (late)
			command(TID_FREE, tids, 32);
		if (page)
			memset(page, CANARY, PAGE);
		/* One packet is on its way at a time, so the next buffer is free. */
		uint8_t *buffer = pio + (uint64_t)align * (i % buffers), *header = buffer + 8;
		uint32_t bytes = 64 * (i % 33), length = (HEADER + bytes) / 4 + 1;
		uint32_t vcto = 2u << 28 | context << 24 | (page ? tids[i % PAGES] << 13 | offset / 4 : TID_EAGER << 13);
		uint8_t packet[HEADER + 2048] = { 0 };

		PUT(uint16_t, packet, 0, htons(2));
		PUT(uint16_t, packet, 2, htons(lid));
		PUT(uint16_t, packet, 4, htons(length));
		PUT(uint16_t, packet, 6, htons(lid));
		PUT(uint32_t, packet, 8, htonl(0xC000FFFF));
		PUT(uint32_t, packet, 12, htonl(GET(uint32_t, base, 60)));
		PUT(uint32_t, packet, 20, vcto);
		PUT(uint16_t, packet, 24, 2 + length - (vcto >> 16) - (vcto & 0xFFFF));
		packet[28] = 4;
		PUT(uint32_t, packet, 32, context << 24);
		PUT(uint64_t, packet, 40, i);
		for (uint32_t j = 0; j < bytes; j++)
			packet[HEADER + j] = i + j;

		PUT(uint64_t, buffer, 0, length);
		__atomic_thread_fence(__ATOMIC_RELEASE);
		uint32_t last = HEADER + bytes - 4;
		memcpy(header, packet, last);
		if (flags & SPECIAL_TRIGGER) {
			memcpy(header + last, packet + last, 4);
			__atomic_store_n((uint32_t *)(buffer + 4092), 0xAEBECEDE, __ATOMIC_RELEASE);
		} else {
			__atomic_store_n((uint32_t *)(header + last), GET(uint32_t, packet, last), __ATOMIC_RELEASE);
		}

		uint8_t *at = queue + (uint64_t)head * 4;
		uint64_t *rhf = (uint64_t *)(at + GET(uint32_t, base, 132) * 4), flagsWord;
		do
			flagsWord = __atomic_load_n(rhf, __ATOMIC_ACQUIRE);
		while (tail ? __atomic_load_n(tail, __ATOMIC_ACQUIRE) == head : (flagsWord >> 32 & 15) != seq);
		flagsWord = *rhf;
		uint8_t *received = at + (tail ? 8 : (flagsWord >> 36 & 0x7FF) * 4);
		int expected = (flagsWord >> 11 & 7) == 0;
		int useBuffer = !expected && (tail || flagsWord >> 31 & 1);
		uint32_t index = flagsWord >> 16 & 0xFFF;
		uint8_t *data = eager + (uint64_t)(index / perChunk) * GET(uint32_t, base, 124) + index % perChunk * eagerBytes;
		if (flagsWord >> 53 != (late ? 1 << 4 : 0) || memcmp(received, packet, HEADER) || expected != (page != NULL))
			bad++;
		else if (page ? !holds(page, offset, packet + HEADER, late ? 0 : bytes)
			      : bytes && (!useBuffer || memcmp(data, packet + HEADER, bytes)))
			bad++;
		head = (head + entry) % ring;
		seq = seq % 13 + 1;
		__atomic_store_n(&registers[1], head, __ATOMIC_RELEASE);
		if (useBuffer)
			__atomic_store_n(&registers[3], index, __ATOMIC_RELEASE);
	}
	printf("packets=%u bad=%u context=%u lid=%u\n", packets, bad, context, lid);
	return bad != 0;
}
