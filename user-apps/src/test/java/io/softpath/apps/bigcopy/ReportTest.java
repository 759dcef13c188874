package io.softpath.apps.bigcopy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;

class ReportTest {
    @Test
    void shouldSayWhatWasCounted() {
        assertEquals(
                "1 message in 128 packets; 64 TIDs written; nothing had to be sent again",
                new Report(1, 128, 0, 64).sentence());
        assertEquals(
                "2 messages in 1 packet; 1 TID written; something had to be sent again 2 times",
                new Report(2, 1, 2, 1).sentence());
    }

    @Test
    void shouldCountTheCopies() {
        assertEquals(
                "each byte was copied 4 times: file -> pinned memory (kernel), pinned memory -> PIO"
                        + " buffer (library), PIO buffer -> pinned memory (chip), pinned memory ->"
                        + " file (kernel)",
                Report.copies(Options.parse("a", "b"), Report.Way.of(false, 7, 0)));
        assertEquals(
                "each byte was copied twice: pinned memory -> PIO buffer (library), PIO buffer ->"
                        + " pinned memory (chip)",
                Report.copies(Options.parse("--size", "1"), Report.Way.of(false, 1, 0)));
        assertEquals(
                "each byte was copied 3 times: pinned memory -> PIO buffer (library), PIO buffer ->"
                        + " eager buffer (chip), eager buffer -> pinned memory (library)",
                Report.copies(Options.parse("--size", "1"), Report.Way.of(false, 0, 0)));
    }

    @Test
    void shouldCountOneCopyThroughSharedMemory() {
        assertEquals(
                "each byte was copied once: pinned memory -> pinned memory (library)",
                Report.copies(Options.parse("--size", "1"), Report.Way.of(true, 0, 0)));
    }

    @Test
    void shouldCountOneCopyByTheChip() {
        assertEquals(
                "each byte was copied once: pinned memory -> pinned memory (chip)",
                Report.copies(Options.parse("--size", "1"), Report.Way.of(false, 8, 2)));
    }

    @Test
    void shouldAddUpChecksums() {
        Checksum checksum = new Checksum(true);
        checksum.update(ByteBuffer.wrap("12345".getBytes(UTF_8)));
        checksum.update(ByteBuffer.wrap("6789".getBytes(UTF_8)));
        assertEquals(0xE306_9283, checksum.crc()); // the check value of CRC-32C
        assertEquals(
                "9 bytes, CRC-32C e3069283, SHA-256"
                        + " 15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
                checksum.summary());
    }

    @Test
    void shouldNotCountTheTimeThatAProcessWasStopped() {
        RunningClock clock = new RunningClock(1000);
        assertEquals(5, clock.advance(1005));
        long wakes = 1005 + 1000 * RunningClock.MAX_STEP_NS;
        assertEquals(5 + RunningClock.MAX_STEP_NS, clock.advance(wakes));
        assertEquals(6 + RunningClock.MAX_STEP_NS, clock.advance(wakes + 1));
    }
}
