package io.softpath.faults.fuzz;

import io.softpath.abi.control.ControlRecord;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Attempts;
import io.softpath.linux.Fd;
import io.softpath.linux.SeqPacketSocket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * An open file of a client that says anything. It knows what it has asked, and holds each answer
 * against the protocol.
 */
final class HostileFile implements AutoCloseable {
    /** More than a request may have. */
    static final int ROOM = 2 * ControlRecord.MAX_REQUEST_BYTES;

    /** So many requests are safe before their answers are read. */
    private static final int SAFE = 24;

    /** What it has learnt, to say things that are nearly right. */
    final Knowledge knowledge = new Knowledge();

    final int unit;
    private final SeqPacketSocket socket;
    private final MemorySegment out = Arena.ofAuto().allocate(ROOM, Long.BYTES);
    private final MemorySegment in =
            Arena.ofAuto().allocate(ControlRecord.MAX_REPLY_BYTES, Long.BYTES);
    private final Deque<Asked> outstanding = new ArrayDeque<>();
    private final List<Fd> files = new ArrayList<>(2);
    private boolean gone;
    private boolean mayBeClosed;
    private Plant plant = Plant.NONE;
    private int lastTag;

    /** A request under way: what it was, and which rows of the coverage hear how it ends. */
    record Asked(Recipe recipe, int kind, int tag, int prot, List<Coverage.Row> rows) {}

    /**
     * @param unit whose node it is; -1 for any unit
     */
    HostileFile(Path node, int unit) {
        this.unit = unit;
        socket = SeqPacketSocket.connect(node);
    }

    /** Where the next request is written. */
    MemorySegment request() {
        return out;
    }

    int nextTag() {
        return ++lastTag;
    }

    SeqPacketSocket socket() {
        return socket;
    }

    /** The daemon has closed it. */
    boolean isGone() {
        return gone;
    }

    /** How many requests have no answer yet, but for those that may wait. */
    int owed() {
        int owed = 0;
        for (Asked each : outstanding) {
            owed += each.recipe.mayWait() ? 0 : 1;
        }
        return owed;
    }

    boolean isWaiting() {
        return !outstanding.isEmpty();
    }

    /**
     * Sends the first bytes of {@link #request}.
     *
     * @return false if there is no room for it now; nothing was sent
     */
    boolean send(int length, List<Coverage.Row> rows, Fd... attached) {
        if (gone) {
            return false;
        }
        tellApart(length);
        try {
            if (!socket.trySend(out, length, attached)) {
                return false;
            }
        } catch (SoftpathException e) {
            if (!(e instanceof SoftpathException.Lost)) {
                throw e;
            }
            while (receive()) {
                // What it was told before counts.
            }
            return false;
        }
        Recipe recipe = Recipe.of(out, length);
        if (recipe.kind() == ControlRecord.DOORBELL) {
            rows.forEach(row -> row.count(Coverage.OK));
            return true;
        }
        boolean record = recipe.isRecord();
        outstanding.add(
                new Asked(
                        recipe,
                        record ? ControlRecord.kind(out) : 0,
                        record ? ControlRecord.tag(out) : 0,
                        recipe.kind() == ControlRecord.MMAP
                                ? ControlRecord.u32(out, ControlRecord.MMAP_PROT)
                                : 0,
                        List.copyOf(rows)));
        return true;
    }

    /** Two requests under way with one tag would have answers that nobody can tell apart. */
    private void tellApart(int length) {
        if (length < ControlRecord.MIN_REQUEST_BYTES) {
            return;
        }
        boolean again = true;
        while (again) {
            int tag = ControlRecord.tag(out);
            again = outstanding.stream().anyMatch(each -> each.tag == tag);
            if (again) {
                ControlRecord.putU32(out, ControlRecord.TAG, nextTag());
            }
        }
    }

    /** Sends a record of no bytes, after which the daemon takes it for closed. */
    void sayNothing() {
        if (!gone && Attempts.sendNothing(socket) >= 0) {
            mayBeClosed = true;
        }
    }

    /** It will have it coming if the daemon closes it. */
    void mayBeClosed() {
        mayBeClosed = true;
    }

    /** For those who look whether that is noticed: answers are not as the daemon gave them. */
    void plant(Plant chosen) {
        plant = chosen;
    }

