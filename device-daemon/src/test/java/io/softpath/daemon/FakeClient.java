package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UserInfo;
import io.softpath.linux.Fd;
import io.softpath.linux.SeqPacketSocket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A client in the daemon's own thread: it sends a request, lets the daemon work, and takes what
 * comes back. No library stands between the test and the bytes.
 */
public final class FakeClient implements AutoCloseable {
    private static final int PATIENCE_CYCLES = 200;

    private final Daemon daemon;
    private final SeqPacketSocket socket;
    private final MemorySegment out = Arena.ofAuto().allocate(16384, 8);
    private final MemorySegment in = Arena.ofAuto().allocate(ControlRecord.MAX_REPLY_BYTES, 8);
    private int tag = 100;

    /** What came back: a reply or an interrupt. */
    public record Reply(int kind, int tag, int result, byte[] payload, List<Fd> files) {
        /** The errno of a refusal, as a positive number; 0 if it is none. */
        public int errno() {
            return result < 0 ? -result : 0;
        }

        public String sentence() {
            return new String(payload, java.nio.charset.StandardCharsets.UTF_8);
        }

        public MemorySegment segment() {
            return MemorySegment.ofArray(payload);
        }

        /** The one descriptor that came along. */
        public Fd file() {
            assertEquals(1, files.size(), "descriptors in the reply");
            return files.getFirst();
        }
    }

    public FakeClient(Daemon daemon, Path node) {
        this.daemon = daemon;
        socket = SeqPacketSocket.connect(node);
        daemon.doWork();
    }

    /** A client of unit 0. */
    public static FakeClient open(Daemon daemon) {
        return new FakeClient(daemon, daemon.directory().node(0));
    }

    /** Sends the first {@code length} bytes of {@link #request} as they are. */
    public void send(int length) {
        socket.send(out, length);
    }

    /** False if the daemon's queue of this client is full. */
    public boolean trySend(int length) {
        return socket.trySend(out, length);
    }

    /** The bytes of the next request. */
    public MemorySegment request() {
        return out;
    }

    /** Lets the daemon work until something arrives; null if nothing does. */
    public Reply receive() {
        for (int i = 0; i < PATIENCE_CYCLES; i++) {
            daemon.doWork();
            Reply reply = tryReceive();
            if (reply != null) {
                return reply;
            }
        }
        return null;
    }

    /** What has arrived already, or null. */
    public Reply tryReceive() {
        List<Fd> files = new ArrayList<>();
        int length = socket.tryReceive(in, 4, files);
        if (length == SeqPacketSocket.WOULD_BLOCK) {
            return null;
        }
        if (length == SeqPacketSocket.END) {
            return new Reply(-1, -1, -1, new byte[0], files);
        }
        return new Reply(
                ControlRecord.kind(in),
                ControlRecord.tag(in),
                ControlRecord.result(in),
                in.asSlice(ControlRecord.REPLY_PAYLOAD, ControlRecord.payloadBytes(in))
                        .toArray(ValueLayout.JAVA_BYTE),
                files);
    }

    /** Whether the daemon has closed the connection. */
    public boolean hungUp() {
        for (int i = 0; i < PATIENCE_CYCLES; i++) {
            daemon.doWork();
            Reply reply = tryReceive();
            while (reply != null) {
                if (reply.kind() == -1) {
                    return true;
                }
                reply = tryReceive();
            }
        }
        return false;
    }

    private Reply exchange(int length) {
        send(length);
        Reply reply = receive();
        if (reply == null) {
            throw new AssertionError("no answer to kind=" + ControlRecord.kind(out));
        }
        assertEquals(
                ControlRecord.kind(out) | ControlRecord.REPLY, reply.kind(), "kind of the reply");
        assertEquals(ControlRecord.tag(out), reply.tag(), "tag of the reply");
        return reply;
    }

    /** The command block of the next {@link #write}. */
    public MemorySegment block() {
        return out.asSlice(ControlRecord.WRITE_COMMAND, CommandRecord.BYTES);
    }

    /** Gives what is in {@link #block} as write(2) of {@code count} bytes. */
    public Reply write(int count) {
        ControlRecord.start(out, ControlRecord.WRITE, ++tag);
        ControlRecord.putU32(out, ControlRecord.WRITE_COUNT, count);
        ControlRecord.putU32(out, ControlRecord.WRITE_COUNT + 4, 0);
        return exchange(ControlRecord.WRITE_COMMAND + CommandRecord.BYTES);
    }

