package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C library, called through one shape: {@code long f(long, long, long, long, long, long)}.
 *
 * <p>Linux x86-64 and aarch64 pass up to six integer arguments in registers, also for the variadic
 * functions used here (fcntl, open, prctl, syscall), so one descriptor serves all. One shape also
 * means that the linker specialises once: the first handle costs most of the start-up time of this
 * package, the others almost nothing.
 *
 * <p>Results are the kernel's own convention: {@code >= 0}, or {@code -errno}. The handles are not
 * {@link Linker.Option#critical}: many of these calls block, and a thread in a critical call holds
 * up every safepoint.
 */
final class NativeCalls {
    static final int EPERM = 1;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EFAULT = 14;
    static final int EINVAL = 22;
    static final int EMFILE = 24;
    static final int ENAMETOOLONG = 36;
    static final int ENOSYS = 38;
    static final int ENOPROTOOPT = 92;
    static final int EOPNOTSUPP = 95;
    static final int ECONNABORTED = 103;
    static final int ECONNRESET = 104;
    static final int ETIMEDOUT = 110;

    static final boolean X86_64 = "amd64".equals(System.getProperty("os.arch"));

    /** Numbers from pidfd_open on are the same on every architecture. */
    static final long NR_PIDFD_SEND_SIGNAL = 424;

    static final long NR_PIDFD_OPEN = 434;
    private static final long NR_EPOLL_PWAIT2 = 441;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    static final MethodHandle ACCEPT4 = function("accept4");
    static final MethodHandle BIND = function("bind");
    static final MethodHandle CLOSE = function("close");
    static final MethodHandle CONNECT = function("connect");
    static final MethodHandle EPOLL_CREATE1 = function("epoll_create1");
    static final MethodHandle EPOLL_CTL = function("epoll_ctl");
    private static final MethodHandle EPOLL_WAIT = function("epoll_wait");
    static final MethodHandle EVENTFD = function("eventfd");
    static final MethodHandle FALLOCATE = function("fallocate");
    static final MethodHandle FCHMOD = function("fchmod");
    static final MethodHandle FCNTL = function("fcntl");
    static final MethodHandle FTRUNCATE = function("ftruncate");
    static final MethodHandle GETRLIMIT = function("getrlimit");
    static final MethodHandle GETSOCKOPT = function("getsockopt");
    static final MethodHandle GETTID = function("gettid");
    static final MethodHandle GETUID = function("getuid");
    static final MethodHandle IOCTL = function("ioctl");
    static final MethodHandle LINKAT = function("linkat");
    static final MethodHandle LISTEN = function("listen");
    static final MethodHandle MADVISE = function("madvise");
    static final MethodHandle MEMFD_CREATE = function("memfd_create");
    static final MethodHandle MLOCK2 = function("mlock2");
    static final MethodHandle MMAP = function("mmap");
    static final MethodHandle MUNMAP = function("munmap");
    static final MethodHandle OPEN = function("open");
    private static final MethodHandle PPOLL = function("ppoll");
    static final MethodHandle PRCTL = function("prctl");
    static final MethodHandle PROCESS_VM_READV = function("process_vm_readv");
    private static final MethodHandle PROCESS_VM_WRITEV = function("process_vm_writev");
    private static final MethodHandle READ = function("read");
    private static final MethodHandle RECVMSG = function("recvmsg");
    static final MethodHandle SCHED_GETAFFINITY = function("sched_getaffinity");
    static final MethodHandle SEND = function("send");
    private static final MethodHandle SENDMSG = function("sendmsg");
    static final MethodHandle SETSOCKOPT = function("setsockopt");
    static final MethodHandle SHUTDOWN = function("shutdown");
    static final MethodHandle SOCKET = function("socket");
    static final MethodHandle SOCKETPAIR = function("socketpair");
    static final MethodHandle STATX = function("statx");
    static final MethodHandle SYSCALL = function("syscall");
    private static final MethodHandle WRITE = function("write");

    static {
        if (Faults.ON) {
            Faults.signals(number -> callInt(function("raise"), number, 0, 0));
        }
    }

    private NativeCalls() {}

    @SuppressWarnings("restricted")
    static MethodHandle function(String name) {
        MemorySegment address =
                LINKER.defaultLookup()
                        .find(name)
                        .orElseThrow(() ->
                                new UnsupportedOperationException(
                                        "the C library has no function " + name));
        return LINKER.downcallHandle(address, SHAPE, CAPTURE_ERRNO);
    }

    /** Calls a function that returns {@code int}: only the low 32 bits of the register count. */
    static int callInt(MethodHandle f, long a, long b, long c, long d, long e, long g) {
        return (int) call(f, false, a, b, c, d, e, g);
    }

    static int callInt(MethodHandle f, long a, long b, long c) {
        return (int) call(f, false, a, b, c, 0, 0, 0);
    }

    /** A call that a plan can make fail. */
    static int callInt(
            FaultPoint point, MethodHandle f, long a, long b, long c, long d, long e, long g) {
        int errno = Faults.errno(point);
        return errno == 0 ? callInt(f, a, b, c, d, e, g) : -errno;
    }

    /** Calls a function that returns {@code long}, {@code ssize_t} or a pointer. */
    static long callLong(MethodHandle f, long a, long b, long c, long d, long e, long g) {
        return call(f, true, a, b, c, d, e, g);
    }

    static long callLong(MethodHandle f, long a, long b, long c) {
        return call(f, true, a, b, c, 0, 0, 0);
    }

    private static long call(
            MethodHandle f, boolean wide, long a, long b, long c, long d, long e, long g) {
        MemorySegment state = CAPTURED.get();
        try {
            return result((long) f.invokeExact(state, a, b, c, d, e, g), wide, state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static long result(long register, boolean wide, MemorySegment state) {
        long result = wide ? register : (long) (int) register;
        return result == -1L ? -(long) (int) ERRNO.get(state, 0L) : result;
    }

    /** A downcall throws nothing of its own. */
    private static RuntimeException unexpected(Throwable t) {
        if (t instanceof Error error) {
            throw error;
        }
        return t instanceof RuntimeException e ? e : new IllegalStateException(t);
    }

    // What duty cycles call. The handle is a constant at each of these call sites, so that the
    // compiler
    // sees through it and a call allocates nothing; through call() it cannot.

    static long sendmsg(long fd, long header, long flags) {
        int errno = Faults.errno(FaultPoint.SOCKET_SEND);
        if (errno != 0) {
            return -errno;
        }
        MemorySegment state = CAPTURED.get();
        try {
            long register = (long) SENDMSG.invokeExact(state, fd, header, flags, 0L, 0L, 0L);
            return result(register, true, state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static long recvmsg(long fd, long header, long flags) {
        int errno = Faults.errno(FaultPoint.SOCKET_RECEIVE);
        if (errno != 0) {
            return -errno;
        }
        MemorySegment state = CAPTURED.get();
        try {
            long register = (long) RECVMSG.invokeExact(state, fd, header, flags, 0L, 0L, 0L);
            return result(register, true, state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static long read(long fd, long address, long bytes) {
        MemorySegment state = CAPTURED.get();
        try {
            long register = (long) READ.invokeExact(state, fd, address, bytes, 0L, 0L, 0L);
            return result(register, true, state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static long write(long fd, long address, long bytes) {
        MemorySegment state = CAPTURED.get();
        try {
            long register = (long) WRITE.invokeExact(state, fd, address, bytes, 0L, 0L, 0L);
            return result(register, true, state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** With one vector on either side. */
    static long processVmWritev(long pid, long local, long remote) {
        MemorySegment state = CAPTURED.get();
        try {
            long register =
                    (long) PROCESS_VM_WRITEV.invokeExact(state, pid, local, 1L, remote, 1L, 0L);
            return result(register, true, state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int ppoll(long entries, long count, long timespec) {
        int errno = Faults.errno(FaultPoint.WAIT_POLL);
        if (errno != 0) {
            return -errno;
        }
        MemorySegment state = CAPTURED.get();
        try {
            long register = (long) PPOLL.invokeExact(state, entries, count, timespec, 0L, 0L, 0L);
            return (int) result(register, false, state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int epollWait(long fd, long events, long maxEvents, long timeoutMs) {
        int errno = Faults.errno(FaultPoint.WAIT_EPOLL);
        if (errno != 0) {
            return -errno;
        }
        MemorySegment state = CAPTURED.get();
        try {
            long register =
                    (long) EPOLL_WAIT.invokeExact(state, fd, events, maxEvents, timeoutMs, 0L, 0L);
            return (int) result(register, false, state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int epollPwait2(long fd, long events, long maxEvents, long timespec) {
        int errno = Faults.errno(FaultPoint.WAIT_EPOLL);
        if (errno != 0) {
            return -errno;
        }
        MemorySegment state = CAPTURED.get();
        try {
            long register =
                    (long)
                            SYSCALL.invokeExact(
                                    state, NR_EPOLL_PWAIT2, fd, events, maxEvents, timespec, 0L);
            return (int) result(register, true, state);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static boolean failed(long result) {
        return result < 0 && result > -4096;
    }

    /**
     * The result itself, or an exception that names call, errno and object, which only then becomes
     * text.
     */
    static long check(String call, long result, Object object) {
        if (failed(result)) {
            throw failure(call, (int) -result, object);
        }
        return result;
    }

    static SoftpathException failure(String call, int errno, Object object) {
        Errno e = Errno.of(errno);
        String message = call + " failed: errno=" + e.name() + " " + object;
        if (errno == EMFILE) {
            message +=
                    " openFilesLimit="
                            + Limits.openFiles()
                            + " remedy=\"raise it with ulimit -n, prlimit --nofile or"
                            + " LimitNOFILE=\"";
        }
        return SoftpathException.of(e, message);
    }
}
