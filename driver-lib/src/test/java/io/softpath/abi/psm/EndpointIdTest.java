package io.softpath.abi.psm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointIdTest {
    @ParameterizedTest
    @Fidelity(65)
    @CsvSource({
        "0x00010302, 1, 3, 0, 0, QLE72XX",
        "0x0002C5A3, 2, 5, 3, 10, QLE73XX",
        "0xBFFF3F01, 49151, 63, 0, 0, QLE71XX",
        "0x00071102, 7, 17, 0, 0, QLE72XX"
    })
    void shouldDecodeWhatItEncodes(
            String value,
            int lid,
            int context,
            int subcontext,
            int serviceLevel,
            ChipModel.Family family) {
        EndpointId id = EndpointId.of(lid, context, subcontext, serviceLevel, family);
        assertEquals(Long.decode(value), id.value());
        assertEquals(lid, id.lid());
        assertEquals(context, id.context());
        assertEquals(subcontext, id.subcontext());
        assertEquals(serviceLevel, id.serviceLevel());
        assertEquals(family, id.family());
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 0x0000_0302, 0x0001_0300, 0x0001_0304, 0xC000_0302L, 0x1_0001_0302L, -1})
    void shouldRefuseWhatIsNobodys(long value) {
        assertThrows(IllegalArgumentException.class, () -> new EndpointId(value));
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        ChipModel.Family family = ChipModel.Family.QLE72XX;
        assertThrows(IllegalArgumentException.class, () -> EndpointId.of(1, 64, 0, 0, family));
        assertThrows(IllegalArgumentException.class, () -> EndpointId.of(1, 0, 4, 0, family));
        assertThrows(IllegalArgumentException.class, () -> EndpointId.of(1, 0, 0, 16, family));
        assertThrows(IllegalArgumentException.class, () -> EndpointId.of(0, 1, 0, 0, family));
    }

    @Test
    void shouldReadAsLidAndContext() {
        assertEquals("2:5", EndpointId.of(2, 5, 0, 0, ChipModel.Family.QLE73XX).toString());
        assertEquals("2:5.1", EndpointId.of(2, 5, 1, 0, ChipModel.Family.QLE73XX).toString());
    }
}
