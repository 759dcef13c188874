package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What the package says about this process and this kernel. */
class ProcessFactsTest {
    private static final List<String> SMAPS =
            """
            7f0000000000-7f0000002000 rw-s 00001000 00:01 2053                       /memfd:softpath:u0c1:uregs (deleted)
            Size:                  8 kB
            KernelPageSize:        4 kB
            Rss:                   4 kB
            Locked:                4 kB
            THPeligible:           0
            VmFlags: rd wr sh mr mw me ms dc dd lo
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            Size:                  4 kB
            VmFlags: ex
            7f0000004000-7f0000005000 rw-p 00000000 00:00 0
            Size:                  4 kB
            """
                    .lines()
                    .toList();

    @Test
    void shouldParseSmaps() {
        List<SmapsEntry> entries = Smaps.parse(SMAPS);
        assertEquals(3, entries.size());
        SmapsEntry first = entries.get(0);
        assertEquals(0x7f0000000000L, first.start());
        assertEquals(8192, first.sizeBytes());
        assertEquals("rw-s", first.permissions());
        assertEquals(0x1000, first.fileOffset());
        assertEquals("softpath:u0c1:uregs", first.memfdName());
        assertEquals(4096, first.residentBytes());
        assertEquals(4096, first.lockedBytes());
        assertEquals(
                Set.of("rd", "wr", "sh", "mr", "mw", "me", "ms", "dc", "dd", "lo"),
                first.vmFlags());
        assertTrue(first.contains(0x7f0000001fffL));
        assertFalse(first.contains(0x7f0000002000L));
        assertEquals("[vsyscall]", entries.get(1).name());
        assertEquals("", entries.get(1).memfdName());
        assertEquals("", entries.get(2).name());
        assertEquals(Set.of(), entries.get(2).vmFlags());
    }

    @Test
    void shouldReadWhatAProcessMayLock() {
        List<String> limits =
                List.of(
                        "Limit                     Soft Limit           Hard Limit           Units",
                        "Max locked memory         65536                unlimited            bytes",
                        "Max address space         unlimited            unlimited           "
                                + " bytes");
        List<String> none = List.of("Name:\tCapEff", "CapEff:\t0000000000000000");
        List<String> all = List.of("Name:\troot", "CapEff:\t000001ffffffffff");
        MemlockLimit bound = MemlockLimit.parse(limits, none, true);
        assertEquals(new MemlockLimit(65536, false), bound);
        assertTrue(bound.allows(65536));
        assertFalse(bound.allows(65537));
        MemlockLimit exempt = MemlockLimit.parse(limits, all, true);
        assertEquals(Limits.Limit.UNLIMITED, exempt.bytes());
        assertTrue(exempt.allows(Long.MAX_VALUE));
        assertEquals(
                65536,
                MemlockLimit.parse(limits, all, false).bytes(),
                "root of its own user namespace");
        MemlockLimit own = MemlockLimit.of(CurrentProcess.pid());
        assertEquals(Limits.memlock().soft(), own.softBytes());
        assertEquals(own.softBytes(), MemlockLimit.own().softBytes());
        assertThrows(UncheckedIOException.class, () -> MemlockLimit.of(0));
    }

    @Test
    void shouldAgreeWithTheJvm() throws Exception {
        assertEquals(ProcessHandle.current().pid(), CurrentProcess.pid());
        assertEquals(
                (int) (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"),
                CurrentProcess.uid());
        assertTrue(Files.exists(Path.of("/proc/self/task/" + CurrentProcess.threadId())));
        assertTrue(CurrentProcess.cpuCount() >= 1);
        assertTrue(CurrentProcess.isDumpable() || CurrentProcess.uid() == 0);
    }

    @Test
    void shouldReadLimits() throws Exception {
        List<String> limits = Files.readAllLines(Path.of("/proc/self/limits"));
        assertEquals(softLimit(limits, "Max locked memory"), Limits.memlock().soft());
        assertEquals(softLimit(limits, "Max open files"), Limits.openFiles().soft());
        assertTrue(Limits.sharedMemory(Path.of("/proc")).totalBytes() >= 0);
        assertTrue(new Limits.Limit(-1, -1).allows(Long.MAX_VALUE));
        assertFalse(new Limits.Limit(10, -1).allows(11));
        assertEquals("10/unlimited", new Limits.Limit(10, -1).toString());
    }

    private static long softLimit(List<String> limits, String name) {
        String line = limits.stream().filter(l -> l.startsWith(name)).findFirst().orElseThrow();
        String soft = line.substring(name.length()).trim().split(" +", 2)[0];
        return soft.equals("unlimited") ? -1 : Long.parseLong(soft);
    }

    @Test
    void shouldProbeKernelFeaturesAndLeaveNothingBehind() {
        for (KernelFeatures.Feature feature : KernelFeatures.probe()) {
            assertTrue(feature.present() || !feature.required(), feature.toString());
            assertEquals(feature.present(), feature.note().isEmpty(), feature.toString());
        }
        assertEquals(0, Refusals.openDescriptors("softpath-probe"));
    }

    @Test
    void shouldWatchAProcessByDescriptor() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        try (PidFd process = PidFd.open((int) child.pid())) {
            assertFalse(process.isDead());
            process.signal(15);
            assertEquals(
                    1,
                    Poll.of(process.fd())
                            .events(0, PollEvents.IN)
                            .await(TimeUnit.SECONDS.toNanos(20)));
            assertTrue(process.isDead());
            child.waitFor();
            Refusals.assertRefused("ESRCH", () -> process.signal(0));
        } finally {
            child.destroyForcibly();
        }
        Refusals.assertRefused("EINVAL", () -> PidFd.open(-1));
    }
}
