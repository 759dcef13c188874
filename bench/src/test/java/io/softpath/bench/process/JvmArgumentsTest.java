package io.softpath.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class JvmArgumentsTest {
    @Test
    void shouldHandDownAccessButNeitherAgentsNorTuning() {
        assertEquals(
                List.of("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED", "-Da=b"),
                JvmArguments.inherited(
                        List.of(
                                "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
                                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                                "-javaagent:jacoco.jar",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx64m",
                                "-Da=b")));
    }

    @Test
    void shouldFindTheFlagsOfTheDistribution(@TempDir Path directory) throws Exception {
        Path flags = Files.createFile(directory.resolve("jvm.flags"));
        Path jar = directory.resolve("softpath.jar");
        Path library = directory.resolve("lib/bench.jar");

        assertEquals(Optional.of(flags), JvmArguments.argumentFile(jar.toString()));
        assertEquals(
                Optional.of(flags),
                JvmArguments.argumentFile("classes" + File.pathSeparator + library));
        assertEquals(
                Optional.empty(),
                JvmArguments.argumentFile(directory.resolve("classes").toString()));
    }
}
