package io.softpath.faults.sim;

import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.util.function.Consumer;

/** Tells the world that a thread plays of the points of the library's code that it passes. */
final class SimPoints {
    /** Those that an engine passes by itself, without a device. */
    private static final FaultPoint FIRST = FaultPoint.CONNECT_ASKED;

    private static final FaultPoint LAST = FaultPoint.DIRECT_UNLISTENED;

    private static final ThreadLocal<Consumer<FaultPoint>> LISTENERS = new ThreadLocal<>();

    static {
        Faults.handler(SimPoints::passed);
    }

    private SimPoints() {}

    /** Points that simulated processes pass. */
    static FaultPoint[] all() {
        int count = LAST.ordinal() - FIRST.ordinal() + 1;
        FaultPoint[] all = new FaultPoint[count];
        System.arraycopy(FaultPoint.values(), FIRST.ordinal(), all, 0, count);
        return all;
    }

    /** From now on this hears of what this thread passes. */
    static void listen(Consumer<FaultPoint> listener) {
        LISTENERS.set(listener);
    }

    /** Nobody hears of it any more. */
    static void ignore() {
        LISTENERS.remove();
    }

    private static void passed(FaultPoint point) {
        Consumer<FaultPoint> listener = LISTENERS.get();
        if (listener != null) {
            listener.accept(point);
        }
    }
}
