package io.softpath.launch;

import io.softpath.driver.control.Inspector;
import io.softpath.linux.Fd;
import io.softpath.stat.StatError;
import io.softpath.stat.StatReader;

import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** The distinct errors that the daemon has logged. */
@Command(
        name = "errors",
        description = "Show the distinct errors of a daemon: what, how often, first and last time.")
final class ErrorsCommand extends ViewCommand<List<ErrorsCommand.Seen>> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    /** One unit's errors. */
    record Seen(int unit, long notRecorded, List<StatError> errors) {}

    @Override
    List<Seen> look(Inspector inspector, int[] units) {
        List<Seen> seen = new ArrayList<>();
        for (int unit : units) {
            try (Fd file = inspector.statistics(unit)) {
                StatReader reader = StatReader.open(file);
                seen.add(new Seen(unit, reader.errorsNotRecorded(), reader.errors()));
            }
        }
        return seen;
    }

    @Override
    void show(List<Seen> seen, PrintWriter out, Ansi ansi) {
        for (Seen each : seen) {
            if (each.errors().isEmpty()) {
                out.println("unit " + each.unit() + ": no errors");
            }
            for (StatError error : each.errors()) {
                out.println(
                        ansi.string("@|bold unit " + each.unit() + "|@: ")
                                + error.count()
                                + (error.count() == 1 ? " time" : " times")
                                + ", first "
                                + TIME.format(Instant.ofEpochMilli(error.firstMs()))
                                + ", last "
                                + TIME.format(Instant.ofEpochMilli(error.lastMs())));
                error.text().lines().forEach(line -> out.println("  " + line));
            }
            if (each.notRecorded() > 0) {
                out.println(
                        "unit " + each.unit() + ": " + each.notRecorded() + " more found no room");
            }
        }
    }
}
