package io.softpath.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Rhf;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

import java.lang.foreign.MemorySegment;

/**
 * The chip writes eager buffer and header plainly and the RHF last, with release; a user that reads
 * the RHF's new sequence number with acquire sees all of the packet.
 */
@JCStressTest
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "the entry is not there yet")
@Outcome(id = "1, 2, 3", expect = ACCEPTABLE, desc = "the entry is there, with header and payload")
@Outcome(id = "1, 0, .*", expect = FORBIDDEN, desc = "STALE HEADER: RHF seen before the header")
@Outcome(
        id = "1, .*, 0",
        expect = FORBIDDEN,
        desc = "STALE PAYLOAD: RHF seen before the eager buffer")
@State
public class RcvHdrqStress {
    private static final long HEADER = 64;
    private static final long RHF = 120;
    private static final long EAGER_BUFFER = 128;
    private static final long NEW_ENTRY = Rhf.of(16, Rhf.TYPE_EAGER, 5, true, 1, 16, 0);

    private final MemorySegment memory = StressMemory.newSlice();

    @Actor
    public void chip() {
        memory.set(JAVA_LONG, EAGER_BUFFER, 3);
        MessageHeader.putAck(memory, HEADER, 2);
        Rhf.put(memory, RHF, NEW_ENTRY);
    }

    @Actor
    public void user(III_Result result) {
        long rhf = Rhf.get(memory, RHF);
        if (Rhf.seq(rhf) == 1) {
            result.r1 = 1;
            result.r2 = MessageHeader.ack(memory, HEADER);
            result.r3 = (int) memory.get(JAVA_LONG, EAGER_BUFFER);
        }
    }
}
