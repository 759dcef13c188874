package io.softpath.abi.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.function.UnaryOperator;

class ChipModelTest {
    @Test
    void shouldDescribeTheCardOfTheMailsTime() {
        ChipModel model = ChipModel.IBA6120;
        assertEquals(4, model.userContexts());
        assertEquals(132, model.pioCount());
        assertEquals(5, model.availQwords());
        assertTrue(model.tailInMemory());
        assertFalse(model.usesRhfSequence());
        assertFalse(model.useEgrBit());
        assertEquals(0xC02, model.runtimeFlags()); // PCIE, FORCE_PIOAVAIL, PIO_REGSWAPPED
        assertEquals(1, model.updateThreshold());
        checkSizes(model);
    }

    @Test
    void shouldDescribeTheDefaultCard() {
        ChipModel model = ChipModel.IBA7220;
        assertEquals(16, model.userContexts());
        assertEquals(144, model.pioCount());
        assertEquals(5, model.availQwords());
        assertTrue(model.usesRhfSequence());
        assertTrue(model.useEgrBit());
        assertEquals(0x182, model.runtimeFlags()); // PCIE, NODMA_RTAIL, SPECIAL_TRIGGER
        assertEquals(6, model.updateThreshold()); // two less than the buffers of a context
        assertEquals(64, model.headerOffsetDwords() * 4);
        assertEquals(120, model.rhfOffsetDwords() * 4);
        checkSizes(model);
    }

    private static void checkSizes(ChipModel model) {
        assertEquals(2168, model.piosize());
        assertEquals(2176, model.ibMaxLenBytes());
        assertEquals(2048, model.maxPayloadBytes());
        assertEquals(16, model.egrPerChunk());
        assertEquals(64, model.egrChunks());
        assertEquals(2097152, model.egrTotalBytes());
        assertEquals(2097152 - 2048, model.egrOffsetBytes(1023));
        assertEquals(262144, model.rcvHdrBytes());
        assertEquals(262144, model.rcvHdrAllocBytes());
        assertEquals(65504, model.rcvHdrRingDwords() - model.rcvHdrEntDwords());
        assertEquals(512, model.tidCount());
    }

    @Test
    void shouldRoundOddQueuesToChunksAndPages() {
        ChipModel model = ChipModel.IBA7220.toBuilder().egrCount(17).rcvHdrCount(33).build();
        assertEquals(2, model.egrChunks());
        assertEquals(65536, model.egrTotalBytes());
        assertEquals(32768, model.egrOffsetBytes(16));
        assertEquals(33 * 128, model.rcvHdrBytes());
        assertEquals(8192, model.rcvHdrAllocBytes());
    }

    @Test
    void shouldFindModelsByNameAndBoard() {
        assertSame(ChipModel.IBA7220, ChipModel.named("iba7220"));
        assertSame(ChipModel.IBA6120, ChipModel.named("6120"));
        assertSame(ChipModel.IBA7220, ChipModel.named("QLE7240"));
        String message =
                assertThrows(IllegalArgumentException.class, () -> ChipModel.named("IBA9999"))
                        .getMessage();
        assertTrue(message.contains("model=IBA9999 known=IBA6120,IBA7220,IBA7322"), message);
    }

    @Test
    void shouldHaveTheIba7322WithFlowsAndHeaderSuppression() {
        ChipModel model = ChipModel.named("QLE7342");
        assertSame(ChipModel.IBA7322, model);
        assertEquals(0x50A2, model.runtimeFlags());
        assertEquals(16, model.userContexts());
        assertEquals(5, model.updateThreshold());
        assertEquals(6, model.availQwords());
        assertEquals(32, model.tidFlows());
        assertEquals(2176, model.ibMaxLenBytes());
        assertEquals(65504, model.rcvHdrRingDwords() - model.rcvHdrEntDwords());
        assertEquals(4096, model.toBuilder().egrBufferBytes(4096).build().mtuBytes());
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ChipModel.IBA7220.toBuilder().tidFlows(32).build())
                        .getMessage();
        assertTrue(message.contains("tidFlows=32 allowed=0"), message);
    }

    @Test
    void shouldFollowTheDriversThresholdUnlessOneIsForced() {
        assertEquals(8, ChipModel.IBA7220.toBuilder().contexts(5).build().updateThreshold());
        assertEquals(
                5, ChipModel.IBA7220.toBuilder().kernelPioReserve(16).build().updateThreshold());
        ChipModel forced = ChipModel.IBA7220.toBuilder().updateThreshold(8).build();
        assertEquals(8, forced.updateThreshold());
        assertEquals(8, forced.toBuilder().tidCount(64).build().updateThreshold());
    }

    @Test
    void shouldComeBackUnchangedFromItsBuilder() {
        for (ChipModel model : ChipModel.ALL) {
            assertEquals(model, model.toBuilder().build());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "contexts, 1, contexts=1 allowed=2..17",
        "contexts, 18, contexts=18 allowed=2..17",
        "pio2kCount, 16, pioBuffersPerContext=1 allowed=7..256: take fewer contexts or more 2K"
                + " buffers",
        "pio2kCount, 257, pio2kCount=257 allowed=1..256",
        "pio4kCount, 129, pio4kCount=129 allowed=0..128",
        "kernelPioReserve, 128, kernelPioReserve=128 allowed=0..127",
        "tidCount, 513, tidCount=513 allowed=1..512",
        "egrCount, 4097, egrCount=4097 allowed=2..4096",
        "egrCount, 1, egrCount=1 allowed=2..4096",
        "egrBufferBytes, 1024, egrBufferBytes=1024 allowed=2048 or 4096",
        "rcvHdrCount, 1, rcvHdrCount=1 allowed=2..65536",
        "rcvHdrCount, 26, rcvHdrCount=26 allowed=no multiple of 13",
        "rcvHdrEntDwords, 14, rcvHdrEntDwords=14 allowed=16..64",
        "rhfOffsetDwords, 31, rhfOffsetDwords=31 allowed=0..30",
        "rhfOffsetDwords, 16, rhfOffsetDwords=16 allowed=outside the header",
        "headerOffsetDwords, 20, headerOffsetDwords=20 allowed=0..18",
        "updateThreshold, 32, updateThreshold=32 allowed=1..31"
    })
    void shouldNameModelValueBoundAndRemedyWhenAValueIsBad(String key, int value, String expected) {
        UnaryOperator<ChipModel.Builder> change =
                b ->
                        switch (key) {
                            case "contexts" -> b.contexts(value);
                            case "pio2kCount" -> b.pio2kCount(value);
                            case "pio4kCount" -> b.pio4kCount(value);
                            case "kernelPioReserve" -> b.kernelPioReserve(value);
                            case "tidCount" -> b.tidCount(value);
                            case "egrCount" -> b.egrCount(value);
                            case "egrBufferBytes" -> b.egrBufferBytes(value);
                            case "rcvHdrCount" -> b.rcvHdrCount(value);
                            case "rcvHdrEntDwords" -> b.rcvHdrEntDwords(value);
                            case "rhfOffsetDwords" -> b.rhfOffsetDwords(value);
                            case "headerOffsetDwords" -> b.headerOffsetDwords(value);
                            case "updateThreshold" -> b.updateThreshold(value);
                            default -> throw new AssertionError(key);
                        };
        ChipModel.Builder builder = change.apply(ChipModel.IBA7220.toBuilder());
        String message = assertThrows(IllegalArgumentException.class, builder::build).getMessage();
        assertTrue(message.contains("model=IBA7220 " + expected), message);
        assertTrue(message.matches(".*allowed=.+: .+"), message);
    }
}
