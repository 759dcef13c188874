package io.softpath.bench.peers;

import io.softpath.bench.process.Unavailable;
import io.softpath.bench.report.Absent;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The peers in C that are on this machine, ready to measure, and those that are not. */
final class CPeers implements AutoCloseable {
    private final Map<CPeer, Tool> tools = new EnumMap<>(CPeer.class);
    private final List<Absent> absent = new ArrayList<>();

    private CPeers() {}

    /** Opens each of some peers, if it is there. */
    static CPeers open(List<CPeer> wanted) {
        CPeers opened = new CPeers();
        boolean done = false;
        try {
            for (CPeer peer : wanted) {
                try {
                    opened.tools.put(peer, peer.open());
                } catch (Unavailable e) {
                    opened.absent.add(new Absent(peer.prefix(), e.getMessage()));
                }
            }
            done = true;
            return opened;
        } finally {
            if (!done) {
                opened.close();
            }
        }
    }

    Map<CPeer, Tool> tools() {
        return tools;
    }

    List<Absent> absent() {
        return absent;
    }

    @Override
    public void close() {
        tools.values().forEach(Tool::close);
    }
}
