package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.control.Command;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Pbc;
import io.softpath.daemon.chip.ContextMemory;
import io.softpath.daemon.chip.FakeUser;
import io.softpath.daemon.chip.TriggerMode;
import io.softpath.linux.HolePuncher;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A client scribbles over everything that it may write, at any time, while two others talk: they
 * see nothing. It also punches holes into the files, where the daemon then reads zeros.
 *
 * <p>{@code -Dsoftpath.seed=S} chooses the seed.
 */
class ScribbleTest extends DaemonTestBase {
    private static final int PAGE_BYTES = 4096;
    private static final int ROUNDS = 30_000;
    private static final int NEXT_PACKETS = 100;

    private final long seed = Long.getLong("softpath.seed", 1);

    @ParameterizedTest
    @CsvSource({
        "IBA6120,LAST_DWORD",
        "IBA6120,INLINE",
        "IBA7220,SPECIAL",
        "IBA7220,INLINE",
        "IBA7322,LAST_DWORD",
        "IBA7322,INLINE"
    })
    void shouldNotDisturbOthersBetweenAnyTwoDutyCycles(String model, TriggerMode trigger) {
        run(ChipModel.named(model), trigger, false);
    }

    /** The same from another thread: between any two instructions of the chip. */
    @ParameterizedTest
    @CsvSource({
        "IBA6120,LAST_DWORD",
        "IBA6120,INLINE",
        "IBA7220,SPECIAL",
        "IBA7220,INLINE",
        "IBA7322,LAST_DWORD",
        "IBA7322,INLINE"
    })
    void shouldNotDisturbOthersInTheMiddleOfADutyCycle(String model, TriggerMode trigger) {
        run(ChipModel.named(model), trigger, true);
    }

    private void run(ChipModel model, TriggerMode trigger, boolean concurrent) {
        try (LogCapture log = new LogCapture()) {
            try {
                scribble(model, trigger, concurrent);
                log.assertNoError();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dsoftpath.seed=" + seed + ": " + e, e);
            }
        }
    }

    private void scribble(ChipModel model, TriggerMode trigger, boolean concurrent) {
        start(config().withModel(model));
        SplittableRandom random = new SplittableRandom(seed);
        try (MappedUser a = new MappedUser(client(), model, trigger);
                MappedUser b = new MappedUser(client(), model, trigger)) {
            VerifiedTraffic traffic = new VerifiedTraffic(a, b);
            try (MappedUser c = new MappedUser(client(), model, trigger)) {
                Scribbler scribbler = new Scribbler(c.user, random.split());
                Background background = concurrent ? new Background(scribbler) : null;
                try {
                    for (int round = 0; round < ROUNDS; round++) {
                        if (!concurrent) {
                            scribbler.scribble();
                        }
                        work(random, traffic, c);
                    }
                } finally {
                    if (background != null) {
                        background.stop();
                    }
                }
                for (int i = 0; i < 100; i++) {
                    daemon().doWork();
                }
                traffic.finish();
            }
            assertTrue(traffic.sent() > ROUNDS / 4, "traffic: " + traffic.sent());
            assertFalse(daemon().units().getFirst().chip().frozen());
            assertEquals(2, daemon().openFiles());
            talkToTheNextOwner(model, trigger, a);
        }
    }

    private void work(SplittableRandom random, VerifiedTraffic traffic, MappedUser scribbler) {
        if (random.nextInt(4) == 0) {
            traffic.send(random.nextInt(513) * Integer.BYTES);
        }
        switch (random.nextInt(64)) {
            case 0 -> scribbler.acknowledge();
            case 1 -> scribbler.client.poll();
            case 2 -> scribbler.client.command(Command.RECV_CTRL, random.nextInt(2));
            default -> {}
        }
        daemon().doWork();
        while (scribbler.client.tryReceive() != null) {
            // interrupts that it armed
        }
        traffic.receive();
    }

    private void talkToTheNextOwner(ChipModel model, TriggerMode trigger, MappedUser a) {
        while (a.user.receive() != null) {
            // the last words of the one before
        }
        a.user.updateHeads();
        try (MappedUser next = new MappedUser(client(), model, trigger)) {
            VerifiedTraffic traffic = new VerifiedTraffic(a, next);
            for (int i = 0; i < NEXT_PACKETS; i++) {
                traffic.send(i * Integer.BYTES);
                daemon().doWork();
                traffic.receive();
            }
            traffic.finish();
            assertEquals(2 * NEXT_PACKETS, traffic.sent());
        }
    }

    /** Writes anything anywhere. */
    private static final class Scribbler {
        private final ContextMemory memory;
        private final MemorySegment pio;
        private final SplittableRandom random;
        private final List<MemorySegment> regions;

        Scribbler(FakeUser user, SplittableRandom random) {
            memory = user.memory;
            pio = user.sends.pioBuffers();
            this.random = random;
            regions = List.of(memory.userRegisters(), pio, memory.rcvHdrq());
        }

        void scribble() {
            MemorySegment region = regions.get(random.nextInt(regions.size()));
            switch (random.nextInt(16)) {
                case 0 -> HolePuncher.punch(somePages(region));
                case 1 -> somePages(region).fill((byte) random.nextInt());
                case 2, 3, 4 -> headRegister();
                case 5, 6, 7, 8 -> pbc();
                default -> qwords(region);
            }
        }

        private MemorySegment somePages(MemorySegment region) {
            int pages = (int) (region.byteSize() / PAGE_BYTES);
            int first = random.nextInt(pages);
            int count = 1 + random.nextInt(Math.min(8, pages - first));
            return region.asSlice((long) first * PAGE_BYTES, (long) count * PAGE_BYTES);
        }

        private void qwords(MemorySegment region) {
            for (int i = random.nextInt(16); i >= 0; i--) {
                long at = random.nextLong(region.byteSize() / Long.BYTES) * Long.BYTES;
                region.set(ValueLayout.JAVA_LONG, at, random.nextLong());
            }
        }

        private void headRegister() {
            long value = random.nextBoolean() ? random.nextLong() : random.nextInt(70_000);
            long at = (long) random.nextInt(4) * Long.BYTES;
            memory.userRegisters().set(ValueLayout.JAVA_LONG, at, value);
        }

        /** Most often what launches, and of a length that makes sense. */
        private void pbc() {
            long at = random.nextLong(pio.byteSize() / PAGE_BYTES) * PAGE_BYTES;
            long pbc = random.nextLong() & ~0x7FFL | random.nextInt(560);
            Pbc.put(pio, at, pbc);
            Pbc.putTrigger(pio, at + Pbc.SPECIAL_TRIGGER_OFFSET, Pbc.SPECIAL_TRIGGER_MAGIC);
        }
    }

    /** Scribbles on a thread of its own until it is stopped. */
    private static final class Background {
        private final Thread thread;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile boolean stopping;

        Background(Scribbler scribbler) {
            thread =
                    Thread.ofPlatform()
                            .name("scribbler")
                            .uncaughtExceptionHandler((t, e) -> failure.set(e))
                            .start(() -> {
                                while (!stopping) {
                                    scribbler.scribble();
                                }
                            });
        }

        void stop() {
            stopping = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (failure.get() != null) {
                throw new AssertionError("scribbler", failure.get());
            }
        }
    }
}
