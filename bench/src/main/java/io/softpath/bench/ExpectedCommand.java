package io.softpath.bench;

import io.softpath.bench.expected.ExpectedBench;
import io.softpath.bench.report.Machine;
import io.softpath.bench.report.Report;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code softpath bench expected}: transfers into pinned memory, and what pinning costs. */
@Command(
        name = "expected",
        description = {
            "Measures expected receive: transfers into pinned memory, and what pinning costs.",
            "A private daemon with the model IBA7322 is started. One process sends blocks to"
                + " another, from its pinned memory (one copy, by the chip) and through send"
                + " buffers (two copies). A plain memory copy of the same size is measured in the"
                + " same rounds, and bandwidths are compared with it."
        })
final class ExpectedCommand implements Callable<Integer> {
    @Mixin private ReportOptions options;

    @Override
    public Integer call() {
        Machine machine = Machine.here();
        ExpectedBench bench = new ExpectedBench(options.rounds());
        options.print(
                new Report(machine, bench.run()),
                "A ratio of 1 would be a transfer that costs no more than one copy of the block by"
                        + " the process that has it.");
        return 0;
    }
}
