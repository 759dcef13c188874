package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.ContextRecord;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** SIGSTOP of a user: paused is never dead. Nothing is taken away from it, nobody waits for it. */
@ExtendWith(ChildOutput.class)
class PausedUserIT {
    /** How long a user is paused: longer than any deadline that the daemon could have for it. */
    private static final long PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

    /** More than a header queue holds. */
    private static final int FLOOD = 4_000;

    /** Of the daemon, which serves all tests of this class. */
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    private static ChildDaemon daemon;
    private static Device observer;
    private static Bystanders bystanders;

    @TempDir Path temporary;

    @BeforeAll
    static void start() {
        Path directory = ChildDaemon.newDirectory("rwx------");
        daemon = ChildDaemon.start(ChildDaemon.jvm(directory).lifetime(LIFETIME), directory);
        observer = daemon.open();
        bystanders = new Bystanders(daemon);
    }

    @AfterAll
    static void stop() {
        if (bystanders != null) {
            bystanders.close();
            observer.close();
        }
        if (daemon != null) {
            assertEquals(List.of(), daemon.complaints(), "complaints of the daemon");
            daemon.close();
        }
    }

    @Test
    @Fidelity(61)
    void shouldLetTheQueueOfAPausedReceiverFillAndCountWhatItCannotTake() {
        try (Ledger ledger = Ledger.open(temporary.resolve("ledger"));
                Jvm listener = Listener.start(daemon, temporary.resolve("ledger"));
                Context sender = daemon.open().openContext()) {
            Address address = Listener.awaitReady(listener);
            Destination to = sender.destination(address);
            long sent = 0;
            for (; sent < 10; sent++) {
                send(sender, to, sent);
            }
            Await.until("it receives", () -> ledger.get(Ledger.GOOD) == 10);

            pause(listener);
            ContextRecord before = context(address);
            long pausedNs = System.nanoTime();
            for (; sent < FLOOD || System.nanoTime() - pausedNs < PAUSE_NS; sent++) {
                send(sender, to, sent);
                if (sent >= FLOOD) {
                    bystanders.assertUndisturbed();
                }
            }
            ContextRecord paused = context(address);
            assertEquals(listener.pid(), paused.pid(), "whose context it is");
            assertEquals(before.state(), paused.state());
            assertEquals(before.since(), paused.since());
            assertEquals(before.mappedBytes(), paused.mappedBytes());
            long queued = paused.packetsReceived() - before.packetsReceived();
            long lost = sent - 10 - queued;
            assertTrue(queued > 1000 && lost > 1000, "queued=" + queued + " lost=" + lost);

            resume(listener);
            Await.until(
                    "it takes what was queued",
                    () -> ledger.get(Ledger.GOOD) + ledger.get(Ledger.BAD) == 10 + queued);
            long good = ledger.get(Ledger.GOOD);
            assertEquals(good - 1, ledger.get(Ledger.LAST), "the first ones, without a gap");
            long dropped = context(address).dropped() - before.dropped();
            assertEquals(sent - good, dropped, "what it did not get is counted");

            long more = sent + 10;
            for (; sent < more; sent++) {
                send(sender, to, sent);
            }
            long last = sent - 1;
            Await.until("it goes on", () -> ledger.get(Ledger.LAST) == last);
            assertEquals(good + 10, ledger.get(Ledger.GOOD));
            bystanders.assertUndisturbed();
        }
    }

    @Test
    @Fidelity(56)
    void shouldGoOnWhereAPausedSenderWasStopped() {
        Numbered.Series received = new Numbered.Series();
        try (Ledger ledger = Ledger.open(temporary.resolve("ledger"));
                Context receiver = daemon.open().openContext();
                Jvm sender =
                        Victim.start(
                                daemon,
                                Victim.Phase.SENDING,
                                temporary.resolve("ledger"),
                                receiver.address())) {
            Runnable take =
                    () -> {
                        receiver.receive(received, 64);
                        ledger.put(Ledger.TAKEN, received.count());
                    };
            for (int pause = 1; pause <= 3; pause++) {
                int packets = 500 * pause;
                Await.until(
                        "packets come",
                        () -> {
                            take.run();
                            return received.count() >= packets;
                        });
                pause(sender);
                long sent = ledger.get(Ledger.SENT);
                Await.until(
                        "what was sent arrives",
                        () -> {
                            take.run();
                            return received.count() >= sent;
                        });
                long pausedNs = System.nanoTime();
                while (System.nanoTime() - pausedNs < PAUSE_NS / 3) {
                    bystanders.assertUndisturbed();
                    take.run();
                }
                assertTrue(received.count() <= sent + 1, "it sends while it is paused");
                assertTrue(
                        observer.inspect().contexts(0).stream()
                                .anyMatch(c -> c.pid() == sender.pid()),
                        "its context was taken away");
                resume(sender);
            }
            long sent = ledger.get(Ledger.SENT);
            Await.until(
                    "it goes on",
                    () -> {
                        take.run();
                        return received.count() > sent + 100;
                    });
        }
    }

    private static void send(Context sender, Destination to, long number) {
        while (!Numbered.send(sender, to, number).isSent()) {
            Thread.yield();
        }
    }

    private static ContextRecord context(Address address) {
        return observer.inspect().contexts(0).stream()
                .filter(c -> c.context() == address.context())
                .findFirst()
                .orElseThrow(() -> new AssertionError("context is gone: " + address));
    }

    private static void pause(Jvm child) {
        child.signal(Jvm.SIGSTOP);
        Await.until(child + " stops", child::isStopped);
    }

    private static void resume(Jvm child) {
        child.signal(Jvm.SIGCONT);
    }
}
