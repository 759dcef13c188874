package io.softpath.psm;

import io.softpath.driver.DeviceOptions;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * How an endpoint is opened.
 *
 * @param job all endpoints of a job have the same
 * @param device which daemon, and which unit of it
 * @param rendezvousBytes messages that are longer wait until the receiver has matched;
 *     PSM_MQ_RNDV_IPATH_THRESH
 * @param credits packets to one peer that may be unacknowledged, 2 to 64; PSM_FLOW_CREDITS
 * @param maxRequests sends and receives that may be under way; PSM_MQ_SENDREQS_MAX
 * @param maxUnexpectedBytes of messages that nobody has asked for yet
 */
public record EndpointOptions(
        UUID job,
        DeviceOptions device,
        int rendezvousBytes,
        int credits,
        int maxRequests,
        long maxUnexpectedBytes) {
    private static final int RENDEZVOUS_BYTES = 64_000;
    private static final int CREDITS = 64;
    private static final int MAX_REQUESTS = 1 << 20;
    private static final long MAX_UNEXPECTED_BYTES = 64L << 20;

    public EndpointOptions {
        Objects.requireNonNull(job);
        Objects.requireNonNull(device);
        check("PSM_MQ_RNDV_IPATH_THRESH", rendezvousBytes, 0, 1 << 30);
        check("PSM_FLOW_CREDITS", credits, 2, CREDITS);
        check("PSM_MQ_SENDREQS_MAX", maxRequests, 1, 1 << 24);
        check("maxUnexpectedBytes", maxUnexpectedBytes, rendezvousBytes, Long.MAX_VALUE);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "endpoint: " + name + "=" + value + " is outside " + least + ".." + most);
        }
    }

    /** What the environment says, and PSM's defaults where it does not. */
    public static EndpointOptions ofJob(UUID job) {
        return ofJob(job, System.getenv());
    }

    static EndpointOptions ofJob(UUID job, Map<String, String> environment) {
        return new EndpointOptions(
                job,
                DeviceOptions.fromEnvironment(),
                number(environment, "PSM_MQ_RNDV_IPATH_THRESH", RENDEZVOUS_BYTES),
                number(environment, "PSM_FLOW_CREDITS", CREDITS),
                number(environment, "PSM_MQ_SENDREQS_MAX", MAX_REQUESTS),
                MAX_UNEXPECTED_BYTES);
    }

    private static int number(Map<String, String> environment, String name, int otherwise) {
        String text = environment.get(name);
        if (text == null || text.isBlank()) {
            return otherwise;
        }
        try {
            return Integer.decode(text.strip());
        } catch (NumberFormatException e) {
            throw SoftpathException.of(
                    Errno.EINVAL, "endpoint: " + name + "=" + text + " is not a number", e);
        }
    }

    public EndpointOptions withDevice(DeviceOptions newDevice) {
        return new EndpointOptions(
                job, newDevice, rendezvousBytes, credits, maxRequests, maxUnexpectedBytes);
    }

    public EndpointOptions withRendezvousBytes(int bytes) {
        return new EndpointOptions(job, device, bytes, credits, maxRequests, maxUnexpectedBytes);
    }

    public EndpointOptions withCredits(int packets) {
        return new EndpointOptions(
                job, device, rendezvousBytes, packets, maxRequests, maxUnexpectedBytes);
    }
}