    /** Takes one answer; false if there is none. */
    boolean receive() {
        if (gone) {
            return false;
        }
        int length;
        try {
            length = socket.tryReceive(in, 4, files);
        } catch (SoftpathException e) {
            if (!(e instanceof SoftpathException.Lost)) {
                throw e;
            }
            length = SeqPacketSocket.END;
        }
        if (length == SeqPacketSocket.WOULD_BLOCK) {
            return false;
        }
        if (length == SeqPacketSocket.END) {
            ended();
            return false;
        }
        try {
            answered(length);
        } finally {
            files.forEach(Fd::close);
            files.clear();
        }
        return true;
    }

    private void ended() {
        gone = true;
        if (!mayBeClosed && outstanding.size() < SAFE) {
            throw new Violation(
                    "the daemon closed a client that read its answers; unanswered: "
                            + unanswered());
        }
        outstanding.clear();
    }

    private void answered(int length) {
        if (length < ControlRecord.REPLY_HEADER_BYTES
                || length != ControlRecord.REPLY_HEADER_BYTES + ControlRecord.payloadBytes(in)) {
            throw new Violation("an answer of bytes=" + length + " whose payload is another size");
        }
        int kind = ControlRecord.kind(in);
        if (kind == ControlRecord.INTERRUPT) {
            return;
        }
        if (kind == ControlRecord.REPLY
                && outstanding.isEmpty()
                && ControlRecord.result(in) == -Errno.ENFILE.number()) {
            mayBeClosed = true; // as many are open as may be
            return;
        }
        if (plant == Plant.LOST_ANSWER && ControlRecord.tag(in) % 64 == 0) {
            return;
        }
        Asked asked = take(kind, ControlRecord.tag(in));
        int result = ControlRecord.result(in);
        if (plant == Plant.UNDOCUMENTED_ERRNO && result == -Errno.ENXIO.number()) {
            result = -Errno.ENOSPC.number();
        }
        String outcome = result < 0 ? Errno.of(-result).name() : Coverage.OK;
        asked.rows.forEach(row -> row.count(outcome));
        if (result < 0) {
            refused(asked, Errno.of(-result), ControlRecord.sentence(in, length));
        } else {
            accepted(asked, result);
        }
    }

    private void refused(Asked asked, Errno errno, String sentence) {
        if (!asked.recipe.documents(errno)) {
            throw new Violation(
                    asked.recipe.name()
                            + " was refused with "
                            + errno.name()
                            + ", which the protocol does not say: "
                            + sentence);
        }
        if (!sentence.contains("=")) {
            throw new Violation(
                    asked.recipe.name() + " was refused without the value: " + sentence);
        }
        if (!files.isEmpty()) {
            throw new Violation(asked.recipe.name() + " was refused, and handed out a file");
        }
    }

    private void accepted(Asked asked, int result) {
        if (!asked.recipe.exists() || asked.recipe.kind() < 0) {
            throw new Violation(
                    "what does not exist was accepted: "
                            + asked.recipe.name()
                            + " kind="
                            + asked.kind);
        }
        if (!asked.recipe.isSuccess(result)) {
            throw new Violation(asked.recipe.name() + " returned result=" + result);
        }
        if (files.size() > 1) {
            throw new Violation(asked.recipe.name() + " came with descriptors=" + files.size());
        }
        if (!files.isEmpty()) {
            Handed.judge(asked.recipe, asked.prot, in, files.getFirst());
        }
        knowledge.learn(asked.recipe, result, in, files);
    }

    /** The request that this answers: the oldest, but for those that may wait. */
    private Asked take(int kind, int tag) {
        for (Iterator<Asked> each = outstanding.iterator(); each.hasNext(); ) {
            Asked asked = each.next();
            if ((asked.kind | ControlRecord.REPLY) == kind && asked.tag == tag) {
                each.remove();
                return asked;
            }
            if (!asked.recipe.mayWait()) {
                throw new Violation(
                        asked.recipe.name()
                                + " tag="
                                + asked.tag
                                + " was passed over: an answer came with kind="
                                + Integer.toHexString(kind)
                                + " tag="
                                + tag);
            }
        }
        throw new Violation(
                "an answer that nobody asked for: kind="
                        + Integer.toHexString(kind)
                        + " tag="
                        + tag);
    }

    /** What has not been answered, though it should have been. */
    String unanswered() {
        return outstanding.stream().map(asked -> asked.recipe.name()).toList().toString();
    }

    @Override
    public void close() {
        gone = true;
        knowledge.close();
        socket.close();
    }
}
