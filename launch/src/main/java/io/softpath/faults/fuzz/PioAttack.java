package io.softpath.faults.fuzz;

import static io.softpath.faults.fuzz.Coverage.Need;

import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
import io.softpath.abi.register.NamedField;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Launches packets that are wrong in one field, in several, or altogether: PBC, headers, triggers,
 * expected packets and gather records, from any buffer, to itself, to the honest and to nobody.
 */
final class PioAttack implements Attack {
    private static final int MOST_DWORDS = 512;

    /** Where somebody can be sent to. */
    record Place(int lid, int context) {
        static Place of(RawUser user) {
            return new Place(user.lid, user.context);
        }
    }

    private final Machine machine;
    private final Dice dice;
    private final List<HostileUser> users;
    private final List<Place> victims;
    private final Verdicts verdicts;
    private final List<Coverage.Row> headerRows = new ArrayList<>();
    private final List<Coverage.Row> pbcRows = new ArrayList<>();
    private final Coverage.Row payload;
    private final Coverage.Row trigger;
    private final Coverage.Row tag;
    private final List<Coverage.Row> touched = new ArrayList<>();
    private HostileUser user;
    private int buffer;
    private long header;
    private long pbc;

    /**
     * @param users who launch
     * @param victims who are sent to, beside themselves
     */
    PioAttack(
            Machine machine,
            Dice dice,
            Coverage coverage,
            List<HostileUser> users,
            List<Place> victims) {
        this.machine = machine;
        this.dice = dice;
        this.users = users;
        this.victims = victims;
        verdicts = new Verdicts(machine);
        for (PacketField field : PacketField.HEADER) {
            headerRows.add(coverage.row("packet field", field.name(), Need.USED));
        }
        for (NamedField field : Pbc.FIELDS) {
            pbcRows.add(coverage.row("packet field", "pbc." + field.name(), Need.USED));
        }
        payload = coverage.row("packet field", "payload", Need.USED);
        trigger = coverage.row("packet field", "trigger word", Need.USED);
        tag = coverage.row("packet field", "launch tag", Need.USED);
    }

    @Override
    public int some() {
        user = dice.of(users);
        user.catchUp();
        write();
        touched.clear();
        for (int i = dice.oneIn(4) ? 3 : 1; i > 0; i--) {
            mutate();
        }
        int magic = Pbc.SPECIAL_TRIGGER_MAGIC;
        int otherTag = 0;
        if (dice.oneIn(32)) {
            magic = (int) dice.mutate(magic, Integer.SIZE);
            touched.add(trigger);
        }
        if (dice.oneIn(32)) {
            otherTag = dice.below(Pbc.LAUNCH_TAG_MAX);
            touched.add(tag);
        }
        verdicts.start();
        user.launch(buffer, pbc, magic, otherTag);
        machine.sweep();
        String verdict = verdicts.next();
        touched.forEach(row -> row.count(verdict));
        return 1;
    }

    /** A packet that would do, with an eager or an expected payload. */
    private void write() {
        buffer = dice.below(user.buffers());
        header = user.bufferAt(buffer) + PioLayout.HEADER;
        Place own = new Place(user.raw.lid, user.raw.context);
        Place to = dice.oneIn(3) ? dice.of(victims) : own;
        int bytes = Integer.BYTES * dice.below(dice.oneIn(8) ? MOST_DWORDS + 3 : 16);
        Sender.write(user.raw, buffer, to.lid(), to.context(), dice.any(), new byte[bytes]);
        pbc = Pbc.ofPayload(bytes);
        if (dice.oneIn(3)) {
            expect(dice.below(HostileUser.pages() + 2), dice.below(1024));
        }
    }

    /** Makes it one that names a TID. */
    private void expect(int tid, int offsetDwords) {
        MemorySegment pio = user.raw.pio;
        long vcto = IpathHeader.TID.set(MessageHeader.vcto(pio, header), tid);
        MessageHeader.putVcto(pio, header, (int) IpathHeader.OFFSET.set(vcto, offsetDwords));
        sum();
    }

    private void sum() {
        MemorySegment pio = user.raw.pio;
        MessageHeader.putChksum(
                pio,
                header,
                IpathHeader.checksum(
                        Lrh.lengthDwords(MessageHeader.lrh(pio, header)),
                        MessageHeader.vcto(pio, header),
                        MessageHeader.pktFlags(pio, header)));
    }

    private void mutate() {
        MemorySegment pio = user.raw.pio;
        int kind = dice.below(8);
        if (kind == 0) {
            touched.add(payload);
            long at = header + MessageHeader.BYTES + 8L * dice.below(8);
            pio.set(ValueLayout.JAVA_LONG, at, dice.any());
        } else if (kind <= 2) {
            int field = dice.below(pbcRows.size());
            touched.add(pbcRows.get(field));
            var bits = Pbc.FIELDS.get(field).field();
            pbc = bits.set(pbc, dice.mutate(bits.get(pbc), bits.width()));
        } else {
            int field = dice.below(headerRows.size());
            touched.add(headerRows.get(field));
            PacketField.HEADER.get(field).mutate(pio, header, dice);
            if (PacketField.HEADER.get(field).isSummed() && dice.oneIn(2)) {
                sum();
            }
        }
    }

    @Override
    public void finish() {
        machine.sweep();
        machine.work();
        if (machine.chipCounters() != null) {
            verdicts.assertSums();
        }
    }

    @Override
    public void close() {
        // The users are somebody else's to close.
    }
}
