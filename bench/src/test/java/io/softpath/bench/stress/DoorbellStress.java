package io.softpath.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.softpath.abi.packet.Pbc;
import io.softpath.abi.region.AvailPage;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A sender launches and then looks whether the chip sleeps; the chip says that it sleeps and then
 * looks for launches. At least one of them sees the other, or the packet would lie there until
 * something else wakes the chip.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the sender rings the doorbell")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the chip finds the launch and stays awake")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both: a needless ring")
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "LOST WAKE-UP: neither saw the other")
@State
public class DoorbellStress {
    private static final long LAUNCH = Pbc.withLaunchTag(Pbc.ofPayload(0), 1);

    private final MemorySegment buffer = StressMemory.newSlice();
    private final MemorySegment availPage = StressMemory.newAvailPage();

    @Actor
    public void user(II_Result result) {
        Pbc.put(buffer, 0, LAUNCH);
        VarHandle.fullFence();
        result.r1 = AvailPage.chipAsleep(availPage) ? 1 : 0;
    }

    @Actor
    public void chip(II_Result result) {
        AvailPage.putChipAsleep(availPage, true);
        VarHandle.fullFence();
        result.r2 = Pbc.launchTag(Pbc.get(buffer, 0));
    }
}
