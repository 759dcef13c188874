package io.softpath.driver;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.region.RegionKind;
import io.softpath.error.SoftpathException;
import io.softpath.linux.EventFd;
import io.softpath.linux.Fd;
import io.softpath.linux.Poll;
import io.softpath.linux.SeqPacketListener;
import io.softpath.linux.SeqPacketSocket;
import io.softpath.memory.RegionFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The daemon's side of one connection: answers the requests of a user from a {@link FakeChip}, on a
 * thread of its own, or as a test has told it.
 */
public final class FakeDaemon implements AutoCloseable {
    private static final int ENOMEM = 12;
    private static final int EFAULT = 14;
    private static final int EINVAL = 22;

    private final FakeChip chip;
    private final SeqPacketListener listener;
    private final EventFd stop = EventFd.create("fake-daemon");
    private final Thread thread;
    private MemorySegment request = record(ControlRecord.MAX_REQUEST_BYTES);
    private MemorySegment late; // received, not yet answered
    private final MemorySegment reply = record(ControlRecord.MAX_REPLY_BYTES);
    private final List<String> seen = new ArrayList<>();
    private final Map<String, Integer> refusals = new HashMap<>();
    private final List<String> ignored = new ArrayList<>();
    private final List<String> delayed = new ArrayList<>();
    private final Map<Integer, RegionFile> memories = new HashMap<>();
    private final TreeMap<Long, RegionFile> bound = new TreeMap<>();
    private int lastHandle;
    private int cursor;
    private SeqPacketSocket user;
    private boolean ready;

    public FakeDaemon(FakeChip chip, Path socket) {
        this.chip = chip;
        this.listener =
                SeqPacketListener.listen(socket, PosixFilePermissions.fromString("rw-------"), 4);
        this.thread = Thread.ofPlatform().daemon().name("fake-daemon").start(this::serve);
    }

    private static MemorySegment record(int bytes) {
        return MemorySegment.ofArray(new long[bytes / 8]);
    }

    /** What the user asked for, in order. */
    public synchronized List<String> seen() {
        return List.copyOf(seen);
    }

    /** Answers this request with an errno from now on. */
    public synchronized void refuse(String what, int errno) {
        refusals.put(what, errno);
    }

    /** Does not answer this request from now on. */
    public synchronized void ignore(String what) {
        ignored.add(what);
    }

    /** Looks at this request, when it comes next, only when another one is there. */
    public synchronized void delay(String what) {
        delayed.add(what);
    }

    private synchronized boolean isDelayed(String what) {
        return delayed.remove(what);
    }

    /** What poll answers: ready, or armed. */
    public synchronized void ready(boolean now) {
        ready = now;
    }

    /** Raises the interrupt. */
    public void interrupt() {
        MemorySegment interrupt = record(ControlRecord.REPLY_HEADER_BYTES);
        int length = ControlRecord.interrupt(interrupt, ControlRecord.POLL_READY);
        SeqPacketSocket to;
        synchronized (this) {
            to = user;
        }
        to.send(interrupt, length);
    }

