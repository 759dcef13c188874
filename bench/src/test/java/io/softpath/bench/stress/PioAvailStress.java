package io.softpath.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.PioAvail;
import io.softpath.abi.region.AvailPage;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.lang.foreign.MemorySegment;

/** The availability qwords: what a sender believes of the chip's copy. */
public final class PioAvailStress {
    private static final int QWORD = 3;
    private static final int LOW = 96;
    private static final int HIGH = 127;

    private PioAvailStress() {}

    private static int state(long qword, int n) {
        return (PioAvail.check(qword, n) ? 1 : 0) | (PioAvail.busy(qword, n) ? 2 : 0);
    }

    /**
     * The chip takes note of two buffers at the two ends of a qword with one store, then frees both
     * with another; a sender never sees one end without the other.
     */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "both as before")
    @Outcome(id = "3, 3", expect = ACCEPTABLE, desc = "both taken")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both free again, with their new check bits")
    @Outcome(expect = FORBIDDEN, desc = "TORN QWORD: two halves of different age")
    @State
    public static class Whole {
        private final MemorySegment page = StressMemory.newSlice();

        @Actor
        public void chip() {
            long taken = PioAvail.take(PioAvail.take(0, LOW), HIGH);
            AvailPage.putQword(page, QWORD, taken);
            AvailPage.putQword(page, QWORD, taken & PioAvail.CHECK_MASK);
        }

        @Actor
        public void user(II_Result result) {
            long qword = AvailPage.qword(page, QWORD);
            result.r1 = state(qword, LOW);
            result.r2 = state(qword, HIGH);
        }
    }

    /**
     * A sender took a buffer; the chip's copy still says "free", then "busy", then "free" with the
     * new check bit. What the sender believes goes from busy to free once, and never back.
     */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "still busy")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "free after the first look")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "free at the first look")
    @Outcome(
            id = "0, 1",
            expect = FORBIDDEN,
            desc = "GOES BACK: an older copy seen after a newer one")
    @State
    public static class Generation {
        private final MemorySegment page = StressMemory.newSlice();
        private final long shadow = PioAvail.take(0, LOW);

        @Actor
        public void chip() {
            AvailPage.putQword(page, QWORD, shadow);
            AvailPage.putQword(page, QWORD, shadow & PioAvail.CHECK_MASK);
        }

        @Actor
        public void user(II_Result result) {
            result.r1 = busy(AvailPage.qword(page, QWORD));
            result.r2 = busy(AvailPage.qword(page, QWORD));
        }

        private int busy(long copy) {
            return PioAvail.busy(PioAvail.refresh(shadow, copy), LOW) ? 1 : 0;
        }
    }

    /**
     * The chip reads a packet plainly, then says that its buffer is free; the sender that believes
     * it writes the next packet over it. The chip sent the first one.
     */
    @JCStressTest
    @Outcome(id = "7, .*", expect = ACCEPTABLE, desc = "the chip sent the packet that was launched")
    @Outcome(
            id = "9, .*",
            expect = FORBIDDEN,
            desc = "OVERWRITTEN PACKET: buffer free before it had been read")
    @State
    public static class Reuse {
        private static final long PACKET = 128;

        private final MemorySegment memory = StressMemory.newSlice();
        private final long shadow = PioAvail.take(0, LOW);

        public Reuse() {
            MessageHeader.putAck(memory, PACKET, 7);
        }

        @Actor
        public void chip(II_Result result) {
            result.r1 = MessageHeader.ack(memory, PACKET);
            AvailPage.putQword(memory, QWORD, shadow & PioAvail.CHECK_MASK);
        }

        @Actor
        public void user(II_Result result) {
            long believed = PioAvail.refresh(shadow, AvailPage.qword(memory, QWORD));
            if (!PioAvail.busy(believed, LOW)) {
                MessageHeader.putAck(memory, PACKET, 9);
                result.r2 = 1;
            }
        }
    }
}
