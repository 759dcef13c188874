package io.softpath.faults.plan;

import static io.softpath.faults.plan.FieldReader.NONE;

import io.softpath.error.Errno;
import io.softpath.fault.FaultAction;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.FaultRule;
import io.softpath.fault.Faults;
import io.softpath.fault.Nearest;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads one fault of a plan. */
final class FaultReader {
    static final String ANY = "any rank";
    static final String EVERY = "every rank";
    static final String DAEMON = "daemon";
    private static final Pattern RANK = Pattern.compile("rank (\\d{1,6})");
    private static final Pattern PASSINGS = Pattern.compile("(\\d{1,18})(?:\\.\\.(\\d{1,18})?)?");
    private static final Pattern BETWEEN = Pattern.compile("(.+)\\.\\.(.+)");

    private final FieldReader fields;
    private final Target target;

    private FaultReader(FieldReader fields) {
        this.fields = fields;
        target = target();
    }

    static Planned read(PlanNode node) {
        FaultReader reader = new FaultReader(FieldReader.of(node, "a fault", PlanKeys.ONE_FAULT));
        return reader.fields.has(PlanKeys.AT) ? reader.atPoint() : reader.byTime();
    }

    private Target target() {
        String choice = "choose \"rank 2\", \"any rank\", \"every rank\" or \"daemon\"";
        String text = fields.word(PlanKeys.PROCESS, choice);
        Matcher rank = RANK.matcher(text);
        if (rank.matches()) {
            return new Target(Target.Kind.RANK, Integer.parseInt(rank.group(1)));
        }
        return switch (text) {
            case ANY -> new Target(Target.Kind.ANY_RANK, -1);
            case EVERY -> new Target(Target.Kind.EVERY_RANK, -1);
            case DAEMON -> new Target(Target.Kind.DAEMON, -1);
            default ->
                    throw fields.placeOf(PlanKeys.PROCESS)
                            .wrong(
                                    "\""
                                            + text
                                            + "\" is no process"
                                            + Nearest.hint(
                                                    text, List.of(ANY, EVERY, DAEMON, "rank 0"))
                                            + "; "
                                            + choice);
        };
    }

    // What.

    /** All words for faults. */
    static List<String> words() {
        List<String> words = new ArrayList<>(List.of("kill", "stop", "strike"));
        Stream.of(FaultPoint.values())
                .flatMap(point -> point.errnos().stream())
                .map(Errno::name)
                .distinct()
                .sorted()
                .forEach(words::add);
        return words;
    }

    private FaultAction action() {
        String word = fields.word(PlanKeys.FAULT, "choose one of " + String.join(", ", words()));
        long ns = fields.time(PlanKeys.FOR);
        switch (word) {
            case "kill" -> {
                fields.refuse(PlanKeys.FOR, "goes with stop and strike: a kill is for ever");
                return new FaultAction.Kill();
            }
            case "stop" -> {
                if (ns == NONE) {
                    throw fields.place().wrong("\"for\" is missing: how long it stops, as 200ms");
                }
                return new FaultAction.Stop(ns);
            }
            case "strike" -> {
                return new FaultAction.Strike(ns == NONE ? Faults.FOREVER : ns);
            }
            default -> {
                fields.refuse(PlanKeys.FOR, "goes with stop and strike: a call fails once");
                return new FaultAction.Fail(errno(word));
            }
        }
    }

    private Errno errno(String word) {
        return Stream.of(FaultPoint.values())
                .flatMap(point -> point.errnos().stream())
                .filter(errno -> errno.name().equals(word))
                .findFirst()
                .orElseThrow(() ->
                        fields.placeOf(PlanKeys.FAULT)
                                .wrong(
                                        "\""
                                                + word
                                                + "\" is no fault"
                                                + Nearest.hint(word, words())
                                                + "; choose one of "
                                                + String.join(", ", words())));
    }

    // When: at a point.

