package io.softpath.abi.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Dirty;
import io.softpath.abi.register.NamedField;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;

class RhfTest {
    @Test
    void shouldDecodeEagerPacket() {
        long rhf = 0x0000_010d_8005_0810L; // header at dword 16, seq 13, eager buffer 5, 16 dwords
        assertEquals(64, Rhf.lengthBytes(rhf));
        assertEquals(16, Rhf.lengthDwords(rhf));
        assertEquals(Rhf.TYPE_EAGER, Rhf.rcvType(rhf));
        assertEquals(5, Rhf.egrIndex(rhf));
        assertTrue(Rhf.usesEgrBuffer(rhf));
        assertEquals(13, Rhf.seq(rhf));
        assertEquals(16, Rhf.hdrqOffsetDwords(rhf));
        assertEquals(0, Rhf.errors(rhf));
        assertEquals(rhf, Rhf.of(16, Rhf.TYPE_EAGER, 5, true, 13, 16, 0));
    }

    @Test
    void shouldDecodeAPacketWithErrors() {
        long rhf = Rhf.of(15, Rhf.TYPE_EAGER, 0xFFF, false, 1, 16, Rhf.TIDERR | Rhf.ICRCERR);
        assertEquals(0x8200_0101_0FFF_080FL, rhf);
        assertEquals(0x8200_0000_0000_0000L, Rhf.errors(rhf));
        assertEquals(List.of("TIDERR", "ICRCERR"), Rhf.errorNames(rhf));
        assertFalse(Rhf.usesEgrBuffer(rhf));
    }

    @Test
    void shouldHaveTheChipsErrorBits() {
        assertEquals(0xFFE0_0000_0000_0000L, Rhf.ERROR_MASK);
        assertEquals(Rhf.ERROR_MASK, Rhf.ERRORS.mask());
        assertEquals(
                List.of(
                        "TFSEQERR",
                        "TFGENERR",
                        "IBERR",
                        "MKERR",
                        "TIDERR",
                        "KHDRERR",
                        "MTUERR",
                        "LENERR",
                        "PARITYERR",
                        "VCRCERR",
                        "ICRCERR"),
                Rhf.errorNames(-1L));
        assertEquals(List.of("KHDRERR"), Rhf.errorNames(1L << (32 + 26)));
        assertEquals(List.of("LENERR"), Rhf.errorNames(1L << (32 + 28)));
    }

    @Test
    void shouldKeepNeighbouringFieldsWhenOneIsSet() {
        assertEquals(~(15L << 32), Rhf.SEQ.set(~0L, 0));
        for (NamedField named : Rhf.FIELDS) {
            assertEquals(~named.field().mask(), named.field().set(-1L, 0), named.name());
        }
    }

    @Test
    void shouldCountSequencesFrom1To13AndAgain() {
        assertEquals(1, Rhf.nextSeq(0));
        assertEquals(2, Rhf.nextSeq(1));
        assertEquals(13, Rhf.nextSeq(12));
        assertEquals(1, Rhf.nextSeq(13));
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> Rhf.of(2048, 0, 0, false, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Rhf.of(15, 8, 0, false, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Rhf.of(15, 0, 4096, false, 1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Rhf.of(15, 0, 0, false, 16, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Rhf.of(15, 0, 0, false, 1, 2048, 0));
        String message =
                assertThrows(IllegalArgumentException.class, () -> Rhf.of(15, 0, 0, false, 1, 0, 1))
                        .getMessage();
        assertTrue(message.contains("errorBits=0x1 mask=0xffe0000000000000"), message);
    }

    @Test
    void shouldStoreLittleEndianAndNothingElse() {
        MemorySegment entry = Dirty.segment(24);
        Rhf.put(entry, 8, 0x0102_0304_0506_0708L);
        assertEquals(Dirty.dirt(8) + "0807060504030201" + Dirty.dirt(8), Dirty.hex(entry));
        assertEquals(0x0102_0304_0506_0708L, Rhf.get(entry, 8));
        assertThrows(IllegalArgumentException.class, () -> Rhf.put(entry, 4, 1));
    }
}
