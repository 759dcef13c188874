package io.softpath.abi.region;

import static io.softpath.abi.region.RegionKind.PIOAVAIL;
import static io.softpath.abi.region.RegionKind.PIOBUFS;
import static io.softpath.abi.region.RegionKind.RCVEGRBUFS;
import static io.softpath.abi.region.RegionKind.RCVHDRQ;
import static io.softpath.abi.region.RegionKind.UREGS;
import static io.softpath.abi.region.VmFlag.DONTCOPY;
import static io.softpath.abi.region.VmFlag.DONTEXPAND;
import static io.softpath.abi.region.VmFlag.IO;
import static io.softpath.abi.region.VmFlag.LOCKED;
import static io.softpath.abi.region.VmFlag.MAYREAD;
import static io.softpath.abi.region.VmFlag.MAYWRITE;
import static io.softpath.abi.region.VmFlag.PFNMAP;
import static io.softpath.abi.region.VmFlag.RESERVED;
import static io.softpath.abi.region.VmFlag.SHM;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.region.DriverMapping.Driver;
import io.softpath.abi.region.VmFlag.Effect;
import io.softpath.abi.region.VmFlag.Kernel;
import io.softpath.abi.region.VmFlag.Verdict;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class VmFlagTest {
    private static final List<RegionKind> WINDOWS = List.of(UREGS, PIOBUFS);
    private static final List<RegionKind> MEMORY = List.of(RCVEGRBUFS, RCVHDRQ, PIOAVAIL);

    @Test
    @Fidelity(64)
    void shouldHaveTheMailsTwoLists() {
        for (RegionKind kind : WINDOWS) {
            assertEquals(
                    Set.of(DONTCOPY, DONTEXPAND, IO, SHM, LOCKED),
                    posted(kind).set(),
                    kind.label());
        }
        for (RegionKind kind : MEMORY) {
            assertEquals(
                    Set.of(DONTEXPAND, DONTCOPY, RESERVED, IO, SHM),
                    posted(kind).set(),
                    kind.label());
        }
        assertEquals(
                WINDOWS.size() + MEMORY.size(),
                Arrays.stream(RegionKind.values())
                        .filter(kind -> DriverMapping.of(Driver.POSTED, kind).isPresent())
                        .count(),
                "the mail has five kinds");
    }

    private static DriverMapping posted(RegionKind kind) {
        return DriverMapping.of(Driver.POSTED, kind).orElseThrow();
    }

    @Test
    @Fidelity(64)
    void shouldCountReferencesOnlyWhereTheMailSaysSo() {
        assertEquals("nopage, get_page", posted(PIOAVAIL).method());
        assertEquals("nopage, no get_page", posted(RCVHDRQ).method());
        assertEquals("nopage, no get_page", posted(RCVEGRBUFS).method());
    }

    @Test
    void shouldMapEveryKindOfTheMergedDriverWithoutCounting() {
        for (RegionKind kind : RegionKind.values()) {
            Optional<DriverMapping> merged = DriverMapping.of(Driver.MERGED, kind);
            merged.ifPresent(mapping -> {
                assertTrue(mapping.method().endsWith("remap_pfn_range"), mapping::toString);
                assertTrue(mapping.byMethod().contains(PFNMAP), mapping::toString);
            });
            boolean later = kind == RegionKind.SENDBUFSTATUS || kind.onlyShared();
            assertEquals(
                    !later && DriverMapping.of(Driver.LATE, kind).isPresent(),
                    merged.isPresent(),
                    kind.label());
        }
    }

    @Test
    void shouldClearReadingOfSendBuffersOnlyInLaterDrivers() {
        assertEquals(Set.of(MAYWRITE), posted(PIOBUFS).cleared());
        for (Driver later : List.of(Driver.MERGED, Driver.LATE)) {
            assertEquals(Set.of(MAYREAD), DriverMapping.of(later, PIOBUFS).orElseThrow().cleared());
        }
    }

    @ParameterizedTest
    @EnumSource(VmFlag.class)
    void shouldTellWhatAFlagDidInEveryKernelOnce(VmFlag flag) {
        List<Effect> effects = flag.effects();
        assertEquals(Kernel.TO_2_6_14, effects.getFirst().first());
        assertEquals(Kernel.TODAY, effects.getLast().last());
        for (Kernel kernel : Kernel.values()) {
            assertEquals(
                    1,
                    effects.stream()
                            .filter(e -> e.first().compareTo(kernel) <= 0)
                            .filter(e -> e.last().compareTo(kernel) >= 0)
                            .peek(e -> assertEquals(flag.effect(kernel), e))
                            .count(),
                    kernel::label);
        }
        for (Effect effect : effects) {
            assertFalse(effect.fact().text().isEmpty());
            assertFalse(effect.fact().text().endsWith("."), effect.fact().text());
        }
    }

    @Test
    void shouldGiveNoTwoFlagsOneBitInOneKernel() {
        for (Kernel kernel : Kernel.values()) {
            Map<Long, VmFlag> owners = new HashMap<>();
            for (VmFlag flag : VmFlag.values()) {
                long bit = flag.effect(kernel).bit();
                assertTrue(bit == 0 || Long.bitCount(bit) == 1, flag::kernelName);
                VmFlag other = bit == 0 ? null : owners.put(bit, flag);
                assertEquals(null, other, kernel.label() + ": " + flag + " and " + other);
            }
        }
    }

    @Test
    void shouldGiveLettersToWhatTodaysKernelsKnow() {
        Set<String> letters = new HashSet<>();
        for (VmFlag flag : VmFlag.values()) {
            boolean known = flag.effect(Kernel.TODAY).bit() != 0;
            assertEquals(known ? 2 : 0, flag.letters().length(), flag::kernelName);
            assertTrue(!known || letters.add(flag.letters()), flag::letters);
            for (RegionKind kind : RegionKind.values()) {
                assertEquals(known, flag.shown(kind) != VmFlag.Shown.UNKNOWN, flag::kernelName);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(VmFlag.class)
    void shouldJudgeWhatTheMailsDriverTouched(VmFlag flag) {
        assertEquals(touched(flag, WINDOWS), flag.onWindows().verdict() != Verdict.UNUSED);
        assertEquals(touched(flag, MEMORY), flag.onMemory().verdict() != Verdict.UNUSED);
        for (VmFlag.Judgement judgement : List.of(flag.onWindows(), flag.onMemory())) {
            assertTrue(judgement.verdict() == Verdict.UNUSED || !judgement.why().text().isEmpty());
        }
        assertTrue(flag.softpath().endsWith("."), flag.softpath());
    }

    private static boolean touched(VmFlag flag, List<RegionKind> kinds) {
        return kinds.stream()
                .map(VmFlagTest::posted)
                .anyMatch(m -> m.set().contains(flag) || m.cleared().contains(flag));
    }

    @ParameterizedTest
    @EnumSource(RegionKind.class)
    void shouldDemandOfAMappingWhatIsExplained(RegionKind kind) {
        VmFlagsExpectation expected = VmFlagsExpectation.of(kind);
        for (VmFlag flag : VmFlag.values()) {
            switch (flag.shown(kind)) {
                case ALWAYS -> assertTrue(expected.required().contains(flag.letters()));
                case IF_THE_LIMIT_ALLOWS ->
                        assertTrue(expected.bestEffort().contains(flag.letters()));
                case NEVER -> assertTrue(expected.forbidden().contains(flag.letters()));
                case UNKNOWN -> assertEquals("", flag.letters());
            }
        }
        assertEquals(kind.readOnlyByKernel(), expected.forbidden().contains("mw"));
    }

    @Test
    void shouldNameSpansOfKernels() {
        assertEquals("always", IO.effects().getFirst().kernels());
        assertEquals("in 2.6", LOCKED.effects().getFirst().kernels());
        assertEquals(
                List.of("to 2.6.15-rc1", "2.6.15 on", "today"),
                SHM.effects().stream().map(Effect::kernels).toList());
        assertEquals("2.6.16 to today", DONTCOPY.effects().getLast().kernels());
    }
}
