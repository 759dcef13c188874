package io.softpath.bench.peers;

import io.softpath.bench.mq.Size;
import io.softpath.bench.process.CProgram;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.CpuPair;
import io.softpath.bench.process.Findings;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Open MPI over shared memory, measured by a program of our own. */
final class MpiTool implements Tool {
    private static final String PACKAGES = "gcc libc6-dev libopenmpi-dev openmpi-bin";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Whoever runs it, however many CPUs it counts, and without another machine. */
    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "OMPI_ALLOW_RUN_AS_ROOT", "1",
                    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1",
                    "OMPI_MCA_plm", "isolated",
                    "OMPI_MCA_pml", "ob1",
                    "OMPI_MCA_btl", "vader,self",
                    "OMPI_MCA_mpi_yield_when_idle", "0");

    private final CProgram program;

    private MpiTool(CProgram program) {
        this.program = program;
    }

    static Tool open() {
        ToolPair.require("mpicc", PACKAGES);
        ToolPair.require("mpirun", PACKAGES);
        return new MpiTool(
                        CProgram.compile(MpiTool.class, "mpi_user", "mpicc", List.of(), PACKAGES))
                .tried();
    }

    @Override
    public Findings trips(Duration measured) {
        return run("trips", Size.TINY, measured);
    }

    @Override
    public Findings stream(Size size, Duration measured) {
        return run("stream", size, measured);
    }

    private Findings run(String what, Size size, Duration measured) {
        Optional<CpuPair> cpus = CpuPair.ofThisMachine();
        List<String> command =
                List.of(
                        "mpirun",
                        "--oversubscribe",
                        "--bind-to",
                        "none",
                        "-np",
                        "2",
                        program.path().toString(),
                        what,
                        String.valueOf(size.bytes()),
                        String.valueOf(measured.toMillis()),
                        String.valueOf(size.window()),
                        String.valueOf(cpus.map(CpuPair::first).orElse(-1)),
                        String.valueOf(cpus.map(CpuPair::second).orElse(-1)));
        try (Child mpirun = Child.startProgram("mpirun", ENVIRONMENT, command)) {
            return Findings.parse(mpirun.awaitSuccess(PATIENCE.plus(measured.multipliedBy(2))));
        }
    }

    @Override
    public String tripNote() {
        return "MPI_Send and MPI_Recv";
    }

    @Override
    public String streamNote() {
        return "windows of so many MPI_Isend, each answered before the next is sent";
    }

    @Override
    public void close() {
        program.close();
    }
}
