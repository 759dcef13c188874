package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;

import org.junit.jupiter.api.Test;

import java.util.Map;

class ModelSettingTest {
    @Test
    void shouldChangeWhatIsSetAndNothingElse() {
        ChipModel changed =
                ModelSetting.apply(
                        ChipModel.IBA7220,
                        Map.of(
                                "pio-buffers", "112",
                                "eager-buffers", "512",
                                "eager-buffer-bytes", "4096",
                                "header-entries", "1024",
                                "tids", "256"));
        assertEquals(112, changed.pio2kCount());
        assertEquals(512, changed.egrCount());
        assertEquals(4096, changed.egrBufferBytes());
        assertEquals(1024, changed.rcvHdrCount());
        assertEquals(256, changed.tidCount());
        assertEquals(ChipModel.IBA7220.contexts(), changed.contexts());
        assertEquals(ChipModel.IBA7220.runtimeFlags(), changed.runtimeFlags());
        assertSame(ChipModel.IBA6120, ModelSetting.apply(ChipModel.IBA6120, Map.of()));
    }

    @Test
    void shouldNameTheSettingsWhenThereIsNoSuchOne() {
        String message = refusal(Map.of("eggs", "12"));
        assertTrue(message.contains("name=eggs"), message);
        assertTrue(message.contains("eager-buffers"), message);
    }

    @Test
    void shouldNameTheValueThatIsNoNumber() {
        assertTrue(refusal(Map.of("tids", "many")).contains("tids=many"));
    }

    @Test
    void shouldHoldTheModelsOwnBounds() {
        String message = refusal(Map.of("pio-buffers", "3"));
        assertTrue(message.contains("pioBuffersPerContext=0 allowed=7..256"), message);
        assertTrue(message.contains("IBA7220"), message);
    }

    private static String refusal(Map<String, String> settings) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> ModelSetting.apply(ChipModel.IBA7220, settings))
                .getMessage();
    }
}
