package io.softpath.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.Map;

class FlightOptionsTest {
    private static final Path RUN = Path.of("run", "flight");

    @Test
    void shouldRecordHeadersAndDropUnlessToldOtherwise() {
        FlightOptions plain = FlightOptions.parse(RUN, "headers", null);
        assertEquals(0, plain.payloadBytes());
        assertFalse(plain.strict());
        assertEquals(JournalOptions.DEFAULT, plain.journal());
        assertEquals(plain, FlightOptions.parse(RUN, "", null));
        FlightOptions all = FlightOptions.parse(RUN, "strict,payload", "64m");
        assertEquals(FlightOptions.WHOLE_PAYLOAD, all.payloadBytes());
        assertTrue(all.strict());
        assertEquals(64L << 20, all.journal().limitBytes());
    }

    @Test
    void shouldRefuseWhatItDoesNotKnowAndNameTheChoices() {
        assertRefused("all", null, "headers, payload or strict");
        assertRefused("headers", "much", "64M");
        assertRefused("headers", "100K", "at least two segments");
    }

    private static void assertRefused(String mode, String limit, String hint) {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> FlightOptions.parse(RUN, mode, limit))
                        .getMessage();
        assertTrue(message.contains(hint), message);
    }

    @Test
    void shouldAskTheEnvironment() {
        assertNull(ProcessFlight.options(Map.of(), RUN));
        assertEquals(
                RUN,
                ProcessFlight.options(Map.of(FlightOptions.RECORD, "headers"), RUN).directory());
        assertEquals(
                Path.of("/elsewhere"),
                ProcessFlight.options(
                                Map.of(
                                        FlightOptions.RECORD,
                                        "strict",
                                        FlightOptions.RECORD_DIR,
                                        "/elsewhere"),
                                RUN)
                        .directory());
        SoftpathException refusal =
                assertThrows(
                        SoftpathException.class,
                        () -> ProcessFlight.options(Map.of(FlightOptions.RECORD, "all"), RUN));
        assertEquals("EINVAL", refusal.errno().name());
        assertTrue(refusal.getMessage().contains("SOFTPATH_RECORD"), refusal.getMessage());
    }

    @Test
    void shouldNameTheFlagsThatAModuleLacks() {
        Module base = Object.class.getModule();
        Module stranger = String.class.getModule().getLayer().findModule("java.sql").orElseThrow();
        assertTrue(
                ChronicleFlags.missing(base, stranger)
                        .contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"));
    }
}
