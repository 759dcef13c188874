package io.softpath.daemon.control;

import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.RuntimeFlags;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UserEvent;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.AvailPage;
import io.softpath.abi.region.RegionKind;
import io.softpath.error.Errno;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The commands that a client gives with write(2), by the rules of the real driver's user interface
 * 1.13.
 *
 * <p>The command block is a private copy of what the client sent, padded with zeros. Source:
 * qib_file_ops.c, qib_write.
 */
final class Commands {
    /** Bytes of the type word: what a write must at least have. */
    private static final int TYPE_BYTES = 4;

    /** Port algorithm: unit after unit instead of the unit with the fewest contexts in use. */
    private static final int WITHIN_UNIT = 1;

    /** Minor version from which on clients set the port algorithm. */
    private static final int MINOR_WITH_ALGORITHM = 11;

    private final List<UnitDriver> units;
    private final TidCommands tids;

    Commands(List<UnitDriver> units, TidCommands tids) {
        this.units = units;
        this.tids = tids;
    }

    /**
     * Carries out one command.
     *
     * @param count the length given to write(2), unsigned
     * @param block the first 40 bytes of it
     * @param data what the driver would read where the command points to
     */
    Answer execute(OpenFile file, long count, MemorySegment block, MemorySegment data) {
        if (count < TYPE_BYTES) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "command: count="
                            + count
                            + " is less than the type word, minimum="
                            + TYPE_BYTES);
        }
        int type = CommandRecord.type(block, 0);
        Command command = Command.of(type);
        if (command == null || !command.accepted()) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "command: type="
                            + Integer.toUnsignedString(type)
                            + " is unknown to user interface "
                            + AbiVersion.text(AbiVersion.USER));
        }
        // The real driver forgets the padding between type and union here; so do its clients.
        if (count - TYPE_BYTES < command.payloadBytes()) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "command: type="
                            + command
                            + " count="
                            + count
                            + " is too short, minimum="
                            + command.consumedBytes());
        }
        Answer answer = dispatch(file, command, block, data);
        return answer.isRefusal() || answer.isLater()
                ? answer
                : Answer.data(command.consumedBytes(), answer.payload());
    }

    private Answer dispatch(
            OpenFile file, Command command, MemorySegment block, MemorySegment data) {
        if (command == Command.ASSIGN_CONTEXT) {
            Answer answer = assign(file, UserInfo.read(block, CommandRecord.PAYLOAD));
            if (!answer.isRefusal()) {
                tids.probe(file.context());
            }
            return answer;
        }
        OpenContext context = file.context();
        if (context == null) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "command: type=" + command + " needs a context; assign one first");
        }
        UnitDriver unit = context.unit;
        return switch (command) {
            case CTXT_INFO -> contextInfo(context);
            case USER_INIT -> initialise(context, UserInfo.read(block, CommandRecord.PAYLOAD));
            case RECV_CTRL -> receiveControl(context, CommandRecord.u32(block, 0));
            case SET_PART_KEY -> unit.addPartitionKey(context, CommandRecord.u16(block, 0));
            case PIOAVAILUPD -> {
                unit.updateAvail();
                yield Answer.OK;
            }
            case POLL_TYPE -> {
                context.whole.pollType = CommandRecord.u16(block, 0);
                yield Answer.OK;
            }
            case ARMLAUNCH_CTRL -> {
                unit.reportArmlaunch(context, CommandRecord.u32(block, 0) != 0);
                yield Answer.OK;
            }
            case DISARM_BUFS -> unit.acknowledge(context, UserEvent.DISARM_BUFS);
            case ACK_EVENT -> unit.acknowledge(context, CommandRecord.u64(block, 0));
            case TID_UPDATE -> tids.update(context, TidInfo.read(block, CommandRecord.PAYLOAD));
            case TID_FREE -> tids.free(context, data);
            case SDMA_INFLIGHT, SDMA_COMPLETE ->
                    Answer.refuse(
                            Errno.EINVAL,
                            "command: type="
                                    + command
                                    + ", this unit has no send DMA; runtime_flags says so");
            case ASSIGN_CONTEXT, OLD_USER_INIT, SLAVE_INFO ->
                    throw new IllegalStateException(
                            "command: type=" + command + " was to be handled before");
        };
    }

    /** ASSIGN_CONTEXT. Source: qib_file_ops.c, qib_assign_ctxt. */
    private Answer assign(OpenFile file, UserInfo info) {
        if (file.context() != null) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "assign context: this file has context="
                            + file.context().number
                            + " already; open the unit again for another one");
        }
        if (AbiVersion.major(info.userVersion()) != AbiVersion.MAJOR) {
            return Answer.refuse(
                    Errno.ENODEV,
                    "assign context: user version="
                            + AbiVersion.text(info.userVersion())
                            + " differs in its major number from the driver's="
                            + AbiVersion.text(AbiVersion.USER));
        }
        Sharing sharing = Sharing.NONE;
        if (info.subcontextCount() != 0 && maySubcontexts(info.userVersion())) {
            sharing = Sharing.of(info);
            for (UnitDriver unit : units) {
                WholeContext shared = unit.sharedContext(file.peer().uid(), sharing.id());
                if (shared != null) {
                    return unit.join(shared, file, sharing);
                }
            }
        }
        if (file.node() == OpenFile.ANY_UNIT) {
            return assignAny(file, info, sharing);
        }
        if (file.node() >= units.size()) {
            return Answer.refuse(
                    Errno.ENODEV,
                    "assign context: unit="
                            + file.node()
                            + " does not exist, units="
                            + units.size());
        }
        return assignOn(units.get(file.node()), file, info, sharing);
    }

    /**
     * Whether sharing works with this library: with none that is newer than the driver, which then
     * does not say so, and gives it a context of its own. Source: qib_file_ops.c,
     * qib_compatible_subctxts.
     */
    private static boolean maySubcontexts(int userVersion) {
        return AbiVersion.minor(userVersion) <= AbiVersion.MINOR;
    }

    private static Answer assignOn(UnitDriver unit, OpenFile file, UserInfo info, Sharing sharing) {
        int ports = unit.model().ibPorts();
        if (Integer.compareUnsigned(info.port(), ports) > 0) {
            return Answer.refuse(
                    Errno.ENODEV,
                    "assign context: unit="
                            + unit.number()
                            + " has no port="
                            + Integer.toUnsignedString(info.port())
                            + ", ports="
                            + ports);
        }
        if (info.port() > UnitDriver.IB_PORT) {
            return Answer.refuse(
                    Errno.ENETDOWN,
                    "assign context: unit="
                            + unit.number()
                            + " port="
                            + info.port()
                            + " has no cable; ask for port="
                            + UnitDriver.IB_PORT
                            + ", or for 0, any");
        }
        return unit.assign(file, sharing);
    }

    private Answer assignAny(OpenFile file, UserInfo info, Sharing sharing) {
        boolean within =
                AbiVersion.minor(info.userVersion()) >= MINOR_WITH_ALGORITHM
                        && info.portAlgorithm() == WITHIN_UNIT;
        if (units.isEmpty()) {
            return Answer.refuse(Errno.ENXIO, "assign context: there is no unit at all");
        }
        UnitDriver best = null;
        boolean anyUsable = false;
        for (UnitDriver unit : units) {
            anyUsable |= unit.usable();
            if (!unit.usable() || !unit.hasFreeContext()) {
                continue;
            }
            if (best == null || !within && unit.contextsInUse() < best.contextsInUse()) {
                best = unit;
            }
        }
        if (best != null) {
            return assignOn(best, file, info, sharing);
        }
        if (!anyUsable) {
            return Answer.refuse(
                    Errno.ENETDOWN,
                    "assign context: no unit of units="
                            + units.size()
                            + " is usable: links are down or chips are frozen");
        }
        if (!within && units.getFirst().quirk(Quirk.ENETDOWN_WHEN_ALL_BUSY)) {
            return Answer.refuse(
                    Errno.ENETDOWN,
                    "assign context: no usable unit has a free context; quirk="
                            + Quirk.ENETDOWN_WHEN_ALL_BUSY.optionName()
                            + " makes this ENETDOWN");
        }
        return Answer.refuse(
                Errno.EBUSY,
                "assign context: every context of every usable unit is taken: "
                        + holders()
                        + "; close one, or start the daemon with more --units or --contexts");
    }

    private String holders() {
        StringBuilder text = new StringBuilder();
        for (UnitDriver unit : units) {
            if (unit.usable()) {
                text.append(text.isEmpty() ? "" : "; ")
                        .append("unit=")
                        .append(unit.number())
                        .append(": ")
                        .append(unit.holders());
            }
        }
        return text.toString();
    }

    /** CTXT_INFO. Source: qib_file_ops.c, qib_ctxt_info. */
    private Answer contextInfo(OpenContext context) {
        int active = 0;
        for (UnitDriver unit : units) {
            active += unit.usable() ? 1 : 0;
        }
        ContextInfo info =
                new ContextInfo(
                        active,
                        context.unit.number(),
                        UnitDriver.IB_PORT,
                        context.number,
                        context.subcontext,
                        context.unit.model().userContexts(),
                        context.whole.sharing.count(),
                        ContextInfo.NO_CPU);
        byte[] bytes = new byte[ContextInfo.BYTES];
        info.write(MemorySegment.ofArray(bytes), 0);
        return Answer.data(0, bytes);
    }

    /** USER_INIT. Source: qib_file_ops.c, qib_do_user_init and qib_get_base_info. */
    private static Answer initialise(OpenContext context, UserInfo info) {
        if (context.initialised() || context.waits != null) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "user init: context="
                            + context.number
                            + (context.initialised()
                                    ? " is initialised already"
                                    : " waits for its master already"));
        }
        long given = Integer.toUnsignedLong(info.baseInfoBytes());
        int needed = context.whole.sharing.isShared() ? BaseInfo.MIN_SHARED : BaseInfo.MIN_UNSHARED;
        if (given < needed) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "user init: base_info_size=" + given + " is too small, minimum=" + needed);
        }
        return context.unit.initialise(
                context,
                () -> {
                    byte[] bytes = new byte[BaseInfo.BYTES];
                    baseInfo(context).write(MemorySegment.ofArray(bytes), 0);
                    return Answer.data(
                            Command.USER_INIT.consumedBytes(),
                            given < bytes.length ? Arrays.copyOf(bytes, (int) given) : bytes);
                });
    }

    private static BaseInfo baseInfo(OpenContext context) {
        UnitDriver unit = context.unit;
        ChipModel model = unit.model();
        return BaseInfo.builder()
                .hwVersion(model.hwVersion())
                .swVersion(AbiVersion.DRIVER)
                .context(context.number)
                .subcontext(context.subcontext)
                .mtu(model.ibMaxLenBytes())
                .piosize(model.piosize())
                .tidcnt(context.tids.size())
                .tidegrcnt(model.egrCount())
                .rcvhdrentSize(model.rcvHdrEntDwords())
                .rcvhdrCnt(model.rcvHdrCount())
                .runtimeFlags(runtimeFlags(context))
                .rcvhdrBase(context.token(RegionKind.RCVHDRQ))
                .rcvEgrbufs(context.token(RegionKind.RCVEGRBUFS))
                .rcvEgrbufsize(model.egrBufferBytes())
                .qpair(model.qpBase())
                .uregbase(context.token(RegionKind.UREGS))
                .tidMaxsize(model.tidMaxSize())
                .pioalign(model.pioAlign())
                .pioindex(context.firstBuffer)
                .piocnt(context.bufferCount)
                .piobufbase(context.token(RegionKind.PIOBUFS))
                .pioavailaddr(context.token(RegionKind.PIOAVAIL))
                .status(
                        context.token(RegionKind.PIOAVAIL)
                                + AvailPage.portStatusOffset(model, UnitDriver.IB_PORT))
                .ncontexts(model.contexts())
                .unit(unit.number())
                .port(UnitDriver.IB_PORT)
                .rcvEgrperchunk(model.egrPerChunk())
                .rcvEgrchunksize(model.egrChunkBytes())
                .rcvEgrbuftotlen(model.egrTotalBytes())
                .rhfOffset(model.rhfOffsetDwords())
                .rcvhdrTailaddr(context.token(RegionKind.RCVHDRTAIL))
                .subctxtUregbase(context.token(RegionKind.SUBCTXT_UREGS))
                .subctxtRcvegrbuf(context.token(RegionKind.SUBCTXT_RCVEGRBUFS))
                .subctxtRcvhdrBase(context.token(RegionKind.SUBCTXT_RCVHDRQ))
                .sendbufStatus(context.token(RegionKind.SENDBUFSTATUS))
                .build();
    }

    /** The model's flags, and those of the extensions that this client asked for. */
    private static int runtimeFlags(OpenContext context) {
        OpenFile owner = context.owner;
        boolean master = context.whole.sharing.isShared() && !context.isSlave();
        return context.unit.model().runtimeFlags()
                | (master ? RuntimeFlags.MASTER : 0)
                | (owner.has(ControlRecord.FEATURE_INLINE_TRIGGER)
                        ? RuntimeFlags.INLINE_TRIGGER
                        : 0)
                | (owner.has(ControlRecord.FEATURE_DOORBELL) ? RuntimeFlags.DOORBELL : 0)
                | (owner.has(ControlRecord.FEATURE_GATHER) ? RuntimeFlags.GATHER : 0);
    }

    private static Answer receiveControl(OpenContext context, int start) {
        if (!context.initialised()) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "receive control: context="
                            + context.number
                            + " is not initialised; give USER_INIT first");
        }
        if (!context.isSlave()) { // the driver says yes to slaves, and does nothing
            context.unit.receive(context.whole, start != 0);
        }
        return Answer.OK;
    }
}
