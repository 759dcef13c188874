package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.register.DriverCounter;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * SIGKILL of a user in whatever it was doing: everything that it had is free again, everything that
 * it had sent arrives, and nobody else notices.
 */
@ExtendWith(ChildOutput.class)
class KilledUserIT {
    /** Of the daemon, which serves all tests of this class. */
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    private static ChildDaemon daemon;
    private static Device observer;
    private static Context receiver;
    private static Bystanders bystanders;

    @TempDir Path temporary;
    private final Numbered.Series received = new Numbered.Series();
    private Ledger ledger;

    @BeforeAll
    static void start() {
        Path directory = ChildDaemon.newDirectory("rwx------");
        daemon = ChildDaemon.start(ChildDaemon.jvm(directory).lifetime(LIFETIME), directory);
        observer = daemon.open();
        receiver = daemon.open().openContext();
        bystanders = new Bystanders(daemon);
    }

    @AfterAll
    static void stop() {
        if (bystanders != null) {
            bystanders.close();
            receiver.close();
            observer.close();
        }
        if (daemon != null) {
            assertEquals(List.of(), daemon.complaints(), "complaints of the daemon");
            daemon.close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Victim.Phase.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SENDING", "ANYTHING"})
    @Fidelity(56)
    void shouldGiveBackAllThatAKilledUserHad(Victim.Phase phase) {
        long disarmedBefore = Counted.by(observer, DriverCounter.SENDS_DISARMED);
        int context;
        int halfWritten = 0;
        try (Ledger shared = Ledger.open(temporary.resolve("ledger"));
                Jvm victim = start(phase)) {
            ledger = shared;
            context = awaitReady(victim);
            if (phase == Victim.Phase.AWAITING) {
                Await.until("the victim sleeps", () -> isArmed(context));
            }
            if (phase == Victim.Phase.HALF_WRITTEN) {
                halfWritten = pioBuffers(context);
            }
            killAndAwaitRelease(victim);
        }
        assertEquals(
                halfWritten,
                Counted.by(observer, DriverCounter.SENDS_DISARMED) - disarmedBefore,
                "half-written packets thrown away");
        bystanders.assertUndisturbed();
        assertContextIsWhole(phase.hasContext() ? context : -1);
    }

    @ParameterizedTest
    @CsvSource({
        "SENDING,1",
        "SENDING,17",
        "SENDING,1000",
        "ANYTHING,3",
        "ANYTHING,100",
        "ANYTHING,1500"
    })
    @Fidelity(56)
    void shouldDeliverWhatAKilledUserHadSent(Victim.Phase phase, int point) {
        int context;
        long sent;
        int progress = phase == Victim.Phase.SENDING ? Ledger.SENT : Ledger.STEPS;
        try (Ledger shared = Ledger.open(temporary.resolve("ledger"));
                Jvm victim = start(phase)) {
            ledger = shared;
            context = awaitReady(victim);
            Await.until(
                    "the victim comes to its point",
                    () -> {
                        take();
                        return ledger.get(progress) >= point;
                    });
            killAndAwaitRelease(victim);
            sent = ledger.get(Ledger.SENT);
            Await.until(
                    "all that was sent arrives",
                    () -> {
                        take();
                        return received.count() >= sent;
                    });
            take();
        }
        assertTrue(
                received.count() <= sent + 1,
                "sent=" + sent + " received=" + received.count() + ", one more may have left");
        bystanders.assertUndisturbed();
        assertContextIsWhole(context);
    }

    @Test
    @Fidelity(57)
    void shouldDropWhatIsSentToAKilledUser() {
        try (Ledger shared = Ledger.open(temporary.resolve("ledger"));
                Jvm victim = start(Victim.Phase.AWAITING);
                Context sender = daemon.open().openContext()) {
            ledger = shared;
            int context = awaitReady(victim);
            Destination to = sender.destination(new Address(receiver.address().lid(), context));
            killAndAwaitRelease(victim);
            for (long i = 0; i < 100; i++) {
                while (!Numbered.send(sender, to, i).isSent()) {
                    Thread.yield();
                }
            }
            bystanders.assertUndisturbed();
            assertContextIsWhole(context);
        }
    }

    private Jvm start(Victim.Phase phase) {
        return Victim.start(daemon, phase, temporary.resolve("ledger"), receiver.address());
    }

    private static int awaitReady(Jvm victim) {
        return Integer.parseInt(victim.awaitLine("^ready context=(-?\\d+)").group(1));
    }

    private void take() {
        receiver.receive(received, 64);
        ledger.put(Ledger.TAKEN, received.count());
    }

    private static boolean isArmed(int context) {
        return observer.inspect().registers(0).stream()
                .anyMatch(r ->
                        r.name().equals("RcvCtrl.IntrAvail")
                                && r.context() == context
                                && r.value() == 1);
    }

    private static int pioBuffers(int context) {
        return observer.inspect().contexts(0).stream()
                .filter(c -> c.context() == context)
                .findFirst()
                .orElseThrow()
                .pioCount();
    }

    private void killAndAwaitRelease(Jvm victim) {
        int pid = (int) victim.pid();
        victim.signal(Jvm.SIGKILL);
        long killedNs = System.nanoTime();
        Await.until(
                "the daemon takes back the context of the dead",
                () -> {
                    take();
                    return observer.inspect().contexts(0).stream().noneMatch(c -> c.pid() == pid);
                });
        System.out.printf(
                "context free %.1f ms after SIGKILL%n", (System.nanoTime() - killedNs) / 1e6);
        assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGKILL, victim.exitCode());
    }

    /** The next owner gets the context, its keys, and every PIO buffer, and starts at zero. */
    private static void assertContextIsWhole(int expected) {
        try (Context next = daemon.open().openContext()) {
            if (expected >= 0) {
                assertEquals(expected, next.address().context(), "context of the next owner");
            }
            for (int key : Victim.KEYS) {
                next.setPartitionKey(key);
            }
            assertEquals(0, next.events(), "events of the next owner");
            Numbered.Series series = new Numbered.Series();
            Destination self = next.destination(next.address());
            int packets = 3 * next.baseInfo().piocnt();
            for (long number = 0; number < packets; number++) {
                while (!Numbered.send(next, self, number).isSent()) {
                    Thread.yield();
                }
                assertEquals(1, next.receive(series, 1, Await.DEADLINE), "its own packet");
            }
            assertEquals(0, next.receive(series, 1, Duration.ZERO));
        }
    }
}
