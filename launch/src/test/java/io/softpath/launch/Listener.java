package io.softpath.launch;

import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A user process that receives numbered packets until it is killed, sleeping while there are none,
 * and keeps count in a ledger. Numbers may be missing, but never go back.
 */
final class Listener {
    private Listener() {}

    static Jvm start(ChildDaemon daemon, Path ledger) {
        return Jvm.of(Listener.class)
                .arguments(daemon.directory().toString(), ledger.toString())
                .start();
    }

    /** Waits until it is ready. */
    static Address awaitReady(Jvm listener) {
        return Address.parse(listener.awaitLine("^ready address=(\\S+)").group(1));
    }

    public static void main(String[] args) {
        Ledger ledger = Ledger.open(Path.of(args[1]));
        Device device =
                Device.open(DeviceOptions.fromEnvironment().withDirectory(Path.of(args[0])));
        Context context = device.openContext();
        System.out.println("ready address=" + context.address());
        Count count = new Count(ledger);
        while (true) {
            context.receive(count, 64, Duration.ofDays(1));
        }
    }

    private static final class Count implements PacketHandler {
        private final Ledger ledger;
        private long good;
        private long bad;
        private long last = -1;

        Count(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        public void onPacket(ReceivedPacket packet) {
            if (packet.data0() <= last) {
                throw new AssertionError(
                        "number=" + packet.data0() + " comes after number=" + last);
            }
            Numbered.check(packet);
            last = packet.data0();
            ledger.put(Ledger.LAST, last);
            ledger.put(Ledger.GOOD, ++good);
        }

        @Override
        public void onError(ReceivedPacket packet) {
            ledger.put(Ledger.BAD, ++bad);
        }
    }
}
