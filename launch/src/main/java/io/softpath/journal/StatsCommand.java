package io.softpath.journal;

import io.softpath.flight.FlightEvent;
import io.softpath.flight.FlightKind;
import io.softpath.flight.JournalReader;

import picocli.CommandLine.Command;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts what is in each journal. */
@Command(
        name = "stats",
        description =
                "Count the events of each journal, by kind; say what is missing and how it ended.")
final class StatsCommand extends EventCommand {
    @Override
    public Integer call() {
        for (Path journal : places().journals()) {
            Map<String, Object> stats = stats(journal);
            if (json()) {
                out().println(json(stats));
            } else {
                print(stats);
            }
        }
        out().flush();
        return 0;
    }

    private static Map<String, Object> stats(Path journal) {
        Map<String, Long> kinds = new TreeMap<>();
        Map<String, Object> stats = new LinkedHashMap<>();
        long events = 0;
        long dropped = 0;
        long before = 0;
        FlightEvent first = null;
        FlightEvent last = null;
        try (JournalReader reader = JournalReader.open(journal)) {
            for (FlightEvent event = reader.next(); event != null; event = reader.next()) {
                if (first == null) {
                    first = event;
                    before = event.value("recordsBefore"); // a journal begins with a segment
                }
                last = event;
                events++;
                kinds.merge(event.label(), 1L, Long::sum);
                if (event.is(FlightKind.JOURNAL_GAP)) {
                    dropped = event.value("droppedInAll");
                } else if (event.is(FlightKind.JOURNAL_SEGMENT)) {
                    dropped = Math.max(dropped, event.value("droppedBefore"));
                }
            }
            stats.put("journal", reader.info().name());
            stats.put("pid", reader.info().pid());
            stats.put("directory", journal.toString());
            stats.put("events", events);
            stats.put("removed", before);
            stats.put("dropped", dropped);
            stats.put("ended", reader.isEnded());
            stats.put("firstNs", first == null ? 0 : first.timeNs());
            stats.put("lastNs", last == null ? 0 : last.timeNs());
            stats.put("kinds", kinds);
        }
        return stats;
    }

    private void print(Map<String, Object> stats) {
        long nanos = (long) stats.get("lastNs") - (long) stats.get("firstNs");
        out().printf(
                        "%s[%s]: %s events in %.3f s, %s dropped, %s removed for room, %s%n",
                        stats.get("journal"),
                        stats.get("pid"),
                        stats.get("events"),
                        nanos / 1e9,
                        stats.get("dropped"),
                        stats.get("removed"),
                        (boolean) stats.get("ended")
                                ? "ended in order"
                                : "not ended: still running, killed, or out of room");
        ((Map<?, ?>) stats.get("kinds"))
                .forEach((kind, count) -> out().printf("  %10s  %s%n", count, kind));
    }
}
