/*
 * Active messages of libpsm: requests of every length with every number of arguments, each answered by its handler with what
 * came and checked, in the three ways in which a request can end: an answer, a completion, both. What the programs psm_am.c and
 * psm_am_peer.c do when they are connected.
 *
 * Debian packages no psm_am.h of its own: what is declared here is that header's interface (intel/psm, psm_am.h).
 */
#include "psm_pair.h"

typedef uint32_t psm_handler_t;
typedef void *psm_am_token_t;
typedef struct {
	uint64_t value;
} psm_amarg_t;
typedef int (*psm_am_handler_fn_t)(psm_am_token_t, psm_epaddr_t, psm_amarg_t *, int, void *, uint32_t);
typedef void (*psm_am_completion_fn_t)(void *);
struct psm_am_parameters {
	uint32_t max_handlers, max_nargs, max_request_short, max_reply_short;
};

enum { AM_NOREPLY = 2 };

psm_error_t psm_am_register_handlers(psm_ep_t, const psm_am_handler_fn_t *, int, int *);
psm_error_t psm_am_request_short(psm_epaddr_t, psm_handler_t, psm_amarg_t *, int, void *, size_t, int,
				 psm_am_completion_fn_t, void *);
psm_error_t psm_am_reply_short(psm_am_token_t, psm_handler_t, psm_amarg_t *, int, void *, size_t, int,
			       psm_am_completion_fn_t, void *);
psm_error_t psm_am_get_parameters(psm_ep_t, struct psm_am_parameters *, size_t, size_t *);

enum { ANSWER, REQUEST, NOTE, HANDLERS };

/*
 * What psm_am_get_parameters says is more than the library can do: a payload longer than the MTU fits in no eager buffer, and
 * the number of arguments has three bits in the header, where 8 is 0.
 */
enum { MTU = 2048, MOST_ARGUMENTS = 7, HEADER_ARGUMENTS = 2 };

static int handlers[HANDLERS];
static unsigned most_bytes;
static long answers, notes, completions, theirs;
static int finished;

/* What a request is made of follows from its number, which is its first argument. */
static int arguments_of(unsigned long number)
{
	return 1 + (int)(number % MOST_ARGUMENTS);
}

/* Arguments that find no place in the header are part of the payload. */
static unsigned length_of(unsigned long number)
{
	int beyond = arguments_of(number) - HEADER_ARGUMENTS;
	unsigned most = most_bytes - (beyond > 0 ? (unsigned)beyond * sizeof(psm_amarg_t) : 0);

	return number % 5 == 0 ? most : (unsigned)(number * 37 % (most + 1));
}

static void verify(const psm_amarg_t *arguments, int count, const uint8_t *data, uint32_t length, const char *what)
{
	unsigned long number = arguments[0].value;
	if (count != arguments_of(number)) {
		printf("%s %lu: nargs=%d, not %d\n", what, number, count, arguments_of(number));
		exit(1);
	}
	for (int i = 1; i < count; i++)
		if (arguments[i].value != number * 0x9E3779B97F4A7C15UL + (unsigned)i) {
			printf("%s %lu: argument %d is %lx\n", what, number, i, (unsigned long)arguments[i].value);
			exit(1);
		}
	if (length != length_of(number)) {
		printf("%s %lu: bytes=%u, not %u\n", what, number, length, length_of(number));
		exit(1);
	}
	for (uint32_t i = 0; i < length; i++)
		if (data[i] != (uint8_t)(number + i * 7)) {
			printf("%s %lu: byte %u of %u\n", what, number, i, length);
			exit(1);
		}
}

static int on_request(psm_am_token_t token, psm_epaddr_t from, psm_amarg_t *arguments, int count, void *data, uint32_t length)
{
	(void)from;
	verify(arguments, count, data, length, "request");
	theirs++;
	CHECK(psm_am_reply_short(token, (psm_handler_t)handlers[ANSWER], arguments, count, data, length, 0, NULL, NULL));
	return 0;
}

static int on_note(psm_am_token_t token, psm_epaddr_t from, psm_amarg_t *arguments, int count, void *data, uint32_t length)
{
	(void)token, (void)from;
	if (count == 0) {
		finished = 1;
		return 0;
	}
	verify(arguments, count, data, length, "note");
	theirs++;
	notes++;
	return 0;
}

static int on_answer(psm_am_token_t token, psm_epaddr_t from, psm_amarg_t *arguments, int count, void *data, uint32_t length)
{
	(void)token, (void)from;
	verify(arguments, count, data, length, "answer");
	answers++;
	return 0;
}

static void on_completion(void *context)
{
	if (context != &completions) {
		printf("completion of something else\n");
		exit(1);
	}
	completions++;
}

/* Registers the handlers, at the same places in every process; the limits that the library tells. */
static struct psm_am_parameters register_handlers(psm_ep_t endpoint)
{
	static const psm_am_handler_fn_t functions[HANDLERS] = { on_answer, on_request, on_note };
	struct psm_am_parameters limits;
	size_t size;

	CHECK(psm_am_get_parameters(endpoint, &limits, sizeof limits, &size));
	if (size != sizeof limits || limits.max_nargs < 2 || limits.max_request_short < 256) {
		printf("parameters: bytes=%zu nargs=%u request=%u\n", size, limits.max_nargs, limits.max_request_short);
		exit(1);
	}
	most_bytes = limits.max_request_short < MTU ? limits.max_request_short : MTU;
	CHECK(psm_am_register_handlers(endpoint, functions, HANDLERS, handlers));
	return limits;
}

/* Sends so many requests and takes as many, until all are answered. The other has its handlers. */
static void exchange_requests(psm_ep_t endpoint, psm_epaddr_t peer, long requests)
{
	long wanted_answers = 0, wanted_completions = 0;
	psm_amarg_t arguments[MOST_ARGUMENTS];
	static uint8_t data[MTU];

	for (unsigned long number = 0; number < (unsigned long)requests; number++) {
		int count = arguments_of(number);
		int note = number % 3 == 0, completes = number % 4 == 0;
		arguments[0].value = number;
		for (int i = 1; i < count; i++)
			arguments[i].value = number * 0x9E3779B97F4A7C15UL + (unsigned)i;
		for (unsigned i = 0; i < length_of(number); i++)
			data[i] = (uint8_t)(number + i * 7);
		CHECK(psm_am_request_short(peer, (psm_handler_t)handlers[note ? NOTE : REQUEST], arguments, count, data,
					   length_of(number), note ? AM_NOREPLY : 0, completes ? on_completion : NULL,
					   completes ? &completions : NULL));
		memset(data, 0xEE, sizeof data); /* it is ours again */
		wanted_answers += !note;
		wanted_completions += completes;
		while (number % 16 == 15 && (answers < wanted_answers || completions < wanted_completions))
			psm_poll(endpoint);
	}
	while (answers < wanted_answers || completions < wanted_completions || theirs < requests)
		psm_poll(endpoint);
	/* Whoever closes must not leave the other with answers to wait for. */
	CHECK(psm_am_request_short(peer, (psm_handler_t)handlers[NOTE], NULL, 0, NULL, 0, AM_NOREPLY, NULL, NULL));
	while (!finished)
		psm_poll(endpoint);
	for (int i = 0; i < 1000; i++)
		psm_poll(endpoint);
	if (answers != wanted_answers || completions != wanted_completions || theirs != requests) {
		printf("answers=%ld of %ld, completions=%ld of %ld, requests=%ld of %ld\n", answers, wanted_answers,
		       completions, wanted_completions, theirs, requests);
		exit(1);
	}
}
