package io.softpath.psm;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.EngineSettings;

import java.util.Map;

/** The variables of PSM's that an endpoint honours. Source: psm, PSM_* in the user's guide. */
public enum PsmVariable {
    RNDV_IPATH_THRESH(
            "PSM_MQ_RNDV_IPATH_THRESH",
            64_000,
            0,
            1 << 30,
            "messages of more bytes wait until the receiver has matched"),
    RNDV_SHM_THRESH(
            "PSM_MQ_RNDV_SHM_THRESH", 16_000, 0, 1 << 30, "the same between processes of one host"),
    RNDV_IPATH_WINDOW(
            "PSM_MQ_RNDV_IPATH_WINDOW",
            131_072,
            4096,
            EngineSettings.MAX_WINDOW_BYTES,
            "bytes of a long message that are granted at once"),
    TID("PSM_TID", 9, 0, 15, "bit 0: long messages go straight into pinned memory; 0: never"),
    FLOW_CREDITS("PSM_FLOW_CREDITS", 64, 2, 64, "packets to one peer that may be unacknowledged"),
    SENDREQS_MAX("PSM_MQ_SENDREQS_MAX", 1 << 20, 1, 1 << 24, "sends that may be under way"),
    RECVREQS_MAX("PSM_MQ_RECVREQS_MAX", 1 << 20, 1, 1 << 24, "receives that may be under way"),
    CONNECT_TIMEOUT(
            "PSM_CONNECT_TIMEOUT",
            0,
            0,
            Integer.MAX_VALUE,
            "seconds that a connect may take; 0: as the program says"),
    CLOSE_TIMEOUT(
            "PSM_CLOSE_TIMEOUT",
            0,
            0,
            Integer.MAX_VALUE,
            "seconds that a close may take; 0: as the program says");

    private final String variable;
    private final int otherwise;
    private final int least;
    private final int most;
    private final String purpose;

    PsmVariable(String variable, int otherwise, int least, int most, String purpose) {
        this.variable = variable;
        this.otherwise = otherwise;
        this.least = least;
        this.most = most;
        this.purpose = purpose;
    }

    /** What it is called in an environment. */
    public String variable() {
        return variable;
    }

    /** What holds if it is not set. */
    public int otherwise() {
        return otherwise;
    }

    /** What it is for, and in which unit. */
    public String purpose() {
        return purpose;
    }

    /** Its bounds, as {@code 2..64}. */
    public String bounds() {
        return least + ".." + most;
    }

    /**
     * What an environment says.
     *
     * @throws SoftpathException.Refused EINVAL if it says something else than a number, or one out
     *     of bounds
     */
    int value(Map<String, String> environment) {
        String text = environment.get(variable);
        if (text == null || text.isBlank()) {
            return otherwise;
        }
        try {
            return check(Integer.decode(text.strip()));
        } catch (NumberFormatException e) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "endpoint: " + variable + "=" + text + " is not a number, choose " + bounds(),
                    e);
        }
    }

    int check(int value) {
        if (value < least || value > most) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "endpoint: " + variable + "=" + value + " is outside " + bounds());
        }
        return value;
    }
}
