package io.softpath.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;

class BenchMainTest {
    @Test
    void shouldRefuseACommandLineThatMeasuresNothing() {
        assertEquals(2, BenchMain.execute("--quik"));
        assertEquals(2, BenchMain.execute("flor"));
    }

    @Test
    void shouldRefuseAPageThatCannotBeWrittenBeforeItMeasures() {
        String page = "/proc/none/report.html";
        assertEquals(2, BenchMain.execute("--html", page));
        assertEquals(2, BenchMain.execute("floor", "--html", page));
        assertEquals(2, BenchMain.execute("jmh", "--html", page));
        assertEquals(2, BenchMain.execute("--markdown", page));
        assertEquals(2, BenchMain.execute("floor", "--markdown", page));
        assertEquals(2, BenchMain.execute("jmh", "--html", "a.html", "--markdown", "a.json"));
    }

    @Test
    void shouldExplainEachCommand() {
        assertEquals(0, BenchMain.execute("--help"));
        assertEquals(0, BenchMain.execute("floor", "--help"));
        assertEquals(0, BenchMain.execute("jmh", "--help"));
        assertEquals(0, BenchMain.execute("mq", "--help"));
        assertEquals(0, BenchMain.execute("psm", "--help"));
    }

    /** The preload library lies in a distribution, and here is none. */
    @Test
    void shouldSayWhatItTakesToRunTheRealLibrary() {
        StringWriter said = new StringWriter();
        int code =
                BenchMain.commandLine()
                        .setErr(new PrintWriter(said, true))
                        .execute("psm", "--quick", "--json");
        assertEquals(1, code);
        assertTrue(said.toString().contains("libsoftpath-preload.so"), said::toString);
        assertTrue(said.toString().contains("apt-get install gcc"), said::toString);
    }

    @Test
    void shouldFailWhenNoBenchmarkMatches() {
        assertEquals(1, BenchMain.execute("jmh", "--json", "--quick", "noSuchBenchmark"));
    }
}
