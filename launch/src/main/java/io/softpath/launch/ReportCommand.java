package io.softpath.launch;

import io.softpath.abi.control.RegisterRecord;
import io.softpath.driver.Device;
import io.softpath.driver.control.Inspector;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;

/** Everything a bug report should carry, in one JSON document: what ipathbug-helper collected. */
@Command(
        name = "report",
        description = "Collect what a bug report should carry, as one JSON document.",
        footer = {
            "",
            "Machine and limits always; units, contexts, mappings, pages, pins, registers,",
            "counters and errors if a daemon runs. It holds process and user ids and paths,",
            "nothing of any payload."
        })
final class ReportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private RunDirOption runDir;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write it there instead of to standard output.")
    private Path out;

    /** The document; {@code daemon} is null if none runs. */
    record Collected(
            String time,
            List<String> version,
            String os,
            List<DoctorCommand.Check> checks,
            String directory,
            Running daemon) {}

    /** What a running daemon says of itself. */
    record Running(
            List<StatCommand.Seen> units,
            List<MapsCommand.Seen> maps,
            List<PagesCommand.Seen> pages,
            List<PinsCommand.Seen> pins,
            List<RegisterRecord> registers,
            List<ErrorsCommand.Seen> errors) {}

    @Override
    public Integer call() {
        RunDir dir = runDir.get();
        Collected collected =
                new Collected(
                        Instant.now().toString(),
                        List.of(new Softpath.Version().getVersion()),
                        System.getProperty("os.name")
                                + " "
                                + System.getProperty("os.version")
                                + " "
                                + System.getProperty("os.arch"),
                        DoctorCommand.examine(dir),
                        dir.path().toString(),
                        dir.daemon().isPresent() ? running(dir) : null);
        if (out == null) {
            spec.commandLine().getOut().println(Json.pretty(collected));
        } else {
            try {
                Files.writeString(out, Json.pretty(collected) + System.lineSeparator());
            } catch (IOException e) {
                throw new Trouble(
                        ExitCode.UNAVAILABLE, "cannot write " + out + ": " + Trouble.reason(e), e);
            }
            spec.commandLine().getOut().println("written to " + out);
        }
        return ExitCode.OK;
    }

    private static Running running(RunDir dir) {
        try (Device device = ViewCommand.open(dir)) {
            Inspector inspector = device.inspect();
            int[] units = inspector.units().stream().mapToInt(unit -> unit.unit()).toArray();
            return new Running(
                    new StatCommand().look(inspector, units),
                    new MapsCommand().look(inspector, units),
                    new PagesCommand().look(inspector, units),
                    new PinsCommand().look(inspector, units),
                    new RegsCommand().look(inspector, units),
                    new ErrorsCommand().look(inspector, units));
        }
    }
}
