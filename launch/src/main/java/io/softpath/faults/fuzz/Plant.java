package io.softpath.faults.fuzz;

import io.softpath.daemon.control.Quirk;
import io.softpath.daemon.link.LinkTrouble;

import java.util.Set;

/**
 * A weakness that is put in on purpose, so that whoever judges can be seen to find it. One of them
 * is real: the driver of 2006 had it.
 */
enum Plant {
    NONE("nothing", ""),
    WRITABLE_EVENTS("the event page may be mapped writable", "handed out to be written"),
    LOST_PACKET("the link loses packets", "an honest packet was lost"),
    DOUBLED_PACKET(
            "the link delivers packets twice", "an honest packet was lost, spoilt or made up"),
    SPOILT_PACKET("the link spoils packets", "errors=[ICRCERR]"),
    LEAKED_CONTEXT("a client that is gone keeps its context", "when the hostile ones are gone"),
    FROZEN_UNIT("a hostile client freezes a unit of others", "was frozen or unplugged"),
    GRANTED_SECRET("a hostile client may map what nobody granted", "which it granted nobody"),
    LOST_ANSWER("an answer is swallowed", "was passed over"),
    UNDOCUMENTED_ERRNO(
            "a request is refused in another way than is written",
            "which the protocol does not say"),
    SPOILT_MESSAGE(
            "an honest process finds a byte in a message that nobody sent",
            "HonestRank ended with code=1");

    private static final double SOME = 0.02;

    final String purpose;

    /** Words of the violation that must come of it: another one would be another's. */
    final String finding;

    Plant(String purpose, String finding) {
        this.purpose = purpose;
        this.finding = finding;
    }

    /** Whether it can be put in where everything is in one thread. */
    boolean isOfOneThread() {
        return this != NONE && this != SPOILT_MESSAGE;
    }

    /** Whether it can be put in where daemon, hostile and honest are processes. */
    boolean isOfProcesses() {
        return switch (this) {
            case LOST_ANSWER, UNDOCUMENTED_ERRNO, SPOILT_MESSAGE -> true;
            default -> false;
        };
    }

    /** What the daemon does as the driver of 2006 did. */
    Set<Quirk> quirks() {
        return this == WRITABLE_EVENTS ? Set.of(Quirk.EVENT_PAGE_WRITABLE) : Set.of();
    }

    LinkTrouble link() {
        return switch (this) {
            case LOST_PACKET -> new LinkTrouble(SOME, 0, 0, 0, 0, 1);
            case DOUBLED_PACKET -> new LinkTrouble(0, SOME, 0, 0, 0, 1);
            case SPOILT_PACKET -> new LinkTrouble(0, 0, 0, SOME, 0, 1);
            default -> LinkTrouble.NONE;
        };
    }
}
