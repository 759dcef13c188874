package io.softpath.linux;

import java.util.StringJoiner;

/** The seals of a memfd, as the bits that {@code fcntl(F_ADD_SEALS)} takes. Source: fcntl(2). */
public final class Seals {
    /** No further seal can be added. */
    public static final int SEAL = 0x01;

    /** The file cannot become shorter, so a mapping of it never faults past its end. */
    public static final int SHRINK = 0x02;

    /** The file cannot become longer. */
    public static final int GROW = 0x04;

    /** The content cannot change; refused (EBUSY) while a writable mapping exists. */
    public static final int WRITE = 0x08;

    /**
     * No <em>new</em> writable mapping and no write(2); mappings made before stay writable. Linux
     * 5.1. This is what keeps a region read-only for everybody but its maker.
     */
    public static final int FUTURE_WRITE = 0x10;

    /**
     * The file cannot become executable. Linux 6.3; set by memfd_create's {@code MFD_NOEXEC_SEAL}.
     */
    public static final int EXEC = 0x20;

    private static final String[] NAMES = {
        "SEAL", "SHRINK", "GROW", "WRITE", "FUTURE_WRITE", "EXEC"
    };

    private Seals() {}

    /**
     * Names of the set bits joined by {@code |}; {@code none} for 0; unknown bits in hexadecimal.
     */
    public static String names(int seals) {
        if (seals == 0) {
            return "none";
        }
        StringJoiner names = new StringJoiner("|");
        int rest = seals;
        for (int bit = 0; bit < NAMES.length; bit++) {
            if ((seals & 1 << bit) != 0) {
                names.add(NAMES[bit]);
                rest &= ~(1 << bit);
            }
        }
        if (rest != 0) {
            names.add("0x" + Integer.toHexString(rest));
        }
        return names.toString();
    }
}
