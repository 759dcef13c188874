package io.softpath.faults.fuzz;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioAvail;
import io.softpath.abi.packet.PioLayout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Writes eager packets into PIO buffers and launches them by the tag in the PBC. */
final class Sender {
    private static final ValueLayout.OfLong LE_LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final RawUser user;
    private final ChipModel model;
    private final long[] shadow = new long[8];
    private final int[] tags;
    private int lastTag = Pbc.NO_LAUNCH_TAG;
    private int current;

    /**
     * @param user with FEATURE_INLINE_TRIGGER
     */
    Sender(RawUser user) {
        this.user = user;
        model = user.model;
        tags = new int[user.info.piocnt()];
        for (int i = 0; i < model.availQwords(); i++) {
            shadow[i] = shown(i);
        }
    }

    private long shown(int qword) {
        int at = model.availSwapped() ? PioAvail.swappedIndex(qword) : qword;
        return user.avail.get(LE_LONG, at * 8L);
    }

    /** A free buffer in ring order, or -1. */
    int takeBuffer() {
        int count = user.info.piocnt();
        for (int i = 0; i < count; i++) {
            int buffer = (current + i) % count;
            int number = user.info.pioindex() + buffer;
            int qword = PioAvail.qwordIndex(number);
            if (PioAvail.busy(shadow[qword], number)) {
                shadow[qword] = PioAvail.refresh(shadow[qword], shown(qword));
            }
            if (!PioAvail.busy(shadow[qword], number)) {
                shadow[qword] = PioAvail.take(shadow[qword], number);
                current = (buffer + 1) % count;
                return buffer;
            }
        }
        return -1;
    }

    /** Sends a packet; false if no buffer is free. */
    boolean send(RawUser to, long data0, byte[] payload) {
        int buffer = takeBuffer();
        if (buffer < 0) {
            return false;
        }
        write(user, buffer, to.lid, to.context, data0, payload);
        lastTag = Pbc.nextLaunchTag(lastTag, tags[buffer]);
        tags[buffer] = lastTag;
        long pbc = Pbc.withLaunchTag(Pbc.ofPayload(payload.length), lastTag);
        Pbc.put(user.pio, (long) buffer * model.pioAlign(), pbc);
        return true;
    }

    /** Writes header and payload of an eager packet, without launching it. */
    static void write(
            RawUser user, int buffer, int dlid, int destination, long data0, byte[] payload) {
        ChipModel model = user.model;
        MemorySegment pio = user.pio;
        long header = (long) buffer * model.pioAlign() + PioLayout.HEADER;
        int length = Pbc.lengthDwordsOfPayload(payload.length);
        int field = IpathHeader.contextField(model.family(), destination);
        int vcto = IpathHeader.vcto(IpathHeader.VERSION, field, IpathHeader.TID_EAGER, 0);
        int qp = IpathHeader.qp(model.family(), model.qpBase(), destination);
        MessageHeader.putLrh(pio, header, Lrh.of(0, 0, dlid, length, user.lid));
        MessageHeader.putBth0(pio, header, Bth.bth0(Bth.OPCODE_PSM, 0, Bth.DEFAULT_PKEY));
        MessageHeader.putBth1(pio, header, Bth.bth1(qp));
        MessageHeader.putBth2(pio, header, Bth.bth2(0));
        MessageHeader.putVcto(pio, header, vcto);
        MessageHeader.putChksum(pio, header, IpathHeader.checksum(length, vcto, 0));
        MessageHeader.putPktFlags(pio, header, 0);
        MessageHeader.putSubOpcode(pio, header, 0x05);
        MessageHeader.putFlags(pio, header, 0);
        MessageHeader.putCommidx(pio, header, 0);
        MessageHeader.putAck(pio, header, (user.context & 0xF) << 24 | user.context >>> 4 << 30);
        MessageHeader.putFlowId(pio, header, 0);
        MessageHeader.putHdrDlen(pio, header, 0);
        MessageHeader.putMqHdr(pio, header, 0);
        MessageHeader.putData0(pio, header, data0);
        MessageHeader.putData1(pio, header, payload.length);
        MemorySegment.copy(
                payload,
                0,
                pio,
                ValueLayout.JAVA_BYTE,
                (long) buffer * model.pioAlign() + PioLayout.PAYLOAD,
                payload.length);
    }
}
