package io.softpath.daemon.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.region.Grant;
import io.softpath.daemon.region.MapRequest;
import io.softpath.daemon.region.MapRules;
import io.softpath.daemon.region.Region;
import io.softpath.error.Errno;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.linux.Fd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * Takes one request apart and answers it. The request is a private copy of what a client sent;
 * whatever it holds, the outcome is an {@link Answer}.
 */
final class RequestHandler {
    private static final int FEATURES =
            ControlRecord.FEATURE_INLINE_TRIGGER
                    | ControlRecord.FEATURE_DOORBELL
                    | ControlRecord.FEATURE_GATHER;

    /** Different mappings of one context that are remembered; a library needs seven. */
    private static final int MAX_MAPPINGS = 256;

    private final List<UnitDriver> units;
    private final Commands commands;
    private final MapRules rules;
    private final Inspector inspector;
    private final Administrator administrator;
    private final MemoryRequests memory;
    private final DriverFiles files;
    private final DirectRequests direct;
    private final IntFunction<Fd> statistics;
    private final LongSupplier epochMs;
    private final MemorySegment block = Arena.ofAuto().allocate(CommandRecord.BYTES, Long.BYTES);

    /**
     * @param statistics the descriptor of a unit's statistics file, just published
     * @param spaces the ordinary memory of the process that opened a file
     */
    RequestHandler(
            List<UnitDriver> units,
            MapRules rules,
            int ownerUid,
            long sinceEpochMs,
            IntFunction<Fd> statistics,
            PinAccounts pinAccounts,
            Function<OpenFile, AddressSpace> spaces,
            LongSupplier epochMs) {
        this.units = units;
        this.rules = rules;
        this.statistics = statistics;
        this.epochMs = epochMs;
        commands = new Commands(units, new TidCommands(pinAccounts, spaces, epochMs));
        inspector = new Inspector(units, sinceEpochMs);
        administrator = new Administrator(units, ownerUid);
        memory = new MemoryRequests(pinAccounts, epochMs);
        files = new DriverFiles(units);
        direct = new DirectRequests(units);
    }

    /** A file is about to be closed; it may have had a context. */
    void closes(OpenFile file) {
        if (file.context() != null) {
            direct.closes(file.context());
        }
    }

