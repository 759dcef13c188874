package io.softpath.apps.hello;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class ReportTest {
    private static Report report(String problem) {
        Report.Mapped mapped =
                new Report.Mapped(
                        "RCVHDRQ", "rcvhdrq", 4096, "READ_WRITE", "rw-s", "dc dd", true, "");
        return new Report(1, "1:2", 0, List.of(mapped), 3, 18, 17, "cafe", 12, problem);
    }

    @Test
    void shouldBeOneObjectOfJson() {
        assertEquals(
                "{\"rank\":1,\"address\":\"1:2\",\"unit\":0,\"ok\":true,\"mappings\":[{\"kind\":"
                        + "\"RCVHDRQ\",\"label\":\"rcvhdrq\",\"bytes\":4096,\"access\":"
                        + "\"READ_WRITE\",\"permissions\":\"rw-s\",\"vmFlags\":\"dc dd\","
                        + "\"locked\":true,\"violations\":\"\"}],\"peers\":3,\"packetsSent\":18,"
                        + "\"packetsReceived\":17,\"checksum\":\"cafe\",\"elapsedMs\":12,"
                        + "\"problem\":\"\"}",
                report("").json());
    }

    @Test
    void shouldEscapeWhatJsonCannotHold() {
        assertEquals("\"a\\\"b\\\\c\\nd\\u0001\"", Report.quote("a\"b\\c\nd\u0001"));
    }

    @Test
    void shouldSayWhatWentWrong() {
        assertTrue(report("").ok());
        assertFalse(report("late").ok());
        assertEquals(
                "rank 1 (1:2) greeted 3 ranks: 18 packets sent, 17 received, checksum cafe, 12 ms:"
                        + " late",
                report("late").sentence());
    }
}
