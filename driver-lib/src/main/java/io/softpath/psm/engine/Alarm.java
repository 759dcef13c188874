package io.softpath.psm.engine;

/** The time that an engine was told last, and when it has something to do even if nothing comes. */
final class Alarm {
    private long nowNs;
    private long wakeNs = Long.MAX_VALUE;

    Alarm(long nowNs) {
        this.nowNs = nowNs;
    }

    /** The earlier of two times, each MAX_VALUE if there is none. */
    static long earlier(long first, long second) {
        if (first == Long.MAX_VALUE || second == Long.MAX_VALUE) {
            return Math.min(first, second);
        }
        return first - second < 0 ? first : second;
    }

    long nowNs() {
        return nowNs;
    }

    /** The next time that was asked for; MAX_VALUE if none was. */
    long wakeNs() {
        return wakeNs;
    }

    /** Asks to be woken then, or before; MAX_VALUE asks for nothing. */
    void at(long timeNs) {
        wakeNs = earlier(wakeNs, timeNs);
    }

    /**
     * Tells the time.
     *
     * @return whether it is time; who asked for it must ask again
     */
    boolean rings(long newNowNs) {
        nowNs = newNowNs;
        if (wakeNs == Long.MAX_VALUE || nowNs - wakeNs < 0) {
            return false;
        }
        wakeNs = Long.MAX_VALUE;
        return true;
    }
}
