package io.softpath.faults.campaign;

/** Leaves nothing behind if the command is interrupted, as by Ctrl-C. */
final class Interruption implements AutoCloseable {
    private final Thread hook;

    private Interruption(Thread hook) {
        this.hook = hook;
    }

    /** From now on. */
    static Interruption cleans(Cluster cluster, Places places) {
        Thread hook =
                Thread.ofPlatform()
                        .unstarted(() -> {
                            synchronized (cluster) { // nobody is started any more
                                cluster.close();
                                places.close();
                            }
                        });
        Runtime.getRuntime().addShutdownHook(hook);
        return new Interruption(hook);
    }

    /** The command has come to its end. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It has just been interrupted: the hook runs already.
        }
    }
}
