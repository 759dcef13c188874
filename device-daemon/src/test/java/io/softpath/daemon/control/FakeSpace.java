package io.softpath.daemon.control;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.lang.foreign.MemorySegment;
import java.util.TreeSet;

/** The ordinary memory of a process that a test makes up: which pages are mapped writable. */
final class FakeSpace implements AddressSpace {
    private static final long PAGE = 4096;

    final TreeSet<Long> pages = new TreeSet<>();
    Errno refused;
    boolean closed;
    int looks;

    /** So many pages from that address on. */
    FakeSpace map(long address, int count) {
        for (int i = 0; i < count; i++) {
            pages.add(address + i * PAGE);
        }
        return this;
    }

    @Override
    public void checkAccess(long address) {
        if (refused != null) {
            throw SoftpathException.of(refused, "for a reason");
        }
    }

    @Override
    public long[] writableRanges() {
        looks++;
        return pages.stream()
                .flatMap(page -> java.util.stream.Stream.of(page, page + PAGE))
                .mapToLong(address -> address)
                .toArray();
    }

    @Override
    public boolean write(long address, MemorySegment from, long fromOffset, int bytes) {
        return !closed && pages.contains(address & -PAGE);
    }

    @Override
    public void close() {
        closed = true;
    }
}
