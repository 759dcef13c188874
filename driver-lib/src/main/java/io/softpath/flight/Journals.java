package io.softpath.flight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Several journals read as one, in the order of time. */
public final class Journals {
    /** As {@link JournalWriter} names journals. */
    private static final Pattern OWN_NAME = Pattern.compile(".+-(\\d{1,18})-[0-9a-f]+");

    private Journals() {}

    /**
     * The journals in a directory, or the directory itself if it is one.
     *
     * @return directories for {@link JournalReader#open}, sorted by name; none if there is no such
     *     directory
     */
    public static List<Path> find(Path root) throws IOException {
        if (!JournalReader.segments(root).isEmpty()) {
            return List.of(root);
        }
        List<Path> found = new ArrayList<>();
        try (var inside = Files.list(root)) {
            inside.filter(path -> !JournalReader.segments(path).isEmpty())
                    .sorted()
                    .forEach(found::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of(); // nobody has recorded there
        }
        return found;
    }

    /** The living process that writes a journal, by the number in the journal's name. */
    public static Optional<ProcessHandle> writer(Path journal) {
        Matcher m = OWN_NAME.matcher(journal.getFileName().toString());
        return m.matches() ? ProcessHandle.of(Long.parseLong(m.group(1))) : Optional.empty();
    }

    /** Hands over every event of all journals, earliest first; of equal times in any order. */
    public static void forEach(List<Path> directories, Consumer<FlightEvent> consumer) {
        List<JournalReader> readers = new ArrayList<>();
        try {
            for (Path directory : directories) {
                readers.add(JournalReader.open(directory));
            }
            merge(readers, consumer);
        } finally {
            readers.forEach(JournalReader::close);
        }
    }

    /** Hands over all that the readers have now, in the order of time. */
    public static void merge(List<JournalReader> readers, Consumer<FlightEvent> consumer) {
        record Next(FlightEvent event, JournalReader reader) {}
        PriorityQueue<Next> next =
                new PriorityQueue<>(Comparator.comparingLong((Next n) -> n.event().timeNs()));
        for (JournalReader reader : readers) {
            FlightEvent event = reader.next();
            if (event != null) {
                next.add(new Next(event, reader));
            }
        }
        while (!next.isEmpty()) {
            Next earliest = next.remove();
            consumer.accept(earliest.event());
            FlightEvent event = earliest.reader().next();
            if (event != null) {
                next.add(new Next(event, earliest.reader()));
            }
        }
    }
}
