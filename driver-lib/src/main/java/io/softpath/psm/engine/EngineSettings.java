package io.softpath.psm.engine;

import io.softpath.abi.packet.Bth;
import io.softpath.abi.psm.ConnectMessage;

import java.util.UUID;

/**
 * What an engine must know before it begins; {@link #of} begins to make one, with PSM's defaults.
 *
 * @param job all endpoints of a job have the same
 * @param host the name of this host
 * @param runId tells this process from others that had its place
 * @param mtuBytes payload that one packet carries, at most
 * @param credits packets of a flow that may be under way
 * @param rendezvousBytes messages that are longer wait for the receiver
 * @param tids whether long messages go into pinned memory by TID
 * @param windowBytes of a long message that are granted TIDs at once
 * @param timeoutMinMs how long a packet may be unacknowledged at first
 * @param timeoutMaxMs and at last
 * @param timeoutFactor by how much longer each time
 * @param maxRequests sends and receives that may be under way
 * @param sendBuffers requests of active messages that may be under way
 * @param maxUnexpectedBytes of messages that nobody has asked for yet; more are not accepted
 * @param pkey partition key of all packets; only peers of the same partition are let in, if it is
 *     not the default one, of everybody
 * @param checksum packets carry PSM's checksum, and those that come without are dropped
 * @param progressThread tell peers that packets are looked at while the program computes
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
        int timeoutMinMs,
        int timeoutMaxMs,
        int timeoutFactor,
        int maxRequests,
        int sendBuffers,
        long maxUnexpectedBytes,
        int pkey,
        boolean checksum,
        boolean progressThread) {
    /** Source: psm, ips_proto.c, PSM_FLOW_CREDITS. More than there are slots are no use here. */
    public static final Range CREDITS = new Range(Flow.MAX_CREDITS, 2, Flow.MAX_CREDITS);

    /** Source: psm, psm_mq.c, PSM_MQ_RNDV_IPATH_THRESH. */
    public static final Range RENDEZVOUS_BYTES = new Range(64_000, 0, 1 << 30);

    /**
     * The longest window: wherever it begins in a page, its grant fits in a packet of 2048 bytes.
     * Source: psm, ips_proto_expected.c, ips_protoexp_init; psm_mq.c, PSM_MQ_RNDV_IPATH_WINDOW.
     */
    public static final Range WINDOW_BYTES =
            new Range(131_072, TidPort.PAGE_BYTES, 332 * TidPort.PAGE_BYTES);

    /** Source: psm, psm_mq_internal.h, PSM_MQ_SENDREQS_MAX and its neighbour. */
    public static final Range REQUESTS = new Range(1 << 20, 1, 1 << 24);

    /** Source: psm, psm_ep.c, PSM_NUM_SEND_BUFFERS. */
    public static final Range SEND_BUFFERS = new Range(1024, 1, 1 << 20);

    /** Without membership bit; the default key is everybody's. Source: psm, psm_ep.c, PSM_PKEY. */
    public static final Range PKEY =
            new Range(Bth.DEFAULT_PKEY & ConnectMessage.PKEY_MASK, 1, ConnectMessage.PKEY_MASK);

    /** Source: psm, ips_path_rec.c, PSM_ERRCHK_TIMEOUT; ips_proto_params.h has the defaults. */
    public static final Range TIMEOUT_MIN_MS = new Range(8, 1, 60_000);

    public static final Range TIMEOUT_MAX_MS = new Range(32, 1, 60_000);
    public static final Range TIMEOUT_FACTOR = new Range(2, 1, 1000);

    /** What a packet can have for payload on any chip. */
    static final Range MTU_BYTES = new Range(2048, 64, 4096);

    private static final long NS_PER_MS = 1_000_000;
    private static final long MAX_UNEXPECTED_BYTES = 64L << 20;

    public EngineSettings {
        check("mtuBytes", mtuBytes, MTU_BYTES);
        check("credits", credits, CREDITS);
        check("rendezvousBytes", rendezvousBytes, RENDEZVOUS_BYTES);
        check("windowBytes", windowBytes, WINDOW_BYTES);
        check("timeoutMinMs", timeoutMinMs, TIMEOUT_MIN_MS);
        check("timeoutMaxMs", timeoutMaxMs, TIMEOUT_MAX_MS);
        check("timeoutFactor", timeoutFactor, TIMEOUT_FACTOR);
        check("maxRequests", maxRequests, REQUESTS);
        check("sendBuffers", sendBuffers, SEND_BUFFERS);
        check("pkey", pkey, PKEY);
        if (timeoutMaxMs < timeoutMinMs) {
            throw new IllegalArgumentException(
                    "psm: timeoutMaxMs=" + timeoutMaxMs + " is below timeoutMinMs=" + timeoutMinMs);
        }
        if (maxUnexpectedBytes < rendezvousBytes) {
            throw new IllegalArgumentException(
                    "psm: maxUnexpectedBytes="
                            + maxUnexpectedBytes
                            + " has no room for one message of rendezvousBytes="
                            + rendezvousBytes);
        }
    }

    /** Whether everybody may be a peer. */
    public boolean ofEverybody() {
        return pkey == PKEY.otherwise();
    }

    long timeoutMinNs() {
        return timeoutMinMs * NS_PER_MS;
    }

    long timeoutMaxNs() {
        return timeoutMaxMs * NS_PER_MS;
    }

    private static void check(String name, int value, Range range) {
        if (!range.contains(value)) {
            throw new IllegalArgumentException(
                    "psm: " + name + "=" + value + " is outside " + range);
        }
    }

    /** Begins to choose. */
    public static Builder of(UUID job, String host, int runId) {
        return new Builder(job, host, runId);
    }

    /** PSM's defaults, all of them. */
    public static EngineSettings defaults(UUID job, String host, int runId, int mtuBytes) {
        return of(job, host, runId).mtuBytes(mtuBytes).build();
    }

    /** Settings that are being chosen. What is not chosen is PSM's default. */
    public static final class Builder {
        private final UUID job;
        private final String host;
        private final int runId;
        private int mtuBytes = MTU_BYTES.otherwise();
        private int credits = CREDITS.otherwise();
        private int rendezvousBytes = RENDEZVOUS_BYTES.otherwise();
        private boolean tids = true;
        private int windowBytes = WINDOW_BYTES.otherwise();
        private int timeoutMinMs = TIMEOUT_MIN_MS.otherwise();
        private int timeoutMaxMs = TIMEOUT_MAX_MS.otherwise();
        private int timeoutFactor = TIMEOUT_FACTOR.otherwise();
        private int maxRequests = REQUESTS.otherwise();
        private int sendBuffers = SEND_BUFFERS.otherwise();
        private long maxUnexpectedBytes = MAX_UNEXPECTED_BYTES;
        private int pkey = PKEY.otherwise();
        private boolean checksum;
        private boolean progressThread;

        private Builder(UUID job, String host, int runId) {
            this.job = job;
            this.host = host;
            this.runId = runId;
        }

        public Builder mtuBytes(int bytes) {
            mtuBytes = bytes;
            return this;
        }

        public Builder credits(int packets) {
            credits = packets;
            return this;
        }

        /** And room for one such message at least. */
        public Builder rendezvousBytes(int bytes) {
            rendezvousBytes = bytes;
            maxUnexpectedBytes = Math.max(maxUnexpectedBytes, bytes);
            return this;
        }

        public Builder tids(boolean wanted, int bytesOfWindow) {
            tids = wanted;
            windowBytes = bytesOfWindow;
            return this;
        }

        public Builder timeout(int minMs, int maxMs, int factor) {
            timeoutMinMs = minMs;
            timeoutMaxMs = maxMs;
            timeoutFactor = factor;
            return this;
        }

        public Builder maxRequests(int requests) {
            maxRequests = requests;
            return this;
        }

        public Builder sendBuffers(int messages) {
            sendBuffers = messages;
            return this;
        }

        public Builder maxUnexpectedBytes(long bytes) {
            maxUnexpectedBytes = bytes;
            return this;
        }

        public Builder pkey(int key) {
            pkey = key;
            return this;
        }

        public Builder checksum(boolean wanted) {
            checksum = wanted;
            return this;
        }

        public Builder progressThread(boolean there) {
            progressThread = there;
            return this;
        }

        /**
         * What was chosen.
         *
         * @throws IllegalArgumentException if it cannot be
         */
        public EngineSettings build() {
            return new EngineSettings(
                    job,
                    host,
                    runId,
                    mtuBytes,
                    credits,
                    rendezvousBytes,
                    tids,
                    windowBytes,
                    timeoutMinMs,
                    timeoutMaxMs,
                    timeoutFactor,
                    maxRequests,
                    sendBuffers,
                    maxUnexpectedBytes,
                    pkey,
                    checksum,
                    progressThread);
        }
    }
}
