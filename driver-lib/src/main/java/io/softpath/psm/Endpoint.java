package io.softpath.psm;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.driver.PinnedRegion;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.Connections;
import io.softpath.psm.engine.EngineCounters;
import io.softpath.psm.engine.EngineSettings;
import io.softpath.psm.engine.MessageEngine;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * A place in a job: a context of the chip, the peers it is connected to, and the queue that its
 * messages go through.
 *
 * <p>Nothing happens by itself: messages move when {@link #progress} is called, or a method that
 * waits. One thread at a time.
 *
 * <p>With {@link EndpointOptions#withProgressThread} a daemon thread moves them too, while the
 * program computes, and any thread may use the endpoint, its queue and its active messages at any
 * time. Handlers and completions are then called by whoever makes progress, the program or that
 * thread, one at a time and in order, as if without it. Nobody else can use the endpoint meanwhile:
 * they must not wait for another thread that may want to. They may begin sends and receives. If
 * that thread dies, because the daemon is gone, every call throws what it died of.
 *
 * <p>Source: psm.h, psm_ep_open and its neighbours; ptl_rcvthread.c.
 */
public final class Endpoint implements AutoCloseable {
    private static final int YIELDS = 100;

    /** A pause of the CPU between two looks lasts as long as several looks. */
    private static final int LOOKS_PER_PAUSE = 16;

    /** A peer that says nothing for so long has gone without a word. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final Duration MOMENT = Duration.ofMillis(50);

    private final Device device;
    private final Context context;
    private final EndpointOptions options;
    private final MessageEngine engine;
    private final MatchedQueue queue;
    private final ActiveMessages activeMessages;
    private final PinnedBuffers pinned = new PinnedBuffers();
    private final Mover mover;
    private final Turns turns;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Endpoint(Device device, Context context, EndpointOptions options) {
        this.device = device;
        this.context = context;
        this.options = options;
        EndpointId id =
                EndpointId.of(
                        context.address().lid(),
                        context.address().context(),
                        0,
                        0,
                        context.family());
        EngineSettings settings = options.settings(host(), RunId.next(), context.maxPayloadBytes());
        if (!settings.ofEverybody()) {
            context.setPartitionKey(settings.pkey());
        }
        engine =
                new MessageEngine(
                        id,
                        settings,
                        new ChipPort(device, context, pinned, settings),
                        options.ways(),
                        new ChipDirectPort(id.lid(), context.direct(), pinned),
                        System.nanoTime());
        if (device.recorder() != null) {
            engine.trace(new EndpointFlight(device.recorder(), id));
        }
        queue = new MatchedQueue(this, engine);
        activeMessages = new ActiveMessages(this, engine.active());
        mover = new Mover(context, engine);
        turns =
                settings.progressThread()
                        ? new ProgressThread(engine, mover, context.sleeper())
                        : new OneThread(mover);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost"; // no name of its own; peers only show it
        }
    }

    /**
     * Opens a context of the chip for it.
     *
     * @throws SoftpathException as {@link Device#open} and {@link Device#openContext()}
     */
    public static Endpoint open(EndpointOptions options) {
        Device device = Device.open(options.device());
        try {
            Endpoint endpoint = new Endpoint(device, device.openContext(), options);
            if (endpoint.turns instanceof ProgressThread thread) {
                thread.start();
            }
            return endpoint;
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
    }

    /** What to tell peers, who connect to it. */
    public EndpointId id() {
        return engine.own();
    }

    /** The queue of its messages. */
    public MatchedQueue queue() {
        return queue;
    }

    /** Messages that call a handler at their receiver. */
    public ActiveMessages activeMessages() {
        return activeMessages;
    }

    /**
     * Makes memory that long messages can go straight from and into: pass segments of it, whole or
     * in part, to {@link MatchedQueue}. It goes with the endpoint, if it is not closed before.
     *
     * @param bytes rounded up to whole pages
     * @throws SoftpathException.Exhausted ENOMEM if the limit of locked memory does not allow it
     */
    public PinnedRegion pin(long bytes) {
        turns.enter();
        try {
            PinnedRegion region = context.pinShareable(bytes);
            pinned.add(region);
            return region;
        } finally {
            turns.leave();
        }
    }

    /** What the engine has counted. */
    public EngineCounters counters() {
        return engine.counters();
    }

    /**
     * Takes what has arrived and sends what can be sent. Never waits.
     *
     * @return whether anything was done
     * @throws SoftpathException.Lost ENOTCONN if the daemon is gone, EIO if the unit has failed
     * @throws SoftpathException.Refused EDEADLK within the handler of an active message
     * @throws RuntimeException what handlers and completions have thrown, here or in the progress
     *     thread; all else is done
     */
    public boolean progress() {
        turns.enter();
        try {
            if (engine.active().isDelivering()) {
                throw SoftpathException.of(
                        Errno.EDEADLK,
                        "progress: called by the handler of an active message, which must not"
                                + " wait: let it return first");
            }
            turns.looks();
            boolean done = mover.advance();
            if (done) {
                turns.changed();
            }
            engine.throwOnce();
            return done;
        } finally {
            turns.leave();
        }
    }

    /**
     * Makes progress until something holds: looks for a while, then yields, then sleeps until the
     * chip interrupts or the protocol has something to do.
     *
     * @param condition asked again and again, while nobody else uses the endpoint
     * @return whether it holds; false when the time is over
     * @throws RuntimeException as {@link #progress}
     */
    public boolean await(BooleanSupplier condition, Duration timeout) {
        return await(condition, null, timeout);
    }

    /** As {@link #await(BooleanSupplier, Duration)}, until a request is complete. */
    boolean await(Request request, Duration timeout) {
        return request.isComplete() || await(null, request, timeout);
    }

    private boolean await(BooleanSupplier condition, Request request, Duration timeout) {
        long start = 0;
        long limit = 0;
        int idle = 0;
        int spins;
        boolean interrupted = false;
        try {
            for (int i = 1; ; i++) {
                turns.enter();
                try {
                    if (holds(condition, request)) {
                        return true;
                    }
                    if (progress()) {
                        idle = 0;
                        continue;
                    }
                    idle++;
                    spins = mover.spins();
                    if (idle >= spins || i % Mover.LOOKS_PER_CLOCK == 0) {
                        long now = System.nanoTime();
                        if (start == 0) {
                            start = now;
                            limit = nanos(timeout);
                        }
                        long waited = now - start;
                        if (waited >= limit) {
                            return holds(condition, request);
                        }
                        if (idle >= spins + YIELDS) {
                            interrupted |= turns.rest(limit - waited);
                            continue;
                        }
                    }
                } finally {
                    turns.leave();
                }
                if (idle < spins) {
                    if (idle % LOOKS_PER_PAUSE == 0 || mover.streams()) {
                        Thread.onSpinWait();
                    }
                } else {
                    Thread.yield();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean holds(BooleanSupplier condition, Request request) {
        return request != null ? request.isComplete() : condition.getAsBoolean();
    }

    private static long nanos(Duration timeout) {
        try {
            return timeout.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE; // 292 years are as good as what was asked for
        }
    }

    /** The environment has the last word. */
    private static Duration chosen(int seconds, Duration otherwise) {
        return seconds == 0 ? otherwise : Duration.ofSeconds(seconds);
    }

    /** The outcome of connecting to one endpoint; the peer is null unless that is OK. */
    public record Connected(EndpointId id, Peer peer, PsmError outcome) {
        /** ETIMEDOUT, or ECONNREFUSED: what was tried, and what the peer says. */
        SoftpathException refusal(String what) {
            return SoftpathException.of(
                    outcome == PsmError.TIMEOUT ? Errno.ETIMEDOUT : Errno.ECONNREFUSED,
                    what + ": " + outcome.sentence());
        }
    }

    /**
     * Connects to many endpoints, all at once. They must make progress meanwhile.
     *
     * @return one outcome for each id, in the same order
     */
    public List<Connected> connect(List<EndpointId> ids, Duration timeout) {
        Connections connections = engine.connections();
        List<Peer> peers = new ArrayList<>();
        turns.enter();
        try {
            for (EndpointId id : ids) {
                peers.add(connections.connect(id, System.nanoTime()));
            }
        } finally {
            turns.leave();
        }
        await(
                () -> peers.stream().allMatch(connections::isSettled),
                chosen(options.value(PsmVariable.CONNECT_TIMEOUT), timeout));
        turns.enter();
        try {
            List<Connected> all = new ArrayList<>();
            for (int i = 0; i < peers.size(); i++) {
                Peer peer = peers.get(i);
                connections.giveUp(peer, PsmError.TIMEOUT);
                boolean connected = peer.isConnected();
                all.add(
                        new Connected(
                                ids.get(i),
                                connected ? peer : null,
                                connected ? PsmError.OK : connections.outcome(peer)));
            }
            return all;
        } finally {
            turns.leave();
        }
    }

    /**
     * Connects to one endpoint.
     *
     * @throws SoftpathException.Refused ETIMEDOUT, or ECONNREFUSED with what the peer says
     */
    public Peer connect(EndpointId id, Duration timeout) {
        Connected connected = connect(List.of(id), timeout).getFirst();
        if (connected.peer() == null) {
            throw connected.refusal("connect: endpoint=" + id + " outcome=" + connected.outcome());
        }
        return connected.peer();
    }

    /**
     * Parts from a peer when all that was sent to it has arrived, or at once.
     *
     * @param graceful wait for what is under way, and for the peer's answer
     * @return {@link PsmError#OK}, or {@link PsmError#EP_CLOSE_TIMEOUT}
     */
    public PsmError disconnect(Peer peer, boolean graceful, Duration timeout) {
        long start = System.nanoTime();
        Connections connections = engine.connections();
        boolean drained = !graceful || await(() -> engine.isIdle(peer), timeout);
        part(List.of(peer));
        if (graceful) {
            Duration left = timeout.minusNanos(System.nanoTime() - start);
            await(() -> connections.isSettled(peer), left.isNegative() ? Duration.ZERO : left);
        }
        turns.enter();
        try {
            boolean parted = connections.isSettled(peer);
            connections.giveUp(peer, PsmError.EP_CLOSE_TIMEOUT);
            return drained && (parted || !graceful) ? PsmError.OK : PsmError.EP_CLOSE_TIMEOUT;
        } finally {
            turns.leave();
        }
    }

    private void part(List<Peer> peers) {
        turns.enter();
        try {
            peers.forEach(peer -> engine.connections().disconnect(peer, System.nanoTime()));
        } finally {
            turns.leave();
        }
    }

    private List<Peer> connectedPeers() {
        turns.enter();
        try {
            return engine.connections().connected();
        } finally {
            turns.leave();
        }
    }

    /**
     * Gives the context back, without a word to peers; {@link #close(Duration)} tells them. Ends
     * the progress thread first, if there is one.
     *
     * @throws SoftpathException.Refused ETIMEDOUT if that thread is in a handler or completion that
     *     does not return within seconds; nothing is given back then
     */
    @Override
    public void close() {
        turns.stop();
        if (!closed.getAndSet(true)) {
            try {
                context.close();
            } finally {
                device.close();
            }
        }
    }

    /**
     * Waits until all that was sent has arrived, parts from every peer, and gives the context back.
     * In between it goes on serving peers that have not parted yet, as long as they are heard of: a
     * second, or longer if they say something. A peer of PSM's library is answered for a quarter of
     * a second more, should the last answer be lost.
     *
     * @return {@link PsmError#OK}, or {@link PsmError#EP_CLOSE_TIMEOUT}: somebody has not answered
     */
    public PsmError close(Duration asked) {
        Duration timeout = chosen(options.value(PsmVariable.CLOSE_TIMEOUT), asked);
        long start = System.nanoTime();
        Connections connections = engine.connections();
        List<Peer> peers = connectedPeers();
        boolean drained = await(() -> peers.stream().allMatch(engine::isIdle), timeout);
        part(peers);
        Duration left = timeout.minusNanos(System.nanoTime() - start);
        boolean parted =
                await(
                        () -> peers.stream().allMatch(connections::isSettled),
                        left.isNegative() ? Duration.ZERO : left);
        serveTheLast(nanos(timeout) / 2);
        close();
        return drained && parted ? PsmError.OK : PsmError.EP_CLOSE_TIMEOUT;
    }

    private void serveTheLast(long longestNs) {
        long end = System.nanoTime() + longestNs;
        Connections connections = engine.connections();
        boolean heard = true;
        while (heard && !connections.allHaveParted() && end - System.nanoTime() > 0) {
            long before = moved();
            await(connections::allHaveParted, GRACE);
            heard = moved() != before;
        }
        BooleanSupplier isQuiet = () -> !connections.mayBeAskedToPart(System.nanoTime());
        while (!isQuiet.getAsBoolean() && end - System.nanoTime() > 0) {
            await(isQuiet, MOMENT);
        }
    }

    private long moved() {
        turns.enter();
        try {
            return mover.moved();
        } finally {
            turns.leave();
        }
    }

    /** What comes between these two may touch the engine. */
    void enter() {
        turns.enter();
    }

    void leave(boolean changed) {
        if (changed) {
            turns.changed();
        }
        turns.leave();
    }

    @Override
    public String toString() {
        return "endpoint=" + id();
    }
}
