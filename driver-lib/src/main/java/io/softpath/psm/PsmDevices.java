package io.softpath.psm;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The ways to peers that an endpoint may use. Whichever is named, the first that leads to a peer is
 * taken: oneself, shared memory, the chip. Connections are made through the chip in any case.
 * Source: psm, psm_ep.c, psmi_parse_devices.
 */
public enum PsmDevices {
    /** Messages to oneself. */
    SELF,

    /** Processes of the same host, through shared memory. */
    SHM,

    /** The chip. */
    IPATH;

    /** What it is called in an environment. */
    public static final String VARIABLE = "PSM_DEVICES";

    /** What the variable is for. */
    public static final String PURPOSE = "ways to peers that may be used, with commas between them";

    /** All of them, which is what holds if the variable is not set. */
    public static final Set<PsmDevices> ALL = Set.copyOf(EnumSet.allOf(PsmDevices.class));

    /** All of them, as the variable has it. */
    public static String all() {
        return text(EnumSet.allOf(PsmDevices.class));
    }

    private static String text(Set<PsmDevices> devices) {
        return devices.stream()
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
    }

    /**
     * What an environment says.
     *
     * @throws SoftpathException.Refused EINVAL if it names something else, or nothing
     */
    static Set<PsmDevices> of(Map<String, String> environment) {
        String text = environment.get(VARIABLE);
        if (text == null || text.isBlank()) {
            return ALL;
        }
        Set<PsmDevices> chosen = EnumSet.noneOf(PsmDevices.class);
        for (String name : text.split(",", -1)) {
            chosen.add(named(name.strip(), text));
        }
        return Set.copyOf(chosen);
    }

    private static PsmDevices named(String name, String text) {
        for (PsmDevices each : values()) {
            if (each.name().equalsIgnoreCase(name)) {
                return each;
            }
        }
        throw SoftpathException.of(
                Errno.EINVAL,
                "endpoint: "
                        + VARIABLE
                        + "="
                        + text
                        + " names '"
                        + name
                        + "', choose among "
                        + all());
    }
}
