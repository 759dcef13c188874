package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.psm.sim.SimLinks;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Long messages between two endpoints, by TID. */
final class TidTransferTest {
    private static final long MS = 1_000_000;
    private static final byte CANARY = 0x5C;

    private final SimWorld world = new SimWorld(5, Trouble.NONE);
    private SimNode from;
    private SimNode to;

    /** Packets of each sub-opcode that were sent. */
    private final int[] sent = new int[256];

    /** Payload of packets that do not name a TID, without grants. */
    private long eagerBytes;

    /** Packets by TID that ask for a header entry. */
    private int told;

    private final List<Integer> granted = new ArrayList<>();

    /** How far behind a page pinned memory begins that is sent from; -1: it is not pinned. */
    private int sourceShift = -1;

    /** How many packets of a sub-opcode get lost, the first ones. */
    private final int[] toLose = new int[256];

    private Peer connect(EngineSettings settings) {
        from = world.add(settings);
        to = world.add(settings);
        world.connectAll();
        world.links()
                .tap((sender, receiver, header, payload) -> {
                    int subOpcode = MessageHeader.subOpcode(header, 0);
                    sent[subOpcode]++;
                    if (subOpcode == SubOpcode.TIDS_GRANT) {
                        granted.add(TidSessionList.length(payload, 0));
                    } else if (subOpcode != SubOpcode.MQ_EXPTID) {
                        eagerBytes += payload.byteSize();
                    } else if ((MessageHeader.pktFlags(header, 0) & IpathHeader.HDRSUPP) == 0) {
                        told++;
                    }
                });
        world.links().filter((lid, subOpcode) -> toLose[subOpcode]-- <= 0);
        return SimWorld.peer(from, to);
    }

    private Peer connect() {
        return connect(settings());
    }

    private EngineSettings settings() {
        return EngineSettings.defaults(SimWorld.JOB, "sim", 9, SimWorld.MTU);
    }

    /** From now on endpoints say of themselves what PSM's library says. */
    private void asPsm() {
        world.links().rewrite(EngineSimulationTest::asPsm);
    }

