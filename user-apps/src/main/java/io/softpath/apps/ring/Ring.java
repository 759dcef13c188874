package io.softpath.apps.ring;

import io.softpath.apps.Ranks;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;
import io.softpath.psm.Endpoint;
import io.softpath.psm.Group;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/**
 * A message goes round all ranks, each of which adds its number to every byte and passes it on.
 * Rank 0 knows what must come back, and sends one twice as long. Usage: {@code ring [MAXBYTES]}.
 */
public final class Ring {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MAX_BYTES = 1 << 20;

    private Ring() {}

    public static void main(String[] args) {
        int most;
        try {
            most = args.length == 0 ? MAX_BYTES : Integer.parseInt(args[0]);
        } catch (NumberFormatException e) {
            System.err.println("ring: usage: ring [MAXBYTES], not " + args[0]);
            System.exit(2);
            return;
        }
        try (Job job = Job.fromEnvironment();
                Endpoint endpoint = Ranks.open(job)) {
            Group group = Ranks.connect(job, endpoint, PATIENCE);
            for (int bytes = 1; bytes <= most; bytes *= 2) {
                pass(group, MemorySegment.ofArray(new byte[bytes]), bytes);
            }
            endpoint.close(PATIENCE); // what was sent last may still have to be sent again
        } catch (SoftpathException e) {
            System.err.println("ring: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void pass(Group group, MemorySegment message, long tag) {
        MatchedQueue queue = group.endpoint().queue();
        int next = (group.rank() + 1) % group.size();
        if (group.rank() == 0) {
            var sent = queue.isend(group.peer(next), tag, message);
            MemorySegment back = MemorySegment.ofArray(new byte[(int) message.byteSize()]);
            queue.recv(tag, -1, back, PATIENCE);
            queue.await(sent, PATIENCE, new Status());
            byte expected = (byte) (group.size() * (group.size() - 1) / 2);
            for (long i = 0; i < back.byteSize(); i++) {
                if (back.get(ValueLayout.JAVA_BYTE, i) != expected) {
                    throw new IllegalStateException(
                            "byte " + i + " of " + back.byteSize() + " is wrong");
                }
            }
            System.out.println(message.byteSize() + " bytes went round " + group.size() + " ranks");
        } else {
            queue.recv(tag, -1, message, PATIENCE);
            for (long i = 0; i < message.byteSize(); i++) {
                byte value = message.get(ValueLayout.JAVA_BYTE, i);
                message.set(ValueLayout.JAVA_BYTE, i, (byte) (value + group.rank()));
            }
            queue.send(group.peer(next), tag, message, PATIENCE);
        }
    }
}
