package io.softpath.bench.peers;

import io.softpath.bench.mq.Size;

import java.io.IOException;

/**
 * One end of something that carries messages: numbers of eight bytes to and fro, or many messages
 * of one size, one way. Used by one thread.
 */
interface Transport extends AutoCloseable {
    /** What it carries if only numbers go to and fro. */
    Size NUMBERS = Size.TINY;

    /** Sends a number. */
    void send(long number) throws IOException;

    /** Waits for the next one; spins, where that can be done. */
    long receive() throws IOException;

    /** Sends one of many messages; waits as long as there is no room for it. */
    void send(Message message) throws IOException;

    /**
     * Waits for one of many messages, and takes as many as have come.
     *
     * @param into is given each; its size is theirs
     */
    void receive(Received into) throws IOException;

    @Override
    void close() throws IOException;
}
