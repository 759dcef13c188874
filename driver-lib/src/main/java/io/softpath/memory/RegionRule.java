package io.softpath.memory;

import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlagsExpectation;
import io.softpath.linux.Protection;
import io.softpath.linux.Seals;

import java.util.EnumMap;
import java.util.Map;

/**
 * How a kind of region is sealed by its maker and mapped by its user.
 *
 * <pre>
 *  kind            user maps    seals                            mode
 *  uregs           READ_WRITE   SHRINK GROW SEAL                 0600
 *  piobufs         WRITE_ONLY   SHRINK GROW SEAL                 0600
 *  rcvegrbufs      READ_ONLY    SHRINK GROW SEAL FUTURE_WRITE    0444
 *  rcvhdrq         READ_WRITE   SHRINK GROW SEAL                 0600
 *  rcvhdrtail      READ_ONLY    SHRINK GROW SEAL FUTURE_WRITE    0444
 *  pioavail        READ_ONLY    SHRINK GROW SEAL FUTURE_WRITE    0444
 *  sendbufstatus   READ_ONLY    SHRINK GROW SEAL FUTURE_WRITE    0444
 *  user memory     READ_WRITE   SHRINK GROW SEAL                 0600
 * </pre>
 *
 * Without SHRINK a mapping could fault; without FUTURE_WRITE a user could map the region a second
 * time, writable; without SEAL somebody could seal it further. The mode is an extra layer that the
 * protection does not rest on.
 *
 * @param protection what the user's mapping allows
 * @param seals what the file must have, as {@link Seals} bits
 * @param mode the file's permission bits
 * @param expected what the kernel must say of the user's mapping
 */
public record RegionRule(Protection protection, int seals, int mode, VmFlagsExpectation expected) {
    static final int SIZE_SEALED = Seals.SHRINK | Seals.GROW | Seals.SEAL;
    private static final int READ_ONLY_SEALED = SIZE_SEALED | Seals.FUTURE_WRITE;
    private static final int READ_ONLY_MODE = 0444;
    private static final int WRITABLE_MODE = 0600;

    /** Memory of a user that the chip can reach; sealed and mapped as the registers are. */
    public static final RegionRule USER_MEMORY =
            new RegionRule(
                    Protection.READ_WRITE,
                    SIZE_SEALED,
                    WRITABLE_MODE,
                    VmFlagsExpectation.of(RegionKind.UREGS));

    private static final Map<RegionKind, RegionRule> RULES = new EnumMap<>(RegionKind.class);

    static {
        rule(RegionKind.UREGS, Protection.READ_WRITE);
        rule(RegionKind.PIOBUFS, Protection.WRITE_ONLY);
        rule(RegionKind.RCVEGRBUFS, Protection.READ_ONLY);
        rule(RegionKind.RCVHDRQ, Protection.READ_WRITE);
        rule(RegionKind.RCVHDRTAIL, Protection.READ_ONLY);
        rule(RegionKind.PIOAVAIL, Protection.READ_ONLY);
        rule(RegionKind.SENDBUFSTATUS, Protection.READ_ONLY);
        rule(RegionKind.SUBCTXT_UREGS, Protection.READ_WRITE);
        rule(RegionKind.SUBCTXT_RCVHDRQ, Protection.READ_WRITE);
        rule(RegionKind.SUBCTXT_RCVEGRBUFS, Protection.READ_WRITE);
    }

    private static void rule(RegionKind kind, Protection protection) {
        boolean readOnly = protection == Protection.READ_ONLY;
        RULES.put(
                kind,
                new RegionRule(
                        protection,
                        readOnly ? READ_ONLY_SEALED : SIZE_SEALED,
                        readOnly ? READ_ONLY_MODE : WRITABLE_MODE,
                        VmFlagsExpectation.of(kind)));
    }

    /** The rule of a kind. */
    public static RegionRule of(RegionKind kind) {
        return RULES.get(kind);
    }
}
