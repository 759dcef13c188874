package io.softpath.apps.exchange;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.psm.Endpoint;
import io.softpath.psm.Endpoint.Connected;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.engine.Request;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * One endpoint that exchanges messages with all others it is told of, until it is lost or closed.
 *
 * <p>A message is sent when that is written down, delivered when that is written down, and only
 * then acknowledged. An incarnation of a peer that is gone is told of by the empty message that it
 * never receives ({@link MessageTag#BOND}), which fails.
 */
final class Exchanger implements Inbox.Receiver {
    /** What a message that failed, failed of, in the history. */
    static final int DEVICE_LOST = 1;

    static final int PEER_GONE = 2;
    static final int CLOSED = 3;

    private static final Duration CONNECT = Duration.ofMillis(30);
    private static final Duration MOMENT = Duration.ofMillis(2);
    private static final int WINDOW = 4;
    private static final int SYNCHRONOUS_PERCENT = 10;

    private final Endpoint endpoint;
    private final MatchedQueue queue;
    private final int incarnation;
    private final History history;
    private final RandomGenerator random;
    private final Plant plant;
    private final long patienceNs;
    private final Buffers buffers;
    private final Inbox inbox;
    private final Map<Integer, Session> sessions = new LinkedHashMap<>();
    private final Map<Integer, Integer> numbers = new HashMap<>(); // of the last message, by rank
    private long budget; // messages that may still be sent
    private int delivered;
    private long lastTag;

    Exchanger(
            Endpoint endpoint,
            int incarnation,
            History history,
            RandomGenerator random,
            Plant plant,
            Duration patience,
            long budget) {
        this.endpoint = endpoint;
        this.incarnation = incarnation;
        this.history = history;
        this.random = random;
        this.plant = plant;
        this.patienceNs = patience.toNanos();
        this.budget = budget;
        queue = endpoint.queue();
        buffers = new Buffers(endpoint);
        inbox = new Inbox(queue, buffers, this);
    }

    /** Where an incarnation of a rank is; who was there before is gone, as we shall hear. */
    void meet(int rank, int peerIncarnation, EndpointId id) {
        long now = System.nanoTime();
        for (Session each : List.copyOf(sessions.values())) {
            if (each.rank == rank && each.incarnation != peerIncarnation) {
                each.supersededNs = each.supersededNs == 0 ? now : each.supersededNs;
                if (each.state == Session.State.GREETING) {
                    end(each, PEER_GONE); // nothing was sent to it
                }
            }
        }
        Session session = session(peerIncarnation);
        session.rank = rank;
        session.id = id;
        if (session.state == Session.State.UNKNOWN) {
            session.state = Session.State.GREETING;
            session.greetedNs = now;
        }
    }

    @Override
    public Session session(int peerIncarnation) {
        return sessions.computeIfAbsent(peerIncarnation, Session::new);
    }

    /** One turn: whatever there is to do, else a short sleep. */
    void turn() {
        connect();
        inbox.begin();
        for (Session each : List.copyOf(sessions.values())) {
            inbox.finish(each);
            acknowledge(each);
            look(each);
            send(each);
        }
        sessions.values().removeIf(Exchanger::isOver);
        endpoint.await(() -> inbox.hasNews(sessions.values()), MOMENT);
    }

    private static boolean isOver(Session session) {
        return session.state == Session.State.ENDED && session.incoming.isEmpty();
    }

    // To peers.

    private void connect() {
        long now = System.nanoTime();
        List<Session> due = new ArrayList<>();
        for (Session each : sessions.values()) {
            if (each.state == Session.State.GREETING
                    && each.peer == null
                    && now - each.tryAgainNs >= 0) {
                due.add(each);
            }
        }
        if (due.isEmpty()) {
            return;
        }
        List<Connected> all = endpoint.connect(due.stream().map(s -> s.id).toList(), CONNECT);
        now = System.nanoTime();
        for (int i = 0; i < due.size(); i++) {
            Session session = due.get(i);
            session.peer = all.get(i).peer();
            if (session.peer == null) {
                session.retry(now);
            } else {
                post(session, MessageTag.HELLO, 0);
            }
        }
    }

    private void post(Session to, int kind, int sequence) {
        long tag = MessageTag.of(kind, incarnation, to.incarnation, sequence);
        queue.isend(to.peer, tag, MemorySegment.NULL, 0, 0, false, request -> false, null);
    }

    private void acknowledge(Session session) {
        while (!session.acksOwed.isEmpty() && session.canSpeak()) {
            post(session, MessageTag.ACKNOWLEDGEMENT, session.acksOwed.remove());
        }
    }

    /** Looks whether it is gone, and whether it has kept us waiting for too long. */
    private void look(Session session) {
        if (session.state == Session.State.ENDED) {
            return;
        }
        long now = System.nanoTime();
        if (session.state == Session.State.GREETING && session.hasGone()) {
            session.retry(now); // whoever was at its place before is gone
        } else if (session.failure() != null) {
            end(session, PEER_GONE);
            return;
        }
        Session.Unacked first = session.unacked.peek();
        if (first != null && now - first.sentNs() > patienceNs) {
            throw new Overdue("no answer to " + MessageTag.describe(first.tag()) + ": " + session);
        }
        if (session.state == Session.State.GREETING && now - session.greetedNs > patienceNs) {
            throw new Overdue("no way to a peer: " + session);
        }
        if (session.supersededNs != 0 && now - session.supersededNs > patienceNs) {
            throw new Overdue("nobody told of the end of a peer: " + session);
        }
    }

    private void send(Session session) {
        while (budget > 0
                && session.canSend()
                && session.supersededNs == 0
                && session.unacked.size() < WINDOW) {
            budget--;
            int length = Sizes.next(random);
            long tag =
                    MessageTag.of(
                            MessageTag.MESSAGE,
                            incarnation,
                            session.incarnation,
                            numbers.merge(session.rank, 1, Integer::sum));
            Buffers.Buffer buffer = buffers.take(length);
            MemorySegment message = buffer.memory().asSlice(0, length);
            Contents.fill(message, tag);
            session.unacked.add(new Session.Unacked(tag, System.nanoTime()));
            history.sent(tag, length, Contents.checksum(message));
            boolean synchronous = random.nextInt(100) < SYNCHRONOUS_PERCENT;
            queue.isend(
                    session.peer,
                    tag,
                    buffer.memory(),
                    0,
                    length,
                    synchronous,
                    request -> release(session, buffer, request),
                    null);
        }
    }

    private boolean release(Session session, Buffers.Buffer buffer, Request request) {
        buffers.give(buffer);
        if (request.error() != PsmError.OK) {
            end(session, PEER_GONE);
        }
        return false;
    }

    private boolean bondBreaks(Session session, Request request) {
        session.bond = null;
        if (request.error() != PsmError.OK) {
            end(session, PEER_GONE);
        }
        return false;
    }

    private void end(Session session, int reason) {
        session.state = Session.State.ENDED;
        session.acksOwed.clear();
        for (Session.Unacked each : session.unacked) {
            history.failed(each.tag(), reason);
        }
        session.unacked.clear();
    }

    // From peers.

    @Override
    public void onMessage(Session from, long tag, long slot, MemorySegment message) {
        switch (MessageTag.kind(tag)) {
            case MessageTag.HELLO -> {
                if (MessageTag.to(tag) == incarnation) {
                    from.acksOwed.add(0);
                }
            }
            case MessageTag.ACKNOWLEDGEMENT -> onAcknowledgement(from, MessageTag.sequence(tag));
            default -> deliver(from, tag, slot, message);
        }
    }

    private void onAcknowledgement(Session from, int sequence) {
        if (sequence == 0) {
            welcome(from);
            return;
        }
        long tag = MessageTag.of(MessageTag.MESSAGE, incarnation, from.incarnation, sequence);
        if (from.unacked.removeIf(each -> each.tag() == tag)) {
            history.acked(tag);
        }
    }

    private void welcome(Session session) {
        if (session.state != Session.State.GREETING) {
            return;
        }
        session.state = Session.State.OPEN;
        session.bond =
                queue.isend(
                        session.peer,
                        MessageTag.BOND | MessageTag.of(0, incarnation, session.incarnation, 0),
                        MemorySegment.NULL,
                        0,
                        0,
                        true,
                        request -> bondBreaks(session, request),
                        null);
    }

    private void deliver(Session from, long tag, long slot, MemorySegment message) {
        Plant planted = ++delivered % Plant.ONE_IN == 0 ? plant : Plant.NONE;
        long seen = planted == Plant.TORN_HEADER ? Plant.torn(tag, lastTag) : tag;
        lastTag = tag;
        int times = planted == Plant.EARLY_ACK ? 0 : planted == Plant.DUPLICATE ? 2 : 1;
        for (int i = 0; i < times; i++) {
            history.delivered(seen, incarnation, slot, message);
        }
        if (planted != Plant.LOST_ACK) {
            from.acksOwed.add(MessageTag.sequence(tag));
        }
    }

    // The end.

    /** Sends nothing new. */
    void drain() {
        budget = 0;
    }

    /** Whether every message is acknowledged, or has failed. */
    boolean isDrained() {
        return sessions.values().stream().allMatch(s -> s.unacked.isEmpty());
    }

    /** Whether as many messages are sent as there should be. */
    boolean hasSentAll() {
        return budget == 0 && isDrained();
    }

    /** The device is gone: so is everything that was not acknowledged. */
    void lose() {
        sessions.values().forEach(each -> end(each, DEVICE_LOST));
    }

    /** Parts from all peers, who part too. */
    PsmError close() {
        long end = System.nanoTime() + patienceNs;
        receiveBonds();
        while (System.nanoTime() - end < 0
                && sessions.values().stream().anyMatch(s -> s.bond != null)) {
            turn();
        }
        sessions.values().forEach(each -> end(each, CLOSED));
        return endpoint.close(Duration.ofNanos(patienceNs));
    }

    private void receiveBonds() {
        queue.irecv(
                MessageTag.BOND,
                MessageTag.BOND,
                MemorySegment.NULL,
                0,
                0,
                request -> {
                    // One of a process that was killed ends so, and others come behind it.
                    if (request.error() == PsmError.OK
                            || request.error() == PsmError.EPID_NETWORK_ERROR) {
                        receiveBonds();
                    }
                    return false;
                },
                null);
    }

    /** Something that should have happened long ago has not. */
    static final class Overdue extends RuntimeException {
        private static final long serialVersionUID = 1;

        Overdue(String message) {
            super(message);
        }
    }
}
