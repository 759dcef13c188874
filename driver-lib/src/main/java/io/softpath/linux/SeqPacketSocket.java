package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.error.SoftpathException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * One end of an {@code AF_UNIX} sequenced-packet connection: whole messages, in order, with
 * descriptors if wanted.
 *
 * <p>Messages are copied between the caller's segment (native or heap) and a buffer of this socket,
 * so that no closing of an arena can pull memory from under the kernel. Nothing is allocated per
 * message once the buffers have grown to the largest message, except for descriptors.
 *
 * <p>Any thread may send while another receives; two senders wait for each other, as do two
 * receivers. {@link #close} ends a blocked call of another thread: its receive returns {@link
 * #END}, its send throws.
 */
public final class SeqPacketSocket implements AutoCloseable {
    /** The peer has closed its end, and every message it had sent has been received. */
    public static final int END = 0;

    /** Nothing to receive now. */
    public static final int WOULD_BLOCK = -1;

    /**
     * A message was longer than the segment or carried too many descriptors; it is lost and its
     * descriptors are closed.
     */
    public static final int TRUNCATED = -2;

    /** The most descriptors the kernel takes in one message (SCM_MAX_FD). */
    public static final int MAX_FDS = 253;

    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SO_PEERPIDFD = 77;
    private static final int SO_SNDTIMEO = 21;
    private static final int SIOCOUTQ = 0x5411;
    private static final int SHUT_RDWR = 2;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final long NS_PER_SECOND = 1_000_000_000L;
    private static final long NS_PER_US = 1_000L;

    private final Fd fd;
    private final MessageBuffer out = new MessageBuffer();
    private final MessageBuffer in = new MessageBuffer();

    SeqPacketSocket(Fd fd) {
        this.fd = fd;
    }

    /** As {@link #connect(Path, Duration)}, with ten seconds of patience. */
    public static SeqPacketSocket connect(Path path) {
        return connect(path, CONNECT_TIMEOUT);
    }

    /**
     * Connects to a listener; waits while its backlog is full, which it stays if the listener's
     * process is stopped.
     *
     * @throws io.softpath.error.SoftpathException ENOENT: no such file; ECONNREFUSED: nobody
     *     listens there; EACCES: not allowed; EPROTOTYPE: another kind of socket; ENAMETOOLONG;
     *     ETIMEDOUT: the backlog stayed full
     */
    public static SeqPacketSocket connect(Path path, Duration timeout) {
        long start = System.nanoTime();
        Fd fd = SocketAddress.socket(0, "socket:" + path);
        int number = fd.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = SocketAddress.of(path, arena);
            MemorySegment timeval = arena.allocate(16, 8);
            int result;
            do {
                long left = TimeUnit.NANOSECONDS.convert(timeout) - (System.nanoTime() - start);
                sendTimeout(number, timeval, Math.max(left, NS_PER_US)); // 0 would be for ever
                result =
                        NativeCalls.callInt(
                                NativeCalls.CONNECT, number, address.address(), address.byteSize());
            } while (result == -NativeCalls.EINTR);
            if (result == -NativeCalls.EAGAIN) {
                throw NativeCalls.failure(
                        "connect",
                        NativeCalls.ETIMEDOUT,
                        "path=" + path + " timeoutMs=" + timeout.toMillis());
            }
            NativeCalls.check("connect", result, "path=" + path);
            sendTimeout(number, timeval, 0);
            return new SeqPacketSocket(fd);
        } catch (RuntimeException e) {
            fd.close();
            throw e;
        } finally {
            fd.leave();
        }
    }

    /** How long connect and send wait; 0 is for ever. */
    private static void sendTimeout(int number, MemorySegment timeval, long ns) {
        timeval.setAtIndex(JAVA_LONG, 0, ns / NS_PER_SECOND);
        timeval.setAtIndex(JAVA_LONG, 1, ns % NS_PER_SECOND / NS_PER_US);
        NativeCalls.check(
                "setsockopt(SO_SNDTIMEO)",
                NativeCalls.callInt(
                        NativeCalls.SETSOCKOPT,
                        number,
                        SOL_SOCKET,
                        SO_SNDTIMEO,
                        timeval.address(),
                        timeval.byteSize(),
                        0),
                "ns=" + ns);
    }

    /** Two connected ends. */
    public static List<SeqPacketSocket> pair() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(8, 4);
            NativeCalls.check(
                    "socketpair",
                    NativeCalls.callInt(
                            NativeCalls.SOCKETPAIR,
                            SocketAddress.AF_UNIX,
                            SocketAddress.SOCK_SEQPACKET | SocketAddress.SOCK_CLOEXEC,
                            0,
                            numbers.address(),
                            0,
                            0),
                    "");
            return List.of(
                    new SeqPacketSocket(Fd.own(numbers.get(JAVA_INT, 0), "socketpair:0")),
                    new SeqPacketSocket(Fd.own(numbers.get(JAVA_INT, 4), "socketpair:1")));
        }
    }

    /**
     * Sends the first {@code length} bytes of {@code message}, and copies of these descriptors;
     * waits while the peer's queue is full.
     *
     * @param length in bytes, at least 1: an empty message would look like the end to the peer
     * @param fds at most {@link #MAX_FDS}; they stay open here
     * @throws io.softpath.error.SoftpathException EPIPE, ECONNRESET: the peer is gone; EMSGSIZE:
     *     more than the socket's buffer; EINVAL: empty, or too many descriptors; EBADF: closed
     */
    public void send(MemorySegment message, long length, Fd... fds) {
        send(message, length, MSG_NOSIGNAL, fds);
    }

    /**
     * As {@link #send(MemorySegment, long, Fd...)}, but never waits.
     *
     * @return false if the peer's queue is full; nothing was sent
     */
    public boolean trySend(MemorySegment message, long length, Fd... fds) {
        return send(message, length, MSG_NOSIGNAL | MSG_DONTWAIT, fds);
    }

    private boolean send(MemorySegment message, long length, int flags, Fd... fds) {
        if (length < 1 || fds.length > MAX_FDS) {
            throw NativeCalls.failure(
                    "sendmsg",
                    NativeCalls.EINVAL,
                    fd + " bytes=" + length + " fds=" + fds.length + " maxFds=" + MAX_FDS);
        }
        Objects.checkFromIndexSize(0, length, message.byteSize()); // before there is room made
        int number = fd.enter();
        int entered = 0;
        try {
            synchronized (out) {
                out.ready(length, fds.length);
                MemorySegment.copy(message, 0, out.data(), 0, length);
                for (; entered < fds.length; entered++) {
                    out.fd(entered, fds[entered].enter());
                }
                long result;
                do {
                    result = NativeCalls.sendmsg(number, out.header(), flags);
                } while (result == -NativeCalls.EINTR);
                if (result == -NativeCalls.EAGAIN) {
                    return false;
                }
                if (NativeCalls.failed(result)) {
                    throw NativeCalls.failure("sendmsg", (int) -result, fd + " bytes=" + length);
                }
                return true;
            }
        } finally {
            for (int i = 0; i < entered; i++) {
                fds[i].leave();
            }
            fd.leave();
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Waits for a message and copies it to the start of {@code into}. Descriptors that the peer
     * attached are dropped by the kernel.
     *
     * @return its length in bytes, {@link #END} or {@link #TRUNCATED}
     */
    public int receive(MemorySegment into) {
        return receive(into, 0, null, 0);
    }

    /**
     * As {@link #receive(MemorySegment)}, but never waits.
     *
     * @return its length in bytes, {@link #END}, {@link #WOULD_BLOCK} or {@link #TRUNCATED}
     */
    public int tryReceive(MemorySegment into) {
        return receive(into, 0, null, MSG_DONTWAIT);
    }

    /**
     * Waits for a message and takes over the descriptors that came with it. If this process has no
     * room for even one of them, because so many are open, the message comes without: the kernel
     * has dropped them.
     *
     * @param maxFds 1 to {@link #MAX_FDS}
     * @param fds the descriptors are added here; the caller owns them
     * @return its length in bytes, {@link #END} or {@link #TRUNCATED}
     */
    public int receive(MemorySegment into, int maxFds, List<Fd> fds) {
        return receive(into, checkMaxFds(maxFds), Objects.requireNonNull(fds), 0);
    }

    /**
     * As {@link #receive(MemorySegment, int, List)}, but never waits: also {@link #WOULD_BLOCK}.
     */
    public int tryReceive(MemorySegment into, int maxFds, List<Fd> fds) {
        return receive(into, checkMaxFds(maxFds), Objects.requireNonNull(fds), MSG_DONTWAIT);
    }

    private int checkMaxFds(int maxFds) {
        if (maxFds < 1 || maxFds > MAX_FDS) {
            throw NativeCalls.failure(
                    "recvmsg", NativeCalls.EINVAL, fd + " maxFds=" + maxFds + " bound=" + MAX_FDS);
        }
        return maxFds;
    }

    private long recvmsg(int number, int flags) {
        long result;
        do {
            result = NativeCalls.recvmsg(number, in.header(), flags | MSG_CMSG_CLOEXEC);
        } while (result == -NativeCalls.EINTR);
        return result;
    }

    private int receive(MemorySegment into, int maxFds, List<Fd> fds, int flags) {
        if (into.isReadOnly() || into.byteSize() == 0) {
            throw NativeCalls.failure(
                    "recvmsg",
                    NativeCalls.EINVAL,
                    fd + " intoBytes=" + into.byteSize() + " readOnly=" + into.isReadOnly());
        }
        int number = fd.enter();
        try {
            synchronized (in) {
                in.ready(Math.min(into.byteSize(), Integer.MAX_VALUE), maxFds);
                long result = recvmsg(number, flags);
                if (result == -NativeCalls.ECONNRESET) {
                    // Said once, before what the peer sent last: that is what counts.
                    result = recvmsg(number, flags);
                }
                if (result == -NativeCalls.EAGAIN) {
                    return WOULD_BLOCK;
                }
                if (result == -NativeCalls.ECONNRESET) {
                    return END;
                }
                NativeCalls.check("recvmsg", result, fd);
                return take((int) result, into, maxFds, fds);
            }
        } finally {
            fd.leave();
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Room for one descriptor is room for two, because the kernel pads: so count what really came.
     */
    private int take(int length, MemorySegment into, int maxFds, List<Fd> fds) {
        int received = in.receivedFds();
        int flags = in.flags();
        boolean fdsLost = received > 0 && (flags & MSG_CTRUNC) != 0;
        if ((flags & MSG_TRUNC) != 0 || fdsLost || received > maxFds) {
            for (int i = 0; i < received; i++) {
                NativeCalls.callInt(NativeCalls.CLOSE, in.fd(i), 0, 0);
            }
            return TRUNCATED;
        }
        int taken = 0;
        try {
            // everything that can fail comes before the caller owns a descriptor
            MemorySegment.copy(in.data(), 0, into, 0, length);
            for (; taken < received; taken++) {
                fds.add(Fd.own(in.fd(taken), "received:" + fd.name()));
            }
        } finally {
            for (int i = taken; i < received; i++) {
                NativeCalls.callInt(NativeCalls.CLOSE, in.fd(i), 0, 0);
            }
        }
        return length;
    }

    /**
     * Memory that messages use which were sent and not yet received by the peer, in bytes of the
     * kernel's; 0 if it has received all of them.
     */
    public int unreadBytes() {
        int number = fd.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(4, 4);
            NativeCalls.check(
                    "ioctl(SIOCOUTQ)",
                    NativeCalls.callInt(NativeCalls.IOCTL, number, SIOCOUTQ, value.address()),
                    fd);
            return value.get(JAVA_INT, 0);
        } finally {
            fd.leave();
        }
    }

    /** Who the peer was when it connected, from the kernel, not from any message. */
    public PeerCredentials peer() {
        int number = fd.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(12, 4);
            MemorySegment length = arena.allocateFrom(JAVA_INT, 12);
            NativeCalls.check(
                    "getsockopt(SO_PEERCRED)",
                    NativeCalls.callInt(
                            NativeCalls.GETSOCKOPT,
                            number,
                            SOL_SOCKET,
                            SO_PEERCRED,
                            value.address(),
                            length.address(),
                            0),
                    fd);
            return new PeerCredentials(
                    value.getAtIndex(JAVA_INT, 0),
                    value.getAtIndex(JAVA_INT, 1),
                    value.getAtIndex(JAVA_INT, 2));
        } finally {
            fd.leave();
        }
    }

    /**
     * A descriptor of the peer process itself, which becomes readable ({@link PollEvents#IN}) when
     * the process is dead. From the socket where the kernel can (Linux 6.5), else by process
     * number.
     *
     * @throws io.softpath.error.SoftpathException ESRCH: it is dead and gone already; EMFILE,
     *     ENFILE
     */
    public PidFd peerProcess() {
        try {
            return peerProcessFromSocket();
        } catch (SoftpathException e) {
            if (e.errno().number() != NativeCalls.ENOPROTOOPT) {
                throw e;
            }
            return PidFd.open(peer().pid());
        }
    }

    PidFd peerProcessFromSocket() {
        int number = fd.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(4, 4);
            MemorySegment length = arena.allocateFrom(JAVA_INT, 4);
            NativeCalls.check(
                    "getsockopt(SO_PEERPIDFD)",
                    NativeCalls.callInt(
                            NativeCalls.GETSOCKOPT,
                            number,
                            SOL_SOCKET,
                            SO_PEERPIDFD,
                            value.address(),
                            length.address(),
                            0),
                    fd);
            return PidFd.own(value.get(JAVA_INT, 0), peer().pid());
        } finally {
            fd.leave();
        }
    }

    public Fd fd() {
        return fd;
    }

    /** Closes once and wakes whoever is blocked in a call on this socket. */
    @Override
    public void close() {
        if (!fd.isOpen()) {
            return;
        }
        int number;
        try {
            number = fd.enter();
        } catch (RuntimeException closedMeanwhile) {
            return;
        }
        try {
            NativeCalls.callInt(NativeCalls.SHUTDOWN, number, SHUT_RDWR, 0);
            fd.close();
        } finally {
            fd.leave();
        }
    }

    @Override
    public String toString() {
        return fd.toString();
    }

    /**
     * The memory that one sendmsg or recvmsg needs.
     *
     * <pre>
     * msghdr, 56 bytes:  0 name  8 namelen  16 iov  24 iovlen  32 control  40 controllen  48 flags
     * iovec, 16 bytes:   0 base  8 length
     * cmsghdr:           0 length (qword)  8 level  12 type  16 descriptors (dwords)
     * </pre>
     */
    private static final class MessageBuffer {
        private static final int IOV = 56;
        private static final int CONTROL = 72;
        private static final int CMSG_HEADER = 16;
        private static final int SCM_RIGHTS = 1;
        private static final int FIRST_DATA_BYTES = 4096;

        private final MemorySegment header =
                Arena.ofAuto().allocate(CONTROL + controlBytes(MAX_FDS), 8);
        private MemorySegment data = MemorySegment.NULL;

        private static long controlBytes(int fds) {
            return fds == 0 ? 0 : CMSG_HEADER + (4L * fds + 7 & ~7L);
        }

        /**
         * Describes a message of this size. The kernel overwrites parts of the header, so each call
         * begins here.
         */
        void ready(long dataBytes, int fds) {
            if (data.byteSize() < dataBytes) {
                data = Arena.ofAuto().allocate(Math.max(dataBytes, FIRST_DATA_BYTES), 8);
            }
            long address = header.address();
            header.set(JAVA_LONG, 0, 0);
            header.set(JAVA_LONG, 8, 0);
            header.set(JAVA_LONG, 16, address + IOV);
            header.set(JAVA_LONG, 24, 1);
            header.set(JAVA_LONG, 32, fds == 0 ? 0 : address + CONTROL);
            header.set(JAVA_LONG, 40, controlBytes(fds));
            header.set(JAVA_INT, 48, 0);
            header.set(JAVA_LONG, IOV, data.address());
            header.set(JAVA_LONG, IOV + 8, dataBytes);
            header.set(JAVA_LONG, CONTROL, CMSG_HEADER + 4L * fds);
            header.set(JAVA_INT, CONTROL + 8, SOL_SOCKET);
            header.set(JAVA_INT, CONTROL + 12, SCM_RIGHTS);
        }

        long header() {
            return header.address();
        }

        MemorySegment data() {
            return data;
        }

        int flags() {
            return header.get(JAVA_INT, 48);
        }

        void fd(int index, int number) {
            header.set(JAVA_INT, CONTROL + CMSG_HEADER + 4L * index, number);
        }

        int fd(int index) {
            return header.get(JAVA_INT, CONTROL + CMSG_HEADER + 4L * index);
        }

        /** How many descriptors the kernel put into this process. */
        int receivedFds() {
            if (header.get(JAVA_LONG, 40) < CMSG_HEADER
                    || header.get(JAVA_INT, CONTROL + 8) != SOL_SOCKET
                    || header.get(JAVA_INT, CONTROL + 12) != SCM_RIGHTS) {
                return 0;
            }
            return (int) (header.get(JAVA_LONG, CONTROL) - CMSG_HEADER) / 4;
        }
    }
}
