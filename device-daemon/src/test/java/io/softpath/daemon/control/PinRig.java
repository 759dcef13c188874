package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.chip.ChipIdentity;
import io.softpath.daemon.link.Fabric;
import io.softpath.daemon.region.MapRules;
import io.softpath.daemon.region.UserMemory;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.Limits;
import io.softpath.linux.MemlockLimit;
import io.softpath.linux.PeerCredentials;
import io.softpath.linux.PidFd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One unit and the daemon's handler of requests, without sockets: processes are numbers. */
final class PinRig implements AutoCloseable {
    /** A process of which nothing can be seen. */
    static final int HIDDEN = 99;

    static final MemlockLimit UNLIMITED = new MemlockLimit(Limits.Limit.UNLIMITED, false);

    /** Where an update's output goes; nobody looks there. */
    private static final long LIST = 0x1_0000;

    private static final long MAP = 0x2_0000;

    final Map<Integer, MemlockLimit> limits = new HashMap<>();

    /** Ordinary memory by process; of the others nothing is mapped. */
    final Map<Integer, FakeSpace> spaces = new HashMap<>();

    final PinAccounts accounts;
    final UnitDriver unit;
    final RequestHandler handler;
    long nowNs;
    long nowMs = 1_000_000;
    private final MemorySegment request =
            Arena.ofAuto().allocate(ControlRecord.MAX_REQUEST_BYTES, Long.BYTES);

    /** The unit's. */
    static final int LID = 1;

    PinRig(ChipModel model, Quirk... quirks) {
        Set<Quirk> chosen = EnumSet.noneOf(Quirk.class);
        chosen.addAll(List.of(quirks));
        Fabric fabric = new Fabric();
        unit =
                new UnitDriver(
                        model,
                        new ChipIdentity(0, LID, 1),
                        fabric,
                        () -> 0,
                        new DriverOptions(0, 0, DriverOptions.TID_WINDOW_MS, chosen),
                        () -> nowNs,
                        () -> nowMs);
        fabric.attach(unit.chip());
        unit.linkUp();
        accounts = new PinAccounts(this::limit, () -> nowNs);
        handler =
                new RequestHandler(
                        List.of(unit),
                        new MapRules(MapRules.Era.LATE, false),
                        CurrentProcess.uid(),
                        nowMs,
                        n -> null,
                        accounts,
                        file -> spaces.computeIfAbsent(file.peer().pid(), pid -> new FakeSpace()),
                        () -> nowMs);
    }

    private MemlockLimit limit(int pid) {
        if (pid == HIDDEN) {
            throw new UncheckedIOException(new IOException("no such process here"));
        }
        return limits.getOrDefault(pid, UNLIMITED);
    }

    /** A file that this process opened without a context. */
    OpenFile open(int pid) {
        return new OpenFile(
                0,
                new PeerCredentials(pid, 1000, 1000),
                () -> PidFd.open(CurrentProcess.pid()),
                nowMs,
                null);
    }

    /** A file with an initialised context. */
    OpenFile start(int pid) {
        OpenFile file = open(pid);
        assign(file);
        initialise(file);
        return file;
    }

    void assign(OpenFile file) {
        command(file, Command.ASSIGN_CONTEXT);
    }

    void initialise(OpenFile file) {
        command(file, Command.USER_INIT);
    }

