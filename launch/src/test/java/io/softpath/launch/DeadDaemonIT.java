package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.control.ControlRecord;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.SendResult;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The daemon ends or pauses while users wait in every call that can wait. */
@ExtendWith(ChildOutput.class)
class DeadDaemonIT {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String LOST = "Lost/ENOTCONN";
    private static final Pattern ENDED = Pattern.compile("ended (\\w+) (\\S+) at=(\\d+)");

    @TempDir Path temporary;

    @ParameterizedTest
    @ValueSource(ints = {Jvm.SIGKILL, Jvm.SIGTERM})
    void shouldEndEveryCallWhenTheDaemonEndsAndServeAgainFromTheSameDirectory(int signal)
            throws IOException {
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2");
                Jvm waiter = startWaiter(daemon.directory())) {
            awaitWaiting(daemon, waiter);

            long endNs = System.nanoTime();
            daemon.jvm().signal(signal);
            Map<Waiter.Call, Double> ms = awaitEnded(waiter, endNs);
            System.out.println("calls ended after signal " + signal + ", in ms: " + ms);
            int code = daemon.jvm().exitCode();

            if (signal == Jvm.SIGTERM) {
                assertEquals(0, code, "exit code of the daemon");
                assertEquals(List.of(), daemon.leftovers(), "left in the run directory");
                assertEquals(List.of(), daemon.complaints());
            }
            try (ChildDaemon next = ChildDaemon.start(daemon.directory())) {
                waiter.println("reopen");
                waiter.awaitLine("^reopened received=1$");
                assertEquals(List.of(), next.complaints());
                assertEquals(0, waiter.exitCode(), "exit code of the user");
            }
        }
        try (Stream<Path> crashes = Files.list(temporary)) {
            assertEquals(List.of(), crashes.toList(), "crash reports");
        }
    }

    @Test
    void shouldWaitForAPausedDaemonAndLoseNothing() throws Exception {
        Numbered.Series series = new Numbered.Series();
        try (ExecutorService threads = Executors.newCachedThreadPool();
                ChildDaemon daemon = ChildDaemon.start();
                Context sender = daemon.open().openContext();
                Context receiver = daemon.open().openContext();
                Context sleeper = daemon.open().openContext()) {
            Destination to = sender.destination(receiver.address());
            Destination wake = sender.destination(sleeper.address());
            daemon.jvm().signal(Jvm.SIGSTOP);
            Await.until("the daemon stops", daemon.jvm()::isStopped);

            long sent = 0;
            while (Numbered.send(sender, to, sent) == SendResult.SENT) {
                sent++;
            }
            assertEquals(sender.baseInfo().piocnt(), sent, "packets that fit the PIO buffers");
            Future<Boolean> sleeping = threads.submit(() -> sleeper.await(Await.DEADLINE));
            Future<?> asking = threads.submit(receiver::forceAvailUpdate);
            assertFalse(receiver.await(PAUSE), "a packet came through a stopped daemon");
            assertEquals(SendResult.NO_PIO_BUFFER, Numbered.send(sender, to, sent));
            assertEquals(0, receiver.receive(series, 1));
            assertFalse(sleeping.isDone() || asking.isDone(), "somebody did not wait");

            daemon.jvm().signal(Jvm.SIGCONT);
            for (; sent < 1000; sent++) {
                while (Numbered.send(sender, to, sent) != SendResult.SENT) {
                    receiver.receive(series, 64);
                    Thread.yield();
                }
            }
            while (series.count() < sent) {
                assertTrue(receiver.receive(series, 64, Await.DEADLINE) > 0, "a packet is lost");
            }
            asking.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            while (Numbered.send(sender, wake, 0) != SendResult.SENT) {
                Thread.yield();
            }
            assertTrue(sleeping.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS), "woken");
        }
    }

    private Jvm startWaiter(Path directory) {
        return Jvm.of(Waiter.class)
                .flags("-XX:ErrorFile=" + temporary.resolve("hs_err_pid%p.log"))
                .arguments(directory.toString())
                .start();
    }

    /** All are in their calls, as far as one can see from outside. */
    private static void awaitWaiting(ChildDaemon daemon, Jvm waiter) {
        for (int i = 0; i < Waiter.Call.values().length; i++) {
            waiter.awaitLine("^waiting in ");
        }
        try (Device observer = daemon.open()) {
            Await.until("two sleep until an interrupt", () -> armed(observer) == 2);
            Await.until(
                    "one waits for its link",
                    () -> observer.inspect().unit(1).linkState() == ControlRecord.LINK_DOWN_STATE);
        }
    }

    private static long armed(Device observer) {
        return observer.inspect().registers(0).stream()
                .filter(r -> r.name().equals("RcvCtrl.IntrAvail") && r.value() == 1)
                .count();
    }

    /** Every call has ended as it should; how long after the daemon. */
    private static Map<Waiter.Call, Double> awaitEnded(Jvm waiter, long endNs) {
        waiter.awaitLine("^all lost$");
        Map<Waiter.Call, Double> ms = new EnumMap<>(Waiter.Call.class);
        int throwing = 0;
        for (String line : waiter.lines()) {
            Matcher ended = ENDED.matcher(line);
            if (ended.matches()) {
                assertEquals(LOST, ended.group(2), line);
                double after = (Long.parseLong(ended.group(3)) - endNs) / 1e6;
                ms.put(Waiter.Call.valueOf(ended.group(1)), Math.round(after * 10) / 10.0);
            }
            if (line.matches("then \\w+ send=" + LOST + " receive=" + LOST)) {
                throwing++;
            }
        }
        assertEquals(Waiter.Call.values().length, throwing, "contexts whose next calls throw");
        assertEquals(Waiter.Call.values().length, ms.size(), "calls that ended: " + ms);
        return ms;
    }
}
