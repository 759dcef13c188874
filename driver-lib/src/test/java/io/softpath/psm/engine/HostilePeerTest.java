package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.abi.psm.ConnectMessage;
import io.softpath.abi.psm.FlowId;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * A peer whose packets say anything at all, but for who sends them, which the chip sees to: it can
 * spoil its own messages, and nobody else's, nor anybody's memory.
 */
final class HostilePeerTest {
    private static final int PACKETS = 200_000;
    private static final int[] OPCODES = {
        SubOpcode.MQ_CTRL,
        SubOpcode.MQ_HDR,
        SubOpcode.AM_REQUEST,
        SubOpcode.AM_REPLY,
        SubOpcode.AM_REQUEST_NOREPLY,
        SubOpcode.ACK,
        SubOpcode.NAK,
        SubOpcode.ERR_CHK,
        SubOpcode.CONNECT_REQUEST,
        SubOpcode.CONNECT_REPLY,
        SubOpcode.DISCONNECT_REQUEST,
        SubOpcode.DISCONNECT_REPLY,
        SubOpcode.MQ_EXPTID_UNALIGNED,
        SubOpcode.MQ_EXPTID,
        SubOpcode.ERR_CHK_GEN,
        SubOpcode.TIDS_GRANT,
        SubOpcode.TIDS_GRANT_ACK,
        SubOpcode.TIDS_RELEASE,
        SubOpcode.TIDS_RELEASE_CONFIRM,
        0x25
    };
    private static final int MESSAGES = 5;
    private static final long MINE = 1L << 40;
    private static final int EAGER = IpathHeader.vcto(2, 0, IpathHeader.TID_EAGER, 0);

    private final SplittableRandom random = random();
    private SimWorld world;
    private SimNode victim;
    private SimNode hostile;
    private SimNode honest;
    private final MemorySegment header =
            MemorySegment.ofArray(new long[MessageHeader.BYTES / Long.BYTES]);
    private final MemorySegment payload = MemorySegment.ofArray(new long[SimWorld.MTU / 8]);

    /** What the victim has said last, of each kind: something to lie about. */
    private long sendOfVictim;

    private long windowToVictim;
    private long windowFromVictim;
    private int psnToVictim;
    private int psnFromVictim;
    private int grants;
    private final byte[] grantOfVictim = new byte[SimWorld.MTU];

    private static SplittableRandom random() {
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed=" + seed);
        return new SplittableRandom(seed);
    }

