package io.softpath.daemon.region;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.Tokens;

import java.lang.foreign.Arena;

/**
 * The PIO buffers of one open file, in a file in memory of their own: of those who share a context
 * nobody reaches another's.
 */
public final class SendRegion implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Region region;

    private SendRegion(ChipModel model, int unit, int context, int firstBuffer, int count) {
        boolean made = false;
        try {
            region =
                    Region.create(
                            RegionKind.PIOBUFS,
                            RegionKind.PIOBUFS.fileName(unit, context),
                            Tokens.token(RegionKind.PIOBUFS, model, context, firstBuffer),
                            RegionKind.PIOBUFS.maxBytes(model, count),
                            false,
                            arena);
            made = true;
        } finally {
            if (!made) {
                arena.close();
            }
        }
    }

    /**
     * Makes them, all zeros.
     *
     * @param firstBuffer chip-wide number
     * @throws io.softpath.error.SoftpathException EMFILE, ENFILE, ENOMEM with nothing left behind
     */
    public static SendRegion create(
            ChipModel model, int unit, int context, int firstBuffer, int count) {
        return new SendRegion(model, unit, context, firstBuffer, count);
    }

    public Region region() {
        return region;
    }

    /** Unmaps and closes them. The chip must have forgotten the memory. */
    @Override
    public void close() {
        region.close();
        arena.close();
    }
}
