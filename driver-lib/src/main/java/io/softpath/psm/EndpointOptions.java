package io.softpath.psm;

import io.softpath.driver.DeviceOptions;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.DirectSettings;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * How an endpoint is opened.
 *
 * @param job all endpoints of a job have the same
 * @param device which daemon, and which unit of it
 * @param rendezvousBytes messages that are longer wait until the receiver has matched
 * @param tids whether long messages go straight into pinned memory
 * @param windowBytes of a long message that are granted at once
 * @param credits packets to one peer that may be unacknowledged
 * @param maxRequests sends and receives that may be under way, together
 * @param maxUnexpectedBytes of messages that nobody has asked for yet
 * @param connectSeconds that a connect may take; 0: as the program says
 * @param closeSeconds that a close may take; 0: as the program says
 * @param devices the ways to peers that may be used
 * @param directRendezvousBytes through shared memory, messages that are longer wait until the
 *     receiver has matched
 */
public record EndpointOptions(
        UUID job,
        DeviceOptions device,
        int rendezvousBytes,
        boolean tids,
        int windowBytes,
        int credits,
        int maxRequests,
        long maxUnexpectedBytes,
        int connectSeconds,
        int closeSeconds,
        Set<PsmDevices> devices,
        int directRendezvousBytes) {
    private static final long MAX_UNEXPECTED_BYTES = 64L << 20;
    private static final int MAX_REQUESTS = 1 << 24;

    public EndpointOptions {
        Objects.requireNonNull(job);
        Objects.requireNonNull(device);
        PsmVariable.RNDV_IPATH_THRESH.check(rendezvousBytes);
        PsmVariable.RNDV_SHM_THRESH.check(directRendezvousBytes);
        PsmVariable.RNDV_IPATH_WINDOW.check(windowBytes);
        PsmVariable.FLOW_CREDITS.check(credits);
        devices = Set.copyOf(devices);
        PsmVariable.SENDREQS_MAX.check(maxRequests);
        PsmVariable.CONNECT_TIMEOUT.check(connectSeconds);
        PsmVariable.CLOSE_TIMEOUT.check(closeSeconds);
        if (maxUnexpectedBytes < rendezvousBytes) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "endpoint: maxUnexpectedBytes="
                            + maxUnexpectedBytes
                            + " has no room for one message of rendezvousBytes="
                            + rendezvousBytes);
        }
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
        int rendezvousBytes = PsmVariable.RNDV_IPATH_THRESH.value(environment);
        return new EndpointOptions(
                job,
                DeviceOptions.fromEnvironment(),
                rendezvousBytes,
                (PsmVariable.TID.value(environment) & 1) != 0,
                PsmVariable.RNDV_IPATH_WINDOW.value(environment),
                PsmVariable.FLOW_CREDITS.value(environment),
                Math.min(
                        MAX_REQUESTS,
                        PsmVariable.SENDREQS_MAX.value(environment)
                                + PsmVariable.RECVREQS_MAX.value(environment)),
                Math.max(MAX_UNEXPECTED_BYTES, rendezvousBytes),
                PsmVariable.CONNECT_TIMEOUT.value(environment),
                PsmVariable.CLOSE_TIMEOUT.value(environment),
                PsmDevices.of(environment),
                PsmVariable.RNDV_SHM_THRESH.value(environment));
    }

    public EndpointOptions withDevice(DeviceOptions newDevice) {
        return new EndpointOptions(
                job,
                newDevice,
                rendezvousBytes,
                tids,
                windowBytes,
                credits,
                maxRequests,
                maxUnexpectedBytes,
                connectSeconds,
                closeSeconds,
                devices,
                directRendezvousBytes);
    }

    public EndpointOptions withRendezvousBytes(int bytes) {
        return new EndpointOptions(
                job,
                device,
                bytes,
                tids,
                windowBytes,
                credits,
                maxRequests,
                Math.max(maxUnexpectedBytes, bytes),
                connectSeconds,
                closeSeconds,
                devices,
                directRendezvousBytes);
    }

    public EndpointOptions withCredits(int packets) {
        return new EndpointOptions(
                job,
                device,
                rendezvousBytes,
                tids,
                windowBytes,
                packets,
                maxRequests,
                maxUnexpectedBytes,
                connectSeconds,
                closeSeconds,
                devices,
                directRendezvousBytes);
    }

    public EndpointOptions withDevices(Set<PsmDevices> newDevices) {
        return new EndpointOptions(
                job,
                device,
                rendezvousBytes,
                tids,
                windowBytes,
                credits,
                maxRequests,
                maxUnexpectedBytes,
                connectSeconds,
                closeSeconds,
                newDevices,
                directRendezvousBytes);
    }

    /** What the engine is told of the devices. */
    DirectSettings ways() {
        return new DirectSettings(
                devices.contains(PsmDevices.SELF),
                devices.contains(PsmDevices.SHM),
                devices.contains(PsmDevices.IPATH),
                directRendezvousBytes);
    }

    /**
     * @param on whether long messages go straight into pinned memory
     * @param bytes of a long message that are granted at once
     */
    public EndpointOptions withTids(boolean on, int bytes) {
        return new EndpointOptions(
                job,
                device,
                rendezvousBytes,
                on,
                bytes,
                credits,
                maxRequests,
                maxUnexpectedBytes,
                connectSeconds,
                closeSeconds,
                devices,
                directRendezvousBytes);
    }
}
