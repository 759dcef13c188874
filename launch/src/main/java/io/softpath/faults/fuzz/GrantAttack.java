package io.softpath.faults.fuzz;

import static io.softpath.faults.fuzz.Coverage.Need;

import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.abi.register.StructField;
import io.softpath.psm.engine.DirectSettings;
import io.softpath.psm.engine.EngineCounters;
import io.softpath.psm.engine.PacketHeader;
import io.softpath.psm.sim.SimPacket;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Is sent long messages, and grants TIDs for them that are not there, parts that the messages do
 * not have, pages that end too early: whoever sends must not send anything else, nor to a place
 * that no TID has, and its messages to the honest must arrive.
 */
final class GrantAttack extends PeerAttack {
    private static final int LIFE = 300;
    private static final int PAGE = 4096;
    private static final int MOST_TIDS = 8;
    private static final int MOST_ODD_BYTES = 4;
    private static final int LEAST_MESSAGE = 70_000;
    private static final int MESSAGES = 3;

    /** Whoever has less than that left of a message may have none but odd bytes. */
    private static final int LEAST_GRANT = 16;

    /** All bytes of its messages: another one would be of other memory. */
    private static final byte MARK = 0x5A;

    /** How often packets are acknowledged, and more come, before this looks at something else. */
    private static final int MOST_TURNS = 64;

    private final Dice dice;
    private final MemorySegment list = MemorySegment.ofArray(new byte[PeerWorld.MTU]);
    private final List<Coverage.Row> listRows = new ArrayList<>();
    private final List<Coverage.Row> entryRows = new ArrayList<>();
    private final Coverage.Row right;
    private final Coverage.Row start;
    private final Coverage.Row request;
    private final Coverage.Row wanted;
    private final Coverage.Row bytes;

    private int age;

    /** How the victim has the hostile one say who it is. */
    private int indexOfHostile;

    /** Messages that the victim has announced, of which not all is granted. */
    private final Deque<Announced> announced = new ArrayDeque<>();

    /** A packet by TID: which window it is of, and its number. */
    private record Sent(long window, int psn) {}

    /** The last one that the victim has sent and nobody has acknowledged; null if there is none. */
    private Sent lastSent;

    /** Windows that it is done with. */
    private final List<Long> released = new ArrayList<>();

    private boolean taken;

    /** A message that is sent to the hostile one. */
    private static final class Announced {
        final int index;
        int wanted;
        int granted;
        int grants;

        Announced(long name) {
            index = MqClass.first(name);
            wanted = MqClass.second(name);
        }
    }

    GrantAttack(Dice dice, Coverage coverage) {
        this.dice = dice;
        right = coverage.row("tid grant", "as it should be", Need.ACCEPTED);
        for (StructField field : TidSessionList.LAYOUT) {
            listRows.add(coverage.row("tid grant", field.name(), Need.USED));
        }
        for (String field : List.of("entry.tid", "entry.offset", "entry.length")) {
            entryRows.add(coverage.row("tid grant", field, Need.USED));
        }
        start = coverage.row("tid grant", "psn", Need.USED);
        request = coverage.row("tid grant", "request", Need.USED);
        wanted = coverage.row("tid grant", "wanted", Need.USED);
        bytes = coverage.row("tid grant", "bytes of the packet", Need.USED);
    }

    private void begin() {
        newWorld(DirectSettings.NONE);
        world.tap(this::sees);
        MemorySegment word = MemorySegment.ofArray(new byte[Long.BYTES]);
        hostile.engine.send(hostile.peer(victim), 2, word, 0, Long.BYTES, false, r -> false, null);
        world.step();
        hostile.die();
        announced.clear();
        lastSent = null;
        released.clear();
        age = 0;
    }

    /** What the two say to each other. */
    private void sees(int from, int to, MemorySegment header, MemorySegment payload) {
        if (from == hostile.id.lid() && to == victim.id.lid()) {
            PacketHeader said = new PacketHeader();
            said.read(header, 0);
            indexOfHostile = said.peerIndex;
        }
        if (from != victim.id.lid() || to != hostile.id.lid()) {
            return;
        }
        switch (MessageHeader.subOpcode(header, 0)) {
            case SubOpcode.MQ_HDR, SubOpcode.MQ_CTRL -> {
                if (MqClass.of(MessageHeader.mqHdr(header, 0)) == MqClass.RTS) {
                    announced.add(new Announced(MessageHeader.data1(header, 0)));
                }
            }
            case SubOpcode.TIDS_GRANT_ACK -> taken = true;
            case SubOpcode.TIDS_RELEASE -> released.add(MessageHeader.data1(header, 0));
            case SubOpcode.MQ_EXPTID -> sent(header, payload);
            default -> {
                // Not about a grant.
            }
        }
    }

    private void sent(MemorySegment header, MemorySegment payload) {
        int vcto = MessageHeader.vcto(header, 0);
        int tid = IpathHeader.tid(vcto);
        long end = IpathHeader.offsetDwords(vcto) * 4L + payload.byteSize();
        if (tid != IpathHeader.TID_EAGER && end > PAGE) {
            throw new Violation("a packet to tid=" + tid + " ends at " + end + " of its page");
        }
        for (byte each : payload.toArray(ValueLayout.JAVA_BYTE)) {
            if (each != MARK) {
                throw new Violation("a packet to tid=" + tid + " has a byte of no message");
            }
        }
        lastSent = new Sent(MessageHeader.data1(header, 0), Bth.psn(MessageHeader.bth2(header, 0)));
    }

