package io.softpath.bench.process;

import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * JVM arguments of children: those of the harness itself. Whoever starts the harness has read the
 * one list of flags, so no second copy of it is needed here.
 */
final class JvmArguments {
    private JvmArguments() {}

    static List<String> ofChild() {
        return inherited(ManagementFactory.getRuntimeMXBean().getInputArguments());
    }

    /**
     * All but agents: a debugger's port is taken, and a profiler would be measured with the rest.
     */
    static List<String> inherited(List<String> own) {
        return own.stream().filter(argument -> !isAgent(argument)).toList();
    }

    private static boolean isAgent(String argument) {
        return argument.startsWith("-agent")
                || argument.startsWith("-javaagent")
                || argument.startsWith("-Xrun");
    }
}
