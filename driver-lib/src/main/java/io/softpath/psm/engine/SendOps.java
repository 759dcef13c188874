package io.softpath.psm.engine;

/**
 * Operations that wait, first in first out. They are linked to each other: each is in one queue.
 */
final class SendOps {
    private SendOp first;
    private SendOp last;

    /** The one that has waited longest; null if none waits. */
    SendOp first() {
        return first;
    }

    boolean isEmpty() {
        return first == null;
    }

    void add(SendOp op) {
        op.next = null;
        if (last == null) {
            first = op;
        } else {
            last.next = op;
        }
        last = op;
    }

    /** Takes out the {@link #first}; it is the caller's to recycle. */
    SendOp remove() {
        SendOp op = first;
        first = op.next;
        if (first == null) {
            last = null;
        }
        return op;
    }

    /** Drops all of them. */
    void recycleAll(MessageEngine engine) {
        while (!isEmpty()) {
            engine.recycle(remove());
        }
    }
}
