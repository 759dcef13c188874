package io.softpath.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BenchMainTest {
    @Test
    void shouldRefuseACommandLineThatMeasuresNothing() {
        assertEquals(2, BenchMain.execute());
        assertEquals(2, BenchMain.execute("flor"));
    }

    @Test
    void shouldExplainEachCommand() {
        assertEquals(0, BenchMain.execute("--help"));
        assertEquals(0, BenchMain.execute("floor", "--help"));
        assertEquals(0, BenchMain.execute("jmh", "--help"));
    }

    @Test
    void shouldFailWhenNoBenchmarkMatches() {
        assertEquals(1, BenchMain.execute("jmh", "--json", "--quick", "noSuchBenchmark"));
    }
}
