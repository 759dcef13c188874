package io.softpath.driver.expected;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.driver.Destination;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.ReceivedPacket;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;

/**
 * Expected receive on a context: data goes straight into the receiver's pinned memory.
 *
 * <pre>
 *  receiver                                        sender
 *  open a window over a PinnedRegion
 *     (the driver gives TIDs, one a page)
 *  grant ------------ TIDs, first PSN -----------> begin
 *                                                  send, send ...
 *  page, page, page &lt;------ data by TID ----------
 *  header entries: some, and the last
 *  restart ---------- where to go on ------------> resume            only if something was lost
 *  close the window
 * </pre>
 *
 * The receiver, in one thread ({@code GRANT} and {@code NAK} are message types of the program's):
 *
 * <pre>{@code
 * try (PinnedRegion memory = context.pin(1 << 20);
 *         ExpectedWindow window = context.expected().open(memory, 0, 1 << 20)) {
 *     PacketHandler handler = context.expected().handler(others);
 *     context.send(peer, GRANT, 0, 0, buffer, 0, window.grant(buffer, 0));
 *     while (!window.isComplete()) {
 *         boolean silent = context.receive(handler, 16, Duration.ofMillis(100)) == 0;
 *         if (silent || window.needsRestart()) {
 *             context.send(peer, NAK, window.descriptor(), window.restart());
 *         }
 *     } // the data is in memory.segment()
 * }
 * }</pre>
 *
 * The sender, with {@code packet} what it received:
 *
 * <pre>{@code
 * ExpectedSender sender = context.expected().sender(peer); // once
 * switch (packet.subOpcode()) {
 *     case GRANT -> sender.begin(packet, memory, 0, memory.bytes());
 *     case NAK -> sender.resume(packet.data0(), packet.data1());
 * }
 * sender.send(); // whenever not sender.isDone(): until there is no send buffer
 * }</pre>
 *
 * <p>Grants and resume points are the program's to carry, and to send again if they can be lost.
 *
 * <p>Where the chip has TID flows (IBA7322) it checks generation and sequence of each packet before
 * a byte is written, and leaves out most header entries. Other chips write whatever names a TID,
 * and this library checks headers afterwards: a late packet may then overwrite bytes of a window
 * that uses the same TID. TIDs are therefore kept for the next window only after a window that went
 * through at the first try, or where the chip has flows.
 *
 * <p>As the real chip, this one does not ask who sends: whoever names a TID, a guessed one and one
 * that is kept included, can write into its page, unless it names a flow too whose generation and
 * sequence it does not know. No TID leads anywhere but into memory that was pinned for this. With
 * senders that are not trusted do not keep any ({@link #caching}).
 *
 * <p>Windows belong to the receiving thread, senders to the sending thread. Source: psm
 * ips_proto_expected.c, ips_tid.c, ips_tidflow.c.
 */
public final class Expected {
    private static final int PAGE_BYTES = ChipModel.TID_MAX_SIZE;

    /** PSM's first sequence numbers have so many values. Source: ips_proto_expected.c. */
    private static final int FIRST_SEQUENCES = 1 << 10;

    private final ExpectedSetup setup;
    private final TidFlows flows;
    private final TidCache tids;
    private final ExpectedWindow[] windows = new ExpectedWindow[TidFlows.COUNT];
    private final int maxTids;
    private IntSupplier sequences = () -> ThreadLocalRandom.current().nextInt(FIRST_SEQUENCES);
    private int opened;

    public Expected(ExpectedSetup setup) {
        this.setup = setup;
        this.flows = setup.flowRegisters() ? new TidFlows(setup.registers()) : new TidFlows();
        this.tids = new TidCache(setup.driver(), setup.tidCount(), true);
        this.maxTids = Math.min(TidSessionList.maxTids(setup.maxPayloadBytes()), tids.capacity());
    }

    /**
     * The longest window, wherever it starts in a page: the grant must fit in one packet. About 1.3
     * MiB.
     */
    public int maxWindowBytes() {
        return (maxTids - 1) * PAGE_BYTES;
    }

    /** Whether the chip checks TID flows and suppresses headers. */
    public boolean hasFlows() {
        return setup.flowRegisters();
    }

