package io.softpath.bench;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.Unavailable;
import io.softpath.bench.report.Absent;
import io.softpath.bench.report.Outcome;
import io.softpath.bench.report.Result;
import io.softpath.bench.report.Run;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The command line of {@code softpath bench}. Exit code 0: measured, 1: could not measure, 2: wrong
 * usage.
 */
@Command(
        name = "softpath bench",
        description = {
            "Measures softpath on this machine: all of it in about 10 minutes, or one part.",
            "What is compared is measured in turns, in the same minutes."
        },
        footer = {
            "",
            "Figures depend on what else runs: close it, and quote a ratio rather than a time.",
            "Exit code: 0 measured, 1 could not measure all of it, 2 wrong usage."
        },
        subcommands = JmhCommand.class)
public final class BenchMain implements Callable<Integer> {
    private static final int MEASURED = 0;
    private static final int NOT_MEASURED = 1;

    @Mixin private ReportOptions options;

    @Option(
            names = "--list",
            description = "Print what all results are called, and measure nothing.")
    private boolean list;

    @Spec private CommandSpec spec;

    /** Runs the command line and ends the JVM. */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** Runs the command line and returns its exit code. */
    public static int execute(String... arguments) {
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new BenchMain());
        for (Part part : Part.values()) {
            line.addSubcommand(part.label(), PartCommand.of(part));
        }
        return line.setExecutionExceptionHandler(BenchMain::explain);
    }

    private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        if (e instanceof BenchFailure) {
            command.getErr().println("softpath bench: " + e.getMessage());
            return NOT_MEASURED;
        }
        throw e;
    }

    @Override
    public Integer call() {
        if (list) {
            printNames();
            return MEASURED;
        }
        Run run = options.begin();
        Progress progress = new Progress(options.quick, options::progress);
        List<Result> results = new ArrayList<>();
        List<Absent> absent = new ArrayList<>();
        int code = MEASURED;
        for (Part part : Part.values()) {
            progress.begin(part);
            try {
                Outcome outcome = part.run(Rounds.ofAll(options.quick, progress));
                outcome.results().stream()
                        .filter(result -> !isThere(results, result))
                        .forEach(results::add);
                absent.addAll(outcome.absent());
            } catch (Unavailable e) {
                absent.add(new Absent(part.label(), e.getMessage()));
            } catch (BenchFailure e) {
                spec.commandLine().getErr().println("softpath bench: " + e.getMessage());
                absent.add(new Absent(part.label(), "it failed"));
                code = NOT_MEASURED;
            }
            progress.end(part);
        }
        options.print(
                run.end(new Outcome(results, absent)),
                "A ratio holds within its part: what is compared was measured in turns.");
        return code;
    }

    /** Several parts measure the floor; the first one's is reported under its name. */
    private static boolean isThere(List<Result> results, Result result) {
        return results.stream().anyMatch(other -> other.name().equals(result.name()));
    }

    private static void printNames() {
        for (Part part : Part.values()) {
            System.out.println(part.label() + ": " + part.what());
            part.names().forEach(name -> System.out.println("  " + name));
        }
    }
}