    private int some() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(4);
            case 1 -> random.nextInt(100_000);
            case 2 -> -1 - random.nextInt(4);
            default -> random.nextInt();
        };
    }

    private void listen(int from, int to, MemorySegment sent, MemorySegment bytes) {
        if (from == victim.id().lid() && to == hostile.id().lid()) {
            int subOpcode = MessageHeader.subOpcode(sent, 0);
            if (subOpcode == SubOpcode.MQ_EXPTID) {
                psnFromVictim = Bth.psn(MessageHeader.bth2(sent, 0));
                windowFromVictim = MessageHeader.data1(sent, 0);
            } else if (subOpcode == SubOpcode.TIDS_GRANT) {
                grants++;
                psnToVictim = MqClass.first(MessageHeader.data1(sent, 0));
                windowToVictim = TidSessionList.descriptor(bytes, 0);
                MemorySegment.ofArray(grantOfVictim).asSlice(0, bytes.byteSize()).copyFrom(bytes);
            } else if (subOpcode == SubOpcode.NAK) {
                psnToVictim = MqClass.first(MessageHeader.data1(sent, 0));
            } else if (MqClass.of(MessageHeader.mqHdr(sent, 0)) == MqClass.RTS) {
                sendOfVictim = MessageHeader.data1(sent, 0);
            }
        }
    }

    /**
     * A packet of a rendezvous by TID, of which most is as it should be: true names and numbers get
     * it to where the lie is looked at.
     */
    private void attackByTid(Peer ofVictim) {
        int few = random.nextInt(3);
        switch (random.nextInt(9)) {
            case 0, 1 -> {
                address(ofVictim, SubOpcode.MQ_EXPTID, psnToVictim + few);
                data(windowToVictim, windowFromVictim);
                MemorySegment list = MemorySegment.ofArray(grantOfVictim);
                int tid = TidSessionList.tid(list, 0, few) & 0x7FF;
                int offset = TidSessionList.offset(list, 0, few) / 4 & 0x1FFF;
                int bytes = TidSessionList.entryLength(list, 0, few) / (1 + random.nextInt(2));
                MessageHeader.putVcto(header, 0, IpathHeader.vcto(2, 0, tid, offset));
                victim.engine().intake().onExpected(header, 0, bytes, random.nextInt(16) == 0);
                return;
            }
            case 2 -> {
                address(ofVictim, SubOpcode.MQ_EXPTID_UNALIGNED, ofVictim.flow.expected());
                data(windowToVictim, random.nextLong());
                int odd =
                        TidSessionList.unalignedStart(MemorySegment.ofArray(grantOfVictim), 0)
                                + TidSessionList.unalignedEnd(
                                        MemorySegment.ofArray(grantOfVictim), 0);
                MessageHeader.putHdrDlen(
                        header, 0, random.nextBoolean() ? odd : random.nextInt(256));
            }
            case 3 -> {
                address(ofVictim, SubOpcode.ERR_CHK_GEN, psnToVictim + few);
                data(windowToVictim, windowFromVictim);
            }
            case 4 -> {
                address(ofVictim, SubOpcode.TIDS_RELEASE, 0);
                data(windowToVictim, windowFromVictim);
            }
            case 5 -> {
                address(ofVictim, random.nextBoolean() ? SubOpcode.ACK : SubOpcode.NAK, 0);
                data(windowFromVictim, MqClass.pair(psnFromVictim + (1 << 11), 0));
                int ack = psnFromVictim + few & 0xFF_FFFF;
                MessageHeader.putAck(header, 0, AckWord.of(ack, hostile.id().context(), 0));
            }
            case 6 -> {
                address(ofVictim, SubOpcode.TIDS_RELEASE_CONFIRM, 0);
                data(windowToVictim, windowFromVictim);
            }
            default -> {
                address(ofVictim, SubOpcode.TIDS_GRANT, 0);
                data(sendOfVictim, MqClass.pair(1 << 11 | random.nextInt(1 << 11), some()));
                victim.engine().intake().onPacket(header, 0, payload, 0, lyingList());
                return;
            }
        }
        victim.engine().intake().onPacket(header, 0, payload, 0, 0);
    }

    private void data(long truth0, long truth1) {
        MessageHeader.putData0(header, 0, lieAbout(truth0));
        MessageHeader.putData1(header, 0, lieAbout(truth1));
        MessageHeader.putFlowId(header, 0, MessageHeader.FLOWID_TID_FLOW);
        MessageHeader.putFlags(header, 0, random.nextInt(64));
    }

    private long lieAbout(long truth) {
        return switch (random.nextInt(16)) {
            case 0 -> MqClass.pair(MqClass.first(truth), some());
            case 1 -> MqClass.pair(some(), MqClass.second(truth));
            case 2 -> MqClass.pair(some(), some());
            default -> truth;
        };
    }

    /** A list that might be one, but for a thing or two. */
    private int lyingList() {
        int tids = random.nextInt(5);
        int each = 4 + 4 * random.nextInt(1024);
        int before = random.nextInt(4);
        int behind = random.nextInt(4);
        int offset = random.nextInt(3) > 0 ? 0 : some();
        TidSessionList.write(
                payload,
                0,
                tids,
                before,
                behind,
                random.nextLong(),
                random.nextInt(3),
                offset,
                tids * each + before + behind);
        for (int i = 0; i < tids; i++) {
            int from = 4 * random.nextInt(1 + (4096 - each) / 4);
            TidSessionList.putEntry(payload, 0, i, random.nextInt(512), from, each);
        }
        if (random.nextInt(3) == 0) {
            payload.set(
                    ValueLayout.JAVA_SHORT_UNALIGNED,
                    random.nextInt(TidSessionList.bytes(tids) - 1),
                    (short) some());
        }
        return random.nextInt(8) == 0 ? random.nextInt(64) : TidSessionList.bytes(tids);
    }

    private void address(Peer ofVictim, int subOpcode, int psn) {
        MessageHeader.putLrh(header, 0, Lrh.of(0, 0, 1, 15, hostile.id().lid()));
        MessageHeader.putBth2(header, 0, psn & 0xFF_FFFF);
        MessageHeader.putVcto(header, 0, EAGER);
        MessageHeader.putPktFlags(header, 0, 0);
        MessageHeader.putSubOpcode(header, 0, subOpcode);
        MessageHeader.putCommidx(header, 0, ofVictim.ownIndex);
    }

    /** One packet: most often the next of its flow, so that somebody looks at the rest. */
    private void attack(Peer ofVictim) {
        int subOpcode = OPCODES[random.nextInt(random.nextInt(8) == 0 ? OPCODES.length : MESSAGES)];
        int flowId = random.nextInt(8) == 0 ? random.nextInt(256) : flowOf(subOpcode);
        Flow flow = ofVictim.packets.flowOf(flowId);
        int psn = flow == null || random.nextInt(4) == 0 ? random.nextInt() : flow.expected();
        MessageHeader.putLrh(header, 0, Lrh.of(0, 0, 1, 15, hostile.id().lid()));
        MessageHeader.putBth2(header, 0, psn & 0xFF_FFFF);
        MessageHeader.putVcto(header, 0, EAGER);
        MessageHeader.putPktFlags(header, 0, 0);
        MessageHeader.putSubOpcode(header, 0, subOpcode);
        MessageHeader.putFlags(header, 0, random.nextInt(256));
        MessageHeader.putCommidx(
                header, 0, random.nextInt(16) == 0 ? random.nextInt(65536) : ofVictim.ownIndex);
        MessageHeader.putAck(
                header, 0, AckWord.of(random.nextInt(1 << 24), hostile.id().context(), 0));
        MessageHeader.putFlowId(header, 0, flowId);
        MessageHeader.putHdrDlen(header, 0, random.nextInt(random.nextBoolean() ? 16 : 256));
        MessageHeader.putMqHdr(header, 0, random.nextInt(random.nextInt(8) == 0 ? 65536 : 16));
        MessageHeader.putData0(header, 0, (long) some() << 32 | some() & 0xFFFF_FFFFL);
        MessageHeader.putData1(header, 0, (long) some() << 32 | some() & 0xFFFF_FFFFL);
        int length = random.nextInt(3) == 0 ? 0 : random.nextInt(SimWorld.MTU + 1);
        if (SubOpcode.isConnection(subOpcode) && random.nextBoolean()) {
            connection(subOpcode);
            length = ConnectMessage.BYTES;
        }
        victim.engine().intake().onPacket(header, 0, payload, 0, length);
        if (random.nextInt(64) == 0) {
            victim.engine().intake().onOverflow(header, 0);
        }
    }

    private static int flowOf(int subOpcode) {
        return switch (subOpcode) {
            case SubOpcode.AM_REQUEST, SubOpcode.AM_REQUEST_NOREPLY -> FlowId.AM_REQUESTS;
            case SubOpcode.AM_REPLY -> FlowId.AM_REPLIES;
            default -> FlowId.MESSAGES;
        };
    }

    /** Looks at everything that a message seems to be, and at times replies. */
    private void onActive(ActiveMessage message) {
        assertTrue(message.argCount() <= 7);
        long sum = 0;
        for (int i = 0; i < message.argCount(); i++) {
            sum += message.arg(i);
        }
        for (int i = 0; i < message.payloadLength(); i++) {
            sum += message.payload().get(ValueLayout.JAVA_BYTE, message.payloadOffset() + i);
        }
        if (message.mayReply() && (sum & 1) == 0) {
            message.reply(0, sum);
        }
    }

    private void connection(int subOpcode) {
        new ConnectMessage(
                        subOpcode,
                        random.nextInt(4) == 0 ? some() & 0xFFFF : ConnectMessage.CONNECT_VERSION,
                        ConnectMessage.PSM_VERSION,
                        random.nextInt(5),
                        random.nextInt(20),
                        SimWorld.JOB,
                        random.nextInt(70),
                        some(),
                        hostile.runId(),
                        0x7FFF,
                        9,
                        56,
                        random.nextInt(65536),
                        "h",
                        0,
                        some())
                .write(payload, 0);
    }

    @Test
    void shouldSpoilItsOwnMessagesOnly() {
        int packets = 0;
        int lives = 0;
        long malformed = 0;
        long windows = 0;
        while (packets < PACKETS) {
            world = new SimWorld(lives++, Trouble.NONE);
            victim = world.add();
            hostile = world.add();
            honest = world.add();
            for (int i = 0; i < 250; i++) {
                victim.engine().active().register(this::onActive);
            }
            world.connectAll();
            world.links().tap(this::listen);
            packets += attackUntilItIsOut();
            hostile.kill();
            honestTalk();
            assertTrue(victim.engine().unexpectedBytes() <= 64L << 20);
            malformed += victim.engine().counters().malformed();
            windows += victim.engine().counters().windows();
            world.await(
                    "it is known to be dead, and nothing is held for it",
                    () -> victim.tids().inUse() == 0 && victim.tids().flowsTaken() == 0);
            assertEquals(0, victim.engine().tidWindows(), "windows");
        }
        System.out.println(
                "packets="
                        + packets
                        + " lives="
                        + lives
                        + " malformed="
                        + malformed
                        + " windows="
                        + windows);
        assertTrue(malformed > 0);
        assertTrue(grants > 0, "it was never granted anything to lie about");
    }

    /** Until it has talked itself out of the job, or tired. */
    private int attackUntilItIsOut() {
        int packets = 0;
        for (; packets < PACKETS / 4; packets++) {
            Peer ofVictim = SimWorld.peer(victim, hostile);
            if (ofVictim == null || ofVictim.failure() != null) {
                break;
            }
            if (random.nextInt(50) == 0) {
                int bytes = random.nextInt(20_000);
                MemorySegment room =
                        random.nextBoolean()
                                ? MemorySegment.ofArray(new byte[bytes])
                                : victim.tids().pin(20_010).asSlice(random.nextInt(8), bytes);
                victim.engine().receive(0, MINE, room, 0, bytes, r -> false, null);
            }
            if (random.nextInt(100) == 0
                    && ofVictim.isConnected()
                    && ofVictim.running.size() < 200) {
                MemorySegment message = MemorySegment.ofArray(new byte[random.nextInt(20_000)]);
                int bytes = (int) message.byteSize();
                victim.engine().send(ofVictim, 0, message, 0, bytes, true, r -> false, null);
            }
            if (random.nextBoolean()) {
                attack(ofVictim);
            } else {
                attackByTid(ofVictim);
            }
            if (random.nextInt(20) == 0) {
                victim.engine().progress(world.nowNs());
            }
        }
        return packets;
    }

    /** Pieces that overlap are more bytes than the message has; nobody looks beyond its end. */
    @Test
    void shouldTakeNoMoreOfOverlappingPiecesThanTheMessageHas() {
        world = new SimWorld(1, Trouble.NONE);
        victim = world.add();
        hostile = world.add();
        world.connectAll();
        Peer ofVictim = SimWorld.peer(victim, hostile);
        piece(ofVictim, MqClass.LONG, MqClass.pair(7, 2_000), 1_500);
        piece(ofVictim, MqClass.DATA, MqClass.pair(7, 1_000), 1_000);

        MemorySegment room = MemorySegment.ofArray(new byte[4_000]);
        Request receive = victim.engine().receive(0, -1, room, 0, 4_000, r -> true, null);

        assertTrue(receive.isComplete());
        assertEquals(PsmError.OK, receive.error());
        assertEquals(2_000, receive.bytes());
        assertEquals(0, victim.engine().unexpectedBytes());
    }

    private void piece(Peer ofVictim, int mqClass, long data1, int length) {
        MessageHeader.putLrh(header, 0, Lrh.of(0, 0, 1, 15, hostile.id().lid()));
        MessageHeader.putBth2(header, 0, ofVictim.flow.expected());
        MessageHeader.putSubOpcode(header, 0, OPCODES[0]);
        MessageHeader.putCommidx(header, 0, ofVictim.ownIndex);
        MessageHeader.putAck(header, 0, AckWord.of(0, hostile.id().context(), 0));
        MessageHeader.putMqHdr(header, 0, mqClass);
        MessageHeader.putData1(header, 0, data1);
        victim.engine().intake().onPacket(header, 0, payload, 0, length);
    }

    private void honestTalk() {
        Peer peer = SimWorld.peer(honest, victim);
        for (int bytes : new int[] {0, 8, 2_000, 50_000, 200_000}) {
            byte[] out = new byte[bytes];
            random.nextBytes(out);
            MemorySegment in = victim.tids().pin(bytes + 8).asSlice(3, bytes);
            Request receive = victim.engine().receive(MINE | bytes, -1, in, 0, bytes, null, null);
            honest.engine()
                    .send(
                            peer,
                            MINE | bytes,
                            MemorySegment.ofArray(out),
                            0,
                            bytes,
                            false,
                            r -> false,
                            null);
            world.await("message of bytes=" + bytes, receive::isComplete);
            assertEquals(PsmError.OK, receive.error());
            assertEquals(bytes, receive.messageLength());
            assertEquals(-1, in.mismatch(MemorySegment.ofArray(out)));
        }
    }
}
