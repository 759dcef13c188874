package io.softpath.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

class FindingsTest {
    @Test
    void shouldReadBackWhatAChildPrinted() {
        Histogram histogram = Findings.newHistogram();
        Findings.record(histogram, 120);
        Findings.record(histogram, Long.MAX_VALUE);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        out.println("something else");
        Findings.print(out, "rtt", histogram);
        Findings.print(out, "alloc", 0.25);

        Findings findings = Findings.parse(bytes.toString(StandardCharsets.UTF_8).lines().toList());

        assertEquals(histogram, findings.histogram("rtt"));
        assertEquals(2, findings.histogram("rtt").getTotalCount());
        assertEquals(0.25, findings.value("alloc"));
    }

    @Test
    void shouldNameWhatIsMissing() {
        Findings findings = Findings.parse(List.of("value a 1"));

        var failure = assertThrows(BenchFailure.class, () -> findings.histogram("rtt"));
        assertEquals("child did not measure rtt: found=[]", failure.getMessage());
    }

    @Test
    void shouldRefuseDamagedFindings() {
        assertThrows(BenchFailure.class, () -> Findings.parse(List.of("value a one")));
        assertThrows(BenchFailure.class, () -> Findings.parse(List.of("histogram a AAAA")));
        assertThrows(BenchFailure.class, () -> Findings.parse(List.of("histogram a ?")));
    }

    @Test
    void shouldReadTimesThatAProgramCounted() {
        Findings findings = Findings.parse(List.of("times rtt 300:2,310:5,70000000000:1"));

        Histogram histogram = findings.histogram("rtt");
        assertEquals(8, histogram.getTotalCount());
        assertEquals(310, histogram.getValueAtPercentile(50));
        for (String line : List.of("times rtt 300", "times rtt 300:2,", "times rtt a:b")) {
            assertThrows(BenchFailure.class, () -> Findings.parse(List.of(line)), line);
        }
    }
}
