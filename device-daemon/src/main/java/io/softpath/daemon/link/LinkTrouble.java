package io.softpath.daemon.link;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What goes wrong on the way from chip to chip.
 *
 * @param drop part of the packets that are lost, 0 to 1
 * @param duplicate part that comes twice
 * @param reorder part that comes later than packets behind it
 * @param corrupt part that comes with a wrong CRC, which the chip tells
 * @param delayNs how long each packet takes
 * @param seed the same seed does the same to the same packets
 */
public record LinkTrouble(
        double drop, double duplicate, double reorder, double corrupt, long delayNs, long seed) {
    /** Longer, and the largest number of packets that may be under way would be held. */
    public static final long MAX_DELAY_NS = 1_000_000_000L;

    public static final LinkTrouble NONE = new LinkTrouble(0, 0, 0, 0, 0, 1);

    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(%?)");
    private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|ms|s)");
    private static final double PERCENT = 100;

    /**
     * @throws IllegalArgumentException naming the value and the bound
     */
    public LinkTrouble {
        check("drop", drop);
        check("dup", duplicate);
        check("reorder", reorder);
        check("corrupt", corrupt);
        if (delayNs < 0 || delayNs > MAX_DELAY_NS) {
            throw new IllegalArgumentException(
                    "link: delay=" + delayNs + "ns is outside 0.." + MAX_DELAY_NS + "ns");
        }
    }

    private static void check(String name, double part) {
        if (!(part >= 0 && part <= 1)) {
            throw new IllegalArgumentException(
                    "link: " + name + "=" + part * PERCENT + "% is outside 0..100%");
        }
    }

    /** Whether packets simply arrive. */
    public boolean isNone() {
        return drop == 0 && duplicate == 0 && reorder == 0 && corrupt == 0 && delayNs == 0;
    }

    /**
     * Reads {@code drop=5%,dup=1%,reorder=2%,corrupt=0.1%,delay=50us,seed=7}, any of them in any
     * order.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static LinkTrouble parse(String text) {
        double drop = 0;
        double duplicate = 0;
        double reorder = 0;
        double corrupt = 0;
        long delay = 0;
        long seed = 1;
        for (String each : text.split(",", -1)) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each : each.substring(0, equals);
            String value = equals < 0 ? "" : each.substring(equals + 1);
            switch (name) {
                case "drop" -> drop = part(each, value);
                case "dup" -> duplicate = part(each, value);
                case "reorder" -> reorder = part(each, value);
                case "corrupt" -> corrupt = part(each, value);
                case "delay" -> delay = time(each, value);
                case "seed" -> seed = number(each, value);
                default -> throw wrong(each, "drop=, dup=, reorder=, corrupt=, delay= or seed=");
            }
        }
        return new LinkTrouble(drop, duplicate, reorder, corrupt, delay, seed);
    }

    private static double part(String each, String value) {
        Matcher matcher = PART.matcher(value);
        if (!matcher.matches()) {
            throw wrong(each, "a number with or without %, as drop=5%");
        }
        double number = Double.parseDouble(matcher.group(1));
        return matcher.group(2).isEmpty() ? number : number / PERCENT;
    }

    private static long time(String each, String value) {
        Matcher matcher = TIME.matcher(value);
        if (!matcher.matches()) {
            throw wrong(each, "a time in ns, us, ms or s, as delay=50us");
        }
        double unit =
                switch (matcher.group(2)) {
                    case "ns" -> 1;
                    case "us" -> 1e3;
                    case "ms" -> 1e6;
                    default -> 1e9;
                };
        return Math.round(Double.parseDouble(matcher.group(1)) * unit);
    }

    private static long number(String each, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("link: " + each + " is not a number", e);
        }
    }

    private static IllegalArgumentException wrong(String each, String choice) {
        return new IllegalArgumentException("link: \"" + each + "\" is not " + choice);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "drop=%s%% dup=%s%% reorder=%s%% corrupt=%s%% delay=%dns seed=%d",
                drop * PERCENT,
                duplicate * PERCENT,
                reorder * PERCENT,
                corrupt * PERCENT,
                delayNs,
                seed);
    }
}
