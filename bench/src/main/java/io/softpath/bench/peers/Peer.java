package io.softpath.bench.peers;

import io.softpath.bench.mq.Size;
import io.softpath.bench.process.TemporaryDirectory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What is measured beside softpath. */
enum Peer {
    AERON_IPC("aeron-ipc"),
    AGRONA_RING("agrona-ring"),
    CHRONICLE_QUEUE("chronicle-queue"),
    UDS("uds"),
    TCP("tcp"),
    PIPE("pipe");

    /** A queue that keeps its messages is given as many as there is memory for files, at most. */
    private static final long KEPT_BYTES = 64 << 20;

    private static final long KEPT_BYTES_OF_ALL = 512 << 20;
    private static final int KEPT_BESIDE_EACH = 8;

    private final String label;

    Peer(String label) {
        this.label = label;
    }

    /**
     * Opens the first end, with whatever it needs in a directory that both ends know.
     *
     * @param size of the messages, if many are sent one way
     */
    Transport serve(Path directory, Size size) throws IOException {
        return switch (this) {
            case AERON_IPC -> AeronTransport.serve(directory, size);
            case AGRONA_RING -> RingTransport.serve(directory, size);
            case CHRONICLE_QUEUE -> ChronicleTransport.serve(directory);
            case UDS -> StreamTransport.serveUnix(directory, size);
            case TCP -> StreamTransport.serveTcp(directory, size);
            case PIPE -> PipeTransport.serve(directory, size);
        };
    }

    /** Opens the other end, when the first is open. */
    Transport connect(Path directory, Size size) throws IOException {
        return switch (this) {
            case AERON_IPC -> AeronTransport.connect(directory, size);
            case AGRONA_RING -> RingTransport.connect(directory, size);
            case CHRONICLE_QUEUE -> ChronicleTransport.connect(directory);
            case UDS -> StreamTransport.connectUnix(directory, size);
            case TCP -> StreamTransport.connectTcp(directory, size);
            case PIPE -> PipeTransport.connect(directory, size);
        };
    }

    String label() {
        return label;
    }

    String rtt() {
        return "peer." + label + ".rtt.8B";
    }

    String alloc() {
        return "peer." + label + ".alloc.8B";
    }

    /** Whether it carries bytes, not messages. */
    boolean isStream() {
        return this == UDS || this == TCP || this == PIPE;
    }

    /** How many messages can follow each other. */
    long mostMessages(Size size) {
        return this == CHRONICLE_QUEUE
                ? KEPT_BYTES / (size.bytes() + KEPT_BESIDE_EACH)
                : Long.MAX_VALUE;
    }

    /** What is missing here for many messages. */
    Optional<String> missing() {
        Path memory = TemporaryDirectory.memory();
        if (this != CHRONICLE_QUEUE || memory.toFile().getUsableSpace() > KEPT_BYTES_OF_ALL) {
            return Optional.empty();
        }
        return Optional.of(
                "it keeps all messages in files, and %s has no %d MiB left"
                        .formatted(memory, KEPT_BYTES_OF_ALL >> 20));
    }
}
