package io.softpath.psm;

/** The program sees to it that only one thread at a time uses an endpoint. */
final class OneThread extends Turns {
    private final Mover mover;

    OneThread(Mover mover) {
        this.mover = mover;
    }

    @Override
    void enter() {}

    @Override
    void leave() {}

    @Override
    void looks() {}

    @Override
    void changed() {}

    @Override
    boolean rest(long longestNs) {
        mover.sleep(longestNs);
        return false;
    }

    @Override
    void stop() {}
}
