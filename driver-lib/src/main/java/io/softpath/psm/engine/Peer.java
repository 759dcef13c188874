package io.softpath.psm.engine;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.FlowId;
import io.softpath.abi.psm.PsmError;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Another endpoint, as this one knows it. Source: psm, ptl_ips, struct ptl_epaddr. */
public final class Peer {
    /** How far the way to it, or the way from it, is set up. */
    enum Way {
        NONE,
        WAITING,
        ESTABLISHED,
        PARTING
    }

    final EndpointId id;
    final int route;

    /** How it must address us: our index of it. */
    final int ownIndex;

    final Flow flow;

    /** Takes the packets that come from it. */
    PacketPath packets;

    /** Takes the messages that go to it. */
    Path path;

    /** Takes what comes from it through shared memory; null if there is none. */
    RingReader ring;

    /** Any thread may ask whether it is connected. */
    volatile Way to = Way.NONE;

    Way from = Way.NONE;

    /** How to address it; it has told us when one of the ways is established. */
    int remoteIndex;

    /** Bytes of payload that it takes in one packet. */
    int fragmentBytes;

    /** Tells its process from one that comes to the same place later; of no meaning if unknown. */
    int runId;

    /** It has said which process it is. */
    boolean runKnown;

    /** It has forgotten us since it answered: it is asked again, and messages go on meanwhile. */
    boolean renews;

    /** Answers that came of another process than the one that it is known as. */
    int otherAnswers;

    /**
     * It is of this library: it numbers its connections, and its RTS may be answered with a
     * CTS_EGR, whatever it says.
     */
    boolean ours;

    /** The number of our connection to it. */
    int connection;

    /** What has come from its place to connect and to part; of peers before it as well. */
    final Arrivals arrivals;

    /** Windows that we send to it by TID, and that are not done. */
    int tidSends;

    /** Those of them of which not all is sent, in the order in which they are to be. */
    final ArrayDeque<TidSend> tidQueue = new ArrayDeque<>();

    /** Packets by TID to it that are sent and not acknowledged. */
    int tidInFlight;

    /** There may be some to send: the engine has it in its list. */
    boolean tidListed;

    String host = "";

    /** When to ask again, and how long to wait then. */
    long askAgainNs;

    long askIntervalNs;

    /** What the last connect or disconnect came to. */
    PsmError outcome = PsmError.OK;

    /** Set when it is gone: nothing is sent to it any more. */
    volatile PsmError failure;

    /** The number of the next message to it; 16 bits. */
    int nextMessage;

    /** How many messages were sent to it. */
    int sentCount;

    /** How many messages, or announcements of one, have come from it. */
    int arrivedCount;

    /** Long messages of which more is to come, in the order in which they began. */
    final List<Matchable> longs = new ArrayList<>();

    /** A packet of it has come since somebody looked. */
    boolean heard;

    /** Something is expected of it. */
    boolean watched;

    /** When to look whether one has come. */
    long lookNs;

    /** Replies of active messages to it that have not arrived. */
    int replies;

    /** Requests under way with it. */
    MatchList<Request> running;

    /** Why there is no shared memory; empty if nobody has said anything. */
    String whyNotDirect = "";

    private Object label;

    Peer(
            EndpointId id,
            int route,
            int ownIndex,
            MessageEngine engine,
            EngineSettings settings,
            Arrivals arrivals) {
        this.id = id;
        this.route = route;
        this.ownIndex = ownIndex;
        this.arrivals = arrivals;
        fragmentBytes = settings.mtuBytes();
        flow = new Flow(this, engine, settings, FlowId.MESSAGES);
        engine.equip(this);
    }

    public EndpointId id() {
        return id;
    }

    /** The host that its process runs on, as it says. */
    public String host() {
        return host;
    }

    /** Whether messages can be sent to it. */
    public boolean isConnected() {
        return to == Way.ESTABLISHED && failure == null;
    }

    /** Whether messages go to it through shared memory, and not through the chip. */
    public boolean isDirect() {
        return ring != null && path == ring.path();
    }

    /** Why there is no memory to share with it; empty if there is, or if nobody asked for it. */
    public String whyNotDirect() {
        return whyNotDirect;
    }

    /** ENOTCONN: why nothing can be sent to it, for whoever wants to. */
    public SoftpathException notConnected(String what) {
        return SoftpathException.of(
                Errno.ENOTCONN,
                what
                        + ": peer="
                        + this
                        + (failure == null
                                ? " is not connected"
                                : " has failed: " + failure.sentence()));
    }

    /** Whether this is what another process says, in the place of the one we know. */
    boolean isAnother(int saysRunId) {
        return runKnown && runId != saysRunId;
    }

    /** Its run id, if those of its place grow; else {@link PacketPort#ANY_RUN}. */
    int numberedRun() {
        return ours && runKnown ? runId : PacketPort.ANY_RUN;
    }

    void is(int saysRunId) {
        runId = saysRunId;
        runKnown = true;
    }

    /** Whether nothing has passed between us but connecting. */
    boolean isUntouched() {
        return flow.isUntouched() && path == packets;
    }

    /** Whether one of the two has connected to the other: else its packets are not for us. */
    boolean isKnown() {
        return from == Way.ESTABLISHED || to == Way.ESTABLISHED || to == Way.PARTING;
    }

    /** Whether it has connected to us, and not parted from us since. */
    boolean sendsToUs() {
        return from == Way.ESTABLISHED;
    }

    /** Whether it takes what we say: who has parted from us, and we from it, is a stranger. */
    boolean knowsUs() {
        return from == Way.ESTABLISHED || to == Way.ESTABLISHED;
    }

    /** Why nothing is sent to it any more; null if nothing is wrong. */
    public PsmError failure() {
        return failure;
    }

    /** What the program has attached to it. Source: psm.h, psm_epaddr_setctxt. */
    public Object label() {
        return label;
    }

    public void label(Object newLabel) {
        label = newLabel;
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
