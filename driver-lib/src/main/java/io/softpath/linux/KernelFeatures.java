package io.softpath.linux;

import io.softpath.error.SoftpathException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tries, with real calls, what softpath would like to have of the running kernel. */
public final class KernelFeatures {
    private static final long PROBE_BYTES = MappedMemory.PAGE_BYTES;

    private KernelFeatures() {}

    /**
     * One thing the kernel may be able to do.
     *
     * @param name as in the kernel's documents
     * @param since the first Linux version that has it
     * @param required false if softpath falls back
     * @param present whether it works here
     * @param note why not, and what happens without it
     */
    public record Feature(
            String name, String since, boolean required, boolean present, String note) {}

    private interface Probe {
        void run();
    }

    /** Probes everything; takes a few milliseconds and leaves nothing behind. */
    public static List<Feature> probe() {
        List<Feature> features = new ArrayList<>();
        add(features, "memfd_create", "3.17", true, "no regions", KernelFeatures::memfd);
        add(
                features,
                "F_SEAL_FUTURE_WRITE",
                "5.1",
                true,
                "no region could be read-only for its users",
                KernelFeatures::futureWrite);
        add(
                features,
                "MFD_NOEXEC_SEAL",
                "6.3",
                false,
                "region files are created without it",
                KernelFeatures::noExec);
        add(
                features,
                "mlock2(MLOCK_ONFAULT)",
                "4.4",
                false,
                "regions are not locked in memory",
                KernelFeatures::lockOnFault);
        add(
                features,
                "MADV_POPULATE",
                "5.14",
                false,
                "pages are made at the first access",
                KernelFeatures::populate);
        add(features, "pidfd_open", "5.3", true, "no watch on a peer", KernelFeatures::pidfd);
        add(
                features,
                "SO_PEERPIDFD",
                "6.5",
                false,
                "a peer is looked up by its process number",
                KernelFeatures::peerPidfd);
        add(
                features,
                "epoll_pwait2",
                "5.11",
                false,
                "waits are rounded up to a millisecond",
                KernelFeatures::epollNanoseconds);
        add(
                features,
                "process_vm_writev",
                "3.2",
                false,
                "pages that a client has not registered cannot be pinned",
                KernelFeatures::processMemory);
        return List.copyOf(features);
    }

    private static void add(
            List<Feature> features,
            String name,
            String since,
            boolean required,
            String without,
            Probe probe) {
        boolean present = true;
        String note = "";
        try {
            probe.run();
        } catch (SoftpathException | UnsupportedOperationException e) {
            present = false;
            note = e.getMessage() + "; without it: " + without;
        }
        features.add(new Feature(name, since, required, present, note));
    }

    private static void memfd() {
        MemFd.create("softpath-probe", PROBE_BYTES).close();
    }

    private static void futureWrite() {
        try (MemFd file = MemFd.create("softpath-probe", PROBE_BYTES)) {
            file.seal(Seals.FUTURE_WRITE);
        }
    }

    private static void noExec() {
        try (MemFd file = MemFd.create("softpath-probe", PROBE_BYTES)) {
            if ((file.seals() & Seals.EXEC) == 0) {
                throw new UnsupportedOperationException("memfd_create refused MFD_NOEXEC_SEAL");
            }
        }
    }

    private static void lockOnFault() {
        try (MemFd file = MemFd.create("softpath-probe", PROBE_BYTES);
                Arena arena = Arena.ofConfined()) {
            LockResult result =
                    MappedMemory.map(file.fd(), 0, PROBE_BYTES, true, arena).lockOnFault();
            if (!result.locked()) {
                throw new UnsupportedOperationException(result.reason());
            }
        }
    }

    private static void populate() {
        try (MemFd file = MemFd.create("softpath-probe", PROBE_BYTES);
                Arena arena = Arena.ofConfined()) {
            if (!MappedMemory.map(file.fd(), 0, PROBE_BYTES, true, arena).populate()) {
                throw new UnsupportedOperationException("madvise refused MADV_POPULATE_WRITE");
            }
        }
    }

    private static void pidfd() {
        PidFd.open(CurrentProcess.pid()).close();
    }

    private static void processMemory() {
        try (PidFd self = PidFd.open(CurrentProcess.pid());
                Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocate(Long.BYTES);
            ProcessMemory memory = new ProcessMemory(self);
            memory.probe(word.address());
            if (!memory.write(word.address(), MemorySegment.ofArray(new byte[] {1}), 0, 1)) {
                throw new UnsupportedOperationException("process_vm_writev wrote nothing");
            }
        }
        String scope = ptraceScope();
        if (!scope.equals("0") && CurrentProcess.uid() != 0) {
            throw new UnsupportedOperationException(
                    "kernel.yama.ptrace_scope="
                            + scope
                            + " forbids it between processes of one user (sysctl"
                            + " kernel.yama.ptrace_scope=0 allows it)");
        }
    }

    /** Yama's rule for who may trace; 0 where there is no Yama. */
    private static String ptraceScope() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/yama/ptrace_scope")).trim();
        } catch (IOException e) {
            return "0";
        }
    }

    private static void peerPidfd() {
        List<SeqPacketSocket> pair = SeqPacketSocket.pair();
        try (SeqPacketSocket one = pair.get(0);
                SeqPacketSocket other = pair.get(1)) {
            one.peerProcessFromSocket().close();
            other.peerProcessFromSocket().close();
        }
    }

    private static void epollNanoseconds() {
        try (Epoll epoll = Epoll.create(1)) {
            epoll.await(1);
            if (!epoll.waitsForNanoseconds()) {
                throw new UnsupportedOperationException("no epoll_pwait2");
            }
        }
    }
}
