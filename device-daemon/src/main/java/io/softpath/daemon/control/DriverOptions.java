package io.softpath.daemon.control;

import io.softpath.ledger.Era;

import java.util.Set;

/**
 * What an administrator may change about the driver's half.
 *
 * @param availThreshold freed buffers per refresh of the avail page; 0 = what the model's driver
 *     uses
 * @param linkWaitMs how long an acknowledged disarm waits for a lost link, in milliseconds
 * @param tidWindowMs how long the chip keeps TIDs that are freed, in milliseconds; only with {@link
 *     Quirk#TIDS_OUTLIVE_PINS}
 * @param quirks oddities of the real driver to bring back
 * @param kernel by whose rules the page ledger counts
 */
public record DriverOptions(
        int availThreshold, long linkWaitMs, long tidWindowMs, Set<Quirk> quirks, Era kernel) {
    /** 300 steps of 100 ms. Source: qib_file_ops.c, disarm_req_delay. */
    public static final long LINK_WAIT_MS = 30_000;

    /** Long for a chip, short for a person: time to see a late packet land. */
    public static final long TID_WINDOW_MS = 100;

    public static final DriverOptions DEFAULT =
            new DriverOptions(0, LINK_WAIT_MS, TID_WINDOW_MS, Set.of());

    /** Who wants to see it wants to see the end of it, too. */
    private static final long MAX_TID_WINDOW_MS = 60_000;

    /** The chip has 5 bits for the threshold. */
    private static final int MAX_AVAIL_THRESHOLD = 31;

    /** With the page ledger of the kernels since 2.6.16. */
    public DriverOptions(int availThreshold, long linkWaitMs, long tidWindowMs, Set<Quirk> quirks) {
        this(availThreshold, linkWaitMs, tidWindowMs, quirks, Era.FROM_2_6_16);
    }

    /**
     * @throws IllegalArgumentException naming the value and the bound
     */
    public DriverOptions {
        if (availThreshold < 0 || availThreshold > MAX_AVAIL_THRESHOLD) {
            throw new IllegalArgumentException(
                    "avail-threshold="
                            + availThreshold
                            + " is out of range, choose 0.."
                            + MAX_AVAIL_THRESHOLD);
        }
        if (linkWaitMs < 0) {
            throw new IllegalArgumentException("link-wait-ms=" + linkWaitMs + " must be 0 or more");
        }
        if (tidWindowMs < 1 || tidWindowMs > MAX_TID_WINDOW_MS) {
            throw new IllegalArgumentException(
                    "tid-window-ms="
                            + tidWindowMs
                            + " is out of range, choose 1.."
                            + MAX_TID_WINDOW_MS);
        }
        quirks = Set.copyOf(quirks);
    }

    /** The same, with the page ledger of another kernel. */
    public DriverOptions withKernel(Era chosen) {
        return new DriverOptions(availThreshold, linkWaitMs, tidWindowMs, quirks, chosen);
    }
}