    /** Whether the chip sends from pinned memory by itself. */
    public boolean gathers() {
        return setup.gather();
    }

    /**
     * Opens a window: a part of pinned memory that a peer may fill. Its pages get TIDs, all or
     * none, and it gets a flow. For the receiving thread; a request to the driver unless all pages
     * have TIDs already.
     *
     * @param offset in bytes, a multiple of 4
     * @param length in bytes, 1 to {@link #maxWindowBytes}. Packets carry whole dwords: if it is no
     *     multiple of 4, the up to 3 bytes behind it are overwritten
     * @throws SoftpathException.Refused EINVAL if it is not inside the region, not aligned, or the
     *     region is another context's; EMSGSIZE if it is too long; EBADF if region or context is
     *     closed
     * @throws SoftpathException.Exhausted ENOMEM if the driver has too few TIDs or the limit of
     *     locked memory is too low, EBUSY if all flows are in use; nothing stays pinned
     * @throws SoftpathException.Lost ENOTCONN if the daemon is gone
     */
    public ExpectedWindow open(PinnedRegion region, long offset, int length) {
        setup.driver().checkOwn(region);
        if (offset < 0 || offset % Integer.BYTES != 0) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "expected: offset=" + offset + " is no multiple of 4 from 0 on: round it down");
        }
        if (length < 1 || length > region.bytes() - offset) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "expected: the window is not inside the region: offset="
                            + offset
                            + " length="
                            + length
                            + " regionBytes="
                            + region.bytes());
        }
        int firstPage = Math.toIntExact(offset / PAGE_BYTES);
        int pages = Math.toIntExact((offset + length - 1) / PAGE_BYTES) - firstPage + 1;
        if (pages > maxTids) {
            throw SoftpathException.of(
                    Errno.EMSGSIZE,
                    "expected: the window is too long: length="
                            + length
                            + " pages="
                            + pages
                            + " bound="
                            + maxTids
                            + ": open several, each of at most maxWindowBytes="
                            + maxWindowBytes());
        }
        try {
            region.segment(); // refuses a closed one
            int flow = flows.allocate();
            if (flow < 0) {
                throw SoftpathException.of(
                        Errno.EBUSY,
                        "expected: all flows are in use: flows="
                                + TidFlows.COUNT
                                + ": close a window");
            }
            return open(region, offset, length, firstPage, pages, flow);
        } catch (IllegalStateException e) {
            throw setup.driver().afterClose(e);
        }
    }

    private ExpectedWindow open(
            PinnedRegion region, long offset, int length, int firstPage, int pages, int flow) {
        int[] given;
        try {
            given = tids.acquire(region, firstPage, pages);
        } catch (RuntimeException e) {
            flows.release(flow);
            throw e;
        }
        ExpectedWindow window =
                new ExpectedWindow(
                        this,
                        region,
                        offset,
                        length,
                        given,
                        flow,
                        ++opened,
                        sequences.getAsInt() & ExpectedPsn.SEQ_COUNT - 1);
        windows[flow] = window;
        return window;
    }

    /** The open window that an expected packet is for; null if it is for none. */
    public ExpectedWindow window(ReceivedPacket packet) {
        if (packet.type() != Rhf.TYPE_EXPECTED) {
            return null;
        }
        ExpectedWindow window = windows[ExpectedPsn.flow(packet.psn())];
        return window != null && packet.data0() == window.descriptor() ? window : null;
    }

    /**
     * Gives a packet to its window. To be called for each packet of type expected, from {@link
     * PacketHandler#onPacket} and from {@link PacketHandler#onError}; others are {@link
     * Progress#NOT_MINE}.
     */
    public Progress accept(ReceivedPacket packet) {
        ExpectedWindow window = window(packet);
        return window == null ? Progress.NOT_MINE : window.take(packet);
    }

    /** A handler that gives packets to their windows, and those that are for none to another. */
    public PacketHandler handler(PacketHandler others) {
        return new PacketHandler() {
            @Override
            public void onPacket(ReceivedPacket packet) {
                if (accept(packet) == Progress.NOT_MINE) {
                    others.onPacket(packet);
                }
            }

            @Override
            public void onError(ReceivedPacket packet) {
                if (accept(packet) == Progress.NOT_MINE) {
                    others.onError(packet);
                }
            }
        };
    }

    /** A sender to this peer. One thread uses it; it carries out one grant after the other. */
    public ExpectedSender sender(Destination to) {
        return new ExpectedSender(setup, to);
    }

    /**
     * Whether TIDs are kept when a window is closed, for the next one over the same pages; true at
     * first. False also frees those that are kept.
     */
    public void caching(boolean on) {
        tids.caching(on);
    }

    /** Frees the TIDs that are kept and that no open window uses. */
    public void evict() {
        tids.evict(tids.idle());
    }

    /** Frees what is kept of a region that is going to be closed. Any thread. */
    public void forget(PinnedRegion region) {
        tids.forget(region);
    }

    /**
     * Where the first sequence number of each window comes from; random unless set. For tests.
     *
     * @param source of it 11 bits are used
     */
    public void firstSequences(IntSupplier source) {
        sequences = source;
    }

    /** The flows of this context. */
    public TidFlows flows() {
        return flows;
    }

    /**
     * Reception starts over: the chip has reset its flows, and packets may be lost. Every window
     * that is not complete wants a restart. For the receiving thread.
     */
    public void startOver() {
        for (int flow = 0; flow < windows.length; flow++) {
            if (windows[flow] == null) {
                flows.clear(flow);
            } else {
                windows[flow].startOver();
            }
        }
    }

    /** What has been done with TIDs. */
    public Map<String, Long> statistics() {
        Map<String, Long> named = new LinkedHashMap<>();
        named.put("tid update count", tids.updates());
        named.put("tid free count", tids.frees());
        named.put("tid cache hits", tids.hits());
        named.put("tids in use", (long) tids.used());
        named.put("tids kept", (long) tids.idle());
        return named;
    }

    /** A window is given up. */
    void close(ExpectedWindow window, int flow, int[] given, boolean clean) {
        windows[flow] = null;
        try {
            flows.release(flow);
        } catch (IllegalStateException e) {
            return; // the context is closed: the driver has taken everything back
        }
        tids.release(given, given.length, clean || setup.flowRegisters());
    }

    // For a protocol that has windows of its own, and a flow for each.

    /** TIDs of this context. */
    public int tidCount() {
        return tids.capacity();
    }

    /**
     * Has pages of a region given TIDs. For the receiving thread.
     *
     * @param target filled, from 0 on, one for each page
     * @return false if there are too few now, or the limit of locked memory is too low: nothing has
     *     changed
     * @throws SoftpathException.Refused EBADF if region or context is closed
     * @throws SoftpathException.Lost ENOTCONN if the daemon is gone
     */
    public boolean acquire(PinnedRegion region, int firstPage, int pages, int[] target) {
        setup.driver().checkOwn(region);
        try {
            tids.acquire(region, firstPage, target, pages);
            return true;
        } catch (SoftpathException.Exhausted e) {
            return false;
        } catch (IllegalStateException e) {
            throw setup.driver().afterClose(e);
        }
    }

    /**
     * Takes back what {@link #acquire} gave; the array is used up. The TIDs are kept for the next
     * time where the chip has flows; other chips write what comes late, so there only if nothing
     * can.
     *
     * @param clean every packet was sent once, and has come
     */
    public void release(int[] given, int count, boolean clean) {
        tids.release(given, count, clean || setup.flowRegisters());
    }

    /** Takes a flow; -1 if all are in use. For the receiving thread, as the next three. */
    public int takeFlow() {
        return flows.allocate();
    }

    /** The next generation of a flow. */
    public int nextGeneration(int flow) {
        return flows.nextGeneration(flow);
    }

    /** From now on the flow takes packets of this generation, from this sequence number on. */
    public void setFlow(int flow, int generation, int sequence) {
        try {
            flows.put(flow, generation, sequence);
        } catch (IllegalStateException e) {
            throw setup.driver().afterClose(e);
        }
    }

    /** Gives a flow up. */
    public void giveFlow(int flow) {
        try {
            flows.release(flow);
        } catch (IllegalStateException e) {
            throw setup.driver().afterClose(e);
        }
    }

    RuntimeException afterClose(IllegalStateException e) {
        return setup.driver().afterClose(e);
    }
}
