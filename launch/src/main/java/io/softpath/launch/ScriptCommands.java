package io.softpath.launch;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Commands that the script {@code launch/softpath} carries out before there is a JVM of ours; here
 * so that help and completion know them.
 */
final class ScriptCommands {
    private ScriptCommands() {}

    /** Says where the command is. */
    abstract static class InScript implements Callable<Integer> {
        @Spec private CommandSpec spec;

        @Parameters(paramLabel = "ARG", description = "Passed on.")
        @SuppressWarnings("UnusedVariable") // for the help text
        private List<String> arguments = new ArrayList<>();

        @Override
        public Integer call() {
            throw new Trouble(
                    ExitCode.USAGE,
                    spec.qualifiedName()
                            + " is done by the script launch/softpath; start that, not the jar");
        }
    }

    /** Measures; the bench module has its own options and help. */
    @Command(
            name = "bench",
            description =
                    "Measure this machine and the chip; softpath bench --help says what there is.")
    static final class Bench extends InScript {}

    /** Builds the distribution. */
    @Command(
            name = "build",
            description =
                    "Build launch/target/dist; other commands do it when a source is newer."
                            + " Arguments go to Maven.")
    static final class Build extends InScript {}

    /** Builds everything, checks and tests it. */
    @Command(
            name = "test",
            description =
                    "Build everything with all checks and tests (mvn verify). Arguments go to"
                            + " Maven.")
    static final class Test extends InScript {}

    /** Formats the sources. */
    @Command(name = "format", description = "Put all Java sources into the project's format.")
    static final class Format extends InScript {}
}
