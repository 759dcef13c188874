package io.softpath.faults.check;

import static io.softpath.faults.check.Incarnation.UNKNOWN;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.faults.check.Event.Acknowledged;
import io.softpath.faults.check.Event.Counted;
import io.softpath.faults.check.Event.Delivered;
import io.softpath.faults.check.Event.Ended;
import io.softpath.faults.check.Event.Failed;
import io.softpath.faults.check.Event.How;
import io.softpath.faults.check.Event.Sent;
import io.softpath.faults.check.Event.Started;

import org.junit.jupiter.api.Test;

import java.util.EnumSet;
import java.util.List;

class CheckerTest {
    private static final Incarnation ONE = new Incarnation(1, 1);
    private static final Incarnation TWO = new Incarnation(2, 1);
    private static final Incarnation NEXT_TWO = new Incarnation(2, 2);

    private final History history = new History();

    private static MessageId id(int number) {
        return new MessageId(1, 1, 2, number);
    }

    private void sent(int number, int connection, int to) {
        history.add(new Sent(id(number), connection, to, 10, 0xABCD));
    }

    private void delivered(int number, Incarnation by, long slot) {
        history.add(new Delivered(id(number), by, slot, 10, 0xABCD));
    }

    private void acknowledged(int number) {
        history.add(new Acknowledged(id(number)));
    }

    private void lives(Incarnation who, How how) {
        history.add(new Started(who)).add(new Ended(who, how));
    }

    private void expect(Rule rule, String... violations) {
        assertEquals(
                List.of(violations),
                Checker.check(history, EnumSet.of(rule)).stream()
                        .map(Violation::toString)
                        .toList());
    }

    @Test
    void shouldBeContentWithAMessageThatWasAcknowledgedByAReceiverWhoWasKilledLater() {
        lives(ONE, How.EXITED);
        lives(TWO, How.KILLED);
        sent(0, 1, 1);
        delivered(0, TWO, 0);
        acknowledged(0);
        assertEquals(List.of(), Checker.check(history));
    }

    @Test
    void shouldMissAnAcknowledgedMessageThatNobodyHas() {
        sent(0, 1, 1);
        acknowledged(0);
        expect(
                Rule.ACKNOWLEDGED_IS_DELIVERED,
                "ACKNOWLEDGED_IS_DELIVERED: 1#1->2:0: was acknowledged, but no incarnation of"
                        + " member 2 has recorded that it was delivered (incarnation 1 was meant);"
                        + " expected one delivery");
    }

    @Test
    void shouldFindADeliveryToTwoIncarnations() {
        sent(0, 1, 1);
        delivered(0, TWO, 4);
        delivered(0, NEXT_TWO, 0);
        expect(
                Rule.DELIVERED_ONCE,
                "DELIVERED_ONCE: 1#1->2:0: was delivered 2 times, by 2#1 in slot 4, 2#2 in slot 0;"
                        + " expected once at most");
    }

    @Test
    void shouldFindADeliveryToAnotherIncarnationThanWasMeant() {
        sent(0, 1, 1);
        delivered(0, NEXT_TWO, 0);
        expect(
                Rule.RIGHT_RECEIVER,
                "RIGHT_RECEIVER: 1#1->2:0: was delivered by 2#2, but its connection was with 2#1");
    }

    @Test
    void shouldFindAConnectionThatSpeaksWithTwoIncarnationsEvenIfTheSenderCannotKnow() {
        sent(0, 1, UNKNOWN);
        sent(1, 1, UNKNOWN);
        sent(2, 2, UNKNOWN);
        delivered(0, TWO, 0);
        delivered(1, NEXT_TWO, 0);
        delivered(2, NEXT_TWO, 1);
        expect(
                Rule.RIGHT_RECEIVER,
                "RIGHT_RECEIVER: 1#1->2:1: was delivered by 2#2, but 1#1->2:0 of the same"
                        + " connection 1 by 2#1; expected one of the two for both");
    }

