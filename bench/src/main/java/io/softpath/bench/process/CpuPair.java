package io.softpath.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Two CPUs of different cores, for two processes that hand each other cache lines. Left to itself,
 * a scheduler with other work to do may run both on one CPU, and then its time slice is the figure.
 *
 * <p>Processes are pinned when they have started, by the tool taskset of util-linux: a JVM that
 * starts on one CPU would believe that the machine has no more.
 */
public record CpuPair(int first, int second) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CPUS = Path.of("/sys/devices/system/cpu");
    private static final String ALLOWED = "Cpus_allowed_list:";
    private static final long TOOL_SECONDS = 10;

    /** Two CPUs that this process may use; of different cores, if there are any. */
    public static Optional<CpuPair> ofThisMachine() {
        return choose(allowed(STATUS), CPUS);
    }

    static Optional<CpuPair> choose(List<Integer> allowed, Path cpus) {
        if (allowed.size() < 2) {
            return Optional.empty();
        }
        List<Integer> apart = apart(allowed, cpus);
        return Optional.of(new CpuPair(apart.get(0), apart.get(1)));
    }

    /** The same CPUs in another order: first one of each core, then the others. */
    static List<Integer> apart(List<Integer> allowed, Path cpus) {
        List<Integer> firsts = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        Set<Integer> siblings = new HashSet<>();
        for (int cpu : allowed) {
            (siblings.contains(cpu) ? others : firsts).add(cpu);
            siblings.addAll(
                    list(read(cpus.resolve("cpu" + cpu + "/topology/thread_siblings_list"))));
        }
        firsts.addAll(others);
        return firsts;
    }

    /**
     * Pins each process to a CPU of its own, of different cores as far as there are; false if that
     * cannot be done here.
     */
    public static boolean spread(Child... processes) {
        List<Integer> cpus = apart(allowed(STATUS), CPUS);
        boolean pinned = cpus.size() >= processes.length;
        for (int i = 0; i < processes.length && pinned; i++) {
            pinned = pin(processes[i].pid(), cpus.get(i));
        }
        return pinned;
    }

    static List<Integer> allowed(Path status) {
        return read(status)
                .lines()
                .filter(line -> line.startsWith(ALLOWED))
                .findFirst()
                .map(line -> list(line.substring(ALLOWED.length())))
                .orElse(List.of());
    }

    /** Numbers as the kernel lists them: {@code 0-2,5}. */
    static List<Integer> list(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String range : text.strip().split(",", -1)) {
            if (range.isEmpty()) {
                continue;
            }
            int dash = range.indexOf('-');
            int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1));
            for (int i = from; i <= to; i++) {
                numbers.add(i);
            }
        }
        return numbers;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException _) {
            return "";
        }
    }

    /**
     * A command that runs on the first CPU, or on the second, from its start. For programs that
     * begin to measure at once, and ask nobody how many CPUs there are.
     */
    public List<String> command(boolean onFirst, List<String> command) {
        List<String> all = new ArrayList<>(List.of("taskset", "--cpu-list"));
        all.add(String.valueOf(onFirst ? first : second));
        all.addAll(command);
        return all;
    }

    /** Pins each process to a CPU of its own; false if that cannot be done here. */
    public boolean pin(Child one, Child other) {
        return pin(one.pid(), first) && pin(other.pid(), second);
    }

    private static boolean pin(long pid, int cpu) {
        try {
            Process taskset =
                    new ProcessBuilder(
                                    "taskset",
                                    "--all-tasks",
                                    "--cpu-list",
                                    "--pid",
                                    String.valueOf(cpu),
                                    String.valueOf(pid))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (taskset.waitFor(TOOL_SECONDS, TimeUnit.SECONDS)) {
                return taskset.exitValue() == 0;
            }
            taskset.destroyForcibly();
            return false;
        } catch (IOException _) {
            return false; // there is no such tool
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }
}
