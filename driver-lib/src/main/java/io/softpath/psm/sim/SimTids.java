package io.softpath.psm.sim;

import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.psm.engine.TidPort;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The TIDs and flows of one endpoint, and the chip that places what comes by TID. */
public final class SimTids implements TidPort {
    /** What the chip says of a packet that names a TID. */
    enum Verdict {
        PLACED,
        PLACED_WITHOUT_HEADER,
        BAD,
        DROPPED
    }

    private static final int FLOWS = 32;

    final boolean checked;
    final int count;
    private final List<MemorySegment> regions = new ArrayList<>();
    private final MemorySegment[] pages;
    private int cursor;
    private int inUse;

    private final boolean[] taken = new boolean[FLOWS];
    private final int[] lastGeneration = new int[FLOWS];
    private final int[] generation = new int[FLOWS];
    private final int[] sequence = new int[FLOWS];
    private final boolean[] mismatch = new boolean[FLOWS];

    private final Hazard hazard;
    private final Arena arena;
    private boolean poor;

    SimTids(boolean checked, int count, Hazard hazard, Arena arena) {
        this.arena = arena;
        this.checked = checked;
        this.hazard = hazard;
        this.count = count;
        pages = new MemorySegment[count];
    }

    /** Whether no memory may be pinned. */
    public void poor(boolean nothingLeft) {
        poor = nothingLeft;
    }

    /** Memory that its chip can reach. */
    public MemorySegment pin(long bytes) {
        long whole = bytes + PAGE_BYTES - 1 & -PAGE_BYTES;
        MemorySegment region = arena.allocate(whole, PAGE_BYTES);
        regions.add(region);
        return region;
    }

    public int inUse() {
        return inUse;
    }

    public int flowsTaken() {
        int sum = 0;
        for (boolean each : taken) {
            sum += each ? 1 : 0;
        }
        return sum;
    }

    @Override
    public int tidCount() {
        return count;
    }

    @Override
    public boolean checksFlows() {
        return checked;
    }

    private MemorySegment region(MemorySegment buffer, long offset, long length) {
        for (MemorySegment region : regions) {
            long at = buffer.address() + offset - region.address();
            if (buffer.isNative() && at >= 0 && at <= region.byteSize() - length) {
                return region;
            }
        }
        return null;
    }

    @Override
    public boolean isPinned(MemorySegment buffer, long offset, long length) {
        return region(buffer, offset, length) != null;
    }

    @Override
    public MemorySegment bounce(long bytes) {
        return poor ? null : pin(bytes);
    }

    @Override
    public boolean acquire(MemorySegment buffer, long offset, long length, int[] tids) {
        MemorySegment region = region(buffer, offset, length);
        long at = buffer.address() + offset - region.address();
        int first = (int) (at / PAGE_BYTES);
        int wanted = (int) ((at + length - 1) / PAGE_BYTES) - first + 1;
        if (wanted > count - inUse) {
            return false;
        }
        for (int i = 0; i < wanted; i++) {
            while (pages[cursor] != null) {
                cursor = (cursor + 1) % count;
            }
            pages[cursor] = region.asSlice((long) (first + i) * PAGE_BYTES, PAGE_BYTES);
            tids[i] = cursor;
            inUse++;
            cursor = (cursor + 1) % count;
        }
        hazard.at(Hazard.Point.AFTER_TIDS_TAKEN);
        return true;
    }

    @Override
    public void release(int[] tids, int released, boolean clean) {
        hazard.at(Hazard.Point.BEFORE_TIDS_GIVEN);
        for (int i = 0; i < released; i++) {
            if (pages[tids[i]] == null) {
                throw new AssertionError("released twice: tid=" + tids[i]);
            }
            pages[tids[i]] = null;
            inUse--;
        }
    }

    @Override
    public int takeFlow() {
        for (int flow = 0; flow < FLOWS; flow++) {
            if (!taken[flow]) {
                taken[flow] = true;
                hazard.at(Hazard.Point.AFTER_FLOW_TAKEN);
                return flow;
            }
        }
        return -1;
    }

    @Override
    public int nextGeneration(int flow) {
        lastGeneration[flow] = ExpectedPsn.nextGeneration(lastGeneration[flow]);
        return lastGeneration[flow];
    }

    @Override
    public void setFlow(int flow, int newGeneration, int newSequence) {
        if (!taken[flow]) {
            throw new AssertionError("not taken: flow=" + flow);
        }
        generation[flow] = newGeneration;
        sequence[flow] = newSequence;
        mismatch[flow] = false;
        hazard.at(Hazard.Point.AFTER_FLOW_SET);
    }

    @Override
    public void giveFlow(int flow) {
        hazard.at(Hazard.Point.BEFORE_FLOW_GIVEN);
        setFlow(flow, 0, 0);
        taken[flow] = false;
    }

    /** The chip looks at a packet. */
    Verdict place(int psn, int tid, int offset, MemorySegment payload, boolean suppress) {
        if (tid >= count || pages[tid] == null || offset + payload.byteSize() > PAGE_BYTES) {
            return Verdict.BAD;
        }
        if (checked) {
            int flow = ExpectedPsn.flow(psn);
            if (ExpectedPsn.generation(psn) != generation[flow]) {
                return Verdict.DROPPED;
            }
            if (ExpectedPsn.sequence(psn) != sequence[flow]) {
                boolean first = !mismatch[flow];
                mismatch[flow] = true;
                return first ? Verdict.BAD : Verdict.DROPPED;
            }
            sequence[flow] = ExpectedPsn.sequence(psn + 1);
        }
        MemorySegment.copy(payload, 0, pages[tid], offset, payload.byteSize());
        return checked && suppress ? Verdict.PLACED_WITHOUT_HEADER : Verdict.PLACED;
    }
}
