/*
 * An endpoint of libpsm and what it is connected to, another process of the same program or a stranger: what the programs in
 * psm.c, psm_am.c, psm_peer.c and psm_am_peer.c begin with.
 */
#define _GNU_SOURCE
#include <psm.h>
#include <psm_mq.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECOND_NS = 1000000000 };

#define CHECK(call) ({ \
	psm_error_t error_ = (call); \
	if (error_ != PSM_OK) { \
		printf("%s: %s\n", #call, psm_error_get_string(error_)); \
		exit(1); \
	} })

static void initialise(void)
{
	int major = PSM_VERNO_MAJOR, minor = PSM_VERNO_MINOR;

	setvbuf(stdout, NULL, _IOLBF, 0);
	CHECK(psm_error_register_handler(NULL, PSM_ERRHANDLER_NO_HANDLER));
	CHECK(psm_init(&major, &minor));
}

static psm_ep_t open_endpoint(int unit, const psm_uuid_t uuid, psm_epid_t *epid)
{
	struct psm_ep_open_opts options;
	psm_ep_t endpoint;

	CHECK(psm_ep_open_opts_get_defaults(&options));
	options.unit = unit;
	options.affinity = PSM_EP_OPEN_AFFINITY_SKIP;
	CHECK(psm_ep_open(uuid, &options, &endpoint, epid));
	return endpoint;
}

static inline void exchange(int sock, const void *own, void *other, size_t bytes)
{
	if (write(sock, own, bytes) != (ssize_t)bytes || read(sock, other, bytes) != (ssize_t)bytes) {
		printf("the other process is gone\n");
		exit(1);
	}
}

struct pair {
	psm_ep_t endpoint;
	psm_epid_t own, other;
	psm_epaddr_t peer;
	psm_mq_t mq;
	pid_t child; /* in the parent, which is rank 0 */
	int rank, sock;
};

/* Forks, and connects the two processes; -1: no. */
static inline int connect_two(struct pair *two, int unit0, int unit1)
{
	int ends[2];
	psm_uuid_t uuid;
	psm_error_t error;

	memset(uuid, 0, sizeof uuid);
	uuid[0] = (uint8_t)getpid();
	uuid[1] = (uint8_t)(getpid() >> 8);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return -1;
	two->child = fork();
	if (two->child < 0)
		return -1;
	two->rank = two->child == 0;
	two->sock = ends[two->rank];
	close(ends[!two->rank]);
	initialise();
	two->endpoint = open_endpoint(two->rank ? unit1 : unit0, uuid, &two->own);
	exchange(two->sock, &two->own, &two->other, sizeof two->own);
	CHECK(psm_mq_init(two->endpoint, PSM_MQ_ORDERMASK_ALL, NULL, 0, &two->mq));
	CHECK(psm_ep_connect(two->endpoint, 1, &two->other, NULL, &error, &two->peer, 20LL * SECOND_NS));
	return 0;
}

/* Closes in both processes. The child is gone when this returns; the parent has seen that it ended well, or it is over. */
static inline void disconnect_two(struct pair *two)
{
	char byte = 0;
	int status;

	exchange(two->sock, &byte, &byte, 1);
	CHECK(psm_mq_finalize(two->mq));
	CHECK(psm_ep_close(two->endpoint, PSM_EP_CLOSE_GRACEFUL, SECOND_NS));
	CHECK(psm_finalize());
	if (two->rank == 1) {
		fflush(stdout);
		_exit(0);
	}
	if (waitpid(two->child, &status, 0) != two->child || status != 0) {
		printf("the other process ended with status %d\n", status);
		exit(1);
	}
}

/* Somebody else's program. */
struct stranger {
	psm_ep_t endpoint;
	psm_epaddr_t peer;
	psm_mq_t mq;
};

/* Opens an endpoint and prints "epid <number>". */
static inline void open_for_stranger(struct stranger *other, const char *job, int unit)
{
	psm_uuid_t uuid;
	psm_epid_t own;
	unsigned byte;

	if (strlen(job) != 2 * sizeof uuid)
		exit(2);
	for (size_t i = 0; i < sizeof uuid; i++) {
		if (sscanf(job + 2 * i, "%2x", &byte) != 1)
			exit(2);
		uuid[i] = (uint8_t)byte;
	}
	initialise();
	other->endpoint = open_endpoint(unit, uuid, &own);
	printf("epid %llu\n", (unsigned long long)own);
	CHECK(psm_mq_init(other->endpoint, PSM_MQ_ORDERMASK_ALL, NULL, 0, &other->mq));
}

/* Reads whom to connect to, and does. */
static inline void connect_stranger(struct stranger *other)
{
	unsigned long long id;
	psm_error_t error;

	if (scanf("%llu", &id) != 1)
		exit(2);
	psm_epid_t epid = id;
	CHECK(psm_ep_connect(other->endpoint, 1, &epid, NULL, &error, &other->peer, 20LL * SECOND_NS));
}

static inline void disconnect_stranger(struct stranger *other)
{
	CHECK(psm_mq_finalize(other->mq));
	CHECK(psm_ep_close(other->endpoint, PSM_EP_CLOSE_GRACEFUL, SECOND_NS));
	CHECK(psm_finalize());
}
