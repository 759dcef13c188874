package io.softpath.abi.psm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.UUID;

final class ConnectMessageTest {
    private static final UUID JOB = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    private static ConnectMessage message(int opcode, String host) {
        return new ConnectMessage(
                opcode,
                0x0201,
                0x0110,
                2,
                5,
                JOB,
                45,
                0x1234_5678,
                99,
                0xFFFF,
                0x500A,
                56,
                2048,
                host,
                opcode == SubOpcode.CONNECT_REPLY ? 0x0A0B_0C0D : 0,
                0x1020_3040);
    }

    private static MemorySegment dirty(int bytes) {
        MemorySegment s = MemorySegment.ofArray(new byte[bytes]);
        s.fill((byte) 0xA5);
        return s;
    }

    @Test
    void shouldLayOutARequest() {
        MemorySegment s = dirty(ConnectMessage.BYTES);
        message(SubOpcode.CONNECT_REQUEST, "box").write(s, 0);
        String hex = HexFormat.of().formatHex(s.asSlice(0, 100).toArray(JAVA_BYTE));
        assertEquals(
                "6000"
                        + "0201"
                        + "0110"
                        + "0000" // opcode, versions, phase
                        + "0200"
                        + "0500"
                        + "00000000" // class, service level
                        + "00112233445566778899aabbccddeeff" // job
                        + "00000000"
                        + "002d"
                        + "0000" // flags, result
                        + "78563412"
                        + "63000000"
                        + "ffff" // index, run, key
                        + "00".repeat(38)
                        + "500a"
                        + "0000"
                        + "3800"
                        + "0008" // features, header, MTU
                        + "626f7800", // host
                hex);
        assertEquals(
                "0000000040302010" + "00".repeat(24),
                HexFormat.of().formatHex(s.asSlice(224, 32).toArray(JAVA_BYTE)));
    }

    @Test
    void shouldReadWhatItWrites() {
        for (int opcode = SubOpcode.CONNECT_REQUEST; opcode <= SubOpcode.CONNECT_REPLY; opcode++) {
            MemorySegment s = dirty(ConnectMessage.BYTES);
            ConnectMessage message = message(opcode, "a host");
            message.write(s, 0);
            assertEquals(message, ConnectMessage.read(opcode, s, 0, ConnectMessage.BYTES));
        }
    }

    /** It leaves there what was in that memory. */
    @Test
    void shouldNotTakeWhatPsmLeavesBehindTheHostForAProcess() {
        MemorySegment s = dirty(ConnectMessage.BYTES);
        message(SubOpcode.CONNECT_REPLY, "a host").write(s, 0);
        s.set(JAVA_BYTE, 88, (byte) 0x40); // features without softpath's own
        ConnectMessage read =
                ConnectMessage.read(SubOpcode.CONNECT_REPLY, s, 0, ConnectMessage.BYTES);
        assertEquals(0x400A, read.features());
        assertEquals(0, read.ownRunId());
    }

    @Test
    void shouldKeepADisconnectShort() {
        MemorySegment s = dirty(ConnectMessage.BYTES);
        message(SubOpcode.DISCONNECT_REQUEST, "x").write(s, 0);
        assertEquals((byte) 0xA5, s.get(JAVA_BYTE, ConnectMessage.DISCONNECT_BYTES));
        ConnectMessage read =
                ConnectMessage.read(
                        SubOpcode.DISCONNECT_REQUEST, s, 0, ConnectMessage.DISCONNECT_BYTES);
        assertNotNull(read);
        assertEquals(JOB, read.job());
        assertEquals(0x1020_3040, read.connection());
        assertEquals(99, read.runId());
        assertEquals(
                "00".repeat(16) + "40302010" + "63000000" + "00".repeat(24),
                HexFormat.of()
                        .formatHex(
                                s.asSlice(32, ConnectMessage.DISCONNECT_BYTES - 32)
                                        .toArray(JAVA_BYTE)));
    }

    @Test
    void shouldCutALongHostName() {
        MemorySegment s = dirty(ConnectMessage.BYTES);
        message(SubOpcode.CONNECT_REPLY, "h".repeat(200)).write(s, 0);
        ConnectMessage read =
                ConnectMessage.read(SubOpcode.CONNECT_REPLY, s, 0, ConnectMessage.BYTES);
        assertEquals("h".repeat(127), read.host());
    }

    @Test
    void shouldReadNothingThatIsTooShort() {
        MemorySegment s = dirty(ConnectMessage.BYTES);
        assertNull(ConnectMessage.read(SubOpcode.CONNECT_REQUEST, s, 0, ConnectMessage.BYTES - 1));
        assertNull(ConnectMessage.read(SubOpcode.DISCONNECT_REPLY, s, 0, 79));
    }
}
