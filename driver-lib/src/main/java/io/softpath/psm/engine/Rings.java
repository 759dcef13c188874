package io.softpath.psm.engine;

import java.util.Arrays;

/** All that an engine shares memory with. None of it needs to know the time, or allocates. */
final class Rings {
    private RingReader[] readers = {};

    void add(RingReader reader) {
        readers = Arrays.copyOf(readers, readers.length + 1);
        readers[readers.length - 1] = reader;
    }

    void remove(RingReader reader) {
        readers = Arrays.stream(readers).filter(r -> r != reader).toArray(RingReader[]::new);
    }

    boolean isEmpty() {
        return readers.length == 0;
    }

    /**
     * Takes what has come, and writes what there is room for.
     *
     * @return how many records came
     */
    int look(MessageEngine engine) {
        int records = 0;
        for (RingReader reader : readers) {
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

    /** Whether nothing has come, and nothing is to be written. */
    boolean isQuiet() {
        for (RingReader reader : readers) {
            if (reader.path().hasWork() || reader.link().hasSomething()) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is something to do now. */
    boolean hasWork() {
        for (RingReader reader : readers) {
            if (reader.path().isBusy()) {
                return true;
            }
        }
        return false;
    }

    /** Whether something waits for room, which nobody tells us of. */
    boolean isFull() {
        for (RingReader reader : readers) {
            if (reader.path().isFull()) {
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
        for (RingReader reader : readers) {
            DirectLink link = reader.link();
            link.sleep(asleep);
            quiet &= !link.hasSomething();
        }
        return quiet;
    }
}
