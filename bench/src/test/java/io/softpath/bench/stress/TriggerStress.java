package io.softpath.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

import java.lang.foreign.MemorySegment;

/**
 * The three launches of a PIO buffer: a chip that sees the trigger with acquire sees the whole
 * packet.
 */
public final class TriggerStress {
    private static final long PBC = 0;
    private static final long HEADER = Pbc.BYTES;
    private static final long PAYLOAD = HEADER + MessageHeader.BYTES;
    private static final int PAYLOAD_BYTES = 16;
    private static final long LAST_DWORD = PAYLOAD + PAYLOAD_BYTES - Integer.BYTES;
    private static final long PACKET = Pbc.ofPayload(PAYLOAD_BYTES);

    private TriggerStress() {}

    private static void write(MemorySegment buffer) {
        MessageHeader.putAck(buffer, HEADER, 2);
        buffer.set(JAVA_LONG, PAYLOAD, 3);
    }

    private static void read(MemorySegment buffer, III_Result result) {
        result.r1 = 1;
        result.r2 = MessageHeader.ack(buffer, HEADER);
        result.r3 = (int) buffer.get(JAVA_LONG, PAYLOAD);
    }

    /**
     * Header and payload, then the PBC with a new launch tag: softpath's own, one line for a tiny
     * message.
     */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "not launched yet")
    @Outcome(id = "1, 2, 3", expect = ACCEPTABLE, desc = "launched, with header and payload")
    @Outcome(id = "1, 0, .*", expect = FORBIDDEN, desc = "STALE HEADER: launched before the header")
    @Outcome(
            id = "1, .*, 0",
            expect = FORBIDDEN,
            desc = "STALE PAYLOAD: launched before the payload")
    @State
    public static class InLine {
        private final MemorySegment buffer = StressMemory.newSlice();

        @Actor
        public void user() {
            write(buffer);
            Pbc.put(buffer, PBC, Pbc.withLaunchTag(PACKET, 1));
        }

        @Actor
        public void chip(III_Result result) {
            if (Pbc.launchTag(Pbc.get(buffer, PBC)) == 1) {
                read(buffer, result);
            }
        }
    }

    /** PBC, header and payload, then the magic in the special trigger dword, as PSM writes it. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "not launched yet")
    @Outcome(id = "1, 2, 3", expect = ACCEPTABLE, desc = "launched, with PBC, header and payload")
    @Outcome(id = "-1, .*, .*", expect = FORBIDDEN, desc = "STALE PBC: launched before the PBC")
    @Outcome(id = "1, 0, .*", expect = FORBIDDEN, desc = "STALE HEADER: launched before the header")
    @Outcome(
            id = "1, .*, 0",
            expect = FORBIDDEN,
            desc = "STALE PAYLOAD: launched before the payload")
    @State
    public static class Special {
        /** Its real place, dword 1023, is in another cache line too; only that matters here. */
        private static final long TRIGGER = 252;

        private final MemorySegment buffer = StressMemory.newSlice();

        @Actor
        public void user() {
            Pbc.putPlain(buffer, PBC, PACKET);
            write(buffer);
            Pbc.putTrigger(buffer, TRIGGER, Pbc.SPECIAL_TRIGGER_MAGIC);
        }

        @Actor
        public void chip(III_Result result) {
            if (Pbc.getTrigger(buffer, TRIGGER) == Pbc.SPECIAL_TRIGGER_MAGIC) {
                read(buffer, result);
                if (Pbc.get(buffer, PBC) != PACKET) {
                    result.r1 = -1;
                }
            }
        }
    }

    /**
     * PBC, header and payload, its last dword with release over the chip's poison: the chip of
     * 2006.
     */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "not launched yet")
    @Outcome(id = "1, 2, 3", expect = ACCEPTABLE, desc = "launched, with PBC, header and payload")
    @Outcome(id = "1, 0, .*", expect = FORBIDDEN, desc = "STALE HEADER: launched before the header")
    @Outcome(
            id = "1, .*, 0",
            expect = FORBIDDEN,
            desc = "STALE PAYLOAD: launched before the payload")
    @State
    public static class LastDword {
        private static final int POISON = 0x5bd1e995;

        private final MemorySegment buffer = StressMemory.newSlice();

        public LastDword() {
            buffer.set(JAVA_INT, LAST_DWORD, POISON);
        }

        @Actor
        public void user() {
            Pbc.putPlain(buffer, PBC, PACKET);
            write(buffer);
            Pbc.putTrigger(buffer, LAST_DWORD, 4);
        }

        @Actor
        public void chip(III_Result result) {
            if (Pbc.get(buffer, PBC) == PACKET && Pbc.getTrigger(buffer, LAST_DWORD) != POISON) {
                read(buffer, result);
            }
        }
    }
}