    @Test
    void shouldFindWhatWasNeverSentOrIsNotWhatWasSent() {
        delivered(0, TWO, 0);
        sent(1, 1, 1);
        history.add(new Delivered(id(1), TWO, 1, 9, 0xABCD));
        sent(2, 1, 1);
        history.add(new Delivered(id(2), TWO, 2, 10, 0xABCC));
        sent(3, 1, 1);
        delivered(3, new Incarnation(3, 1), 0);
        expect(
                Rule.WHOLE,
                "WHOLE: 1#1->2:0: was delivered by 2#1, but 1#1 has never sent it",
                "WHOLE: 1#1->2:1: was delivered by 2#1, length=9, expected length=10",
                "WHOLE: 1#1->2:2: was delivered by 2#1, length=10 checksum=0000abcc, expected"
                        + " checksum=0000abcd",
                "WHOLE: 1#1->2:3: was delivered by 3#1, but it was sent to member 2");
    }

    @Test
    void shouldFindAMessageThatOvertookAnother() {
        sent(0, 1, 1);
        sent(1, 1, 1);
        delivered(0, TWO, 8);
        delivered(1, TWO, 7);
        expect(
                Rule.IN_ORDER,
                "IN_ORDER: 1#1->2:0: was delivered by 2#1 in slot 8, after 1#1->2:1 in slot 7;"
                        + " expected it before");
    }

    @Test
    void shouldNotMindGapsInTheOrderOrOrderAcrossIncarnations() {
        sent(0, 1, 1);
        sent(5, 1, 1);
        sent(6, 2, 2);
        delivered(0, TWO, 3);
        delivered(5, TWO, 9);
        delivered(6, NEXT_TWO, 0);
        expect(Rule.IN_ORDER);
    }

    @Test
    void shouldFindTwoOutcomes() {
        sent(0, 1, 1);
        acknowledged(0);
        history.add(new Failed(id(0), "EPID_NETWORK_ERROR"));
        sent(1, 1, 1);
        acknowledged(1);
        acknowledged(1);
        acknowledged(2);
        expect(
                Rule.ONE_OUTCOME,
                "ONE_OUTCOME: 1#1->2:0: was acknowledged, and failed with EPID_NETWORK_ERROR;"
                        + " expected one of the two",
                "ONE_OUTCOME: 1#1->2:1: was acknowledged 2 times; expected once",
                "ONE_OUTCOME: 1#1->2:2: has an outcome, but was never sent");
    }

    @Test
    void shouldLetMessagesFailOnlyIfSomebodyWasCutShort() {
        lives(ONE, How.EXITED);
        lives(TWO, How.LOST);
        lives(NEXT_TWO, How.EXITED);
        sent(0, 1, 1);
        sent(1, 1, UNKNOWN);
        sent(2, 2, 2);
        for (int i = 0; i < 3; i++) {
            history.add(new Failed(id(i), "EPID_NETWORK_ERROR"));
        }
        expect(
                Rule.FAILED_FOR_A_REASON,
                "FAILED_FOR_A_REASON: 1#1->2:2: failed with EPID_NETWORK_ERROR, but neither 1#1 nor"
                        + " member 2 was killed or lost its daemon");
    }

    @Test
    void shouldFindWhoHangsAndWhatIsLeftOpen() {
        lives(ONE, How.EXITED);
        lives(TWO, How.HUNG);
        history.add(new Started(NEXT_TWO));
        sent(0, 1, 1);
        expect(
                Rule.NOBODY_HANGS,
                "NOBODY_HANGS: 2#1: was not done at its deadline; expected it to exit",
                "NOBODY_HANGS: 2#2: has no end; expected it to exit, or to have been killed",
                "NOBODY_HANGS: 1#1->2:0: was neither acknowledged nor failed, though 1#1 was not"
                        + " killed; expected one of the two");
    }

    @Test
    void shouldNotAskTheKilledWhatBecameOfTheirMessages() {
        lives(ONE, How.KILLED);
        lives(TWO, How.EXITED);
        sent(0, 1, 1);
        delivered(0, TWO, 0);
        expect(Rule.NOBODY_HANGS);
    }

    @Test
    void shouldFindWhatIsLeftAndWhatIsMissing() {
        history.add(new Counted("unit 0 TIDs", 0, 2));
        history.add(new Counted("unit 0 contexts", 4, 3));
        history.add(new Counted("unit 0 pinned pages", 5, 5));
        expect(
                Rule.NOTHING_LEFT,
                "NOTHING_LEFT: unit 0 TIDs: 2 in use afterwards, expected 0",
                "NOTHING_LEFT: unit 0 contexts: 3 in use afterwards, expected 4");
    }
}
