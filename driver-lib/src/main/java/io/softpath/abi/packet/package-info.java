/**
 * What travels in PIO buffers, packets and queues: codecs for single qwords and dwords, and the
 * view of the 56-byte message header. Codecs are static and pure; a word that the peer may change
 * is loaded once and the copy decoded. Any thread may use it.
 */
package io.softpath.abi.packet;
