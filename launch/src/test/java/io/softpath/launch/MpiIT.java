package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.ControlRecord;
import io.softpath.driver.Device;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Debian's Open MPI on the chip, beside the same program over TCP. */
@ExtendWith(ChildOutput.class)
class MpiIT {
    /** Ranks and chip all spin, and there are more of them than cores. */
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    private static final List<String> TCP =
            List.of("--mca", "pml", "ob1", "--mca", "btl", "self,tcp");
    private static final List<String> PSM = List.of("--mca", "pml", "cm", "--mca", "mtl", "psm");

    /** Open MPI does not run for root unless told so, twice. */
    private static final Map<String, String> ROOT =
            Map.of("OMPI_ALLOW_RUN_AS_ROOT", "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");

    @TempDir static Path temp;

    private static Path mpi;

    @BeforeAll
    static void compile() throws Exception {
        Preload.assumeBuilt();
        for (String command : List.of("mpicc", "mpirun", "ompi_info")) {
            assumeTrue(
                    CCompiler.isOnPath(command),
                    "no Open MPI: "
                            + command
                            + " is not on PATH; apt-get install openmpi-bin"
                            + " libopenmpi-dev");
        }
        CCompiler.Ended info =
                CCompiler.toEnd(temp, ROOT, Await.DEADLINE, "ompi_info", "--parsable");
        assumeTrue(
                info.lines().stream().anyMatch(line -> line.startsWith("mca:mtl:psm:")),
                "this Open MPI was built without libpsm: ompi_info names no mtl psm");
        mpi = CCompiler.compileWith("mpicc", "mpi.c", temp);
    }

    private static List<String> mpirun(int ranks, List<String> options, String... program) {
        return mpirun(ranks, options, mpi, program);
    }

    private static List<String> mpirun(
            int ranks, List<String> options, Path mpi, String... program) {
        List<String> command = new ArrayList<>(List.of("mpirun", "--oversubscribe"));
        command.addAll(options);
        command.addAll(List.of("-np", Integer.toString(ranks), mpi.toString()));
        command.addAll(List.of(program));
        return command;
    }

    private static Jvm onTheChip(String model, int ranks, String... program) {
        return exec(List.of("--model", model), Map.of(), ranks, program);
    }

    private static Jvm exec(
            List<String> options, Map<String, String> environment, int ranks, String... program) {
        Jvm.Builder exec = exec(options, ranks, mpirun(ranks, PSM, program));
        ROOT.forEach(exec::environment);
        environment.forEach(exec::environment);
        return exec.start();
    }

    private static Jvm.Builder exec(List<String> options, int ranks, List<String> command) {
        return Shipped.jvm(temp)
                .lifetime(PATIENCE)
                .arguments("exec", "-n", Integer.toString(ranks))
                .arguments(options.toArray(String[]::new))
                .arguments("--")
                .arguments(command.toArray(String[]::new));
    }

    /** What four kinds of exchange came to over TCP. */
    private static List<String> overTcp(int ranks, String largest) throws Exception {
        CCompiler.Ended tcp =
                CCompiler.toEnd(
                        temp,
                        ROOT,
                        PATIENCE,
                        mpirun(ranks, TCP, "all", largest).toArray(String[]::new));
        assertEquals(0, tcp.code(), () -> tcp.lines().toString());
        List<String> results = results(tcp.lines());
        assertEquals(4, results.size(), results::toString);
        return results;
    }

    private static List<String> results(List<String> lines) {
        return lines.stream().filter(line -> line.contains("checksum=")).toList();
    }

    /** Hello, ring, allreduce and alltoall; messages get smaller as ranks get more. */
    @ParameterizedTest
    @CsvSource({
        "IBA7220, 2, 300001",
        "IBA7220, 3, 64001",
        "IBA7220, 4, 4097",
        "IBA7220, 8, 1000",
        "IBA6120, 2, 300001",
        "IBA7322, 2, 300001"
    })
    void shouldComputeOnTheChipWhatItComputesOverTcp(String model, int ranks, int largest)
            throws Exception {
        String size = Integer.toString(largest);
        List<String> expected = overTcp(ranks, size);
        try (Jvm chip = onTheChip(model, ranks, "all", size)) {
            assertEquals(0, chip.exitCode(PATIENCE), chip.lines()::toString);
            assertEquals(expected, results(chip.lines()));
        }
    }

