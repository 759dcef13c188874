package io.softpath.daemon.chip;

import io.softpath.fault.FaultPoint;

/**
 * What the chip tells the driver's half. Called on the chip's own thread, in the middle of a duty
 * cycle: do little.
 */
public interface ChipEvents {
    /** The interrupt armed with {@link Chip#armInterrupt} fired; it is one-shot. */
    void interrupt(int context);

    /** Bits of {@link io.softpath.abi.register.ErrorStatus} that were clear until now. */
    void error(long newErrorBits);

    /**
     * A buffer was launched in a wrong way; it stays busy until {@link Chip#disarm}. The number is
     * chip-wide.
     */
    void sendBufferError(int pioBuffer);

    /** The link went up or down. */
    void linkChanged(boolean up);

    /**
     * A plan wants the chip to freeze, or its link to go down, for so long.
     *
     * @param point {@link FaultPoint#CHIP_PARITY} or {@link FaultPoint#LINK_DOWN}
     */
    default void broken(FaultPoint point, long ns) {}
}
