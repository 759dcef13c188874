package io.softpath.faults.fuzz;

import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UserInfo;
import io.softpath.linux.MappedMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Writes requests as somebody would who wants something, so that most of them could succeed. */
final class RequestWriter {
    /** No process has anything mapped below; the addresses of MEM_BIND are keys only. */
    private static final int LOW_PAGES = 15;

    private static final int PAYLOAD = ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD;
    private static final int MOST_BYTES = 64 << 10;
    private static final int SHARED_IDS = 3;
    private static final List<String> PATHS =
            List.of(
                    "/sys/class/infiniband/qib0/nctxts",
                    "/sys/class/infiniband/qib0/ports/1/lid",
                    "/ipathfs/0/counters",
                    "/ipathfs/driver_stats",
                    "/ipathfs/",
                    "/sys/class/infiniband/qib0/nctxts/",
                    "/sys/../etc/passwd",
                    "/",
                    "");

    private final Dice dice;

    /** Pages that a TID_UPDATE may begin with, and those that it may reach from there. */
    private static final int FIRST_PAGES = 16;

    private static final int MOST_TIDS = 512;

    /** Ordinary memory that the chip may spoil. */
    private final MemorySegment sacrifice;

    RequestWriter(Dice dice, Arena arena) {
        this.dice = dice;
        sacrifice =
                arena.allocate(
                        (FIRST_PAGES + MOST_TIDS) * MappedMemory.PAGE_BYTES,
                        MappedMemory.PAGE_BYTES);
    }

    /** Writes one that is meant well and returns its length. */
    int write(Recipe recipe, HostileFile file) {
        MemorySegment out = file.request();
        out.asSlice(0, recipe.bytes()).fill((byte) 0);
        int tag = file.nextTag();
        if (recipe.kind() == ControlRecord.WRITE) {
            return command(Command.of(recipe.command()), file, tag);
        }
        return switch (recipe.kind()) {
            case ControlRecord.MMAP -> map(file, tag);
            case ControlRecord.MUNMAP ->
                    ControlRecord.munmap(out, tag, file.knowledge.token(dice), pages());
            case ControlRecord.POLL -> ControlRecord.poll(out, tag, 1);
            case ControlRecord.FEATURES -> ControlRecord.features(out, tag, dice.below(8));
            case ControlRecord.INSPECT ->
                    ControlRecord.inspect(
                            out,
                            tag,
                            1 + dice.below(11),
                            dice.below(Machine.UNITS + 1) - 1,
                            dice.below(4));
            case ControlRecord.DOORBELL -> ControlRecord.doorbell(out, tag);
            case ControlRecord.ADMIN ->
                    ControlRecord.admin(
                            out, tag, 1 + dice.below(7), Machine.PLAYGROUND, dice.below(32));
            case ControlRecord.MEM_CREATE ->
                    ControlRecord.memCreate(out, tag, 1 + dice.below(MOST_BYTES), dice.below(2));
            case ControlRecord.MEM_BIND ->
                    ControlRecord.memBind(out, tag, file.knowledge.handle(dice), lowPage());
            case ControlRecord.MEM_FREE ->
                    ControlRecord.memFree(out, tag, file.knowledge.handle(dice));
            case ControlRecord.DRIVER_FILE -> driverFile(out, tag);
            default -> direct(recipe.kind(), file, tag);
        };
    }

    private int driverFile(MemorySegment out, int tag) {
        out.asSlice(0, ControlRecord.DRIVER_FILE_PATH + 64).fill((byte) 0);
        return ControlRecord.driverFile(out, tag, dice.of(PATHS));
    }

    private int map(HostileFile file, int tag) {
        return ControlRecord.mmap(
                file.request(),
                tag,
                file.knowledge.token(dice),
                pages(),
                dice.below(4),
                ControlRecord.MAP_SHARED);
    }

