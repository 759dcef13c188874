package io.softpath.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Small files in which the system tells of itself; one that is not there is empty. */
final class SystemFiles {
    private SystemFiles() {}

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException _) {
            return List.of();
        }
    }

    /** The first line; empty if there is none. */
    static String first(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? "" : lines.getFirst().strip();
    }

    /** A number among the words of a line, the first of which is 0; 0 if it is not there. */
    static double word(String line, int index) {
        String[] words = line.strip().split("\\s+", -1);
        try {
            return index < words.length ? Double.parseDouble(words[index]) : 0;
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
