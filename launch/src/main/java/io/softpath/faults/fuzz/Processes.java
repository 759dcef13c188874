package io.softpath.faults.fuzz;

import com.fasterxml.jackson.databind.JsonNode;

import io.softpath.abi.control.ContextRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.launch.DaemonProcess;
import io.softpath.launch.Json;
import io.softpath.launch.PrivateDir;
import io.softpath.stat.StatReader;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The same with real processes: a daemon, three honest ranks that talk through chip and shared
 * memory, and hostile processes, one after the other, of which some are killed in the middle.
 */
final class Processes {
    /** Of one hostile process. */
    static final long LIFE_RECORDS = 100_000;

    private static final int[] RANK_UNITS = {0, 0, 1};
    private static final int KILLED_EVERY = 4;
    private static final long PATIENCE_NS = 20_000_000_000L;
    private static final String LOG = "daemon.log";

    private final long seed;
    private final ChipModel model;
    private final Coverage coverage;
    private final Plant plant;
    private final long lifeRecords;
    private final List<Child> ranks = new ArrayList<>();
    private long records;
    private long honest;
    private int lives;
    private int kills;
    private String job;
    private String ids;
    private Path directory;

    /**
     * @param lifeRecords of one hostile process
     */
    Processes(long seed, ChipModel model, Coverage coverage, Plant plant, long lifeRecords) {
        this.seed = seed;
        this.model = model;
        this.coverage = coverage;
        this.plant = plant;
        this.lifeRecords = lifeRecords;
    }

    long records() {
        return records;
    }

    /** Messages that the honest have exchanged, each byte looked at. */
    long honest() {
        return honest;
    }

    int lives() {
        return lives;
    }

    /** Those of them that were killed in the middle. */
    int kills() {
        return kills;
    }

    /** Where everything of it was. */
    Path directory() {
        return directory;
    }

    /**
     * Has so many hostile records sent.
     *
     * @throws Violation if anybody but those who sent them noticed
     */
    void run(long wanted) {
        try (PrivateDir own = PrivateDir.create()) {
            directory = own.path();
            Path run = directory.resolve("run");
            Files.createDirectory(run);
            try (DaemonProcess daemon = start(run)) {
                try {
                    run(run, daemon, wanted);
                } finally {
                    ranks.forEach(Child::close); // while there is a daemon, or they complain
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DaemonProcess start(Path run) {
        return DaemonProcess.startPrivate(
                run,
                List.of(
                        "--units",
                        Integer.toString(Machine.UNITS),
                        "--model",
                        model.name(),
                        "--link-wait-ms",
                        "50",
                        "--max-open-files",
                        "40"));
    }

    private void run(Path run, DaemonProcess daemon, long wanted) {
        startRanks(run);
        try (Device device = Device.open(DeviceOptions.fromEnvironment().withDirectory(run))) {
            Holdings before = Holdings.of(device, daemon.pid());
            while (records < wanted) {
                live(run, Math.min(lifeRecords, wanted - records));
                assertGoesOn();
                awaitBaseline(device, daemon.pid(), before);
                assertNoComplaint(device, run.resolve(LOG));
            }
        }
        ranks.forEach(Child::endOfOrders);
        for (Child rank : ranks) {
            honest += Long.parseLong(rank.await("intact "));
        }
        ranks.forEach(Child::awaitEnd);
    }

    private void startRanks(Path run) {
        job = new UUID(seed, 1).toString();
        List<String> all = new ArrayList<>();
        for (int unit : RANK_UNITS) {
            Plant own = ranks.isEmpty() ? plant : Plant.NONE;
            ranks.add(
                    Child.start(
                            HonestRank.class,
                            run.toString(),
                            Integer.toString(unit),
                            job,
                            own.name()));
        }
        for (Child rank : ranks) {
            all.add(rank.await("id "));
        }
        ids = String.join(" ", all);
        ranks.forEach(rank -> rank.println(ids));
        ranks.forEach(rank -> rank.await("exchanged "));
    }

    /** One hostile process, from its birth to its end. */
    private void live(Path run, long many) {
        long own = Dice.seed(seed, lives++);
        try (Child hostile =
                Child.start(
                        HostileProcess.class,
                        run.toString(),
                        model.name(),
                        Long.toString(own),
                        Long.toString(many),
                        plant.name(),
                        job,
                        ids)) {
            hostile.await("begins");
            if (lives % KILLED_EVERY == 0) {
                assertGoesOn();
                hostile.kill();
                kills++;
                return;
            }
            JsonNode result = Json.tree("{" + hostile.await("{"));
            if (result.has("violation")) {
                assertGoesOn(); // of an honest one that has ended, others notice as well
                throw new Violation(
                        "hostile process seed=" + own + ": " + result.get("violation").asText());
            }
            records += result.get("records").asLong();
            merge(result.get("rows"));
        }
    }

    private void merge(JsonNode rows) {
        for (JsonNode row : rows) {
            Coverage.Need need = Coverage.Need.valueOf(row.get(2).asText());
            Coverage.Row into = coverage.row(row.get(0).asText(), row.get(1).asText(), need);
            row.get(3)
                    .properties()
                    .forEach(each -> into.add(each.getKey(), each.getValue().asLong()));
        }
    }

    /** Each rank says that it has had messages since now. */
    private void assertGoesOn() {
        for (Child rank : ranks) {
            rank.skip();
            rank.await("exchanged ");
        }
    }

    /** What the daemon has for its clients, and of the system. */
    private record Holdings(int contexts, int pins, int tids, int files, long mapped) {
        static Holdings of(Device device, long pid) {
            int contexts = 0;
            int pins = 0;
            int tids = 0;
            long mapped = 0;
            for (int unit = 0; unit < Machine.UNITS; unit++) {
                List<ContextRecord> open = device.inspect().contexts(unit);
                contexts += open.size();
                mapped += open.stream().mapToLong(ContextRecord::mappedBytes).sum();
                pins += device.inspect().pins(unit).size();
                tids += device.inspect().tids(unit).size();
            }
            String[] fds = new File("/proc/" + pid + "/fd").list();
            return new Holdings(contexts, pins, tids, fds == null ? -1 : fds.length, mapped);
        }
    }

    private static void awaitBaseline(Device device, long pid, Holdings before) {
        long start = System.nanoTime();
        Holdings now = Holdings.of(device, pid);
        while (!now.equals(before)) {
            if (System.nanoTime() - start > PATIENCE_NS) {
                throw new Violation(
                        "the daemon still has what the hostile one had: before="
                                + before
                                + " now="
                                + now);
            }
            Thread.yield();
            now = Holdings.of(device, pid);
        }
    }

    private static void assertNoComplaint(Device device, Path log) {
        try {
            for (String line : Files.readAllLines(log)) {
                if (line.contains(" ERROR ") || line.startsWith("\tat ")) {
                    throw new Violation("the daemon complains: " + line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int unit = 0; unit < Machine.UNITS; unit++) {
            try (var fd = device.inspect().statistics(unit)) {
                StatReader statistics = StatReader.open(fd);
                if (!statistics.errors().isEmpty()) {
                    throw new Violation(
                            "the daemon had an error: " + statistics.errors().getFirst().text());
                }
            }
        }
    }
}
