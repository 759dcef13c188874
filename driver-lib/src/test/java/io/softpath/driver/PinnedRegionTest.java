package io.softpath.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Smaps;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

@Timeout(60)
class PinnedRegionTest {
    @TempDir Path directory;

    private FakeChip chip;
    private FakeDaemon daemon;
    private Device device;
    private Context context;

    @BeforeEach
    void start() {
        chip = new FakeChip(ChipModel.IBA7220, 3, LaunchMode.INLINE);
        daemon = new FakeDaemon(chip, directory.resolve("ipath"));
        device = Device.open(new DeviceOptions(directory, -1, Duration.ofSeconds(20)));
        context = device.openContext();
    }

    @AfterEach
    void stop() {
        context.close();
        daemon.close();
        chip.close();
    }

    private long seen(String what) {
        return daemon.seen().stream().filter(what::equals).count();
    }

    @Test
    void shouldMapZeroedWholePagesThatAreNeitherInheritedNorDumped() {
        try (PinnedRegion region = context.pin(5000)) {
            assertEquals(8192, region.bytes());
            assertEquals(-1, region.segment().mismatch(MemorySegment.ofArray(new byte[8192])));
            region.segment().set(ValueLayout.JAVA_BYTE, 8191, (byte) 1);
            Set<String> flags = Smaps.at(region.segment().address()).orElseThrow().vmFlags();
            assertTrue(flags.containsAll(List.of("dc", "dd", "sh", "wr")), flags::toString);
            assertEquals(region.lock().locked(), flags.contains("lo"));
            assertEquals(1, seen("MEM_BIND"));
            assertEquals(context, region.context());
        }
        assertEquals(1, seen("MEM_FREE"));
    }

    @Test
    void shouldThrowBadDescriptorAfterClose() {
        PinnedRegion region = context.pin(1);
        MemorySegment kept = region.segment();
        region.close();
        region.close();
        assertFalse(region.isOpen());
        assertEquals(1, seen("MEM_FREE"));
        assertThrows(IllegalStateException.class, () -> kept.get(ValueLayout.JAVA_BYTE, 0));
        assertEquals(Errno.EBADF, assertThrows(SoftpathException.class, region::segment).errno());
        assertEquals(
                Errno.EBADF,
                assertThrows(SoftpathException.class, () -> context.expected().open(region, 0, 100))
                        .errno());
    }

    @Test
    void shouldBeClosedWithItsContext() {
        PinnedRegion region = context.pin(1);
        MemorySegment kept = region.segment();
        context.close();
        assertFalse(region.isOpen());
        assertThrows(IllegalStateException.class, () -> kept.get(ValueLayout.JAVA_BYTE, 0));
        region.close();
        assertEquals(
                Errno.EBADF, assertThrows(SoftpathException.class, () -> context.pin(1)).errno());
    }

    @Test
    void shouldPassTheDaemonsSentenceOnWhenTheLimitIsTooLow() {
        daemon.refuse("MEM_CREATE", Errno.ENOMEM.number());
        SoftpathException refused =
                assertThrows(SoftpathException.Exhausted.class, () -> context.pin(1));
        assertEquals(Errno.ENOMEM, refused.errno());
        assertTrue(refused.getMessage().endsWith("MEM_CREATE is refused"));
    }

    @Test
    void shouldRefuseMemoryOfNoLength() {
        for (long bytes : new long[] {0, -1, Long.MIN_VALUE}) {
            assertEquals(
                    Errno.EINVAL,
                    assertThrows(SoftpathException.Refused.class, () -> context.pin(bytes))
                            .errno());
        }
        assertEquals(0, seen("MEM_CREATE"));
    }

    @Test
    void shouldGiveMemoryBackThatCannotBeBound() {
        daemon.refuse("MEM_BIND", Errno.EINVAL.number());
        assertThrows(SoftpathException.Refused.class, () -> context.pin(1));
        assertEquals(1, seen("MEM_FREE"));
    }

    @Test
    void shouldCloseWithoutAComplaintWhenTheDaemonIsDead() {
        PinnedRegion region = context.pin(1);
        daemon.die();
        while (!device.isLost()) {
            Thread.onSpinWait();
        }
        region.close();
        assertFalse(region.isOpen());
        assertEquals(
                Errno.ENOTCONN,
                assertThrows(SoftpathException.Lost.class, () -> context.pin(1)).errno());
    }

    @Test
    void shouldCloseAgainAfterOutputHasEnded() throws Exception {
        PinnedRegion region = context.pin(1 << 20);
        ByteBuffer all = region.segment().asByteBuffer();
        Pipe pipe = Pipe.open();
        CompletableFuture<Integer> output =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return pipe.sink().write(all);
                            } catch (IOException e) {
                                return -1;
                            }
                        },
                        task -> Thread.ofPlatform().daemon().start(task));
        pipe.source().read(ByteBuffer.allocate(1)); // it writes; the rest does not fit the pipe
        assertEquals(
                Errno.EBUSY,
                assertThrows(SoftpathException.Exhausted.class, region::close).errno());
        pipe.source().close();
        output.join();
        region.close();
        assertEquals(1, seen("MEM_FREE"));
    }
}
