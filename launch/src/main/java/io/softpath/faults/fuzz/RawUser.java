package io.softpath.faults.fuzz;

import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.RegionKind;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.SeqPacketSocket;
import io.softpath.stat.StatReader;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A context whose regions are mapped in the rights that the daemon grants, without the driver
 * library: whoever has it writes where it likes.
 */
final class RawUser implements AutoCloseable {
    private static final int READ = ControlRecord.PROT_READ;
    private static final int WRITE = ControlRecord.PROT_WRITE;
    private static final long PATIENCE_NS = 20_000_000_000L;

    final ChipModel model;
    final BaseInfo info;
    final int lid;
    final int context;
    final MemorySegment uregs;
    final MemorySegment rcvhdrq;
    final MemorySegment eager;
    final MemorySegment pio;
    final MemorySegment avail;
    final MemorySegment events;

    /** Null on a chip that does not copy the tail to memory. */
    final MemorySegment tail;

    /** Files that the client may write. */
    final List<Fd> writable = new ArrayList<>();

    private final Machine machine;
    private final SeqPacketSocket socket;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment out = arena.allocate(ControlRecord.MAX_REQUEST_BYTES, Long.BYTES);
    private final MemorySegment in = arena.allocate(ControlRecord.MAX_REPLY_BYTES, Long.BYTES);
    private int lastTag;

    /**
     * Opens a unit, takes a context and maps everything.
     *
     * @param features to ask for
     */
    RawUser(Machine machine, int unit, int features) {
        this.machine = machine;
        model = machine.model();
        socket = connect(machine.node(unit));
        if (features != 0) {
            call(ControlRecord.features(out, tag(), features));
        }
        command(Command.ASSIGN_CONTEXT, user());
        command(Command.USER_INIT, user());
        info = BaseInfo.read(in, ControlRecord.REPLY_PAYLOAD, ControlRecord.payloadBytes(in));
        lid = 1 + unit;
        context = info.context();
        uregs = map(info.uregbase(), RegionKind.UREGS.maxBytes(model, 0), READ | WRITE);
        rcvhdrq = map(info.rcvhdrBase(), model.rcvHdrAllocBytes(), READ | WRITE);
        eager = map(info.rcvEgrbufs(), model.egrTotalBytes(), READ);
        pio = map(info.piobufbase(), (long) info.piocnt() * info.pioalign(), WRITE);
        avail = map(info.pioavailaddr(), MappedMemory.PAGE_BYTES, READ);
        events = map(info.sendbufStatus(), MappedMemory.PAGE_BYTES, READ);
        tail =
                info.rcvhdrTailaddr() == 0
                        ? null
                        : map(info.rcvhdrTailaddr(), MappedMemory.PAGE_BYTES, READ);
    }

    private SeqPacketSocket connect(Path node) {
        SeqPacketSocket connected = SeqPacketSocket.connect(node);
        machine.work();
        return connected;
    }

    private static UserInfo user() {
        return new UserInfo(AbiVersion.USER, 0, BaseInfo.BYTES, 0, 0, 0, 0, 0);
    }

    private int tag() {
        return ++lastTag;
    }

    private void command(Command command, UserInfo user) {
        CommandRecord.start(out, ControlRecord.WRITE_COMMAND, command);
        user.write(out, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        call(ControlRecord.write(out, tag()));
    }

    /** Gives a command whose payload is a number. */
    void command(Command command, long value) {
        CommandRecord.start(out, ControlRecord.WRITE_COMMAND, command);
        CommandRecord.putU64(out, ControlRecord.WRITE_COMMAND, value);
        call(ControlRecord.write(out, tag()));
    }

    /** Acknowledges whatever the event word says; disarms what is to be disarmed. */
    void acknowledge() {
        long bits = events.get(ValueLayout.JAVA_LONG, 0);
        if (bits != 0) {
            command(Command.ACK_EVENT, bits);
        }
    }

    /** Makes memory that the chip can reach, and maps it; the handle is its place in the list. */
    MemorySegment memory(long bytes, int flags) {
        List<Fd> files = call(ControlRecord.memCreate(out, tag(), bytes, flags));
        return mapped(files, bytes, true);
    }

    /** Lets whoever has a context of a unit now read memory. */
    void grantAll(int unit, int handle) {
        for (int each = 0; each < model.contexts(); each++) {
            int length = ControlRecord.directGrant(out, tag(), 1 + unit, each, 0, handle);
            socket.send(out, length);
            receive(new ArrayList<>(1));
        }
    }

    /** As the owner of the daemon: something is done to a unit. */
    void admin(int op, int unit) {
        call(ControlRecord.admin(out, tag(), op, unit, 0));
    }

    /** The unit's statistics. */
    StatReader statistics(int unit) {
        int length = ControlRecord.inspect(out, tag(), ControlRecord.INSPECT_STAT, unit, 0);
        try (Fd fd = call(length).getFirst()) {
            return StatReader.open(fd);
        }
    }

    /** Binds memory by its handle. */
    void bind(int handle, long address) {
        call(ControlRecord.memBind(out, tag(), handle, address));
    }

    /** Takes TIDs for pages of memory that is bound there. */
    void tidUpdate(long address, int pages) {
        CommandRecord.start(out, ControlRecord.WRITE_COMMAND, Command.TID_UPDATE);
        new TidInfo(pages, address, MappedMemory.PAGE_BYTES, MappedMemory.PAGE_BYTES)
                .write(out, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        call(ControlRecord.write(out, tag()));
    }

    /** Result of the last call. */
    int result() {
        return ControlRecord.result(in);
    }

    private MemorySegment map(long token, long length, int prot) {
        List<Fd> files =
                call(ControlRecord.mmap(out, tag(), token, length, prot, ControlRecord.MAP_SHARED));
        return mapped(files, length, (prot & WRITE) != 0);
    }

    private MemorySegment mapped(List<Fd> files, long length, boolean mayWrite) {
        if (files.size() != 1) {
            throw new Violation("a mapping came with descriptors=" + files.size());
        }
        Fd fd = files.getFirst();
        MemorySegment segment = MappedMemory.map(fd, 0, length, mayWrite, arena).segment();
        if (mayWrite) {
            writable.add(fd);
        } else {
            fd.close();
        }
        return segment;
    }

    /** Sends what is in the request and waits for its answer, which must be yes. */
    private List<Fd> call(int length) {
        socket.send(out, length);
        List<Fd> files = new ArrayList<>(1);
        int got = receive(files);
        if (got < ControlRecord.REPLY_HEADER_BYTES || ControlRecord.tag(in) != lastTag) {
            throw new Violation("no answer to an honest request: length=" + got);
        }
        if (ControlRecord.result(in) < 0) {
            throw new Violation(
                    "an honest request was refused: " + ControlRecord.sentence(in, got));
        }
        return files;
    }

    private int receive(List<Fd> files) {
        long start = System.nanoTime();
        int got = SeqPacketSocket.WOULD_BLOCK;
        while (got == SeqPacketSocket.WOULD_BLOCK) {
            if (System.nanoTime() - start > PATIENCE_NS) {
                throw new Violation("no answer within ns=" + PATIENCE_NS);
            }
            machine.work();
            got = socket.tryReceive(in, 1, files);
            if (got > 0 && ControlRecord.kind(in) == ControlRecord.INTERRUPT) {
                got = SeqPacketSocket.WOULD_BLOCK;
            }
        }
        return got;
    }

    @Override
    public void close() {
        writable.forEach(Fd::close);
        socket.close();
        arena.close();
    }
}
