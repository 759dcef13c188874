package io.softpath.driver.expected;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.driver.FakeChip;
import io.softpath.driver.FakeDaemon;
import io.softpath.driver.LaunchMode;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.SendResult;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** The cache against a plain table of which page each TID points at. */
@Timeout(120)
class TidCacheTest {
    private static final int RUNS = 2_000;
    private static final int REGIONS = 3;
    private static final int PAGES = 12;

    @TempDir Path directory;

    /** A window's worth of TIDs. */
    private record Held(PinnedRegion region, int firstPage, int[] tids) {}

    /** The driver: a table of addresses, and a limit of pinned pages that may be below its TIDs. */
    private static final class Table implements ExpectedDriver {
        private final long[] addresses = new long[512];
        private final int limit;
        private int cursor;

        Table(int limit) {
            this.limit = limit;
        }

        int used() {
            return (int) Arrays.stream(addresses).filter(address -> address != 0).count();
        }

        @Override
        public int[] tidUpdate(long address, int pages) {
            if (used() + pages > limit) {
                throw SoftpathException.of(Errno.ENOMEM, "limit=" + limit);
            }
            int[] tids = new int[pages];
            for (int i = 0; i < pages; cursor = (cursor + 1) % addresses.length) {
                if (addresses[cursor] == 0) {
                    addresses[cursor] = address + i * 4096L;
                    tids[i++] = cursor;
                }
            }
            return tids;
        }

        @Override
        public void tidFree(int[] tids) {
            for (int tid : tids) {
                assertTrue(addresses[tid] != 0, "freed twice");
                addresses[tid] = 0;
            }
        }

        @Override
        public void checkOwn(PinnedRegion region) {
            throw new AssertionError();
        }

        @Override
        public RuntimeException afterClose(IllegalStateException e) {
            throw new AssertionError(e);
        }

        @Override
        public SendResult packet(
                Destination to,
                int psn,
                int tid,
                int pageOffset,
                int pktFlags,
                int flags,
                long data0,
                long data1,
                MemorySegment payload,
                long offset,
                int length) {
            throw new AssertionError();
        }

        @Override
        public SendResult gather(
                Destination to, int psn, long data0, long data1, MemorySegment record) {
            throw new AssertionError();
        }
    }

    @Test
    void shouldPointEveryTidAtItsPageAndLoseNone() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, 3, LaunchMode.INLINE);
                FakeDaemon daemon = new FakeDaemon(chip, directory.resolve("ipath"));
                Context context =
                        Device.open(new DeviceOptions(directory, -1, Duration.ofSeconds(20)))
                                .openContext()) {
            List<PinnedRegion> regions = new ArrayList<>();
            for (int i = 0; i < REGIONS; i++) {
                regions.add(context.pin(PAGES * 4096));
            }
            long first = System.nanoTime();
            for (int i = 0; i < RUNS; i++) {
                try {
                    run(new Random(first + i), regions);
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("seed=" + (first + i), e);
                }
            }
            assertFalse(daemon.seen().isEmpty());
        }
    }

    private static void run(Random random, List<PinnedRegion> regions) {
        int capacity = 1 + random.nextInt(30);
        Table table = new Table(1 + random.nextInt(30));
        TidCache cache = new TidCache(table, capacity, true);
        List<Held> held = new ArrayList<>();
        for (int step = 0; step < 100; step++) {
            PinnedRegion region = regions.get(random.nextInt(REGIONS));
            int what = random.nextInt(20);
            if (what < 9) {
                acquire(random, cache, table, region, Math.min(capacity, table.limit), held);
            } else if (what < 17 && !held.isEmpty()) {
                Held gone = held.remove(random.nextInt(held.size()));
                cache.release(gone.tids, gone.tids.length, random.nextInt(4) > 0);
            } else if (what == 17) {
                cache.forget(region);
            } else if (what == 18) {
                cache.caching(random.nextBoolean());
            } else {
                cache.evict(random.nextInt(5));
            }
            check(cache, table, held);
        }
        held.forEach(each -> cache.release(each.tids, each.tids.length, true));
        cache.evict(cache.idle());
        assertEquals(0, table.used());
        assertEquals(cache.updates(), cache.frees());
    }

    private static void acquire(
            Random random,
            TidCache cache,
            Table table,
            PinnedRegion region,
            int bound,
            List<Held> held) {
        int page = random.nextInt(PAGES);
        int count = 1 + random.nextInt(PAGES - page);
        int used = cache.used();
        try {
            held.add(new Held(region, page, cache.acquire(region, page, count)));
        } catch (SoftpathException.Exhausted e) {
            assertTrue(used + count > bound, "there was room: used=" + used + " count=" + count);
            assertEquals(used, cache.used());
            assertEquals(table.used(), cache.used() + cache.idle());
        }
    }

    private static void check(TidCache cache, Table table, List<Held> held) {
        BitSet used = new BitSet();
        for (Held each : held) {
            for (int i = 0; i < each.tids.length; i++) {
                long address = each.region.segment().address() + (each.firstPage + i) * 4096L;
                assertEquals(address, table.addresses[each.tids[i]]);
                used.set(each.tids[i]);
            }
        }
        assertEquals(used.cardinality(), cache.used());
        assertEquals(table.used(), cache.used() + cache.idle());
    }
}
