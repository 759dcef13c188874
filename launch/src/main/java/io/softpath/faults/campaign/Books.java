package io.softpath.faults.campaign;

import io.softpath.abi.control.PinRecord;
import io.softpath.abi.control.RegisterRecord;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.packet.PioAvail;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.driver.control.Inspector;
import io.softpath.linux.Fd;
import io.softpath.stat.StatCounter;
import io.softpath.stat.StatReader;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is in use: by the daemon's own books, by the kernel's, and as files. */
final class Books {
    private static final Pattern MEMORY_FILE = Pattern.compile("/memfd:softpath:\\S+");

    /** What JVMs, core dumps and we ourselves call files that are of one process. */
    private static final Pattern OF_PROCESS =
            Pattern.compile("(?:pid|core\\.|softpath\\D*)(\\d{1,9})(?!\\d)");

    private static final List<Path> SHARED_PLACES = List.of(Path.of("/tmp"), Path.of("/dev/shm"));

    /** Heap, code and threads of a daemon, and the memory that it shares with all its users. */
    private static final long MOST_MIB = 512;

    private static final long KIB_PER_MIB = 1024;

    private final Places places;
    private final Cluster cluster;

    Books(Places places, Cluster cluster) {
        this.places = places;
        this.cluster = cluster;
    }

    /** Everything, by name. */
    Map<String, Long> look() {
        Map<String, Long> all = new LinkedHashMap<>();
        DeviceOptions options =
                DeviceOptions.fromEnvironment()
                        .withDirectory(places.run())
                        .withUnit(DeviceOptions.ANY_UNIT);
        try (Device device = Device.open(options)) {
            Inspector inspector = device.inspect();
            for (UnitRecord unit : inspector.units()) {
                unit(all, inspector, unit);
            }
        }
        process(all, cluster.daemon().pid());
        all.put("daemon MiB of memory over its bound", overBound(cluster.daemon().pid()));
        files(all);
        return all;
    }

    private static void unit(Map<String, Long> all, Inspector inspector, UnitRecord unit) {
        String of = "unit " + unit.unit() + " ";
        List<PinRecord> pins = inspector.pins(unit.unit());
        all.put(of + "contexts taken", (long) unit.userContexts() - unit.freeContexts());
        all.put(of + "contexts listed", (long) inspector.contexts(unit.unit()).size());
        all.put(of + "mappings handed out", (long) inspector.vmas(unit.unit()).size());
        all.put(of + "TIDs", (long) inspector.tids(unit.unit()).size());
        all.put(of + "pieces of pinned memory", (long) pins.size());
        all.put(of + "pinned pages", pins.stream().mapToLong(PinRecord::pinnedPages).sum());
        all.put(
                of + "bytes charged to memlock limits",
                pins.stream().mapToLong(PinRecord::processRegistered).sum());
        all.put(of + "PIO buffers busy", busyBuffers(inspector.registers(unit.unit())));
        Map<String, Long> counted = counted(inspector, unit.unit());
        all.put(
                of + "pages locked and not unlocked",
                counted.get("PageLocks") - counted.get("PageUnlocks"));
        all.put(of + "memory regions counted", counted.get("MemRegions"));
        all.put(of + "memory bytes counted", counted.get("MemBytes"));
        all.put(of + "contexts counted", counted.get("CtxtsOpen"));
    }

    private static long busyBuffers(List<RegisterRecord> registers) {
        return registers.stream()
                .filter(r -> r.name().startsWith("SendBufAvail"))
                .mapToLong(r -> Long.bitCount(r.value() & PioAvail.BUSY_MASK))
                .sum();
    }

    private static Map<String, Long> counted(Inspector inspector, int unit) {
        Map<String, Long> all = new LinkedHashMap<>();
        try (Fd file = inspector.statistics(unit)) {
            for (StatCounter each : StatReader.open(file).counters()) {
                if (each.group() == StatCounter.Group.DRIVER) {
                    all.put(each.name(), each.value());
                }
            }
        }
        return all;
    }

    /** Only root may look into a daemon, which is undumpable. */
    private static void process(Map<String, Long> all, long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        if (!Files.isReadable(proc.resolve("maps"))) {
            return;
        }
        try (Stream<String> maps = Files.lines(proc.resolve("maps"));
                Stream<Path> descriptors = Files.list(proc.resolve("fd"))) {
            all.put("daemon memory files mapped", maps.filter(Books::isMemoryFile).count());
            Map<String, Long> kinds = new TreeMap<>();
            descriptors.forEach(fd -> kinds.merge(kind(fd), 1L, Long::sum));
            kinds.remove("files"); // jars are opened when they are needed
            kinds.forEach((kind, count) -> all.put("daemon descriptors: " + kind, count));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into the daemon", e);
        }
    }

    /** How much it has grows with its heap and its code, and has an end. */
    private static long overBound(long pid) {
        try (Stream<String> status = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return status.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB_PER_MIB)
                    .map(mib -> Math.max(0, mib - MOST_MIB))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into the daemon", e);
        }
    }

    private static boolean isMemoryFile(String line) {
        return MEMORY_FILE.matcher(line).find();
    }

    private static String kind(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            if (target.startsWith("/memfd:")) {
                return "memory files";
            }
            return target.startsWith("/") ? "files" : target.replaceFirst(":.*", "s");
        } catch (IOException e) {
            return "files"; // closed since it was listed
        }
    }

    private void files(Map<String, Long> all) {
        all.put("files in the run directory", names(places.run()).count());
        all.put("files in the temporary directory", names(places.temporary()).count());
        for (Path place : SHARED_PLACES) {
            names(place).filter(this::isOurs).forEach(name -> all.put(place + "/" + name, 1L));
        }
    }

    /** Others may have files with the same numbers in their names. */
    private boolean isOurs(String name) {
        Matcher numbers = OF_PROCESS.matcher(name);
        while (numbers.find()) {
            if (cluster.pids().contains(Long.parseLong(numbers.group(1)))) {
                return true;
            }
        }
        return false;
    }

    private static Stream<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return Stream.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }
}
