package io.softpath.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.softpath.abi.direct.Slot;
import io.softpath.psm.engine.DirectWords;

import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The two words of the direct way: the header of a slot gives it to the reader, the count of
 * records taken gives it back to the writer.
 */
public final class SlotStress {
    private static final long TAKEN = Slot.BYTES;

    private SlotStress() {}

    private static DirectWords newWords() {
        return new DirectWords(new UnsafeBuffer(StressMemory.newSlice().asByteBuffer()));
    }

    /** The record is written plainly, and its header with release. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the record is not there yet")
    @Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "the record is there")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "STALE RECORD: its header seen before it")
    @State
    public static class Fill {
        private final DirectWords words = newWords();

        @Actor
        public void writer() {
            words.putInt(Slot.RECORD, 7);
            words.putHeader(0, Slot.header(1, 1, Integer.BYTES));
        }

        @Actor
        public void reader(II_Result result) {
            result.r1 = Slot.number(words.header(0));
            if (result.r1 == 1) {
                result.r2 = words.getInt(Slot.RECORD);
            }
        }
    }

    /** The record is read plainly, and given back with release. */
    @JCStressTest
    @Outcome(id = "7, .*", expect = ACCEPTABLE, desc = "the reader read the record")
    @Outcome(id = "9, .*", expect = FORBIDDEN, desc = "OVERWRITTEN RECORD: given back before read")
    @State
    public static class GiveBack {
        private final DirectWords words = newWords();

        public GiveBack() {
            words.putInt(Slot.RECORD, 7);
        }

        @Actor
        public void reader(II_Result result) {
            result.r1 = words.getInt(Slot.RECORD);
            words.putTaken(TAKEN, 1);
        }

        @Actor
        public void writer(II_Result result) {
            result.r2 = (int) words.taken(TAKEN);
            if (result.r2 == 1) {
                words.putInt(Slot.RECORD, 9);
            }
        }
    }
}
