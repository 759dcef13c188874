package io.softpath.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

class JvmArgumentsTest {
    @Test
    void shouldHandDownEverythingButAgents() {
        assertEquals(
                List.of("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED", "-Xmx64m"),
                JvmArguments.inherited(
                        List.of(
                                "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
                                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                                "-javaagent:jacoco.jar",
                                "-Xmx64m")));
    }
}
