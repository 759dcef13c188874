/*
 * Programs for the real library of the chip, libpsm: opens endpoints, connects two processes, and passes messages of every
 * class between them, content checked. It is linked with nothing of softpath's; the preload library is loaded by who runs it.
 *
 *   psm open <times>                  opens an endpoint and closes it again
 *   psm mq <rounds> <unit> <unit> [<largest>]
 *                                     two processes send messages of many sizes to each other, blocking and not
 *   psm wait                          opens an endpoint and polls it until something ends that
 *   psm kill <unit> <unit>            two processes, one of which is killed while they send a large message to each other
 *
 * Prints one line at its end, or what went wrong.
 */
#include "psm_pair.h"

enum { TAG_DATA = 1, TAG_ECHO = 2 };

/* libinfinipath's: picoseconds of one tick of the time stamp counter, by which libpsm tells the time. */
extern uint32_t __ipath_pico_per_cycle;

/* With the library's own handler of errors, which ends the program. */
static int wait_for_nothing(void)
{
	int major = PSM_VERNO_MAJOR, minor = PSM_VERNO_MINOR;
	psm_uuid_t uuid;
	psm_epid_t epid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	CHECK(psm_error_register_handler(NULL, PSM_ERRHANDLER_PSM_HANDLER));
	CHECK(psm_init(&major, &minor));
	psm_uuid_generate(uuid);
	psm_ep_t endpoint = open_endpoint(-1, uuid, &epid);
	printf("open\n");
	for (;;)
		psm_poll(endpoint);
}

static int open_and_close(long times)
{
	psm_uuid_t uuid;
	psm_epid_t epid = 0;

	initialise();
	/* A close waits a second for peers that might still have something to say; make that a millisecond. */
	__ipath_pico_per_cycle *= 1000;
	psm_uuid_generate(uuid);
	for (long i = 0; i < times; i++)
		CHECK(psm_ep_close(open_endpoint(-1, uuid, &epid), PSM_EP_CLOSE_GRACEFUL, SECOND_NS));
	printf("opened=%ld lid=%d\n", times, (int)psm_epid_nid(epid));
	CHECK(psm_finalize());
	return 0;
}

static void fill(uint8_t *at, size_t bytes, unsigned seed)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(seed + i * 7 + (i >> 8) * 31);
}

static void check(const uint8_t *at, size_t bytes, unsigned seed, const char *what)
{
	for (size_t i = 0; i < bytes; i++)
		if (at[i] != (uint8_t)(seed + i * 7 + (i >> 8) * 31)) {
			printf("%s: bytes=%zu seed=%u differ at %zu\n", what, bytes, seed, i);
			exit(1);
		}
	if (at[bytes] != 0xC5) {
		printf("%s: bytes=%zu seed=%u: written behind the end\n", what, bytes, seed);
		exit(1);
	}
}

static void message(psm_mq_t mq, psm_epaddr_t peer, int rank, size_t bytes, unsigned seed)
{
	uint8_t *out = malloc(bytes + 1), *in = malloc(bytes + 1);
	psm_mq_req_t receive, send;
	psm_mq_status_t status;

	fill(out, bytes, seed + (unsigned)rank);
	memset(in, 0xC5, bytes + 1);
	/* Every other message is there before anybody waits for it. */
	if (seed % 2 == 0)
		CHECK(psm_mq_irecv(mq, TAG_DATA, ~0ULL, 0, in, (uint32_t)bytes, NULL, &receive));
	CHECK(psm_mq_isend(mq, peer, seed % 3 == 0 ? PSM_MQ_FLAG_SENDSYNC : 0, TAG_DATA, out, (uint32_t)bytes, NULL, &send));
	if (seed % 2 != 0)
		CHECK(psm_mq_irecv(mq, TAG_DATA, ~0ULL, 0, in, (uint32_t)bytes, NULL, &receive));
	CHECK(psm_mq_wait(&receive, &status));
	if (status.msg_length != bytes || status.nbytes != bytes || status.error_code != PSM_OK) {
		printf("bytes=%zu: length=%u got=%u error=%d\n", bytes, status.msg_length, status.nbytes, status.error_code);
		exit(1);
	}
	CHECK(psm_mq_wait(&send, &status));
	check(in, bytes, seed + (unsigned)!rank, "isend");
	/* And back and forth, one after the other. */
	if (rank == 0) {
		CHECK(psm_mq_send(mq, peer, 0, TAG_ECHO, in, (uint32_t)bytes));
		CHECK(psm_mq_irecv(mq, TAG_ECHO, ~0ULL, 0, in, (uint32_t)bytes, NULL, &receive));
		CHECK(psm_mq_wait(&receive, &status));
		check(in, bytes, seed + (unsigned)!rank, "echo");
	} else {
		memset(in, 0, bytes);
		CHECK(psm_mq_irecv(mq, TAG_ECHO, ~0ULL, 0, in, (uint32_t)bytes, NULL, &receive));
		CHECK(psm_mq_wait(&receive, &status));
		check(in, bytes, seed + (unsigned)rank, "echo");
		CHECK(psm_mq_send(mq, peer, 0, TAG_ECHO, in, (uint32_t)bytes));
	}
	free(out);
	free(in);
}

