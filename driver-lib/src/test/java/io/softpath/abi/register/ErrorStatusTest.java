package io.softpath.abi.register;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

class ErrorStatusTest {
    @Test
    void shouldHaveTheChipsBits() {
        assertEquals(0x1000, ErrorStatus.RCV_EGR_FULL);
        assertEquals(0x2000, ErrorStatus.RCV_HDR_FULL);
        assertEquals(0x4000, ErrorStatus.RCV_BAD_TID);
        assertEquals(0x0800_0000, ErrorStatus.SEND_SPECIAL_TRIGGER);
        assertEquals(0x8_0000_0000L, ErrorStatus.SEND_PIO_ARMLAUNCH);
        assertEquals(0x1_0000_0000_0000L, ErrorStatus.IB_STATUS_CHANGED);
        assertEquals(0x8_0000_0000_0000L, ErrorStatus.HARDWARE);
    }

    @Test
    void shouldDisarmOnBits29To38WithoutArmlaunch() {
        assertEquals(0x77_E000_0000L, ErrorStatus.DISARMING);
    }

    @Test
    void shouldNameEveryBitThatIsSet() {
        assertEquals(List.of(), ErrorStatus.names(0));
        assertEquals(
                List.of("RcvFormat", "RcvEgrFull", "SendPioArmLaunch", "bit63"),
                ErrorStatus.names(
                        ErrorStatus.RCV_FORMAT
                                | ErrorStatus.RCV_EGR_FULL
                                | ErrorStatus.SEND_PIO_ARMLAUNCH
                                | 1L << 63));
        assertEquals(64, ErrorStatus.names(-1L).stream().distinct().count());
        assertEquals("", ErrorStatus.purpose(20));
    }
}
