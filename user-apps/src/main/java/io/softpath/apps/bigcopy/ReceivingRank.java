package io.softpath.apps.bigcopy;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Rhf;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.expected.Expected;
import io.softpath.driver.expected.ExpectedWindow;
import io.softpath.driver.expected.Progress;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Rank 1: the main thread grants windows over slots, its file's thread writes what came. */
final class ReceivingRank implements Station.Work, ReceivingEnd.Port {
    private static final int PAGE_BYTES = ChipModel.TID_MAX_SIZE;

    /** A window that was started over so often without a byte more is hopeless. */
    private static final int MAX_FRUITLESS_RESTARTS = 1000;

    private final Station station;
    private final Expected expected;
    private final Memory memory;
    private final int slotBytes;
    private final Slots slots;
    private final ReceivingEnd end;
    private final ExpectedWindow[] windows; // by slot
    private final long[] resumePoints;
    private final int[] receivedAtRestart;
    private final int[] fruitless;
    private final MemorySegment grant;
    private final int entryBudget; // header queue entries that open windows may take
    private int entriesExpected;
    private boolean needsBuffer;
    private volatile boolean released;

    private long windowCount;
    private long restarts;
    private long headers;
    private long packets;

    ReceivingRank(Station station, Memory memory, int slotBytes, int slotCount) {
        this.station = station;
        this.expected = station.context().expected();
        this.memory = memory;
        this.slotBytes = slotBytes;
        this.slots = new Slots(slotCount);
        this.end = new ReceivingEnd(slots, this, slotBytes, slotCount);
        this.windows = new ExpectedWindow[slots.count()];
        this.resumePoints = new long[slots.count()];
        this.receivedAtRestart = new int[slots.count()];
        this.fruitless = new int[slots.count()];
        this.grant = MemorySegment.ofArray(new byte[station.context().maxPayloadBytes()]);
        this.entryBudget = station.context().baseInfo().rcvhdrCnt() / 4 * 3;
    }

    /** What the file's thread does: checks and writes all that comes. */
    void write(Target target, Checksum checksum) throws IOException, InterruptedException {
        ByteBuffer[] buffers = memory.slots(slotBytes, slots.count());
        boolean last = false;
        while (!last) {
            long number = slots.awaitFilled();
            long chunk = slots.chunk(number);
            last = Chunk.isLast(chunk);
            ByteBuffer buffer = buffers[slots.slot(number)].clear().limit(Chunk.length(chunk));
            checksum.update(buffer);
            if (checksum.crc() != Chunk.crc(chunk)) {
                throw SoftpathException.of(
                        Errno.EBADMSG,
                        String.format(
                                "something changed on the way: bytes=%d..%d CRC-32C=%08x"
                                        + " atTheSender=%08x",
                                checksum.bytes() - buffer.limit(),
                                checksum.bytes() - 1,
                                checksum.crc(),
                                Chunk.crc(chunk)));
            }
            target.write(buffer);
            slots.empty(number + 1);
            station.wake();
        }
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        if (packet.type() == Rhf.TYPE_EXPECTED) {
            data(packet);
            return;
        }
        switch (packet.subOpcode()) {
            case Station.OFFER -> end.offered(packet.data0(), packet.data1());
            case Station.ALIVE -> end.asked();
            default -> {} // not of this program
        }
    }

    private void data(ReceivedPacket packet) {
        ExpectedWindow window = expected.window(packet);
        if (window == null) {
            return; // late
        }
        Progress progress = window.accept(packet);
        switch (progress) {
            case ADVANCED -> headers++;
            case COMPLETE -> {
                headers++;
                end.complete(slot(window));
            }
            case RESTART -> end.restart(slot(window));
            case STALE, NOT_MINE -> {}
        }
    }

    private int slot(ExpectedWindow window) {
        return (int) (window.offset() / slotBytes);
    }

    @Override
    public boolean step(long nowNs) {
        needsBuffer = false;
        return end.step();
    }

    /** The sender knows that everything is written: it need not be told again. Any thread. */
    void release() {
        released = true;
        station.wake();
    }

    @Override
    public boolean isDone() {
        return released;
    }

    @Override
    public boolean needsBuffer() {
        return needsBuffer;
    }

    @Override
    public boolean open(int slot, int length) {
        int entries = entries(length);
        if (end.openCount() > 0 && entriesExpected + entries > entryBudget) {
            return false;
        }
        try {
            windows[slot] = expected.open(memory.region(), (long) slot * slotBytes, length);
        } catch (SoftpathException.Exhausted e) {
            if (end.openCount() == 0) {
                throw e;
            }
            return false;
        }
        entriesExpected += entries;
        fruitless[slot] = 0;
        windowCount++;
        return true;
    }

    /** Header queue entries that a window takes if nothing is lost. */
    private int entries(int length) {
        int payload = station.context().maxPayloadBytes();
        int packetsOfAPage = (PAGE_BYTES + payload - 1) / payload;
        int all = (length + PAGE_BYTES - 1) / PAGE_BYTES * packetsOfAPage;
        return expected.hasFlows() ? all / Memory.PACKETS_OF_AN_ENTRY + 1 : all;
    }

    @Override
    public void close(int slot) {
        ExpectedWindow window = windows[slot];
        entriesExpected -= entries(window.length());
        packets += window.packets();
        restarts += window.restarts();
        window.close();
    }

    @Override
    public boolean grant(int slot, long number) {
        int length = windows[slot].grant(grant, 0);
        return said(station.say(Station.GRANT, number, 0, grant, length));
    }

    @Override
    public void restart(int slot) {
        ExpectedWindow window = windows[slot];
        boolean more = window.received() > receivedAtRestart[slot];
        fruitless[slot] = more || fruitless[slot] == 0 ? 1 : fruitless[slot] + 1;
        receivedAtRestart[slot] = window.received();
        if (fruitless[slot] > MAX_FRUITLESS_RESTARTS) {
            throw SoftpathException.of(
                    Errno.EIO,
                    "a window makes no progress: restarts="
                            + window.restarts()
                            + " "
                            + window
                            + ": see softpath errors and softpath stat");
        }
        resumePoints[slot] = window.restart();
    }

    @Override
    public boolean nak(int slot) {
        return said(station.say(Station.NAK, windows[slot].descriptor(), resumePoints[slot]));
    }

    @Override
    public boolean status(long received, long written) {
        return said(station.say(Station.STATUS, received, written));
    }

    private boolean said(boolean sent) {
        needsBuffer |= !sent;
        return sent;
    }

    /** For rank 0's last words. */
    Report report() {
        return new Report(
                packets,
                packets - headers,
                windowCount,
                restarts,
                expected.statistics().get("tid update count"));
    }

    @Override
    public String toString() {
        return end.toString();
    }
}
