package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

final class MessageClassTest {
    /** The first packets of a message say how the rest of it comes. */
    @ParameterizedTest
    @Fidelity(68)
    @CsvSource({
        "0, false, false, TINY",
        "8, false, false, TINY",
        "9, false, false, SHORT",
        "2048, false, false, SHORT",
        "2049, false, false, LONG DATA",
        "4097, false, false, LONG DATA DATA",
        "64001, false, false, RTS CTS_EGR DATA_REQ",
        "0, true, false, RTS CTS_EGR",
        "9, true, true, RTS CTS_EGR DATA_REQ",
        "64000, false, true, LONG DATA",
        "64001, false, true, RTS grant exptid",
        "4096, true, true, RTS grant exptid",
    })
    void shouldUseThePacketsOfItsClass(
            int bytes, boolean synchronous, boolean pinned, String expected) {
        SimWorld world = new SimWorld(1, Trouble.NONE);
        SimNode from = world.add();
        SimNode to = world.add();
        world.connectAll();
        List<String> seen = new ArrayList<>();
        world.links().tap((sender, receiver, header, payload) -> seen.add(name(header)));
        MemorySegment room = pinned ? to.tids().pin(bytes) : MemorySegment.ofArray(new byte[bytes]);
        Request receive = to.engine().receive(1, -1, room, 0, bytes, null, null);
        MemorySegment message = MemorySegment.ofArray(new byte[bytes]);
        from.engine().send(SimWorld.peer(from, to), 1, message, 0, bytes, synchronous, null, null);
        world.await("received", receive::isComplete);

        seen.removeIf(String::isEmpty);
        String said = String.join(" ", seen);
        assertTrue(said.startsWith(expected), said);
        assertEquals(bytes, receive.bytes());
    }

    private static String name(MemorySegment header) {
        return switch (MessageHeader.subOpcode(header, 0)) {
            case SubOpcode.TIDS_GRANT -> "grant";
            case SubOpcode.MQ_EXPTID -> "exptid";
            case SubOpcode.MQ_HDR, SubOpcode.MQ_CTRL ->
                    switch (MqClass.of(MessageHeader.mqHdr(header, 0))) {
                        case MqClass.TINY -> "TINY";
                        case MqClass.SHORT -> "SHORT";
                        case MqClass.LONG -> "LONG";
                        case MqClass.DATA -> "DATA";
                        case MqClass.RTS -> "RTS";
                        case MqClass.CTS_EGR -> "CTS_EGR";
                        case MqClass.DATA_REQ -> "DATA_REQ";
                        default -> "another";
                    };
            default -> "";
        };
    }
}
