package io.softpath.apps.bigcopy;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How far a copy is: a bar that is drawn anew on a terminal, a line every few seconds elsewhere.
 * Nothing for a copy that is done before there is anything to say. One thread; {@link #close} any.
 */
final class ProgressBar implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final int LINE = 79;
    private static final long DRAW_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PRINT_EVERY_NS = TimeUnit.SECONDS.toNanos(2);
    private static final double KILO = 1000;
    private static final String UNITS = "kMGTPE";

    private final PrintStream out; // null: quiet
    private final boolean terminal;
    private final long totalBytes; // below 0: unknown
    private final long startNs;
    private long shownNs;
    private boolean drawn; // guarded by this

    ProgressBar(PrintStream out, boolean terminal, long totalBytes, long startNs) {
        this.out = out;
        this.terminal = terminal;
        this.totalBytes = totalBytes;
        this.startNs = startNs;
        this.shownNs = startNs;
    }

    /** So many bytes are done; to be called often. */
    void update(long bytes, long nowNs) {
        if (out == null || nowNs - shownNs < (terminal ? DRAW_EVERY_NS : PRINT_EVERY_NS)) {
            return;
        }
        shownNs = nowNs;
        String line = line(bytes, nowNs);
        if (!terminal) {
            out.println("bigcopy: " + line);
            return;
        }
        synchronized (this) {
            out.print("\r" + padded(line));
            out.flush();
            drawn = true;
        }
    }

    String line(long bytes, long nowNs) {
        double seconds = (nowNs - startNs) / 1e9;
        double rate = seconds > 0 ? bytes / seconds : 0;
        String done = String.format(Locale.ROOT, "%s, %s/s", human(bytes), human((long) rate));
        if (totalBytes < 0) {
            return done;
        }
        double part = totalBytes == 0 ? 1 : Math.min(1, (double) bytes / totalBytes);
        int full = (int) (part * WIDTH);
        String left =
                rate > 0
                        ? ", "
                                + duration((long) Math.ceil(Math.max(0, totalBytes - bytes) / rate))
                                + " left"
                        : "";
        String bar = terminal ? "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] " : "";
        return String.format(
                Locale.ROOT,
                "%s%3d%% of %s: %s%s",
                bar,
                (int) (part * 100),
                human(totalBytes),
                done,
                left);
    }

    private static String padded(String line) {
        return line + " ".repeat(Math.max(0, LINE - line.length()));
    }

    /** Bytes in powers of 1000, as disks and networks are sold. */
    static String human(long bytes) {
        if (bytes < KILO) {
            return bytes + " B";
        }
        double value = bytes / KILO;
        int unit = 0;
        while (value >= 999.95 && unit < UNITS.length() - 1) {
            value /= KILO;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %sB", value, UNITS.charAt(unit));
    }

    private static String duration(long seconds) {
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600
                        ? seconds / 60 + " min " + seconds % 60 + " s"
                        : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    /** Takes the bar away: what is printed next starts a line. */
    @Override
    public synchronized void close() {
        if (drawn) {
            out.print("\r" + " ".repeat(LINE) + "\r");
            out.flush();
            drawn = false;
        }
    }
}
