package io.softpath.faults.fuzz;

import io.softpath.abi.model.ChipModel;

import java.nio.file.Path;

/** A daemon in another process, which works by itself. */
final class Remote implements Machine {
    private final Path directory;
    private final ChipModel model;

    Remote(Path directory, ChipModel model) {
        this.directory = directory;
        this.model = model;
    }

    @Override
    public ChipModel model() {
        return model;
    }

    @Override
    public Path node(int unit) {
        return directory.resolve("ipath" + unit);
    }

    @Override
    public Path anyNode() {
        return directory.resolve("ipath");
    }

    @Override
    public void work() {
        Thread.yield();
    }

    @Override
    public void sweep() {
        // It looks when it comes to it.
    }

    @Override
    public long[] chipCounters() {
        return null;
    }

    @Override
    public void close() {
        // It is somebody else's.
    }
}
