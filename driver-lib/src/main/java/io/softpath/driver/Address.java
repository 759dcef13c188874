package io.softpath.driver;

import io.softpath.abi.packet.Lrh;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

/**
 * Where a packet goes: the port's local identifier (LID) and the receive context behind it. Written
 * {@code lid:context}, as {@code 2:5}.
 */
public record Address(int lid, int context) {
    /**
     * The largest LID of one port; above are multicast groups. Source: InfiniBand specification,
     * 4.1.3.
     */
    public static final int MAX_LID = Lrh.MAX_UNICAST_LID;

    /**
     * The context field and the bits borrowed for it hold no more. Source: ipath_common.h,
     * INFINIPATH_I_CONTEXT.
     */
    public static final int MAX_CONTEXT = 63;

    public Address {
        if (lid < 1 || lid > MAX_LID) {
            throw SoftpathException.of(
                    Errno.EINVAL, "address: lid=" + lid + " is outside 1.." + MAX_LID);
        }
        if (context < 0 || context > MAX_CONTEXT) {
            throw SoftpathException.of(
                    Errno.EINVAL, "address: context=" + context + " is outside 0.." + MAX_CONTEXT);
        }
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws SoftpathException.Refused EINVAL if the text is no address
     */
    public static Address parse(String text) {
        int colon = text.indexOf(':');
        try {
            return new Address(
                    Integer.parseInt(text, 0, Math.max(colon, 0), 10),
                    Integer.parseInt(text, colon + 1, text.length(), 10));
        } catch (NumberFormatException e) {
            throw SoftpathException.of(
                    Errno.EINVAL, "address: text=\"" + text + "\" is not lid:context, as 2:5", e);
        }
    }

    @Override
    public String toString() {
        return lid + ":" + context;
    }
}
