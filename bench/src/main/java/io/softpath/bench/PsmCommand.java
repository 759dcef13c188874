package io.softpath.bench;

import io.softpath.bench.psm.PsmBench;
import io.softpath.bench.report.Machine;
import io.softpath.bench.report.Report;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code softpath bench psm}: the real C library on the chip, beside our own. */
@Command(
        name = "psm",
        description = {
            "Measures the real library of the chip, libpsm, beside softpath's own.",
            "Two processes on two units of a private daemon pass small messages to each other: one"
                + " at a time, then in windows. Once both use libpsm under the preload library,"
                + " once both use softpath's library. The floor is measured in the same rounds.",
            "Needs cc and Debian's libpsm-infinipath1-dev."
        })
final class PsmCommand implements Callable<Integer> {
    @Mixin private ReportOptions options;

    @Override
    public Integer call() {
        Machine machine = Machine.here();
        PsmBench bench = new PsmBench(options.rounds());
        options.print(
                new Report(machine, bench.run()),
                "Half a round trip is two hand-overs, to the chip and to the other process: the"
                        + " floor's round trip is two as well.");
        return 0;
    }
}
