/*
 * A user of MPI in the measurements of "softpath bench peers", "rate" and "bandwidth": two ranks, started by mpirun.
 *
 *   mpi_user trips|stream <bytes> <measured ms> <window> <cpu of rank 0> <cpu of rank 1>
 *
 * Rank 0 measures and prints its findings: round trips, one message under way at a time, or messages a second in windows that
 * are answered as a whole. A CPU of -1 leaves a rank where it is. A message begins and ends with its number, which is checked
 * at the other end; short ones lie behind each other, long ones all in the same memory, as those of the OSU tests do.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <mpi.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 1, ANSWER = 2, STOP = -1 };
enum { MOST_SHORT_BYTES = 4096, MOST_BYTES = 1 << 24, MOST_WINDOW = 64, PATIENCE_SECONDS = 90 };
enum { FINE = 1 << 20, COARSE = 1 << 20, COARSE_NS = 1000 };

#define SECOND_NS 1000000000LL

static uint32_t fine[FINE], coarse[COARSE]; /* how many trips took so many ns, or so many us */
static uint8_t *memory;
static MPI_Request requests[MOST_WINDOW];
static int bytes, window;

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * SECOND_NS + time.tv_nsec;
}

static void pin(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof set, &set) != 0) {
		perror("sched_setaffinity");
		MPI_Abort(MPI_COMM_WORLD, 1);
	}
}

/* Where a message of a window lies. */
static uint8_t *place(int index)
{
	return memory + (bytes <= MOST_SHORT_BYTES ? (size_t)index * (size_t)bytes : 0);
}

/* What the message carries that is last written to a place of a window. */
static int64_t number_of(int64_t first, int index)
{
	return bytes <= MOST_SHORT_BYTES ? first + index : first;
}

static void write_number(uint8_t *message, int64_t number)
{
	memcpy(message, &number, sizeof number);
	memcpy(message + bytes - sizeof number, &number, sizeof number);
}

static int64_t read_number(const uint8_t *message)
{
	int64_t first, last;

	memcpy(&first, message, sizeof first);
	memcpy(&last, message + bytes - sizeof last, sizeof last);
	return first == last ? first : INT64_MIN;
}

static void expect(int64_t wanted, int64_t found)
{
	if (wanted == found)
		return;
	fprintf(stderr, "other data came than was sent: number=%" PRId64 " found=%" PRId64 "\n", wanted, found);
	MPI_Abort(MPI_COMM_WORLD, 1);
}

static void send_message(int other, int tag, int length)
{
	MPI_Send(memory, length, MPI_BYTE, other, tag, MPI_COMM_WORLD);
}

static void receive_message(int other, int tag, int length)
{
	MPI_Recv(memory, length, MPI_BYTE, other, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void record(int64_t ns)
{
	if (ns < FINE)
		fine[ns]++;
	else
		coarse[ns / COARSE_NS < COARSE ? ns / COARSE_NS : COARSE - 1]++;
}

static void print_times(void)
{
	const char *separator = "times rtt ";

	for (int64_t i = 0; i < FINE + COARSE; i++) {
		uint32_t count = i < FINE ? fine[i] : coarse[i - FINE];

		if (count == 0)
			continue;
		printf("%s%" PRId64 ":%" PRIu32, separator, i < FINE ? i : (i - FINE) * COARSE_NS, count);
		separator = ",";
	}
	printf("\n");
}

static void ping(int64_t measured)
{
	int64_t number = 0;

	for (int round = 0; round < 2; round++) { /* the first is to warm up */
		int64_t begin = now(), end = begin + measured;

		while (begin < end) {
			write_number(memory, ++number);
			send_message(1, MESSAGE, bytes);
			receive_message(1, MESSAGE, bytes);
			expect(number, read_number(memory));
			int64_t after = now();
			if (round > 0)
				record(after - begin);
			begin = after;
		}
	}
	write_number(memory, STOP);
	send_message(1, MESSAGE, bytes);
	print_times();
}

static void pong(void)
{
	for (;;) {
		receive_message(0, MESSAGE, bytes);
		if (read_number(memory) == STOP)
			return;
		send_message(0, MESSAGE, bytes);
	}
}

/* A window of messages from a number on; those of the last window all carry STOP. */
static void send_window(int64_t first)
{
	for (int i = 0; i < window; i++) {
		write_number(place(i), first == STOP ? STOP : number_of(first, i));
		MPI_Isend(place(i), bytes, MPI_BYTE, 1, MESSAGE, MPI_COMM_WORLD, &requests[i]);
	}
	MPI_Waitall(window, requests, MPI_STATUSES_IGNORE);
	MPI_Recv(NULL, 0, MPI_BYTE, 1, ANSWER, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void source(int64_t measured)
{
	int64_t number = 0;

	for (int round = 0; round < 2; round++) {
		int64_t begin = now(), count = 0;

		do {
			send_window(number);
			number += window;
			count += window;
		} while (now() < begin + measured);
		if (round > 0)
			printf("value rate %.1f\nvalue rate.count %" PRId64 "\n",
			       (double)count * 1e9 / (double)(now() - begin), count);
	}
	send_window(STOP);
}

static void post_window(void)
{
	for (int i = 0; i < window; i++)
		MPI_Irecv(place(i), bytes, MPI_BYTE, 0, MESSAGE, MPI_COMM_WORLD, &requests[i]);
}

/* The receives of a window are there before the window before it is answered. */
static void sink(void)
{
	int64_t number = 0;

	post_window();
	for (;;) {
		MPI_Waitall(window, requests, MPI_STATUSES_IGNORE);
		int last = read_number(place(window - 1)) == STOP;
		for (int i = 0; i < window; i++)
			expect(last ? STOP : number_of(number, i), read_number(place(i)));
		number += window;
		if (!last)
			post_window();
		MPI_Send(NULL, 0, MPI_BYTE, 0, ANSWER, MPI_COMM_WORLD);
		if (last)
			return;
	}
}

int main(int argc, char **argv)
{
	int rank, size;

	alarm(PATIENCE_SECONDS);
	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	if (argc != 7 || size != 2)
		MPI_Abort(MPI_COMM_WORLD, 2);
	bytes = atoi(argv[2]);
	window = atoi(argv[4]);
	int64_t measured = atoll(argv[3]) * 1000000;
	if (bytes < 8 || bytes > MOST_BYTES || window < 1 || window > MOST_WINDOW)
		MPI_Abort(MPI_COMM_WORLD, 2);
	pin(atoi(argv[5 + rank]));
	memory = calloc((size_t)window, (size_t)bytes);
	if (!memory)
		MPI_Abort(MPI_COMM_WORLD, 1);
	if (strcmp(argv[1], "trips") == 0) {
		if (rank == 0)
			ping(measured);
		else
			pong();
	} else if (rank == 0) {
		source(measured);
	} else {
		sink();
	}
	fflush(stdout);
	MPI_Finalize();
	return 0;
}
