package io.softpath.abi.packet;

import static io.softpath.abi.model.ChipModel.Family.QLE71XX;
import static io.softpath.abi.model.ChipModel.Family.QLE72XX;
import static io.softpath.abi.model.ChipModel.Family.QLE73XX;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.NamedField;

import org.junit.jupiter.api.Test;

class IpathHeaderTest {
    @Test
    void shouldCodeVersionContextTidAndOffset() {
        int vcto = IpathHeader.vcto(2, 5, IpathHeader.TID_EAGER, 0);
        assertEquals(0x25FF_E000, vcto);
        assertEquals(2, IpathHeader.version(vcto));
        assertEquals(5, IpathHeader.context(vcto));
        assertEquals(0x7FF, IpathHeader.tid(vcto));
        assertEquals(0, IpathHeader.offsetDwords(vcto));
        int other = IpathHeader.vcto(15, 0, 1, 0x1FFF);
        assertEquals(0xF000_3FFF, other);
        assertEquals(15, IpathHeader.version(other));
        assertEquals(1, IpathHeader.tid(other));
        assertEquals(0x1FFF, IpathHeader.offsetDwords(other));
    }

    @Test
    void shouldKeepNeighbouringFieldsAndRefuseWhatDoesNotFit() {
        for (NamedField named : IpathHeader.VCTO_FIELDS) {
            assertEquals(~named.field().mask(), named.field().set(-1L, 0), named.name());
        }
        assertThrows(IllegalArgumentException.class, () -> IpathHeader.vcto(16, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> IpathHeader.vcto(2, 16, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> IpathHeader.vcto(2, 0, 0x800, 0));
        assertThrows(IllegalArgumentException.class, () -> IpathHeader.vcto(2, 0, 0, 0x2000));
    }

    @Test
    void shouldComputeTheKnownChecksums() {
        assertEquals(0xFA12, IpathHeader.checksum(15, 0x25FF_E000, 0));
        assertEquals(0xFE12, IpathHeader.checksum(15, 0x21FF_E000, 0));
        assertTrue(IpathHeader.checksumMatches(2, 15, 0x25FF_E000, 0xFA12, 0));
        assertTrue(IpathHeader.checksumMatches(2, 15, 0x21FF_E000, 0xFE12, 0));
    }

    @Test
    void shouldNoticeEachFlippedBit() {
        int vcto = 0x25FF_E000;
        int flags = IpathHeader.INTR;
        int chksum = IpathHeader.checksum(15, vcto, flags);
        assertTrue(IpathHeader.checksumMatches(2, 15, vcto, chksum, flags));
        for (int bit = 0; bit < 32; bit++) {
            int flip = 1 << bit;
            assertFalse(
                    IpathHeader.checksumMatches(2, 15, vcto ^ flip, chksum, flags), "vcto " + bit);
            if (bit < 16) {
                assertFalse(
                        IpathHeader.checksumMatches(2, 15 ^ flip, vcto, chksum, flags),
                        "length " + bit);
                assertFalse(
                        IpathHeader.checksumMatches(2, 15, vcto, chksum ^ flip, flags),
                        "chksum " + bit);
                assertFalse(
                        IpathHeader.checksumMatches(2, 15, vcto, chksum, flags ^ flip),
                        "flags " + bit);
            }
            if (bit < 2) {
                assertFalse(
                        IpathHeader.checksumMatches(2 ^ flip, 15, vcto, chksum, flags),
                        "lnh " + bit);
            }
        }
    }

    @Test
    void shouldWriteEachContextAsItsClassDoes() {
        for (int context = 0; context <= 17; context++) {
            if (context < 16) {
                assertEquals(context, IpathHeader.contextField(QLE71XX, context));
                assertEquals(0x656B78, IpathHeader.qp(QLE71XX, ChipModel.QP_BASE, context));
            }
            if (context < 17) {
                assertEquals(
                        context == 16 ? 15 : context, IpathHeader.contextField(QLE72XX, context));
                assertEquals(
                        context == 16 ? 0x656B79 : 0x656B78,
                        IpathHeader.qp(QLE72XX, ChipModel.QP_BASE, context));
            }
            assertEquals(context % 16, IpathHeader.contextField(QLE73XX, context));
            assertEquals(
                    context < 16 ? 0x656B78 : 0x656B79,
                    IpathHeader.qp(QLE73XX, ChipModel.QP_BASE, context));
        }
    }

    @Test
    void shouldReadBackEachContextForEitherQpBase() {
        for (ChipModel.Family family : ChipModel.Family.values()) {
            for (int qpBase : new int[] {0x656B78, 0x656B79}) {
                for (int context = 0; context < family.maxContexts(); context++) {
                    int field = IpathHeader.contextField(family, context);
                    int qp = IpathHeader.qp(family, qpBase, context);
                    assertEquals(
                            context,
                            IpathHeader.context(family, qpBase, field, qp),
                            family + " " + context);
                }
            }
        }
    }

    @Test
    void shouldTakeAForeignQpForNoInfiniPathPacket() {
        assertEquals(-1, IpathHeader.context(QLE71XX, 3, 0x656B79));
        assertEquals(-1, IpathHeader.context(QLE72XX, 3, 0x656B79));
        assertEquals(16, IpathHeader.context(QLE72XX, 15, 0x656B79));
        assertEquals(-1, IpathHeader.context(QLE73XX, 3, 0x656B7A));
        assertEquals(
                19,
                IpathHeader.context(
                        QLE73XX, 3, 0x656B79)); // a number that no chip has: the chip checks
    }

    @Test
    void shouldRefuseAContextThatTheClassCannotHave() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> IpathHeader.contextField(QLE72XX, 17))
                        .getMessage();
        assertTrue(message.contains("family=QLE72XX context=17 contexts=17"), message);
        assertThrows(
                IllegalArgumentException.class,
                () -> IpathHeader.qp(QLE71XX, ChipModel.QP_BASE, 16));
        assertThrows(IllegalArgumentException.class, () -> IpathHeader.contextField(QLE73XX, -1));
    }
}
