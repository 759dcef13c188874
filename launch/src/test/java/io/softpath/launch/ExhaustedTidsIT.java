package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.PinRecord;
import io.softpath.abi.register.DriverCounter;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.expected.ExpectedWindow;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.ArrayList;
import java.util.List;

/** TIDs run out: whoever wants more is told so, keeps what it has, and nobody else has fewer. */
@ExtendWith(ChildOutput.class)
class ExhaustedTidsIT {
    private static final int PAGE = 4096;

    private static Jvm take(ChildDaemon daemon) {
        return Jvm.of(TidTaker.class).arguments(daemon.directory().toString()).start();
    }

    private static void awaitDone(Jvm taker) {
        String none = ": ENOMEM .*count=%d TIDs wanted, free=%d of=512 in context=.*TID_FREE.*";
        taker.awaitLine("took 512 of 512");
        taker.awaitLine("one more" + none.formatted(1, 0));
        taker.awaitLine(
                "one more than were freed" + none.formatted(TidTaker.FEW + 1, TidTaker.FEW));
        taker.awaitLine("the same again: true");
        taker.awaitLine("one more" + none.formatted(1, 0));
        taker.awaitLine("done");
    }

    @Test
    @Fidelity({43, 44, 56})
    void shouldGiveEveryProcessItsOwnAndTakeThemBackFromTheDead() {
        try (ChildDaemon daemon = ChildDaemon.start();
                Device observer = daemon.open();
                Jvm first = take(daemon)) {
            awaitDone(first);
            try (Jvm second = take(daemon)) {
                awaitDone(second);
                assertEquals(2 * 512, observer.inspect().tids(0).size());
                first.kill();
                Await.until(
                        "the dead one's TIDs to be free",
                        () -> observer.inspect().tids(0).size() == 512);
                try (Jvm third = take(daemon)) {
                    awaitDone(third);
                    third.kill();
                }
                second.kill();
            }
            Await.until("all TIDs to be free", () -> observer.inspect().tids(0).isEmpty());
            Await.until("all pins to go", () -> observer.inspect().pins(0).isEmpty());
            assertEquals(
                    Counted.by(observer, DriverCounter.PAGE_LOCKS),
                    Counted.by(observer, DriverCounter.PAGE_UNLOCKS));
            assertEquals(List.of(), daemon.complaints());
        }
    }

    @Test
    @Fidelity(43)
    void shouldRefuseAWindowForWhichThereAreTooFewAndLeaveNothingPinned() {
        try (ChildDaemon daemon = ChildDaemon.start();
                Device observer = daemon.open();
                Context context = daemon.open().openContext();
                PinnedRegion memory = context.pin(600L * PAGE)) {
            List<ExpectedWindow> windows = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                windows.add(context.expected().open(memory, 100L * PAGE * i, 100 * PAGE));
            }
            SoftpathException.Exhausted refusal =
                    assertThrows(
                            SoftpathException.Exhausted.class,
                            () -> context.expected().open(memory, 500L * PAGE, 13 * PAGE));
            assertEquals(Errno.ENOMEM, refusal.errno());
            assertTrue(
                    refusal.getMessage().contains("wanted=13 inUse=500 of=512: close a window"),
                    refusal::getMessage);
            assertEquals(500, pin(observer).pinnedPages());

            windows.add(context.expected().open(memory, 500L * PAGE, 12 * PAGE));
            assertEquals(512, pin(observer).pinnedPages());
            assertThrows(
                    SoftpathException.Exhausted.class,
                    () -> context.expected().open(memory, 512L * PAGE, 1));
            windows.removeFirst().close();
            windows.add(context.expected().open(memory, 512L * PAGE, 88 * PAGE));
            windows.forEach(ExpectedWindow::close);
            context.expected().evict();
            assertEquals(0, pin(observer).pinnedPages());
            assertEquals(0, pin(observer).processPinned());
        }
    }

    private static PinRecord pin(Device observer) {
        return observer.inspect().pins(0).getFirst();
    }
}
