package io.softpath.journal;

import io.softpath.flight.FlightEvent;
import io.softpath.flight.JournalReader;
import io.softpath.flight.Journals;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Prints the last events, and those that come. */
@Command(name = "tail", description = "Print the last events, and with -f those that come.")
final class TailCommand extends EventCommand {
    private static final long LOOK_MS = 100;

    @Mixin private Selection selection;

    @Option(
            names = "-n",
            paramLabel = "N",
            defaultValue = "20",
            description = "So many (default: ${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is recorded from now on, until Ctrl-C.")
    private boolean follow;

    private final List<JournalReader> readers = new ArrayList<>();
    private final Set<Path> opened = new HashSet<>();

    @Override
    public Integer call() throws InterruptedException {
        if (count < 0) {
            throw new ParameterException(
                    spec().commandLine(), "-n=" + count + " must not be negative");
        }
        try {
            openNew();
            Deque<FlightEvent> last = new ArrayDeque<>();
            Journals.merge(readers, event -> keep(last, event));
            last.forEach(event -> out().println(shown(event)));
            out().flush();
            while (follow && !unread()) {
                Thread.sleep(
                        LOOK_MS); // writers wake nobody: it is a look now and then, as tail -f has
                openNew();
                Journals.merge(readers, this::print);
                out().flush();
            }
        } finally {
            readers.forEach(JournalReader::close);
        }
        return 0;
    }

    private void keep(Deque<FlightEvent> last, FlightEvent event) {
        if (selection.test(event)) {
            last.add(event);
            if (last.size() > count) {
                last.remove();
            }
        }
    }

    private void print(FlightEvent event) {
        if (selection.test(event)) {
            out().println(shown(event));
        }
    }

    private void openNew() {
        for (Path journal : places().journals()) {
            if (opened.add(journal)) {
                readers.add(JournalReader.open(journal));
            }
        }
    }
}
