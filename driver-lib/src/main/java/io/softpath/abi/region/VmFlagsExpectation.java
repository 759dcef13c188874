package io.softpath.abi.region;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the {@code VmFlags} line of /proc/self/smaps must show for a mapped region: today's
 * counterparts of the flags that the mail asks about. Source: Documentation/filesystems/proc.rst.
 *
 * <p>{@code dc} stands for VM_DONTCOPY (madvise DONTFORK), {@code dd} for no core dump (DONTDUMP),
 * {@code lo} for VM_LOCKED (mlock; missing where the memlock limit is too low). {@code wr} is
 * writable, {@code mw} may become writable. Growth is kept out by the size of the file, which is
 * sealed, so {@code de} is not needed. {@link VmFlag} says why each is as it is.
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

    /** What a region of this kind must show: its access, and what {@link VmFlag#shown} says. */
    public static VmFlagsExpectation of(RegionKind kind) {
        Set<String> required = new HashSet<>(Set.of("ms"));
        Set<String> forbidden = new HashSet<>(Set.of("ex"));
        if (kind.access().readable()) {
            required.add("rd"); // and no harm in it elsewhere: what is writable can be read on x86
        }
        (kind.access().writable() ? required : forbidden).add("wr");
        Set<String> bestEffort = new HashSet<>();
        for (VmFlag flag : VmFlag.values()) {
            switch (flag.shown(kind)) {
                case ALWAYS -> required.add(flag.letters());
                case IF_THE_LIMIT_ALLOWS -> bestEffort.add(flag.letters());
                case NEVER -> forbidden.add(flag.letters());
                case UNKNOWN -> {} // today's kernels have no such flag
            }
        }
        return new VmFlagsExpectation(required, bestEffort, forbidden);
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
