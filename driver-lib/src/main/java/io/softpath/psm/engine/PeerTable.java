package io.softpath.psm.engine;

import io.softpath.abi.psm.EndpointId;

import org.agrona.collections.Long2ObjectHashMap;

import java.util.ArrayList;
import java.util.List;

/** The peers of an endpoint, by where they are and by how they address us. */
final class PeerTable {
    private static final int MAX_PEERS = 1 << 19;

    /** First indexes have so few bits that all indexes of a job fit into a header's 16. */
    private static final int FIRST_INDEX_BITS = 15;

    private static final int GOLDEN = 0x9E37_79B9;

    private final MessageEngine engine;
    private final Outlet outlet;
    private final EngineSettings settings;
    private final Long2ObjectHashMap<Peer> byPlace = new Long2ObjectHashMap<>();

    /** By our index, which is one of those from {@link #firstIndex} on. */
    private final List<Peer> byIndex = new ArrayList<>();

    /**
     * Another one in each process: a packet that is late, and was for a process that had our place,
     * says an index that is none of ours. 0 is nobody's. Source: psm, ips_epstate.c, eps_base_idx.
     */
    private final int firstIndex;

    PeerTable(MessageEngine engine, EngineSettings settings) {
        this.engine = engine;
        outlet = engine.outlet();
        this.settings = settings;
        firstIndex = 1 + (settings.runId() * GOLDEN >>> Integer.SIZE - FIRST_INDEX_BITS);
    }

    /** LID, context and sub-context: all that a packet says of its sender. */
    private static long place(int lid, int context, int subcontext) {
        return (long) lid << 16 | context << 2 | subcontext;
    }

    private static long place(EndpointId id) {
        return place(id.lid(), id.context(), id.subcontext());
    }

    /** All that there ever were; some places are null. */
    List<Peer> all() {
        return byIndex;
    }

    /** Who sent this packet, if its sender is who its index says; else null. */
    Peer find(PacketHeader header) {
        int place = header.peerIndex - firstIndex;
        if (place < 0 || place >= byIndex.size()) {
            return null;
        }
        Peer peer = byIndex.get(place);
        return peer != null
                        && peer.id.lid() == header.sourceLid
                        && peer.id.context() == header.sourceContext
                        && peer.id.subcontext() == header.sourceSubcontext
                ? peer
                : null;
    }

    /** Whoever is where this packet comes from, by whatever index it calls us; null if nobody. */
    Peer whoIsThere(PacketHeader header) {
        return byPlace.get(place(header.sourceLid, header.sourceContext, header.sourceSubcontext));
    }

    /** The peer of that place, which may have failed; null if there never was one. */
    Peer at(EndpointId id) {
        return byPlace.get(place(id));
    }

    /** Somebody new; null if there are as many as there can be. */
    Peer create(EndpointId id) {
        return byIndex.size() == MAX_PEERS ? null : put(id, new Arrivals());
    }

    /** A new peer in the place of one that has failed, of which only what is late is remembered. */
    Peer replace(Peer failed) {
        if (byIndex.size() == MAX_PEERS) {
            return null;
        }
        byIndex.set(failed.ownIndex - firstIndex, null);
        return put(failed.id, failed.arrivals);
    }

    private Peer put(EndpointId id, Arrivals arrivals) {
        int index = firstIndex + byIndex.size();
        Peer peer = new Peer(id, outlet.route(id), index, engine, settings, arrivals);
        byIndex.add(peer);
        byPlace.put(place(id), peer);
        return peer;
    }
}
