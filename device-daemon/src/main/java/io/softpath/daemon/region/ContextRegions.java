package io.softpath.daemon.region;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.Tokens;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All memory of one open context, except for its PIO buffers ({@link SendRegion}): fresh zeroed
 * files for each owner, gone with it.
 */
public final class ContextRegions implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final List<Region> own = new ArrayList<>();
    private final List<Region> mappable = new ArrayList<>();

    private ContextRegions() {}

    /**
     * Makes the regions of a context.
     *
     * @param sharers how many processes may share the context; 0 if it is not shared
     * @param unitPage the page that all contexts of the unit share
     * @param writableEvents leave the event page open to writable mappings, as the real driver did
     * @throws io.softpath.error.SoftpathException EMFILE, ENFILE, ENOMEM with nothing left behind
     */
    public static ContextRegions create(
            int unit,
            ChipModel model,
            int context,
            int sharers,
            UnitPage unitPage,
            boolean writableEvents) {
        ContextRegions regions = new ContextRegions();
        boolean made = false;
        try {
            for (RegionKind kind : RegionKind.values()) {
                if (kind.perUnit() || kind.perSubcontext() || !kind.exists(model, sharers)) {
                    continue;
                }
                boolean forceWritable = kind == RegionKind.SENDBUFSTATUS && writableEvents;
                regions.own.add(
                        Region.create(
                                kind,
                                kind.fileName(unit, context),
                                Tokens.token(kind, model, context, 0),
                                kind.maxBytes(model, 0, sharers),
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

    /** All of it that an owner may map, the unit's page included. */
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
