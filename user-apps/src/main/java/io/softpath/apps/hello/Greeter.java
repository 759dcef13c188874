package io.softpath.apps.hello;

import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/** Talks with all other ranks until everything is said, heard and confirmed. */
final class Greeter implements PacketHandler {
    private static final int BATCH = 64;

    /** The chip interrupts for packets, not for freed buffers: look again after a moment. */
    private static final Duration MOMENT = Duration.ofMillis(5);

    private final Context context;
    private final Map<Address, Peer> peers = new LinkedHashMap<>();

    Greeter(Context context, int self, List<Address> addresses) {
        this.context = context;
        for (int rank = 0; rank < addresses.size(); rank++) {
            if (rank != self || addresses.size() == 1) { // who is alone greets itself
                Address address = addresses.get(rank);
                peers.put(
                        address,
                        new Peer(
                                self,
                                rank,
                                context.destination(address),
                                context.maxPayloadBytes()));
            }
        }
    }

    /** Runs to the end; returns what went wrong, or an empty string. */
    String run(Duration deadline) {
        long start = System.nanoTime();
        try {
            while (!peers.values().stream().allMatch(Peer::done)) {
                boolean progress = context.receive(this, BATCH) > 0;
                for (Peer peer : peers.values()) {
                    progress |= peer.send(context);
                }
                if (!progress) {
                    if (System.nanoTime() - start > deadline.toNanos()) {
                        return "not done after " + deadline.toSeconds() + " s: " + peers.values();
                    }
                    context.await(MOMENT);
                }
            }
            return "";
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        Peer peer = peers.get(packet.source());
        if (peer == null) {
            throw new IllegalStateException("a stranger greets: " + packet);
        }
        peer.receive(packet);
    }

    @Override
    public void onError(ReceivedPacket packet) {
        throw new IllegalStateException("a packet with errors: " + packet);
    }

    int peerCount() {
        return peers.size();
    }

    long sent() {
        return peers.values().stream().mapToLong(Peer::sent).sum();
    }

    long received() {
        return peers.values().stream().mapToLong(Peer::received).sum();
    }

    /** CRC-32 of everything heard, peer by peer: the same in every run. */
    String checksum() {
        CRC32 checksum = new CRC32();
        peers.values().forEach(peer -> checksum.update(peer.heard()));
        return String.format("%08x", checksum.getValue());
    }
}
