package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The preload library, call by call, under a program in C that knows the real driver only. */
@ExtendWith(ChildOutput.class)
class PreloadIT {
    @TempDir static Path temp;

    @BeforeAll
    static void assume() {
        Preload.assumeBuilt();
    }

    @Test
    void shouldTurnCallsOnTheDeviceIntoRequestsAndForwardAllOthers() throws Exception {
        Path calls = CCompiler.compile("calls.c", temp, "-pthread");
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2")) {
            String last =
                    CCompiler.run(
                            temp,
                            Preload.environment(daemon),
                            Await.DEADLINE,
                            calls.toString(),
                            "2");
            assertTrue(last.matches("checks=\\d+ failed=0"), last);
            assertEquals(List.of(), daemon.complaints());
        }
    }

    @Test
    void shouldCompileWithoutAWarning() throws Exception {
        CCompiler.run(
                temp,
                Map.of(),
                Await.DEADLINE,
                "cc",
                "-std=gnu11",
                "-O2",
                "-fPIC",
                "-shared",
                "-fno-delete-null-pointer-checks",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-o",
                temp.resolve("warnings.so").toString(),
                Preload.SOURCES.resolve("preload.c").toString(),
                Preload.SOURCES.resolve("libpsm.c").toString());
    }
}
