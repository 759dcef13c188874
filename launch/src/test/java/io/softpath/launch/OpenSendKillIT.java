package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.abi.Fidelity;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.driver.ReceivedPacket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/** Users that open, send and are killed, again and again, leave nothing behind in the daemon. */
@ExtendWith(ChildOutput.class)
class OpenSendKillIT {
    private static final int ROUNDS = 200;

    /** Users at a time: starting a JVM is most of a round. */
    private static final int AT_A_TIME = 4;

    /** Rounds after which the daemon has loaded and compiled what it needs. */
    private static final int WARM_UP = 12;

    /**
     * How much more memory may be resident afterwards: what a JVM's own bookkeeping and compiler
     * take. The heap is touched in advance. One leaked context alone would be 0.3 MiB of it.
     */
    private static final long TOLERANCE_KIB = 8 * 1024;

    private static final Duration LIFETIME = Duration.ofMinutes(5);

    private final BitSet received = new BitSet();
    private final TreeSet<Integer> contexts = new TreeSet<>();

    @Test
    @Fidelity(56)
    void shouldHoldNoMoreAfterTwoHundredKilledUsersThanBefore() {
        Path directory = ChildDaemon.newDirectory("rwx------");
        Jvm.Builder jvm =
                ChildDaemon.jvm(directory).flags("-XX:+AlwaysPreTouch").lifetime(LIFETIME);
        try (ChildDaemon daemon = ChildDaemon.start(jvm, directory);
                Device observer = daemon.open()) {
            assumeTrue(
                    daemon.canBeLookedInto(),
                    "needs root, to look into the /proc files of an undumpable daemon");
            rounds(0, WARM_UP, daemon, observer);
            Holdings before = Holdings.of(daemon);
            long residentBefore = daemon.memoryKib("VmRSS");

            rounds(WARM_UP, WARM_UP + ROUNDS, daemon, observer);

            assertEquals(before, Holdings.of(daemon), "what the daemon holds");
            long residentKib = daemon.memoryKib("VmRSS");
            System.out.printf(
                    "daemon after %d killed users: descriptors=%d mappings=%d resident=%d KiB,"
                            + " before=%d KiB%n",
                    ROUNDS,
                    before.descriptors(),
                    before.mappings().size(),
                    residentKib,
                    residentBefore);
            assertTrue(
                    residentKib - residentBefore < TOLERANCE_KIB,
                    "resident KiB: before=" + residentBefore + " after=" + residentKib);
            assertEquals(List.of(), daemon.complaints());
        }
        assertEquals(WARM_UP + ROUNDS, received.cardinality(), "packets that arrived");
        assertEquals(AT_A_TIME, contexts.size(), "contexts used, by all users: " + contexts);
    }

    private void rounds(int from, int to, ChildDaemon daemon, Device observer) {
        try (Context receiver = daemon.open().openContext()) {
            for (int round = from; round < to; round += AT_A_TIME) {
                openSendKill(round, daemon, receiver);
                Await.until(
                        "only the test has a context",
                        () -> observer.inspect().contexts(0).size() == 1);
                while (received.cardinality() < round + AT_A_TIME) {
                    int count = receiver.receive(this::take, AT_A_TIME, Await.DEADLINE);
                    assertTrue(count > 0, "a packet is lost, arrived: " + received);
                }
                Jvm.forgetEnded();
            }
        }
        Await.until("nobody has a context", () -> observer.inspect().contexts(0).isEmpty());
    }

    private void openSendKill(int round, ChildDaemon daemon, Context receiver) {
        List<Jvm> users = new ArrayList<>();
        try {
            for (int i = 0; i < AT_A_TIME; i++) {
                users.add(OneShot.start(daemon, receiver.address(), round + i));
            }
            for (Jvm user : users) {
                contexts.add(OneShot.awaitSent(user));
            }
            users.forEach(Jvm::kill);
        } finally {
            users.forEach(Jvm::close);
        }
    }

    private void take(ReceivedPacket packet) {
        Numbered.check(packet);
        int number = (int) packet.data0();
        assertTrue(!received.get(number), "arrived twice: " + number);
        received.set(number);
    }
}
