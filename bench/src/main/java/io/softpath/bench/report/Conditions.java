package io.softpath.bench.report;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the kernel has counted of all CPUs since it was started, so far. Ticks are those of
 * /proc/stat, the same in all files of /proc.
 *
 * @param cpus that are counted
 * @param busyTicks spent by programs, the kernel and interrupts
 * @param idleTicks spent by nobody
 * @param stolenTicks in which a program could have run and the hypervisor let it wait
 * @param ownTicks of {@code busyTicks} spent by this process and its children that have ended
 * @param throttled how often a CPU was made slower because it was hot; 0 if nobody counts
 * @param governors what decides how fast the CPUs run, e.g. {@code performance}; empty if unknown
 */
record Conditions(
        int cpus,
        long busyTicks,
        long idleTicks,
        long stolenTicks,
        long ownTicks,
        long throttled,
        Set<String> governors) {
    /** Of this machine, now. What the system does not tell is 0 or empty, never an exception. */
    static Conditions now() {
        return read(Path.of("/"));
    }

    static Conditions read(Path root) {
        List<String> stat = SystemFiles.lines(root.resolve("proc/stat"));
        int cpus = (int) stat.stream().filter(line -> line.matches("cpu\\d+ .*")).count();
        // cpu user nice system idle iowait irq softirq steal; guests are within user and nice.
        String all = stat.isEmpty() ? "" : stat.getFirst();
        String self = SystemFiles.first(root.resolve("proc/self/stat"));
        // The name of the program, in parentheses, may hold spaces; utime is the 12th word after.
        String times = self.substring(self.lastIndexOf(')') + 1);
        long throttled = 0;
        Set<String> governors = new TreeSet<>();
        for (int i = 0; i < cpus; i++) {
            Path cpu = root.resolve("sys/devices/system/cpu/cpu" + i);
            Path counters = cpu.resolve("thermal_throttle");
            throttled += sum(SystemFiles.first(counters.resolve("core_throttle_count")), 0);
            throttled += sum(SystemFiles.first(counters.resolve("package_throttle_count")), 0);
            governors.addAll(SystemFiles.lines(cpu.resolve("cpufreq/scaling_governor")));
        }
        return new Conditions(
                cpus,
                sum(all, 1, 2, 3, 6, 7),
                sum(all, 4, 5),
                sum(all, 8),
                sum(times, 11, 12, 13, 14),
                throttled,
                governors);
    }

    private static long sum(String line, int... words) {
        return Arrays.stream(words).mapToLong(word -> (long) SystemFiles.word(line, word)).sum();
    }

    /** What came between an earlier look and this one. */
    Conditions since(Conditions begin) {
        return new Conditions(
                cpus,
                busyTicks - begin.busyTicks,
                idleTicks - begin.idleTicks,
                stolenTicks - begin.stolenTicks,
                ownTicks - begin.ownTicks,
                throttled - begin.throttled,
                governors);
    }

    /** The share of the time that programs wanted in which the hypervisor let them wait. */
    double stolenShare() {
        return stolenTicks == 0 ? 0 : stolenTicks / (double) (busyTicks + stolenTicks);
    }

    /** How many CPUs other programs and the system kept busy, on average. */
    double othersCpus() {
        long all = busyTicks + idleTicks + stolenTicks;
        return all == 0 ? 0 : Math.max(0, busyTicks - ownTicks) / (double) all * cpus;
    }
}
