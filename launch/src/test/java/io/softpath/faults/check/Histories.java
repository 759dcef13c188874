package io.softpath.faults.check;

import io.softpath.faults.check.Event.Acknowledged;
import io.softpath.faults.check.Event.Counted;
import io.softpath.faults.check.Event.Delivered;
import io.softpath.faults.check.Event.Ended;
import io.softpath.faults.check.Event.Failed;
import io.softpath.faults.check.Event.How;
import io.softpath.faults.check.Event.Sent;
import io.softpath.faults.check.Event.Started;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Histories in which every promise was kept. */
final class Histories {
    static final int MEMBERS = 4;

    private final SplittableRandom random;
    private final List<Event> events = new ArrayList<>();
    private final int[] incarnation = new int[MEMBERS];
    private final long[] slots = new long[MEMBERS];
    private final int[][] numbers = new int[MEMBERS][MEMBERS];
    private final int[][] connections = new int[MEMBERS][MEMBERS];

    private Histories(SplittableRandom random) {
        this.random = random;
    }

    /** Members send, are killed and come back, lose their daemons, and exit. */
    static List<Event> kept(SplittableRandom random, int messages) {
        return new Histories(random).live(messages);
    }

    private List<Event> live(int messages) {
        for (int member = 0; member < MEMBERS; member++) {
            begin(member);
        }
        for (int i = 0; i < messages; i++) {
            if (random.nextInt(20) == 0) {
                int member = random.nextInt(MEMBERS);
                end(member, random.nextInt(4) == 0 ? How.LOST : How.KILLED);
                begin(member);
            }
            int from = random.nextInt(MEMBERS);
            exchange(from, (from + 1 + random.nextInt(MEMBERS - 1)) % MEMBERS);
        }
        for (int member = 0; member < MEMBERS; member++) {
            end(member, How.EXITED);
        }
        events.add(new Counted("unit 0 TIDs", 3, 3));
        return events;
    }

    private void begin(int member) {
        incarnation[member]++;
        slots[member] = 0;
        events.add(new Started(new Incarnation(member, incarnation[member])));
        for (int other = 0; other < MEMBERS; other++) {
            numbers[member][other] = 0;
            connections[member][other] = 1;
            connections[other][member]++;
        }
    }

    private void end(int member, How how) {
        events.add(new Ended(new Incarnation(member, incarnation[member]), how));
    }

    private void exchange(int from, int to) {
        MessageId id = new MessageId(from, incarnation[from], to, numbers[from][to]++);
        long length = random.nextInt(5000);
        long checksum = random.nextInt() & 0xFFFF_FFFFL;
        Incarnation by = new Incarnation(to, incarnation[to]);
        events.add(new Sent(id, connections[from][to], by.number(), length, checksum));
        if (random.nextInt(10) > 0) {
            events.add(new Delivered(id, by, slots[to]++, length, checksum));
            events.add(new Acknowledged(id));
        } else {
            if (random.nextBoolean()) {
                events.add(new Delivered(id, by, slots[to]++, length, checksum));
            }
            events.add(new Failed(id, "EPID_NETWORK_ERROR"));
            end(to, How.KILLED);
            begin(to);
        }
    }
}
