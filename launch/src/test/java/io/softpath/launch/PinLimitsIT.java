package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.PinRecord;
import io.softpath.driver.Device;
import io.softpath.linux.CurrentProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whom the memlock limit binds, and whose memory the daemon reaches: real processes. */
@ExtendWith(ChildOutput.class)
class PinLimitsIT {
    private static final int LIMIT = 64 * 1024;

    private static Jvm.Builder pinner(ChildDaemon daemon, String what, String... prefix) {
        return Jvm.of(Pinner.class).prefix(prefix).arguments(daemon.directory().toString(), what);
    }

    private static List<PinRecord> pins(Device device) {
        return device.inspect().pins(0);
    }

    @Test
    @Fidelity({44, 46})
    void shouldHoldEachProcessToItsOwnLimitOverAllItsFiles() {
        try (ChildDaemon daemon = ChildDaemon.start();
                Device device = daemon.open();
                Jvm first = pinner(daemon, Pinner.REGISTERED, Memlock.limit(LIMIT)).start();
                Jvm second = pinner(daemon, Pinner.REGISTERED, Memlock.limit(LIMIT)).start()) {
            for (Jvm each : List.of(first, second)) {
                each.awaitLine("create first: ok");
                each.awaitLine(
                        "create second: ENOMEM .*bytes=49152 needed, registered=49152 already by"
                                + " pid="
                                + each.pid()
                                + ", limit=65536 .*ulimit -l 96");
                each.awaitLine("pin first: ok");
                each.awaitLine("pin again: ENOMEM .*pinned=49152 already .*limit=65536 ");
                each.awaitLine("done");
            }
            List<PinRecord> pins = pins(device);
            assertEquals(2, pins.size());
            for (PinRecord pin : pins) {
                assertEquals(LIMIT, pin.limit());
                assertEquals(Pinner.BYTES, pin.processPinned());
                assertEquals(Pinner.BYTES, pin.processRegistered());
            }
            first.kill();
            Await.until("the dead one's pins to go", () -> pins(device).size() == 1);
            assertEquals(second.pid(), pins(device).getFirst().pid());
            second.kill();
            Await.until("all pins to go", () -> pins(device).isEmpty());
            assertEquals(List.of(), daemon.complaints());
        }
    }

    /** 8 MiB is what most systems allow: four contexts' TIDs, to the last page. */
    @Test
    @Fidelity({44, 46})
    void shouldAllowTheLimitOf8MiBToTheLastPageAndNotOneMore() {
        int limit = 8 << 20;
        try (ChildDaemon daemon = ChildDaemon.start();
                Device device = daemon.open();
                Jvm user = pinner(daemon, Pinner.EVERYTHING, Memlock.limit(limit)).start()) {
            for (int i = 0; i < Pinner.FILES - 1; i++) {
                user.awaitLine("create " + i + ": ok");
                user.awaitLine("pin " + i + ": ok");
            }
            user.awaitLine(
                    "create 4: ENOMEM .*bytes=2097152 needed, registered=8388608 already by pid="
                            + user.pid()
                            + ", limit=8388608 .*ulimit -l 10240");
            user.awaitLine("done");
            List<PinRecord> pins = pins(device);
            assertEquals(Pinner.FILES - 1, pins.size());
            assertEquals(limit, pins.getFirst().limit());
            assertEquals(limit, pins.getFirst().processPinned());
            assertEquals(limit, pins.getFirst().processRegistered());
            user.kill();
            Await.until("all pins to go", () -> pins(device).isEmpty());
            assertEquals(List.of(), daemon.complaints());
        }
    }

    @Test
    @Fidelity(46)
    void shouldNotBindAProcessThatMayLockWhatItLikes() {
        assumeTrue(CurrentProcess.uid() == 0, "needs root, which has CAP_IPC_LOCK");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is not installed");
        try (ChildDaemon daemon = ChildDaemon.start();
                Device device = daemon.open();
                Jvm root =
                        pinner(daemon, Pinner.REGISTERED, "prlimit", "--memlock=65536:65536")
                                .start()) {
            root.awaitLine("create second: ok");
            root.awaitLine("pin again: ok");
            root.awaitLine("done");
            assertEquals(PinRecord.UNLIMITED, pins(device).getFirst().limit());
        }
    }

    @Test
    @Fidelity(46)
    void shouldBindTheRootOfANamespaceThatAnybodyCanMake() throws Exception {
        assumeTrue(canUnshare(), "needs unshare (util-linux), and user namespaces");
        try (ChildDaemon daemon = ChildDaemon.start();
                Jvm root =
                        pinner(
                                        daemon,
                                        Pinner.REGISTERED,
                                        "prlimit",
                                        "--memlock=65536:65536",
                                        "unshare",
                                        "--user",
                                        "--map-root-user")
                                .start()) {
            root.awaitLine("create second: ENOMEM .*limit=65536 ");
            root.awaitLine("done");
        }
    }

    private static boolean canUnshare() throws InterruptedException {
        try {
            return new ProcessBuilder("unshare", "--user", "--map-root-user", "true")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @Fidelity(44)
    void shouldReachOrdinaryMemoryOfItsOwnUserOnly() {
        OtherUser.assumeAvailable();
        try (OtherUser other =
                        OtherUser.withCodeOf(Pinner.class.getName(), "io.softpath.linux.Fd");
                ChildDaemon daemon = ChildDaemon.startForEverybody();
                Device device = daemon.open();
                Jvm own = pinner(daemon, Pinner.ORDINARY).start();
                Jvm stranger =
                        other.run(Jvm.of(Pinner.class))
                                .arguments(daemon.directory().toString(), Pinner.ORDINARY)
                                .start()) {
            own.awaitLine("pin ordinary: ok");
            stranger.awaitLine(
                    "pin ordinary: EPERM .*uid=" + OtherUser.UID + " is not the daemon's uid=0");
            assertEquals(1, pins(device).size());
            assertEquals(PinRecord.ORDINARY, pins(device).getFirst().flags());
            own.kill();
            Await.until("all pins to go", () -> pins(device).isEmpty());
            assertTrue(daemon.complaints().isEmpty(), () -> daemon.complaints().toString());
        }
    }

    @Test
    @Fidelity(44)
    void shouldSayThatNobodyMayTraceTheProcess() {
        OtherUser.assumeAvailable(); // as root this shows nothing: root may trace everybody
        try (OtherUser user = OtherUser.withCodeOf(Pinner.class.getName(), "io.softpath.linux.Fd");
                OtherUser owner = OtherUser.withCodeOf(IsolationIT.DAEMON_CODE)) {
            Path directory = owner.newDirectory();
            try (ChildDaemon daemon =
                            ChildDaemon.start(owner.run(ChildDaemon.jvm(directory)), directory);
                    Jvm open = as(user, daemon, Pinner.ORDINARY);
                    Jvm closed = as(user, daemon, Pinner.UNDUMPABLE)) {
                open.awaitLine("pin ordinary: ok");
                closed.awaitLine("pin ordinary: EPERM .*not dumpable.*MEM_CREATE");
            }
        }
    }

    private static Jvm as(OtherUser user, ChildDaemon daemon, String what) {
        return user.run(Jvm.of(Pinner.class))
                .arguments(daemon.directory().toString(), what)
                .start();
    }
}
