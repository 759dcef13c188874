package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.driver.Context;
import io.softpath.driver.Destination;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Two contexts in the test's own process that talk all the time and look at every byte. They must
 * not notice what happens to others.
 */
final class Bystanders implements AutoCloseable {
    private static final int BURST = 8;
    private static final int ROUNDS_TO_SEE = 3;
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Context a;
    private final Context b;
    private final Destination toA;
    private final Destination toB;
    private final Numbered.Series atA = new Numbered.Series();
    private final Numbered.Series atB = new Numbered.Series();
    private final Thread thread;
    private volatile long rounds;
    private volatile Throwable failure;
    private volatile boolean stopping;

    Bystanders(ChildDaemon daemon) {
        a = daemon.open().openContext();
        b = daemon.open().openContext();
        toA = b.destination(a.address());
        toB = a.destination(b.address());
        thread =
                Thread.ofPlatform()
                        .name("bystanders")
                        .daemon()
                        .uncaughtExceptionHandler((t, e) -> failure = e)
                        .start(this::talk);
    }

    private void talk() {
        for (long round = 1; !stopping; round++) {
            exchange(a, toB, b, atB);
            exchange(b, toA, a, atA);
            rounds = round;
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private static void exchange(
            Context from, Destination to, Context receiver, Numbered.Series series) {
        long end = series.count() + BURST;
        long sent = series.count();
        Duration patience = Await.DEADLINE;
        while (series.count() < end) {
            while (sent < end && Numbered.send(from, to, sent).isSent()) {
                sent++;
            }
            if (receiver.receive(series, BURST, sent < end ? Duration.ZERO : patience) == 0
                    && sent == end) {
                throw new AssertionError("a packet of a bystander is lost: number=" + sent);
            }
        }
    }

    /** They have gone on talking since this was called, and have seen nothing. */
    void assertUndisturbed() {
        long before = rounds;
        Await.until(
                "the bystanders go on", () -> failure != null || rounds >= before + ROUNDS_TO_SEE);
        if (failure != null) {
            throw new AssertionError("a bystander was disturbed", failure);
        }
        assertEquals(0, a.events() | b.events(), "events of the bystanders");
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join(Await.DEADLINE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        a.close();
        b.close();
    }
}
