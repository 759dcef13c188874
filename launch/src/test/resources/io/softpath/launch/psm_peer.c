/*
 * A process of libpsm whose peer is somebody else's program: it connects, and for each size that it is given sends a message and
 * takes one back, both checked.
 *
 *   psm_peer <uuid, 32 hex digits> <unit> <shift> <bytes> ...
 *
 * Its buffers begin so many bytes behind a page boundary.
 *
 * Prints "epid <number>", reads the peer's from its input, and prints one line at its end, or what went wrong.
 */
#include "psm_pair.h"

static uint8_t content(size_t bytes, size_t i, unsigned seed)
{
	return (uint8_t)(bytes + i * 7 + (i >> 8) * 31 + seed);
}

static uint8_t *buffer(size_t bytes, size_t shift)
{
	void *memory;

	if (posix_memalign(&memory, 4096, shift + bytes))
		exit(2);
	return (uint8_t *)memory + shift;
}

static void exchange_one(psm_mq_t mq, psm_epaddr_t peer, size_t bytes, size_t shift, int synchronous)
{
	uint8_t *out = buffer(bytes + 1, shift), *in = buffer(bytes + 1, shift);
	psm_mq_req_t receive, send;
	psm_mq_status_t status;

	for (size_t i = 0; i < bytes; i++)
		out[i] = content(bytes, i, 1);
	memset(in, 0xC5, bytes + 1);
	CHECK(psm_mq_irecv(mq, bytes, ~0ULL, 0, in, (uint32_t)bytes, NULL, &receive));
	CHECK(psm_mq_isend(mq, peer, synchronous ? PSM_MQ_FLAG_SENDSYNC : 0, bytes, out, (uint32_t)bytes, NULL, &send));
	CHECK(psm_mq_wait(&send, &status));
	CHECK(psm_mq_wait(&receive, &status));
	if (status.msg_length != bytes || status.nbytes != bytes || status.error_code != PSM_OK) {
		printf("bytes=%zu: length=%u got=%u error=%d\n", bytes, status.msg_length, status.nbytes, status.error_code);
		exit(1);
	}
	for (size_t i = 0; i < bytes; i++)
		if (in[i] != content(bytes, i, 2)) {
			printf("bytes=%zu differ at %zu\n", bytes, i);
			exit(1);
		}
	if (in[bytes] != 0xC5) {
		printf("bytes=%zu: written behind the end\n", bytes);
		exit(1);
	}
	free(out - shift);
	free(in - shift);
}

int main(int argc, char **argv)
{
	struct stranger other;

	if (argc < 4)
		return 2;
	open_for_stranger(&other, argv[1], atoi(argv[2]));
	connect_stranger(&other);
	for (int i = 4; i < argc; i++)
		exchange_one(other.mq, other.peer, strtoul(argv[i], NULL, 0), strtoul(argv[3], NULL, 0), i % 4 == 0);
	disconnect_stranger(&other);
	printf("exchanged=%d\n", argc - 4);
	return 0;
}
