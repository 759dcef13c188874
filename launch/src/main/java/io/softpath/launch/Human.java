package io.softpath.launch;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them. */
final class Human {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    private Human() {}

    /** Whole KiB and MiB where they are whole, else bytes. */
    static String bytes(long bytes) {
        if (bytes >= MIB && bytes % MIB == 0) {
            return bytes / MIB + " MiB";
        }
        return bytes >= KIB && bytes % KIB == 0 ? bytes / KIB + " KiB" : bytes + " B";
    }

    /** How long ago, in the two largest units. */
    static String age(long sinceMs, long nowMs) {
        Duration age = Duration.ofMillis(Math.max(0, nowMs - sinceMs));
        if (age.toDays() > 0) {
            return age.toDays() + "d" + age.toHoursPart() + "h";
        }
        if (age.toHours() > 0) {
            return age.toHours() + "h" + age.toMinutesPart() + "m";
        }
        if (age.toMinutes() > 0) {
            return age.toMinutes() + "m" + age.toSecondsPart() + "s";
        }
        return String.format(Locale.ROOT, "%.1fs", age.toMillis() / 1000.0);
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
