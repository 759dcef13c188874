/**
 * What PSM's messages look like on the wire, beyond the header that the chip knows: sub-opcodes,
 * classes of matched-queue messages, sequence numbers, connect messages, endpoint ids. Numbers and
 * layouts only. Source: psm, the library of the real chip.
 */
package io.softpath.abi.psm;
