package io.softpath.faults.sim;

import io.softpath.psm.sim.Hazard;
import io.softpath.psm.sim.Trouble;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What is to happen, by steps of the world; made from a seed and from nothing else.
 *
 * @param steps how long things happen before everybody comes to an end
 */
record Schedule(long seed, Setup setup, int steps, List<Item> items) {
    /** The longest message. */
    static final int MAX_BYTES = 40_000;

    static Schedule of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Setup setup = Setup.of(random);
        return new Maker(random, setup, 200 + random.nextInt(800)).make(seed);
    }

    /** The same with some of its items only, which are named by their places in this one. */
    Schedule keep(List<Integer> places) {
        return new Schedule(seed, setup, steps, places.stream().map(items::get).toList());
    }

    /** Draws the items. */
    private record Maker(SplittableRandom random, Setup setup, int steps, List<Item> items) {
        Maker(SplittableRandom random, Setup setup, int steps) {
            this(random, setup, steps, new ArrayList<>());
        }

        Schedule make(long seed) {
            links();
            messages(8 + random.nextInt(40));
            for (int faults = random.nextInt(6); faults > 0; faults--) {
                fault(random.nextInt(steps));
            }
            items.sort(Comparator.comparingInt(Item::step));
            return new Schedule(seed, setup, steps, Collections.unmodifiableList(items));
        }

        /** How bad the links are all the time. */
        private void links() {
            if (setup.flips() || random.nextInt(4) > 0) {
                double worst = random.nextInt(4) * 0.06;
                int until = random.nextBoolean() ? Item.FOR_GOOD : steps;
                items.add(new Item.Links(0, until, trouble(worst)));
            }
        }

        private Trouble trouble(double worst) {
            return new Trouble(
                    random.nextDouble() * worst,
                    random.nextDouble() * worst,
                    random.nextDouble() * worst,
                    random.nextDouble() * worst / 2,
                    random.nextDouble() * 0.3,
                    setup.flips() ? 0.03 : 0);
        }

        private void messages(int count) {
            for (int i = 0; i < count; i++) {
                int from = member();
                int to = (from + 1 + random.nextInt(setup.members() - 1)) % setup.members();
                int step = 10 + random.nextInt(steps - 10);
                items.add(
                        new Item.Send(
                                step,
                                from,
                                to,
                                bytes(),
                                random.nextBoolean(),
                                random.nextInt(8) == 0));
                items.add(
                        new Item.Receive(
                                random.nextInt(steps),
                                member(),
                                1 + random.nextInt(2),
                                random.nextBoolean()));
            }
        }

        private int member() {
            return random.nextInt(setup.members());
        }

        private int bytes() {
            return switch (random.nextInt(6)) {
                case 0 -> 0;
                case 1 -> random.nextInt(9);
                case 2 -> random.nextInt(2049);
                case 3 -> random.nextInt(6_000);
                case 4 -> random.nextInt(16_000);
                default -> random.nextInt(MAX_BYTES + 1);
            };
        }

        private void fault(int step) {
            int member = member();
            int steps = 1 + random.nextInt(random.nextBoolean() ? 50 : 400);
            switch (random.nextInt(12)) {
                case 0, 1 -> {
                    items.add(new Item.Kill(step, member));
                    again(step, member);
                }
                case 2, 3, 4, 5 -> {
                    Enum<?>[] points =
                            random.nextBoolean() ? Hazard.Point.values() : SimPoints.all();
                    Enum<?> point = points[random.nextInt(points.length)];
                    items.add(new Item.KillAt(step, member, point, 1 + random.nextInt(6)));
                    again(step + 20, member);
                }
                case 6, 7 -> items.add(new Item.Pause(step, steps, member));
                case 8 -> items.add(new Item.LinkDown(step, steps, member));
                case 9, 10 -> items.add(new Item.Links(step, steps, trouble(0.5)));
                default -> {
                    items.add(new Item.KillDaemon(step, member));
                    for (int other = 0; other < setup.members(); other++) {
                        if (setup.sameDaemon(member, other)) {
                            again(step, other);
                        }
                    }
                }
            }
        }

        /** Most of those who are gone come again. */
        private void again(int step, int member) {
            if (random.nextInt(4) > 0) {
                int after = random.nextInt(random.nextBoolean() ? 10 : 300);
                items.add(new Item.Start(step + after, member));
            }
        }
    }
}
