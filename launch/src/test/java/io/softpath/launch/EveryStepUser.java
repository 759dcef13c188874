package io.softpath.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.abi.psm.EndpointId;
import io.softpath.driver.DeviceOptions;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/**
 * A process that goes through {@link EveryStep} again and again: whoever it is with tells it the id
 * of each of their endpoints in a line, having read its own.
 *
 * <p>Arguments: run directory, job, seconds of patience.
 */
final class EveryStepUser {
    private EveryStepUser() {}

    public static void main(String[] args) {
        BufferedReader ids = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        EveryStep steps =
                new EveryStep(
                        DeviceOptions.fromEnvironment().withDirectory(Path.of(args[0])),
                        UUID.fromString(args[1]),
                        own -> {
                            System.out.println("id " + own.value());
                            try {
                                return new EndpointId(Long.parseLong(ids.readLine()));
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        Duration.ofSeconds(Long.parseLong(args[2])));
        while (steps.round()) {
            System.out.println("round done");
        }
        System.out.println("round failed");
    }
}
