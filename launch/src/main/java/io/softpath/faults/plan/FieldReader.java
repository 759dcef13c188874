package io.softpath.faults.plan;

import io.softpath.fault.Nearest;
import io.softpath.fault.Times;

import java.util.List;
import java.util.regex.Pattern;

/** Takes keys and values of a plan apart; each must be one of those that are known. */
final class FieldReader {
    private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)%");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
    private static final double ALL = 100;

    private final PlanNode.Fields fields;

    /** An absent one, in the unit of its values. */
    static final long NONE = -1;

    private FieldReader(PlanNode.Fields fields) {
        this.fields = fields;
    }

    /**
     * @param what it is, for people
     * @throws PlanException if it is something else, or has a key that nobody knows
     */
    static FieldReader of(PlanNode node, String what, List<String> known) {
        if (!(node instanceof PlanNode.Fields fields)) {
            throw node.place()
                    .wrong(
                            what
                                    + " is keys and values, not "
                                    + node.kind()
                                    + "; keys are "
                                    + String.join(", ", known));
        }
        for (String key : fields.values().keySet()) {
            if (!known.contains(key)) {
                throw fields.keys()
                        .get(key)
                        .wrong(
                                "\""
                                        + key
                                        + "\" is no key of "
                                        + what
                                        + Nearest.hint(key, known)
                                        + "; keys are "
                                        + String.join(", ", known));
            }
        }
        return new FieldReader(fields);
    }

    Place place() {
        return fields.place();
    }

    boolean has(String key) {
        return fields.values().containsKey(key);
    }

    /** Where a value is; where its key would be if there is none. */
    Place placeOf(String key) {
        PlanNode value = fields.values().get(key);
        return value == null ? fields.place() : value.place();
    }

    /** Refuses a key that does not go with the rest. */
    void refuse(String key, String why) {
        if (has(key)) {
            throw fields.keys().get(key).wrong("\"" + key + "\" " + why);
        }
    }

    /** A value, whatever it is; null if there is none. */
    PlanNode value(String key) {
        return fields.values().get(key);
    }

    /** A word; null if there is none. */
    String word(String key) {
        PlanNode value = fields.values().get(key);
        if (value == null) {
            return null;
        }
        if (!(value instanceof PlanNode.Word word) || word.text().isEmpty()) {
            throw value.place().wrong("\"" + key + "\" is a word or number, not " + value.kind());
        }
        return word.text();
    }

    /** A word that must be there. */
    String word(String key, String meaning) {
        if (!has(key)) {
            throw fields.place().wrong("\"" + key + "\" is missing: " + meaning);
        }
        return word(key);
    }

    /** A time in nanoseconds; {@link #NONE} if there is none. */
    long time(String key) {
        String text = word(key);
        return text == null ? NONE : time(key, text);
    }

    long time(String key, String text) {
        long ns = Times.parse(text);
        if (ns < 0) {
            throw placeOf(key)
                    .wrong(
                            "\""
                                    + key
                                    + "\" is a time in ns, us, ms, s or m, as 200ms, not \""
                                    + text
                                    + "\"");
        }
        return ns;
    }

    /** A part of one; {@link #NONE} if there is none. */
    double part(String key) {
        String text = word(key);
        if (text == null) {
            return NONE;
        }
        var matcher = PERCENT.matcher(text);
        double part = matcher.matches() ? Double.parseDouble(matcher.group(1)) / ALL : NONE;
        if (part < 0 || part > 1) {
            throw placeOf(key)
                    .wrong("\"" + key + "\" is 0% to 100%, as 5% or 0.1%, not \"" + text + "\"");
        }
        return part;
    }

    /** A whole number from {@code least} on; {@link #NONE} if there is none. */
    long number(String key, long least) {
        String text = word(key);
        return text == null ? NONE : number(key, text, least);
    }

    long number(String key, String text, long least) {
        if (!NUMBER.matcher(text).matches() || Long.parseLong(text) < least) {
            throw placeOf(key)
                    .wrong(
                            "\""
                                    + key
                                    + "\" is a whole number from "
                                    + least
                                    + " on, not \""
                                    + text
                                    + "\"");
        }
        return Long.parseLong(text);
    }

    /** The items of a list; none if there is no list. */
    List<PlanNode> items(String key) {
        PlanNode value = fields.values().get(key);
        return switch (value) {
            case null -> List.of();
            case PlanNode.Items items -> items.values();
            default -> throw value.place().wrong("\"" + key + "\" is a list, not " + value.kind());
        };
    }
}
