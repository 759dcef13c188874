package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/**
 * The pinned Chronicle Queue runs on this JDK with the launcher's flags, and what it wrote can be
 * read again.
 */
class ChronicleQueueTest {
    @TempDir Path dir;

    @Test
    void shouldReadBackWhatWasAppendedUnderTheLaunchersFlags() {
        try (SingleChronicleQueue queue = SingleChronicleQueueBuilder.binary(dir).build()) {
            try (ExcerptAppender appender = queue.createAppender()) {
                appender.writeText("launch");
                appender.writeText("deliver");
            }
        }
        try (SingleChronicleQueue queue = SingleChronicleQueueBuilder.binary(dir).build();
                ExcerptTailer tailer = queue.createTailer()) {
            assertEquals("launch", tailer.readText());
            assertEquals("deliver", tailer.readText());
            assertNull(tailer.readText());
        }
    }
}
