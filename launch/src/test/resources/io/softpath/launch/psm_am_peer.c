/*
 * A process of libpsm whose peer is somebody else's program: they connect and send each other active messages.
 *
 *   psm_am_peer <uuid, 32 hex digits> <unit> <requests>
 *
 * Prints "epid <number>", reads the peer's from its input, and prints one line at its end, or what went wrong.
 */
#include "psm_am_pair.h"

int main(int argc, char **argv)
{
	struct stranger other;

	if (argc != 4)
		return 2;
	long requests = atol(argv[3]);
	open_for_stranger(&other, argv[1], atoi(argv[2]));
	register_handlers(other.endpoint);
	connect_stranger(&other);
	exchange_requests(other.endpoint, other.peer, requests);
	disconnect_stranger(&other);
	printf("requests=%ld answers=%ld notes=%ld completions=%ld\n", requests, answers, notes, completions);
	return 0;
}