    public void startCommand(Command command) {
        CommandRecord.start(out, ControlRecord.WRITE_COMMAND, command);
    }

    /** Gives a command without payload. */
    public Reply command(Command command) {
        startCommand(command);
        return write(CommandRecord.BYTES);
    }

    /** Gives a command whose payload is a number. */
    public Reply command(Command command, long value) {
        startCommand(command);
        CommandRecord.putU64(block(), 0, value);
        return write(CommandRecord.BYTES);
    }

    /** Asks for TIDs of pages. */
    public Reply tidUpdate(TidInfo info) {
        startCommand(Command.TID_UPDATE);
        info.write(block(), CommandRecord.PAYLOAD);
        return write(CommandRecord.BYTES);
    }

    /** Gives back the TIDs of a bitmap. */
    public Reply tidFree(byte[] bitmap) {
        startCommand(Command.TID_FREE);
        MemorySegment.copy(
                bitmap, 0, out, ValueLayout.JAVA_BYTE, ControlRecord.WRITE_DATA, bitmap.length);
        ControlRecord.write(out, ++tag);
        return exchange(ControlRecord.WRITE_DATA + bitmap.length);
    }

    public Reply command(Command command, UserInfo info) {
        startCommand(command);
        info.write(block(), CommandRecord.PAYLOAD);
        return write(CommandRecord.BYTES);
    }

    public static UserInfo userInfo(int version, int baseInfoBytes, int subcontexts, int port) {
        return new UserInfo(version, 0, baseInfoBytes, 0, subcontexts, 0, port, 0);
    }

    /** What a process asks for that shares its context with others. */
    public static UserInfo shared(int subcontexts, int id) {
        return new UserInfo(AbiVersion.USER, 0, BaseInfo.BYTES, 0, subcontexts, id, 0, 0);
    }

    public static UserInfo userInfo() {
        return userInfo(AbiVersion.USER, BaseInfo.BYTES, 0, 0);
    }

    public Reply assign() {
        return command(Command.ASSIGN_CONTEXT, userInfo());
    }

    public Reply userInit() {
        return command(Command.USER_INIT, userInfo());
    }

    /** Gives USER_INIT without waiting for the answer. */
    public void sendUserInit() {
        startCommand(Command.USER_INIT);
        userInfo().write(block(), CommandRecord.PAYLOAD);
        send(ControlRecord.write(out, ++tag));
    }

    /** Assigns and initialises; both must succeed. */
    public BaseInfo start() {
        assertEquals(36, assign().result(), "assign");
        Reply reply = userInit();
        assertEquals(36, reply.result(), reply.sentence());
        return BaseInfo.read(reply.segment(), 0);
    }

    public Reply map(long token, long length, int prot, int flags) {
        return exchange(ControlRecord.mmap(out, ++tag, token, length, prot, flags));
    }

    public Reply unmap(long token, long length) {
        return exchange(ControlRecord.munmap(out, ++tag, token, length));
    }

    /** Asks for memory that the chip can reach. */
    public Reply memCreate(long bytes) {
        return exchange(ControlRecord.memCreate(out, ++tag, bytes));
    }

    public Reply memBind(int handle, long address) {
        return exchange(ControlRecord.memBind(out, ++tag, handle, address));
    }

    public Reply memFree(int handle) {
        return exchange(ControlRecord.memFree(out, ++tag, handle));
    }

    public Reply poll() {
        return exchange(ControlRecord.poll(out, ++tag, 1));
    }

    public Reply features(int wanted) {
        return exchange(ControlRecord.features(out, ++tag, wanted));
    }

    public Reply inspect(int what, int unit, int start) {
        return exchange(ControlRecord.inspect(out, ++tag, what, unit, start));
    }

    public Reply driverFile(String path) {
        return exchange(ControlRecord.driverFile(out, ++tag, path));
    }

    public Reply admin(int op, int unit, long argument) {
        return exchange(ControlRecord.admin(out, ++tag, op, unit, argument));
    }

    /** Sends a request without waiting for an answer. */
    public void sendCommand(Command command, long value) {
        startCommand(command);
        CommandRecord.putU64(block(), 0, value);
        send(ControlRecord.write(out, ++tag));
    }

    public SeqPacketSocket socket() {
        return socket;
    }

    /** Goes away, as a killed process does, and lets the daemon notice. */
    @Override
    public void close() {
        socket.close();
        for (int i = 0; i < 3; i++) {
            daemon.doWork();
        }
    }
}
