package io.softpath.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;

import io.softpath.abi.model.ChipModel;
import io.softpath.driver.expected.ExpectedSender;
import io.softpath.driver.expected.ExpectedWindow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Counts bytes, not time: what the compiler makes of the hot path after a warm-up allocates
 * nothing.
 */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int PACKETS = 100_000;

    /**
     * The first rounds warm up. While the compiler is still at it a round may allocate some bytes
     * once; a packet that allocates does so in every round.
     */
    private static final int ROUNDS = 10;

    private static final int WINDOWS = 2_000;
    private static final int BYTES = 10 * 4096;

    private final MemorySegment grant = MemorySegment.ofArray(new byte[2048]);

    @TempDir Path directory;

    private long allocated;
    private long seen;

    @Test
    @Timeout(120)
    void shouldNotAllocateWhilePacketsFlow() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, 3, LaunchMode.INLINE);
                FakeDaemon daemon = new FakeDaemon(chip, directory.resolve("ipath"));
                Device device =
                        Device.open(new DeviceOptions(directory, -1, Duration.ofSeconds(20)));
                Context context = device.openContext();
                Arena arena = Arena.ofConfined()) {
            Destination self = context.destination(context.address());
            MemorySegment payload = arena.allocate(2048);
            PacketHandler handler = packet -> seen += packet.data0() + packet.payloadLength();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && least != 0; round++) {
                allocated = 0;
                flow(chip, context, self, payload, handler);
                least = Math.min(least, allocated);
            }
            assertEquals(0, least, "bytes in the best round of " + PACKETS + " packets");
            assertEquals(0, context.statistics().get("pio busy count"));
            assertEquals("INSPECT", daemon.seen().get(4));
        }
    }

    @ParameterizedTest
    @Timeout(120)
    @CsvSource({"IBA7220,false", "IBA7220,true", "IBA7322,false", "IBA7322,true"})
    void shouldNotAllocateWhileExpectedPacketsFlow(String model, boolean gather) {
        try (FakeChip chip = new FakeChip(ChipModel.named(model), 3, LaunchMode.INLINE);
                FakeDaemon daemon = new FakeDaemon(chip, directory.resolve("ipath"));
                Device device =
                        Device.open(new DeviceOptions(directory, -1, Duration.ofSeconds(20)));
                Context context = device.openContext(ContextOptions.defaults().withGather(gather));
                PinnedRegion source = context.pin(BYTES);
                PinnedRegion target = context.pin(BYTES)) {
            ExpectedSender sender =
                    context.expected().sender(context.destination(context.address()));
            PacketHandler handler =
                    context.expected().handler(packet -> seen += packet.payloadLength());
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && least != 0; round++) {
                allocated = 0;
                for (int i = 0; i < WINDOWS; i++) {
                    window(chip, context, sender, source, target, handler);
                }
                least = Math.min(least, allocated);
            }
            assertEquals(0, least, "bytes in the best round of " + WINDOWS + " windows");
            assertEquals(0, seen);
            assertEquals(1, daemon.seen().stream().filter("TID_UPDATE"::equals).count());
        }
    }

    /** Counts what sending and receiving allocates, not what opening a window does. */
    private void window(
            FakeChip chip,
            Context context,
            ExpectedSender sender,
            PinnedRegion source,
            PinnedRegion target,
            PacketHandler handler) {
        try (ExpectedWindow window = context.expected().open(target, 0, BYTES)) {
            int bytes = window.grant(grant, 0);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            sender.begin(grant, 0, bytes, source, 0, BYTES);
            allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
            while (!window.isComplete()) {
                before = THREADS.getCurrentThreadAllocatedBytes();
                sender.send();
                allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
                chip.loopBack();
                before = THREADS.getCurrentThreadAllocatedBytes();
                context.receive(handler, 64);
                allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
            }
        }
    }

    private void flow(
            FakeChip chip,
            Context context,
            Destination self,
            MemorySegment payload,
            PacketHandler handler) {
        int batch = chip.bufferCount();
        for (int sent = 0; sent < PACKETS; sent += batch) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < batch; i++) {
                context.send(self, 1, sent, 2, payload, i, (sent + 41 * i) % 2000);
            }
            allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
            chip.loopBack();
            before = THREADS.getCurrentThreadAllocatedBytes();
            context.receive(handler, batch);
            allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
        }
    }
}
