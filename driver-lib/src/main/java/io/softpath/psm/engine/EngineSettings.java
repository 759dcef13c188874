package io.softpath.psm.engine;

import java.util.UUID;

/**
 * What an engine must know before it begins.
 *
 * @param job all endpoints of a job have the same
 * @param host the name of this host
 * @param runId tells this process from others that had its place
 * @param mtuBytes payload that one packet carries, at most
 * @param credits packets of a flow that may be under way, PSM_FLOW_CREDITS
 * @param rendezvousBytes messages that are longer wait for the receiver, PSM_MQ_RNDV_IPATH_THRESH
 * @param tids whether long messages go into pinned memory by TID, PSM_TID
 * @param windowBytes of a long message that are granted TIDs at once, PSM_MQ_RNDV_IPATH_WINDOW
 * @param timeoutMinNs how long a packet may be unacknowledged at first, PSM_ERRCHK_TIMEOUT
 * @param timeoutMaxNs and at last
 * @param maxRequests sends and receives that may be under way, PSM_MQ_SENDREQS_MAX and its
 *     neighbour
 * @param maxUnexpectedBytes of messages that nobody has asked for yet; more are not accepted
 */
public record EngineSettings(
        UUID job,
        String host,
        int runId,
        int mtuBytes,
        int credits,
        int rendezvousBytes,
        boolean tids,
        int windowBytes,
        long timeoutMinNs,
        long timeoutMaxNs,
        int maxRequests,
        long maxUnexpectedBytes) {
    /**
     * The longest window: wherever it begins in a page, its grant fits in a packet of 2048 bytes.
     * Source: psm, ips_proto_expected.c, ips_protoexp_init.
     */
    public static final int MAX_WINDOW_BYTES = 332 * TidPort.PAGE_BYTES;

    private static final long NS_PER_MS = 1_000_000;

    /** PSM's defaults. */
    public static EngineSettings defaults(UUID job, String host, int runId, int mtuBytes) {
        return new EngineSettings(
                job,
                host,
                runId,
                mtuBytes,
                Flow.MAX_CREDITS,
                64_000,
                true,
                131_072,
                8 * NS_PER_MS,
                32 * NS_PER_MS,
                1 << 20,
                64L << 20);
    }

    public EngineSettings {
        check("mtuBytes", mtuBytes, 64, 4096);
        check("credits", credits, 2, Flow.MAX_CREDITS);
        check("rendezvousBytes", rendezvousBytes, 0, 1 << 30);
        check("windowBytes", windowBytes, TidPort.PAGE_BYTES, MAX_WINDOW_BYTES);
        check("timeoutMinNs", timeoutMinNs, 1, timeoutMaxNs);
        check("maxRequests", maxRequests, 1, 1 << 24);
        check("maxUnexpectedBytes", maxUnexpectedBytes, rendezvousBytes, Long.MAX_VALUE);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "psm: " + name + "=" + value + " is outside " + least + ".." + most);
        }
    }

    public EngineSettings withCredits(int packets) {
        return new EngineSettings(
                job,
                host,
                runId,
                mtuBytes,
                packets,
                rendezvousBytes,
                tids,
                windowBytes,
                timeoutMinNs,
                timeoutMaxNs,
                maxRequests,
                maxUnexpectedBytes);
    }

    public EngineSettings withRendezvousBytes(int bytes) {
        return new EngineSettings(
                job,
                host,
                runId,
                mtuBytes,
                credits,
                bytes,
                tids,
                windowBytes,
                timeoutMinNs,
                timeoutMaxNs,
                maxRequests,
                maxUnexpectedBytes);
    }

    public EngineSettings withTids(boolean on, int bytesOfWindow) {
        return new EngineSettings(
                job,
                host,
                runId,
                mtuBytes,
                credits,
                rendezvousBytes,
                on,
                bytesOfWindow,
                timeoutMinNs,
                timeoutMaxNs,
                maxRequests,
                maxUnexpectedBytes);
    }
}
