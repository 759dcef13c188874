package io.softpath.faults.sim;

import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What goes on for a while: links that are bad or down, processes that are stopped. */
final class Effects {
    private record Running(Item item, long end) {}

    private final SimWorld world;
    private final List<Running> running = new ArrayList<>();

    Effects(SimWorld world) {
        this.world = world;
    }

    void start(Item.Links links) {
        add(links, links.steps());
        links();
    }

    void start(Item.LinkDown down) {
        add(down, down.steps());
        links();
    }

    void start(Item.Pause pause) {
        add(pause, pause.steps());
        world.nodes().get(pause.member()).pause(true);
    }

    /** It goes on for ever. */
    void forget(Item item) {
        running.removeIf(r -> r.item().equals(item));
    }

    private void add(Item item, int steps) {
        long end = steps == Item.FOR_GOOD ? Long.MAX_VALUE : (long) item.step() + steps;
        running.add(new Running(item, end));
    }

    /** Ends what is over by now. */
    void end(long step) {
        boolean changed = false;
        for (Iterator<Running> i = running.iterator(); i.hasNext(); ) {
            Running r = i.next();
            if (r.end() <= step) {
                i.remove();
                end(r.item());
                changed = true;
            }
        }
        if (changed) {
            links();
        }
    }

    /** Ends everything but what is for good. */
    void endAll() {
        end(Long.MAX_VALUE - 1);
    }

    private void end(Item item) {
        if (item instanceof Item.Pause pause) {
            world.nodes().get(pause.member()).pause(false);
        }
    }

    /** Of several troubles the worst counts. */
    private void links() {
        Trouble worst = Trouble.NONE;
        long down = 0;
        for (Running r : running) {
            if (r.item() instanceof Item.Links links) {
                worst = worse(worst, links.trouble());
            } else if (r.item() instanceof Item.LinkDown link) {
                down |= 1L << link.member();
            }
        }
        world.links().trouble(worst);
        long cut = down;
        world.links()
                .cut(
                        cut == 0
                                ? null
                                : (from, to) -> (cut >> from - 1 & 1 | cut >> to - 1 & 1) == 0);
    }

    private static Trouble worse(Trouble a, Trouble b) {
        return new Trouble(
                Math.max(a.drop(), b.drop()),
                Math.max(a.duplicate(), b.duplicate()),
                Math.max(a.reorder(), b.reorder()),
                Math.max(a.overflow(), b.overflow()),
                Math.max(a.busy(), b.busy()),
                Math.max(a.flips(), b.flips()));
    }
}
