package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.daemon.region.UserMemory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

class UnmapperTest {
    private static UserMemory touched(long bytes) {
        UserMemory memory = new UserMemory(0, 1, 1, bytes, 0);
        memory.memory().fill((byte) 1);
        memory.free();
        return memory;
    }

    private static boolean isMapped(UserMemory memory) {
        return memory.memory().scope().isAlive();
    }

    @Test
    @Timeout(60)
    void shouldUnmapAllThatComes() {
        try (Unmapper unmapper = new Unmapper()) {
            List<UserMemory> memories = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                memories.add(touched(8L << 20)); // some wait, some are too much
                unmapper.accept(memories.getLast());
            }
            while (memories.stream().anyMatch(UnmapperTest::isMapped)) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void shouldUnmapAtOnceWhenItIsClosed() {
        Unmapper unmapper = new Unmapper();
        unmapper.close();
        UserMemory memory = touched(1L << 20);
        assertTrue(isMapped(memory));
        unmapper.accept(memory);
        assertFalse(isMapped(memory));
    }
}
