package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.chip.ChipIdentity;
import io.softpath.daemon.link.Fabric;
import io.softpath.daemon.region.MapRules;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.Limits;
import io.softpath.linux.MemlockLimit;
import io.softpath.linux.PeerCredentials;
import io.softpath.linux.PidFd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One unit and the daemon's handler of requests, without sockets: processes are numbers. */
final class PinRig implements AutoCloseable {
    static final MemlockLimit UNLIMITED = new MemlockLimit(Limits.Limit.UNLIMITED, false);

    final Map<Integer, MemlockLimit> limits = new HashMap<>();
    final PinAccounts accounts;
    final UnitDriver unit;
    final RequestHandler handler;
    long nowNs;
    long nowMs = 1_000_000;
    private final MemorySegment request =
            Arena.ofAuto().allocate(ControlRecord.MAX_REQUEST_BYTES, Long.BYTES);

    PinRig(ChipModel model, Quirk... quirks) {
        Set<Quirk> chosen = EnumSet.noneOf(Quirk.class);
        chosen.addAll(List.of(quirks));
        Fabric fabric = new Fabric();
        unit =
                new UnitDriver(
                        model,
                        new ChipIdentity(0, 1, 1),
                        fabric,
                        () -> 0,
                        new DriverOptions(0, 0, chosen),
                        () -> nowNs,
                        () -> nowMs);
        fabric.attach(unit.chip());
        unit.linkUp();
        accounts = new PinAccounts(pid -> limits.getOrDefault(pid, UNLIMITED), () -> nowNs);
        handler =
                new RequestHandler(
                        List.of(unit),
                        new MapRules(MapRules.Era.LATE, false),
                        CurrentProcess.uid(),
                        nowMs,
                        n -> null,
                        accounts,
                        () -> nowMs);
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
        command(file, Command.USER_INIT);
        return file;
    }

    void assign(OpenFile file) {
        command(file, Command.ASSIGN_CONTEXT);
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
        return handle(file, ControlRecord.memCreate(request, 0, bytes));
    }

    Answer memBind(OpenFile file, int handle, long address) {
        return handle(file, ControlRecord.memBind(request, 0, handle, address));
    }

    Answer memFree(OpenFile file, int handle) {
        return handle(file, ControlRecord.memFree(request, 0, handle));
    }

    long count(DriverCounter counter) {
        return unit.counters()[counter.index()];
    }

    /** What the server does when a connection ends. */
    void close(OpenFile file) {
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
