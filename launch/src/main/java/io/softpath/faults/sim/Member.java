package io.softpath.faults.sim;

import io.softpath.abi.psm.PsmError;
import io.softpath.faults.check.Event.How;
import io.softpath.faults.check.Incarnation;
import io.softpath.faults.check.MessageId;
import io.softpath.psm.engine.MessageEngine;
import io.softpath.psm.engine.Request;
import io.softpath.psm.sim.SimNode;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One incarnation of a member: a program that sends what it is told to, receives what comes,
 * acknowledges each message when it has recorded it, and records what it is told.
 */
final class Member {
    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);
    private static final Request.Completion RELEASE = request -> false;
    private static final int ACKNOWLEDGEMENTS = 4;

    /** Room between the numbers of receives, for what comes in between by mistake. */
    private static final int BETWEEN_SLOTS = 4;

    private record Receiving(Request request, MemorySegment buffer) {}

    private final Incarnation who;
    private final SimNode node;
    private final MessageEngine engine;
    private final Records record;
    private final Sabotage sabotage;
    private final Buffers buffers;
    private final List<Contact> contacts = new ArrayList<>();

    /** Receives that have not been completed, by their slots. */
    private final Map<Long, Receiving> receives = new LinkedHashMap<>();

    private long slots;
    private int openSends;
    private boolean over;

    Member(Incarnation who, SimNode node, Records record, Sabotage sabotage) {
        this.who = who;
        this.node = node;
        this.record = record;
        this.sabotage = sabotage;
        engine = node.engine();
        buffers = new Buffers(node, sabotage);
        record.started(who);
    }

    /** It will exchange messages with this one. */
    void knows(int member, SimNode other) {
        contacts.add(new Contact(member, other.id(), engine));
    }

    void begin() {
        sabotage.takeTid(node);
        for (int i = 0; i < ACKNOWLEDGEMENTS; i++) {
            receiveAcknowledgement();
        }
    }

    Incarnation who() {
        return who;
    }

    SimNode node() {
        return node;
    }

    boolean isOver() {
        return over;
    }

    Contact contact(int member) {
        for (Contact contact : contacts) {
            if (contact.member == member) {
                return contact;
            }
        }
        throw new IllegalArgumentException("member=" + member + " is " + who + " itself");
    }

    /** It is no more. */
    void end(How how) {
        over = true;
        if (how == How.LOST) {
            for (Contact contact : contacts) {
                fail(contact, "ENOTCONN");
            }
        }
        record.ended(who, how);
        if (!node.isDead() && (how == How.KILLED || how == How.LOST)) {
            node.kill();
        }
    }

    // What it does by itself.

    void turn(long nowNs) {
        long alarmNs = Long.MAX_VALUE;
        for (Contact contact : contacts) {
            if (contact.hasFailed()) {
                failed(contact);
            }
            if (contact.connect(nowNs)) {
                node.wake();
                record.connected(
                        who, contact.member, contact.toIncarnation(), contact.connection());
            }
            acknowledge(contact);
            sendAgain(contact);
            if (contact.asksNow(nowNs)) {
                sendTag(contact, Contents.QUESTION);
            }
            alarmNs = Math.min(alarmNs, contact.alarmNs());
        }
        node.alarm(alarmNs);
    }

    private void sendAgain(Contact contact) {
        while (contact.canSend()) {
            Contact.Open message = contact.nextToSendAgain();
            if (message == null) {
                return;
            }
            send(contact, message.id(), message.bytes(), false, false);
        }
    }

    private void failed(Contact contact) {
        if (sabotage.strikes(Bug.NEXT_INCARNATION)) {
            List<Contact.Open> again = new ArrayList<>();
            contact.open().forEach(again::add);
            contact.reset();
            contact.sendAgain(again);
            return;
        }
        fail(contact, contact.failure());
    }

    private void fail(Contact contact, String error) {
        for (Contact.Open message : contact.open()) {
            record.failed(message.id(), error);
        }
        contact.reset();
    }

    private void acknowledge(Contact contact) {
        while (contact.canSend()) {
            MessageId id = contact.nextToAcknowledge();
            if (id == null) {
                return;
            }
            sendTag(contact, Contents.tag(Contents.ACKNOWLEDGEMENT, id));
        }
    }

    private void sendTag(Contact contact, long tag) {
        node.wake();
        engine.send(contact.peer(), tag, NOTHING, 0, 0, false, RELEASE, null);
    }

    // What it is told to do.

    /** Whether it could. */
    boolean send(Item.Send item) {
        Contact contact = contact(item.to());
        if (!contact.canSend()) {
            return false;
        }
        MessageId id = contact.nextId(who);
        byte[] bytes = Contents.bytes(id, item.bytes());
        record.sent(id, contact.connection(), contact.toIncarnation(), bytes);
        contact.opens(new Contact.Open(id, bytes));
        send(contact, id, bytes, item.pinned(), item.synchronous());
        if (sabotage.strikes(Bug.EARLY_ACK)) {
            record.acknowledged(id);
            contact.closes(id);
        }
        if (sabotage.strikes(Bug.FALSE_FAILURE)) {
            record.failed(id, "EPID_NETWORK_ERROR");
            contact.closes(id);
        }
        return true;
    }

    private void send(
            Contact contact, MessageId id, byte[] bytes, boolean pinned, boolean synchronous) {
        MemorySegment buffer = buffers.holding(bytes, pinned);
        openSends++;
        node.wake();
        engine.send(
                contact.peer(),
                Contents.tag(Contents.MESSAGE, id),
                buffer,
                0,
                bytes.length,
                synchronous,
                r -> {
                    openSends--;
                    buffers.giveBack(buffer);
                    record.sendDone(id, r.error().code());
                    return false;
                },
                null);
    }

    /** Asks for the next message. */
    void receive(boolean pinned) {
        long slot = slots++;
        MemorySegment buffer = buffers.room(pinned);
        node.wake();
        Request request =
                engine.receive(
                        Contents.MESSAGE,
                        Contents.KIND,
                        buffer,
                        0,
                        Schedule.MAX_BYTES,
                        r -> {
                            receives.remove(slot);
                            if (r.error() == PsmError.OK) {
                                delivered(slot, buffer, r);
                            }
                            buffers.giveBack(buffer);
                            return false;
                        },
                        null);
        receives.put(slot, new Receiving(request, buffer));
    }

    private void delivered(long slot, MemorySegment buffer, Request r) {
        if (sabotage.strikes(Bug.CRASH)) {
            throw new IllegalStateException("planted: " + Bug.CRASH.sentence());
        }
        MessageId id = Contents.id(r.tag());
        long place = BETWEEN_SLOTS * slot;
        if (sabotage.strikes(Bug.REORDERED_DELIVERY)) {
            place -= BETWEEN_SLOTS + 1;
        }
        long checksum = Contents.checksum(buffer, r.messageLength());
        record.delivered(id, who, place, r.messageLength(), checksum);
        if (sabotage.strikes(Bug.DUPLICATED_DELIVERY)) {
            record.delivered(id, who, place + 1, r.messageLength(), checksum);
        }
        if (id.to() == who.member() && id.from() != who.member()) {
            for (Contact contact : contacts) {
                if (contact.member == id.from()) {
                    contact.acknowledgeLater(id);
                }
            }
        }
    }

    private void receiveAcknowledgement() {
        engine.receive(
                Contents.ACKNOWLEDGEMENT,
                Contents.KIND,
                NOTHING,
                0,
                0,
                r -> {
                    if (r.error() == PsmError.OK) {
                        acknowledged(Contents.id(r.tag()));
                    }
                    receiveAcknowledgement();
                    return false;
                },
                null);
    }

    /** Questions, and answers to earlier incarnations, are nothing to this one. */
    private void acknowledged(MessageId id) {
        if (id.sender().equals(who)
                && !sabotage.strikes(Bug.LOST_ACK)
                && contact(id.to()).closes(id)) {
            record.acknowledged(id);
        }
    }

    // How it comes to an end.

    /** Takes what has come and nobody has asked for. */
    void takeAll() {
        if (engine.probe(Contents.MESSAGE, Contents.KIND) >= 0) {
            receive(false);
        }
    }

    /** Whether all it has to do with those who live is done, and with the dead too. */
    boolean isDone(boolean[] lives) {
        if (openSends > 0 || engine.unexpectedCount() > 0) {
            return false;
        }
        for (Contact contact : contacts) {
            if (!contact.isSettled() || lives[contact.member] && !contact.isIdle()) {
                return false;
            }
        }
        return true;
    }

    void part(long nowNs) {
        node.wake();
        node.alarm(Long.MAX_VALUE); // it takes no more turns
        for (Contact contact : contacts) {
            if (contact.peer() != null) {
                engine.connections().disconnect(contact.peer(), nowNs);
            }
        }
    }

    boolean hasParted() {
        for (Contact contact : contacts) {
            if (contact.peer() != null && !engine.connections().isApart(contact.peer())) {
                return false;
            }
        }
        return true;
    }

    /** What is still in use, now that it should be nothing. */
    void count() {
        for (Receiving receiving : receives.values()) {
            if (engine.cancel(receiving.request())) {
                buffers.giveBack(receiving.buffer());
            }
        }
        engine.cancelAll(); // those for acknowledgements
        String of = " of member " + who.member();
        record.counted("requests" + of, engine.requestsInUse());
        record.counted("unexpected messages" + of, engine.unexpectedCount());
        record.counted("bytes of unexpected messages" + of, engine.unexpectedBytes());
        record.counted("rendezvous requests" + of, engine.referredCount());
        record.counted("TID windows" + of, engine.tidWindows());
        record.counted("TIDs" + of, node.tids().inUse());
        record.counted("flows" + of, node.tids().flowsTaken());
        record.counted("pinned buffers" + of, buffers.inUse());
    }
}
