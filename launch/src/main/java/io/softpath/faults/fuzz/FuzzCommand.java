package io.softpath.faults.fuzz;

import io.softpath.faults.Durations;
import io.softpath.faults.report.Pages;
import io.softpath.launch.ExitCode;
import io.softpath.launch.Json;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/** {@code softpath faults fuzz}. */
@Command(
        name = "fuzz",
        description = {
            "Say and write whatever a hostile client can, beside honest ones, and see whether"
                    + " anybody notices."
        },
        footer = {
            "",
            "Ends with 1 if anybody did, or if some command or field was never tried.",
            "",
            "Examples:",
            "  softpath faults fuzz --records 1000000",
            "  softpath faults fuzz --target control,pio --seed 7 --duration 30s",
            "  softpath faults fuzz --in-process --html fuzz.html",
            "  softpath faults fuzz --self-test"
        })
public final class FuzzCommand implements Callable<Integer> {
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    @Spec private CommandSpec spec;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "The same seed does the same again (default: a new one).")
    private Long seed;

    @Option(
            names = "--records",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Hostile records to send (default: ${DEFAULT-VALUE}).")
    private long records;

    @Option(
            names = "--duration",
            paramLabel = "T",
            description = "Stop after this time, such as 30s or 10m, whatever was sent by then.")
    private String duration;

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            split = ",",
            description = "What to attack: ${COMPLETION-CANDIDATES} (default: all).")
    private Set<Target> targets = EnumSet.allOf(Target.class);

    @Option(
            names = "--round",
            paramLabel = "N",
            defaultValue = "0",
            description = "Begin with this round, to do it again.")
    private int round;

    @Option(
            names = "--in-process",
            description = {
                "Only here: daemon, hostile and honest clients in this process and one thread,"
                    + " which is fast and can be done again from its seed. Else hostile processes"
                    + " follow, beside a daemon and honest ranks in processes of their own."
            })
    private boolean inProcess;

    @Option(
            names = "--process-records",
            paramLabel = "N",
            defaultValue = "200000",
            description =
                    "Hostile records of processes, in all, for each chip model (default:"
                            + " ${DEFAULT-VALUE}).")
    private long processRecords;

    @Option(names = "--self-test", description = "Plant weaknesses and see that each is found.")
    private boolean selfTest;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the report as a page.")
    private Path html;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Write the report as Markdown.")
    private Path markdown;

    @Override
    public Integer call() {
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "error"); // what hostile clients cause is no news
        }
        if (records < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--records=" + records + ": at least 1 is wanted");
        }
        long chosen = seed != null ? seed : new SplittableRandom().nextLong() >>> 1;
        return selfTest ? selfTest(chosen) : fuzz(chosen);
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private int fuzz(long chosen) {
        Fuzz fuzz = new Fuzz(chosen, targets, Plant.NONE);
        if (!json) {
            out().println("seed=" + chosen);
            out().flush();
        }
        Fuzz.Outcome outcome = fuzz.run(round, records, limitNs(), this::progress);
        if (outcome.isGood() && !inProcess) {
            outcome = fuzz.runProcesses(processRecords, this::progress);
        }
        FuzzReport report = new FuzzReport(fuzz, targets, outcome);
        if (json) {
            out().println(Json.pretty(report.json()));
        } else {
            report.print(out(), spec.commandLine().getColorScheme().ansi());
        }
        Pages.write(html, () -> FuzzPages.html(report));
        Pages.write(markdown, () -> FuzzPages.markdown(report));
        if (outcome.cause() != null && !json) {
            outcome.cause().printStackTrace(spec.commandLine().getErr());
        }
        return report.isGood() ? ExitCode.OK : ExitCode.FAILED;
    }

    private void progress(Fuzz fuzz) {
        if (!json && fuzz.rounds() % 25 == 0) {
            out().println(
                            "records="
                                    + fuzz.records()
                                    + " a minute="
                                    + fuzz.perMinute()
                                    + " honest packets="
                                    + fuzz.honest());
            out().flush();
        }
    }

    private int selfTest(long chosen) {
        List<SelfTest.Finding> findings = SelfTest.run(chosen, !inProcess);
        boolean all = findings.stream().allMatch(SelfTest.Finding::isFound);
        if (json) {
            out().println(Json.pretty(findings));
        } else {
            findings.forEach(each ->
                    out().println(
                                    (each.isFound() ? "found   " : "MISSED  ")
                                            + each.planted()
                                            + ": "
                                            + each.found()));
        }
        return all ? ExitCode.OK : ExitCode.FAILED;
    }

    private long limitNs() {
        if (duration == null) {
            return Long.MAX_VALUE;
        }
        return Durations.parse("--duration", duration, Durations.YEAR).toNanos();
    }
}
