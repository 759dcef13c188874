package io.softpath.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.BenchFailure;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

class UcxToolTest {
    @Test
    void shouldReadTheMedianAndTheRate() throws IOException {
        assertEquals(
                new UcxTool.Figures(100_000, 0.181, 5_325_086),
                UcxTool.Figures.parse(Captured.lines("ucx-1.13-tag_lat.txt")));
        assertEquals(
                new UcxTool.Figures(2000, 0.17, 13_807),
                UcxTool.Figures.parse(Captured.lines("ucx-1.13-tag_bw.txt")));
        assertEquals(
                new UcxTool.Figures(16, 0.202, 4370),
                UcxTool.Figures.parse(Captured.lines("ucx-1.13-tag_bw-few.txt")));
    }

    @Test
    void shouldReadTheLastLineOfAnOlderVersion() throws IOException {
        assertEquals(
                new UcxTool.Figures(5_000_000, 0.21, 4_854_369),
                UcxTool.Figures.parse(Captured.lines("ucx-1.8-tag_lat.txt")));
    }

    @Test
    void shouldShowWhatCannotBeRead() throws IOException {
        List<String> said = Captured.lines("ucx-1.13-no-transport.txt");
        BenchFailure failure = assertThrows(BenchFailure.class, () -> UcxTool.Figures.parse(said));
        assertTrue(failure.getMessage().contains("transport 'nosuch'"), failure::getMessage);

        List<String> noNumber = List.of("iterations,overall_mr", "1000,fast");
        failure = assertThrows(BenchFailure.class, () -> UcxTool.Figures.parse(noNumber));
        assertTrue(failure.getMessage().contains("1000,fast"), failure::getMessage);
    }
}
