package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.AmHeader;
import io.softpath.abi.psm.FlowId;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

final class ActiveMessageTest {
    private static final MemorySegment NOTHING = MemorySegment.NULL;

    private final SimWorld world = new SimWorld(5, Trouble.NONE);
    private final SimNode from = world.add();
    private final SimNode to = world.add();
    private final List<String> handled = new ArrayList<>();

    private Peer connected() {
        world.connectAll();
        return SimWorld.peer(from, to);
    }

    private static boolean request(SimNode node, Peer peer, int handler, long... args) {
        return node.engine().active().request(peer, handler, args, NOTHING, 0, 0, 0, null, null);
    }

    private static void refused(Errno errno, String said, Executable call) {
        SoftpathException e = assertThrows(SoftpathException.class, call);
        assertEquals(errno, e.errno(), e.getMessage());
        assertTrue(e.getMessage().contains(said), e.getMessage());
    }

    @Test
    void shouldAnswerARequestAndTellBothThatItHasArrived() {
        Peer peer = connected();
        to.engine()
                .active()
                .register(m -> {
                    handled.add("request " + m.arg(0));
                    m.reply(
                            0,
                            new long[] {m.arg(0) + 1},
                            NOTHING,
                            0,
                            0,
                            0,
                            (outcome, context) -> handled.add(context + " " + outcome),
                            "reply has arrived");
                });
        from.engine().active().register(m -> handled.add("reply " + m.arg(0)));
        from.engine()
                .active()
                .request(
                        peer,
                        0,
                        new long[] {41},
                        NOTHING,
                        0,
                        0,
                        0,
                        (outcome, context) -> handled.add(context + " " + outcome),
                        "request has arrived");
        world.await("all told", () -> handled.size() == 4);
        assertEquals("request 41", handled.getFirst());
        assertTrue(handled.indexOf("reply 42") > 0, handled::toString);
        assertTrue(handled.contains("request has arrived OK"), handled::toString);
        assertEquals("reply has arrived OK", handled.getLast());
    }

    @Test
    void shouldKeepRequestsUntilThereIsRoomForTheirReplies() {
        Peer peer = connected();
        int[] counts = new int[2];
        to.engine()
                .active()
                .register(m -> {
                    assertEquals(counts[0]++, m.arg(0));
                    m.reply(0, m.arg(0));
                });
        from.engine().active().register(m -> assertEquals(counts[1]++, m.arg(0)));
        world.links().filter((lid, opcode) -> opcode != SubOpcode.AM_REPLY);
        for (int i = 0; i < 500; i++) {
            assertTrue(request(from, peer, 0, i));
        }
        world.await("no more room", () -> to.engine().counters().noReplyBuffer() > 0);
        assertEquals(128, counts[0]);
        assertEquals(0, counts[1]);
        world.links().filter(null);
        world.await("all answered", () -> counts[1] == 500);
        assertEquals(500, counts[0]);
    }

    /** Each has all the requests there can be under way before either looks. */
    @Test
    void shouldGoOnWhenBothEndsHaveNothingButRequests() {
        Peer there = connected();
        Peer back = SimWorld.peer(to, from);
        int[] answers = new int[2];
        from.engine().active().register(m -> m.reply(1, m.arg(0)));
        to.engine().active().register(m -> m.reply(1, m.arg(0)));
        from.engine().active().register(m -> answers[0]++);
        to.engine().active().register(m -> answers[1]++);
        for (int i = 0; i < 1024; i++) {
            assertTrue(request(from, there, 0, i));
            assertTrue(request(to, back, 0, i));
        }
        assertFalse(request(from, there, 0, 1024), "that is all there is room for");
        world.await("all answered", () -> answers[0] == 1024 && answers[1] == 1024);
        assertTrue(request(from, there, 0, 0), "there is room again");
    }

    @Test
    void shouldThrowWhatAHandlerThrowsWhenAllElseIsDone() {
        Peer peer = connected();
        IllegalStateException thrown = new IllegalStateException("from the handler");
        to.engine()
                .active()
                .register(m -> {
                    handled.add("request " + m.arg(0));
                    if (m.arg(0) % 2 == 0) {
                        throw thrown;
                    }
                    m.reply(0, m.arg(0));
                });
        from.engine().active().register(m -> handled.add("reply " + m.arg(0)));
        for (int i = 0; i < 4; i++) {
            request(from, peer, 0, i);
        }
        List<RuntimeException> seen = new ArrayList<>();
        int steps = 0;
        while (!handled.contains("reply 3") || !from.engine().isIdle(peer)) {
            assertTrue(++steps < 100_000, handled::toString);
            try {
                world.step();
            } catch (IllegalStateException e) {
                seen.add(e);
            }
        }
        assertTrue(!seen.isEmpty(), "it was thrown");
        seen.forEach(e -> assertSame(thrown, e));
        for (int i = 0; i < 4; i++) {
            String request = "request " + i;
            assertEquals(1, handled.stream().filter(request::equals).count(), request);
        }
        assertTrue(handled.contains("reply 1"));
    }

