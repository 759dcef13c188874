package io.softpath.launch;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UserInfo;
import io.softpath.error.Errno;
import io.softpath.linux.Fd;
import io.softpath.linux.SeqPacketSocket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An open device file without the driver library: control records over a socket. It checks nothing
 * before it asks.
 */
final class RawFile implements AutoCloseable {
    private static final int REPLY_BYTES = ControlRecord.MAX_REPLY_BYTES;

    private final SeqPacketSocket socket;
    private final MemorySegment request =
            Arena.ofAuto().allocate(ControlRecord.MAX_REQUEST_BYTES, Long.BYTES);
    private final MemorySegment reply = Arena.ofAuto().allocate(REPLY_BYTES, Long.BYTES);
    private int tag;

    private RawFile(SeqPacketSocket socket) {
        this.socket = socket;
    }

    /**
     * What the daemon answered.
     *
     * @param fd the descriptor that came with it, or null
     * @param sentence why it was refused, in words; empty if it was not
     */
    record Answer(int result, MemorySegment payload, Fd fd, String sentence) {
        /** {@code ok}, or the name of the error. */
        String outcome() {
            return RawFile.outcome(result);
        }

        Answer orFail() {
            if (result < 0) {
                throw new AssertionError(outcome() + ": " + sentence);
            }
            return this;
        }

        /** Of TID_UPDATE. */
        int[] tids() {
            orFail();
            int[] tids = new int[(int) (payload.byteSize() - TidInfo.BITMAP_BYTES) / Short.BYTES];
            for (int i = 0; i < tids.length; i++) {
                long at = TidInfo.BITMAP_BYTES + (long) i * Short.BYTES;
                tids[i] = Short.toUnsignedInt(payload.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
            }
            return tids;
        }

        BaseInfo baseInfo() {
            orFail();
            return BaseInfo.read(payload, 0, (int) payload.byteSize());
        }

        ContextInfo contextInfo() {
            orFail();
            return ContextInfo.read(payload, 0);
        }
    }

    /** {@code ok}, or the name of the error, of a result in the kernel's convention. */
    static String outcome(long result) {
        return result >= 0 ? "ok" : Errno.of((int) -result).name();
    }

    /** Opens the node of a unit. */
    static RawFile open(Path directory, int unit) {
        return new RawFile(SeqPacketSocket.connect(directory.resolve("ipath" + unit)));
    }

    /** Opens the node that stands for any unit. */
    static RawFile openAny(Path directory) {
        return new RawFile(SeqPacketSocket.connect(directory.resolve("ipath")));
    }

    Answer assign() {
        return assign(UserInfo.unshared());
    }

    Answer assign(UserInfo user) {
        return command(Command.ASSIGN_CONTEXT, user);
    }

    Answer userInit() {
        return userInit(UserInfo.unshared());
    }

    Answer userInit(UserInfo user) {
        return command(Command.USER_INIT, user);
    }

    Answer contextInfo() {
        return write(Command.CTXT_INFO.code(), CommandRecord.BYTES);
    }

    private Answer command(Command command, UserInfo user) {
        start(command.code(), CommandRecord.BYTES);
        user.write(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        return call(ControlRecord.WRITE_COMMAND + CommandRecord.BYTES);
    }

    /**
     * A command of any code, without a payload, of which write(2) was given {@code count} bytes.
     */
    Answer write(int code, int count) {
        start(code, count);
        return call(ControlRecord.WRITE_COMMAND + CommandRecord.BYTES);
    }

    private void start(int code, int count) {
        request.fill((byte) 0);
        ControlRecord.write(request, ++tag);
        ControlRecord.putU32(request, ControlRecord.WRITE_COUNT, count);
        ControlRecord.putU32(request, ControlRecord.WRITE_COMMAND, code);
    }

    /** Asks for a mapping; the caller closes the descriptor. */
    Answer map(long token, long bytes, int protection, int flags) {
        return call(ControlRecord.mmap(request, ++tag, token, bytes, protection, flags));
    }

    /** Asks for memory that the chip can reach; the caller closes the descriptor. */
    Answer memCreate(long bytes) {
        return call(ControlRecord.memCreate(request, ++tag, bytes));
    }

    Answer memBind(int handle, long address) {
        return call(ControlRecord.memBind(request, ++tag, handle, address));
    }

    /** Asks for TIDs of pages from this address on. */
    Answer tidUpdate(long address, int pages) {
        start(Command.TID_UPDATE.code(), CommandRecord.BYTES);
        new TidInfo(pages, address, request.address(), request.address())
                .write(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        return call(ControlRecord.WRITE_COMMAND + CommandRecord.BYTES);
    }

    /** Gives TIDs back. */
    Answer tidFree(int... tids) {
        start(Command.TID_FREE.code(), CommandRecord.BYTES);
        new TidInfo(tids.length, 0, 0, request.address())
                .write(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        long bitmap = ControlRecord.WRITE_COMMAND + CommandRecord.BYTES;
        for (int tid : tids) {
            long at = bitmap + tid / Byte.SIZE;
            int bits = request.get(ValueLayout.JAVA_BYTE, at) | 1 << tid % Byte.SIZE;
            request.set(ValueLayout.JAVA_BYTE, at, (byte) bits);
        }
        return call((int) bitmap + TidInfo.BITMAP_BYTES);
    }

    private Answer call(int bytes) {
        socket.send(request, bytes);
        List<Fd> fds = new ArrayList<>(1);
        int length = socket.receive(reply, 1, fds);
        if (length < ControlRecord.REPLY_HEADER_BYTES || ControlRecord.tag(reply) != tag) {
            throw new AssertionError("no answer to request " + tag + ": length=" + length);
        }
        int result = ControlRecord.result(reply);
        MemorySegment payload =
                MemorySegment.ofArray(
                        reply.asSlice(
                                        ControlRecord.REPLY_PAYLOAD,
                                        ControlRecord.payloadBytes(reply))
                                .toArray(ValueLayout.JAVA_BYTE));
        return new Answer(
                result,
                payload,
                fds.isEmpty() ? null : fds.getFirst(),
                result < 0 ? ControlRecord.sentence(reply, length) : "");
    }

    @Override
    public void close() {
        socket.close();
    }
}
