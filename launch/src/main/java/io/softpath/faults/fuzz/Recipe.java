package io.softpath.faults.fuzz;

import static io.softpath.abi.control.ControlRecord.ADMIN;
import static io.softpath.abi.control.ControlRecord.ADMIN_ARGUMENT;
import static io.softpath.abi.control.ControlRecord.ADMIN_BYTES;
import static io.softpath.abi.control.ControlRecord.ADMIN_OP;
import static io.softpath.abi.control.ControlRecord.ADMIN_UNIT;
import static io.softpath.abi.control.ControlRecord.DIRECT_CONTEXT;
import static io.softpath.abi.control.ControlRecord.DIRECT_GRANT;
import static io.softpath.abi.control.ControlRecord.DIRECT_GRANT_BYTES;
import static io.softpath.abi.control.ControlRecord.DIRECT_HANDLE;
import static io.softpath.abi.control.ControlRecord.DIRECT_LID;
import static io.softpath.abi.control.ControlRecord.DIRECT_MAP;
import static io.softpath.abi.control.ControlRecord.DIRECT_MAP_BYTES;
import static io.softpath.abi.control.ControlRecord.DIRECT_OPEN;
import static io.softpath.abi.control.ControlRecord.DIRECT_OPEN_BYTES;
import static io.softpath.abi.control.ControlRecord.DIRECT_SUBCONTEXT;
import static io.softpath.abi.control.ControlRecord.DOORBELL;
import static io.softpath.abi.control.ControlRecord.DOORBELL_BYTES;
import static io.softpath.abi.control.ControlRecord.DRIVER_FILE;
import static io.softpath.abi.control.ControlRecord.DRIVER_FILE_PATH;
import static io.softpath.abi.control.ControlRecord.DRIVER_FILE_PATH_BYTES;
import static io.softpath.abi.control.ControlRecord.FEATURES;
import static io.softpath.abi.control.ControlRecord.FEATURES_BYTES;
import static io.softpath.abi.control.ControlRecord.FEATURES_WANTED;
import static io.softpath.abi.control.ControlRecord.INSPECT;
import static io.softpath.abi.control.ControlRecord.INSPECT_BYTES;
import static io.softpath.abi.control.ControlRecord.INSPECT_START;
import static io.softpath.abi.control.ControlRecord.INSPECT_UNIT;
import static io.softpath.abi.control.ControlRecord.INSPECT_WHAT;
import static io.softpath.abi.control.ControlRecord.KIND;
import static io.softpath.abi.control.ControlRecord.MAX_REQUEST_BYTES;
import static io.softpath.abi.control.ControlRecord.MEM_BIND;
import static io.softpath.abi.control.ControlRecord.MEM_BIND_ADDRESS;
import static io.softpath.abi.control.ControlRecord.MEM_BIND_BYTES;
import static io.softpath.abi.control.ControlRecord.MEM_CREATE;
import static io.softpath.abi.control.ControlRecord.MEM_CREATE_BYTES_WITH_FLAGS;
import static io.softpath.abi.control.ControlRecord.MEM_CREATE_FLAGS;
import static io.softpath.abi.control.ControlRecord.MEM_CREATE_SIZE;
import static io.softpath.abi.control.ControlRecord.MEM_FREE;
import static io.softpath.abi.control.ControlRecord.MEM_FREE_BYTES;
import static io.softpath.abi.control.ControlRecord.MEM_HANDLE;
import static io.softpath.abi.control.ControlRecord.MIN_REQUEST_BYTES;
import static io.softpath.abi.control.ControlRecord.MMAP;
import static io.softpath.abi.control.ControlRecord.MMAP_BYTES;
import static io.softpath.abi.control.ControlRecord.MMAP_FLAGS;
import static io.softpath.abi.control.ControlRecord.MMAP_LENGTH;
import static io.softpath.abi.control.ControlRecord.MMAP_PROT;
import static io.softpath.abi.control.ControlRecord.MMAP_TOKEN;
import static io.softpath.abi.control.ControlRecord.MUNMAP;
import static io.softpath.abi.control.ControlRecord.MUNMAP_BYTES;
import static io.softpath.abi.control.ControlRecord.MUNMAP_LENGTH;
import static io.softpath.abi.control.ControlRecord.MUNMAP_TOKEN;
import static io.softpath.abi.control.ControlRecord.POLL;
import static io.softpath.abi.control.ControlRecord.POLL_BYTES;
import static io.softpath.abi.control.ControlRecord.POLL_EVENTS;
import static io.softpath.abi.control.ControlRecord.TAG;
import static io.softpath.abi.control.ControlRecord.WRITE;
import static io.softpath.abi.control.ControlRecord.WRITE_COMMAND;
import static io.softpath.abi.control.ControlRecord.WRITE_COUNT;
import static io.softpath.abi.control.ControlRecord.WRITE_DATA;
import static io.softpath.abi.control.ControlRecord.u32;

import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.register.StructField;
import io.softpath.error.Errno;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A request of the control protocol: which fields it has, and with what it may be refused, as
 * docs/control-protocol.md says; not as the daemon's code does.
 *
 * @param kind of the record
 * @param command of a WRITE; 0 in all others
 * @param bytes of a good one
 * @param refusable whether anything but being too short can be wrong with it
 */
