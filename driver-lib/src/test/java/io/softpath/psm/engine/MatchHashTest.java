package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Long lists, whose entries are found by their tags, against plain ones. */
final class MatchHashTest {
    private static final int OPERATIONS = 1_000_000;

    /** After so many another length is chosen, and what is in the list. */
    private static final int PHASE = 20_000;

    /** More than a hash has groups for. */
    private static final int SELECTORS = 12;

    private final Pool<Entry> pool = new Pool<>(Entry::new);
    private final MatchList<Entry> list = new MatchList<>(pool, 1);
    private final List<Entry> plain = new ArrayList<>();

    private static final class Entry extends Matchable {}

    private Entry append(long tag, long selector) {
        Entry entry = pool.take();
        entry.tag = tag;
        entry.selector = selector;
        list.append(entry);
        plain.add(entry);
        return entry;
    }

    private void remove(Entry entry) {
        list.remove(entry);
        plain.remove(entry);
        pool.give(entry);
    }

    private Entry first(long tag, long selector) {
        for (Entry each : plain) {
            if (((tag ^ each.tag) & each.selector & selector) == 0) {
                return each;
            }
        }
        return null;
    }

    /** Bits that lie apart, as context, source and tag of an MPI library do. */
    private static long someTag(SplittableRandom random) {
        return (long) random.nextInt(8) << 48 | (long) random.nextInt(4) << 32 | random.nextInt(16);
    }

    private static long someSelector(SplittableRandom random, boolean wild) {
        if (!wild || random.nextInt(4) != 0) {
            return MatchHash.ALL_BITS;
        }
        int which = random.nextInt(SELECTORS);
        return which == 0 ? 0 : 0xFFL << 48 | (long) which << 31 | which;
    }

    /**
     * Lists of many lengths, one after the other: some have receives that select anything, the
     * others messages, which have all bits.
     */
    @Test
    void shouldFindWhatAPlainListFinds() {
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int hashed = 0;
        boolean wild = true;
        int most = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            if (i % PHASE == 0) {
                List.copyOf(plain).forEach(this::remove);
                wild = random.nextBoolean();
                most = 1 << random.nextInt(10);
            }
            long tag = someTag(random);
            Entry first = first(tag, -1);
            assertSame(first, list.forMessage(tag), "for a message");
            if (!wild) {
                long selector = someSelector(random, true);
                assertSame(first(tag, selector), list.forReceive(tag, selector), "for a receive");
            }
            boolean grows = random.nextInt(most) >= plain.size() / 2;
            if (grows) {
                append(tag, someSelector(random, wild));
            } else if (first != null && random.nextInt(4) != 0) {
                hashed += first.group == MatchHash.NOWHERE ? 0 : 1;
                remove(first);
            } else {
                remove(plain.get(random.nextInt(plain.size())));
            }
            assertEquals(plain.size(), list.size());
        }
        assertTrue(hashed > OPERATIONS / 100, "found by tag: " + hashed);
    }

    /** The same tag again and again, and one that matches all: the earliest is the one. */
    @Test
    void shouldTakeTheEarliestOfAnyGroup() {
        for (int i = 0; i < MatchList.NEAR; i++) {
            append(-1, MatchHash.ALL_BITS);
        }
        Entry one = append(7, MatchHash.ALL_BITS);
        Entry any = append(0, 0);
        Entry other = append(7, MatchHash.ALL_BITS);
        assertSame(one, list.forMessage(7));
        remove(one);
        assertSame(any, list.forMessage(7));
        remove(any);
        assertSame(other, list.forMessage(7));
        remove(other);
        assertSame(null, list.forMessage(7));
    }

    @Test
    void shouldLeaveAloneWhatMatchesInItsOrder() {
        for (int tag = 0; tag < 1_000; tag++) {
            append(tag, MatchHash.ALL_BITS);
        }
        for (int tag = 0; tag < 1_000; tag++) {
            Entry entry = list.forMessage(tag);
            assertEquals(MatchHash.NOWHERE, entry.group);
            remove(entry);
        }
    }
}
