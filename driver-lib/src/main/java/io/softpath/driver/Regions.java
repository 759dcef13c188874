package io.softpath.driver;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.RuntimeFlags;
import io.softpath.abi.region.RegionKind;
import io.softpath.driver.control.DeviceFile;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.linux.MemFd;
import io.softpath.memory.Mapper;
import io.softpath.memory.Mapping;
import io.softpath.memory.WriteOnlyMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All the memory of a context, mapped in the order of PSM. Closing unmaps it under whoever still
 * uses it: from then on an access is an {@link IllegalStateException}. Source: psm ipath_proto.c,
 * ipath_userinit.
 */
final class Regions implements AutoCloseable {
    private static final int PAGE_BYTES = RegionKind.PAGE_BYTES;

    private final Arena arena = Arena.ofShared();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final List<Mapping> mappings = new ArrayList<>();

    private Regions() {}

    /** Maps every region that base info names. */
    static Regions map(DeviceFile file, BaseInfo info) {
        Regions regions = new Regions();
        try {
            regions.mapAll(file, info);
            return regions;
        } catch (RuntimeException e) {
            regions.close();
            throw e;
        }
    }

    private void mapAll(DeviceFile file, BaseInfo info) {
        int flags = info.runtimeFlags();
        int uregPages = (flags & RuntimeFlags.HDRSUPP) != 0 ? 2 : 1;
        add(file, RegionKind.UREGS, info.uregbase(), (long) uregPages * PAGE_BYTES);
        add(file, RegionKind.PIOBUFS, info.piobufbase(), (long) info.pioalign() * info.piocnt());
        if (info.sendbufStatus() != 0) {
            add(file, RegionKind.SENDBUFSTATUS, info.sendbufStatus(), PAGE_BYTES);
        }
        add(
                file,
                RegionKind.RCVHDRQ,
                info.rcvhdrBase(),
                (long) info.rcvhdrCnt() * info.rcvhdrentSize() * Integer.BYTES);
        if (info.rcvhdrTailaddr() != 0 && (flags & RuntimeFlags.NODMA_RTAIL) == 0) {
            add(file, RegionKind.RCVHDRTAIL, info.rcvhdrTailaddr(), PAGE_BYTES);
        }
        add(file, RegionKind.RCVEGRBUFS, info.rcvEgrbufs(), info.rcvEgrbuftotlen());
        add(file, RegionKind.PIOAVAIL, info.pioavailaddr(), PAGE_BYTES);
    }

    private void add(DeviceFile file, RegionKind kind, long token, long bytes) {
        int protection =
                switch (kind.access()) {
                    case READ_ONLY -> ControlRecord.PROT_READ;
                    case WRITE_ONLY -> ControlRecord.PROT_WRITE;
                    case READ_WRITE -> ControlRecord.PROT_READ | ControlRecord.PROT_WRITE;
                };
        DeviceFile.Grant grant = file.map(token, bytes, protection, ControlRecord.MAP_SHARED);
        try (MemFd memory = MemFd.received(grant.fd())) {
            if (grant.kind() != kind) {
                throw SoftpathException.of(
                        Errno.EPROTO,
                        "context: the daemon answered another region: token=0x"
                                + Long.toHexString(token)
                                + " kind="
                                + grant.kind()
                                + " wanted="
                                + kind);
            }
            mappings.add(Mapper.map(memory, kind, token, bytes, grant.fileBytes(), arena));
            Faults.at(FaultPoint.OPEN_MAPPING);
        }
    }

    /** The memory of a readable kind; {@link MemorySegment#NULL} if the context has none. */
    MemorySegment segment(RegionKind kind) {
        for (Mapping mapping : mappings) {
            if (mapping.kind() == kind) {
                return mapping.segment();
            }
        }
        return MemorySegment.NULL;
    }

    WriteOnlyMemory pioBuffers() {
        for (Mapping mapping : mappings) {
            if (mapping.kind() == RegionKind.PIOBUFS) {
                return mapping.writeOnly();
            }
        }
        throw new IllegalStateException("no PIO buffers mapped");
    }

    List<Mapping> mappings() {
        return List.copyOf(mappings);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            arena.close();
        } catch (IllegalStateException e) {
            closed.set(false);
            throw SoftpathException.of(
                    Errno.EBUSY,
                    "close: input or output is going on in the memory of the context: close again"
                            + " when it has ended",
                    e);
        }
    }
}
