package io.softpath.abi.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Dirty;
import io.softpath.abi.register.StructField;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;

class StructTest {
    private static final BaseInfo BASE =
            BaseInfo.builder()
                    .hwVersion(0x0201_0502)
                    .swVersion(AbiVersion.DRIVER)
                    .context(3)
                    .subcontext(0)
                    .mtu(2176)
                    .piosize(2168)
                    .tidcnt(512)
                    .tidegrcnt(1024)
                    .rcvhdrentSize(32)
                    .rcvhdrCnt(2048)
                    .runtimeFlags(0x182)
                    .rcvhdrBase(0x10_3300_0000L)
                    .rcvEgrbufs(0x10_3200_0000L)
                    .rcvEgrbufsize(2048)
                    .qpair(0x656B78)
                    .uregbase(0x23_0000)
                    .tidMaxsize(4096)
                    .pioalign(4096)
                    .pioindex(16)
                    .piocnt(8)
                    .piobufbase(0x11_0000)
                    .pioavailaddr(0x10_0500_0000L)
                    .status(0x10_0500_00B0L)
                    .ncontexts(17)
                    .unit(1)
                    .port(1)
                    .rcvEgrperchunk(16)
                    .rcvEgrchunksize(32768)
                    .rcvEgrbuftotlen(2097152)
                    .rhfOffset(30)
                    .rcvhdrTailaddr(0)
                    .subctxtUregbase(0x0A)
                    .subctxtRcvegrbuf(0x0B)
                    .subctxtRcvhdrBase(0x0C)
                    .sendbufStatus(0x10_3600_0000L)
                    .build();

    private static final String BASE_BYTES =
            """
            02050102 0d000180 0300 0000 80080000 78080000 00020000 00040000
            20000000 00080000 82010000 0000003310000000 0000003210000000 00080000
            786b6500 0000230000000000 00100000 00100000 10000000 08000000
            0000110000000000 0000000510000000 b000000510000000 11000000 0100 0100
            10000000 00800000 00002000 1e000000 0000000000000000
            0a00000000000000 0b00000000000000 0c00000000000000 0000003610000000
            """;

    @Test
    void shouldWriteBaseInfoAt113() {
        MemorySegment s = Dirty.segment(192);
        BASE.write(s, 8);
        assertEquals(Dirty.dirt(8) + Dirty.strip(BASE_BYTES) + Dirty.dirt(8), Dirty.hex(s));
        assertEquals(176, BaseInfo.BYTES);
        assertEquals(120, BaseInfo.MIN_UNSHARED);
        assertEquals(176, BaseInfo.LAYOUT.stream().mapToInt(StructField::bytes).sum());
    }

    @Test
    void shouldReadBaseInfoWholeOrCut() {
        MemorySegment s = Dirty.ofHex(Dirty.dirt(4) + BASE_BYTES);
        assertEquals(BASE, BaseInfo.read(s, 4));
        assertEquals(BASE, BaseInfo.read(s, 4, 176));
        BaseInfo cut = BaseInfo.read(s, 4, 120);
        assertEquals(1, cut.port());
        assertEquals(0, cut.rcvEgrperchunk());
        assertEquals(0, cut.sendbufStatus());
        String message =
                assertThrows(IllegalArgumentException.class, () -> BaseInfo.read(s, 4, 119))
                        .getMessage();
        assertTrue(message.contains("length=119 min=120 full=176"), message);
    }

    @Test
    void shouldCodeUserInfo() {
        UserInfo info =
                new UserInfo(
                        AbiVersion.USER, 0x01020304, 176, 1, 2, 0xBEEF, 1, 0x1122334455667788L);
        MemorySegment s = Dirty.segment(48);
        info.write(s, 8);
        String golden = "0d000100 04030201 b0000000 01000000 0200 efbe 01000000 8877665544332211";
        assertEquals(Dirty.dirt(8) + Dirty.strip(golden) + Dirty.dirt(8), Dirty.hex(s));
        assertEquals(info, UserInfo.read(s, 8));
        assertEquals(1, info.major());
        assertEquals(13, info.minor());
        assertEquals(UserInfo.unshared(), new UserInfo(0x1000D, 0, 176, 0, 0, 0, 0, 0));
    }

    @Test
    void shouldCodeContextInfo() {
        ContextInfo info = new ContextInfo(2, 1, 1, 3, 0, 16, 0, ContextInfo.NO_CPU);
        MemorySegment s = Dirty.segment(32);
        info.write(s, 8);
        String golden = "0200 0100 0100 0300 0000 1000 0000 ffff";
        assertEquals(Dirty.dirt(8) + Dirty.strip(golden) + Dirty.dirt(8), Dirty.hex(s));
        assertEquals(info, ContextInfo.read(s, 8));
    }

