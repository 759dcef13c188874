package io.softpath.faults.fuzz;

import static io.softpath.faults.fuzz.Coverage.Need;

import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
import io.softpath.abi.register.NamedField;
import io.softpath.abi.register.Register;
import io.softpath.abi.register.TidFlow;
import io.softpath.abi.register.UserRegisters;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Stores what cannot be in the register page: heads beyond the queue, tails, words of TID flows,
 * words that are no registers; then sends itself a packet, for which the chip must look.
 */
final class RegisterAttack implements Attack {
    private final Machine machine;
    private final Dice dice;
    private final List<HostileUser> users;
    private final Verdicts verdicts;
    private final List<Coverage.Row> registerRows = new ArrayList<>();
    private final List<Coverage.Row> flowRows = new ArrayList<>();
    private final Coverage.Row other;
    private long stores;

    RegisterAttack(Machine machine, Dice dice, Coverage coverage, List<HostileUser> users) {
        this.machine = machine;
        this.dice = dice;
        this.users = users;
        verdicts = new Verdicts(machine);
        for (Register register : UserRegisters.ALL) {
            registerRows.add(coverage.row("register", register.name(), Need.USED));
        }
        for (NamedField field : TidFlow.FIELDS) {
            flowRows.add(coverage.row("register", "rcvtidflow." + field.name(), Need.USED));
        }
        other = coverage.row("register", "word without a register", Need.USED);
    }

    @Override
    public int some() {
        HostileUser user = dice.of(users);
        if (++stores % 64 == 0) {
            machine.work();
            user.raw.acknowledge();
            user.restart();
        }
        Coverage.Row row = store(user);
        verdicts.start();
        send(user);
        machine.sweep();
        row.count(verdicts.next());
        return 1;
    }

    private Coverage.Row store(HostileUser user) {
        int kind = dice.below(8);
        if (kind == 0 || kind > 4 && !user.model().hasTidFlows()) {
            long words = user.raw.uregs.byteSize() / Long.BYTES;
            long at = (long) Long.BYTES * (UserRegisters.ALL.size() + dice.below((int) words - 8));
            user.raw.uregs.set(ValueLayout.JAVA_LONG, at, dice.any());
            return other;
        }
        if (kind > 4) {
            int number = dice.below(user.model().tidFlows());
            int field = dice.below(flowRows.size());
            int word = TidFlow.get(user.raw.uregs, number);
            var bits = TidFlow.FIELDS.get(field).field();
            long value = dice.mutate(bits.get(word), bits.width());
            TidFlow.put(
                    user.raw.uregs,
                    number,
                    (int) bits.set(Integer.toUnsignedLong(word), value) | TidFlow.VALID);
            return flowRows.get(field);
        }
        int number = dice.below(UserRegisters.ALL.size());
        Register register = UserRegisters.ALL.get(number);
        long before = register.get(user.raw.uregs);
        dice.remember(before);
        register.put(user.raw.uregs, dice.mutate(before, dice.oneIn(2) ? 16 : Long.SIZE));
        return registerRows.get(number);
    }

    private void send(HostileUser user) {
        int buffer = dice.below(user.buffers());
        RawUser raw = user.raw;
        byte[] payload = new byte[Integer.BYTES * dice.below(16)];
        Sender.write(raw, buffer, raw.lid, raw.context, dice.any(), payload);
        if (user.model().hasTidFlows() && dice.oneIn(2)) {
            long header = user.bufferAt(buffer) + PioLayout.HEADER;
            long vcto = IpathHeader.TID.set(MessageHeader.vcto(raw.pio, header), 0);
            MessageHeader.putVcto(raw.pio, header, (int) vcto);
            MessageHeader.putBth2(raw.pio, header, dice.below(1 << 24));
            int length = Pbc.lengthDwordsOfPayload(payload.length);
            MessageHeader.putChksum(raw.pio, header, IpathHeader.checksum(length, (int) vcto, 0));
        }
        user.launch(buffer, Pbc.ofPayload(payload.length), Pbc.SPECIAL_TRIGGER_MAGIC, 0);
    }

    @Override
    public void finish() {
        machine.work();
        users.forEach(HostileUser::restart);
    }

    @Override
    public void close() {
        // The users are somebody else's to close.
    }
}
