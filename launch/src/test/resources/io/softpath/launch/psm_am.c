/*
 * Active messages of libpsm between two processes.
 *
 *   psm_am <requests> <unit> <unit>
 *
 * Prints one line at its end, or what went wrong.
 */
#include "psm_am_pair.h"

int main(int argc, char **argv)
{
	struct pair two;

	if (argc != 4)
		return 2;
	long requests = atol(argv[1]);
	if (connect_two(&two, atoi(argv[2]), atoi(argv[3])))
		return 1;
	struct psm_am_parameters limits = register_handlers(two.endpoint);
	char byte = 0;
	exchange(two.sock, &byte, &byte, 1); /* the other has its handlers, in the same places */
	exchange_requests(two.endpoint, two.peer, requests);
	disconnect_two(&two);
	printf("requests=%ld answers=%ld notes=%ld completions=%ld said=%u,%u\n", requests, answers, notes, completions,
	       limits.max_request_short, limits.max_nargs);
	return 0;
}
