package io.softpath.flight;

import java.nio.file.Path;

/**
 * Whose journal it is.
 *
 * @param directory where it is
 * @param name what the process calls itself, "daemon" or "rank-3"
 * @param pid of the process
 * @param wallClockOffsetNs what turns the time of an event into ns since 1970, as the writer's wall
 *     clock was when it opened the journal
 */
public record JournalInfo(Path directory, String name, long pid, long wallClockOffsetNs) {
    /** As shown beside events: "rank-3[4711]". */
    public String label() {
        return name + "[" + pid + "]";
    }
}
