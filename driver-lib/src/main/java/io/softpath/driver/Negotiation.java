package io.softpath.driver;

import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.RuntimeFlags;
import io.softpath.driver.control.DeviceFile;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

/** What library and driver agree on: softpath's extensions, versions, how to launch. */
final class Negotiation {
    private Negotiation() {}

    /**
     * Asks for the extensions that the options want; a driver that has none refuses the request.
     */
    static int features(DeviceFile file, ContextOptions options) {
        int wanted = options.doorbell() ? ControlRecord.FEATURE_DOORBELL : 0;
        wanted |= options.gather() ? ControlRecord.FEATURE_GATHER : 0;
        if (options.launch().orElse(LaunchMode.INLINE) == LaunchMode.INLINE) {
            wanted |= ControlRecord.FEATURE_INLINE_TRIGGER;
        }
        return wanted == 0 ? 0 : file.features(wanted);
    }

    /**
     * The library refuses a driver with another major version; minors may differ. Source: psm
     * ipath_proto.c, ipath_userinit.
     */
    static void checkVersion(BaseInfo info) {
        if (AbiVersion.major(info.swVersion()) != AbiVersion.MAJOR) {
            throw SoftpathException.of(
                    Errno.ENODEV,
                    "context: driver and library do not fit: driverVersion="
                            + AbiVersion.text(info.swVersion())
                            + " libraryVersion="
                            + AbiVersion.text(AbiVersion.USER));
        }
    }

    /** How to launch on this context. */
    static LaunchMode launch(ContextOptions options, int features, BaseInfo info) {
        LaunchMode chips =
                (info.runtimeFlags() & RuntimeFlags.SPECIAL_TRIGGER) != 0
                        ? LaunchMode.SPECIAL
                        : LaunchMode.LAST_DWORD;
        LaunchMode best =
                (features & ControlRecord.FEATURE_INLINE_TRIGGER) != 0 ? LaunchMode.INLINE : chips;
        LaunchMode wanted = options.launch().orElse(best);
        if (wanted != best) {
            throw SoftpathException.of(
                    Errno.EOPNOTSUPP,
                    "context: cannot launch like this: launch=" + wanted + " possible=" + best);
        }
        return wanted;
    }
}
