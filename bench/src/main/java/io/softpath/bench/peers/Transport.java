package io.softpath.bench.peers;

import java.io.IOException;

/** One end of something that carries messages of eight bytes. Used by one thread. */
interface Transport extends AutoCloseable {
    /** Sends a number. */
    void send(long number) throws IOException;

    /** Waits for the next one; spins, where that can be done. */
    long receive() throws IOException;

    @Override
    void close() throws IOException;
}
