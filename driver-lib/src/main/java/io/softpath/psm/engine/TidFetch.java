package io.softpath.psm.engine;

/** A receive whose message is brought by TID, window by window. Reused. */
final class TidFetch {
    Request receive;
    Peer peer;

    /** What the peer calls its send. */
    int remoteRequest;

    /** Whether the sender can do without TIDs. */
    boolean either;

    /** Whether the windows lie in the receive's buffer; if not, they are copied from there. */
    boolean direct;

    /** Bytes that windows were opened for. */
    int granted;

    /** How many windows were opened. */
    int windows;

    /** How many of them are open. */
    int open;

    void begin(Request newReceive, int newRemoteRequest, boolean canDoWithout, boolean inBuffer) {
        receive = newReceive;
        peer = newReceive.peer;
        remoteRequest = newRemoteRequest;
        either = canDoWithout;
        direct = inBuffer;
        granted = 0;
        windows = 0;
        open = 0;
    }

    /** Whether the sender can still be asked for packets instead. */
    boolean canBePackets() {
        return either && windows == 0;
    }

    /** Whether all of the message has been granted; of one without bytes, one window. */
    boolean isGranted() {
        return windows > 0 && granted == receive.wanted;
    }
}