    /** Ends the connection as a killed daemon does; its socket file stays. */
    public void die() {
        if (!listener.fd().isOpen()) {
            return;
        }
        stop.signal();
        listener.close();
        synchronized (this) {
            if (user != null) {
                user.close();
            }
        }
        try {
            thread.join(5_000); // it may still be waiting on the listener, which keeps that open
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        die();
        try {
            Files.deleteIfExists(listener.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        stop.close();
    }

    private void serve() {
        try {
            Poll.of(listener.fd(), stop.fd()).await(-1);
            SeqPacketSocket socket = listener.accept();
            if (socket != null) {
                serve(socket);
            }
        } catch (SoftpathException e) {
            // The test has ended the connection, or the user has.
        }
    }

    private void serve(SeqPacketSocket socket) {
        try (socket) {
            synchronized (this) {
                user = socket;
            }
            while (socket.receive(request) != SeqPacketSocket.END) {
                if (late != null) {
                    MemorySegment next = request;
                    request = late;
                    late = null;
                    answer(socket);
                    request = next;
                } else if (isDelayed(what(ControlRecord.kind(request)))) {
                    late = request;
                    request = record(ControlRecord.MAX_REQUEST_BYTES);
                    continue;
                }
                answer(socket);
            }
        }
    }

    private void answer(SeqPacketSocket socket) {
        int kind = ControlRecord.kind(request);
        int tag = ControlRecord.tag(request);
        String what = what(kind);
        Integer errno;
        boolean pollReady;
        synchronized (this) {
            seen.add(what);
            errno = refusals.get(what);
            pollReady = ready;
            if (ignored.contains(what) || kind == ControlRecord.DOORBELL) {
                return;
            }
        }
        if (errno != null) {
            socket.send(
                    reply, ControlRecord.failure(reply, kind, tag, errno, what + " is refused"));
            return;
        }
        switch (kind) {
            case ControlRecord.FEATURES -> {
                int features =
                        chip.features(ControlRecord.u32(request, ControlRecord.FEATURES_WANTED));
                socket.send(reply, ControlRecord.reply(reply, kind, tag, features, 0));
            }
            case ControlRecord.WRITE -> socket.send(reply, write(kind, tag));
            case ControlRecord.POLL -> {
                int revents = pollReady ? ControlRecord.POLL_READY : 0;
                socket.send(reply, ControlRecord.reply(reply, kind, tag, revents, 0));
            }
            case ControlRecord.INSPECT -> socket.send(reply, inspect(kind, tag));
            case ControlRecord.MMAP -> map(socket, kind, tag);
            case ControlRecord.MEM_CREATE -> create(socket, kind, tag);
            case ControlRecord.MEM_BIND -> {
                bound.put(
                        ControlRecord.u64(request, ControlRecord.MEM_BIND_ADDRESS),
                        memories.get(ControlRecord.u32(request, ControlRecord.MEM_HANDLE)));
                socket.send(reply, ControlRecord.reply(reply, kind, tag, 0, 0));
            }
            case ControlRecord.MEM_FREE -> {
                int handle = ControlRecord.u32(request, ControlRecord.MEM_HANDLE);
                RegionFile gone = memories.remove(handle);
                bound.values().remove(gone);
                gone.close();
                chip.pinned(handle, null);
                socket.send(reply, ControlRecord.reply(reply, kind, tag, 0, 0));
            }
            default -> socket.send(reply, ControlRecord.reply(reply, kind, tag, 0, 0));
        }
    }

    private String what(int kind) {
        return switch (kind) {
            case ControlRecord.WRITE ->
                    Command.of(CommandRecord.type(request, ControlRecord.WRITE_COMMAND)).name();
            case ControlRecord.MMAP -> "MMAP";
            case ControlRecord.POLL -> "POLL";
            case ControlRecord.FEATURES -> "FEATURES";
            case ControlRecord.INSPECT -> "INSPECT";
            case ControlRecord.DOORBELL -> "DOORBELL";
            case ControlRecord.MUNMAP -> "MUNMAP";
            case ControlRecord.MEM_CREATE -> "MEM_CREATE";
            case ControlRecord.MEM_BIND -> "MEM_BIND";
            case ControlRecord.MEM_FREE -> "MEM_FREE";
            default -> "kind " + kind;
        };
    }

    private int write(int kind, int tag) {
        Command command = Command.of(CommandRecord.type(request, ControlRecord.WRITE_COMMAND));
        int payload = 0;
        switch (command) {
            case CTXT_INFO -> {
                new ContextInfo(1, 0, 1, chip.baseInfo().context(), 0, 16, 0, ContextInfo.NO_CPU)
                        .write(reply, ControlRecord.REPLY_PAYLOAD);
                payload = ContextInfo.BYTES;
            }
            case RECV_CTRL ->
                    chip.receiveControl(
                            CommandRecord.u32(request, ControlRecord.WRITE_COMMAND) != 0);
            case USER_INIT -> {
                chip.baseInfo().write(reply, ControlRecord.REPLY_PAYLOAD);
                payload = BaseInfo.BYTES;
            }
            case TID_UPDATE -> {
                return updateTids(kind, tag);
            }
            case TID_FREE -> {
                MemorySegment bits =
                        request.asSlice(ControlRecord.WRITE_DATA, TidInfo.BITMAP_BYTES);
                BitSet.valueOf(bits.toArray(ValueLayout.JAVA_BYTE)).stream()
                        .forEach(tid -> chip.tidPage(tid, null));
            }
            default -> {}
        }
        return ControlRecord.reply(reply, kind, tag, command.consumedBytes(), payload);
    }

    private void create(SeqPacketSocket socket, int kind, int tag) {
        long bytes = ControlRecord.u64(request, ControlRecord.MEM_CREATE_SIZE) + 4095 & -4096;
        int handle = ++lastHandle;
        RegionFile memory = chip.createPinned(handle, bytes);
        memories.put(handle, memory);
        chip.pinned(handle, memory.memory());
        ControlRecord.putU64(reply, ControlRecord.MEM_REPLY_FILE_BYTES, bytes);
        int payload = ControlRecord.MEM_REPLY_BYTES - ControlRecord.REPLY_PAYLOAD;
        socket.send(reply, ControlRecord.reply(reply, kind, tag, handle, payload), memory.fd());
    }

    private int updateTids(int kind, int tag) {
        TidInfo info = TidInfo.read(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        Map.Entry<Long, RegionFile> at = bound.floorEntry(info.vaddr());
        long bytes = info.count() * 4096L;
        if (at == null || info.vaddr() + bytes > at.getKey() + at.getValue().bytes()) {
            return ControlRecord.failure(reply, kind, tag, EFAULT, "not registered memory");
        }
        BitSet given = new BitSet(512);
        for (int i = 0; i < chip.tidCount() && given.cardinality() < info.count(); i++) {
            int tid = (cursor + i) % chip.tidCount();
            if (chip.tidPage(tid) == null) {
                given.set(tid);
            }
        }
        if (given.cardinality() < info.count()) {
            return ControlRecord.failure(reply, kind, tag, ENOMEM, "no free TID");
        }
        MemorySegment memory = at.getValue().memory();
        int n = 0;
        for (int i = 0; i < chip.tidCount(); i++) {
            int tid = (cursor + i) % chip.tidCount();
            if (given.get(tid)) {
                long page = info.vaddr() - at.getKey() + n * 4096L;
                chip.tidPage(tid, memory.asSlice(page, 4096));
                ControlRecord.putU16(reply, ControlRecord.TID_REPLY_LIST + 2L * n, tid);
                n++;
            }
        }
        cursor = (cursor + n) % chip.tidCount();
        byte[] bits = Arrays.copyOf(given.toByteArray(), TidInfo.BITMAP_BYTES);
        MemorySegment.copy(
                MemorySegment.ofArray(bits), 0, reply, ControlRecord.TID_REPLY_BITMAP, bits.length);
        return ControlRecord.reply(
                reply, kind, tag, Command.TID_UPDATE.consumedBytes(), TidInfo.BITMAP_BYTES + 2 * n);
    }

    @SuppressWarnings("EnumOrdinal") // what the control channel carries
    private static int accessNumber(RegionKind region) {
        return region.access().ordinal();
    }

    private int inspect(int kind, int tag) {
        if (ControlRecord.u32(request, ControlRecord.INSPECT_START) > 0) {
            return ControlRecord.reply(reply, kind, tag, 0, 0);
        }
        new UnitRecord(0, 17, 16, 15, FakeChip.LID, 0, 1, 4, 0, 0, 0, 0, 1, 0, 144, 8, "fake", 0)
                .write(reply, ControlRecord.REPLY_PAYLOAD);
        return ControlRecord.reply(reply, kind, tag, 1, UnitRecord.BYTES);
    }

    private void map(SeqPacketSocket socket, int kind, int tag) {
        long token = ControlRecord.u64(request, ControlRecord.MMAP_TOKEN);
        for (RegionKind region : RegionKind.values()) {
            if (chip.file(region) != null && chip.token(region) == token) {
                ControlRecord.putU64(
                        reply, ControlRecord.MMAP_REPLY_FILE_BYTES, chip.file(region).bytes());
                ControlRecord.putU32(reply, ControlRecord.MMAP_REPLY_KIND, region.number());
                ControlRecord.putU32(reply, ControlRecord.MMAP_REPLY_ACCESS, accessNumber(region));
                int payload = ControlRecord.MMAP_REPLY_BYTES - ControlRecord.REPLY_PAYLOAD;
                Fd fd = chip.file(region).fd();
                socket.send(reply, ControlRecord.reply(reply, kind, tag, 0, payload), fd);
                return;
            }
        }
        socket.send(reply, ControlRecord.failure(reply, kind, tag, EINVAL, "no such token"));
    }
}
