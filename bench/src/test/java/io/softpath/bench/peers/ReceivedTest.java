package io.softpath.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ReceivedTest {
    private static final int BYTES = 64;

    private final Message message = new Message(BYTES);
    private final Received received = new Received(BYTES);

    private void take(long number) {
        message.number(number);
        received.take(message.buffer(), 0, BYTES);
    }

    @Test
    void shouldCountMessagesUpToTheEnd() {
        received.begin();
        take(0);
        take(1);
        take(Received.END);

        assertEquals(2, received.count());
        assertEquals(Received.END, received.last());
        assertThrows(IllegalStateException.class, () -> take(2), "behind the end");
        received.begin();
        take(0);
        assertEquals(1, received.count());
    }

    @Test
    void shouldRefuseAMessageWhenOneBeforeItIsLost() {
        received.begin();
        take(0);
        assertThrows(IllegalStateException.class, () -> take(2));
        assertThrows(IllegalStateException.class, () -> take(0));
    }

    @Test
    void shouldRefuseAMessageThatIsNotWhole() {
        received.begin();
        message.number(0);
        message.buffer().putLong(BYTES - Long.BYTES, 7);
        assertThrows(IllegalStateException.class, () -> received.take(message.buffer(), 0, BYTES));
        message.number(0);
        assertThrows(IllegalStateException.class, () -> received.take(message.buffer(), 0, 8));
    }
}
