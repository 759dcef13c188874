package io.softpath.driver.expected;

import java.lang.foreign.MemorySegment;

/**
 * What an {@link Expected} works with.
 *
 * @param registers the mapped register pages of the context
 * @param flowRegisters whether the second of them is there, with the chip's TID flows (HDRSUPP)
 * @param tidCount TIDs of this context
 * @param maxPayloadBytes the longest payload of one packet
 * @param gather whether the chip sends from pinned memory
 */
public record ExpectedSetup(
        ExpectedDriver driver,
        MemorySegment registers,
        boolean flowRegisters,
        int tidCount,
        int maxPayloadBytes,
        boolean gather) {}
