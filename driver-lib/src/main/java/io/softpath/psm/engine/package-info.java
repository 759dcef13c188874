/**
 * PSM's protocols without I/O: tag matching, messages of every class, go-back-N flows, connections.
 *
 * <p>An engine is told the time and given packets, and hands packets to a {@link
 * io.softpath.psm.engine.PacketPort}. It owns no thread, no file and no clock, so that the same
 * code runs over the chip and, with thousands of seeds, in one thread over a link that loses
 * packets.
 *
 * <p>Nothing here may be used by two threads at a time.
 */
package io.softpath.psm.engine;
