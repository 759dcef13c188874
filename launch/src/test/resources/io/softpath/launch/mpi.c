/*
 * A program for any MPI. It knows neither the chip nor softpath; the same binary runs over TCP, and must say the same there.
 *
 *   mpi hello | ring | allreduce | alltoall | all  [largest size]
 *   mpi die <rank>                  all send to each other until this one kills itself
 *
 * Rank 0 prints one line for each part: what it did, and a checksum of what every rank received.
 */
#include <limits.h>
#include <mpi.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Tiny, eager and rendezvous messages; in doubles for allreduce, in bytes elsewhere. */
static const int sizes[] = { 0, 1, 7, 64, 1000, 2048, 2049, 4097, 63999, 64001, 131073, 300001 };
enum { SIZES = sizeof sizes / sizeof *sizes, ROUNDS = 3 };

static int rank, ranks, largest = INT_MAX;

static uint64_t mix(uint64_t sum, const void *data, size_t bytes)
{
	const uint8_t *at = data;

	for (size_t i = 0; i < bytes; i++)
		sum = (sum ^ at[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static uint8_t byte_of(int from, int to, int size, int i)
{
	return (uint8_t)(from * 101 + to * 31 + size * 7 + i + (i >> 8) * 13);
}

static void *memory(size_t bytes)
{
	void *got = calloc(bytes + 1, 1);

	if (!got) {
		fprintf(stderr, "rank %d: no memory for bytes=%zu\n", rank, bytes);
		MPI_Abort(MPI_COMM_WORLD, 1);
	}
	return got;
}

static void expect(int holds, const char *what, int size)
{
	if (!holds) {
		fprintf(stderr, "rank %d: %s: wrong content, size=%d\n", rank, what, size);
		MPI_Abort(MPI_COMM_WORLD, 1);
	}
}

/* What all ranks received, in rank order, as one number; printed by rank 0. */
static void print(const char *what, uint64_t sum)
{
	uint64_t *sums = memory(sizeof sum * (size_t)ranks);

	MPI_Gather(&sum, 1, MPI_UINT64_T, sums, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
	if (rank == 0)
		printf("%s ranks=%d checksum=%016llx\n", what, ranks,
		       (unsigned long long)mix(UINT64_C(0xcbf29ce484222325), sums, sizeof sum * (size_t)ranks));
	free(sums);
}

static void hello(void)
{
	char text[64] = "";

	if (rank == 0) {
		uint64_t sum = 1;
		for (int i = 1; i < ranks; i++) {
			char wanted[64];
			MPI_Recv(text, sizeof text, MPI_CHAR, i, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
			snprintf(wanted, sizeof wanted, "hello, world, from rank %d", i);
			expect(strcmp(text, wanted) == 0, "hello", i);
			sum = mix(sum, text, strlen(text));
		}
		print("hello", sum);
	} else {
		snprintf(text, sizeof text, "hello, world, from rank %d", rank);
		MPI_Send(text, (int)strlen(text) + 1, MPI_CHAR, 0, 1, MPI_COMM_WORLD);
		print("hello", 1);
	}
}

static void ring(void)
{
	int next = (rank + 1) % ranks, before = (rank + ranks - 1) % ranks;
	uint64_t sum = 2;

	for (int round = 0; round < ROUNDS; round++)
		for (int s = 0; s < SIZES && sizes[s] <= largest; s++) {
			int size = sizes[s];
			uint8_t *out = memory((size_t)size), *in = memory((size_t)size);
			MPI_Request both[2];

			for (int i = 0; i < size; i++)
				out[i] = byte_of(rank, next, size + round, i);
			MPI_Irecv(in, size, MPI_BYTE, before, s, MPI_COMM_WORLD, &both[0]);
			MPI_Isend(out, size, MPI_BYTE, next, s, MPI_COMM_WORLD, &both[1]);
			MPI_Waitall(2, both, MPI_STATUSES_IGNORE);
			for (int i = 0; i < size; i++)
				expect(in[i] == byte_of(before, rank, size + round, i), "ring", size);
			sum = mix(sum, in, (size_t)size);
			free(out);
			free(in);
		}
	print("ring", sum);
}

static void allreduce(void)
{
	uint64_t sum = 3;

	for (int s = 0; s < SIZES && sizes[s] <= largest; s++) {
		int size = sizes[s] / 4;
		double *own = memory(sizeof *own * (size_t)size), *all = memory(sizeof *all * (size_t)size);

		for (int i = 0; i < size; i++)
			own[i] = (rank + 1) * (i % 1000); /* whole numbers: no order of adding changes them */
		MPI_Allreduce(own, all, size, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
		for (int i = 0; i < size; i++)
			expect(all[i] == (double)(ranks * (ranks + 1) / 2) * (i % 1000), "allreduce", size);
		sum = mix(sum, all, sizeof *all * (size_t)size);
		free(own);
		free(all);
	}
	print("allreduce", sum);
}

static void alltoall(void)
{
	uint64_t sum = 4;

	for (int s = 0; s < SIZES && sizes[s] <= largest; s++) {
		int size = sizes[s];
		size_t bytes = (size_t)size * (size_t)ranks;
		uint8_t *out = memory(bytes), *in = memory(bytes);

		for (int to = 0; to < ranks; to++)
			for (int i = 0; i < size; i++)
				out[(size_t)to * (size_t)size + (size_t)i] = byte_of(rank, to, size, i);
		MPI_Alltoall(out, size, MPI_BYTE, in, size, MPI_BYTE, MPI_COMM_WORLD);
		for (int from = 0; from < ranks; from++)
			for (int i = 0; i < size; i++)
				expect(in[(size_t)from * (size_t)size + (size_t)i] == byte_of(from, rank, size, i), "alltoall", size);
		sum = mix(sum, in, bytes);
		free(out);
		free(in);
	}
	print("alltoall", sum);
}

/* One rank is killed while all send large messages in a ring; the others never get to an end by themselves. */
static void die(int victim)
{
	int next = (rank + 1) % ranks, before = (rank + ranks - 1) % ranks, size = 4 << 20;
	uint8_t *out = memory((size_t)size), *in = memory((size_t)size);

	for (long round = 0;; round++) {
		MPI_Request both[2];

		MPI_Irecv(in, size, MPI_BYTE, before, 1, MPI_COMM_WORLD, &both[0]);
		MPI_Isend(out, size, MPI_BYTE, next, 1, MPI_COMM_WORLD, &both[1]);
		if (round == 2 && rank == victim)
			kill(getpid(), SIGKILL);
		MPI_Waitall(2, both, MPI_STATUSES_IGNORE);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "all";
	int all = strcmp(what, "all") == 0;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &ranks);
	if (argc > 2 && strcmp(what, "die") == 0)
		die(atoi(argv[2]));
	if (argc > 2)
		largest = atoi(argv[2]);
	if (all || strcmp(what, "hello") == 0)
		hello();
	if (all || strcmp(what, "ring") == 0)
		ring();
	if (all || strcmp(what, "allreduce") == 0)
		allreduce();
	if (all || strcmp(what, "alltoall") == 0)
		alltoall();
	MPI_Finalize();
	return 0;
}
