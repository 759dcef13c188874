package io.softpath.abi.region;

import static io.softpath.abi.region.RegionKind.PIOAVAIL;
import static io.softpath.abi.region.RegionKind.PIOBUFS;
import static io.softpath.abi.region.RegionKind.RCVEGRBUFS;
import static io.softpath.abi.region.RegionKind.RCVHDRQ;
import static io.softpath.abi.region.RegionKind.RCVHDRTAIL;
import static io.softpath.abi.region.RegionKind.SENDBUFSTATUS;
import static io.softpath.abi.region.RegionKind.SUBCTXT_RCVEGRBUFS;
import static io.softpath.abi.region.RegionKind.SUBCTXT_RCVHDRQ;
import static io.softpath.abi.region.RegionKind.SUBCTXT_UREGS;
import static io.softpath.abi.region.RegionKind.UREGS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.abi.model.SubcontextShare;

import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

class RegionTest {
    @Test
    void shouldSizeEachKindByTheModel() {
        ChipModel model = ChipModel.IBA7220;
        assertEquals(4096, UREGS.maxBytes(model, 8));
        assertEquals(32768, PIOBUFS.maxBytes(model, 8));
        assertEquals(2097152, RCVEGRBUFS.maxBytes(model, 8));
        assertEquals(262144, RCVHDRQ.maxBytes(model, 8));
        assertEquals(4096, RCVHDRTAIL.maxBytes(model, 8));
        assertEquals(4096, PIOAVAIL.maxBytes(model, 8));
        assertEquals(4096, SENDBUFSTATUS.maxBytes(model, 8));
        assertEquals(3 * 4096, SUBCTXT_UREGS.maxBytes(model, 8, 3));
        assertEquals(3 * 262144, SUBCTXT_RCVHDRQ.maxBytes(model, 8, 3));
        assertEquals(3 * 2097152, SUBCTXT_RCVEGRBUFS.maxBytes(model, 8, 3));
        assertFalse(SUBCTXT_UREGS.exists(model));
        assertTrue(SUBCTXT_UREGS.exists(model, 1));
        assertFalse(RCVHDRTAIL.exists(model));
        assertTrue(RCVHDRTAIL.exists(ChipModel.IBA6120));
    }

    @Test
    void shouldSealExactlyWhatUsersMayOnlyRead() {
        for (RegionKind kind : RegionKind.values()) {
            boolean sealed =
                    List.of(RCVEGRBUFS, RCVHDRTAIL, PIOAVAIL, SENDBUFSTATUS).contains(kind);
            assertEquals(sealed, kind.readOnlyByKernel(), kind.label());
            assertEquals(sealed, !kind.access().writable(), kind.label());
        }
    }

    @Test
    void shouldRefuseALongMappingWithTheErrnoOfQib() {
        for (RegionKind kind : RegionKind.values()) {
            boolean einval =
                    kind.onlyShared() || List.of(PIOBUFS, RCVEGRBUFS, SENDBUFSTATUS).contains(kind);
            assertEquals(einval ? 22 : 14, kind.tooLong(), kind.label());
        }
    }

    @Test
    void shouldKeepTheNumbersOfTheControlChannel() {
        assertEquals(
                List.of(
                        UREGS,
                        PIOBUFS,
                        RCVEGRBUFS,
                        RCVHDRQ,
                        RCVHDRTAIL,
                        PIOAVAIL,
                        SENDBUFSTATUS,
                        SUBCTXT_UREGS,
                        SUBCTXT_RCVHDRQ,
                        SUBCTXT_RCVEGRBUFS),
                List.of(RegionKind.values()));
        for (RegionKind kind : RegionKind.values()) {
            assertSame(kind, RegionKind.of(kind.number()));
        }
        assertNull(RegionKind.of(-1));
        assertNull(RegionKind.of(10));
    }

    @Test
    void shouldNameFilesByUnitContextAndKind() {
        assertEquals("softpath:u1c3:rcvhdrq", RCVHDRQ.fileName(1, 3));
        assertEquals("softpath:u1c0:pioavail", PIOAVAIL.fileName(1, 3));
    }

    @Test
    void shouldGiveEachRegionATokenOfItsOwn() {
        for (ChipModel model : ChipModel.ALL) {
            for (int contexts = model.firstUserContext() + 1;
                    contexts <= model.contexts();
                    contexts++) {
                checkTokens(model.toBuilder().contexts(contexts).build());
            }
        }
        // the most that can be asked for
        checkTokens(
                ChipModel.IBA7220.toBuilder()
                        .pio2kCount(256)
                        .pio4kCount(0)
                        .egrCount(4096)
                        .egrBufferBytes(4096)
                        .rcvHdrCount(65536)
                        .build());
    }

    /**
     * No token lies inside another region either, so a mapping that goes on never reads as
     * another's.
     */
    private static void checkTokens(ChipModel model) {
        PioDivision division = PioDivision.of(model);
        Map<Long, Long> ends = new HashMap<>();
        for (int context = model.firstUserContext(); context < model.contexts(); context++) {
            for (RegionKind kind : RegionKind.values()) {
                long token = Tokens.token(kind, model, context, division.first(context));
                long bytes =
                        kind.maxBytes(
                                model,
                                division.count(context),
                                kind.onlyShared() ? SubcontextShare.MAX_SUBCONTEXTS : 0);
                assertTrue(
                        token > 0 && token % 4096 == 0 && token + bytes <= 1L << 40, kind.label());
                Long known = ends.put(token, token + bytes);
                assertEquals(
                        kind.perUnit() && context > model.firstUserContext(),
                        known != null,
                        kind.label() + " " + context);
            }
        }
        ends.forEach((token, end) ->
                ends.keySet().forEach(other -> assertFalse(other > token && other < end)));
    }

    @Test
    void shouldPutRegistersAndBuffersWhereTheChipHasThem() {
        assertEquals(0x23_0000, Tokens.token(UREGS, ChipModel.IBA7220, 3, 16));
        assertEquals(0x11_0000, Tokens.token(PIOBUFS, ChipModel.IBA7220, 3, 16));
    }

    @Test
    void shouldRefuseATokenOfNothing() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Tokens.token(UREGS, ChipModel.IBA6120, 5, 0))
                        .getMessage();
        assertTrue(message.contains("model=IBA6120 context=5 contexts=5"), message);
        assertThrows(
                IllegalArgumentException.class,
                () -> Tokens.token(PIOBUFS, ChipModel.IBA6120, 1, 128));
    }

    @Test
    void shouldFindWhatIsWrongWithVmFlags() {
        VmFlagsExpectation readOnly = VmFlagsExpectation.of(RCVEGRBUFS);
        assertEquals(List.of(), readOnly.violations("VmFlags: rd sh mr ms me dc lo dd"));
        assertEquals(
                List.of("missing dc", "must not have mw", "must not have wr"),
                readOnly.violations("VmFlags: rd wr sh mr mw me ms dd"));
        assertEquals(
                List.of(), VmFlagsExpectation.of(UREGS).violations("rd wr sh mr mw me ms dc dd"));
        assertEquals(
                List.of("missing wr"),
                VmFlagsExpectation.of(PIOBUFS).violations("rd sh mr mw me ms dc dd"));
    }
}
