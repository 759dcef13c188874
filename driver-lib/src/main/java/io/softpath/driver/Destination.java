package io.softpath.driver;

import io.softpath.driver.send.HeaderTemplate;

/**
 * A peer to send to, prepared once: everything in a packet's header that does not change from
 * packet to packet. Made by {@link Context#destination(Address)} and good for that context only.
 *
 * <p>It counts its packets, so it belongs to the sending thread.
 */
public final class Destination {
    private final Address address;
    private final Context from;
    private final HeaderTemplate template;
    private final long protocol;

    Destination(Address address, Context from, HeaderTemplate template) {
        this.address = address;
        this.from = from;
        this.template = template;
        this.protocol = template.protocol(0, 0, 0, 0);
    }

    public Address address() {
        return address;
    }

    Context from() {
        return from;
    }

    HeaderTemplate template() {
        return template;
    }

    long protocol() {
        return protocol;
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
