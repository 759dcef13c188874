package io.softpath.abi.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.softpath.abi.register.NamedField;

import org.junit.jupiter.api.Test;

class LrhBthTest {
    @Test
    void shouldDecodeAnLrhInWireOrder() {
        long lrh = 0x3052_BEEF_020F_0102L; // vl 3, version 0, sl 5, a BTH follows
        assertEquals(3, Lrh.vl(lrh));
        assertEquals(5, Lrh.sl(lrh));
        assertEquals(Lrh.LNH_BTH, Lrh.lnh(lrh));
        assertEquals(0xBEEF, Lrh.dlid(lrh));
        assertEquals(527, Lrh.lengthDwords(lrh));
        assertEquals(0x0102, Lrh.slid(lrh));
        assertEquals(lrh, Lrh.of(3, 5, 0xBEEF, 527, 0x0102));
    }

    @Test
    void shouldSeeReservedBitsOfTheLength() {
        assertEquals(0x800F, Lrh.lengthDwords(0x0002_0002_800F_0001L));
    }

    @Test
    void shouldKeepNeighbouringFieldsOfAnLrh() {
        for (NamedField named : Lrh.FIELDS) {
            assertEquals(~named.field().mask(), named.field().set(-1L, 0), named.name());
        }
    }

    @Test
    void shouldRefuseAnLrhThatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> Lrh.of(16, 0, 1, 15, 1));
        assertThrows(IllegalArgumentException.class, () -> Lrh.of(0, 16, 1, 15, 1));
        assertThrows(IllegalArgumentException.class, () -> Lrh.of(0, 0, 0x10000, 15, 1));
        assertThrows(IllegalArgumentException.class, () -> Lrh.of(0, 0, 1, 0x10000, 1));
        assertThrows(IllegalArgumentException.class, () -> Lrh.of(0, 0, 1, 15, -1));
    }

    @Test
    void shouldCodeABthInWireOrder() {
        assertEquals(0xC030_8001, Bth.bth0(0xC0, 3, 0x8001));
        assertEquals(0xC0, Bth.opcode(0xC030_8001));
        assertEquals(3, Bth.padBytes(0xC030_8001));
        assertEquals(0x8001, Bth.pkey(0xC030_8001));
        assertEquals(0x0065_6B78, Bth.bth1(0x656B78));
        assertEquals(0x656B78, Bth.qp(0xC065_6B78));
        assertEquals(0x00AB_CDEF, Bth.bth2(0xABCDEF));
        assertEquals(0xABCDEF, Bth.psn(0x80AB_CDEF));
    }

    @Test
    void shouldRefuseABthThatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> Bth.bth0(0x100, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> Bth.bth0(0xC0, 4, 1));
        assertThrows(IllegalArgumentException.class, () -> Bth.bth0(0xC0, 0, 0x10000));
        assertThrows(IllegalArgumentException.class, () -> Bth.bth1(1 << 24));
        assertThrows(IllegalArgumentException.class, () -> Bth.bth2(-1));
    }
}