    private void command(OpenFile file, Command command) {
        startCommand(command);
        new UserInfo(AbiVersion.USER, 0, BaseInfo.BYTES, 0, 0, 0, 0, 0)
                .write(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        Answer answer = handle(file, ControlRecord.write(request, 0));
        assertEquals(command.consumedBytes(), answer.result(), answer.sentence());
    }

    MemorySegment startCommand(Command command) {
        CommandRecord.start(request, ControlRecord.WRITE_COMMAND, command);
        return request;
    }

    /** Handles what is in the request that {@link #startCommand} gave. */
    Answer handle(OpenFile file, int length) {
        Answer answer = handler.handle(file, request, length);
        if (answer.given()) {
            answer.file().close();
        }
        return answer;
    }

    Answer memCreate(OpenFile file, long bytes) {
        return memCreate(file, bytes, 0);
    }

    Answer memCreate(OpenFile file, long bytes, int flags) {
        return handle(file, ControlRecord.memCreate(request, 0, bytes, flags));
    }

    Answer memBind(OpenFile file, int handle, long address) {
        return handle(file, ControlRecord.memBind(request, 0, handle, address));
    }

    Answer memFree(OpenFile file, int handle) {
        return handle(file, ControlRecord.memFree(request, 0, handle));
    }

    /** DIRECT_OPEN; the descriptor is the caller's to close if the answer gives it. */
    Answer directOpen(OpenFile file, int context) {
        return handler.handle(file, request, ControlRecord.directOpen(request, 0, LID, context, 0));
    }

    Answer directGrant(OpenFile file, int context, int handle) {
        return handle(file, ControlRecord.directGrant(request, 0, LID, context, 0, handle));
    }

    /** DIRECT_MAP; the descriptor is the caller's to close. */
    Answer directMap(OpenFile file, int context, int handle) {
        return handler.handle(
                file, request, ControlRecord.directMap(request, 0, LID, context, 0, handle));
    }

    /** Asks for TIDs, with addresses for list and bitmap that will do. */
    Answer tidUpdate(OpenFile file, int count, long vaddr) {
        return tidUpdate(file, new TidInfo(count, vaddr, LIST, MAP));
    }

    Answer tidUpdate(OpenFile file, TidInfo info) {
        startCommand(Command.TID_UPDATE);
        info.write(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        return handle(file, ControlRecord.write(request, 0));
    }

    /** Gives back the TIDs of a bitmap, or of what there is of one. */
    Answer tidFree(OpenFile file, byte[] bitmap) {
        startCommand(Command.TID_FREE);
        MemorySegment.copy(
                bitmap, 0, request, ValueLayout.JAVA_BYTE, ControlRecord.WRITE_DATA, bitmap.length);
        ControlRecord.write(request, 0);
        return handle(file, ControlRecord.WRITE_DATA + bitmap.length);
    }

    /** A bitmap of these TIDs. */
    static byte[] bitmap(int... tids) {
        BitSet bits = new BitSet();
        for (int tid : tids) {
            bits.set(tid);
        }
        return Arrays.copyOf(bits.toByteArray(), TidInfo.BITMAP_BYTES);
    }

    /** The TIDs of an update's list, after a look at its bitmap. */
    static int[] tids(Answer answer) {
        assertEquals(Command.TID_UPDATE.consumedBytes(), answer.result(), answer.sentence());
        return tids(answer.payload());
    }

    static int[] tids(byte[] payload) {
        int count = (payload.length - TidInfo.BITMAP_BYTES) / Short.BYTES;
        int[] tids = new int[count];
        for (int i = 0; i < count; i++) {
            tids[i] =
                    ControlRecord.u16(
                            MemorySegment.ofArray(payload),
                            ControlRecord.TID_REPLY_LIST - ControlRecord.REPLY_PAYLOAD + 2L * i);
        }
        assertArrayEquals(
                bitmap(tids), Arrays.copyOf(payload, TidInfo.BITMAP_BYTES), "list and bitmap");
        return tids;
    }

    /** All that a request may change. */
    String state() {
        StringBuilder state = new StringBuilder();
        for (DriverCounter counter :
                List.of(
                        DriverCounter.PAGE_LOCKS,
                        DriverCounter.PAGE_UNLOCKS,
                        DriverCounter.MEM_REGIONS,
                        DriverCounter.MEM_BYTES)) {
            state.append(counter).append('=').append(count(counter)).append(' ');
        }
        for (OpenContext context : unit.openContexts()) {
            state.append('\n').append(context.owner.account()).append(context.tids);
            for (UserMemory memory : context.memories.all()) {
                state.append(memory).append(" address=").append(memory.address());
                state.append(" pins=").append(memory.pins());
            }
            state.append(" valid=");
            for (int tid = 0; tid < unit.model().tidCount(); tid++) {
                state.append(unit.chip().tidValid(context.number, tid) ? '1' : '0');
            }
        }
        return state.toString();
    }

    long count(DriverCounter counter) {
        return unit.counters()[counter.index()];
    }

    /** What the server does when a connection ends. */
    void close(OpenFile file) {
        handler.closes(file);
        if (file.context() != null) {
            unit.close(file.context());
        }
        accounts.leave(file);
    }

    @Override
    public void close() {
        unit.close();
    }
}
