package io.softpath.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.register.UserRegisters;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.lang.foreign.MemorySegment;

/**
 * The two indices of the header queue: the tail gives entries to the user, the head gives them
 * back.
 */
public final class TailStress {
    private static final long ENTRY = 128;

    private TailStress() {}

    /**
     * The chip writes an entry plainly and the tail with release; a user that sees the tail sees
     * the entry.
     */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the entry is not there yet")
    @Outcome(id = "32, 7", expect = ACCEPTABLE, desc = "the tail moved and the entry is there")
    @Outcome(id = "32, 0", expect = FORBIDDEN, desc = "STALE ENTRY: tail seen before the entry")
    @State
    public static class Fill {
        private final MemorySegment memory = StressMemory.newSlice();

        @Actor
        public void chip() {
            MessageHeader.putAck(memory, ENTRY, 7);
            UserRegisters.RCVHDRTAIL.put(memory, 32);
        }

        @Actor
        public void user(II_Result result) {
            long tail = UserRegisters.RCVHDRTAIL.get(memory);
            if (tail != 0) {
                result.r1 = (int) tail;
                result.r2 = MessageHeader.ack(memory, ENTRY);
            }
        }
    }

    /**
     * The user reads an entry plainly and stores the head with release; a chip that sees the head
     * may overwrite it.
     */
    @JCStressTest
    @Outcome(id = "7, .*", expect = ACCEPTABLE, desc = "the user read the packet that was its own")
    @Outcome(
            id = "9, .*",
            expect = FORBIDDEN,
            desc = "OVERWRITTEN ENTRY: head seen before the user had read")
    @State
    public static class GiveBack {
        private final MemorySegment memory = StressMemory.newSlice();

        public GiveBack() {
            MessageHeader.putAck(memory, ENTRY, 7);
        }

        @Actor
        public void user(II_Result result) {
            result.r1 = MessageHeader.ack(memory, ENTRY);
            UserRegisters.RCVHDRHEAD.put(memory, 32);
        }

        @Actor
        public void chip(II_Result result) {
            long head = UserRegisters.RCVHDRHEAD.get(memory);
            if (head != 0) {
                MessageHeader.putAck(memory, ENTRY, 9);
                result.r2 = (int) head;
            }
        }
    }
}
