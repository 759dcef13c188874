package io.softpath.psm;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The ways to peers that an endpoint may use, tried in the order in which they are named: the first
 * that leads to a peer is taken. Connections are made through the chip in any case. Source: psm,
 * psm_ep.c, psmi_parse_devices.
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
    public static final String PURPOSE = "ways to peers, in the order in which they are tried";

    /** All of them, which is what holds if the variable is not set. */
    public static final List<PsmDevices> ALL = List.of(values());

    /** All of them, as the variable has it. */
    public static String all() {
        return ALL.stream()
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
    }

    /**
     * What an environment says.
     *
     * @throws SoftpathException.Refused EINVAL if it names something else, or nothing
     */
    static List<PsmDevices> of(Map<String, String> environment) {
        String text = environment.get(VARIABLE);
        if (text == null || text.isBlank()) {
            return ALL;
        }
        List<PsmDevices> chosen = new ArrayList<>();
        for (String name : text.split(",", -1)) {
            chosen.add(named(name.strip(), text));
        }
        return List.copyOf(chosen);
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
