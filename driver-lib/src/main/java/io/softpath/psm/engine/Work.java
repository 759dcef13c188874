package io.softpath.psm.engine;

/** Something of an engine that may have to send, and is asked to as long as it does. */
abstract class Work {
    /** Whether the engine has it in its list. */
    boolean listed;

    /**
     * Sends what can be sent.
     *
     * @return whether there is nothing left that can be done now
     */
    abstract boolean flush(long nowNs);
}
