package io.softpath.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;

import io.softpath.abi.model.ChipModel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
