package io.softpath.daemon.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.ChipCounter;
import io.softpath.daemon.link.Fabric;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Chips on one fabric, with memory of their own and a record of what they told their driver. LIDs
 * are unit + 1.
 */
final class ChipRig implements AutoCloseable {
    static final class Events implements ChipEvents {
        final List<Integer> interrupts = new ArrayList<>();
        final List<Integer> badBuffers = new ArrayList<>();
        long errors;
        int linkChanges;

        @Override
        public void interrupt(int context) {
            interrupts.add(context);
        }

        @Override
        public void error(long newErrorBits) {
            errors |= newErrorBits;
        }

        @Override
        public void sendBufferError(int pioBuffer) {
            badBuffers.add(pioBuffer);
        }

        @Override
        public void linkChanged(boolean up) {
            linkChanges++;
        }
    }

    final Arena arena = Arena.ofConfined();
    final Fabric fabric = new Fabric();
    final List<Chip> chips = new ArrayList<>();
    final List<Events> events = new ArrayList<>();
    final List<MemorySegment> availPages = new ArrayList<>();
    final ChipModel model;

    ChipRig(ChipModel model, int units, long seed) {
        this(model, units, seed, fabric -> fabric);
    }

    /**
     * @param cable what lies between the chips and the fabric
     */
    ChipRig(ChipModel model, int units, long seed, UnaryOperator<Wire> cable) {
        this.model = model;
        Wire wire = cable.apply(fabric);
        SplittableRandom random = new SplittableRandom(seed);
        for (int unit = 0; unit < units; unit++) {
            MemorySegment page = arena.allocate(4096, 4096);
            Events heard = new Events();
            Chip chip =
                    new Chip(
                            model,
                            new ChipIdentity(unit, unit + 1, 0x0011_7500_0000_0000L + unit),
                            page,
                            wire,
                            random::nextLong,
                            heard);
            fabric.attach(chip);
            chip.linkUp();
            chips.add(chip);
            events.add(heard);
            availPages.add(page);
        }
    }

    FakeUser open(int unit, int context, TriggerMode trigger) {
        return open(unit, context, trigger, null);
    }

    FakeUser open(int unit, int context, TriggerMode trigger, GatherSource gather) {
        FakeUser user =
                new FakeUser(
                        model, unit + 1, context, trigger, availPages.get(unit), gather, arena);
        chips.get(unit).openContext(context, user.memory);
        chips.get(unit).openSends(context, user.sends);
        chips.get(unit).enableReceive(context);
        chips.get(unit).forceAvailUpdate();
        user.adoptAvail();
        return user;
    }

    int pollAll() {
        int moved = 0;
        for (Chip chip : chips) {
            moved += chip.poll();
        }
        return moved;
    }

    void settle() {
        for (Chip chip : chips) {
            while (chip.sweep() != 0) {
                // every launch leads to further room
            }
        }
    }

    long count(ChipCounter counter) {
        return chips.stream().mapToLong(chip -> chip.counter(counter)).sum();
    }

    long countPerContext(ChipCounter counter) {
        long sum = 0;
        for (Chip chip : chips) {
            for (int context = 0; context < model.contexts(); context++) {
                sum += chip.counter(counter, context);
            }
        }
        return sum;
    }

    @Override
    public void close() {
        arena.close();
    }
}
