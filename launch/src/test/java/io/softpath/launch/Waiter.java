package io.softpath.launch;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.UserEvent;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.error.SoftpathException;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A user process with a thread in each call that waits, or never stops asking, each on a device of
 * its own. Prints when and how each ended. Then opens the device anew when told to by a line.
 */
final class Waiter {
    private static final Duration FOREVER = Duration.ofDays(1);

    private Waiter() {}

    /** A call that ends only with the daemon. */
    enum Call {
        AWAIT,
        RECEIVE_WAITING,
        ACK_WITH_LINK_DOWN,
        INSPECT_AGAIN_AND_AGAIN,
        RECEIVE_AGAIN_AND_AGAIN,
        SEND_AGAIN_AND_AGAIN;

        /** The unit it uses; that of the one that waits for its link has no link. */
        int unit() {
            return this == ACK_WITH_LINK_DOWN ? 1 : 0;
        }
    }

    public static void main(String[] args) throws InterruptedException, IOException {
        Path directory = Path.of(args[0]);
        List<Thread> threads = new ArrayList<>();
        for (Call call : Call.values()) {
            Device device = open(directory, call.unit());
            Context context = device.openContext();
            threads.add(
                    Thread.ofPlatform()
                            .name(call.name())
                            .start(() -> waitForTheEnd(call, device, context)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println("all lost");
        if (System.in.read() < 0) {
            return;
        }
        try (Device device = open(directory, 0);
                Context context = device.openContext()) {
            Numbered.Series series = new Numbered.Series();
            Numbered.send(context, context.destination(context.address()), 0);
            context.receive(series, 1, Await.DEADLINE);
            System.out.println("reopened received=" + series.count());
        }
    }

    private static Device open(Path directory, int unit) {
        return Device.open(DeviceOptions.fromEnvironment().withDirectory(directory).withUnit(unit));
    }

    private static void waitForTheEnd(Call call, Device device, Context context) {
        System.out.println("waiting in " + call);
        try {
            perform(call, device, context);
        } catch (SoftpathException e) {
            // CLOCK_MONOTONIC: the test's clock too
            System.out.printf("ended %s %s at=%d%n", call, describe(e), System.nanoTime());
        }
        System.out.printf(
                "then %s send=%s receive=%s%n",
                call,
                outcome(() -> Numbered.send(context, self(context), 0)),
                outcome(() -> context.receive(packet -> {}, 1)));
        context.close();
    }

    private static void perform(Call call, Device device, Context context) {
        Destination self = self(context);
        switch (call) {
            case AWAIT -> {
                while (true) {
                    context.await(FOREVER);
                }
            }
            case RECEIVE_WAITING -> {
                while (true) {
                    context.receive(packet -> {}, 16, FOREVER);
                }
            }
            case ACK_WITH_LINK_DOWN -> {
                device.inspect().admin(ControlRecord.ADMIN_LINK_DOWN, 1, 0);
                context.ackEvents(UserEvent.DISARM_BUFS);
            }
            case INSPECT_AGAIN_AND_AGAIN -> {
                while (true) {
                    device.inspect().units();
                }
            }
            case RECEIVE_AGAIN_AND_AGAIN -> {
                while (true) {
                    context.receive(packet -> {}, 16);
                    Thread.yield();
                }
            }
            case SEND_AGAIN_AND_AGAIN -> {
                while (true) {
                    Numbered.send(context, self, 0);
                    Thread.yield();
                }
            }
        }
    }

    private static Destination self(Context context) {
        return context.destination(context.address());
    }

    private static String outcome(Runnable call) {
        try {
            call.run();
            return "ok";
        } catch (SoftpathException e) {
            return describe(e);
        }
    }

    private static String describe(SoftpathException e) {
        return e.getClass().getSimpleName() + "/" + e.errno().name();
    }
}
