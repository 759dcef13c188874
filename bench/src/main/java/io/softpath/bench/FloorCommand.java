package io.softpath.bench;

import io.softpath.bench.floor.HandoverFloor;
import io.softpath.bench.report.Machine;
import io.softpath.bench.report.Report;
import io.softpath.bench.report.Result;

import org.HdrHistogram.Histogram;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code softpath bench floor}: what this machine allows, whatever softpath does. */
@Command(
        name = "floor",
        description = {
            "Measures the raw round trip of one cache line between two processes.",
            "No message between two processes can be faster; other figures are quoted as ratios to"
                    + " it."
        })
final class FloorCommand implements Callable<Integer> {
    private static final int ROUNDS = 7;
    private static final int QUICK_ROUNDS = 3;

    @Mixin private ReportOptions options;

    @Override
    public Integer call() {
        Machine machine = Machine.here();
        int rounds = options.quick ? QUICK_ROUNDS : ROUNDS;
        Duration measured = Duration.ofMillis(options.quick ? 300 : 1000);
        List<Histogram> histograms = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            options.progress("round " + (i + 1) + " of " + rounds);
            histograms.add(HandoverFloor.round(measured));
        }
        Result floor = Result.ofHistograms(HandoverFloor.NAME, "ns", histograms);
        options.print(
                new Report(machine, List.of(floor)),
                "Two processes, one cache line each way: a line stored by one is seen by the other"
                        + " and answered.");
        return 0;
    }
}
