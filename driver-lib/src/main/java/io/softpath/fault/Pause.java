package io.softpath.fault;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * Stops this process for a while. Another process does that, and continues it: nobody in here can,
 * and whoever started us may be gone. The calling thread waits for it meanwhile, so that it goes no
 * further while the others are not stopped yet.
 */
final class Pause {
    private static final double NS_PER_S = 1e9;

    private Pause() {}

    static void of(long ns) {
        long pid = ProcessHandle.current().pid();
        String script =
                String.format(
                        Locale.ROOT,
                        "kill -STOP %d && sleep %.9f; kill -CONT %d",
                        pid,
                        ns / NS_PER_S,
                        pid);
        File nothing = new File("/dev/null");
        int exitCode;
        try {
            exitCode =
                    await(
                            new ProcessBuilder("/bin/sh", "-c", script)
                                    .redirectInput(nothing)
                                    .redirectOutput(nothing)
                                    .redirectError(nothing)
                                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "faults: stop: /bin/sh, which would stop this process, does not start", e);
        }
        if (exitCode != 0) {
            throw new IllegalStateException(
                    "faults: stop: \"" + script + "\" failed: exitCode=" + exitCode);
        }
    }

    private static int await(Process process) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
