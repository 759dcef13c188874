package io.softpath.ledger.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * What a process does with what it mapped, and how driver and process end.
 *
 * @param touches which pages
 * @param fork whether there is a child; forks are tried without VM_DONTCOPY, else the child has
 *     nothing
 * @param end how the areas are unmapped
 * @param leavesReserved the driver does not clear PG_reserved before it frees
 * @param latePin somebody has a page by get_user_pages until after the driver has freed it
 */
public record Script(Touches touches, Fork fork, End end, boolean leavesReserved, boolean latePin) {
    /** Every page touched, no child, unmapped as the process ends. */
    public static final Script PLAIN = new Script(Touches.ALL, Fork.NONE, End.EXIT, false, false);

    /** Which pages of each block are touched. */
    public enum Touches {
        ALL(""),
        FIRST("if only the first page of each block is touched"),
        REST("if the first page of each block is not touched");

        private final String text;

        Touches(String text) {
            this.text = text;
        }
    }

    /** Whether there is a child, and who ends first. */
    public enum Fork {
        NONE(""),
        CHILD_FIRST("after a fork without VM_DONTCOPY, if the child ends first"),
        PARENT_FIRST("after a fork without VM_DONTCOPY, if the parent ends first");

        private final String text;

        Fork(String text) {
            this.text = text;
        }
    }

    /** How the areas go. */
    public enum End {
        EXIT(""),
        MUNMAP("if the process unmaps"),
        IN_PARTS("if the process unmaps in parts");

        private final String text;

        End(String text) {
            this.text = text;
        }
    }

    /** Every script that may make a difference to a policy, the plain one first. */
    static List<Script> of(Policy policy) {
        List<Script> all = new ArrayList<>();
        boolean handler = policy.method().lazy();
        for (boolean leaves : policy.reserved() ? new boolean[] {false, true} : new boolean[1]) {
            for (Touches touches : handler ? Touches.values() : new Touches[] {Touches.ALL}) {
                for (Fork fork : Fork.values()) {
                    for (End end : End.values()) {
                        for (boolean pin :
                                policy.plainArea() ? new boolean[] {false, true} : new boolean[1]) {
                            all.add(new Script(touches, fork, end, leaves, pin));
                        }
                    }
                }
            }
        }
        return all;
    }

    /** How it differs from the plain one, in words; empty if it does not. */
    public String text() {
        List<String> parts = new ArrayList<>();
        for (String part : List.of(touches.text, fork.text, end.text)) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        if (leavesReserved) {
            parts.add("if the driver leaves PG_reserved set");
        }
        if (latePin) {
            parts.add("if a page is pinned when the driver frees it");
        }
        return String.join(", ", parts);
    }
}
