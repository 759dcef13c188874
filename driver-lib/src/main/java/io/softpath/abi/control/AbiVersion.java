package io.softpath.abi.control;

/**
 * The version of the interface between user library and driver. Source: qib_common.h,
 * QIB_USER_SWMAJOR and QIB_USER_SWMINOR.
 *
 * <p>A driver refuses another major version and accepts any minor one.
 */
public final class AbiVersion {
    public static final int MAJOR = 1;
    public static final int MINOR = 13;

    /** What a user library sends: major in the upper 16 bits. */
    public static final int USER = MAJOR << 16 | MINOR;

    /** Bit of the driver's version that says it was built by the vendor; qib always sets it. */
    public static final int VENDOR_BUILT = 1 << 31;

    /** What the driver answers. */
    public static final int DRIVER = VENDOR_BUILT | USER;

    private AbiVersion() {}

    /** The major version in a user's or a driver's word. */
    public static int major(int version) {
        return (version & ~VENDOR_BUILT) >>> 16;
    }

    /** The minor version in a user's or a driver's word. */
    public static int minor(int version) {
        return version & 0xFFFF;
    }

    /** {@code "1.13"}. */
    public static String text(int version) {
        return major(version) + "." + minor(version);
    }
}
