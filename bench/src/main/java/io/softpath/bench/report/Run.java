package io.softpath.bench.report;

import java.util.List;

/** Looks at the machine before and after something is measured on it. */
public final class Run {
    private final Machine machine = Machine.here();
    private final Conditions begin = Conditions.now();

    private Run() {}

    /** Nothing has been measured yet. */
    public static Run begin() {
        return new Run();
    }

    /** All has been measured, and this came of it, part by part. */
    public Report end(List<Section> sections) {
        Conditions end = Conditions.now();
        return new Report(
                machine, Warnings.of(machine, begin, end, Section.results(sections)), sections);
    }
}
