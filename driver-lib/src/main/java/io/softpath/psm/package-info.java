/**
 * PSM's matched queues in Java: messages with tags, from program to program, over a chip that only
 * knows packets and may lose them. The wire is PSM's, so the other end may be the library of the
 * real card.
 *
 * <pre>{@code
 * try (Endpoint endpoint = Endpoint.open(EndpointOptions.ofJob(job))) {
 *     Peer peer = endpoint.connect(id, Duration.ofSeconds(10));
 *     MatchedQueue queue = endpoint.queue();
 *     Request request = queue.irecv(tag, -1, buffer);
 *     queue.send(peer, tag, message);
 *     queue.await(request, Duration.ofSeconds(10), status);
 * }
 * }</pre>
 */
package io.softpath.psm;