    private int direct(int kind, HostileFile file, int tag) {
        int lid = 1 + dice.below(Machine.UNITS);
        int context = dice.below(6);
        int subcontext = dice.oneIn(6) ? 1 : 0;
        MemorySegment out = file.request();
        return switch (kind) {
            case ControlRecord.DIRECT_OPEN ->
                    ControlRecord.directOpen(out, tag, lid, context, subcontext);
            case ControlRecord.DIRECT_GRANT ->
                    ControlRecord.directGrant(
                            out, tag, lid, context, subcontext, file.knowledge.handle(dice));
            case ControlRecord.DIRECT_MAP ->
                    ControlRecord.directMap(
                            out, tag, lid, context, subcontext, file.knowledge.handle(dice));
            default -> throw new IllegalStateException("no writer for kind=" + kind);
        };
    }

    private long pages() {
        return MappedMemory.PAGE_BYTES * (1 + dice.below(3));
    }

    private long lowPage() {
        return MappedMemory.PAGE_BYTES * dice.below(LOW_PAGES + 1);
    }

    private int command(Command command, HostileFile file, int tag) {
        MemorySegment out = file.request();
        CommandRecord.start(out, ControlRecord.WRITE_COMMAND, command);
        switch (command) {
            case ASSIGN_CONTEXT, USER_INIT, OLD_USER_INIT ->
                    userInfo(dice.oneIn(4)).write(out, PAYLOAD);
            case TID_UPDATE, TID_FREE -> tidInfo().write(out, PAYLOAD);
            case SET_PART_KEY -> CommandRecord.putU16(out, ControlRecord.WRITE_COMMAND, pkey());
            case RECV_CTRL, ARMLAUNCH_CTRL, POLL_TYPE ->
                    CommandRecord.putU16(out, ControlRecord.WRITE_COMMAND, dice.below(2));
            case ACK_EVENT ->
                    CommandRecord.putU64(out, ControlRecord.WRITE_COMMAND, dice.below(64));
            default -> {
                // It has no payload, or one that is an address.
            }
        }
        int length = ControlRecord.write(out, tag);
        if (command == Command.TID_FREE) {
            ControlRecord.putU64(out, ControlRecord.WRITE_DATA, dice.any());
            return length + TidInfo.BITMAP_BYTES;
        }
        return length;
    }

    private int pkey() {
        return dice.oneIn(2) ? 0xFFFF : 0x8001 + dice.below(8);
    }

    private UserInfo userInfo(boolean shared) {
        return new UserInfo(
                AbiVersion.USER,
                0,
                BaseInfo.BYTES,
                dice.below(2),
                shared ? 1 + dice.below(4) : 0,
                shared ? dice.below(SHARED_IDS) : 0,
                0,
                0);
    }

    private TidInfo tidInfo() {
        boolean ordinary = dice.oneIn(4);
        long address =
                ordinary
                        ? sacrifice.address() + MappedMemory.PAGE_BYTES * dice.below(FIRST_PAGES)
                        : lowPage() + dice.below(64);
        return new TidInfo(1 + dice.below(6), address, 4096, 8192);
    }

    /**
     * The chip writes wherever a client says that it has memory. In the daemon's process, which is
     * ours too, that must be nowhere else than where there is nothing, or nothing of worth.
     */
    void keepAway(MemorySegment record, int length) {
        if (Recipe.of(record, length).command() != Command.TID_UPDATE.code()) {
            return;
        }
        int at = PAYLOAD + Long.BYTES;
        if (length < at + Long.BYTES) {
            record.asSlice(length, at + Long.BYTES - length).fill((byte) 0);
        }
        long address = ControlRecord.u64(record, at);
        boolean spared =
                address < 0
                        || address >= 1L << 47
                        || address >= sacrifice.address()
                                && address
                                        < sacrifice.address()
                                                + FIRST_PAGES * MappedMemory.PAGE_BYTES;
        if (!spared) {
            ControlRecord.putU64(record, at, address & 0xFFFF);
        }
    }
}
