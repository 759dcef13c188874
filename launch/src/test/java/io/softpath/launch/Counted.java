package io.softpath.launch;

import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.DriverCounter;
import io.softpath.driver.Device;
import io.softpath.linux.Fd;
import io.softpath.stat.StatCounter;
import io.softpath.stat.StatReader;

/** What unit 0 of a daemon has counted. */
final class Counted {
    private Counted() {}

    static long by(Device device, DriverCounter counter) {
        return value(device, StatCounter.Group.DRIVER, counter.label());
    }

    static long by(Device device, ChipCounter counter) {
        return value(device, StatCounter.Group.CHIP, counter.label());
    }

    private static long value(Device device, StatCounter.Group group, String name) {
        try (Fd file = device.inspect().statistics(0)) {
            return StatReader.open(file).counters().stream()
                    .filter(counter -> counter.group() == group && counter.name().equals(name))
                    .findFirst()
                    .orElseThrow()
                    .value();
        }
    }
}
