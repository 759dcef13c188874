package io.softpath.bench;

import io.softpath.bench.mq.MqBench;
import io.softpath.bench.report.Machine;
import io.softpath.bench.report.Report;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code softpath bench mq}: messages of matched queues. */
@Command(
        name = "mq",
        description = {
            "Measures messages of matched queues, from none to 16 MiB.",
            "Two processes pass tagged messages, first on two units of a private daemon through the"
                + " chip, then on one unit through shared memory: 8 bytes to and fro, then windows"
                + " of one size after the other. The floor, and what one copy of the same memory"
                + " takes, are measured in the same rounds."
        })
final class MqCommand implements Callable<Integer> {
    @Mixin private ReportOptions options;

    @Override
    public Integer call() {
        Machine machine = Machine.here();
        MqBench bench = new MqBench(options.rounds());
        options.print(
                new Report(machine, bench.run()),
                "A round trip through the chip is four hand-overs, twice the floor's round trip;"
                        + " one through shared memory is two, as the floor's.");
        return 0;
    }
}