record Recipe(
        String name,
        int kind,
        int command,
        int bytes,
        boolean refusable,
        List<Spot> fields,
        Set<Errno> errnos) {
    /** A field of the record, little-endian. */
    record Spot(String name, int offset, int bytes) {}

    private static final int NO_KIND = -1;
    private static final int UNKNOWN_KIND = -2;

    /** What is no request at all, with what it is answered. */
    static final Recipe NO_RECORD =
            new Recipe(
                    "NO_RECORD",
                    NO_KIND,
                    0,
                    0,
                    true,
                    List.of(),
                    Set.of(Errno.EINVAL, Errno.EMSGSIZE));

    /** A kind, or a command of WRITE, that does not exist. */
    static final Recipe UNKNOWN =
            new Recipe("UNKNOWN", UNKNOWN_KIND, 0, 0, true, List.of(), Set.of(Errno.EINVAL));

    static final List<Recipe> ALL = List.copyOf(all());

    private static List<Recipe> all() {
        List<Recipe> all = new ArrayList<>();
        commands(all);
        all.add(
                other(
                        "MMAP",
                        MMAP,
                        MMAP_BYTES,
                        List.of(
                                new Spot("token", MMAP_TOKEN, 8),
                                new Spot("length", MMAP_LENGTH, 8),
                                new Spot("prot", MMAP_PROT, 4),
                                new Spot("flags", MMAP_FLAGS, 4)),
                        Errno.EPERM,
                        Errno.ENOMEM,
                        Errno.EFAULT));
        all.add(
                other(
                        "MUNMAP",
                        MUNMAP,
                        MUNMAP_BYTES,
                        List.of(
                                new Spot("token", MUNMAP_TOKEN, 8),
                                new Spot("length", MUNMAP_LENGTH, 8))));
        all.add(other("POLL", POLL, POLL_BYTES, List.of(new Spot("events", POLL_EVENTS, 4))));
        all.add(
                other(
                        "FEATURES",
                        FEATURES,
                        FEATURES_BYTES,
                        List.of(new Spot("wanted", FEATURES_WANTED, 4))));
        all.add(
                other(
                        "INSPECT",
                        INSPECT,
                        INSPECT_BYTES,
                        List.of(
                                new Spot("what", INSPECT_WHAT, 4),
                                new Spot("unit", INSPECT_UNIT, 4),
                                new Spot("first", INSPECT_START, 4)),
                        Errno.ENODEV));
        all.add(
                new Recipe(
                        "DOORBELL", DOORBELL, 0, DOORBELL_BYTES, false, all(List.of()), Set.of()));
        all.add(
                other(
                        "ADMIN",
                        ADMIN,
                        ADMIN_BYTES,
                        List.of(
                                new Spot("op", ADMIN_OP, 4),
                                new Spot("unit", ADMIN_UNIT, 4),
                                new Spot("argument", ADMIN_ARGUMENT, 8)),
                        Errno.EPERM,
                        Errno.ENODEV));
        memory(all);
        return all;
    }

    private static void memory(List<Recipe> all) {
        Spot handle = new Spot("handle", MEM_HANDLE, 4);
        all.add(
                other(
                        "MEM_CREATE",
                        MEM_CREATE,
                        MEM_CREATE_BYTES_WITH_FLAGS,
                        List.of(
                                new Spot("bytes", MEM_CREATE_SIZE, 8),
                                new Spot("flags", MEM_CREATE_FLAGS, 4)),
                        Errno.ENOMEM,
                        Errno.ESRCH,
                        Errno.EMFILE,
                        Errno.ENFILE));
        all.add(
                other(
                        "MEM_BIND",
                        MEM_BIND,
                        MEM_BIND_BYTES,
                        List.of(handle, new Spot("address", MEM_BIND_ADDRESS, 8))));
        all.add(other("MEM_FREE", MEM_FREE, MEM_FREE_BYTES, List.of(handle)));
        all.add(
                other(
                        "DRIVER_FILE",
                        DRIVER_FILE,
                        DRIVER_FILE_PATH + 64,
                        List.of(
                                new Spot("pathBytes", DRIVER_FILE_PATH_BYTES, 4),
                                new Spot("path", DRIVER_FILE_PATH, 8)),
                        Errno.ENOENT,
                        Errno.ENOTDIR));
        all.add(direct("DIRECT_OPEN", DIRECT_OPEN, DIRECT_OPEN_BYTES, false, Errno.EBUSY));
        all.add(direct("DIRECT_GRANT", DIRECT_GRANT, DIRECT_GRANT_BYTES, true, Errno.EBUSY));
        all.add(direct("DIRECT_MAP", DIRECT_MAP, DIRECT_MAP_BYTES, true, Errno.EPERM));
    }

    private static Recipe direct(
            String name, int kind, int bytes, boolean hasHandle, Errno particular) {
        List<Spot> fields =
                new ArrayList<>(
                        List.of(
                                new Spot("lid", DIRECT_LID, 4),
                                new Spot("context", DIRECT_CONTEXT, 2),
                                new Spot("subcontext", DIRECT_SUBCONTEXT, 2)));
        if (hasHandle) {
            fields.add(new Spot("handle", DIRECT_HANDLE, 4));
        }
        return other(name, kind, bytes, fields, Errno.ENXIO, particular);
    }

    private static Recipe other(
            String name, int kind, int bytes, List<Spot> fields, Errno... beyondEinval) {
        boolean refusable = kind != POLL;
        return new Recipe(name, kind, 0, bytes, refusable, all(fields), errnos(beyondEinval));
    }

    private static void commands(List<Recipe> all) {
        for (Command command : Command.values()) {
            Errno[] errnos =
                    switch (command) {
                        case TID_UPDATE ->
                                new Errno[] {
                                    Errno.EFAULT,
                                    Errno.ENOMEM,
                                    Errno.ESRCH,
                                    Errno.EPERM,
                                    Errno.ENOSYS
                                };
                        case TID_FREE -> new Errno[] {Errno.EFAULT};
                        case SET_PART_KEY -> new Errno[] {Errno.EEXIST, Errno.EBUSY};
                        case ASSIGN_CONTEXT ->
                                new Errno[] {
                                    Errno.ENODEV,
                                    Errno.EBUSY,
                                    Errno.ENETDOWN,
                                    Errno.EIO,
                                    Errno.ENXIO
                                };
                        case USER_INIT ->
                                new Errno[] {
                                    Errno.ENOMEM, Errno.EMFILE, Errno.ENFILE, Errno.EIO, Errno.ESRCH
                                };
                        case DISARM_BUFS, ACK_EVENT -> new Errno[] {Errno.ENETDOWN};
                        default -> new Errno[0];
                    };
            int data = command == Command.TID_FREE ? TidInfo.BITMAP_BYTES : 0;
            all.add(
                    new Recipe(
                            command.name(),
                            WRITE,
                            command.code(),
                            WRITE_DATA + data,
                            true,
                            all(fieldsOf(command)),
                            errnos(errnos)));
        }
    }

    private static List<Spot> fieldsOf(Command command) {
        List<Spot> fields = new ArrayList<>();
        fields.add(new Spot("count", WRITE_COUNT, 4));
        fields.add(new Spot("type", WRITE_COMMAND + CommandRecord.TYPE, 4));
        int payload = WRITE_COMMAND + CommandRecord.PAYLOAD;
        List<StructField> layout =
                switch (command) {
                    case TID_UPDATE, TID_FREE -> TidInfo.LAYOUT;
                    case ASSIGN_CONTEXT, USER_INIT, OLD_USER_INIT -> UserInfo.LAYOUT;
                    default -> List.of();
                };
        for (StructField field : layout) {
            fields.add(new Spot(field.name(), payload + field.offset(), field.bytes()));
        }
        if (layout.isEmpty() && command.payloadBytes() > 0) {
            fields.add(new Spot("value", payload, command.payloadBytes()));
        }
        if (command == Command.TID_FREE) {
            fields.add(new Spot("bitmap", WRITE_DATA, 8));
        }
        return fields;
    }

    /** What all have, and what this one has. */
    private static List<Spot> all(List<Spot> particular) {
        List<Spot> all = new ArrayList<>();
        all.add(new Spot("kind", KIND, 4));
        all.add(new Spot("tag", TAG, 4));
        all.addAll(particular);
        return List.copyOf(all);
    }

    private static Set<Errno> errnos(Errno... beyondEinval) {
        List<Errno> all = new ArrayList<>(List.of(beyondEinval));
        all.add(Errno.EINVAL);
        return Set.copyOf(all);
    }

    /** Which one a record is by its own words, whatever it was meant to be. */
    static Recipe of(MemorySegment record, int length) {
        if (length < MIN_REQUEST_BYTES || length > MAX_REQUEST_BYTES) {
            return NO_RECORD;
        }
        int kind = ControlRecord.kind(record);
        int command =
                kind == WRITE && length >= WRITE_COMMAND + Integer.BYTES
                        ? u32(record, WRITE_COMMAND)
                        : 0;
        for (Recipe each : ALL) {
            if (each.kind == kind && each.command == command) {
                return each;
            }
        }
        return UNKNOWN;
    }

    /** Whether it has a kind and a tag to be answered with. */
    boolean isRecord() {
        return kind != NO_KIND;
    }

    /** Whether it is one that the driver of interface 1.13 has. */
    boolean exists() {
        Command known = Command.of(command);
        return kind != WRITE || known != null && known.accepted();
    }

    /** Whether such an answer may come after those to later requests. */
    boolean mayWait() {
        return kind == WRITE
                && (command == Command.ACK_EVENT.code()
                        || command == Command.DISARM_BUFS.code()
                        || command == Command.USER_INIT.code());
    }

    /** Whether an errno is one that the protocol says it can have. */
    boolean documents(Errno errno) {
        return errnos.contains(errno);
    }

    /** What WRITE returns when it worked. */
    boolean isSuccess(int result) {
        return kind != WRITE || result == Command.of(command).consumedBytes();
    }
}
