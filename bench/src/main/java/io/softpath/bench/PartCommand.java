package io.softpath.bench;

import io.softpath.bench.report.Run;
import io.softpath.bench.report.Section;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.List;
import java.util.concurrent.Callable;

/** {@code softpath bench PART}: one part of the measurements, with more rounds than among all. */
@Command
final class PartCommand implements Callable<Integer> {
    private final Part part;

    @Mixin private ReportOptions options;

    private PartCommand(Part part) {
        this.part = part;
    }

    /** The command line of one part. */
    static CommandLine of(Part part) {
        CommandLine line = new CommandLine(new PartCommand(part));
        line.getCommandSpec().usageMessage().description(part.what(), part.how());
        return line;
    }

    @Override
    public Integer call() {
        Run run = options.begin();
        Section section = part.section(part.run(options.rounds()));
        options.print(run.end(List.of(section)), part.reading());
        return 0;
    }
}
