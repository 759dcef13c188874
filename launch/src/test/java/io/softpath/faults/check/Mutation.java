package io.softpath.faults.check;

import static io.softpath.faults.check.Incarnation.UNKNOWN;

import io.softpath.faults.check.Event.Acknowledged;
import io.softpath.faults.check.Event.Counted;
import io.softpath.faults.check.Event.Delivered;
import io.softpath.faults.check.Event.Ended;
import io.softpath.faults.check.Event.Failed;
import io.softpath.faults.check.Event.How;
import io.softpath.faults.check.Event.Sent;
import io.softpath.faults.check.Event.Started;

import java.util.List;
import java.util.SplittableRandom;

/** Ways to spoil a history, each with the rule that must find it. */
enum Mutation {
    LOSE_A_DELIVERY(Rule.ACKNOWLEDGED_IS_DELIVERED) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            Acknowledged a = any(Acknowledged.class, events, random);
            events.removeIf(e -> e instanceof Delivered d && d.message().equals(a.message()));
        }
    },
    DELIVER_TWICE(Rule.DELIVERED_ONCE) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            Delivered d = any(Delivered.class, events, random);
            events.add(new Delivered(d.message(), d.by(), d.slot() + 7, d.length(), d.checksum()));
        }
    },
    DELIVER_TO_THE_NEXT(Rule.RIGHT_RECEIVER) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            Delivered d = any(Delivered.class, events, random);
            events.remove(d);
            Incarnation next = new Incarnation(d.by().member(), d.by().number() + 1);
            events.add(new Delivered(d.message(), next, d.slot(), d.length(), d.checksum()));
        }
    },
    INVENT(Rule.WHOLE) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            Delivered d = any(Delivered.class, events, random);
            MessageId id = d.message();
            MessageId other =
                    new MessageId(id.from(), id.incarnation(), id.to(), id.number() + 100_000);
            events.add(new Delivered(other, d.by(), d.slot(), d.length(), d.checksum()));
        }
    },
    CUT(Rule.WHOLE) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            Delivered d = any(Delivered.class, events, random);
            events.set(
                    events.indexOf(d),
                    new Delivered(d.message(), d.by(), d.slot(), d.length() - 1, d.checksum()));
        }
    },
    FLIP(Rule.WHOLE) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            Delivered d = any(Delivered.class, events, random);
            long flipped = d.checksum() ^ 1L << random.nextInt(32);
            events.set(
                    events.indexOf(d),
                    new Delivered(d.message(), d.by(), d.slot(), d.length(), flipped));
        }
    },
    OVERTAKE(Rule.IN_ORDER) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            Delivered later = any(Delivered.class, events, random);
            while (later.message().number() == 0 || earlier(later, events) == null) {
                later = any(Delivered.class, events, random);
            }
            Delivered d = later;
            events.set(
                    events.indexOf(d),
                    new Delivered(d.message(), d.by(), -1, d.length(), d.checksum()));
        }
    },
    FAIL_TOO(Rule.ONE_OUTCOME) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            events.add(new Failed(any(Acknowledged.class, events, random).message(), "late"));
        }
    },
    ACKNOWLEDGE_TWICE(Rule.ONE_OUTCOME) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            events.add(any(Acknowledged.class, events, random));
        }
    },
    ACKNOWLEDGE_NOTHING(Rule.ONE_OUTCOME) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            events.add(new Acknowledged(new MessageId(0, 1, 1, 1_000_000)));
        }
    },
    FAIL_WITHOUT_A_REASON(Rule.FAILED_FOR_A_REASON) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            events.add(new Started(new Incarnation(100, 1)));
            events.add(new Ended(new Incarnation(100, 1), How.EXITED));
            events.add(new Started(new Incarnation(101, 1)));
            events.add(new Ended(new Incarnation(101, 1), How.EXITED));
            MessageId id = new MessageId(100, 1, 101, 0);
            events.add(new Sent(id, 1, random.nextBoolean() ? 1 : UNKNOWN, 0, 0));
            events.add(new Failed(id, "EPID_NETWORK_ERROR"));
        }
    },
    FORGET(Rule.NOBODY_HANGS) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            List<Incarnation> survivors =
                    events.stream()
                            .filter(e -> e instanceof Ended d && d.how() == How.EXITED)
                            .map(e -> ((Ended) e).who())
                            .toList();
            Acknowledged forgotten = any(Acknowledged.class, events, random);
            while (!survivors.contains(forgotten.message().sender())) {
                forgotten = any(Acknowledged.class, events, random);
            }
            events.remove(forgotten);
        }
    },
    HANG(Rule.NOBODY_HANGS) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            Ended end = any(Ended.class, events, random);
            events.set(events.indexOf(end), new Ended(end.who(), How.HUNG));
        }
    },
    NEVER_END(Rule.NOBODY_HANGS) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            events.remove(any(Ended.class, events, random));
        }
    },
    LEAK(Rule.NOTHING_LEFT) {
        @Override
        void spoil(List<Event> events, SplittableRandom random) {
            Counted c = any(Counted.class, events, random);
            events.set(events.indexOf(c), new Counted(c.resource(), c.before(), c.after() + 1));
        }
    };

    final Rule finder;

    Mutation(Rule finder) {
        this.finder = finder;
    }

    abstract void spoil(List<Event> events, SplittableRandom random);

    private static <T extends Event> T any(
            Class<T> kind, List<Event> events, SplittableRandom random) {
        List<T> all = events.stream().filter(kind::isInstance).map(kind::cast).toList();
        return all.get(random.nextInt(all.size()));
    }

    private static Delivered earlier(Delivered later, List<Event> events) {
        return events.stream()
                .filter(Delivered.class::isInstance)
                .map(Delivered.class::cast)
                .filter(d -> d.by().equals(later.by()))
                .filter(d -> d.message().sender().equals(later.message().sender()))
                .filter(d -> d.message().number() < later.message().number())
                .findAny()
                .orElse(null);
    }
}
