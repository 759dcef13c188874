package io.softpath.abi.region;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What the {@code VmFlags} line of /proc/self/smaps must show for a mapped region: today's
 * counterparts of the flags that the mail asks about. Source: Documentation/filesystems/proc.rst.
 *
 * <p>{@code dc} stands for VM_DONTCOPY (madvise DONTFORK), {@code dd} for no core dump (DONTDUMP),
 * {@code lo} for VM_LOCKED (mlock; missing where the memlock limit is too low). {@code wr} is
 * writable, {@code mw} may become writable. Growth is kept out by the size of the file, which is
 * sealed, so {@code de} is not needed.
 *
 * @param required flags that must be there
 * @param bestEffort flags that should be there, and are not if a limit forbids
 * @param forbidden flags that must not be there
 */
public record VmFlagsExpectation(
        Set<String> required, Set<String> bestEffort, Set<String> forbidden) {
    public VmFlagsExpectation {
        required = Set.copyOf(required);
        bestEffort = Set.copyOf(bestEffort);
        forbidden = Set.copyOf(forbidden);
    }

    public static VmFlagsExpectation of(RegionKind kind) {
        Set<String> required =
                switch (kind.access()) {
                    case READ_ONLY -> Set.of("rd", "ms", "dc", "dd");
                    case WRITE_ONLY -> Set.of("wr", "ms", "mw", "dc", "dd");
                    case READ_WRITE -> Set.of("rd", "wr", "ms", "mw", "dc", "dd");
                };
        Set<String> forbidden = kind.readOnlyByKernel() ? Set.of("wr", "mw", "ex") : Set.of("ex");
        return new VmFlagsExpectation(required, Set.of("lo"), forbidden);
    }

    /** What is wrong with a {@code VmFlags} line, in words; empty if it is as it must be. */
    public List<String> violations(String vmFlags) {
        Set<String> flags =
                Set.copyOf(Arrays.asList(vmFlags.replace("VmFlags:", "").trim().split("\\s+")));
        List<String> violations = new ArrayList<>();
        required.stream()
                .sorted()
                .filter(f -> !flags.contains(f))
                .forEach(f -> violations.add("missing " + f));
        forbidden.stream()
                .sorted()
                .filter(flags::contains)
                .forEach(f -> violations.add("must not have " + f));
        return violations;
    }
}
