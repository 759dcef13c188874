package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.DriverMapping;
import io.softpath.abi.region.DriverMapping.Driver;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlag;
import io.softpath.abi.region.VmFlagsExpectation;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.driver.PinnedRegion;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.Smaps;
import io.softpath.linux.SmapsEntry;
import io.softpath.memory.Vma;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/**
 * What stands in the place of the mail's VM_* flags, on every region of a live context, as {@code
 * softpath maps --explain} tells it: read back from smaps, and tried.
 */
@ExtendWith(ChildOutput.class)
class VmFlagsIT {
    private static final int READ_WRITE = Syscalls.PROT_READ | Syscalls.PROT_WRITE;
    private static final long PAGE = MappedMemory.PAGE_BYTES;
    private static final int SIGBUS = 7;
    private static final int SIGSEGV = 11;

    @TempDir static Path temp;

    private static ChildDaemon daemon;
    private static Device device;
    private static Context context;
    private static List<Vma> mappings;
    private static Path forker;

    @BeforeAll
    static void mapAllKinds() {
        daemon = ChildDaemon.start("--model", "IBA6120"); // the model with a tail page, so with all
        device = daemon.open();
        context = device.openContext();
        mappings = context.mappings();
        List<RegionKind> kinds = mappings.stream().map(Vma::kind).toList();
        for (RegionKind kind : RegionKind.values()) {
            if (DriverMapping.of(Driver.LATE, kind).isPresent() && kind.exists(ChipModel.IBA6120)) {
                assertTrue(kinds.contains(kind), () -> kind + " is not among " + kinds);
            }
        }
    }

    @AfterAll
    static void stop() {
        context.close();
        device.close();
        daemon.close();
    }

