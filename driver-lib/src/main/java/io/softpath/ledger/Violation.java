package io.softpath.ledger;

/** What can go wrong with a page. */
public enum Violation {
    /** Freed, or written by the chip after it was, while somebody uses it. */
    FREED_EARLY("freed early"),
    /** The allocator finds the page in a state it must not have: "Bad page state". */
    BAD_PAGE_STATE("bad page state"),
    /** A count goes below zero: the kernel's own check stops it with an oops. */
    UNDERFLOW("refcount underflow"),
    /** The page is freed a second time: the free lists are damaged. */
    DOUBLE_FREE("double free"),
    /** The page never comes back. */
    LEAK("leak"),
    /** The call is refused with EINVAL. */
    REFUSED("refused"),
    /** The user sees a page of zeros instead of the driver's. */
    HOLE("hole"),
    /** The kernel of this era has no such call. */
    NO_SUCH_CALL("no such call");

    private final String text;

    Violation(String text) {
        this.text = text;
    }

    /** In a few words. */
    public String text() {
        return text;
    }
}
