package io.softpath.driver.send;

import io.softpath.driver.LaunchMode;
import io.softpath.memory.WriteOnlyMemory;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/**
 * What a {@link PioSender} works with.
 *
 * @param pioBuffers the mapped PIO buffers, {@code count} times {@code pioAlignBytes}
 * @param first chip-wide number of the first of them
 * @param availPage the mapped avail page
 * @param swapped whether the avail qwords above the fourth are swapped in pairs
 * @param statusOffset byte offset of this port's status qword in the avail page
 * @param eventPage the mapped event page, or {@link MemorySegment#NULL} with a driver that has none
 * @param subcontext whose event word is looked at; 0 for a context that is not shared
 * @param launch which store launches
 * @param doorbell whether the chip may sleep and be rung
 * @param forceAvailUpdate whether the chip has to be asked for avail copies (FORCE_PIOAVAIL)
 * @param maxPayloadBytes the longest payload of one packet
 * @param stallFailures how many failures in a row are a stall
 * @param stallReportNs the least time between two stall reports
 * @param nanoTime the clock
 */
public record SendSetup(
        WriteOnlyMemory pioBuffers,
        int pioAlignBytes,
        int first,
        int count,
        MemorySegment availPage,
        boolean swapped,
        int statusOffset,
        MemorySegment eventPage,
        int subcontext,
        LaunchMode launch,
        boolean doorbell,
        boolean forceAvailUpdate,
        int maxPayloadBytes,
        long stallFailures,
        long stallReportNs,
        LongSupplier nanoTime) {}
