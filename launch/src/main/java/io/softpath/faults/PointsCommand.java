package io.softpath.faults;

import io.softpath.fault.FaultPoint;
import io.softpath.launch.Json;
import io.softpath.launch.Table;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;

/** Lists where faults can be made to happen. */
@Command(
        name = "points",
        description = "List the points at which a fault can be made to happen.",
        footer = {
            "",
            "A point is named in a fault plan (softpath run --faults PLAN), or for one process in",
            "its environment:"
                    + " SOFTPATH_FAULTS='pio.half-written=kill@17;direct.claimed=stop:200ms'.",
            "",
            "Examples:",
            "  softpath faults points",
            "  softpath faults points --json"
        })
final class PointsCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "As JSON, for programs.")
    private boolean json;

    /** A point as programs read it. */
    private record Point(String point, String process, String kind, String faults, String when) {
        static Point of(FaultPoint point) {
            return new Point(
                    point.label(),
                    point.side().label(),
                    point.kind().label(),
                    point.actions(),
                    point.when());
        }
    }

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        List<Point> points = Stream.of(FaultPoint.values()).map(Point::of).toList();
        if (json) {
            out.println(Json.pretty(points));
            return;
        }
        Table table = new Table("POINT", "PROCESS", "FAULTS", "WHEN IT IS PASSED");
        points.forEach(each -> table.row(each.point(), each.process(), each.faults(), each.when()));
        table.print(out, spec.commandLine().getColorScheme().ansi());
    }
}
