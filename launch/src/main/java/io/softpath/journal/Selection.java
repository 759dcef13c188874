package io.softpath.journal;

import io.softpath.flight.FlightEvent;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Which events are wanted. */
final class Selection implements Predicate<FlightEvent> {
    @Option(
            names = "--kind",
            paramLabel = "KIND",
            split = ",",
            description =
                    "Only these kinds, or all that begin so: wire, entry, dma, app.send, ... See"
                            + " docs/flight-recorder.md.")
    private List<String> kinds = new ArrayList<>();

    @Option(
            names = "--process",
            paramLabel = "NAME",
            description = "Only of this process: daemon, rank-3, or its number.")
    private String process;

    @Option(names = "--unit", paramLabel = "N", description = "Only of this unit.")
    private Integer unit;

    @Option(names = "--context", paramLabel = "N", description = "Only of this context.")
    private Integer context;

    @Override
    public boolean test(FlightEvent event) {
        return (kinds.isEmpty() || kinds.stream().anyMatch(event.label()::startsWith))
                && (process == null
                        || process.equals(event.journal().name())
                        || process.equals(Long.toString(event.journal().pid())))
                && (unit == null || unit == event.unit())
                && (context == null || context == event.context());
    }
}
