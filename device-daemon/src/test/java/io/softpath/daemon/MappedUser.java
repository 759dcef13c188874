package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.RegionKind;
import io.softpath.daemon.chip.ContextMemory;
import io.softpath.daemon.chip.FakeUser;
import io.softpath.daemon.chip.SendMemory;
import io.softpath.daemon.chip.TriggerMode;
import io.softpath.linux.MappedMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A client with a context whose regions it has mapped as any client would, in the rights that the
 * daemon grants: a {@link FakeUser} at the other end of the control channel.
 */
final class MappedUser implements AutoCloseable {
    private static final int READ = ControlRecord.PROT_READ;
    private static final int WRITE = ControlRecord.PROT_WRITE;
    private static final int READ_WRITE = ControlRecord.PROT_READ | ControlRecord.PROT_WRITE;

    final FakeClient client;
    final BaseInfo info;
    final FakeUser user;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment events;

    /**
     * Gives the client a context.
     *
     * @param trigger INLINE is negotiated; the others are what the model does without negotiation
     */
    MappedUser(FakeClient client, ChipModel model, TriggerMode trigger) {
        this(client, model, trigger, start(client, trigger));
    }

    private static BaseInfo start(FakeClient client, TriggerMode trigger) {
        if (trigger == TriggerMode.INLINE) {
            int wanted = ControlRecord.FEATURE_INLINE_TRIGGER;
            assertEquals(wanted, client.features(wanted).result(), "granted features");
        }
        return client.start();
    }

    /** Maps what a client has that was started already. */
    MappedUser(FakeClient client, ChipModel model, TriggerMode trigger, BaseInfo info) {
        this.client = client;
        this.info = info;
        ContextMemory memory =
                new ContextMemory(
                        map(info.uregbase(), RegionKind.UREGS.maxBytes(model, 0), READ_WRITE),
                        map(info.rcvhdrBase(), model.rcvHdrAllocBytes(), READ_WRITE),
                        map(info.rcvEgrbufs(), model.egrTotalBytes(), READ),
                        model.tailInMemory() ? map(info.rcvhdrTailaddr(), 4096, READ) : null);
        SendMemory sends =
                new SendMemory(
                        map(info.piobufbase(), (long) info.piocnt() * info.pioalign(), WRITE),
                        info.pioindex(),
                        info.piocnt(),
                        trigger,
                        null);
        events = map(info.sendbufStatus(), 4096, READ);
        user =
                new FakeUser(
                        model,
                        1 + info.unit(),
                        info.context(),
                        map(info.pioavailaddr(), 4096, READ),
                        memory,
                        sends);
    }

    MemorySegment map(long token, long length, int prot) {
        FakeClient.Reply reply = client.map(token, length, prot, ControlRecord.MAP_SHARED);
        if (reply.errno() != 0) {
            throw new AssertionError(reply.sentence());
        }
        try (var file = reply.file()) {
            return MappedMemory.map(file, 0, length, (prot & WRITE) != 0, arena).segment();
        }
    }

    /** The unit's status word. */
    long status() {
        return user.availPage().get(ValueLayout.JAVA_LONG, info.status() - info.pioavailaddr());
    }

    long eventWord() {
        return events.get(ValueLayout.JAVA_LONG, 0);
    }

    /** Acknowledges whatever the event word says; disarms what is to be disarmed. */
    void acknowledge() {
        long bits = eventWord();
        if (bits != 0) {
            assertEquals(12, client.command(Command.ACK_EVENT, bits).result(), "ACK_EVENT");
        }
    }

    /** Dies: the memory stays mapped, as it does in a dying process until its end. */
    @Override
    public void close() {
        client.close();
        arena.close();
    }
}
