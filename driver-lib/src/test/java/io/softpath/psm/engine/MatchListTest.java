package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Tag matching against two plain lists. */
final class MatchListTest {
    private static final int OPERATIONS = 1_000_000;

    /** A message of the model: what tag, and what is in it. */
    private record Message(long tag, int value) {}

    /** A receive of the model. */
    private static final class Receive {
        final long tag;
        final long selector;
        final MemorySegment buffer = MemorySegment.ofArray(new byte[4]);
        final int room;
        Request request;

        Receive(long tag, long selector, int room) {
            this.tag = tag;
            this.selector = selector;
            this.room = room;
        }
    }

    private static long someSelector(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> 1;
            default -> random.nextInt(8);
        };
    }

    /**
     * Sends from one engine to another, receives, probes and cancels at random, and compares each
     * with lists that are searched from the front.
     */
    @Test
    @Fidelity(67)
    void shouldAgreeWithPlainLists() {
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        SimWorld world = new SimWorld(seed, Trouble.NONE);
        SimNode from = world.add();
        SimNode to = world.add();
        world.connectAll();
        Peer peer = SimWorld.peer(from, to);
        List<Receive> posted = new ArrayList<>();
        List<Message> unexpected = new ArrayList<>();
        int value = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            long tag = random.nextInt(8);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    if (unexpected.size() < 200) {
                        deliver(from, peer, world, tag, ++value);
                        message(to, posted, unexpected, new Message(tag, value));
                    }
                }
                case 3, 4, 5 -> {
                    if (posted.size() < 200) {
                        Receive receive = new Receive(tag, someSelector(random), random.nextInt(5));
                        post(world, to, posted, unexpected, receive);
                    }
                }
                case 6 -> {
                    long selector = someSelector(random);
                    int found = to.engine().probe(tag, selector);
                    Message first = find(unexpected, tag, selector);
                    assertEquals(first == null ? -1 : 4, found, "probe");
                    if (first != null) {
                        assertEquals(first.tag(), to.engine().probedTag(tag, selector));
                    }
                }
                default -> {
                    if (!posted.isEmpty()) {
                        Receive victim = posted.remove(random.nextInt(posted.size()));
                        assertEquals(true, to.engine().cancel(victim.request), "cancel");
                    }
                }
            }
            assertEquals(posted.size(), to.engine().postedCount());
            assertEquals(unexpected.size(), to.engine().unexpectedCount());
        }
    }

    private static void deliver(SimNode from, Peer peer, SimWorld world, long tag, int value) {
        MemorySegment bytes = MemorySegment.ofArray(new int[] {value});
        Request send = from.engine().send(peer, tag, bytes, 0, 4, false, null, null);
        from.engine().release(send);
        world.await("delivered", peer.flow::isIdle);
    }

    private static Message find(List<Message> messages, long tag, long selector) {
        for (Message message : messages) {
            if (((message.tag() ^ tag) & selector) == 0) {
                return message;
            }
        }
        return null;
    }

    /** What the model says of a message that comes, and whether the engine has done the same. */
    private static void message(
            SimNode to, List<Receive> posted, List<Message> unexpected, Message message) {
        for (Receive receive : posted) {
            if (((message.tag() ^ receive.tag) & receive.selector) == 0) {
                posted.remove(receive);
                check(receive, message);
                to.engine().release(receive.request);
                return;
            }
        }
        unexpected.add(message);
    }

    private static void post(
            SimWorld world,
            SimNode to,
            List<Receive> posted,
            List<Message> unexpected,
            Receive receive) {
        receive.request =
                to.engine()
                        .receive(
                                receive.tag,
                                receive.selector,
                                receive.buffer,
                                0,
                                receive.room,
                                null,
                                receive);
        Message message = find(unexpected, receive.tag, receive.selector);
        if (message == null) {
            assertEquals(false, receive.request.isComplete());
            posted.add(receive);
        } else {
            unexpected.remove(message);
            check(receive, message);
        }
        to.engine().progress(world.nowNs());
        if (message != null) {
            to.engine().release(receive.request);
        }
    }

    private static void check(Receive receive, Message message) {
        Request request = receive.request;
        assertEquals(true, request.isComplete(), "complete");
        assertSame(receive, request.context());
        assertEquals(message.tag(), request.tag());
        assertEquals(4, request.messageLength());
        assertEquals(receive.room, request.bytes());
        assertEquals(receive.room < 4 ? PsmError.MQ_TRUNCATION : PsmError.OK, request.error());
        int mask = receive.room == 4 ? -1 : (1 << receive.room * 8) - 1;
        assertEquals(
                message.value() & mask,
                receive.buffer.get(ValueLayout.JAVA_INT_UNALIGNED, 0),
                "as many bytes as there is room for");
    }

    @Test
    void shouldGiveAnEngineWithoutPeersNothing() {
        SimWorld world = new SimWorld(1, Trouble.NONE);
        SimNode alone = world.add();
        assertEquals(EndpointId.of(1, 2, 0, 0, ChipModel.Family.QLE72XX), alone.engine().own());
        assertEquals(-1, alone.engine().probe(0, 0));
        assertEquals(0, alone.engine().requestsInUse());
    }
}
