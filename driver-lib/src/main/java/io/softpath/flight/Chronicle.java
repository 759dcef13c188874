package io.softpath.flight;

import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.queue.RollCycles;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

import java.nio.file.Path;

/**
 * Chronicle Queue as softpath wants it: silent, without threads that watch the disk, one file for
 * each queue.
 *
 * <p>Chronicle rolls to a new file with the time of day. Here a queue's clock stands still, so that
 * it never rolls: a segment ends when it is long enough, see {@link JournalWriter}.
 */
final class Chronicle {
    /** What a queue grows by. Its tables take two pages of it at first. */
    static final int BLOCK_BYTES = 256 * 1024;

    static {
        say("chronicle.announcer.disable", "true");
        say("chronicle.analytics.disable", "true");
        say("chronicle.disk.monitor.disable", "true");
        say("slf4j.internal.verbosity", "ERROR"); // nothing of a logger that is not there
        say("org.slf4j.simpleLogger.log.net.openhft", "warn");
        Jvm.disableDebugHandler();
        Jvm.disablePerfHandler();
    }

    private Chronicle() {}

    static SingleChronicleQueue writable(Path directory) {
        return queue(directory, false);
    }

    static SingleChronicleQueue readable(Path directory) {
        return queue(directory, true);
    }

    private static SingleChronicleQueue queue(Path directory, boolean readOnly) {
        return SingleChronicleQueueBuilder.binary(directory)
                .rollCycle(RollCycles.FAST_DAILY)
                .blockSize(BLOCK_BYTES)
                .timeProvider(() -> 0)
                .readOnly(readOnly)
                .build();
    }

    /** Somebody who starts a JVM may have said otherwise. */
    private static void say(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
