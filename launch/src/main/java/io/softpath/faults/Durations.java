package io.softpath.faults;

import io.softpath.launch.ExitCode;
import io.softpath.launch.Trouble;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long something is to go on, as options have it: {@code 250ms}, {@code 30s}, {@code 2h}. */
public final class Durations {
    /** Longer than anybody waits. */
    public static final Duration YEAR = Duration.ofDays(365);

    private static final Pattern TIME = Pattern.compile("(\\d+)(ms|s|m|h)?");

    /** More digits than any time within the bounds has. */
    private static final int MOST_DIGITS = 12;

    private Durations() {}

    /**
     * Reads one; a number alone is seconds.
     *
     * @param option whose value it is, for the message
     * @param longest that it may be; whole hours
     * @throws Trouble with {@link ExitCode#USAGE}, naming option, value and bounds
     */
    public static Duration parse(String option, String text, Duration longest) {
        Matcher matcher = TIME.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw wrong(
                    option, text, "a time is a number with ms, s, m or h behind it, such as 30s");
        }
        String digits = matcher.group(1).replaceFirst("^0+(?=\\d)", "");
        Duration time =
                digits.length() > MOST_DIGITS
                        ? null
                        : Duration.ofMillis(
                                Math.multiplyExact(
                                        Long.parseLong(digits), milliseconds(matcher.group(2))));
        if (time == null || time.isZero() || time.compareTo(longest) > 0) {
            throw wrong(option, text, "a time is 1ms.." + longest.toHours() + "h");
        }
        return time;
    }

    private static long milliseconds(String unit) {
        return switch (unit == null ? "s" : unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            default -> 3_600_000;
        };
    }

    private static Trouble wrong(String option, String text, String bound) {
        return new Trouble(ExitCode.USAGE, option + " " + text + ": " + bound);
    }
}