    @Test
    void shouldRefuseWhatNoMessageCanBe() {
        Peer peer = connected();
        ActiveMessageEngine active = from.engine().active();
        MemorySegment data = MemorySegment.ofArray(new byte[4096]);
        refused(Errno.EINVAL, "handler=256 is outside 0..255", () -> request(from, peer, 256));
        refused(Errno.EINVAL, "handler=-1", () -> request(from, peer, -1));
        refused(Errno.EINVAL, "args=8 is outside 0..7", () -> request(from, peer, 0, new long[8]));
        refused(
                Errno.EMSGSIZE,
                "bytes=2049 args=2",
                () -> active.request(peer, 0, new long[2], data, 0, 2049, 0, null, null));
        refused(
                Errno.EMSGSIZE,
                "takes 2008",
                () -> active.request(peer, 0, new long[7], data, 0, 2009, 0, null, null));
        refused(
                Errno.EINVAL,
                "is not inside the buffer",
                () -> active.request(peer, 0, new long[0], data, 4090, 7, 0, null, null));
        refused(
                Errno.EINVAL,
                "flags=4",
                () -> active.request(peer, 0, new long[0], data, 0, 7, 4, null, null));
        assertEquals(0, active.requestsInUse());
        assertEquals(2008, active.maxBytes(peer, 7));
        assertEquals(2048, active.maxBytes(peer, 2));

        for (int i = 0; i < 256; i++) {
            assertEquals(i, active.register(m -> {}));
        }
        refused(Errno.ENOSPC, "handlers=256", () -> active.register(m -> {}));
    }

    @Test
    void shouldReplyOnceAndToRequestsThatWantIt() {
        Peer peer = connected();
        ActiveMessage[] kept = {null};
        to.engine()
                .active()
                .register(m -> {
                    kept[0] = m;
                    handled.add("request");
                    if (m.mayReply()) {
                        m.reply(0);
                    }
                    refused(Errno.EINVAL, "takes none", () -> m.reply(0));
                });
        from.engine()
                .active()
                .register(m -> {
                    refused(Errno.EINVAL, "takes none", () -> m.reply(0));
                    handled.add("reply");
                });
        request(from, peer, 0);
        from.engine()
                .active()
                .request(
                        peer,
                        0,
                        new long[0],
                        NOTHING,
                        0,
                        0,
                        ActiveMessageEngine.NO_REPLY,
                        null,
                        null);
        world.await("handled", () -> handled.size() == 3);
        assertEquals(1, handled.stream().filter("reply"::equals).count());
        refused(Errno.EINVAL, "has returned", () -> kept[0].reply(0));
    }

    @Test
    void shouldEndRequestsToADeadPeer() {
        Peer peer = connected();
        to.kill();
        for (int i = 0; i < 100; i++) {
            from.engine()
                    .active()
                    .request(
                            peer,
                            0,
                            new long[] {i},
                            NOTHING,
                            0,
                            0,
                            0,
                            (outcome, context) -> handled.add(outcome.name()),
                            null);
        }
        world.await("told", () -> handled.size() == 100);
        assertTrue(handled.stream().allMatch(PsmError.EPID_NETWORK_ERROR.name()::equals));
        assertEquals(0, from.engine().active().requestsInUse());
        refused(Errno.ENOTCONN, "has failed", () -> request(from, peer, 0));
    }

    @Test
    void shouldIgnoreMessagesForHandlersThatNobodyRegistered() {
        Peer peer = connected();
        request(from, peer, 7);
        world.await("idle", () -> from.engine().isIdle(peer));
        assertEquals(1, to.engine().counters().noHandler());
    }

