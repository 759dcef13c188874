package io.softpath.driver;

/** Takes packets from {@link Context#receive}, on the receiving thread. */
@FunctionalInterface
public interface PacketHandler {
    /**
     * A packet without errors. {@code packet} is reused: it is valid only until this method
     * returns.
     */
    void onPacket(ReceivedPacket packet);

    /**
     * A packet with error bits in its RHF: its contents may be anything and its payload may be
     * missing. The library has counted it already.
     */
    default void onError(ReceivedPacket packet) {}
}
