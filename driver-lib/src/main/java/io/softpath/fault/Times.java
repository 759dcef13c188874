package io.softpath.fault;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them: a number and its unit. */
public final class Times {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ns|us|ms|s|m)");
    private static final String[] UNITS = {"m", "s", "ms", "us", "ns"};

    private Times() {}

    /** Nanoseconds of {@code 200ms}, {@code 1.5s} and the like; -1 if it is not one. */
    public static long parse(String text) {
        Matcher matcher = TIME.matcher(text);
        return matcher.matches()
                ? Math.round(Double.parseDouble(matcher.group(1)) * unit(matcher.group(2)))
                : -1;
    }

    /** A time as {@link #parse} reads it: whole, in the largest unit that can be. */
    public static String text(long ns) {
        for (String each : UNITS) {
            if (ns % unit(each) == 0) {
                return ns / unit(each) + each;
            }
        }
        throw new AssertionError(ns);
    }

    private static long unit(String name) {
        return switch (name) {
            case "ns" -> 1;
            case "us" -> 1_000;
            case "ms" -> 1_000_000;
            case "s" -> 1_000_000_000;
            default -> 60_000_000_000L;
        };
    }
}
