package io.softpath.faults.fuzz;

import static io.softpath.faults.fuzz.Coverage.Need;

import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
import io.softpath.abi.register.StructField;
import io.softpath.abi.register.TidFlow;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Names TIDs and flows that are not there, pages that end too early, memory that is somebody
 * else's: in expected packets and in lists of TIDs that the chip is to send to.
 */
final class TidAttack implements Attack {
    private static final int PAGE = 4096;
    private static final int MOST_TIDS = 8;

    private final Machine machine;
    private final Dice dice;
    private final HostileUser user;
    private final Verdicts verdicts;
    private final List<Coverage.Row> recordRows = new ArrayList<>();
    private final Coverage.Row listed;
    private final Coverage.Row count;
    private final Coverage.Row tid;
    private final Coverage.Row offset;
    private final Coverage.Row length;
    private final Coverage.Row flow;
    private final List<Coverage.Row> touched = new ArrayList<>();

    /**
     * @param user with gathers
     */
    TidAttack(Machine machine, Dice dice, Coverage coverage, HostileUser user) {
        this.machine = machine;
        this.dice = dice;
        this.user = user;
        verdicts = new Verdicts(machine);
        for (StructField field : GatherRecord.LAYOUT) {
            recordRows.add(coverage.row("tid field", "gather." + field.name(), Need.USED));
        }
        listed = coverage.row("tid field", "gather.tid", Need.USED);
        count = coverage.row("tid field", "gather length in PBC", Need.USED);
        tid = coverage.row("tid field", "expected.tid", Need.USED);
        offset = coverage.row("tid field", "expected.offset", Need.USED);
        length = coverage.row("tid field", "expected.length", Need.USED);
        flow = coverage.row("tid field", "expected.flow", Need.USED);
    }

    @Override
    public int some() {
        user.catchUp();
        touched.clear();
        int buffer = dice.below(user.buffers());
        if (dice.oneIn(2)) {
            gather(buffer);
        } else {
            expected(buffer);
        }
        String verdict = verdicts.next();
        touched.forEach(row -> row.count(verdict));
        return 1;
    }

    private void gather(int buffer) {
        int tids = 1 + dice.below(MOST_TIDS);
        byte[] bytes = new byte[GatherRecord.bytes(tids)];
        long record = user.bufferAt(buffer) + PioLayout.PAYLOAD;
        RawUser to = user.raw;
        Sender.write(to, buffer, to.lid, to.context, dice.any(), bytes);
        vcto(buffer, 0, 0, flowPsn(false));
        MemorySegment pio = to.pio;
        int pageOffset = Integer.BYTES * dice.below(PAGE / Integer.BYTES);
        int most = tids * PAGE - pageOffset;
        GatherRecord.write(
                pio,
                record,
                user.handle,
                (long) Integer.BYTES * dice.below(8 * PAGE / Integer.BYTES),
                Math.max(Integer.BYTES, most / 2 & -Integer.BYTES),
                pageOffset,
                tids,
                dice.below(4),
                dice.below(256));
        for (int i = 0; i < tids; i++) {
            GatherRecord.putTid(pio, record, i, dice.below(HostileUser.pages()));
        }
        long pbc = Pbc.asGather(Pbc.ofPayload(bytes.length));
        pbc = mutateGather(pio, record, tids, pbc);
        launch(buffer, pbc);
    }

    private long mutateGather(MemorySegment pio, long record, int tids, long pbc) {
        switch (dice.below(10)) {
            case 0 -> {
                touched.add(count);
                return Pbc.asGather(Pbc.of((int) dice.mutate(Pbc.lengthDwords(pbc), 10)));
            }
            case 1, 2 -> {
                touched.add(listed);
                int entry = dice.below(tids);
                int wrong = (int) dice.mutate(dice.below(512), Short.SIZE);
                GatherRecord.putTid(pio, record, entry, wrong);
            }
            default -> {
                int field = dice.below(recordRows.size());
                touched.add(recordRows.get(field));
                StructField spot = GatherRecord.LAYOUT.get(field);
                dice.mutate(pio, record + spot.offset(), spot.bytes());
            }
        }
        return pbc;
    }

    private void expected(int buffer) {
        int dwords = 1 + dice.below(64);
        int wrongTid = dice.below(HostileUser.pages());
        int at = dice.below(512);
        boolean badFlow = false;
        switch (dice.below(4)) {
            case 0 -> {
                touched.add(tid);
                wrongTid = (int) dice.mutate(wrongTid, IpathHeader.TID.width());
            }
            case 1 -> {
                touched.add(offset);
                at = (int) dice.mutate(PAGE / Integer.BYTES - dwords, IpathHeader.OFFSET.width());
            }
            case 2 -> {
                touched.add(length);
                dwords = 1 + dice.below(513);
                at = dice.below(PAGE / Integer.BYTES);
            }
            default -> {
                touched.add(flow);
                badFlow = true;
            }
        }
        RawUser to = user.raw;
        byte[] payload = new byte[dwords * Integer.BYTES];
        Sender.write(to, buffer, to.lid, to.context, dice.any(), payload);
        vcto(buffer, wrongTid, at, flowPsn(badFlow));
        launch(buffer, Pbc.ofPayload(payload.length));
    }

    /** What a packet of the first flow that is valid would say. */
    private int flowPsn(boolean wrong) {
        if (!user.model().hasTidFlows()) {
            return wrong ? dice.below(1 << 24) : 0;
        }
        int number = dice.below(user.model().tidFlows());
        int word = TidFlow.get(user.raw.uregs, number);
        if ((word & TidFlow.VALID) == 0) {
            TidFlow.put(user.raw.uregs, number, TidFlow.entry(1, 0));
            machine.sweep();
            word = TidFlow.get(user.raw.uregs, number);
        }
        int psn = ExpectedPsn.of(number, TidFlow.generation(word), TidFlow.sequence(word));
        return wrong ? (int) dice.mutate(psn, 24) : psn;
    }

    private void vcto(int buffer, int wrongTid, int at, int psn) {
        MemorySegment pio = user.raw.pio;
        long header = user.bufferAt(buffer) + PioLayout.HEADER;
        long vcto = IpathHeader.TID.set(MessageHeader.vcto(pio, header), wrongTid);
        vcto = IpathHeader.OFFSET.set(vcto, at);
        int flags = dice.oneIn(4) ? IpathHeader.HDRSUPP : 0;
        int dwords = Lrh.lengthDwords(MessageHeader.lrh(pio, header));
        MessageHeader.putVcto(pio, header, (int) vcto);
        MessageHeader.putPktFlags(pio, header, flags);
        MessageHeader.putBth2(pio, header, psn);
        MessageHeader.putChksum(pio, header, IpathHeader.checksum(dwords, (int) vcto, flags));
    }

    private void launch(int buffer, long pbc) {
        verdicts.start();
        user.launch(buffer, pbc, Pbc.SPECIAL_TRIGGER_MAGIC, 0);
        machine.sweep();
    }

    @Override
    public void finish() {
        machine.sweep();
        machine.work();
    }

    @Override
    public void close() {
        // The user is somebody else's to close.
    }
}
