package io.softpath.faults.check;

/**
 * A promise that was not kept.
 *
 * @param rule the name of the rule that it breaks
 * @param subject the message, incarnation or resource
 * @param text what was found, and what was expected
 */
public record Violation(String rule, String subject, String text) {
    @Override
    public String toString() {
        return rule + ": " + subject + ": " + text;
    }
}
