package io.softpath.bench;

import io.softpath.bench.process.BenchFailure;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command line of {@code softpath bench}. Exit code 0: measured, 1: could not measure, 2: wrong
 * usage.
 */
@Command(
        name = "softpath bench",
        description = "Measures softpath on this machine.",
        footer = {
            "",
            "Figures depend on what else runs: close it, and quote a ratio rather than a time.",
            "Exit code: 0 measured, 1 could not measure, 2 wrong usage."
        },
        subcommands = {
            FloorCommand.class,
            ChipCommand.class,
            ExpectedCommand.class,
            MqCommand.class,
            PeersCommand.class,
            PsmCommand.class,
            JmhCommand.class
        })
public final class BenchMain implements Runnable {
    private static final int NOT_MEASURED = 1;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

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
        return new CommandLine(new BenchMain()).setExecutionExceptionHandler(BenchMain::explain);
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
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to measure");
    }
}
