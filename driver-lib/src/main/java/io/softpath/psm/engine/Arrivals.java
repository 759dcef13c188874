package io.softpath.psm.engine;

import io.softpath.abi.psm.ConnectMessage;

/**
 * What has come from the processes of one place to connect and to part: tells what is late. Run ids
 * grow from a process to the next one in its place, and each process counts its connections. Of
 * processes of PSM's library, which do neither, nothing is said to be late.
 */
final class Arrivals {
    /**
     * Who asks so often is there, whatever its numbers say: the clock of its host was set back. One
     * that was killed has left fewer requests under way.
     */
    private static final int BELIEVED = 10;

    private boolean known;
    private int runId;

    /** The last connection that it has made to us; 0: it has made none. */
    private int connection;

    /** It has parted from that one, or we have forgotten it. */
    private boolean over;

    private int doubted;

    /** Whether a request to connect was overtaken by a later one, or by the end of what it made. */
    boolean isLateRequest(ConnectMessage m) {
        if (!known || !m.isOurs()) {
            return false;
        }
        return doubt(
                m.runId() == runId
                        ? m.connection() - connection < 0 || over && m.connection() == connection
                        : m.runId() - runId < 0);
    }

    /** Whether an answer is that of a process before the one that is there. */
    boolean isLateReply(ConnectMessage m) {
        return known && m.isOurs() && doubt(m.ownRunId() - runId < 0);
    }

    /** Whether a request to part is for a connection before the one that there is. */
    boolean isLateParting(ConnectMessage m) {
        return known
                && (m.runId() == runId ? m.connection() - connection < 0 : m.runId() - runId < 0);
    }

    /** Whether it is a connection that we have not heard of. */
    boolean isAnother(ConnectMessage m) {
        return m.isOurs() && (!known || m.runId() != runId || m.connection() != connection);
    }

    private boolean doubt(boolean late) {
        doubted = late ? doubted + 1 : 0;
        return late && doubted < BELIEVED;
    }

    /** Its request to connect was taken. */
    void connected(ConnectMessage m) {
        known = m.isOurs();
        runId = m.runId();
        connection = m.connection();
        over = false;
    }

    /** It has answered us. */
    void answered(ConnectMessage m) {
        if (m.isOurs() && (!known || runId != m.ownRunId())) {
            known = true;
            runId = m.ownRunId();
            connection = 0;
            over = false;
        }
    }

    /** It has parted from us. */
    void parted(ConnectMessage m) {
        if (known && m.runId() == runId) {
            connection = m.connection();
            over = true;
        }
    }

    /** Its connection is no more, and not because it has parted. */
    void end() {
        over = connection != 0;
    }
}
