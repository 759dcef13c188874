package io.softpath.driver;

import io.softpath.abi.packet.MessageHeader;
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
    private final long flowProtocol;

    Destination(Address address, Context from, HeaderTemplate template) {
        this.address = address;
        this.from = from;
        this.template = template;
        this.protocol = template.protocol(0, 0, 0, 0);
        this.flowProtocol = template.protocol(0, MessageHeader.FLOWID_TID_FLOW, 0, 0);
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

    /** The protocol words of packets that a TID flow counts. */
    long flowProtocol() {
        return flowProtocol;
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
