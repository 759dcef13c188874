package io.softpath.daemon.region;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.memory.RegionFile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Memory that a user asked for so that the chip can reach it: a sealed file, and the daemon's own
 * mapping of it, which is what the chip writes to.
 *
 * <p>It lives until its owner has freed it and nobody uses it: no TID points at one of its pages,
 * and nobody {@linkplain #hold holds} it. What the owner does with its own mapping changes nothing
 * for the chip: a page outlives an unmap, as a pinned one does. All of it is zeros at first, and
 * uses memory only where it is touched.
 */
public final class UserMemory {
    /** The longest that one piece may be, 256 GiB. */
    public static final long MAX_BYTES = 1L << 38;

    /** More than so many bytes take long to unmap, if they were touched: {@link #isLarge}. */
    private static final long LARGE_BYTES = 64L << 10;

    private final int handle;
    private final long sinceEpochMs;
    private final Arena arena = Arena.ofShared();
    private final RegionFile file;
    private final Map<Integer, Integer> pinsOfPage = new HashMap<>();

    /** Who may read it beside its owner; forgotten with them. */
    private final Set<Object> readers = Collections.newSetFromMap(new WeakHashMap<>());

    private long address;
    private int pins;
    private int holds;
    private boolean freed;

    /** For readers; null if nobody can be given one. */
    private Fd readable;

    /**
     * Creates and maps it.
     *
     * @param bytes 1 to {@link #MAX_BYTES}; rounded up to pages
     * @throws SoftpathException EMFILE, ENFILE or ENOMEM, naming the limit; nothing is left behind
     */
    public UserMemory(int unit, int context, int handle, long bytes, long sinceEpochMs) {
        this.handle = handle;
        this.sinceEpochMs = sinceEpochMs;
        String name = "softpath:u" + unit + "c" + context + ":mem" + handle;
        long rounded = fileBytes(bytes);
        boolean made = false;
        try {
            file = RegionFile.createWritable(name, rounded, arena);
            made = true;
        } catch (SoftpathException e) {
            throw SoftpathException.of(e.errno(), Region.explain(e, name, rounded), e);
        } finally {
            if (!made) {
                arena.close();
            }
        }
    }

    /** The length in whole pages of {@code bytes} bytes, at most {@link #MAX_BYTES}. */
    public static long fileBytes(long bytes) {
        return (bytes + MappedMemory.PAGE_BYTES - 1) & -MappedMemory.PAGE_BYTES;
    }

    /** Its number; the owner never gets the same one twice. */
    public int handle() {
        return handle;
    }

    public long bytes() {
        return file.bytes();
    }

    public long sinceEpochMs() {
        return sinceEpochMs;
    }

    /** The descriptor to hand to the owner; the memory does not need it. */
    public Fd fd() {
        return file.fd();
    }

    /** Its owner lets somebody else read it, as long as it lives. */
    public void admit(Object reader) {
        readers.add(reader);
    }

    /** Whether its owner lets this one read it. */
    public boolean admits(Object reader) {
        return readers.contains(reader);
    }

    /**
     * Keeps a descriptor for readers, as long as the owner does not free it. If the process is out
     * of descriptors it keeps none, and the memory cannot be shared.
     */
    public void keepReadable() {
        try {
            readable = file.file().readOnly();
        } catch (SoftpathException e) {
            if (!e.errno().equals(Errno.EMFILE) && !e.errno().equals(Errno.ENFILE)) {
                throw e;
            }
        }
    }

    /** Whether others can be given a descriptor. */
    public boolean isShareable() {
        return readable != null;
    }

    /** The descriptor for readers; it can only be mapped to read. */
    public Fd readable() {
        return readable;
    }

    /** All of it, as the daemon has it mapped. */
    public MemorySegment memory() {
        return file.memory();
    }

    /** Where the owner says that it has mapped it; 0: nowhere. */
    public long address() {
        return address;
    }

    public void address(long told) {
        address = told;
    }

    /** One more TID points at a page. */
    public void pin(int page) {
        pinsOfPage.merge(page, 1, Integer::sum);
        pins++;
    }

    /**
     * One TID fewer points at a page; the last one to go unpins it.
     *
     * @throws IllegalStateException if none did
     */
    public void unpin(int page) {
        if (!pinsOfPage.containsKey(page)) {
            throw new IllegalStateException(
                    "user memory: handle=" + handle + " page=" + page + " is not pinned");
        }
        pinsOfPage.computeIfPresent(page, (p, count) -> count == 1 ? null : count - 1);
        pins--;
    }

    /** TIDs that point at that page. */
    public int pins(int page) {
        return pinsOfPage.getOrDefault(page, 0);
    }

    /** TIDs that point at any page. */
    public int pins() {
        return pins;
    }

    /** Pages that TIDs point at. */
    public int pinnedPages() {
        return pinsOfPage.size();
    }

    /** Keeps it mapped until {@link #release}, though nothing may be pinned. */
    public void hold() {
        holds++;
    }

    public void release() {
        holds--;
    }

    /** The owner needs it no more. */
    public void free() {
        freed = true;
        address = 0;
        if (readable != null) {
            readable.close();
            readable = null;
        }
    }

    public boolean freed() {
        return freed;
    }

    /** Whether nobody needs it any more: {@link #unmap} it. */
    public boolean unused() {
        return freed && pins == 0 && holds == 0;
    }

    /** Whether another thread should {@link #unmap} it, which may take a second for 3 GiB. */
    public boolean isLarge() {
        return bytes() > LARGE_BYTES;
    }

    /** Gives it back. The chip must have forgotten it. Any thread. */
    public void unmap() {
        file.close();
        if (isLarge()) {
            file.mapped().dropPages();
        }
        arena.close();
    }

    @Override
    public String toString() {
        return "handle=" + handle + " bytes=" + bytes();
    }
}
