package io.softpath.driver.send;

/** What a sender asks of the driver when stores alone do not help. None of these may block. */
public interface SendControl {
    /** Wakes the chip, which said that it sleeps. */
    void ringDoorbell();

    /** Asks for a fresh copy of the avail page (PIOAVAILUPD). */
    void requestAvailUpdate();

    /** Acknowledges these events (ACK_EVENT). */
    void acknowledge(long events);

    /** No buffer has become free for very long; {@code report} says what is known of it. */
    void reportStall(String report);
}