    @Override
    public int some() {
        while (!isReady()) {
            begin();
        }
        Announced message = announced.peekFirst();
        EngineCounters counters = victim.engine.counters();
        long malformed = counters.malformed();
        long duplicates = counters.duplicates();
        long outOfOrder = counters.outOfOrder();
        taken = false;
        Coverage.Row row = grant(message);
        String outcome = "ignored";
        if (counters.malformed() != malformed) {
            outcome = "malformed";
        } else if (counters.duplicates() != duplicates) {
            outcome = "duplicate";
        } else if (counters.outOfOrder() != outOfOrder) {
            outcome = "out of order";
        } else if (taken) {
            outcome = Coverage.OK;
            message.grants++;
            message.granted += TidSessionList.length(list, 0);
            acknowledge();
        }
        row.count(outcome);
        if (dice.oneIn(4) || message.wanted - message.granted < LEAST_GRANT) {
            announced.removeFirst();
        }
        age++;
        return 1;
    }

    /**
     * Whether there are messages to grant something for; the victim may have announced its last.
     */
    private boolean isReady() {
        if (world == null || age == LIFE || victim.peer(hostile).failure() != null) {
            return false;
        }
        for (int i = announced.size(); i < MESSAGES; i++) {
            announce();
        }
        return !announced.isEmpty();
    }

    private void announce() {
        MemorySegment message = MemorySegment.ofArray(new byte[LEAST_MESSAGE + dice.below(50_000)]);
        message.fill(MARK);
        int length = (int) message.byteSize();
        victim.engine.send(victim.peer(hostile), 1, message, 0, length, false, r -> false, null);
        victim.engine.progress(world.nowNs());
    }

    /** Grants a part of a message, with one thing wrong or none; which one. */
    private Coverage.Row grant(Announced message) {
        int tids = 1 + dice.below(MOST_TIDS);
        int before = dice.below(MOST_ODD_BYTES);
        int behind = dice.below(MOST_ODD_BYTES);
        int first = Integer.BYTES * dice.below(PAGE / Integer.BYTES);
        int left = message.wanted - message.granted - before - behind;
        int length = Math.min(tids * PAGE - first, left) & -Integer.BYTES;
        tids = (first + length + PAGE - 1) / PAGE;
        TidSessionList.write(
                list,
                0,
                tids,
                before,
                behind,
                MqClass.pair(dice.below(64), dice.below(64)),
                message.grants,
                message.granted,
                before + length + behind);
        for (int i = 0, at = first; i < tids; i++, at = 0) {
            int entry = Math.min(PAGE - at, length);
            TidSessionList.putEntry(list, 0, i, dice.below(512), at, entry);
            length -= entry;
        }
        PacketHeader header = header(SubOpcode.TIDS_GRANT);
        header.data0 = MqClass.pair(message.index, message.wanted);
        header.data1 = MqClass.pair(ExpectedPsn.of(0, 1 + age % ExpectedPsn.GEN_MAX, 0), 0);
        int packetBytes = TidSessionList.bytes(tids);
        Coverage.Row row = right;
        switch (dice.below(16)) {
            case 0 -> {
                row = start;
                header.data1 = dice.mutate(header.data1, Long.SIZE);
            }
            case 1 -> {
                row = request;
                int wrong = (int) dice.mutate(message.index, Integer.SIZE);
                header.data0 = MqClass.pair(wrong, message.wanted);
            }
            case 2 -> {
                row = wanted;
                int wrong = (int) dice.mutate(message.wanted, Integer.SIZE);
                header.data0 = MqClass.pair(message.index, wrong);
            }
            case 3 -> {
                row = bytes;
                packetBytes = dice.below(PeerWorld.MTU + 1);
            }
            case 4, 5, 6 -> row = mutateEntry(dice.below(tids));
            case 7, 8, 9, 10, 11 -> row = mutateField(dice.below(listRows.size()));
            default -> {
                // As it should be: so that there is more to lie about.
            }
        }
        deliver(header, packetBytes);
        if (taken) {
            message.wanted = MqClass.second(header.data0);
        }
        return row;
    }

    private Coverage.Row mutateField(int field) {
        StructField spot = TidSessionList.LAYOUT.get(field);
        dice.mutate(list, spot.offset(), spot.bytes());
        return listRows.get(field);
    }

    private Coverage.Row mutateEntry(int entry) {
        int part = dice.below(entryRows.size());
        int at = TidSessionList.ENTRIES + TidSessionList.ENTRY_BYTES * entry;
        dice.mutate(list, at + Short.BYTES * part, Short.BYTES);
        return entryRows.get(part);
    }

    /** Says that packets have come, until no more do; and that it heard that this was all. */
    private void acknowledge() {
        for (int turn = 0; turn < MOST_TURNS && lastSent != null; turn++) {
            PacketHeader ack = header(SubOpcode.ACK);
            ack.flowId = MessageHeader.FLOWID_TID_FLOW;
            ack.data0 = lastSent.window;
            ack.ackSeq = ExpectedPsn.plus(lastSent.psn, 1);
            lastSent = null;
            deliver(ack, 0);
        }
        lastSent = null;
        for (Long window : released) {
            PacketHeader confirm = header(SubOpcode.TIDS_RELEASE_CONFIRM);
            confirm.data1 = window;
            deliver(confirm, 0);
        }
        released.clear();
    }

    private PacketHeader header(int subOpcode) {
        PacketHeader header = new PacketHeader();
        header.subOpcode = subOpcode;
        header.peerIndex = indexOfHostile;
        return header;
    }

    private void deliver(PacketHeader header, int length) {
        MemorySegment packet = SimPacket.header(hostile.id, victim.id.lid(), header);
        victim.engine.intake().onPacket(packet, 0, list, 0, length);
        victim.engine.progress(world.nowNs());
    }
}
