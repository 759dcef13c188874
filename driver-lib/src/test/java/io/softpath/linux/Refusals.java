package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.function.Executable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Assertions that the tests of this package share. */
final class Refusals {
    private Refusals() {}

    static void assertRefused(String errnoName, Executable call) {
        SoftpathException refusal = assertThrows(SoftpathException.class, call);
        assertEquals(errnoName, refusal.errno().name(), refusal.getMessage());
    }

    static void assertErrno(int errno, long result) {
        assertEquals(-errno, result);
    }

    /** How many descriptors of this process refer to something whose name contains {@code text}. */
    static long openDescriptors(String text) {
        try (Stream<Path> numbers = Files.list(Path.of("/proc/self/fd"))) {
            return numbers.filter(number -> target(number).contains(text)).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path number) {
        try {
            return Files.readSymbolicLink(number).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
