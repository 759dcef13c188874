package io.softpath.abi.control;

import java.util.ArrayList;
import java.util.List;

/**
 * The status qwords in the avail page: one of the device and one of each port. The chip side writes
 * them, users read them. Source: ipath_common.h and qib_common.h, IPATH_STATUS_* and QIB_STATUS_*.
 */
public final class UnitStatus {
    public static final long INITTED = 0x1;
    public static final long DISABLED = 0x2;
    public static final long ADMIN_DISABLED = 0x4;
    public static final long CHIP_PRESENT = 0x20;
    public static final long IB_READY = 0x40;
    public static final long IB_CONF = 0x80;
    public static final long IB_NOCABLE = 0x100;
    public static final long HWERROR = 0x200;

    /** One bit, with the word that the sysfs file status_str has for it. */
    public record Bit(long bit, String name, String word, String purpose) {}

    public static final List<Bit> ALL =
            List.of(
                    new Bit(INITTED, "INITTED", "Initted", "the driver has finished its start"),
                    new Bit(DISABLED, "DISABLED", "Disabled", "disabled (old drivers)"),
                    new Bit(
                            ADMIN_DISABLED,
                            "ADMIN_DISABLED",
                            "Admin_Disabled",
                            "disabled by the administrator (old drivers)"),
                    new Bit(
                            CHIP_PRESENT,
                            "CHIP_PRESENT",
                            "Present",
                            "the chip is there and answers"),
                    new Bit(
                            IB_READY,
                            "IB_READY",
                            "IB_link_up",
                            "the link is ACTIVE: data can flow"),
                    new Bit(IB_CONF, "IB_CONF", "IB_configured", "LID and MTU are set"),
                    new Bit(IB_NOCABLE, "IB_NOCABLE", "NoIBcable", "no link"),
                    new Bit(
                            HWERROR,
                            "HWERROR",
                            "Fatal_Hardware_Error",
                            "fatal hardware error; a text follows the words"));

    private UnitStatus() {}

    /**
     * The words of the bits that are set, as status_str has them; an unknown bit is {@code
     * "0x<bit>"}.
     */
    public static List<String> words(long status) {
        List<String> words = new ArrayList<>();
        long rest = status;
        for (Bit bit : ALL) {
            if ((status & bit.bit) != 0) {
                words.add(bit.word);
                rest &= ~bit.bit;
            }
        }
        while (rest != 0) {
            long bit = Long.lowestOneBit(rest);
            words.add("0x" + Long.toHexString(bit));
            rest ^= bit;
        }
        return words;
    }
}
