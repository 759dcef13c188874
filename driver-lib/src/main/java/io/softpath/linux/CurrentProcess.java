package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process is, and what it may tell the kernel about itself. */
public final class CurrentProcess {
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_GET_DUMPABLE = 3;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int CPU_MASK_BYTES = 1024;

    private CurrentProcess() {}

    public static int pid() {
        return (int) ProcessHandle.current().pid();
    }

    public static int uid() {
        return NativeCalls.callInt(NativeCalls.GETUID, 0, 0, 0);
    }

    /** The kernel's number of the calling thread. */
    public static int threadId() {
        return NativeCalls.callInt(NativeCalls.GETTID, 0, 0, 0);
    }

    /**
     * Makes the process undumpable: no other process of the same user can trace it, take its
     * descriptors or read and write its memory. Signals still reach it. Its {@code /proc} files
     * then belong to root, but it can read its own.
     */
    public static void makeUndumpable() {
        prctl("prctl(PR_SET_DUMPABLE)", PR_SET_DUMPABLE, 0);
    }

    public static boolean isDumpable() {
        return prctl("prctl(PR_GET_DUMPABLE)", PR_GET_DUMPABLE, 0) != 0;
    }

    /**
     * Asks for a signal when the parent <em>thread</em>, the one that started this process, ends.
     * If the parent may be dead already, compare the parent's number afterwards.
     *
     * @param signal 9 is SIGKILL, 15 SIGTERM; 0 takes the wish back
     */
    public static void signalOnParentDeath(int signal) {
        prctl("prctl(PR_SET_PDEATHSIG)", PR_SET_PDEATHSIG, signal);
    }

    /** How many CPUs the calling thread may run on. */
    public static int cpuCount() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(CPU_MASK_BYTES, 8);
            NativeCalls.check(
                    "sched_getaffinity",
                    NativeCalls.callInt(
                            NativeCalls.SCHED_GETAFFINITY, 0, CPU_MASK_BYTES, mask.address()),
                    "");
            int count = 0;
            for (long offset = 0; offset < CPU_MASK_BYTES; offset += 8) {
                count += Long.bitCount(mask.get(JAVA_LONG, offset));
            }
            return count;
        }
    }

    /**
     * Whether a descriptor of this process, such as 2 for standard error, is a terminal.
     * System.console() asks about all three at once.
     */
    public static boolean isTerminal(int descriptor) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }

    private static int prctl(String call, int option, long argument) {
        return (int)
                NativeCalls.check(
                        call,
                        NativeCalls.callInt(NativeCalls.PRCTL, option, argument, 0),
                        "pid=" + pid() + " argument=" + argument);
    }
}
