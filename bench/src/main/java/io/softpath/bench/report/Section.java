package io.softpath.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one part of the measurements found. Its results were taken in turns, so they can be compared
 * with each other; another part may have results of the same names, taken at other minutes.
 *
 * @param name how the part is asked for
 * @param what it measures: a sentence
 * @param reading what a person should know who reads the figures: sentences
 * @param outcome of it
 */
public record Section(String name, String what, String reading, Outcome outcome) {
    /** The results of all sections; of those that have one name, the first. */
    static List<Result> results(List<Section> sections) {
        Map<String, Result> first = new LinkedHashMap<>();
        for (Section section : sections) {
            section.outcome.results().forEach(result -> first.putIfAbsent(result.name(), result));
        }
        return List.copyOf(first.values());
    }

    /** Its result of that name. */
    Optional<Result> result(String name) {
        return outcome.results().stream().filter(result -> result.name().equals(name)).findFirst();
    }
}
