/*
 * A user of the real library of the chip, libpsm, in the measurements of "softpath bench psm".
 *
 *   psm_user <ping|pong> <unit> <job number> <bytes> <measured ms> <window> <yield>
 *
 * Prints "ready <epid>", waits for a line "go <epid of the other>", measures, and prints its findings, a line each: half round
 * trips, one message under way at a time, then messages in windows that are answered as a whole.
 */
#include <inttypes.h>
#include <psm.h>
#include <psm_mq.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PING_TAG = 1, RATE_TAG = 2, ANSWER_TAG = 3 };
enum { SPINS = 20, MOST_SAMPLES = 1 << 20, MOST_BYTES = 4096, MOST_WINDOW = 256 };

#define SECOND_NS 1000000000LL

#define CHECK(call) ({ \
	psm_error_t error_ = (call); \
	if (error_ != PSM_OK) { \
		fprintf(stderr, "%s: %s\n", #call, psm_error_get_string(error_)); \
		exit(1); \
	} })

static psm_ep_t endpoint;
static psm_mq_t mq;
static psm_epaddr_t peer;
static int yields;

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * SECOND_NS + time.tv_nsec;
}

/* A request is over; as psm_mq_wait, which has its own idea of when to yield. */
static void wait_for(psm_mq_req_t *request)
{
	int64_t since = 0;
	psm_mq_status_t status;

	for (unsigned spun = 1; psm_mq_test(request, &status) == PSM_MQ_INCOMPLETE; spun++) {
		psm_poll(endpoint);
		if (yields && spun % SPINS == 0)
			sched_yield();
		if (spun % (1 << 20) == 0) {
			if (since == 0)
				since = now();
			else if (now() - since > 10 * SECOND_NS) {
				fprintf(stderr, "no message came within 10 s\n");
				exit(1);
			}
		}
	}
	if (status.error_code != PSM_OK) {
		fprintf(stderr, "message: %s\n", psm_error_get_string(status.error_code));
		exit(1);
	}
}

static void receive(uint64_t tag, void *into, uint32_t bytes)
{
	psm_mq_req_t request;

	CHECK(psm_mq_irecv(mq, tag, ~0ULL, 0, into, bytes, NULL, &request));
	wait_for(&request);
}

static void send_one(uint64_t tag, void *from, uint32_t bytes)
{
	CHECK(psm_mq_send(mq, peer, 0, tag, from, bytes));
}

static int by_value(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

/* The first byte of a message says whether more follow. */
static void ping(uint8_t *message, uint32_t bytes, int64_t measured)
{
	uint32_t *samples = malloc(MOST_SAMPLES * sizeof *samples);
	size_t count;

	if (!samples)
		exit(1);
	for (int round = 0; round < 2; round++) { /* the first is to warm up */
		int64_t begin = now(), end = begin + measured;
		for (count = 0; begin < end; count++) {
			message[0] = 1;
			send_one(PING_TAG, message, bytes);
			receive(PING_TAG, message, bytes);
			int64_t after = now();
			samples[count % MOST_SAMPLES] = (uint32_t)(after - begin);
			begin = after;
		}
	}
	message[0] = 0;
	send_one(PING_TAG, message, bytes);
	if (count > MOST_SAMPLES)
		count = MOST_SAMPLES;
	qsort(samples, count, sizeof *samples, by_value);
	printf("value half %.1f\nvalue half.count %zu\n", samples[count / 2] / 2.0, count);
	free(samples);
}

static void pong(uint8_t *message, uint32_t bytes)
{
	for (;;) {
		receive(PING_TAG, message, bytes);
		if (message[0] == 0)
			return;
		send_one(PING_TAG, message, bytes);
	}
}

static void stream(uint8_t *message, uint32_t bytes, int64_t measured, int window)
{
	psm_mq_req_t requests[MOST_WINDOW];
	uint8_t answer[4];
	int64_t begin = 0, end = 0;
	long count = 0;

	for (int round = 0; round < 2; round++) {
		begin = now();
		end = begin + measured;
		for (count = 0; end > now(); count += window) {
			message[0] = 1;
			for (int i = 0; i < window; i++)
				CHECK(psm_mq_isend(mq, peer, 0, RATE_TAG, message, bytes, NULL, &requests[i]));
			for (int i = 0; i < window; i++)
				wait_for(&requests[i]);
			receive(ANSWER_TAG, answer, sizeof answer);
		}
		end = now();
	}
	message[0] = 0;
	for (int i = 0; i < window; i++)
		send_one(RATE_TAG, message, bytes);
	receive(ANSWER_TAG, answer, sizeof answer);
	printf("value rate %.1f\nvalue rate.count %ld\n", count * 1e9 / (double)(end - begin), count);
}

static void sink(uint32_t bytes, int window)
{
	static uint8_t messages[MOST_WINDOW][MOST_BYTES];
	psm_mq_req_t requests[MOST_WINDOW];
	uint8_t answer[4] = { 0 };
	int more = 1;

	while (more) {
		for (int i = 0; i < window; i++)
			CHECK(psm_mq_irecv(mq, RATE_TAG, ~0ULL, 0, messages[i], bytes, NULL, &requests[i]));
		for (int i = 0; i < window; i++)
			wait_for(&requests[i]);
		more = messages[window - 1][0];
		send_one(ANSWER_TAG, answer, sizeof answer);
	}
}

int main(int argc, char **argv)
{
	static uint8_t message[MOST_BYTES];
	int major = PSM_VERNO_MAJOR, minor = PSM_VERNO_MINOR;
	struct psm_ep_open_opts options;
	psm_uuid_t job = { 0 };
	psm_epid_t own, other;
	psm_error_t error;

	if (argc != 8)
		return 2;
	int pings = strcmp(argv[1], "ping") == 0;
	uint32_t bytes = (uint32_t)atoi(argv[4]);
	int64_t measured = atoll(argv[5]) * 1000000;
	int window = atoi(argv[6]);
	if (bytes < 1 || bytes > MOST_BYTES || window < 1 || window > MOST_WINDOW)
		return 2;
	yields = atoi(argv[7]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	CHECK(psm_error_register_handler(NULL, PSM_ERRHANDLER_NO_HANDLER));
	CHECK(psm_init(&major, &minor));
	CHECK(psm_ep_open_opts_get_defaults(&options));
	options.unit = atoi(argv[2]);
	options.affinity = PSM_EP_OPEN_AFFINITY_SKIP;
	snprintf((char *)job, sizeof job, "%s", argv[3]);
	CHECK(psm_ep_open(job, &options, &endpoint, &own));
	CHECK(psm_mq_init(endpoint, PSM_MQ_ORDERMASK_ALL, NULL, 0, &mq));
	printf("ready %" PRIx64 "\n", own);
	if (scanf("go %" SCNx64, &other) != 1)
		return 1;
	CHECK(psm_ep_connect(endpoint, 1, &other, NULL, &error, &peer, 20 * SECOND_NS));
	if (pings) {
		ping(message, bytes, measured);
		stream(message, bytes, measured, window);
	} else {
		pong(message, bytes);
		sink(bytes, window);
	}
	fflush(stdout);
	CHECK(psm_mq_finalize(mq));
	CHECK(psm_ep_close(endpoint, PSM_EP_CLOSE_GRACEFUL, SECOND_NS));
	CHECK(psm_finalize());
	return 0;
}