    /** Each answer asks for the next, so that handlers within handlers would need a deep stack. */
    @Test
    void shouldTalkToItselfWithoutAPacketOrAnObject() {
        Peer self = from.engine().connections().connect(from.id(), world.nowNs());
        ActiveMessageEngine active = from.engine().active();
        MemorySegment data = MemorySegment.ofArray(new byte[100]);
        long[] args = {1, 2, 3};
        int[] answers = {0};
        ActiveHandler ask =
                m -> m.reply(1, args, m.payload(), m.payloadOffset(), 100, 0, null, null);
        ActiveHandler next =
                m -> {
                    assertEquals(3, m.arg(2));
                    answers[0]++;
                    active.request(self, 0, args, data, 0, 100, 0, null, null);
                };
        active.register(ask);
        active.register(next);
        active.request(self, 0, args, data, 0, 100, 0, null, null);
        talk(answers, 20_000);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        talk(answers, 220_000);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 200_000, "bytes=" + bytes + " for 200000 requests and replies");
        assertEquals(0, from.engine().counters().packetsSent());
    }

    private void talk(int[] answers, int until) {
        while (answers[0] < until) {
            int before = answers[0];
            from.engine().progress(world.nowNs());
            from.engine().progress(world.nowNs());
            assertTrue(answers[0] == before + 1, "it goes on");
        }
    }

    /** By hand from ips_proto_am.c, am_short_reqrep. */
    @ParameterizedTest
    @CsvSource({
        // args, bytes: header word, hdr_dlen, payload bytes
        "0,  0, 0x0807,  0, 0",
        "0, 16, 0x0807, 16, 0",
        "0, 17, 0x0007,  0, 17",
        "1,  8, 0x0907,  8, 0",
        "1,  9, 0x0107,  0, 9",
        "2,  0, 0x0a07,  0, 0",
        "2,  1, 0x0207,  0, 1",
        "3,  0, 0x0307,  0, 8",
        "7, 10, 0x0707,  0, 50"
    })
    void shouldHavePsmsForm(int args, int bytes, String header, int hdrDlen, int payload) {
        long[] values = new long[args];
        for (int i = 0; i < args; i++) {
            values[i] = 0x1111_1111_1111_1111L * (i + 1);
        }
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            data[i] = (byte) (i + 0xA0);
        }
        ActiveSend send = new ActiveSend();
        send.compose(
                SubOpcode.AM_REQUEST, 7, values, MemorySegment.ofArray(data), 0, bytes, false, 64);
        assertEquals(Integer.decode(header), send.amHeader);
        assertEquals(hdrDlen, send.hdrDlen);
        assertEquals(payload, send.length);
        byte[] all = new byte[Math.max(16, args * 8) + bytes];
        MemorySegment wire = MemorySegment.ofArray(all);
        wire.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, send.data0);
        wire.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, send.data1);
        MemorySegment.copy(send.payload, send.offset, wire, 16, send.length);
        int at = payload == 0 ? args * 8 : Math.max(16, args * 8);
        for (int i = 0; i < args; i++) {
            assertEquals(values[i], wire.get(ValueLayout.JAVA_LONG_UNALIGNED, i * 8L));
        }
        assertEquals(-1, wire.asSlice(at, bytes).mismatch(MemorySegment.ofArray(data)));
    }

    /** Tiny with more data than the header has room for, padding longer than the payload... */
    @ParameterizedTest
    @CsvSource({
        // flow, header word, hdr_dlen, payload bytes
        "2, 0x0807, 17, 0",
        "2, 0x0907,  9, 0",
        "2, 0x0a07,  1, 0",
        "2, 0x0b07,  0, 64",
        "2, 0x0007, 65, 64",
        "2, 0x0307,  0, 7",
        "2, 0x0707, 25, 64",
        "0, 0x0807,  0, 0",
        "3, 0x0807,  0, 0",
        "10, 0x0807, 0, 0"
    })
    void shouldCountHeadersThatLieAndGoOn(int flow, String word, int hdrDlen, int bytes) {
        Peer peer = connected();
        for (int i = 0; i < 8; i++) {
            to.engine().active().register(m -> handled.add("handled"));
        }
        Peer ofVictim = SimWorld.peer(to, from);
        MemorySegment header = MemorySegment.ofArray(new long[MessageHeader.BYTES / Long.BYTES]);
        MessageHeader.putLrh(header, 0, Lrh.of(0, 0, to.id().lid(), 15, from.id().lid()));
        MessageHeader.putSubOpcode(header, 0, SubOpcode.AM_REQUEST);
        MessageHeader.putCommidx(header, 0, ofVictim.ownIndex);
        MessageHeader.putAck(header, 0, AckWord.of(0, from.id().context(), 0));
        MessageHeader.putFlowId(header, 0, flow);
        MessageHeader.putHdrDlen(header, 0, hdrDlen);
        MessageHeader.putMqHdr(header, 0, Integer.decode(word));
        to.engine().intake().onPacket(header, 0, MemorySegment.ofArray(new byte[bytes]), 0, bytes);
        assertEquals(1, to.engine().counters().malformed());
        assertEquals(List.of(), handled);
        // The packet had its number, so what the honest library sends next has the one behind it.
        MessageHeader.putFlowId(header, 0, FlowId.AM_REQUESTS);
        MessageHeader.putBth2(header, 0, flow == FlowId.AM_REQUESTS ? 1 : 0);
        MessageHeader.putHdrDlen(header, 0, 0);
        MessageHeader.putMqHdr(header, 0, AmHeader.of(7, 0, AmHeader.TINY));
        to.engine().intake().onPacket(header, 0, NOTHING, 0, 0);
        assertEquals(List.of("handled"), handled);
        assertFalse(peer.failure() != null);
    }
}
