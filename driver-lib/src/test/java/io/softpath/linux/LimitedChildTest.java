package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A child without privileges and with a small limit: locking is refused and everything else works.
 */
class LimitedChildTest {
    private static final int BYTES = 1 << 20;

    @Test
    void shouldReportRefusedLockWhenTheLimitIsTooSmall() throws Exception {
        String output = runChild("lock", "--memlock=65536:65536");
        assertTrue(output.startsWith("refused ENOMEM"), output);
        assertTrue(output.contains("memlockLimitBytes=65536/65536"), output);
        assertTrue(output.contains("remedy="), output);
    }

    @Test
    void shouldReportRefusedLockWhenNothingMayBeLocked() throws Exception {
        String output = runChild("lock", "--memlock=0:0");
        assertTrue(output.startsWith("refused EPERM"), output);
    }

    @Test
    void shouldNameTheLimitWhenDescriptorsRunOut() throws Exception {
        String output = runChild("descriptors", "--nofile=200:200");
        assertTrue(output.startsWith("exhausted EMFILE"), output);
        assertTrue(output.contains("openFilesLimit=200/200"), output);
        assertTrue(output.contains("remedy="), output);
    }

    @Test
    void shouldReceiveAMessageWithoutTheDescriptorThatItHasNoRoomFor() throws Exception {
        String output = runChild("receive", "--nofile=200:200");
        assertEquals("length=8 descriptors=0 then length=8 descriptors=1", output.trim());
    }

    @Test
    void shouldStillSeeItsOwnMappingsWhenUndumpable() throws Exception {
        assertEquals("dumpable=false mappings=true", runChild("undumpable", "--core=0").trim());
    }

    /** The child. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) {
            switch (args[0]) {
                case "lock" -> lock();
                case "descriptors" -> exhaustDescriptors();
                case "receive" -> receiveWithoutRoom();
                case "undumpable" -> makeUndumpable();
                default -> throw new IllegalArgumentException(args[0]);
            }
        }

        private static void lock() {
            try (MemFd file = MemFd.create("softpath-test", BYTES);
                    Arena arena = Arena.ofConfined()) {
                MappedMemory mapped = MappedMemory.map(file.fd(), 0, BYTES, true, arena);
                LockResult result = mapped.lockOnFault();
                mapped.segment().fill((byte) 1);
                System.out.println(
                        result.locked()
                                ? "locked"
                                : "refused " + result.errno().name() + " " + result.reason());
            }
        }

        private static void exhaustDescriptors() {
            // loads every class that the failure needs: from a directory that takes a descriptor
            NativeCalls.failure("warm up", NativeCalls.EMFILE, "");
            List<EventFd> taken = new ArrayList<>();
            try {
                while (taken.size() < 1000) {
                    taken.add(EventFd.create("child"));
                }
            } catch (SoftpathException.Exhausted e) {
                taken.forEach(EventFd::close);
                System.out.println("exhausted " + e.errno().name() + " " + e.getMessage());
            }
        }

        private static void receiveWithoutRoom() {
            NativeCalls.failure("warm up", NativeCalls.EMFILE, "");
            List<SeqPacketSocket> ends = SeqPacketSocket.pair();
            MemorySegment message = Arena.global().allocate(Long.BYTES);
            List<EventFd> taken = new ArrayList<>(List.of(EventFd.create("child")));
            for (int i = 0; i < 3; i++) {
                ends.getFirst().send(message, message.byteSize(), taken.getFirst().fd());
            }
            receive(ends.getLast(), message); // loads what that needs
            try {
                while (taken.size() < 1000) {
                    taken.add(EventFd.create("child"));
                }
            } catch (SoftpathException.Exhausted e) {
                String without = receive(ends.getLast(), message);
                taken.removeLast().close();
                System.out.println(without + " then " + receive(ends.getLast(), message));
            }
        }

        private static String receive(SeqPacketSocket from, MemorySegment into) {
            List<Fd> fds = new ArrayList<>();
            int length = from.receive(into, 1, fds);
            String what = "length=" + length + " descriptors=" + fds.size();
            fds.forEach(Fd::close);
            return what;
        }

        private static void makeUndumpable() {
            CurrentProcess.makeUndumpable();
            System.out.println(
                    "dumpable="
                            + CurrentProcess.isDumpable()
                            + " mappings="
                            + !Smaps.self().isEmpty());
        }
    }

    private static String runChild(String task, String limit)
            throws IOException, InterruptedException {
        boolean root = CurrentProcess.uid() == 0;
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is not installed");
        List<String> command = new ArrayList<>(List.of("prlimit", limit));
        if (root) { // root may lock without limit
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        String java = ProcessHandle.current().info().command().orElseThrow();
        command.addAll(
                List.of(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        task));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output =
                    new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(child.waitFor(60, TimeUnit.SECONDS), output);
            assumeTrue(
                    !output.contains("Could not find or load main class"),
                    "the class path is not readable for another user");
            assertEquals(0, child.exitValue(), output);
            return output;
        } finally {
            child.destroyForcibly();
        }
    }
}