/* What a request has come to when nobody waits for it. */
static const char *state(psm_mq_req_t request)
{
	psm_mq_status_t status;
	psm_error_t error = psm_mq_test(&request, &status);

	return error == PSM_MQ_INCOMPLETE ? "incomplete" : psm_error_get_string(error);
}

static int kill_one(int unit0, int unit1)
{
	enum { BYTES = 16 << 20, POLLS = 300 };
	struct pair two;
	psm_mq_req_t receive, send;
	uint8_t *out = malloc(BYTES), *in = calloc(1, BYTES);
	int status;

	if (!out || !in)
		return 1;
	memset(out, 0xC5, BYTES);
	if (connect_two(&two, unit0, unit1))
		return 1;
	CHECK(psm_mq_irecv(two.mq, TAG_DATA, ~0ULL, 0, in, BYTES, NULL, &receive));
	CHECK(psm_mq_isend(two.mq, two.peer, 0, TAG_DATA, out, BYTES, NULL, &send));
	if (two.rank == 1)
		for (;;)
			psm_poll(two.endpoint);
	/* In the middle: the first bytes are here, and no more comes without a poll of ours. */
	for (volatile uint8_t *first = in; *first == 0;)
		psm_poll(two.endpoint);
	kill(two.child, SIGKILL);
	if (waitpid(two.child, &status, 0) != two.child || !WIFSIGNALED(status))
		return 1;
	for (int i = 0; i < POLLS; i++)
		psm_poll(two.endpoint);
	printf("receive: %s\n", state(receive));
	printf("send: %s\n", state(send));
	/* A close waits a minute for a peer that does not answer, whatever it is told; make that a fraction of a second. */
	__ipath_pico_per_cycle *= 200;
	CHECK(psm_mq_finalize(two.mq));
	psm_error_t closed = psm_ep_close(two.endpoint, PSM_EP_CLOSE_GRACEFUL, SECOND_NS);
	printf("close: %s\n", psm_error_get_string(closed));
	CHECK(psm_finalize());
	printf("survived\n");
	return 0;
}

static int pass_messages(long rounds, int unit0, int unit1, size_t largest)
{
	static const size_t sizes[] = { 0, 1, 4, 8, 9, 63, 64, 1000, 2047, 2048, 2049, 4096, 4097, 10001, 33999, 63999, 64000, 64001,
					100003, 131072, 131073, 262147, 1000003, 4 << 20, (16 << 20) - 3 };
	struct pair two;
	psm_mq_stats_t stats;
	unsigned long bytes = 0, messages = 0;

	if (connect_two(&two, unit0, unit1))
		return 1;
	for (long round = 0; round < rounds; round++)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes && sizes[i] <= largest; i++) {
			message(two.mq, two.peer, two.rank, sizes[i], (unsigned)(round * 101 + (long)i));
			bytes += 2 * sizes[i];
			messages += 2;
		}
	psm_mq_get_stats(two.mq, &stats);
	disconnect_two(&two);
	printf("messages=%lu bytes=%lu eager=%lu rendezvous=%lu shm=%lu lids=%d,%d\n", messages, bytes,
	       (unsigned long)stats.tx_eager_num, (unsigned long)stats.tx_rndv_num, (unsigned long)stats.tx_shm_num,
	       (int)psm_epid_nid(two.own), (int)psm_epid_nid(two.other));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "open") == 0)
		return open_and_close(atol(argv[2]));
	if (argc == 2 && strcmp(argv[1], "wait") == 0)
		return wait_for_nothing();
	if ((argc == 5 || argc == 6) && strcmp(argv[1], "mq") == 0)
		return pass_messages(atol(argv[2]), atoi(argv[3]), atoi(argv[4]), argc == 6 ? strtoul(argv[5], NULL, 0) : SIZE_MAX);
	if (argc == 4 && strcmp(argv[1], "kill") == 0)
		return kill_one(atoi(argv[2]), atoi(argv[3]));
	return 2;
}
