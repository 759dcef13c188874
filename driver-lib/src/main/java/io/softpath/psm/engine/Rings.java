package io.softpath.psm.engine;

import java.util.ArrayList;

/** All that an engine shares memory with. None of it needs to know the time, or allocates. */
final class Rings {
    private final ArrayList<RingReader> readers = new ArrayList<>();

    void add(RingReader reader) {
        readers.add(reader);
    }

    void remove(RingReader reader) {
        readers.remove(reader);
    }

    /**
     * Takes what has come, and writes what there is room for.
     *
     * @return how many records came
     */
    int look(MessageEngine engine) {
        int records = 0;
        for (int i = readers.size() - 1; i >= 0; i--) {
            RingReader reader = readers.get(i);
            records += reader.take();
            RingPath path = reader.path();
            if (path.hasWork()) {
                path.flush();
            }
            if (reader.isBroken() || path.isBroken()) {
                engine.broken(reader.peer());
            }
        }
        return records;
    }

    /** Whether there is something to do now. */
    boolean hasWork() {
        for (int i = 0; i < readers.size(); i++) {
            if (readers.get(i).path().isBusy()) {
                return true;
            }
        }
        return false;
    }

    /** Whether something waits for room, which nobody tells us of. */
    boolean isFull() {
        for (int i = 0; i < readers.size(); i++) {
            if (readers.get(i).path().isFull()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Says to the peers that we sleep, or no longer.
     *
     * @return false if one of them has written something
     */
    boolean sleep(boolean asleep) {
        boolean quiet = true;
        for (int i = 0; i < readers.size(); i++) {
            DirectLink link = readers.get(i).link();
            link.sleep(asleep);
            quiet &= !link.hasSomething();
        }
        return quiet;
    }
}
