package io.softpath.faults.fuzz;

import io.softpath.abi.control.Command;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.UserRegisters;
import io.softpath.linux.MappedMemory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Two well-behaved users who send each other numbered packets and look at every byte of what comes.
 * What a third one sends them is told apart by the sender that the chip vouches for.
 */
final class HonestPair implements AutoCloseable {
    private static final ValueLayout.OfLong LE_LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long MARK = 0x5EED_0000_0000_0000L;
    private static final int MOST_DWORDS = 512;

    static final int USERS = 2;

    /** Of each one's memory that nobody was granted. */
    static final int SECRET_HANDLE = 1;

    final RawUser a;
    final RawUser b;
    private final Direction there;
    private final Direction back;
    private long noise;

    HonestPair(Machine machine) {
        a = new RawUser(machine, 0, ControlRecord.FEATURE_INLINE_TRIGGER);
        b = new RawUser(machine, 1, ControlRecord.FEATURE_INLINE_TRIGGER);
        there = new Direction(a, b);
        back = new Direction(b, a);
        for (RawUser each : new RawUser[] {a, b}) {
            MemorySegment secret =
                    each.memory(MappedMemory.PAGE_BYTES, ControlRecord.MEM_SHAREABLE);
            secret.set(ValueLayout.JAVA_LONG, 0, Handed.SECRET);
        }
    }

    /** A packet each way, and a look at what has come. */
    void talk(Dice dice) {
        there.send(dice.below(MOST_DWORDS + 1) * Integer.BYTES);
        back.send(dice.below(MOST_DWORDS + 1) * Integer.BYTES);
        there.receive();
        back.receive();
    }

    /** All that was sent must have come by now, and nobody may have been bothered. */
    void finish() {
        there.finish();
        back.finish();
    }

    long received() {
        return there.received + back.received;
    }

    /** Packets of others. */
    long noise() {
        return noise;
    }

    private final class Direction {
        private final RawUser from;
        private final RawUser to;
        private final Sender sender;
        private final ChipModel model;
        private final HeaderCopy header = new HeaderCopy();
        private long sent;
        private long received;
        private int head;
        private int seq = Rhf.SEQ_FIRST;
        private int lastEager;

        Direction(RawUser from, RawUser to) {
            this.from = from;
            this.to = to;
            sender = new Sender(from);
            model = from.model;
        }

        void send(int bytes) {
            if (sender.send(to, MARK | sent, payload(bytes, sent))) {
                sent++;
            } else {
                from.command(Command.PIOAVAILUPD, 0);
            }
        }

        private byte[] payload(int bytes, long number) {
            byte[] payload = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                payload[i] = (byte) (i * 31 + (int) number);
            }
            return payload;
        }

        void receive() {
            boolean any = false;
            while (take()) {
                any = true;
            }
            if (any) {
                UserRegisters.RCVHDRHEAD.put(to.uregs, head);
                UserRegisters.RCVEGRINDEXHEAD.put(to.uregs, lastEager);
            }
        }

        private boolean take() {
            long entry = head * 4L;
            long rhf = to.rcvhdrq.get(LE_LONG, entry + model.rhfOffsetDwords() * 4L);
            boolean ready =
                    model.usesRhfSequence()
                            ? Rhf.seq(rhf) == seq
                            : head != (int) to.tail.get(LE_LONG, 0);
            if (!ready) {
                return false;
            }
            int offset =
                    model.usesRhfSequence()
                            ? Rhf.hdrqOffsetDwords(rhf)
                            : model.headerOffsetDwords();
            header.load(to.rcvhdrq, entry + 4L * offset);
            boolean buffered =
                    Rhf.rcvType(rhf) == Rhf.TYPE_EAGER
                            && Rhf.errors(rhf) == 0
                            && (!model.useEgrBit() || Rhf.usesEgrBuffer(rhf));
            if (buffered) {
                lastEager = Rhf.egrIndex(rhf);
            }
            if (isFromPeer()) {
                verify(rhf, entry + 4L * offset, buffered);
            } else {
                noise++;
            }
            head = (head + model.rcvHdrEntDwords()) % model.rcvHdrRingDwords();
            seq = Rhf.nextSeq(seq);
            return true;
        }

        private boolean isFromPeer() {
            return Bth.opcode(header.bth0()) == Bth.OPCODE_PSM
                    && Lrh.slid(header.lrh()) == from.lid
                    && header.sourceContext() == from.context;
        }

        private void verify(long rhf, long at, boolean buffered) {
            long number = MessageHeader.data0(to.rcvhdrq, at);
            int bytes = (int) MessageHeader.data1(to.rcvhdrq, at);
            if (Rhf.errors(rhf) != 0 || number != (MARK | received)) {
                throw new Violation(
                        "an honest packet was lost, spoilt or made up: expected="
                                + received
                                + " came="
                                + (number & ~MARK)
                                + " errors="
                                + Rhf.errorNames(rhf));
            }
            byte[] expected = payload(bytes, received);
            MemorySegment came =
                    bytes == 0 && !buffered
                            ? MemorySegment.ofArray(new byte[0])
                            : to.eager.asSlice(model.egrOffsetBytes(Rhf.egrIndex(rhf)), bytes);
            if (came.mismatch(MemorySegment.ofArray(expected)) != -1) {
                throw new Violation("payload of honest packet number=" + received + " is spoilt");
            }
            received++;
        }

        void finish() {
            receive();
            if (received != sent) {
                throw new Violation("honest packets sent=" + sent + " but received=" + received);
            }
            long word = from.events.get(ValueLayout.JAVA_LONG, 0);
            if (word != 0) {
                throw new Violation(
                        "an honest user was told of events=0x" + Long.toHexString(word));
            }
        }
    }

    @Override
    public void close() {
        a.close();
        b.close();
    }
}
