package io.softpath.flight;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What names one message of an application in all journals, written {@code 2.1-3:17}: rank 2 in its
 * first life after a restart to rank 3, number 17.
 *
 * @param sender who sends, a number that the application chooses, say its rank
 * @param incarnation how often the sender was restarted
 * @param receiver to whom
 * @param sequence number among the messages of this pair and incarnation
 */
public record MessageId(int sender, int incarnation, int receiver, long sequence) {
    private static final Pattern TEXT = Pattern.compile("(\\d+)\\.(\\d+)-(\\d+):(\\d+)");

    /**
     * @throws IllegalArgumentException if the text is not as {@link #toString} writes it
     */
    public static MessageId parse(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "message id="
                            + text
                            + " is not SENDER.INCARNATION-RECEIVER:SEQUENCE, say"
                            + " 2.1-3:17");
        }
        try {
            return new MessageId(
                    Integer.parseInt(m.group(1)),
                    Integer.parseInt(m.group(2)),
                    Integer.parseInt(m.group(3)),
                    Long.parseLong(m.group(4)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "message id=" + text + " has a number that is too large", e);
        }
    }

    @Override
    public String toString() {
        return sender + "." + incarnation + "-" + receiver + ":" + sequence;
    }
}
