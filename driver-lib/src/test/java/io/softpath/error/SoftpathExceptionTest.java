package io.softpath.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

import java.util.List;

class SoftpathExceptionTest {
    @Test
    void shouldKnowTheNumbersOfLinux() {
        assertEquals(1, Errno.EPERM.number());
        assertEquals(14, Errno.EFAULT.number());
        assertEquals(16, Errno.EBUSY.number());
        assertEquals(22, Errno.EINVAL.number());
        assertEquals(100, Errno.ENETDOWN.number());
        assertEquals(105, Errno.ENOBUFS.number());
        assertEquals(107, Errno.ENOTCONN.number());
        assertSame(Errno.EAGAIN, Errno.of(11));
        assertEquals("EBUSY", Errno.EBUSY.name());
        assertEquals("EBUSY (16, Device or resource busy)", Errno.EBUSY.toString());
    }

    @Test
    void shouldKeepANumberThatIsUnknown() {
        assertEquals("errno 999", Errno.of(999).name());
        assertEquals(999, Errno.of(999).number());
        assertEquals(Errno.of(999), Errno.of(999));
        assertEquals(Errno.of(999).hashCode(), Errno.of(999).hashCode());
    }

    @Test
    void shouldSortByWhatTheCallerDoesNext() {
        for (int number = 1; number <= 200; number++) {
            Errno errno = Errno.of(number);
            Class<? extends SoftpathException> expected =
                    List.of("EBUSY", "ENOMEM", "EAGAIN", "EMFILE", "ENFILE", "ENOSPC", "ENOBUFS")
                                    .contains(errno.name())
                            ? SoftpathException.Exhausted.class
                            : List.of("ENOTCONN", "EIO", "ENETDOWN", "EPIPE", "ECONNRESET")
                                            .contains(errno.name())
                                    ? SoftpathException.Lost.class
                                    : SoftpathException.Refused.class;
            SoftpathException exception = SoftpathException.of(errno, "what failed: key=1");
            assertInstanceOf(expected, exception, errno.name());
            assertEquals(errno, exception.errno());
            assertEquals("what failed: key=1", exception.getMessage());
        }
    }

    @Test
    void shouldKeepTheCause() {
        Throwable cause = new IllegalStateException();
        assertSame(cause, SoftpathException.of(Errno.EIO, "", cause).getCause());
        assertSame(cause, new SoftpathException.Refused(Errno.EPERM, "", cause).getCause());
    }
}
