package io.softpath.psm.engine;

/** What is to be done when an active message has come. Source: psm_am.h, psm_am_handler_fn_t. */
@FunctionalInterface
public interface ActiveHandler {
    /**
     * Is called once for each message, those of one sender in the order in which they were sent,
     * requests and replies each among themselves; within {@code progress}, by whoever calls that.
     * It may send, reply, post receives and begin requests; it must not wait and not make progress.
     * What it throws, {@code progress} throws when all else is done; the message counts as handled.
     *
     * @param message reused: valid only until this method returns
     */
    void onMessage(ActiveMessage message);
}