    private Planned atPoint() {
        FaultPoint point = point();
        FaultAction action = action();
        if (!point.allows(action)) {
            throw fields.placeOf(PlanKeys.FAULT)
                    .wrong("at " + point + " it is " + point.actions() + ", not " + action);
        }
        fields.refuse(PlanKeys.TIMES, "goes with \"every\" of a time; here say \"passing\"");
        double part = fields.part(PlanKeys.PROBABILITY);
        long every = fields.number(PlanKeys.EVERY, 1);
        long[] passings = passings(part != NONE || every != NONE);
        long afterNs = fields.time(PlanKeys.AFTER);
        if (part == 0) {
            throw fields.placeOf(PlanKeys.PROBABILITY).wrong("with 0% it never happens");
        }
        return new Planned.AtPoint(
                target,
                new FaultRule(
                        point,
                        action,
                        passings[0],
                        passings[1],
                        every == NONE ? 1 : every,
                        part == NONE ? 1 : part,
                        afterNs == NONE ? 0 : afterNs));
    }

    private FaultPoint point() {
        FaultPoint point;
        try {
            point = FaultPoint.named(fields.word(PlanKeys.AT));
        } catch (IllegalArgumentException e) {
            throw fields.placeOf(PlanKeys.AT).wrong(e.getMessage().substring("faults: ".length()));
        }
        boolean passed =
                switch (point.side()) {
                    case USER -> target.isRank();
                    case DAEMON -> !target.isRank();
                    case BOTH -> true;
                };
        if (!passed) {
            throw fields.placeOf(PlanKeys.AT)
                    .wrong(
                            point
                                    + " is passed by "
                                    + (target.isRank()
                                            ? "the daemon, not by a rank"
                                            : "ranks, not by the daemon"));
        }
        return point;
    }

    private long[] passings(boolean many) {
        String text = fields.word(PlanKeys.PASSING);
        if (text == null) {
            return new long[] {1, many ? Long.MAX_VALUE : 1};
        }
        Matcher matcher = PASSINGS.matcher(text);
        if (!matcher.matches()) {
            throw fields.placeOf(PlanKeys.PASSING)
                    .wrong("\"passing\" is as 17, 3..9 or 3.., not \"" + text + "\"");
        }
        long first = fields.number(PlanKeys.PASSING, matcher.group(1), 1);
        boolean range = text.contains("..");
        if (!range) {
            return new long[] {first, first};
        }
        return new long[] {
            first,
            matcher.group(2) == null
                    ? Long.MAX_VALUE
                    : fields.number(PlanKeys.PASSING, matcher.group(2), first)
        };
    }

    // When: at a time.

    private Planned byTime() {
        FaultAction action = action();
        if (!(action instanceof FaultAction.Kill) && !(action instanceof FaultAction.Stop)) {
            throw fields.place().wrong("\"at\" is missing: at which point it is to be " + action);
        }
        for (String key : List.of(PlanKeys.PASSING, PlanKeys.PROBABILITY)) {
            fields.refuse(key, "goes with \"at\": which passing of a point");
        }
        String after = fields.word(PlanKeys.AFTER, "\"at\" a point, or \"after\" a time");
        Matcher between = BETWEEN.matcher(after);
        boolean random = between.matches();
        long earliest = fields.time(PlanKeys.AFTER, random ? between.group(1) : after);
        long latest = random ? fields.time(PlanKeys.AFTER, between.group(2)) : earliest;
        if (latest < earliest) {
            throw fields.placeOf(PlanKeys.AFTER)
                    .wrong("\"after\" ends before it begins: \"" + after + "\"");
        }
        long every = fields.time(PlanKeys.EVERY);
        long times = fields.number(PlanKeys.TIMES, 1);
        if (every == 0) {
            throw fields.placeOf(PlanKeys.EVERY).wrong("\"every\" is a time above 0");
        }
        if ((every == NONE) != (times == NONE)) {
            throw fields.place().wrong("\"every\" and \"times\" go together");
        }
        if (times > Integer.MAX_VALUE) {
            throw fields.placeOf(PlanKeys.TIMES).wrong("\"times\" is at most " + Integer.MAX_VALUE);
        }
        return new Planned.ByTime(
                target,
                action,
                earliest,
                latest,
                every == NONE ? 0 : every,
                times == NONE ? 1 : (int) times);
    }
}
