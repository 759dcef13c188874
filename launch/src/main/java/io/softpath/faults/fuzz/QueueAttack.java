package io.softpath.faults.fuzz;

import static io.softpath.faults.fuzz.Coverage.Need;

import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.NamedField;
import io.softpath.error.Errno;
import io.softpath.linux.Attempts;
import io.softpath.linux.Fd;
import io.softpath.linux.Seals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Scribbles over its header queue, where the chip writes next and elsewhere, punches holes into
 * whatever it may write, and tries to cut it off; the next packet must arrive as if nothing were.
 */
final class QueueAttack implements Attack {
    private static final ValueLayout.OfLong LE_LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int PAGE = 4096;

    private final Machine machine;
    private final Dice dice;
    private final List<HostileUser> users;
    private final Verdicts verdicts;
    private final List<Coverage.Row> rhfRows = new ArrayList<>();
    private final List<Coverage.Row> headerRows = new ArrayList<>();
    private final Coverage.Row hole;
    private final Coverage.Row cut;
    private final Coverage.Row seal;

    QueueAttack(Machine machine, Dice dice, Coverage coverage, List<HostileUser> users) {
        this.machine = machine;
        this.dice = dice;
        this.users = users;
        verdicts = new Verdicts(machine);
        for (NamedField field : Rhf.FIELDS) {
            rhfRows.add(coverage.row("rcvhdrq", "rhf." + field.name(), Need.USED));
        }
        for (PacketField field : PacketField.HEADER) {
            headerRows.add(coverage.row("rcvhdrq", field.name(), Need.USED));
        }
        hole = coverage.row("file of a region", "hole punched", Need.ACCEPTED);
        cut = coverage.row("file of a region", "cut off or made longer", Need.REFUSED);
        seal = coverage.row("file of a region", "sealed", Need.REFUSED);
    }

    @Override
    public int some() {
        HostileUser user = dice.of(users);
        user.catchUp();
        if (dice.oneIn(64)) {
            damage(user.raw);
        }
        Coverage.Row row = scribble(user);
        int buffer = dice.below(user.buffers());
        byte[] payload = new byte[Integer.BYTES * dice.below(16)];
        RawUser raw = user.raw;
        Sender.write(raw, buffer, raw.lid, raw.context, dice.any(), payload);
        verdicts.start();
        user.launch(buffer, Pbc.ofPayload(payload.length), Pbc.SPECIAL_TRIGGER_MAGIC, 0);
        machine.sweep();
        row.count(verdicts.next());
        return 1;
    }

    private Coverage.Row scribble(HostileUser user) {
        MemorySegment queue = user.raw.rcvhdrq;
        long entry = (long) user.model().rcvHdrEntBytes() * dice.below(user.model().rcvHdrCount());
        if (dice.oneIn(2)) {
            int field = dice.below(rhfRows.size());
            long at = entry + user.model().rhfOffsetDwords() * 4L;
            long rhf = queue.get(LE_LONG, at);
            var bits = Rhf.FIELDS.get(field).field();
            queue.set(LE_LONG, at, bits.set(rhf, dice.mutate(bits.get(rhf), bits.width())));
            return rhfRows.get(field);
        }
        int field = dice.below(headerRows.size());
        long header = entry + user.model().headerOffsetDwords() * 4L;
        PacketField.HEADER.get(field).mutate(queue, header, dice);
        return headerRows.get(field);
    }

    private void damage(RawUser raw) {
        Fd fd = dice.of(raw.writable);
        int pages = 1 + dice.below(4);
        hole.count(
                outcome(Attempts.punchHole(fd, (long) PAGE * dice.below(4), (long) pages * PAGE)));
        long bytes = dice.oneIn(2) ? 0 : (long) PAGE * dice.below(4096);
        refuse(cut, Attempts.truncate(fd, bytes), "a file was given another size");
        int seals = dice.oneIn(2) ? Seals.WRITE : Seals.FUTURE_WRITE;
        refuse(seal, Attempts.seal(fd, seals), "a file was sealed against writes");
    }

    private static String outcome(long result) {
        return result >= 0 ? Coverage.OK : Errno.of((int) -result).name();
    }

    /** A cut to the size that the file has is no cut, and no refusal. */
    private static void refuse(Coverage.Row row, long result, String what) {
        row.count(outcome(result));
        if (result >= 0 && row.name.equals("sealed")) {
            throw new Violation(what);
        }
    }

    @Override
    public void finish() {
        machine.work();
    }

    @Override
    public void close() {
        // The users are somebody else's to close.
    }
}