    @Test
    void shouldCodeTidInfo() {
        TidInfo info = new TidInfo(5, 0x1000, 0x2000, 0x3000);
        MemorySegment s = Dirty.segment(48);
        info.write(s, 8);
        String golden = "05000000 00000000 0010000000000000 0020000000000000 0030000000000000";
        assertEquals(Dirty.dirt(8) + Dirty.strip(golden) + Dirty.dirt(8), Dirty.hex(s));
        assertEquals(info, TidInfo.read(s, 8));
    }

    @Test
    void shouldNameTheFieldThatDoesNotFit() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new ContextInfo(1, 0x10000, 1, 1, 0, 1, 0, 0))
                        .getMessage();
        assertTrue(message.contains("struct=ContextInfo unit=65536 max=65535"), message);
        assertThrows(IllegalArgumentException.class, () -> BaseInfo.builder().context(-1).build());
        assertThrows(
                IllegalArgumentException.class, () -> new UserInfo(0, 0, 0, 0, 0, 0x10000, 0, 0));
    }

    @Test
    void shouldBringBackEachInspectRecord() {
        UnitRecord unit =
                new UnitRecord(
                        1,
                        17,
                        16,
                        15,
                        0xFFFE,
                        3,
                        1,
                        4,
                        1,
                        0xE1,
                        1L << 35,
                        0x02010502,
                        4242,
                        1700000000000L,
                        144,
                        6,
                        "IBA7220",
                        0x182);
        MemorySegment s = Dirty.segment(UnitRecord.BYTES);
        unit.write(s, 0);
        assertEquals(unit, UnitRecord.read(s, 0));

        ContextRecord context =
                new ContextRecord(
                        1,
                        3,
                        2,
                        -2,
                        100,
                        4243,
                        4,
                        3,
                        16,
                        8,
                        3,
                        1L << 33,
                        5,
                        6,
                        64,
                        96,
                        1,
                        2,
                        1700000000001L,
                        0xFFFFL,
                        9,
                        1);
        s = Dirty.segment(ContextRecord.BYTES);
        context.write(s, 0);
        assertEquals(context, ContextRecord.read(s, 0));

        VmaRecord vma =
                new VmaRecord(
                        1,
                        -1,
                        5,
                        4243,
                        1000,
                        1,
                        0x10_0500_0000L,
                        4096,
                        1,
                        0x17,
                        1700000000002L,
                        4096,
                        1);
        s = Dirty.segment(VmaRecord.BYTES);
        vma.write(s, 0);
        assertEquals(vma, VmaRecord.read(s, 0));

        PinRecord pin =
                new PinRecord(
                        1, 3, 4243, 1000, 7, 1, 1L << 40, 8192, 5, 2, 1, 8L << 20, 4096, 8192);
        s = Dirty.segment(PinRecord.BYTES);
        pin.write(s, 0);
        assertEquals(pin, PinRecord.read(s, 0));

        TidRecord tid = new TidRecord(1, 3, 511, 7, 1, 2, 1L << 40, 1700000000003L);
        s = Dirty.segment(TidRecord.BYTES);
        tid.write(s, 0);
        assertEquals(tid, TidRecord.read(s, 0));

        RegisterRecord register = new RegisterRecord("rcvhdrtail", -1L, 1, 3);
        s = Dirty.segment(64);
        register.write(s, 8);
        assertEquals(register, RegisterRecord.read(s, 8));
        assertEquals(Dirty.dirt(8) + "726376686472", Dirty.hex(s).substring(0, 28));
        assertEquals(Dirty.dirt(8), Dirty.hex(s).substring(112));
    }

    @Test
    void shouldCutLongNamesBetweenCharacters() {
        MemorySegment s = Dirty.segment(48);
        new RegisterRecord("x" + "ü".repeat(20), 1, 0, 0).write(s, 0);
        assertEquals("x" + "ü".repeat(15), RegisterRecord.read(s, 0).name());
        new RegisterRecord("y".repeat(40), 1, 0, 0).write(s, 0);
        assertEquals("y".repeat(32), RegisterRecord.read(s, 0).name());
    }

    @Test
    void shouldHoldManyRecordsInAReply() {
        for (int bytes :
                List.of(
                        UnitRecord.BYTES,
                        ContextRecord.BYTES,
                        VmaRecord.BYTES,
                        PinRecord.BYTES,
                        TidRecord.BYTES,
                        RegisterRecord.BYTES)) {
            assertEquals(0, bytes % 8);
            assertTrue(
                    18 * bytes <= ControlRecord.MAX_REPLY_BYTES - ControlRecord.REPLY_HEADER_BYTES);
        }
    }
}
