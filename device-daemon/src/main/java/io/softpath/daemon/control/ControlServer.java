package io.softpath.daemon.control;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.region.MapRules;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.Epoll;
import io.softpath.linux.EventFd;
import io.softpath.linux.Fd;
import io.softpath.linux.MemlockLimit;
import io.softpath.linux.PeerCredentials;
import io.softpath.linux.PollEvents;
import io.softpath.linux.SeqPacketListener;
import io.softpath.linux.SeqPacketSocket;

import org.agrona.ErrorHandler;
import org.agrona.collections.Long2ObjectHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * The sockets of the control channel: accepts connections, reads requests, sends answers, notices
 * deaths.
 *
 * <p>Never waits for a client. Each connection has a budget of requests per look, and each look one
 * of time, so one that floods starves nobody; one that does not take its answers is closed. End of
 * file is the kernel saying that the process is gone or has closed: everything it had is given back
 * at once. Descriptors that a client pushes are dropped by the kernel, because nothing is received
 * with room for them.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int MAX_EVENTS = 64;
    private static final int BACKLOG = 128;

    /** Requests of one connection per look. */
    private static final int REQUEST_BUDGET = 8;

    /** Connections accepted from one node per look. */
    private static final int ACCEPT_BUDGET = 8;

    /** Replies with a descriptor, one after the other, before all of which one was unread. */
    private static final int MAX_UNREAD_FILES = 32;

    /** How long no connection is accepted after descriptors ran out. */
    private static final long ACCEPT_PAUSE_NS = 100_000_000L;

    private static final long FOREVER = -1;
    private static final long WAKE_TAG = 0;
    private static final long FIRST_CONNECTION_TAG = 1_000;

    private final List<UnitDriver> units;
    private final RequestHandler handler;
    private final PinAccounts pinAccounts;
    private final int maxOpenFiles;
    private final ErrorHandler errorHandler;
    private final LongSupplier nanoClock;
    private final LongSupplier epochMs;
    private final LogLimit logLimit;
    private final Epoll epoll;
    private final EventFd wake;
    private final List<Node> nodes = new ArrayList<>();
    private final Long2ObjectHashMap<Connection> connections = new Long2ObjectHashMap<>();
    private final MemorySegment request =
            Arena.ofAuto().allocate(ControlRecord.MAX_REQUEST_BYTES, Long.BYTES);
    private final MemorySegment reply =
            Arena.ofAuto().allocate(ControlRecord.MAX_REPLY_BYTES, Long.BYTES);
    private long nextTag = FIRST_CONNECTION_TAG;
    private long acceptAgainNs;
    private boolean acceptPaused;

    /** What the last look found ready, and how much of it has been served. */
    private int ready;

    private int served;

    /** Null if nobody records. */
    private ControlTrace trace;

    /** A socket file that clients open: a unit, or any unit. */
    private record Node(int unit, SeqPacketListener listener) {}

    /**
     * @param units by number, without gaps
     * @param statistics the descriptor of a unit's statistics file, just published
     * @param errorHandler hears of what should not have happened
     */
    public ControlServer(
            List<UnitDriver> units,
            MapRules rules,
            int maxOpenFiles,
            IntFunction<Fd> statistics,
            ErrorHandler errorHandler,
            LongSupplier nanoClock,
            LongSupplier epochMs) {
        this.units = units;
        this.maxOpenFiles = maxOpenFiles;
        this.errorHandler = errorHandler;
        this.nanoClock = nanoClock;
        this.epochMs = epochMs;
        logLimit = new LogLimit(LOG, nanoClock);
        pinAccounts = new PinAccounts(MemlockLimit::of, nanoClock);
        handler =
                new RequestHandler(
                        units,
                        rules,
                        CurrentProcess.uid(),
                        epochMs.getAsLong(),
                        statistics,
                        pinAccounts,
                        file -> new ClientMemory(file.peer().uid(), file.account().process()),
                        epochMs);
        epoll = Epoll.create(MAX_EVENTS);
        boolean made = false;
        try {
            wake = EventFd.create("daemon-wake");
            made = true;
        } finally {
            if (!made) {
                epoll.close();
            }
        }
        epoll.add(wake.fd(), PollEvents.IN, WAKE_TAG);
    }

    /**
     * Starts listening.
     *
     * @param unit whose node it is, or -1 for any unit
     * @throws SoftpathException EADDRINUSE, EACCES, ENAMETOOLONG
     */
    public void listen(Path path, int unit, Set<PosixFilePermission> mode) {
        SeqPacketListener listener = SeqPacketListener.listen(path, mode, BACKLOG);
        nodes.add(new Node(unit, listener));
        epoll.add(listener.fd(), PollEvents.IN, nodes.size());
    }

    /** From now on somebody hears of each request; before the first {@link #poll}. */
    public void trace(ControlTrace listener) {
        trace = listener;
        pinAccounts.trace(listener);
    }

    /**
     * Looks at all sockets.
     *
     * @param timeoutNs how long to wait for one to be ready; 0 only looks, negative waits until
     *     somebody comes or {@link #wake}
     * @param lookNs how long to serve those who are ready; the others are served by the next call
     * @return how many were served
     */
    public int poll(long timeoutNs, long lookNs) {
        if (served == ready) {
            served = 0;
            ready = epoll.await(timeoutNs);
        }
        int before = served;
        if (served < ready) {
            long start = nanoClock.getAsLong();
            do {
                serve(epoll.tag(served++), start, lookNs);
            } while (served < ready && isTimeLeft(start, lookNs));
        }
        if (acceptPaused && nanoClock.getAsLong() - acceptAgainNs >= 0) {
            pauseAccepting(false);
        }
        return served - before;
    }

    private boolean isTimeLeft(long startNs, long lookNs) {
        return nanoClock.getAsLong() - startNs < lookNs;
    }

    private void serve(long tag, long startNs, long lookNs) {
        if (tag == WAKE_TAG) {
            wake.drain();
        } else if (tag < FIRST_CONNECTION_TAG) {
            accept(nodes.get((int) tag - 1));
        } else {
            Connection connection = connections.get(tag);
            if (connection != null) {
                connection.serve(startNs, lookNs);
            }
        }
    }

    /** Ends a {@link #poll} that waits; any thread. */
    public void wake() {
        wake.signal();
    }

    /** How long {@link #poll} may wait at most; negative if for ever. */
    public long nextDeadlineNs(long nowNs) {
        return acceptPaused ? Math.max(0, acceptAgainNs - nowNs) : FOREVER;
    }

    /** Connections open now. */
    public int openFiles() {
        return connections.size();
    }

    private void accept(Node node) {
        for (int i = 0; i < ACCEPT_BUDGET; i++) {
            SeqPacketSocket socket;
            try {
                socket = node.listener().accept();
            } catch (SoftpathException e) {
                if (logLimit.permits()) {
                    LOG.warn(
                            "cannot accept for {} ms: {}",
                            ACCEPT_PAUSE_NS / 1_000_000,
                            e.getMessage());
                }
                errorHandler.onError(e);
                pauseAccepting(true);
                return;
            }
            if (socket == null) {
                return;
            }
            Faults.at(FaultPoint.DAEMON_ACCEPTED);
            open(node, socket);
        }
    }

    private void open(Node node, SeqPacketSocket socket) {
        Connection connection = null;
        boolean opened = false;
        try {
            PeerCredentials peer = socket.peer();
            if (connections.size() >= maxOpenFiles) {
                if (logLimit.permits()) {
                    LOG.warn(
                            "pid={} uid={} refused: open files limit={} reached",
                            peer.pid(),
                            peer.uid(),
                            maxOpenFiles);
                }
                refuse(socket);
                return;
            }
            connection = new Connection(nextTag++, node.unit(), peer, socket);
            epoll.add(socket.fd(), PollEvents.IN | PollEvents.RDHUP, connection.tag);
            connections.put(connection.tag, connection);
            units.get(Math.max(0, node.unit())).count(DriverCounter.CLIENTS_OPEN);
            if (trace != null) {
                trace.opened(node.unit(), peer.pid(), peer.uid(), peer.gid());
            }
            opened = true;
        } catch (SoftpathException e) {
            if (logLimit.permits()) {
                LOG.warn("connection dropped: {}", e.getMessage());
            }
        } finally {
            if (!opened) {
                socket.close();
            }
        }
    }

    /** The record that a client finds when there is no room for it: a reply to no request. */
    private void refuse(SeqPacketSocket socket) {
        int length =
                ControlRecord.failure(
                        reply,
                        0,
                        0,
                        Errno.Code.ENFILE,
                        "open: the daemon serves limit=" + maxOpenFiles + " open files; close one");
        socket.trySend(reply, length);
    }

    private void pauseAccepting(boolean pause) {
        acceptPaused = pause;
        acceptAgainNs = nanoClock.getAsLong() + ACCEPT_PAUSE_NS;
        for (int i = 0; i < nodes.size(); i++) {
            epoll.modify(nodes.get(i).listener().fd(), pause ? 0 : PollEvents.IN, i + 1);
        }
    }

    /** Closes every connection, as if each client had. */
    public void closeConnections() {
        for (Connection connection : List.copyOf(connections.values())) {
            connection.close("the daemon stops");
        }
    }

    @Override
    public void close() {
        closeConnections();
        for (Node node : nodes) {
            epoll.remove(node.listener().fd());
            node.listener().close();
        }
        nodes.clear();
        epoll.close();
        wake.close();
    }

    /** One connection: one open file. */
    private final class Connection implements Outbox {
        private final long tag;
        private final SeqPacketSocket socket;
        private final OpenFile file;

        /** One request waits for the link; those behind it do not, as other threads would not. */
        private boolean parked;

        private int parkedKind;
        private int parkedTag;
        private int unreadFiles;
        private boolean closed;

        Connection(long tag, int node, PeerCredentials peer, SeqPacketSocket socket) {
            this.tag = tag;
            this.socket = socket;
            file = new OpenFile(node, peer, socket::peerProcess, epochMs.getAsLong(), this);
        }

        void serve(long startNs, long lookNs) {
            try {
                for (int i = 0; i < REQUEST_BUDGET && !closed; i++) {
                    int length = socket.tryReceive(request);
                    if (length == SeqPacketSocket.WOULD_BLOCK) {
                        return;
                    }
                    if (length == SeqPacketSocket.END) {
                        close("closed");
                        return;
                    }
                    handle(length);
                    if (!isTimeLeft(startNs, lookNs)) {
                        return; // what is left in the socket is found ready again
                    }
                }
            } catch (SoftpathException e) {
                close(e.getMessage());
            } catch (RuntimeException | LinkageError e) {
                LOG.error("{}: request failed, closing the client", file, e);
                errorHandler.onError(e);
                close("internal error");
            }
        }

        private void handle(int length) {
            if (length == SeqPacketSocket.TRUNCATED) {
                badRecord(
                        Errno.EMSGSIZE,
                        "request: longer than maximum="
                                + ControlRecord.MAX_REQUEST_BYTES
                                + " bytes");
                return;
            }
            if (length < ControlRecord.MIN_REQUEST_BYTES) {
                badRecord(
                        Errno.EINVAL,
                        "request: bytes="
                                + length
                                + " is less than kind and tag, minimum="
                                + ControlRecord.MIN_REQUEST_BYTES);
                return;
            }
            int kind = ControlRecord.kind(request);
            if (kind == ControlRecord.DOORBELL) {
                unit().count(DriverCounter.DOORBELLS);
                unit().chip().countDoorbell();
                return;
            }
            int requestTag = ControlRecord.tag(request);
            Faults.at(FaultPoint.DAEMON_REQUEST_READ);
            Answer answer = handler.handle(file, request, length);
            Faults.at(FaultPoint.DAEMON_BEFORE_ANSWER);
            if (answer.isLater()) {
                park(kind, requestTag);
            } else {
                if (trace != null) {
                    traceAnswer(length, answer);
                }
                send(kind, requestTag, answer);
                Faults.at(FaultPoint.DAEMON_ANSWERED);
            }
        }

        private void traceAnswer(int length, Answer answer) {
            OpenContext context = file.context();
            trace.answered(
                    unit().number(),
                    context == null ? -1 : context.number,
                    context == null ? -1 : context.subcontext,
                    file.peer().pid(),
                    file.peer().uid(),
                    request,
                    length,
                    answer.result());
        }

        private void badRecord(Errno errno, String sentence) {
            unit().count(DriverCounter.BAD_RECORDS);
            send(0, 0, Answer.refuse(errno, sentence));
        }

        /** The unit that counts for this file. */
        private UnitDriver unit() {
            return file.context() != null
                    ? file.context().unit
                    : units.get(Math.max(0, file.node()));
        }

        private void park(int kind, int requestTag) {
            parked = true;
            parkedKind = kind;
            parkedTag = requestTag;
        }

        @Override
        public void finish(Answer answer) {
            if (!parked || closed) {
                return;
            }
            parked = false;
            OpenContext context = file.context();
            if (trace != null && context != null) {
                trace.answeredLate(
                        context.unit.number(),
                        context.number,
                        context.subcontext,
                        file.peer().pid(),
                        parkedKind,
                        answer.result());
            }
            send(parkedKind, parkedTag, answer);
        }

        @Override
        public void interrupt(int revents) {
            send(ControlRecord.interrupt(reply, revents), null);
        }

        private void send(int kind, int requestTag, Answer answer) {
            byte[] payload = answer.payload();
            MemorySegment.copy(
                    MemorySegment.ofArray(payload),
                    0,
                    reply,
                    ControlRecord.REPLY_PAYLOAD,
                    payload.length);
            try {
                send(
                        ControlRecord.reply(
                                reply, kind, requestTag, answer.result(), payload.length),
                        answer.file());
            } finally {
                if (answer.given()) {
                    answer.file().close();
                }
            }
        }

        private void send(int length, Fd passed) {
            if (closed) {
                return;
            }
            try {
                boolean sent =
                        passed == null
                                ? socket.trySend(reply, length)
                                : takesDescriptors() && socket.trySend(reply, length, passed);
                if (!sent) {
                    unit().count(DriverCounter.CLIENTS_STALLED);
                    close("it does not read its answers");
                }
            } catch (SoftpathException e) {
                close(e.getMessage());
            }
        }

        /**
         * Descriptors under way count against the daemon's user, and the kernel limits them: a
         * client that asks and does not read would use up everybody's.
         */
        private boolean takesDescriptors() {
            unreadFiles = socket.unreadBytes() == 0 ? 1 : unreadFiles + 1;
            return unreadFiles <= MAX_UNREAD_FILES;
        }

        private void close(String why) {
            if (closed) {
                return;
            }
            closed = true;
            connections.remove(tag);
            units.get(Math.max(0, file.node())).count(DriverCounter.CLIENTS_OPEN, -1);
            try {
                OpenContext context = file.context();
                if (trace != null) {
                    trace.closed(
                            unit().number(),
                            context == null ? -1 : context.number,
                            context == null ? -1 : context.subcontext,
                            file.peer().pid(),
                            why);
                }
                if (context != null) {
                    LOG.debug("{}: {}", context, why);
                    handler.closes(file);
                    context.unit.close(context);
                }
            } finally {
                pinAccounts.leave(file);
                epoll.remove(socket.fd());
                socket.close();
            }
        }
    }
}
