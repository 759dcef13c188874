package io.softpath.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.abi.register.TidFlow;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

import java.lang.foreign.MemorySegment;

/**
 * The chip stores the payload of a packet plainly and counts the TID flow register up with
 * compare-and-set, while the user stores to the register: the user's store is never lost, and who
 * reads the register counted up sees the payload.
 */
@JCStressTest
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "the user stored before the packet came")
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "the packet came first; counted up, unseen")
@Outcome(id = "1, 2, 1", expect = ACCEPTABLE, desc = "the user saw packet and payload, then stored")
@Outcome(id = ".*, .*, 0", expect = FORBIDDEN, desc = "LOST STORE: the chip wrote over the user's")
@Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "STALE PAYLOAD: counted up before it is there")
@State
public class TidFlowStress {
    private static final int FLOW = 0;
    private static final long PAYLOAD = 4096 + 128;
    private static final int PUBLISHED = TidFlow.VALID | TidFlow.CHIP;
    private static final int STORED = TidFlow.entry(7, 0);

    private final MemorySegment registers = StressMemory.newTidFlows();

    public TidFlowStress() {
        TidFlow.put(registers, FLOW, PUBLISHED);
    }

    @Actor
    public void chip(III_Result result) {
        if (TidFlow.get(registers, FLOW) == PUBLISHED) {
            registers.set(JAVA_LONG, PAYLOAD, 1);
            TidFlow.compareAndSet(registers, FLOW, PUBLISHED, TidFlow.advanced(PUBLISHED, 1));
            result.r1 = 1;
        }
    }

    @Actor
    public void user(III_Result result) {
        if (TidFlow.sequence(TidFlow.get(registers, FLOW)) == 1) {
            result.r2 = 1 + (int) registers.get(JAVA_LONG, PAYLOAD);
        }
        TidFlow.put(registers, FLOW, STORED);
    }

    @Arbiter
    public void after(III_Result result) {
        result.r3 = TidFlow.get(registers, FLOW) == STORED ? 1 : 0;
    }
}