    private static byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(content);
        return content;
    }

    private Request send(Peer peer, byte[] content, boolean synchronous) {
        MemorySegment message = MemorySegment.ofArray(content);
        if (sourceShift >= 0) {
            message = from.tids().pin(sourceShift + content.length).asSlice(sourceShift);
            message = message.asSlice(0, content.length).copyFrom(MemorySegment.ofArray(content));
        }
        return from.engine().send(peer, 1, message, 0, content.length, synchronous, null, null);
    }

    private Request receive(MemorySegment room) {
        return to.engine().receive(1, -1, room, 0, (int) room.byteSize(), null, null);
    }

    /** Pinned memory that begins so many bytes behind a page. */
    private MemorySegment pinned(int shift, int bytes) {
        MemorySegment all = to.tids().pin(shift + bytes + 100);
        all.fill(CANARY);
        return all.asSlice(shift, bytes);
    }

    private void exchange(Peer peer, int shift, int bytes) {
        MemorySegment region = to.tids().pin(shift + bytes + 100);
        region.fill(CANARY);
        byte[] content = content(bytes);
        Request receive = receive(region.asSlice(shift, bytes));
        Request send = send(peer, content, true);
        world.await("received", receive::isComplete);
        world.await("sent", () -> send.isComplete() && from.engine().isIdle(peer));
        assertEquals(PsmError.OK, receive.error());
        assertEquals(PsmError.OK, send.error());
        assertEquals(
                -1, region.asSlice(shift, bytes).mismatch(MemorySegment.ofArray(content)), "bytes");
        for (long i = 0; i < region.byteSize(); i++) {
            if (i == shift) {
                i += bytes;
            }
            assertEquals(CANARY, region.get(ValueLayout.JAVA_BYTE, i), "at " + i);
        }
        to.engine().release(receive);
        from.engine().release(send);
        assertEquals(0, to.tids().inUse(), "TIDs");
        assertEquals(0, to.tids().flowsTaken(), "flows");
        assertEquals(0, to.engine().tidWindows());
        assertEquals(0, to.engine().counters().malformed() + from.engine().counters().malformed());
    }

    @ParameterizedTest
    @CsvSource({"true,0", "true,1", "true,4095", "false,2", "false,4094", "false,100"})
    void shouldPlaceEveryByteOfALongMessageAndNoOther(boolean checked, int shift) {
        world.checkedFlows(checked);
        Peer peer = connect();
        for (int bytes : new int[] {4096, 4097, 8191, 131_072, 131_075, 200_001, 300_002}) {
            exchange(peer, shift, bytes);
        }
        assertEquals(0, eagerBytes);
    }

    @ParameterizedTest
    @CsvSource({"0,0,true", "4,0,true", "0,4092,true", "2,6,true", "2,4,false", "1,0,false"})
    void shouldHaveTheChipSendWhatIsPinnedAtBothEnds(int fromShift, int toShift, boolean gathers) {
        for (boolean psm : new boolean[] {false, true}) {
            world.links().rewrite(psm ? EngineSimulationTest::asPsm : null);
            world.clear();
            Peer peer = connect();
            sourceShift = fromShift;
            int before = world.gathered();
            for (int bytes : new int[] {4096, 4099, 131_072, 131_075, 1_000_002}) {
                exchange(peer, toShift, bytes);
            }
            int windows = 1 + 1 + 1 + 2 + 8;
            int most = windows + 1; // credits may end in the middle of one
            int gathered = world.gathered() - before;
            assertEquals(gathers, gathered >= windows, "gathered=" + gathered);
            assertTrue(gathered <= (gathers ? most : 0), "gathered=" + gathered);
        }
    }

    /** What the chip makes is told of as if it had been sent one by one. */
    @Test
    void shouldGatherInRunsThatEndWhereTheReceiverIsTold() {
        Peer peer = connect(settings());
        sourceShift = 0;
        exchange(peer, 0, 131_072);
        assertEquals(64, sent[SubOpcode.MQ_EXPTID]);
        assertEquals(4, told, "one of 16");
        assertEquals(1, world.gathered());
    }

    /** The packet that is lost is the 21st of a run; the last that was told of is the 16th. */
    @Test
    void shouldGoBackToTheMiddleOfARun() {
        Peer peer = connect();
        sourceShift = 0;
        int[] count = {0};
        world.links()
                .filter((lid, subOpcode) -> subOpcode != SubOpcode.MQ_EXPTID || ++count[0] != 21);
        exchange(peer, 0, 131_072);
        assertEquals(64 + 64 - 16, sent[SubOpcode.MQ_EXPTID]);
        assertTrue(world.gathered() >= 2, "gathered=" + world.gathered());
    }

    /** Senders take the grants of a message in their order, so that is how they are to come. */
    @Test
    void shouldGrantEveryWindowOnceWhereNothingIsLost() {
        Peer peer = connect();
        sourceShift = 0;
        List<Request> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(receive(pinned(4 * i, 1_000_000)));
            all.add(send(peer, content(1_000_000), false));
        }
        world.await("all", () -> all.stream().allMatch(Request::isComplete));
        assertEquals(6 * 8, granted.size());
        assertEquals(0, to.engine().counters().grantsAgain());
        assertEquals(0, from.engine().counters().outOfOrder());
        assertEquals(0, eagerBytes);
    }

    /** As PSM cuts: no rest is shorter than half a window. All but the last end with a dword. */
    @Test
    void shouldGrantWindowsAsPsmDoes() {
        Peer peer = connect();
        exchange(peer, 0, 131_072);
        exchange(peer, 0, 131_073);
        exchange(peer, 0, 196_608);
        exchange(peer, 3, 131_073);
        exchange(peer, 0, 400_000);
        assertEquals(
                List.of(
                        131_072, 65_536, 65_537, 131_072, 65_536, 65_533, 65_540, 131_072, 131_072,
                        65_536, 72_320),
                granted);
    }

    @Test
    void shouldLeaveOutHeadersWhereTheChipChecksFlows() {
        Peer peer = connect();
        exchange(peer, 0, 131_072);
        assertEquals(64, sent[SubOpcode.MQ_EXPTID]);
        assertEquals(4, told, "one of 16");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                SubOpcode.TIDS_GRANT,
                SubOpcode.TIDS_GRANT_ACK,
                SubOpcode.TIDS_RELEASE,
                SubOpcode.TIDS_RELEASE_CONFIRM,
                SubOpcode.MQ_EXPTID,
                SubOpcode.MQ_EXPTID_UNALIGNED,
                SubOpcode.ACK,
                SubOpcode.NAK
            })
    void shouldSurviveTheLossOfEachKindOfPacket(int subOpcode) {
        for (int way = 0; way < 4; way++) {
            world.checkedFlows(way % 2 == 0);
            sourceShift = way < 2 ? -1 : 3;
            world.clear();
            Peer peer = connect();
            for (int lost = 1; lost < 5; lost++) {
                toLose[subOpcode] = lost;
                exchange(peer, 7, 150_001);
            }
        }
    }

    /** Nothing tells of it but that nothing comes: asks after 8 ms, as PSM does. */
    @Test
    void shouldAskForALostLastPacket() {
        Peer peer = connect();
        MemorySegment room = pinned(0, 8192);
        Request receive = receive(room);
        byte[] content = content(8192);
        send(peer, content, true);
        int[] count = {0};
        world.links()
                .filter((lid, subOpcode) -> subOpcode != SubOpcode.MQ_EXPTID || ++count[0] != 4);
        long start = world.nowNs();
        world.await("asked", () -> sent[SubOpcode.ERR_CHK_GEN] == 1);
        assertEquals(8, (world.nowNs() - start + MS / 2) / MS);
        world.await("received", receive::isComplete);
        assertEquals(-1, room.mismatch(MemorySegment.ofArray(content)));
        assertTrue(sent[SubOpcode.NAK] > 0);
    }

    @Test
    void shouldWaitForTidsAndSendInEagerPacketsWhereTheSenderCan() {
        world.tidCount(40);
        Peer peer = connect();
        toLose[SubOpcode.TIDS_GRANT] = 1000;
        MemorySegment first = pinned(0, 131_072);
        MemorySegment second = pinned(0, 131_072);
        Request one = receive(first);
        Request two = receive(second);
        send(peer, content(131_072), false);
        send(peer, content(131_072), false);
        world.await("the second, in eager packets", two::isComplete);
        assertFalse(one.isComplete());
        assertEquals(131_072, eagerBytes);
        toLose[SubOpcode.TIDS_GRANT] = 0;
        world.await("the first, by TID", one::isComplete);
        assertEquals(-1, first.mismatch(second));
    }

    @Test
    void shouldWaitForTidsWhereTheSenderMustHaveThem() {
        world.tidCount(40);
        asPsm();
        Peer peer = connect();
        List<Request> receives = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            receives.add(receive(pinned(i, 131_072)));
            send(peer, content(131_072), false);
        }
        world.await("all", () -> receives.stream().allMatch(Request::isComplete));
        world.await("idle", () -> from.engine().isIdle(peer));
        assertEquals(0, eagerBytes);
        assertEquals(0, to.tids().inUse());
    }

    /** PSM's library cannot send otherwise, so its bytes go to memory of ours, and are copied. */
    @Test
    void shouldCopyWhatMustComeByTidAndIsNotPinned() {
        asPsm();
        Peer peer = connect();
        for (int bytes : new int[] {0, 1, 3, 4, 5, 70_000, 1_000_003}) {
            byte[] room = new byte[bytes];
            byte[] content = content(bytes);
            Request receive = receive(MemorySegment.ofArray(room));
            Request send = send(peer, content, true);
            world.await("bytes=" + bytes, () -> receive.isComplete() && send.isComplete());
            assertEquals(PsmError.OK, receive.error());
            assertEquals(-1, Arrays.mismatch(room, content));
        }
        assertEquals(0, eagerBytes);
    }

    @Test
    void shouldEndAReceiveForWhichThereIsNoMemoryToCopyFrom() {
        asPsm();
        Peer peer = connect();
        to.tids().poor(true);
        Request receive = receive(MemorySegment.ofArray(new byte[70_000]));
        send(peer, content(70_000), false);
        world.await("it ends", receive::isComplete);
        assertEquals(PsmError.NO_MEMORY, receive.error());
        assertEquals(0, to.engine().tidWindows());
    }

    @Test
    void shouldSendInEagerPacketsWhenTidsAreOff() {
        Peer peer = connect(EngineSettings.of(SimWorld.JOB, "sim", 9).tids(false, 131_072).build());
        int[] mqClass = {0};
        SimLinks.Tap counting = world.links().tap();
        world.links()
                .tap((sender, receiver, header, payload) -> {
                    counting.sees(sender, receiver, header, payload);
                    if (mqClass[0] == 0) {
                        mqClass[0] = MqClass.of(MessageHeader.mqHdr(header, 0));
                    }
                });
        MemorySegment room = pinned(0, 100_000);
        Request receive = receive(room);
        send(peer, content(100_000), false);
        world.await("received", receive::isComplete);
        assertEquals(MqClass.RTS_EGR, mqClass[0]);
        assertEquals(100_000, eagerBytes);
        assertEquals(0, sent[SubOpcode.TIDS_GRANT]);
    }

    @Test
    void shouldTakeAsMuchByTidAsThereIsRoomFor() {
        Peer peer = connect();
        MemorySegment region = to.tids().pin(200_000);
        region.fill(CANARY);
        Request receive = receive(region.asSlice(5, 150_001));
        byte[] content = content(190_000);
        Request send = send(peer, content, false);
        world.await("received", () -> receive.isComplete() && send.isComplete());
        assertEquals(PsmError.MQ_TRUNCATION, receive.error());
        assertEquals(PsmError.OK, send.error());
        MemorySegment wanted = MemorySegment.ofArray(content).asSlice(0, 150_001);
        assertEquals(-1, region.asSlice(5, 150_001).mismatch(wanted));
        for (long i = 150_006; i < region.byteSize(); i++) {
            assertEquals(CANARY, region.get(ValueLayout.JAVA_BYTE, i));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldFreeTheTidsOfADeadPeer(boolean senderDies) {
        Peer peer = connect();
        Request receive = receive(pinned(0, 300_000));
        Request send = send(peer, content(300_000), false);
        int[] data = {0};
        world.links()
                .filter((lid, subOpcode) -> subOpcode != SubOpcode.MQ_EXPTID || ++data[0] < 70);
        world.await("half of it", () -> data[0] >= 70);
        (senderDies ? from : to).kill();
        Request left = senderDies ? receive : send;
        world.await("it ends", left::isComplete);
        assertEquals(PsmError.EPID_NETWORK_ERROR, left.error());
        if (senderDies) {
            assertEquals(0, to.tids().inUse());
            assertEquals(0, to.tids().flowsTaken());
            assertEquals(0, to.engine().tidWindows());
        } else {
            assertTrue(from.engine().isIdle(peer));
        }
    }

    /** A grant that comes late is about a send that is long complete. */
    @Test
    void shouldTakeALateGrantForNothingNew() {
        Peer peer = connect();
        List<Runnable> late = new ArrayList<>();
        SimLinks.Tap counting = world.links().tap();
        world.links()
                .tap((sender, receiver, header, payload) -> {
                    counting.sees(sender, receiver, header, payload);
                    if (MessageHeader.subOpcode(header, 0) == SubOpcode.TIDS_GRANT) {
                        late.add(() ->
                                from.engine()
                                        .intake()
                                        .onPacket(header, 0, payload, 0, (int) payload.byteSize()));
                    }
                });
        exchange(peer, 0, 100_000);
        Request receive = receive(pinned(0, 100_000));
        world.links().filter((lid, subOpcode) -> subOpcode != SubOpcode.TIDS_GRANT);
        Request send = send(peer, content(100_000), false);
        world.await("granted", () -> late.size() == 2);
        late.getFirst().run();
        assertEquals(1, from.engine().counters().duplicates());
        world.links().filter(null);
        world.await("received", () -> receive.isComplete() && send.isComplete());
        assertEquals(PsmError.OK, receive.error());
    }

    @Test
    void shouldKnowWhoTakesEitherAnswer() {
        assertTrue(connect().ours);
        world.clear();
        asPsm();
        assertFalse(connect().ours);
    }
}
