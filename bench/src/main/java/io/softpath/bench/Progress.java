package io.softpath.bench;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells a person who waits how far all the measurements are, and how long they still take: as long
 * as expected, but for how much slower than that this machine has been so far.
 */
final class Progress implements Consumer<String> {
    private final boolean quick;
    private final Consumer<String> out;
    private final List<Part> parts;
    private final long beginNs = System.nanoTime();
    private long doneNs;
    private Duration expectedOfDone = Duration.ZERO;
    private Part part;

    Progress(boolean quick, Consumer<String> out) {
        this.quick = quick;
        this.out = out;
        parts = Part.all(quick);
    }

    void begin(Part next) {
        part = next;
    }

    void end(Part done) {
        doneNs = System.nanoTime() - beginNs;
        expectedOfDone = expectedOfDone.plus(done.expected(quick));
    }

    @Override
    public void accept(String what) {
        out.accept(
                "[%d of %d] %s, %s: %s"
                        .formatted(
                                parts.indexOf(part) + 1, parts.size(), part.label(), left(), what));
    }

    private String left() {
        Duration all = Duration.ZERO;
        for (Part each : parts) {
            all = all.plus(each.expected(quick));
        }
        double slower = expectedOfDone.isZero() ? 1 : doneNs / 1e9 / expectedOfDone.toSeconds();
        double rest = all.minus(expectedOfDone).toSeconds() * slower;
        double ofThis = part.expected(quick).toSeconds() * slower;
        double inThis = Math.min((System.nanoTime() - beginNs - doneNs) / 1e9, ofThis);
        long seconds = Math.round(rest - inThis);
        return seconds < 90 ? seconds + " s left" : (seconds + 30) / 60 + " min left";
    }
}