    /**
     * Answers a request that has at least kind and tag.
     *
     * @param length bytes of the request
     */
    Answer handle(OpenFile file, MemorySegment request, int length) {
        int kind = ControlRecord.kind(request);
        int needed = bytesOf(kind);
        if (needed == 0) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "request: kind="
                            + Integer.toUnsignedString(kind)
                            + " is unknown, choose 1..15");
        }
        if (length < needed) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "request: kind="
                            + kind
                            + " bytes="
                            + length
                            + " is too short, minimum="
                            + needed);
        }
        return switch (kind) {
            case ControlRecord.WRITE -> write(file, request, length);
            case ControlRecord.MMAP ->
                    map(
                            file,
                            mapRequest(
                                    request, ControlRecord.MMAP_TOKEN, ControlRecord.MMAP_LENGTH));
            case ControlRecord.POLL -> poll(file);
            case ControlRecord.FEATURES ->
                    features(file, ControlRecord.u32(request, ControlRecord.FEATURES_WANTED));
            case ControlRecord.INSPECT -> inspect(request);
            case ControlRecord.MUNMAP ->
                    unmap(
                            file,
                            ControlRecord.u64(request, ControlRecord.MUNMAP_TOKEN),
                            ControlRecord.u64(request, ControlRecord.MUNMAP_LENGTH));
            case ControlRecord.ADMIN ->
                    administrator.execute(
                            file.peer(),
                            ControlRecord.u32(request, ControlRecord.ADMIN_OP),
                            ControlRecord.u32(request, ControlRecord.ADMIN_UNIT),
                            ControlRecord.u64(request, ControlRecord.ADMIN_ARGUMENT));
            case ControlRecord.MEM_CREATE ->
                    memory.create(
                            file,
                            ControlRecord.u64(request, ControlRecord.MEM_CREATE_SIZE),
                            length < ControlRecord.MEM_CREATE_BYTES_WITH_FLAGS
                                    ? 0
                                    : ControlRecord.u32(request, ControlRecord.MEM_CREATE_FLAGS));
            case ControlRecord.MEM_BIND ->
                    memory.bind(
                            file,
                            ControlRecord.u32(request, ControlRecord.MEM_HANDLE),
                            ControlRecord.u64(request, ControlRecord.MEM_BIND_ADDRESS));
            case ControlRecord.MEM_FREE ->
                    memory.free(file, ControlRecord.u32(request, ControlRecord.MEM_HANDLE));
            case ControlRecord.DRIVER_FILE -> driverFile(request, length);
            case ControlRecord.DIRECT_OPEN -> direct.open(file, request);
            case ControlRecord.DIRECT_GRANT ->
                    direct.grant(
                            file, request, ControlRecord.u32(request, ControlRecord.DIRECT_HANDLE));
            case ControlRecord.DIRECT_MAP ->
                    direct.map(
                            file, request, ControlRecord.u32(request, ControlRecord.DIRECT_HANDLE));
            default ->
                    throw new IllegalStateException(
                            "request: kind=" + kind + " has a length and no handler");
        };
    }

    /**
     * The least length of a request of that kind; 0 if there is no such kind. A doorbell never gets
     * here.
     */
    private static int bytesOf(int kind) {
        return switch (kind) {
            case ControlRecord.WRITE -> ControlRecord.WRITE_COMMAND;
            case ControlRecord.MMAP -> ControlRecord.MMAP_BYTES;
            case ControlRecord.POLL -> ControlRecord.POLL_BYTES;
            case ControlRecord.FEATURES -> ControlRecord.FEATURES_BYTES;
            case ControlRecord.INSPECT -> ControlRecord.INSPECT_BYTES;
            case ControlRecord.MUNMAP -> ControlRecord.MUNMAP_BYTES;
            case ControlRecord.ADMIN -> ControlRecord.ADMIN_BYTES;
            case ControlRecord.MEM_CREATE -> ControlRecord.MEM_CREATE_BYTES;
            case ControlRecord.MEM_BIND -> ControlRecord.MEM_BIND_BYTES;
            case ControlRecord.MEM_FREE -> ControlRecord.MEM_FREE_BYTES;
            case ControlRecord.DRIVER_FILE -> ControlRecord.DRIVER_FILE_PATH;
            case ControlRecord.DIRECT_OPEN -> ControlRecord.DIRECT_OPEN_BYTES;
            case ControlRecord.DIRECT_GRANT -> ControlRecord.DIRECT_GRANT_BYTES;
            case ControlRecord.DIRECT_MAP -> ControlRecord.DIRECT_MAP_BYTES;
            default -> 0;
        };
    }

    private Answer write(OpenFile file, MemorySegment request, int length) {
        long count = Integer.toUnsignedLong(ControlRecord.u32(request, ControlRecord.WRITE_COUNT));
        int sent = length - ControlRecord.WRITE_COMMAND;
        if (sent < Math.min(count, CommandRecord.BYTES)) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "write: count="
                            + count
                            + " but the request holds only bytes="
                            + sent
                            + " of the command");
        }
        // As the real driver, which takes a command's whole payload however little count says.
        block.fill((byte) 0);
        MemorySegment.copy(
                request,
                ControlRecord.WRITE_COMMAND,
                block,
                0,
                Math.min(sent, CommandRecord.BYTES));
        Answer answer =
                commands.execute(
                        file,
                        count,
                        block,
                        request.asSlice(
                                Math.min(length, ControlRecord.WRITE_DATA),
                                Math.max(0, length - ControlRecord.WRITE_DATA)));
        count(file, answer.isRefusal() ? DriverCounter.COMMAND_ERRORS : DriverCounter.COMMANDS);
        return answer;
    }

    private void count(OpenFile file, DriverCounter counter) {
        OpenContext context = file.context();
        UnitDriver unit = context != null ? context.unit : units.get(Math.max(0, file.node()));
        unit.count(counter);
    }

    private Answer map(OpenFile file, MapRequest request) {
        OpenContext context = file.context();
        Answer answer;
        if (context == null) {
            answer =
                    Answer.refuse(
                            Errno.EINVAL, "mmap: context=none on this file; assign one first");
        } else if (!context.initialised()) {
            answer =
                    Answer.refuse(
                            Errno.EINVAL,
                            "mmap: context="
                                    + context.number
                                    + " is not initialised; give USER_INIT first");
        } else {
            answer = map(context, request);
        }
        count(file, answer.isRefusal() ? DriverCounter.MMAP_ERRORS : DriverCounter.MMAPS);
        return answer;
    }

    private Answer map(OpenContext context, MapRequest request) {
        MapRules.Verdict verdict = rules.judge(request, context.mappable());
        if (!verdict.granted()) {
            return Answer.refuse(verdict.refusal(), verdict.sentence());
        }
        Region region = verdict.region();
        if (!remember(context, new Grant(region.kind(), request, epochMs.getAsLong(), 1))) {
            return Answer.refuse(
                    Errno.ENOMEM,
                    "mmap: context="
                            + context.number
                            + " has limit="
                            + MAX_MAPPINGS
                            + " different mappings; unmap one");
        }
        context.unit.pages().mapped(context, region.kind(), request);
        Faults.at(FaultPoint.DAEMON_MAPPED);
        byte[] payload = new byte[ControlRecord.MMAP_REPLY_BYTES - ControlRecord.REPLY_PAYLOAD];
        MemorySegment segment = MemorySegment.ofArray(payload);
        ControlRecord.putU64(
                segment,
                ControlRecord.MMAP_REPLY_FILE_BYTES - ControlRecord.REPLY_PAYLOAD,
                region.memory().byteSize());
        ControlRecord.putU32(
                segment,
                ControlRecord.MMAP_REPLY_KIND - ControlRecord.REPLY_PAYLOAD,
                region.kind().number());
        ControlRecord.putU32(
                segment,
                ControlRecord.MMAP_REPLY_ACCESS - ControlRecord.REPLY_PAYLOAD,
                rules.access(region.kind()).ordinal());
        return Answer.file(payload, region.fd());
    }

    private static MapRequest mapRequest(MemorySegment request, int token, int length) {
        return new MapRequest(
                ControlRecord.u64(request, token),
                ControlRecord.u64(request, length),
                ControlRecord.u32(request, ControlRecord.MMAP_PROT),
                ControlRecord.u32(request, ControlRecord.MMAP_FLAGS));
    }

    private static boolean remember(OpenContext context, Grant granted) {
        List<Grant> mappings = context.mappings;
        for (int i = 0; i < mappings.size(); i++) {
            if (mappings.get(i).request().equals(granted.request())) {
                mappings.set(i, mappings.get(i).again(1));
                return true;
            }
        }
        return mappings.size() < MAX_MAPPINGS && mappings.add(granted);
    }

    private static Answer unmap(OpenFile file, long token, long length) {
        OpenContext context = file.context();
        if (context != null) {
            List<Grant> mappings = context.mappings;
            for (int i = 0; i < mappings.size(); i++) {
                Grant grant = mappings.get(i);
                if (grant.request().token() == token && grant.request().length() == length) {
                    if (grant.count() > 1) {
                        mappings.set(i, grant.again(-1));
                    } else {
                        mappings.remove(i);
                    }
                    context.unit.pages().unmapped(context, grant.request(), grant.count() - 1);
                    return Answer.OK;
                }
            }
        }
        return Answer.refuse(
                Errno.EINVAL,
                "munmap: token=0x"
                        + Long.toHexString(token)
                        + " length="
                        + Long.toUnsignedString(length)
                        + " is not mapped");
    }

    private static Answer poll(OpenFile file) {
        OpenContext context = file.context();
        return Answer.ok(context == null ? ControlRecord.POLL_ERROR : context.unit.poll(context));
    }

    private Answer driverFile(MemorySegment request, int length) {
        long bytes =
                Integer.toUnsignedLong(
                        ControlRecord.u32(request, ControlRecord.DRIVER_FILE_PATH_BYTES));
        int sent = length - ControlRecord.DRIVER_FILE_PATH;
        if (bytes > sent) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "driver file: path bytes="
                            + bytes
                            + " but the request holds only bytes="
                            + sent);
        }
        return files.read(
                new String(
                        request.asSlice(ControlRecord.DRIVER_FILE_PATH, bytes).toArray(JAVA_BYTE),
                        UTF_8));
    }

    private static Answer features(OpenFile file, int wanted) {
        if (file.context() != null) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "features: context="
                            + file.context().number
                            + " is assigned; negotiate before ASSIGN_CONTEXT");
        }
        file.features(wanted & FEATURES);
        return Answer.ok(file.features());
    }

    private Answer inspect(MemorySegment request) {
        int what = ControlRecord.u32(request, ControlRecord.INSPECT_WHAT);
        int unit = ControlRecord.u32(request, ControlRecord.INSPECT_UNIT);
        if (what != ControlRecord.INSPECT_STAT) {
            return inspector.inspect(
                    what, unit, ControlRecord.u32(request, ControlRecord.INSPECT_START));
        }
        if (unit < 0 || unit >= units.size()) {
            return inspector.noSuchUnit(unit);
        }
        return Answer.file(new byte[0], statistics.apply(unit));
    }
}
