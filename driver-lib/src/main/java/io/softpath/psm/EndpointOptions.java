package io.softpath.psm;

import io.softpath.abi.packet.PacketCrc;
import io.softpath.abi.psm.ConnectMessage;
import io.softpath.driver.DeviceOptions;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.DirectSettings;
import io.softpath.psm.engine.EngineSettings;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * How an endpoint is opened: what the environment says, unless the program says otherwise.
 *
 * @param job all endpoints of a job have the same
 * @param device which daemon, and which unit of it
 * @param devices the ways to peers that may be used, in the order in which they are tried
 * @param values what each variable of PSM's says
 */
public record EndpointOptions(
        UUID job,
        DeviceOptions device,
        List<PsmDevices> devices,
        Map<PsmVariable, List<Integer>> values) {
    /** Payloads of full packets are multiples of it, as PSM's. */
    private static final int CACHE_LINE = 64;

    private static final int LEAST_MTU = 256;

    public EndpointOptions {
        Objects.requireNonNull(job);
        Objects.requireNonNull(device);
        devices = List.copyOf(devices);
        Map<PsmVariable, List<Integer>> all = new EnumMap<>(PsmVariable.class);
        for (PsmVariable each : PsmVariable.values()) {
            all.put(each, each.check(values.get(each)));
        }
        values = Map.copyOf(all);
        mtu(values.get(PsmVariable.MTU).getFirst());
        pkey(values.get(PsmVariable.PKEY).getFirst());
    }

    /**
     * What the environment says ({@link PsmVariable}), and PSM's defaults where it does not.
     *
     * @throws SoftpathException.Refused EINVAL if it says what cannot be
     */
    public static EndpointOptions ofJob(UUID job) {
        return ofJob(job, System.getenv());
    }

    static EndpointOptions ofJob(UUID job, Map<String, String> environment) {
        Map<PsmVariable, List<Integer>> all = new EnumMap<>(PsmVariable.class);
        for (PsmVariable each : PsmVariable.values()) {
            all.put(each, each.values(environment));
        }
        return new EndpointOptions(
                job, DeviceOptions.fromEnvironment(), PsmDevices.of(environment), all);
    }

    /** InfiniBand counts them from 1, which is 256 bytes, to 5. Source: psm, ips_proto.c. */
    private static int mtu(int value) {
        int bytes = value >= 1 && value <= 5 ? LEAST_MTU / 2 << value : value;
        if (bytes == 0) {
            return Integer.MAX_VALUE;
        }
        if (bytes < LEAST_MTU || Integer.bitCount(bytes) != 1) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "endpoint: "
                            + PsmVariable.MTU.variable()
                            + "="
                            + value
                            + " is none of 0, 1 to 5, 256, 512, 1024, 2048, 4096");
        }
        return bytes;
    }

    /** Who says a key with its membership bit means the same. */
    private static int pkey(int value) {
        int key = value & ConnectMessage.PKEY_MASK;
        if (key == 0) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "endpoint: "
                            + PsmVariable.PKEY.variable()
                            + "="
                            + value
                            + " has no key but a membership bit, choose "
                            + EngineSettings.PKEY);
        }
        return key;
    }

    public EndpointOptions withDevice(DeviceOptions newDevice) {
        return new EndpointOptions(job, newDevice, devices, values);
    }

    public EndpointOptions withDevices(List<PsmDevices> newDevices) {
        return new EndpointOptions(job, device, newDevices, values);
    }

    /**
     * As if the environment said so.
     *
     * @throws SoftpathException.Refused EINVAL if that is out of bounds
     */
    public EndpointOptions with(PsmVariable variable, int value) {
        Map<PsmVariable, List<Integer>> all = new EnumMap<>(values);
        all.put(variable, List.of(value));
        return new EndpointOptions(job, device, devices, all);
    }

    /** Messages of more bytes wait until the receiver has matched. */
    public EndpointOptions withRendezvousBytes(int bytes) {
        return with(PsmVariable.RNDV_IPATH_THRESH, bytes);
    }

    /** So many packets of a flow to one peer may be unacknowledged. */
    public EndpointOptions withCredits(int packets) {
        return with(PsmVariable.FLOW_CREDITS, packets);
    }

    /** Long messages go straight into pinned memory, or never; so many bytes at once. */
    public EndpointOptions withTids(boolean on, int windowBytes) {
        return with(PsmVariable.TID, on ? 1 : 0).with(PsmVariable.RNDV_IPATH_WINDOW, windowBytes);
    }

    /** Only endpoints of the same partition are peers. */
    public EndpointOptions withPartitionKey(int pkey) {
        return with(PsmVariable.PKEY, pkey);
    }

    /** A thread makes progress while the program computes. */
    public EndpointOptions withProgressThread() {
        return with(PsmVariable.RCVTHREAD, 1);
    }

    /** What a variable with one number says. */
    public int value(PsmVariable variable) {
        return values.get(variable).getFirst();
    }

    /** Sends and receives that may be under way, together. */
    int maxRequests() {
        return Math.min(
                EngineSettings.REQUESTS.most(),
                value(PsmVariable.SENDREQS_MAX) + value(PsmVariable.RECVREQS_MAX));
    }

    /**
     * For an engine of this host.
     *
     * @param payloadBytes of a packet at most
     */
    EngineSettings settings(String host, int runId, int payloadBytes) {
        boolean checksum = value(PsmVariable.CHECKSUM) != 0;
        int fits = checksum ? payloadBytes - PacketCrc.BYTES & -CACHE_LINE : payloadBytes;
        List<Integer> timeout = values.get(PsmVariable.ERRCHK_TIMEOUT);
        return EngineSettings.of(job, host, runId)
                .mtuBytes(Math.min(fits, mtu(value(PsmVariable.MTU))))
                .checksum(checksum)
                .credits(value(PsmVariable.FLOW_CREDITS))
                .rendezvousBytes(value(PsmVariable.RNDV_IPATH_THRESH))
                .tids(
                        (value(PsmVariable.TID) & 1) != 0 && !checksum,
                        value(PsmVariable.RNDV_IPATH_WINDOW))
                .timeout(timeout.get(0), Math.max(timeout.get(0), timeout.get(1)), timeout.get(2))
                .maxRequests(maxRequests())
                .pkey(pkey(value(PsmVariable.PKEY)))
                .sendBuffers(value(PsmVariable.NUM_SEND_BUFFERS))
                .progressThread(value(PsmVariable.RCVTHREAD) != 0)
                .build();
    }

    /** What the engine is told of the devices: the chip leads wherever shared memory does. */
    DirectSettings ways() {
        int chip = devices.indexOf(PsmDevices.IPATH);
        int shared = devices.indexOf(PsmDevices.SHM);
        return new DirectSettings(
                devices.contains(PsmDevices.SELF),
                shared >= 0 && (chip < 0 || shared < chip),
                chip >= 0,
                value(PsmVariable.RNDV_SHM_THRESH));
    }
}
