package io.softpath.launch;

import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;

import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A user process that opens a device, sends one packet, says so, and does nothing more. */
final class OneShot {
    private OneShot() {}

    static Jvm start(ChildDaemon daemon, Address peer, int number) {
        return Jvm.of(OneShot.class)
                .arguments(daemon.directory().toString(), peer.toString(), Integer.toString(number))
                .start();
    }

    /** Waits until its packet is sent, and says from which context. */
    static int awaitSent(Jvm child) {
        return Integer.parseInt(child.awaitLine("^sent context=(\\d+)").group(1));
    }

    public static void main(String[] args) {
        Context context =
                Device.open(DeviceOptions.fromEnvironment().withDirectory(Path.of(args[0])))
                        .openContext();
        Address peer = Address.parse(args[1]);
        long number = Long.parseLong(args[2]);
        Numbered.send(context, context.destination(peer), number);
        System.out.println("sent context=" + context.address().context());
        while (true) {
            LockSupport.park();
        }
    }
}
