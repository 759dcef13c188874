package io.softpath.bench.report;

/** Looks at the machine before and after something is measured on it. */
public final class Run {
    private final Machine machine = Machine.here();
    private final Conditions begin = Conditions.now();

    private Run() {}

    /** Nothing has been measured yet. */
    public static Run begin() {
        return new Run();
    }

    /** All has been measured, and this came of it. */
    public Report end(Outcome outcome) {
        return new Report(
                machine,
                Warnings.of(machine, begin, Conditions.now(), outcome.results()),
                outcome.results(),
                outcome.absent());
    }
}
