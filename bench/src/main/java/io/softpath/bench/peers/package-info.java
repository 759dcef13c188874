/**
 * Others that pass messages between processes of one host, measured like ours: two JVMs, each on a
 * CPU of its own, a number of eight bytes there and back, the same warm-up and the same clock. Each
 * is set up as those who want its least latency would.
 */
package io.softpath.bench.peers;
