package io.softpath.daemon.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.packet.Rhf;
import io.softpath.daemon.chip.Packet;
import io.softpath.daemon.chip.Wire;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

final class FaultyLinkTest {
    private static final int PACKETS = 20_000;

    private final List<Integer> arrived = new ArrayList<>();
    private final MemorySegment memory = MemorySegment.ofArray(new long[1]);
    private final Packet packet = new Packet();
    private long nowNs = 5_000;
    private int spoilt;
    private Wire.Outcome outcome = Wire.Outcome.SENT;

    private FaultyLink link(String trouble) {
        return new FaultyLink(this::arrive, LinkTrouble.parse(trouble), () -> nowNs);
    }

    private Wire.Outcome arrive(Packet p) {
        if (outcome == Wire.Outcome.SENT) {
            if ((p.rhfErrors() & Rhf.ICRCERR) != 0) {
                spoilt++;
            }
            arrived.add(p.payload().get(ValueLayout.JAVA_INT, p.payloadOffset()));
        }
        return outcome;
    }

    private void send(FaultyLink link, int number) {
        memory.set(ValueLayout.JAVA_INT, 0, number);
        packet.payload(memory, 0, 8);
        assertEquals(Wire.Outcome.SENT, link.transmit(packet));
        nowNs += 1_000;
        link.poll();
    }

    private void sendAll(FaultyLink link) {
        for (int i = 0; i < PACKETS; i++) {
            send(link, i);
        }
        nowNs += 2_000_000_000L;
        link.poll();
        assertEquals(Long.MAX_VALUE, link.nextDueNs());
    }

    private static void assertAbout(double part, long of, long count) {
        double expected = part * of;
        assertTrue(
                Math.abs(count - expected) < 5 * Math.sqrt(expected),
                () -> "about " + expected + ": " + count);
    }

    @Test
    void shouldLoseAsManyAsItIsTold() {
        sendAll(link("drop=5%"));
        assertAbout(0.05, PACKETS, PACKETS - arrived.size());
        assertEquals(arrived.stream().sorted().toList(), arrived, "in order");
    }

    @Test
    void shouldSendSomeTwice() {
        sendAll(link("dup=1%"));
        assertAbout(0.01, PACKETS, arrived.size() - PACKETS);
        assertEquals(PACKETS, arrived.stream().distinct().count());
    }

    @Test
    void shouldLetSomeBeOvertakenAndLoseNone() {
        sendAll(link("reorder=2%"));
        assertEquals(PACKETS, arrived.size());
        assertEquals(PACKETS, arrived.stream().distinct().count());
        int late = 0;
        int latest = -1;
        for (int each : arrived) {
            late += each < latest ? 1 : 0;
            latest = Math.max(latest, each);
        }
        assertAbout(0.02, PACKETS, late);
    }

    @Test
    void shouldSpoilSome() {
        sendAll(link("corrupt=0.5%"));
        assertEquals(PACKETS, arrived.size());
        assertAbout(0.005, PACKETS, spoilt);
    }

    @Test
    void shouldDelayAllInOrderAndKeepTheirContent() {
        FaultyLink link = link("delay=50us");
        for (int i = 0; i < 100; i++) {
            send(link, i);
        }
        assertEquals(51, arrived.size(), "those that are 50 us old");
        assertTrue(link.nextDueNs() > nowNs);
        memory.fill((byte) -1);
        nowNs += 50_000;
        assertEquals(49, link.poll());
        assertEquals(arrived.stream().sorted().distinct().toList(), arrived);
    }

    @Test
    void shouldDoTheSameForTheSameSeed() {
        String trouble = "drop=5%,dup=1%,reorder=2%,corrupt=0.1%,delay=50us,seed=7";
        sendAll(link(trouble));
        List<Integer> first = List.copyOf(arrived);
        arrived.clear();
        nowNs = 5_000;
        sendAll(link(trouble));
        assertEquals(first, arrived);
        arrived.clear();
        nowNs = 5_000;
        sendAll(link(trouble.replace("seed=7", "seed=8")));
        assertFalse(first.equals(arrived));
    }

    @Test
    void shouldOfferAgainWhatAChipHasNoRoomFor() {
        FaultyLink link = link("delay=1us");
        outcome = Wire.Outcome.BACK_PRESSURE;
        send(link, 1);
        send(link, 2);
        nowNs += 1_000_000;
        assertEquals(0, link.poll());
        outcome = Wire.Outcome.SENT;
        nowNs += 1_000_000;
        assertEquals(2, link.poll());
        assertEquals(List.of(1, 2), arrived);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "drop",
                "drop=",
                "drop=x",
                "drop=101%",
                "drop=-1%",
                "dup=1.1",
                "loss=1%",
                "delay=50",
                "delay=2s",
                "delay=1m",
                "seed=x",
                "drop=1%,",
                "drop=1% ,dup=1%"
            })
    void shouldRefuseWhatItCannotDo(String text) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> LinkTrouble.parse(text));
        assertTrue(e.getMessage().startsWith("link: "), e.getMessage());
    }

    @Test
    void shouldReadPartsAndTimes() {
        assertEquals(
                new LinkTrouble(0.05, 0.01, 0.02, 0.001, 50_000, 7),
                LinkTrouble.parse("drop=5%,dup=1%,reorder=2%,corrupt=0.1%,delay=50us,seed=7"));
        assertEquals(0.25, LinkTrouble.parse("drop=0.25").drop());
        assertEquals(1_500_000, LinkTrouble.parse("delay=1.5ms").delayNs());
        assertTrue(LinkTrouble.parse("seed=3").isNone());
    }
}
