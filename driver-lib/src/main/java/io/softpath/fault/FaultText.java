package io.softpath.fault;

import io.softpath.error.Errno;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a plan's text; whatever is wrong with it is said with the word that is. */
final class FaultText {
    private static final String PERCENTAGE = "\\d{1,3}(?:\\.\\d{1,17})?(?:E-\\d{1,3})?";

    /** Passings, each with a chance or not; or a chance of all; from a time on. */
    private static final Pattern WHEN =
            Pattern.compile(
                    "(?:(?<first>\\d{1,18})(?<many>\\.\\.(?<last>\\d{1,18})?)?(?:/(?<every>\\d{1,18}))?"
                        + "(?:\\?(?<each>"
                            + PERCENTAGE
                            + ")%)?|(?<all>"
                            + PERCENTAGE
                            + ")%)?(?:\\+(?<after>.+))?");

    private static final double PERCENT = 100;

    private final String text;
    private final List<FaultRule> rules = new ArrayList<>();
    private long seed = 1;

    FaultText(String text) {
        this.text = text;
    }

    FaultPlan plan() {
        for (String entry : text.split("[;,\n]", -1)) {
            if (!entry.isBlank()) {
                read(entry.strip());
            }
        }
        return new FaultPlan(rules, seed);
    }

    private void read(String entry) {
        int equals = entry.indexOf('=');
        if (equals < 0) {
            throw wrong(
                    entry, "\"" + entry + "\" is not POINT=ACTION, as pio.half-written=kill@17");
        }
        String name = entry.substring(0, equals);
        String value = entry.substring(equals + 1);
        if (name.equals("seed")) {
            seed = number(entry, value);
            return;
        }
        FaultPoint point = point(entry, name);
        int at = value.indexOf('@');
        FaultAction action = action(entry, point, at < 0 ? value : value.substring(0, at));
        rules.add(rule(entry, point, action, at < 0 ? "1" : value.substring(at + 1)));
    }

    private static FaultPoint point(String entry, String name) {
        try {
            return FaultPoint.named(name);
        } catch (IllegalArgumentException e) {
            throw wrong(entry, e.getMessage());
        }
    }

    private static FaultAction action(String entry, FaultPoint point, String word) {
        FaultAction action = action(entry, word);
        if (action == null || !point.allows(action)) {
            throw wrong(
                    entry,
                    "\"" + word + "\" cannot happen at " + point + ": choose " + point.actions());
        }
        return action;
    }

    private static FaultAction action(String entry, String word) {
        int colon = word.indexOf(':');
        String verb = colon < 0 ? word : word.substring(0, colon);
        if (verb.equals("stop")) {
            if (colon < 0) {
                throw wrong(entry, "\"stop\" needs a time, as stop:200ms");
            }
            return new FaultAction.Stop(time(entry, word.substring(colon + 1)));
        }
        if (verb.equals("strike")) {
            return new FaultAction.Strike(
                    colon < 0 ? Faults.FOREVER : time(entry, word.substring(colon + 1)));
        }
        if (colon >= 0) {
            return null;
        }
        if (verb.equals("kill")) {
            return new FaultAction.Kill();
        }
        for (FaultPoint each : FaultPoint.values()) {
            for (Errno errno : each.errnos()) {
                if (errno.name().equals(verb)) {
                    return new FaultAction.Fail(errno);
                }
            }
        }
        return null;
    }

    private static FaultRule rule(String entry, FaultPoint point, FaultAction action, String when) {
        Matcher matcher = WHEN.matcher(when);
        if (when.isEmpty() || !matcher.matches()) {
            throw wrong(
                    entry,
                    "\"@"
                            + when
                            + "\" is not a passing as @17, passings as @3..9, @3.. or @3../10, each"
                            + " with a chance as @3..?5% or not, a chance of all as @1%, or one of"
                            + " them from a time after the start on as @1+2s");
        }
        String all = matcher.group("all");
        String chance = all == null ? matcher.group("each") : all;
        long first = number(entry, matcher.group("first"), 1);
        long every = number(entry, matcher.group("every"), 1);
        boolean many = all != null || matcher.group("many") != null || every != 1;
        long last = number(entry, matcher.group("last"), many ? Long.MAX_VALUE : first);
        double part = chance == null ? 1 : Double.parseDouble(chance) / PERCENT;
        String after = matcher.group("after");
        long afterNs = after == null ? 0 : time(entry, after);
        try {
            return new FaultRule(point, action, first, last, every, part, afterNs);
        } catch (IllegalArgumentException e) {
            throw wrong(entry, e.getMessage());
        }
    }

    private static long number(String entry, String word, long otherwise) {
        return word == null ? otherwise : number(entry, word);
    }

    private static long time(String entry, String word) {
        long ns = Times.parse(word);
        if (ns < 0) {
            throw wrong(entry, "\"" + word + "\" is not a time in ns, us, ms, s or m, as 200ms");
        }
        return ns;
    }

    private static long number(String entry, String word) {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw wrong(entry, "\"" + word + "\" is not a whole number");
        }
    }

    private static IllegalArgumentException wrong(String entry, String what) {
        String sentence = what.startsWith("faults: ") ? what.substring("faults: ".length()) : what;
        return new IllegalArgumentException("faults: " + sentence + place(entry));
    }

    private static String place(String entry) {
        return " (in \"" + entry + "\")";
    }
}
