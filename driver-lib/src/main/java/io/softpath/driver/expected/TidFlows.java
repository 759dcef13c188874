package io.softpath.driver.expected;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.register.TidFlow;
import io.softpath.abi.register.UserRegisters;

import java.lang.foreign.MemorySegment;

/**
 * The TID flows of a context: which are in use, and what generation and sequence number each
 * expects next. They are the chip's registers where it has some, and lie in memory of this library
 * otherwise, laid out alike.
 *
 * <p>Generations count up for each flow, 1 to 255; 0 is that of a flow which is not in use, so that
 * its late packets are of a wrong generation. A flow that was given up is used again last. Source:
 * psm ips_tidflow.c.
 *
 * <p>Owned by the receiving thread.
 */
public final class TidFlows {
    public static final int COUNT = ChipModel.TID_FLOWS;

    private static final int NO_GENERATION = 0;

    private final MemorySegment registers;
    private final int[] generations = new int[COUNT];
    private final int[] free = new int[COUNT]; // a ring
    private int firstFree;
    private int freeCount = COUNT;

    /** Flows that the library keeps itself. */
    TidFlows() {
        this(MemorySegment.ofArray(new long[(int) UserRegisters.tidFlow(COUNT) / Long.BYTES]));
    }

    /**
     * Flows of the chip; all of them are reset.
     *
     * @param registers both register pages
     */
    TidFlows(MemorySegment registers) {
        this.registers = registers;
        for (int flow = 0; flow < COUNT; flow++) {
            free[flow] = flow;
            TidFlow.put(registers, flow, TidFlow.reset());
        }
    }

    /** How many flows nobody uses. */
    public int freeCount() {
        return freeCount;
    }

    /** What the register of a flow reads as now; decode with {@link TidFlow}. */
    public int get(int flow) {
        return TidFlow.asRead(TidFlow.get(registers, flow));
    }

    /** Takes a flow; -1 if all are in use. */
    int allocate() {
        if (freeCount == 0) {
            return -1;
        }
        int flow = free[firstFree];
        firstFree = (firstFree + 1) % COUNT;
        freeCount--;
        return flow;
    }

    /** The next generation of a flow. */
    int nextGeneration(int flow) {
        generations[flow] = ExpectedPsn.nextGeneration(generations[flow]);
        return generations[flow];
    }

    /** From now on the flow takes packets of this generation, from this sequence number on. */
    void put(int flow, int generation, int sequence) {
        TidFlow.put(registers, flow, TidFlow.entry(generation, sequence));
    }

    /** From now on no packet is of the right generation. */
    void clear(int flow) {
        put(flow, NO_GENERATION, 0);
    }

    /** Gives a flow up: its late packets are of a wrong generation. */
    void release(int flow) {
        clear(flow);
        free[(firstFree + freeCount) % COUNT] = flow;
        freeCount++;
    }
}
