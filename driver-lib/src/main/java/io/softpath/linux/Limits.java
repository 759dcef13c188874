package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process may use: locked memory, open files, shared memory. Any thread. */
public final class Limits {
    private static final int RLIMIT_NOFILE = 7;
    private static final int RLIMIT_MEMLOCK = 8;

    private Limits() {}

    /**
     * A soft and a hard limit, in bytes or files; {@link #UNLIMITED} if there is none.
     *
     * @param soft what is enforced
     * @param hard how far the process itself may raise it
     */
    public record Limit(long soft, long hard) {
        /** RLIM_INFINITY. */
        public static final long UNLIMITED = -1;

        public boolean allows(long amount) {
            return soft == UNLIMITED || amount <= soft;
        }

        private static String text(long limit) {
            return limit == UNLIMITED ? "unlimited" : Long.toString(limit);
        }

        @Override
        public String toString() {
            return text(soft) + "/" + text(hard);
        }
    }

    /**
     * A file system in memory.
     *
     * @param totalBytes its size
     * @param usableBytes what is free for this user
     */
    public record SharedMemory(long totalBytes, long usableBytes) {}

    /** Bytes that may be locked in memory; does not bind a process with CAP_IPC_LOCK. */
    public static Limit memlock() {
        return limit(RLIMIT_MEMLOCK, "RLIMIT_MEMLOCK");
    }

    /** Descriptors that may be open. */
    public static Limit openFiles() {
        return limit(RLIMIT_NOFILE, "RLIMIT_NOFILE");
    }

    /** {@code /dev/shm}: containers often make it small. */
    public static SharedMemory sharedMemory() {
        return sharedMemory(Path.of("/dev/shm"));
    }

    static SharedMemory sharedMemory(Path where) {
        try {
            FileStore store = Files.getFileStore(where);
            return new SharedMemory(store.getTotalSpace(), store.getUsableSpace());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Limit limit(int resource, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(16, 8);
            NativeCalls.check(
                    "getrlimit",
                    NativeCalls.callInt(NativeCalls.GETRLIMIT, resource, pair.address(), 0),
                    "resource=" + name);
            return new Limit(pair.get(JAVA_LONG, 0), pair.get(JAVA_LONG, 8));
        }
    }
}
