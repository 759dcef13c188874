package io.softpath.faults.campaign;

import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Which processes kill themselves at which named point of the code. */
final class Points {
    /** What tells a process. */
    static final String VARIABLE = Faults.VARIABLE;

    private static final int MOST_PASSINGS = 200;

    private final List<String> names;
    private final int percent;

    private Points(FaultPoint.Side side, int percent) {
        names =
                Arrays.stream(FaultPoint.values())
                        .filter(p -> p.side() == side && p.kind() == FaultPoint.Kind.STEP)
                        .map(FaultPoint::toString)
                        .toList();
        this.percent = percent;
    }

    /**
     * Those of the library.
     *
     * @param percent of all processes
     */
    static Points ofUsers(int percent) {
        return new Points(FaultPoint.Side.USER, percent);
    }

    /** Those of the daemon. */
    static Points ofDaemons(int percent) {
        return new Points(FaultPoint.Side.DAEMON, percent);
    }

    /** What the next process is told; empty: nothing. */
    String next(SplittableRandom random) {
        if (names.isEmpty() || random.nextInt(100) >= percent) {
            return "";
        }
        // Early passings are as likely as all later ones together.
        int passing = 1 + random.nextInt(1 + random.nextInt(MOST_PASSINGS));
        return names.get(random.nextInt(names.size())) + "=kill@" + passing;
    }
}
