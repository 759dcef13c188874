package io.softpath.bench;

import io.softpath.bench.chip.ChipBench;
import io.softpath.bench.report.Machine;
import io.softpath.bench.report.Report;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code softpath bench chip}: messages through the chip, and what an idle daemon costs. */
@Command(
        name = "chip",
        description = {
            "Measures messages through the chip and what an idle daemon costs.",
            "A private daemon is started. Tiny messages go to oneself and between two processes;"
                + " what is allocated for them is counted. Then the daemon idles and is woken. The"
                + " floor is measured in the same rounds, and latencies are compared with it."
        })
final class ChipCommand implements Callable<Integer> {
    @Mixin private ReportOptions options;

    @Override
    public Integer call() {
        Machine machine = Machine.here();
        ChipBench bench = new ChipBench(options.quick, options::progress);
        options.print(
                new Report(machine, bench.run()),
                "A message to oneself is two hand-overs, to the chip and back: the floor's round"
                        + " trip is two as well.");
        return 0;
    }
}
