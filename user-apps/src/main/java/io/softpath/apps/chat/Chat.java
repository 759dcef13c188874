package io.softpath.apps.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.abi.psm.PsmError;
import io.softpath.apps.Ranks;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;
import io.softpath.psm.Endpoint;
import io.softpath.psm.Group;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends each line typed here to all other ranks, and prints theirs. Who has spoken leaves at the
 * end of its input; who has not, listens until all others' inputs have ended.
 *
 * <p>Every rank sends every other an empty message that is received only in order to part: such a
 * send (synchronous) is complete when one of the two leaves, and fails when the other dies. Nobody
 * has to ask whether the others are still there.
 */
public final class Chat {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Nothing wakes us when a line has been typed. */
    private static final Duration MOMENT = Duration.ofMillis(50);

    // Tags.
    private static final long LINE = 1L << 32;
    private static final long END = 3L << 32;
    private static final long LINE_OR_END = ~(LINE ^ END);
    private static final long BOND = 4L << 32; // and the rank that has sent it

    /** Sends that may be under way before the next line is read. */
    private static final int MAX_SENDS = 256;

    private final Endpoint endpoint;
    private final MatchedQueue queue;
    private final Input input = Input.start();
    private final PrintStream out = new PrintStream(System.out, true, UTF_8);
    private final List<Other> others = new ArrayList<>();
    private final Status status = new Status();
    private boolean hasSpoken;
    private boolean hasEnded;
    private boolean leaves;
    private int sendsUnderWay;

    private Chat(Group group) {
        endpoint = group.endpoint();
        queue = endpoint.queue();
        for (int rank = 0; rank < group.size(); rank++) {
            if (rank != group.rank()) {
                Peer peer = group.peer(rank);
                Request bond = queue.issend(peer, BOND | group.rank(), MemorySegment.NULL);
                Other other = new Other(rank, peer, bond);
                peer.label(other);
                others.add(other);
            }
        }
    }

    public static void main(String[] args) {
        // The README shows what follows.
        try (Job job = Job.fromEnvironment();
                Endpoint endpoint = Ranks.open(job)) {
            Chat chat = new Chat(Ranks.connect(job, endpoint, PATIENCE));
            while (!chat.isOver()) {
                endpoint.await(chat::hasNews, MOMENT);
                chat.hear();
                chat.look();
                chat.say();
            }
            endpoint.close(PATIENCE); // what was sent last may still have to be sent again
        } catch (SoftpathException e) {
            System.err.println("chat: " + e.getMessage());
            System.exit(1);
        }
    }

    private boolean isOver() {
        return leaves && sendsUnderWay == 0 && others.stream().allMatch(o -> o.bond == null);
    }

    private boolean hasNews() {
        return input.hasLine() && sendsUnderWay < MAX_SENDS
                || queue.iprobe(LINE, LINE_OR_END, status)
                || others.stream().anyMatch(Other::isBondOver);
    }

    /** Prints what has come. A message may be long, and its end still on the way. */
    private void hear() {
        while (queue.iprobe(LINE, LINE_OR_END, status)) {
            byte[] text = new byte[status.messageLength()];
            Request request = queue.irecv(status.tag(), MemorySegment.ofArray(text));
            while (!queue.await(request, PATIENCE, status)) {
                out.println("* somebody pauses in the middle of a line");
            }
            if (status.error() != PsmError.OK) {
                continue; // it has died in the middle, which is seen below
            }
            Other from = (Other) status.peer().label();
            if (status.tag() == END) {
                from.hasEnded = true;
                if (from.hasSpoken) {
                    out.println("* " + from + " has left");
                }
            } else {
                from.hasSpoken = true;
                out.println(from + "> " + new String(text, UTF_8));
            }
        }
    }

    /** Parts from those who have left since, when all that they had said before is heard. */
    private void look() {
        List<Other> left = others.stream().filter(Other::isBondOver).toList();
        if (!left.isEmpty()) {
            hear();
        }
        for (Other other : left) {
            queue.test(other.bond, status);
            other.bond = null;
            if (status.error() != PsmError.OK) {
                out.println("* " + other + " is lost: " + status.error().sentence());
            } else if (!leaves) {
                release(other);
                endpoint.disconnect(other.peer, true, PATIENCE);
            }
        }
    }

    private void release(Other other) {
        queue.irecv(BOND | other.rank, -1, MemorySegment.NULL, 0, 0, received -> false, null);
    }

    /** Sends what was typed, and leaves when that is all. */
    private void say() {
        while (input.hasLine() && sendsUnderWay < MAX_SENDS) {
            hasSpoken = true;
            sayToAll(LINE, input.take().getBytes(UTF_8));
        }
        if (input.isOver() && !hasEnded) {
            hasEnded = true;
            sayToAll(END, new byte[0]);
        }
        boolean alone = others.stream().allMatch(o -> o.bond == null || o.hasEnded);
        if (hasEnded && !leaves && sendsUnderWay == 0 && (hasSpoken || alone)) {
            leaves = true;
            others.stream().filter(other -> other.bond != null).forEach(this::release);
        }
    }

    private void sayToAll(long tag, byte[] text) {
        MemorySegment message = MemorySegment.ofArray(text);
        for (Other to : others) {
            if (to.bond != null && to.peer.isConnected()) {
                sendsUnderWay++;
                queue.isend(to.peer, tag, message, 0, text.length, false, this::sent, null);
            }
        }
    }

    /** Well or not, which the bond tells. */
    private boolean sent(Request request) {
        sendsUnderWay--;
        return false;
    }
}