    /**
     * As on two hosts with some ranks each: those of one host have shared memory for each other,
     * and a context together or each its own, behind one LID.
     */
    @ParameterizedTest
    @Fidelity({52, 53})
    @CsvSource({
        "IBA7220, 4, 1, 64001",
        "IBA6120, 4, 2, 64001",
        "IBA7220, 4, 2, 64001",
        "IBA7322, 4, 2, 64001",
        "IBA7220, 6, 3, 4001",
        "IBA7220, 8, 4, 4001"
    })
    void shouldComputeTheSameWithRanksThatShareUnitsAndContexts(
            String model, int ranks, int sharers, int largest) throws Exception {
        String size = Integer.toString(largest);
        List<String> expected = overTcp(ranks, size);
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2", "--model", model);
                Jvm chip =
                        exec(
                                List.of(
                                        "--dir",
                                        daemon.directory().toString(),
                                        "--per-unit",
                                        Integer.toString(ranks / 2)),
                                Map.of("PSM_RANKS_PER_CONTEXT", Integer.toString(sharers)),
                                ranks,
                                "all",
                                size)) {
            assertEquals(0, chip.exitCode(PATIENCE), chip.lines()::toString);
            assertEquals(expected, results(chip.lines()));
            for (int subcontext = 0; subcontext < 4; subcontext++) {
                String place = " subcontext=" + subcontext + " ";
                long assigned =
                        daemon.jvm().lines().stream()
                                .filter(line -> line.contains(": assigned"))
                                .filter(line -> line.contains(place))
                                .count();
                assertEquals(sharers > 1 && subcontext < sharers ? 2 : 0, assigned, place);
            }
            assertEquals(List.of(), daemon.complaints());
            try (Device device = daemon.open()) {
                assertEquals(
                        List.of(),
                        device.inspect().contexts(ControlRecord.INSPECT_ALL_UNITS),
                        "all given back");
            }
        }
        assertEquals(List.of(), sharedMemory());
    }

    @Test
    void shouldLeaveNothingWhenARankIsKilledThatSharesItsContext() {
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2");
                Jvm chip =
                        exec(
                                List.of("--dir", daemon.directory().toString(), "--per-unit", "2"),
                                Map.of("PSM_RANKS_PER_CONTEXT", "2"),
                                4,
                                "die",
                                "1")) {
            assertNotEquals(0, chip.exitCode(PATIENCE));
            chip.awaitLine("rank 1 .*exited on signal 9");
            try (Device device = daemon.open()) {
                Await.until(
                        "all given back",
                        () -> device.inspect().contexts(ControlRecord.INSPECT_ALL_UNITS).isEmpty());
            }
            assertEquals(List.of(), daemon.complaints());
        }
        assertEquals(List.of(), sharedMemory());
    }

    /** What this user's jobs have left in the memory that processes share by name. */
    private static List<String> sharedMemory() {
        return Shipped.leftovers(PrivateDir.SHARED_MEMORY).stream()
                .filter(name -> name.startsWith("psm_shm.") || name.startsWith(PrivateDir.PREFIX))
                .toList();
    }

    /** 8 MiB to lock, as most have who have asked nobody. */
    @Test
    void shouldRunForAUserWithoutPrivileges() throws Exception {
        OtherUser.assumeAvailable();
        String size = "300001";
        List<String> expected = overTcp(2, size);
        try (OtherUser user = OtherUser.withShipped()) {
            Path home = user.newDirectory();
            try {
                Path program = Files.copy(mpi, home.resolve("mpi"));
                Files.setPosixFilePermissions(
                        program, PosixFilePermissions.fromString("rwxr-xr-x"));
                List<String> command =
                        new ArrayList<>(List.of("prlimit", "--memlock=" + (8 << 20), "--"));
                command.addAll(mpirun(2, PSM, program, "all", size));
                try (Jvm chip =
                        user.run(exec(List.of(), 2, command))
                                .environment("HOME", home.toString())
                                .environment("XDG_RUNTIME_DIR", home.toString())
                                .start()) {
                    assertEquals(0, chip.exitCode(PATIENCE), chip.lines()::toString);
                    assertEquals(expected, results(chip.lines()));
                }
            } finally {
                ChildDaemon.delete(home);
            }
        }
    }

    @Test
    void shouldEndTheJobWhenARankIsKilledInMidTransfer() {
        List<String> before = Shipped.leftovers(temp);
        try (Jvm chip = onTheChip("IBA7220", 2, "die", "1")) {
            assertNotEquals(0, chip.exitCode(PATIENCE));
            chip.awaitLine("rank 1 .*exited on signal 9");
        }
        assertEquals(before, Shipped.leftovers(temp));
    }
}
