package io.softpath.bench;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.Unavailable;
import io.softpath.bench.report.Absent;
import io.softpath.bench.report.Outcome;
import io.softpath.bench.report.Run;
import io.softpath.bench.report.Section;

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
        List<Section> sections = new ArrayList<>();
        int code = MEASURED;
        for (Part part : Part.values()) {
            if (!part.isIn(options.quick)) {
                sections.add(absent(part, "it is not in a first look; ask for it alone"));
                continue;
            }
            progress.begin(part);
            try {
                Rounds rounds = Rounds.ofAll(options.quick, progress);
                sections.add(part.section(part.run(rounds)));
            } catch (Unavailable e) {
                sections.add(absent(part, e.getMessage()));
            } catch (BenchFailure e) {
                spec.commandLine().getErr().println("softpath bench: " + e.getMessage());
                sections.add(absent(part, "it failed"));
                code = NOT_MEASURED;
            }
            progress.end(part);
        }
        options.print(
                run.end(sections),
                "A ratio holds within its part: what is compared was measured in turns.");
        return code;
    }

    private static Section absent(Part part, String why) {
        List<Absent> all = List.of(new Absent(part.label(), why));
        return part.section(new Outcome(List.of(), all));
    }

    private static void printNames() {
        for (Part part : Part.values()) {
            System.out.println(part.label() + ": " + part.what());
            part.names().forEach(name -> System.out.println("  " + name));
        }
    }
}
