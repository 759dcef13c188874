package io.softpath.fault;

import java.util.function.IntConsumer;

/**
 * The hooks. {@link #ON} is a constant of the process, so that where it is false nothing is left of
 * a hook once its method is compiled.
 *
 * <p>It is true if the environment has {@value #VARIABLE}, or the system {@value #PROPERTY}, when
 * this class is initialised. Its text is a {@link FaultPlan}; {@value #NO_PLAN} stands for none:
 * the points are passed and nothing happens until a program installs a {@link FaultHandler}.
 */
public final class Faults {
    /** Environment variable with a plan for the process. */
    public static final String VARIABLE = "SOFTPATH_FAULTS";

    /** System property with a plan for the process; goes before the variable. */
    public static final String PROPERTY = "softpath.faults";

    /** The plan of a process whose points are on for a handler of its own. */
    public static final String NO_PLAN = "on";

    /** Nothing strikes. */
    public static final long NO = -1;

    /** Something strikes, and stays broken. */
    public static final long FOREVER = Long.MAX_VALUE;

    private static final FaultHandler NOBODY = point -> {};
    private static final String TEXT = text();

    /** Whether points do anything in this process. */
    public static final boolean ON = !TEXT.isEmpty();

    private static volatile FaultHandler handler = NOBODY;
    private static volatile IntConsumer signaller;

    static {
        if (ON && !TEXT.equals(NO_PLAN)) {
            handler = planned(FaultPlan.parse(TEXT));
        }
    }

    private Faults() {}

    private static String text() {
        String property = System.getProperty(PROPERTY);
        String text = property == null ? System.getenv(VARIABLE) : property;
        return text == null ? "" : text.strip();
    }

    /** This step is passed. */
    public static void at(FaultPoint point) {
        if (ON) {
            handler.passed(point);
        }
    }

    /** The errno that the call at this point has to pretend; 0: it is made. */
    public static int errno(FaultPoint point) {
        return ON ? handler.errno(point) : 0;
    }

    /** Whether what this point is about breaks now, for good. */
    public static boolean strikes(FaultPoint point) {
        return ON && handler.strikeNs(point) != NO;
    }

    /**
     * How long what this point is about is broken from now on.
     *
     * @return {@link #NO}, a time in nanoseconds, or {@link #FOREVER}
     */
    public static long strikeNs(FaultPoint point) {
        return ON ? handler.strikeNs(point) : NO;
    }

    /**
     * Has somebody else decide what happens at points; any thread, for all threads.
     *
     * @return what decided before, to be given back
     * @throws IllegalStateException if points do nothing in this process
     */
    public static FaultHandler handler(FaultHandler next) {
        if (!ON) {
            throw new IllegalStateException(
                    "faults: points are off in this process; start it with -D"
                            + PROPERTY
                            + "="
                            + NO_PLAN);
        }
        FaultHandler before = handler;
        handler = next;
        return before;
    }

    /** Does to this process what a plan says; its passings count from now on. */
    public static FaultHandler planned(FaultPlan plan) {
        return new PlannedFaults(plan, System::nanoTime, Faults::signal);
    }

    /** Says who sends this process a signal, by number. */
    public static void signals(IntConsumer raise) {
        signaller = raise;
    }

    private static void signal(int number) {
        IntConsumer raise = signaller;
        if (raise == null) {
            throw new IllegalStateException(
                    "faults: signal=" + number + " is due, and nobody here can send one");
        }
        raise.accept(number);
    }
}
