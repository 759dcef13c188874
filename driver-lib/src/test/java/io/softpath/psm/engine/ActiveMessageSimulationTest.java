package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.psm.PsmError;
import io.softpath.psm.sim.SimHost;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Two to five endpoints that send each other, and themselves, active messages of every shape over
 * links that lose, duplicate and reorder packets: each request is handled once and in order, each
 * reply too, whoever wants to know is told once, and nothing is left.
 */
final class ActiveMessageSimulationTest {
    private static final int SEEDS = Integer.getInteger("softpath.psm.seeds", 500);
    private static final DirectSettings SHARING = new DirectSettings(true, true, true, 16_000);
    private static final int REQUEST = 0;
    private static final int ANSWER = 1;

    /** What one endpoint has with another: the numbers of requests and replies that come next. */
    private static final class Talk {
        int sent;
        int handled;
        final ArrayDeque<Integer> awaited = new ArrayDeque<>();
    }

    private static final class Life {
        final SimWorld world;
        final SplittableRandom random;
        final List<List<Talk>> talks = new ArrayList<>();
        int completionsDue;
        int left;
        int victim = -1;
        int killAt;

        static Trouble trouble(long seed) {
            SplittableRandom random = new SplittableRandom(seed ^ 0xBAD);
            double worst = random.nextInt(4) * 0.066;
            return new Trouble(
                    random.nextDouble() * worst,
                    random.nextDouble() * worst,
                    random.nextDouble() * worst,
                    random.nextDouble() * worst / 2,
                    random.nextDouble() * 0.3,
                    0);
        }

        Life(SimWorld world, long seed, boolean kill) {
            this.world = world;
            random = new SplittableRandom(seed ^ 0xAC71);
            int nodes = 2 + random.nextInt(4);
            left = nodes * (20 + random.nextInt(150));
            if (kill) {
                victim = random.nextInt(nodes);
                killAt = random.nextInt(left);
            }
            int credits = 2 << random.nextInt(6);
            SimHost host = world.host();
            for (int i = 0; i < nodes; i++) {
                EngineSettings settings =
                        EngineSettings.of(SimWorld.JOB, "sim", i + 1)
                                .credits(credits)
                                .checksum(world.links().trouble().flips() > 0)
                                .build();
                SimNode node =
                        random.nextBoolean()
                                ? world.addTo(host, settings, SHARING)
                                : world.add(settings);
                List<Talk> all = new ArrayList<>();
                for (int j = 0; j < nodes; j++) {
                    all.add(new Talk());
                }
                talks.add(all);
                int own = i;
                assertEquals(REQUEST, node.engine().active().register(m -> onRequest(own, m)));
                assertEquals(ANSWER, node.engine().active().register(m -> onAnswer(own, m)));
            }
        }

        void live() {
            world.connectAll();
            for (SimNode node : world.nodes()) {
                node.engine().connections().connect(node.id(), world.nowNs());
            }
            while (left > 0) {
                int burst = random.nextInt(8) == 0 ? 200 : 1;
                int from = random.nextInt(world.nodes().size());
                int to = random.nextInt(world.nodes().size());
                for (int i = 0; i < burst && left > 0; i++) {
                    request(from, to);
                    if (victim >= 0 && left == killAt) {
                        world.nodes().get(victim).kill();
                    }
                }
                for (int i = random.nextInt(4); i > 0; i--) {
                    world.step();
                }
            }
            world.await("all handled and answered", this::finished);
            for (int i = 0; i < world.nodes().size(); i++) {
                if (i != victim) {
                    SimNode node = world.nodes().get(i);
                    assertEquals(0, node.engine().active().requestsInUse(), "requests");
                    assertEquals(0, node.engine().counters().malformed(), "malformed packets");
                    assertEquals(0, node.engine().counters().noHandler(), "unknown handlers");
                    for (SimNode other : world.nodes()) {
                        assertEquals(0, SimWorld.peer(node, other).replies, "replies");
                    }
                }
            }
            assertEquals(0, completionsDue, "completions");
        }

        // What a request is made of follows from its number.

        private static int args(int number) {
            return 1 + number % 7;
        }

        private static int bytes(int number) {
            int most = SimWorld.MTU - Math.max(0, args(number) - 2) * Long.BYTES;
            return number % 5 == 0 ? most : number % 3 == 0 ? number % 9 : number * 37 % (most + 1);
        }

        private static boolean isNote(int number) {
            return number % 4 == 3;
        }

        private static long arg(int number, int index) {
            return index == 0 ? number : number * 0x9E3779B97F4A7C15L + index;
        }

        private static byte content(int number, int index) {
            return (byte) (number + index * 7);
        }

        private static long[] argsOf(int number) {
            long[] args = new long[args(number)];
            for (int i = 0; i < args.length; i++) {
                args[i] = arg(number, i);
            }
            return args;
        }

        private static MemorySegment dataOf(int number) {
            byte[] data = new byte[bytes(number)];
            for (int i = 0; i < data.length; i++) {
                data[i] = content(number, i);
            }
            return MemorySegment.ofArray(data);
        }

