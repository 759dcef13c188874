package io.softpath.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Two users of one daemon, one of which measures what the other helps it with. Each prints {@code
 * ready ADDRESS}, is told {@code go ADDRESS} of the other, does its part and ends; the one that
 * measures prints {@link Findings}.
 */
public final class UserPair {
    private static final String READY = "ready ";
    private static final String GO = "go ";
    private static final Duration START = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofMinutes(2);

    private final Child measuring;
    private final Child serving;
    private final String measuringAddress;
    private final String servingAddress;

    private UserPair(Child measuring, Child serving) {
        this.measuring = measuring;
        this.serving = serving;
        servingAddress = address(serving);
        measuringAddress = address(measuring);
    }

    /** Waits until both are ready. */
    public static UserPair awaitReady(Child measuring, Child serving) {
        return new UserPair(measuring, serving);
    }

    /** Waits until a user is ready, and returns what it says of itself. */
    public static String address(Child user) {
        return user.awaitLine(READY, START).substring(READY.length());
    }

    /** Tells a user of another, or of itself. */
    public static void go(Child user, String address) {
        user.println(GO + address);
    }

    /**
     * Tells them of each other, and waits until both have ended.
     *
     * @param measured how long the measurement itself may take
     */
    public Findings measure(Duration measured) {
        go(serving, measuringAddress);
        Findings findings = measureAlone(measuring, servingAddress, measured);
        serving.awaitSuccess(GRACE);
        return findings;
    }

    /**
     * As {@link #measure}, of a user that needs no other.
     *
     * @param address to tell it
     */
    public static Findings measureAlone(Child user, String address, Duration measured) {
        go(user, address);
        return Findings.parse(user.awaitSuccess(measured.plus(GRACE)));
    }

    /** Says that this user is ready; called by a user. */
    public static void ready(String own) {
        System.out.println(READY + own);
    }

    /**
     * Says that this user is ready and waits to be told of the other; called by a user.
     *
     * @return the other's address; null if the harness is gone
     */
    public static String meet(String own) throws IOException {
        ready(own);
        String line =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        .readLine();
        return line == null ? null : line.substring(GO.length());
    }
}
