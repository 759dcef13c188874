package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.linux.CurrentProcess;
import io.softpath.linux.PidFd;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class SignalsTest {
    private static final int SIGWINCH = 28;

    @Test
    void shouldHandASignalToItsHandler() throws Exception {
        CompletableFuture<Integer> number = new CompletableFuture<>();
        Signals.handle(number::complete, "WINCH");
        try (PidFd self = PidFd.open(CurrentProcess.pid())) {
            self.signal(SIGWINCH);
        }
        assertEquals(SIGWINCH, number.get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldNameTheSignalBehindAnExitCode() {
        assertEquals("ended with exit code 137 (SIGKILL)", Signals.describeExit(137));
        assertEquals("ended with exit code 7", Signals.describeExit(7));
        assertEquals("ended with exit code 255", Signals.describeExit(255));
    }
}
