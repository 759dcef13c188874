package io.softpath.abi.psm;

/** What PSM calls the outcome of a call or of a request. Source: psm.h, psm_error. */
public enum PsmError {
    OK(0, "success"),
    NO_MEMORY(4, "out of memory"),
    TIMEOUT(11, "nothing came in time"),
    EP_WAS_CLOSED(20, "the endpoint is closed"),
    EP_CLOSE_TIMEOUT(24, "a peer did not answer the disconnect in time"),
    EPID_UNREACHABLE(41, "there is no way to that endpoint"),
    EPID_INVALID_NODE(43, "the peer is of another byte order or word size"),
    EPID_INVALID_UUID_KEY(45, "the peer is of another job"),
    EPID_INVALID_VERSION(46, "the peer speaks another version"),
    EPID_INVALID_CONNECT(47, "the peer's connect message makes no sense"),
    EPID_ALREADY_CONNECTED(48, "connected already"),
    EPID_NETWORK_ERROR(49, "the peer is gone"),
    EPID_INVALID_PKEY(50, "the peer has another partition key"),
    MQ_INCOMPLETE(60, "not complete yet"),
    MQ_TRUNCATION(61, "the message is longer than the buffer");

    private final int code;
    private final String sentence;

    PsmError(int code, String sentence) {
        this.code = code;
        this.sentence = sentence;
    }

    /** PSM's number. */
    public int code() {
        return code;
    }

    /** What it means, in words. */
    public String sentence() {
        return sentence;
    }

    /** The error with this number; null if it is none of these. */
    public static PsmError of(int code) {
        for (PsmError error : values()) {
            if (error.code == code) {
                return error;
            }
        }
        return null;
    }
}