        private void request(int from, int to) {
            SimNode node = world.nodes().get(from);
            Peer peer = SimWorld.peer(node, world.nodes().get(to));
            if (node.isDead() || !peer.isConnected()) {
                left--;
                return;
            }
            node.wake();
            Talk talk = talks.get(from).get(to);
            int number = talk.sent;
            boolean async = random.nextBoolean();
            boolean completes = random.nextInt(3) == 0;
            boolean[] told = {false};
            MemorySegment data = dataOf(number);
            boolean sent =
                    node.engine()
                            .active()
                            .request(
                                    peer,
                                    REQUEST,
                                    argsOf(number),
                                    data,
                                    0,
                                    bytes(number),
                                    (async ? ActiveMessageEngine.ASYNC : 0)
                                            | (isNote(number) ? ActiveMessageEngine.NO_REPLY : 0),
                                    completes
                                            ? (outcome, context) -> {
                                                assertTrue(!told[0], "told twice");
                                                told[0] = true;
                                                assertEquals(data, context);
                                                assertTrue(
                                                        outcome == PsmError.OK || to == victim,
                                                        "a request to the living");
                                                completionsDue -= from == victim ? 0 : 1;
                                            }
                                            : null,
                                    data);
            if (!sent) {
                assertTrue(node.engine().active().requestsInUse() >= 1024, "no room, why?");
                world.step();
                return;
            }
            if (!async) {
                data.fill((byte) 0xEE); // it is ours again
            }
            left--;
            talk.sent++;
            completionsDue += completes && from != victim ? 1 : 0;
            if (!isNote(number)) {
                talk.awaited.add(number);
            }
        }

        private static void verify(ActiveMessage message, int number) {
            assertEquals(number, message.arg(0), "the next one");
            assertEquals(args(number), message.argCount());
            for (int i = 0; i < message.argCount(); i++) {
                assertEquals(arg(number, i), message.arg(i), "argument " + i);
            }
            assertEquals(bytes(number), message.payloadLength());
            for (int i = 0; i < message.payloadLength(); i++) {
                byte b = message.payload().get(ValueLayout.JAVA_BYTE, message.payloadOffset() + i);
                assertEquals(content(number, i), b, "byte " + i);
            }
        }

        private int indexOf(Peer peer) {
            return peer.id().lid() - 1;
        }

        private void onRequest(int own, ActiveMessage message) {
            int from = indexOf(message.peer());
            Talk theirs = talks.get(from).get(own);
            int number = theirs.handled++;
            verify(message, number);
            assertEquals(!isNote(number), message.mayReply());
            if (message.mayReply()) {
                message.reply(
                        ANSWER,
                        argsOf(number),
                        message.payload(),
                        message.payloadOffset(),
                        message.payloadLength(),
                        0,
                        null,
                        null);
            }
            if (number % 16 == 1) {
                request(own, random.nextInt(world.nodes().size()));
            }
        }

        private void onAnswer(int own, ActiveMessage message) {
            int from = indexOf(message.peer());
            assertTrue(!message.mayReply(), "a reply takes no reply");
            Talk talk = talks.get(own).get(from);
            verify(message, talk.awaited.remove());
        }

        private boolean finished() {
            for (int from = 0; from < world.nodes().size(); from++) {
                for (int to = 0; to < world.nodes().size(); to++) {
                    if (from == victim || to == victim) {
                        continue;
                    }
                    Talk talk = talks.get(from).get(to);
                    if (talk.handled != talk.sent || !talk.awaited.isEmpty()) {
                        return false;
                    }
                }
                if (from != victim && !isIdle(world.nodes().get(from))) {
                    return false;
                }
            }
            return true;
        }

        private boolean isIdle(SimNode node) {
            return world.nodes().stream()
                            .allMatch(other -> node.engine().isIdle(SimWorld.peer(node, other)))
                    && !node.engine().active().hasToDo();
        }
    }

    @Test
    void shouldHandleEachRequestAndEachReplyOnceAndInOrder() {
        lives(false, 0);
    }

    /** No chip sees it. */
    @Test
    void shouldLoseNothingToBitsThatFlipIfPacketsHaveAChecksum() {
        lives(false, 0.02);
    }

    @Test
    void shouldEndWhatADeadPeerHasToDoWithAndNothingElse() {
        lives(true, 0);
    }

    private static void lives(boolean kill, double flips) {
        long first = new SplittableRandom().nextLong();
        System.out.println("seed=" + first + " seeds=" + SEEDS);
        long found = 0;
        for (int i = 0; i < SEEDS; i++) {
            long seed = first + i;
            try (SimWorld world = new SimWorld(seed, Life.trouble(seed))) {
                world.links().trouble(world.links().trouble().withFlips(flips));
                new Life(world, seed, kill).live();
                for (SimNode node : world.nodes()) {
                    found += node.engine().counters().badChecksum();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
        assertEquals(flips > 0, found > 0, "bits that flipped were found");
    }
}
