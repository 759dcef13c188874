package io.softpath.daemon.region;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.Tokens;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** All memory of one open context: fresh zeroed files for each owner, gone with it. */
public final class ContextRegions implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final List<Region> own = new ArrayList<>();
    private final List<Region> mappable = new ArrayList<>();

    private ContextRegions() {}

    /**
     * Makes the regions of a context.
     *
     * @param unitPage the page that all contexts of the unit share
     * @param writableEvents leave the event page open to writable mappings, as the real driver did
     * @throws io.softpath.error.SoftpathException EMFILE, ENFILE, ENOMEM with nothing left behind
     */
    public static ContextRegions create(
            int unit,
            ChipModel model,
            int context,
            PioDivision division,
            UnitPage unitPage,
            boolean writableEvents) {
        ContextRegions regions = new ContextRegions();
        boolean made = false;
        try {
            for (RegionKind kind : RegionKind.values()) {
                if (kind.perUnit() || !kind.exists(model)) {
                    continue;
                }
                boolean forceWritable = kind == RegionKind.SENDBUFSTATUS && writableEvents;
                regions.own.add(
                        Region.create(
                                kind,
                                kind.fileName(unit, context),
                                Tokens.token(kind, model, context, division.first(context)),
                                kind.maxBytes(model, division.count(context)),
                                forceWritable,
                                regions.arena));
            }
            regions.mappable.addAll(regions.own);
            regions.mappable.add(unitPage.region());
            made = true;
            return regions;
        } finally {
            if (!made) {
                regions.close();
            }
        }
    }

    /** The daemon's mapping of a kind, or null if this context has none. */
    public MemorySegment memory(RegionKind kind) {
        Region region = region(kind);
        return region == null ? null : region.memory();
    }

    /** The region of a kind, or null if this context has none. */
    public Region region(RegionKind kind) {
        for (Region region : mappable) {
            if (region.kind() == kind) {
                return region;
            }
        }
        return null;
    }

    /** The token of a kind; 0 if this context has no such region. */
    public long token(RegionKind kind) {
        Region region = region(kind);
        return region == null ? 0 : region.token();
    }

    /** Everything that the owner may map, the unit's page included. */
    public List<Region> mappable() {
        return Collections.unmodifiableList(mappable);
    }

    /**
     * Unmaps and closes all of it, except the unit's page. The chip must have forgotten the memory.
     */
    @Override
    public void close() {
        own.forEach(Region::close);
        arena.close();
    }
}
