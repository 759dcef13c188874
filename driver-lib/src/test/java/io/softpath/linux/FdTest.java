package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

class FdTest {
    private final EventFd event = EventFd.create("test");
    private final Fd fd = event.fd();

    @Test
    void shouldKeepTheNumberUntilTheLastCallHasLeft() {
        int number = fd.enter();
        fd.enter();
        fd.close();
        assertTrue(isOpenInKernel(number));
        fd.leave();
        assertTrue(isOpenInKernel(number));
        fd.leave();
        assertFalse(isOpenInKernel(number));
    }

    @Test
    void shouldLetNobodyInAfterClose() {
        fd.enter();
        fd.close();
        Refusals.assertRefused("EBADF", fd::enter);
        fd.leave();
        Refusals.assertRefused("EBADF", fd::enter);
    }

    @Test
    void shouldGiveTheNumberBackOnlyOnce() {
        fd.close();
        try (EventFd next = EventFd.create("next")) { // likely the same number again
            fd.close();
            next.signal();
            assertEquals(1, next.drain());
        }
    }

    @Test
    void shouldNameItself() {
        int number = fd.number();
        assertEquals("fd=" + number + " name=eventfd:test", fd.toString());
        fd.close();
        assertEquals("fd=" + number + " name=eventfd:test closed=true", fd.toString());
    }

    private static boolean isOpenInKernel(int number) {
        return Files.exists(Path.of("/proc/self/fd/" + number), LinkOption.NOFOLLOW_LINKS);
    }
}
