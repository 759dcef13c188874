package io.softpath.flight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

class EventLayoutTest {
    private static final JournalInfo JOURNAL = new JournalInfo(Path.of("j"), "rank-1", 7, 0);

    /** By hand from the drawing. */
    private static final String GOLDEN =
            "1500" // kind 21, app.note
                    + "0000"
                    + "0100" // unit
                    + "0200" // context
                    + "ffff" // no subcontext
                    + "dcfe" // where in the ring
                    + "03000000" // three bytes
                    + "0807060504030201" // time
                    + "0100000000000000"
                    + "feffffffffffffff"
                    + "0300000000000000"
                    + "0400000000000000"
                    + "0500000000000000"
                    + "0600000000000000"
                    + "6162630000000000"; // abc

    @Test
    void shouldWriteAndReadTheGoldenBytesOverDirtyMemory() {
        byte[] memory = new byte[EventLayout.MAX_BYTES];
        Arrays.fill(memory, (byte) 0xa5);
        UnsafeBuffer buffer = new UnsafeBuffer(memory);
        byte[] text = "abc".getBytes(StandardCharsets.UTF_8);
        EventLayout.put(
                buffer,
                8,
                0xfedc,
                FlightKind.APP_NOTE,
                1,
                2,
                EventLayout.NONE,
                0x0102030405060708L,
                1,
                -2,
                3,
                4,
                5,
                6,
                3,
                3);
        buffer.putBytes(8 + EventLayout.FIXED_BYTES, text);
        int size = EventLayout.size(3);
        assertEquals(80, size);
        assertEquals(GOLDEN, HexFormat.of().formatHex(memory, 8, 8 + size));
        assertEquals((byte) 0xa5, memory[8 + size]);

        FlightEvent event = EventLayout.decode(buffer, 8, size, JOURNAL);
        assertEquals(FlightKind.APP_NOTE, event.kind());
        assertEquals(1, event.unit());
        assertEquals(2, event.context());
        assertEquals(EventLayout.NONE, event.subcontext());
        assertEquals(0xfedc, event.ringQword());
        assertEquals(0x0102030405060708L, event.timeNs());
        assertArrayEquals(new long[] {1, -2, 3, 4, 5, 6}, event.values());
        assertEquals(-2, event.value("b"));
        assertEquals("abc", event.text());
        assertFalse(event.isCut());
        assertThrows(IllegalArgumentException.class, () -> event.value("sender"));
    }

    private static void put(UnsafeBuffer buffer, int kept, int all) {
        EventLayout.put(buffer, 0, 0, FlightKind.APP_NOTE, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, kept, all);
    }

    @Test
    void shouldSayThatBytesWereLeftOut() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[EventLayout.MAX_BYTES]);
        put(buffer, 8, 9);
        assertTrue(EventLayout.decode(buffer, 0, EventLayout.size(8), JOURNAL).isCut());
    }

    @Test
    void shouldRefuseWhatIsNoEvent() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[2 * EventLayout.MAX_BYTES]);
        put(buffer, 16, 16);
        for (int length : new int[] {0, 71, 72, 80, 96}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> EventLayout.decode(buffer, 0, length, JOURNAL),
                    "length " + length);
        }
        int tooLong = EventLayout.MAX_EXTRA_BYTES + 8;
        put(buffer, tooLong, tooLong);
        assertThrows(
                IllegalArgumentException.class,
                () -> EventLayout.decode(buffer, 0, EventLayout.size(tooLong), JOURNAL));
    }

    @Test
    void shouldKeepTheNumberOfAKindThatALaterVersionKnows() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[EventLayout.FIXED_BYTES]);
        put(buffer, 0, 0);
        buffer.putShort(0, (short) 60_000, ByteOrder.LITTLE_ENDIAN);
        FlightEvent event = EventLayout.decode(buffer, 0, EventLayout.FIXED_BYTES, JOURNAL);
        assertNull(event.kind());
        assertEquals("kind-60000", event.label());
        assertTrue(event.toString().contains("value5=0"), event.toString());
    }

    @Test
    void shouldFindEachKindByNumberAndName() {
        for (FlightKind kind : FlightKind.values()) {
            assertEquals(kind, FlightKind.of(kind.code()));
            assertEquals(kind, FlightKind.labelled(kind.label()));
        }
        assertNull(FlightKind.labelled("app"));
    }

    @Test
    void shouldReadTheMessageIdThatItWrote() {
        MessageId id = new MessageId(2, 1, 3, 17);
        assertEquals("2.1-3:17", id.toString());
        assertEquals(id, MessageId.parse("2.1-3:17"));
        for (String wrong : new String[] {"", "2-3:17", "2.1-3", "2.1-3:", "99999999999.1-3:1"}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> MessageId.parse(wrong),
                    "'" + wrong + "'");
        }
    }
}
