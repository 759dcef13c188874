package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.ControlRecord;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.SendResult;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** What users of a daemon see when a unit freezes, and when somebody else's queue overflows. */
@ExtendWith(ChildOutput.class)
class FrozenUnitIT {
    @Test
    @Fidelity({59, 60})
    void shouldHoldEverythingWhileFrozenAndDeliverItAfterThaw() throws Exception {
        Numbered.Series received = new Numbered.Series();
        try (ExecutorService threads = Executors.newCachedThreadPool();
                ChildDaemon daemon = ChildDaemon.start();
                Device administrator = daemon.open();
                Context sender = daemon.open().openContext();
                Context receiver = daemon.open().openContext()) {
            Destination to = sender.destination(receiver.address());
            Future<Boolean> sleeping = threads.submit(() -> receiver.await(Await.DEADLINE));
            awaitArmed(administrator, receiver);

            administrator.inspect().admin(ControlRecord.ADMIN_FREEZE, 0, 0);
            assertTrue(get(sleeping), "the sleeper is woken");
            SoftpathException.Lost inAwait =
                    assertThrows(
                            SoftpathException.Lost.class, () -> receiver.await(Await.DEADLINE));
            assertEquals(Errno.EIO, inAwait.errno());
            long sent = sendUntilLost(sender, to);
            assertEquals(sender.baseInfo().piocnt(), sent, "packets that fit the PIO buffers");
            assertEquals(0, receiver.receive(received, 64), "a packet left a frozen chip");

            administrator.inspect().admin(ControlRecord.ADMIN_THAW, 0, 0);
            for (; sent < 100; sent++) {
                while (Numbered.send(sender, to, sent) != SendResult.SENT) {
                    Thread.yield();
                }
            }
            while (received.count() < sent) {
                assertTrue(receiver.receive(received, 64, Await.DEADLINE) > 0, "a packet is lost");
            }
        }
    }

    @Test
    @Fidelity(54)
    void shouldWakeEverySleeperWhenSomeQueueOverflows() throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool();
                ChildDaemon daemon = ChildDaemon.start();
                Device observer = daemon.open();
                Context sender = daemon.open().openContext();
                Context lazy = daemon.open().openContext();
                Context sleeper = daemon.open().openContext()) {
            Future<Boolean> sleeping = threads.submit(() -> sleeper.await(Await.DEADLINE));
            awaitArmed(observer, sleeper);
            Destination to = sender.destination(lazy.address());
            long sent = 0;
            while (!sleeping.isDone()) {
                if (Numbered.send(sender, to, sent) == SendResult.SENT) {
                    sent++;
                }
            }
            assertTrue(get(sleeping), "not woken after packets=" + sent);
            assertTrue(sent > lazy.baseInfo().tidegrcnt() - 2, "woken early: packets=" + sent);
            awaitSent(observer, sender, sent); // each of them that overflows wakes whoever sleeps
            assertFalse(sleeper.await(Duration.ZERO), "there is no packet for it");
        }
    }

    private static void awaitArmed(Device observer, Context context) {
        Await.until(
                "it sleeps",
                () ->
                        observer.inspect().registers(0).stream()
                                .anyMatch(r ->
                                        r.name().equals("RcvCtrl.IntrAvail")
                                                && r.context() == context.address().context()
                                                && r.value() == 1));
    }

    private static void awaitSent(Device observer, Context context, long packets) {
        Await.until(
                "all packets are sent",
                () ->
                        observer.inspect().contexts(0).stream()
                                .anyMatch(c ->
                                        c.context() == context.address().context()
                                                && c.packetsSent() == packets));
    }

    private static boolean get(Future<Boolean> future) throws Exception {
        return future.get(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    private static long sendUntilLost(Context sender, Destination to) {
        for (long number = 0; ; number++) {
            try {
                assertEquals(SendResult.SENT, Numbered.send(sender, to, number));
            } catch (SoftpathException.Lost e) {
                assertEquals(Errno.EIO, e.errno());
                return number;
            }
        }
    }
}
