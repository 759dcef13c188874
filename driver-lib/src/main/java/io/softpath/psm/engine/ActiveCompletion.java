package io.softpath.psm.engine;

import io.softpath.abi.psm.PsmError;

/**
 * What is to be done when an active message has arrived. Source: psm_am.h, psm_am_completion_fn_t.
 */
@FunctionalInterface
public interface ActiveCompletion {
    /**
     * Is called once, within {@code progress}: the handler at the other end has been called, or
     * never will be. The payload is the program's again.
     *
     * @param outcome {@link PsmError#OK}, or why it has not arrived
     * @param context what was given along
     */
    void onComplete(PsmError outcome, Object context);
}