    /** As it is mapped in this process, by the library. */
    private static SmapsEntry mapped(Vma vma) {
        return Smaps.self().stream()
                .filter(entry -> entry.memfdName().equals(vma.file()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Fidelity(64)
    void shouldShowInSmapsWhatIsExplained() {
        for (Vma vma : mappings) {
            SmapsEntry entry = mapped(vma);
            for (VmFlag flag : VmFlag.values()) {
                String what = flag.letters() + " of " + entry;
                switch (flag.shown(vma.kind())) {
                    case ALWAYS -> assertTrue(entry.has(flag.letters()), what);
                    case NEVER -> assertFalse(entry.has(flag.letters()), what);
                    case IF_THE_LIMIT_ALLOWS ->
                            assertEquals(vma.lock().locked(), entry.has(flag.letters()), what);
                    case UNKNOWN -> assertEquals("", flag.letters());
                }
            }
            assertEquals(entry.has("lo"), entry.has("lf"), "locked when touched: " + entry);
        }
    }

    /** VM_MAYWRITE: cleared by the seal. */
    @Test
    @Fidelity(64)
    void shouldNeverBecomeWritableWhereUsersOnlyRead() {
        for (Vma vma : mappings) {
            SmapsEntry entry = mapped(vma);
            if (vma.kind().readOnlyByKernel()) {
                long result = Syscalls.mprotect(entry.start(), entry.sizeBytes(), READ_WRITE);
                assertEquals("EACCES", RawFile.outcome(result), vma::toString);
            }
            long again = Syscalls.mapAgain(entry.start(), entry.sizeBytes());
            assertTrue(again > 0, () -> RawFile.outcome(again) + " " + vma);
            String writable =
                    RawFile.outcome(Syscalls.mprotect(again, entry.sizeBytes(), READ_WRITE));
            assertEquals(vma.kind().readOnlyByKernel() ? "EACCES" : "ok", writable, vma::toString);
            assertEquals(0, Syscalls.munmap(again, entry.sizeBytes()));
        }
    }

    /** VM_DONTEXPAND: the mapping may grow, the region does not. */
    @Test
    @Fidelity(64)
    void shouldFaultBehindTheEndOfTheRegion() {
        for (Vma vma : mappings) {
            SmapsEntry entry = mapped(vma);
            long bytes = entry.sizeBytes();
            int touch =
                    vma.kind().access().writable()
                            ? Syscalls.MADV_POPULATE_WRITE
                            : Syscalls.MADV_POPULATE_READ;
            long longer = Syscalls.mapAgain(entry.start(), bytes + PAGE);
            assertTrue(longer > 0, () -> RawFile.outcome(longer) + " " + vma);
            assertEquals("ok", RawFile.outcome(Syscalls.madvise(longer, bytes, touch)));
            assertEquals(
                    "EFAULT", // what an access reports as SIGBUS
                    RawFile.outcome(Syscalls.madvise(longer + bytes, PAGE, touch)),
                    vma::toString);
            assertEquals(0, Syscalls.munmap(longer, bytes + PAGE));
        }
    }

    /** VM_DONTCOPY: a child has it only if the user asks for that. */
    @Test
    @Fidelity(64)
    void shouldNotBeThereForAChild() throws Throwable {
        CCompiler.assumeAvailable();
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle childReads = childReads(forker(), arena);
            for (Vma vma : mappings) {
                SmapsEntry entry = mapped(vma);
                assertEquals(SIGSEGV, childReads(childReads, entry.start()), vma::toString);

                long bytes = entry.sizeBytes();
                long again = Syscalls.mapAgain(entry.start(), bytes + PAGE);
                assertEquals(SIGSEGV, childReads(childReads, again), vma::toString);
                assertEquals(
                        0, Syscalls.madvise(again, bytes + PAGE, Syscalls.MADV_DOFORK), "undone");
                assertEquals(0, childReads(childReads, again), vma::toString);
                assertEquals(SIGBUS, childReads(childReads, again + bytes), "behind the end");
                assertEquals(0, Syscalls.munmap(again, bytes + PAGE));
            }
        }
    }

    /**
     * Memory that the chip can reach: shared, so fork copies nothing, and not in a child anyway.
     */
    @Test
    @Fidelity(64)
    void shouldHoldPinnedMemoryToTheRuleOfWritableKinds() throws Throwable {
        try (PinnedRegion region = context.pin(4 * PAGE)) {
            long address = region.segment().address();
            SmapsEntry entry = Smaps.at(address).orElseThrow();
            assertEquals(4 * PAGE, entry.sizeBytes());
            assertEquals(
                    List.of(),
                    VmFlagsExpectation.of(RegionKind.UREGS)
                            .violations(String.join(" ", entry.vmFlags())),
                    entry::toString);
            assertEquals(region.lock().locked(), entry.has("lo"), entry::toString);

            long longer = Syscalls.mapAgain(address, 5 * PAGE);
            assertTrue(longer > 0, () -> RawFile.outcome(longer));
            int touch = Syscalls.MADV_POPULATE_WRITE;
            assertEquals("ok", RawFile.outcome(Syscalls.madvise(longer, 4 * PAGE, touch)));
            assertEquals(
                    "EFAULT", RawFile.outcome(Syscalls.madvise(longer + 4 * PAGE, PAGE, touch)));
            assertEquals(0, Syscalls.munmap(longer, 5 * PAGE));

            CCompiler.assumeAvailable();
            try (Arena arena = Arena.ofConfined()) {
                assertEquals(SIGSEGV, childReads(childReads(forker(), arena), address));
            }
        }
    }

    private static synchronized Path forker() throws Exception {
        if (forker == null) {
            forker = CCompiler.compile("forker.c", temp, "-shared", "-fPIC");
        }
        return forker;
    }

    @SuppressWarnings("restricted") // the test's own function
    private static MethodHandle childReads(Path library, Arena arena) {
        return Linker.nativeLinker()
                .downcallHandle(
                        SymbolLookup.libraryLookup(library, arena).findOrThrow("child_reads"),
                        FunctionDescriptor.of(JAVA_INT, ADDRESS));
    }

    private static int childReads(MethodHandle childReads, long address) throws Throwable {
        return (int) childReads.invokeExact(MemorySegment.ofAddress(address));
    }
}
