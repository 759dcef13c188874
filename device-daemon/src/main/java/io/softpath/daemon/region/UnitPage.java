package io.softpath.daemon.region;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.AvailPage;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.Tokens;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The PIOAVAILREGS page of one unit: the chip writes the avail qwords, the driver the status words
 * and the freeze text behind them, the duty cycle the word that asks for a doorbell. Users map it
 * read-only.
 */
public final class UnitPage implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Region region;
    private final ChipModel model;
    private boolean asleep;

    public UnitPage(int unit, ChipModel model) {
        this.model = model;
        boolean made = false;
        try {
            region =
                    Region.create(
                            RegionKind.PIOAVAIL,
                            RegionKind.PIOAVAIL.fileName(unit, 0),
                            Tokens.token(RegionKind.PIOAVAIL, model, 0, 0),
                            RegionKind.PIOAVAIL.maxBytes(model, 0),
                            false,
                            arena);
            made = true;
        } finally {
            if (!made) {
                arena.close();
            }
        }
    }

    public Region region() {
        return region;
    }

    public MemorySegment memory() {
        return region.memory();
    }

    /** Publishes the status bits in the device word and in every port word. */
    public void status(long bits) {
        AvailPage.putStatus(region.memory(), model, bits);
    }

    /**
     * Writes the freeze text, cut to its place; publish the status after it. An empty text clears
     * it.
     */
    public void freezeText(String text) {
        AvailPage.putText(region.memory(), model, text);
    }

    /** Asks senders to ring, or tells them that they need not. The caller fences. */
    public void asleep(boolean on) {
        if (asleep != on) {
            asleep = on;
            AvailPage.putChipAsleep(region.memory(), on);
        }
    }

    @Override
    public void close() {
        region.close();
        arena.close();
    }
}
