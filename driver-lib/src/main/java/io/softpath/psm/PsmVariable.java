package io.softpath.psm;

import io.softpath.abi.packet.Bth;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.DirectSettings;
import io.softpath.psm.engine.EngineSettings;
import io.softpath.psm.engine.Range;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The variables of PSM's that an endpoint honours: one number, or several with colons between them,
 * of which the last ones may be left out. Source: psm, PSM_* in the user's guide.
 */
public enum PsmVariable {
    RNDV_IPATH_THRESH(
            "PSM_MQ_RNDV_IPATH_THRESH",
            "messages of more bytes wait until the receiver has matched",
            EngineSettings.RENDEZVOUS_BYTES),
    RNDV_SHM_THRESH(
            "PSM_MQ_RNDV_SHM_THRESH",
            "the same between processes of one host",
            DirectSettings.RENDEZVOUS_BYTES),
    RNDV_IPATH_WINDOW(
            "PSM_MQ_RNDV_IPATH_WINDOW",
            "bytes of a long message that are granted at once",
            EngineSettings.WINDOW_BYTES),
    TID(
            "PSM_TID",
            "bit 0: long messages go straight into pinned memory; 0: never",
            new Range(9, 0, 15)),
    FLOW_CREDITS(
            "PSM_FLOW_CREDITS",
            "packets of a flow to one peer that may be unacknowledged",
            EngineSettings.CREDITS),
    SENDREQS_MAX("PSM_MQ_SENDREQS_MAX", "sends that may be under way", EngineSettings.REQUESTS),
    RECVREQS_MAX("PSM_MQ_RECVREQS_MAX", "receives that may be under way", EngineSettings.REQUESTS),
    NUM_SEND_BUFFERS(
            "PSM_NUM_SEND_BUFFERS",
            "requests of active messages that may be under way",
            EngineSettings.SEND_BUFFERS),
    ERRCHK_TIMEOUT(
            "PSM_ERRCHK_TIMEOUT",
            "milliseconds without an acknowledgement before the peer is asked: at first, at most,"
                    + " and how many times longer each time",
            EngineSettings.TIMEOUT_MIN_MS,
            EngineSettings.TIMEOUT_MAX_MS,
            EngineSettings.TIMEOUT_FACTOR),
    PKEY(
            "PSM_PKEY",
            "partition key: only endpoints of the same partition are peers; the default is"
                    + " everybody's",
            new Range(EngineSettings.PKEY.otherwise(), 1, Bth.DEFAULT_PKEY)),
    MTU(
            "PSM_MTU",
            "bytes of payload of a packet at most: 256, 512, 1024, 2048, 4096, or 1 to 5 for these;"
                    + " 0: what fits",
            new Range(0, 0, 4096)),
    CHECKSUM(
            "PSM_CHECKSUM",
            "1: packets carry a checksum made by software, for which all of a job must have it",
            new Range(0, 0, 1)),
    RCVTHREAD(
            "PSM_RCVTHREAD",
            "1: a thread makes progress while the program computes",
            new Range(0, 0, 1)),
    CONNECT_TIMEOUT(
            "PSM_CONNECT_TIMEOUT",
            "seconds that a connect may take; 0: as the program says",
            new Range(0, 0, Integer.MAX_VALUE)),
    CLOSE_TIMEOUT(
            "PSM_CLOSE_TIMEOUT",
            "seconds that a close may take; 0: as the program says",
            new Range(0, 0, Integer.MAX_VALUE));

    private final String variable;
    private final String purpose;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<Range> ranges;

    PsmVariable(String variable, String purpose, Range... ranges) {
        this.variable = variable;
        this.purpose = purpose;
        this.ranges = List.of(ranges);
    }

    /** What it is called in an environment. */
    public String variable() {
        return variable;
    }

    /** What it is for, and in which unit. */
    public String purpose() {
        return purpose;
    }

    /** What holds if it is not set, as it would be set. */
    public String otherwise() {
        return ranges.stream()
                .map(range -> Integer.toString(range.otherwise()))
                .collect(Collectors.joining(":"));
    }

    /** Its bounds, as {@code 2..64}. */
    public String bounds() {
        return ranges.stream().map(Range::toString).collect(Collectors.joining(":"));
    }

    /**
     * What an environment says.
     *
     * @throws SoftpathException.Refused EINVAL if it says something else than numbers, or one out
     *     of bounds
     */
    List<Integer> values(Map<String, String> environment) {
        String text = environment.get(variable);
        int[] values = ranges.stream().mapToInt(Range::otherwise).toArray();
        if (text != null && !text.isBlank()) {
            String[] parts = text.strip().split(":", -1);
            if (parts.length > values.length) {
                throw unreadable(text, null);
            }
            try {
                for (int i = 0; i < parts.length; i++) {
                    values[i] = Integer.decode(parts[i].strip());
                }
            } catch (NumberFormatException e) {
                throw unreadable(text, e);
            }
        }
        return check(Arrays.stream(values).boxed().toList());
    }

    private SoftpathException unreadable(String text, NumberFormatException e) {
        return SoftpathException.of(
                Errno.EINVAL,
                "endpoint: "
                        + variable
                        + "="
                        + text
                        + (ranges.size() == 1 ? " is not a number" : " are not numbers")
                        + ", choose "
                        + bounds(),
                e);
    }

    List<Integer> check(List<Integer> values) {
        for (int i = 0; i < ranges.size(); i++) {
            if (!ranges.get(i).contains(values.get(i))) {
                throw SoftpathException.of(
                        Errno.EINVAL,
                        "endpoint: "
                                + variable
                                + "="
                                + values.stream()
                                        .map(Object::toString)
                                        .collect(Collectors.joining(":"))
                                + " is outside "
                                + bounds());
            }
        }
        return values;
    }
}
