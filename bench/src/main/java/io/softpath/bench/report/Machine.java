package io.softpath.bench.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The machine that figures were taken on, as far as it explains them; nothing that names its owner.
 *
 * @param cpu model name from /proc/cpuinfo
 * @param cores CPUs this process may use
 * @param virtual true if the CPU says that it runs under a hypervisor
 * @param kernel release of the running kernel
 * @param clock the kernel's clock source: decides what one time stamp costs
 * @param jdk the JVM's name and version
 * @param memoryBytes total memory; called {@code memory} in JSON
 * @param load load average of the last minute when the report was started
 * @param date when the report was started, UTC
 */
@JsonPropertyOrder({"cpu", "cores", "virtual", "kernel", "clock", "jdk", "memory", "load", "date"})
public record Machine(
        String cpu,
        int cores,
        boolean virtual,
        String kernel,
        String clock,
        String jdk,
        @JsonProperty("memory") long memoryBytes,
        double load,
        String date) {
    private static final Path ROOT = Path.of("/");
    private static final String UNKNOWN = "unknown";
    private static final double GIBIBYTE = 1 << 30;

    /**
     * This machine, now. A figure that the system does not tell is "unknown" or 0, never an
     * exception.
     */
    public static Machine here() {
        return read(ROOT, Instant.now());
    }

    static Machine read(Path root, Instant now) {
        List<String> cpuinfo = SystemFiles.lines(root.resolve("proc/cpuinfo"));
        String flags = value(cpuinfo, "flags");
        return new Machine(
                Objects.requireNonNullElse(
                        value(cpuinfo, "model name"), System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                flags != null && (" " + flags + " ").contains(" hypervisor "),
                first(root.resolve("proc/sys/kernel/osrelease")),
                first(
                        root.resolve(
                                "sys/devices/system/clocksource/clocksource0/current_clocksource")),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                kibibytes(root, "MemTotal") * 1024,
                SystemFiles.word(SystemFiles.first(root.resolve("proc/loadavg")), 0),
                now.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** What a page says of it, under which names, in that order. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("CPU", cpu);
        facts.put("Cores", cores + (virtual ? ", of a virtual machine" : ""));
        facts.put("Memory", Statistics.round(memoryBytes / GIBIBYTE) + " GiB");
        facts.put("Kernel", "Linux " + kernel);
        facts.put("Clock source", clock);
        facts.put("Java", jdk);
        facts.put("Load at the start", Statistics.round(load));
        facts.put("Date", date);
        return facts;
    }

    private static String value(List<String> lines, String key) {
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
                return line.substring(colon + 1).strip();
            }
        }
        return null;
    }

    private static long kibibytes(Path root, String key) {
        String value = value(SystemFiles.lines(root.resolve("proc/meminfo")), key);
        return value == null ? 0 : (long) SystemFiles.word(value, 0);
    }

    private static String first(Path file) {
        String first = SystemFiles.first(file);
        return first.isEmpty() ? UNKNOWN : first;
    }
}
