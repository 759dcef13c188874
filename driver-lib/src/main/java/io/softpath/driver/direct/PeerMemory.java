package io.softpath.driver.direct;

import io.softpath.driver.control.DeviceFile;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.memory.Mapper;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Pinned memory of another process, mapped to read. Its owner may change it at any time. */
public final class PeerMemory implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MappedMemory memory;

    PeerMemory(DeviceFile.Direct made, int handle) {
        try (MemFd memFd = MemFd.received(made.fd())) {
            memory = Mapper.mapReadable(memFd, "handle=" + handle, made.fileBytes(), arena);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** All of it, read-only. */
    public MemorySegment segment() {
        return memory.segment();
    }

    /** Unmaps it. */
    @Override
    public void close() {
        arena.close();
    }
}
