package io.softpath.bench.peers;

import java.io.IOException;
import java.nio.file.Path;

/** What is measured beside softpath. */
enum Peer {
    AERON_IPC("aeron-ipc"),
    AGRONA_RING("agrona-ring"),
    CHRONICLE_QUEUE("chronicle-queue"),
    UDS("uds"),
    TCP("tcp"),
    PIPE("pipe");

    private final String label;

    Peer(String label) {
        this.label = label;
    }

    /** Opens the first end, with whatever it needs in a directory that both ends know. */
    Transport serve(Path directory) throws IOException {
        return switch (this) {
            case AERON_IPC -> AeronTransport.serve(directory);
            case AGRONA_RING -> RingTransport.serve(directory);
            case CHRONICLE_QUEUE -> ChronicleTransport.serve(directory);
            case UDS -> StreamTransport.serveUnix(directory);
            case TCP -> StreamTransport.serveTcp(directory);
            case PIPE -> PipeTransport.serve(directory);
        };
    }

    /** Opens the other end, when the first is open. */
    Transport connect(Path directory) throws IOException {
        return switch (this) {
            case AERON_IPC -> AeronTransport.connect(directory);
            case AGRONA_RING -> RingTransport.connect(directory);
            case CHRONICLE_QUEUE -> ChronicleTransport.connect(directory);
            case UDS -> StreamTransport.connectUnix(directory);
            case TCP -> StreamTransport.connectTcp(directory);
            case PIPE -> PipeTransport.connect(directory);
        };
    }

    String rtt() {
        return "peer." + label + ".rtt.8B";
    }

    String alloc() {
        return "peer." + label + ".alloc.8B";
    }
}
