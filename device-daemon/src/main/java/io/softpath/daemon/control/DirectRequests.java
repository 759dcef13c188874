package io.softpath.daemon.control;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.direct.DirectLayout;
import io.softpath.daemon.region.UserMemory;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.linux.MemFd;
import io.softpath.linux.Seals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers DIRECT_OPEN, DIRECT_GRANT and DIRECT_MAP: brings the owners of two contexts together, so
 * that they can hand each other messages without the chip.
 *
 * <p>The memory of a pair is kept here only until the second of the two has asked for it. Then it
 * is theirs, and whoever asks again begins a new one.
 */
final class DirectRequests {
    /** Pairs that one context may wait for; a library that is refused goes through the chip. */
    static final int MAX_WAITING = 128;

    /** Pairs that all contexts together may wait for: each is a descriptor. */
    static final int MAX_WAITING_IN_ALL = 1024;

    private static final int MODE = 0600;

    private final List<UnitDriver> units;
    private final List<Waiting> waiting = new ArrayList<>();

    /** The first of two has asked. */
    private record Waiting(OpenContext first, OpenContext second, MemFd memory) {
        boolean concerns(OpenContext context) {
            return first == context || second == context;
        }
    }

    DirectRequests(List<UnitDriver> units) {
        this.units = units;
    }

    /** What is to be done for a context about another one. */
    @FunctionalInterface
    private interface Deed {
        Answer of(OpenContext own, OpenContext peer);
    }

    private Answer withPeer(OpenFile file, MemorySegment request, Deed deed) {
        OpenContext own = file.context();
        if (own == null) {
            return Answer.refuse(
                    Errno.EINVAL, "direct: context=none on this file; assign one first");
        }
        OpenContext peer = peer(request);
        return peer == null ? noPeer(request) : deed.of(own, peer);
    }

    /** DIRECT_OPEN. */
    Answer open(OpenFile file, MemorySegment request) {
        return withPeer(file, request, this::open);
    }

    private Answer open(OpenContext own, OpenContext peer) {
        if (peer == own) {
            return Answer.refuse(
                    Errno.EINVAL, "direct open: " + own + " is the caller's own context");
        }
        int ofOwn = 0;
        for (Waiting each : waiting) {
            if (each.first() == peer && each.second() == own) {
                waiting.remove(each);
                Faults.at(FaultPoint.DAEMON_DIRECT_JOINED);
                return Answer.give(1, length(DirectLayout.BYTES), each.memory().fd());
            }
            if (each.first() == own && each.second() == peer) {
                return Answer.file(length(DirectLayout.BYTES), each.memory().fd());
            }
            ofOwn += each.first() == own ? 1 : 0;
        }
        if (ofOwn >= MAX_WAITING || waiting.size() >= MAX_WAITING_IN_ALL) {
            return Answer.refuse(
                    Errno.EBUSY,
                    "direct open: "
                            + own
                            + " waits for peers="
                            + ofOwn
                            + ", at most maximum="
                            + MAX_WAITING
                            + ", all contexts together for "
                            + waiting.size()
                            + ", at most maximum="
                            + MAX_WAITING_IN_ALL
                            + "; ask again when some have answered");
        }
        return begin(own, peer);
    }

    private Answer begin(OpenContext own, OpenContext peer) {
        try {
            MemFd memory =
                    MemFd.create(
                            "softpath:u"
                                    + own.unit.number()
                                    + "c"
                                    + own.number
                                    + "-u"
                                    + peer.unit.number()
                                    + "c"
                                    + peer.number
                                    + ":direct",
                            DirectLayout.BYTES);
            memory.mode(MODE);
            memory.seal(Seals.SHRINK | Seals.GROW | Seals.SEAL);
            waiting.add(new Waiting(own, peer, memory));
            Faults.at(FaultPoint.DAEMON_DIRECT_MADE);
            return Answer.file(length(DirectLayout.BYTES), memory.fd());
        } catch (SoftpathException e) {
            return Answer.refuse(e.errno(), "direct open: " + e.getMessage());
        }
    }

    /** DIRECT_GRANT. */
    Answer grant(OpenFile file, MemorySegment request, int handle) {
        return withPeer(file, request, (own, peer) -> grant(own, peer, handle));
    }

    private static Answer grant(OpenContext own, OpenContext peer, int handle) {
        UserMemory memory = own.memories.get(handle);
        if (memory == null) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "direct grant: handle="
                            + Integer.toUnsignedString(handle)
                            + " is none that "
                            + own
                            + " has; use what MEM_CREATE answered");
        }
        if (!memory.isShareable()) {
            return Answer.refuse(
                    Errno.EBUSY,
                    "direct grant: handle="
                            + handle
                            + " of "
                            + own
                            + " cannot be shared: it was not made to be, or there are "
                            + UserMemories.MAX_SHAREABLE
                            + " such pieces already; send its bytes instead");
        }
        memory.admit(peer);
        return Answer.OK;
    }

    /** DIRECT_MAP. */
    Answer map(OpenFile file, MemorySegment request, int handle) {
        return withPeer(file, request, (own, peer) -> map(own, peer, handle));
    }

    private static Answer map(OpenContext own, OpenContext peer, int handle) {
        UserMemory memory = peer.memories.get(handle);
        if (memory == null || !memory.admits(own)) {
            return Answer.refuse(
                    Errno.EPERM,
                    "direct map: handle="
                            + Integer.toUnsignedString(handle)
                            + " of "
                            + peer
                            + " is not there, or not for "
                            + own
                            + " to read; its owner must grant it first");
        }
        return new Answer(0, length(memory.bytes()), memory.readable(), false);
    }

    /** Whoever waits for this one waits for nobody any more. */
    void closes(OpenContext context) {
        for (Waiting each : waiting) {
            if (each.concerns(context)) {
                each.memory().close();
            }
        }
        waiting.removeIf(each -> each.concerns(context));
    }

    /** Pairs of which one has asked and the other has not. */
    int waitingCount() {
        return waiting.size();
    }

    /** Whoever has the context that a request names; null if nobody. */
    private OpenContext peer(MemorySegment request) {
        int lid = ControlRecord.u32(request, ControlRecord.DIRECT_LID);
        int number = ControlRecord.u16(request, ControlRecord.DIRECT_CONTEXT);
        int subcontext = ControlRecord.u16(request, ControlRecord.DIRECT_SUBCONTEXT);
        for (UnitDriver unit : units) {
            if (unit.identity().lid() == lid) {
                for (OpenContext each : unit.openContexts()) {
                    if (each.number == number && each.subcontext == subcontext && !each.closing) {
                        return each;
                    }
                }
            }
        }
        return null;
    }

    private static Answer noPeer(MemorySegment request) {
        return Answer.refuse(
                Errno.ENXIO,
                "direct: lid="
                        + Integer.toUnsignedString(
                                ControlRecord.u32(request, ControlRecord.DIRECT_LID))
                        + " context="
                        + ControlRecord.u16(request, ControlRecord.DIRECT_CONTEXT)
                        + " subcontext="
                        + ControlRecord.u16(request, ControlRecord.DIRECT_SUBCONTEXT)
                        + " is nobody's here; go through the chip");
    }

    private static byte[] length(long fileBytes) {
        byte[] payload = new byte[ControlRecord.DIRECT_REPLY_BYTES - ControlRecord.REPLY_PAYLOAD];
        ControlRecord.putU64(
                MemorySegment.ofArray(payload),
                ControlRecord.DIRECT_REPLY_FILE_BYTES - ControlRecord.REPLY_PAYLOAD,
                fileBytes);
        return payload;
    }
}
