package io.softpath.launch;

import io.softpath.linux.CurrentProcess;
import io.softpath.linux.KernelFeatures;
import io.softpath.linux.Limits;
import io.softpath.linux.PeerCredentials;

import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Looks at the machine: what is fine, what to change, and how. */
@Command(
        name = "doctor",
        description = "Check this machine: JDK, kernel, memory limits, cores, run directory.",
        footer = {"", "Exit code 1 if something that softpath cannot do without is missing."})
final class DoctorCommand implements Callable<Integer> {
    private static final long MIB = 1 << 20;

    /** What one unit of the default model may come to use, all contexts open. */
    private static final long WANTED_SHM = 64 * MIB;

    /** One context's regions, locked. */
    private static final long WANTED_MEMLOCK = 8 * MIB;

    private static final long WANTED_FILES = 1024;
    private static final int LONGEST_SOCKET_PATH = 107;

    /** How a check came out. */
    enum Verdict {
        OK("@|green ok|@"),
        NOTE("@|yellow note|@"),
        MISSING("@|bold,red MISSING|@");

        private final String markup;

        Verdict(String markup) {
            this.markup = markup;
        }
    }

    /**
     * One line of the report.
     *
     * @param remedy what to change and how, or empty
     */
    record Check(String name, Verdict verdict, String found, String remedy) {}

    @Spec private CommandSpec spec;
    @Mixin private RunDirOption runDir;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        List<Check> checks = examine(runDir.get());
        boolean missing = checks.stream().anyMatch(c -> c.verdict() == Verdict.MISSING);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(new Report(!missing, checks)));
        } else {
            print(checks, out, spec.commandLine().getColorScheme().ansi());
        }
        return missing ? ExitCode.FAILED : ExitCode.OK;
    }

    /** All checks, with those of the run directory. */
    static List<Check> examine(RunDir dir) {
        List<Check> checks = new ArrayList<>();
        jdk(checks);
        kernel(checks);
        memory(checks);
        cores(checks);
        directory(dir, checks);
        return checks;
    }

    /** The whole report as JSON. */
    record Report(boolean usable, List<Check> checks) {}

    private static void print(List<Check> checks, PrintWriter out, Ansi ansi) {
        int width = checks.stream().mapToInt(c -> c.name().length()).max().orElse(0);
        for (Check check : checks) {
            String verdict = ansi.string(check.verdict().markup);
            String pad = " ".repeat(Math.max(0, 7 - check.verdict().name().length()));
            out.println(
                    verdict
                            + pad
                            + "  "
                            + check.name()
                            + " ".repeat(width - check.name().length())
                            + "  "
                            + check.found());
            if (!check.remedy().isEmpty()) {
                out.println(" ".repeat(11 + width) + "-> " + check.remedy());
            }
        }
    }

    private static void add(
            List<Check> checks,
            String name,
            boolean fine,
            Verdict otherwise,
            String found,
            String remedy) {
        checks.add(new Check(name, fine ? Verdict.OK : otherwise, found, fine ? "" : remedy));
    }

    private static void jdk(List<Check> checks) {
        add(
                checks,
                "JDK",
                Runtime.version().feature() == 25,
                Verdict.NOTE,
                Runtime.version() + " at " + System.getProperty("java.home"),
                "softpath is built and tested with JDK 25");
        Path flags = JvmFlags.file();
        boolean exported =
                Object.class
                        .getModule()
                        .isExported("jdk.internal.misc", DoctorCommand.class.getModule());
        boolean nativeAccess = DoctorCommand.class.getModule().isNativeAccessEnabled();
        add(
                checks,
                "JVM flags",
                exported && nativeAccess,
                Verdict.MISSING,
                flags.toString(),
                "start through launch/softpath, or with java @" + flags);
    }

    private static void kernel(List<Check> checks) {
        add(
                checks,
                "Linux",
                System.getProperty("os.arch").equals("amd64"),
                Verdict.NOTE,
                System.getProperty("os.version") + " " + System.getProperty("os.arch"),
                "only tried on x86-64 so far");
        for (KernelFeatures.Feature feature : KernelFeatures.probe()) {
            add(
                    checks,
                    feature.name(),
                    feature.present(),
                    feature.required() ? Verdict.MISSING : Verdict.NOTE,
                    feature.present() ? "works" : feature.note(),
                    feature.required()
                            ? "needs Linux "
                                    + feature.since()
                                    + " or newer (or a container that allows it)"
                            : "nothing to do; Linux " + feature.since() + " has it");
        }
    }

    private static void memory(List<Check> checks) {
        Limits.SharedMemory shm = Limits.sharedMemory();
        add(
                checks,
                "/dev/shm",
                shm.totalBytes() >= WANTED_SHM,
                Verdict.NOTE,
                mib(shm.usableBytes()) + " of " + mib(shm.totalBytes()) + " free",
                "many contexts at once may not fit: mount -o remount,size=256m /dev/shm (docker run"
                        + " --shm-size=256m)");
        Limits.Limit memlock = Limits.memlock();
        add(
                checks,
                "locked memory",
                memlock.allows(WANTED_MEMLOCK) || CurrentProcess.uid() == 0,
                Verdict.NOTE,
                "limit " + bytes(memlock.soft()) + ", hard limit " + bytes(memlock.hard()),
                "regions stay unlocked (they work, but may be swapped): ulimit -l 65536, or memlock"
                        + " in /etc/security/limits.conf");
        Limits.Limit files = Limits.openFiles();
        add(
                checks,
                "open files",
                files.allows(WANTED_FILES),
                Verdict.NOTE,
                "limit " + files,
                "a daemon with many users may run out: ulimit -n 4096");
    }

    private static void cores(List<Check> checks) {
        int cores = CurrentProcess.cpuCount();
        add(
                checks,
                "cores",
                cores > 1,
                Verdict.NOTE,
                Integer.toString(cores),
                "daemon and users take turns; it works, slowly. Latency figures mean little here");
    }

    private static void directory(RunDir dir, List<Check> checks) {
        Path path = dir.path();
        Optional<PeerCredentials> daemon = dir.daemon();
        if (daemon.isPresent()) {
            PeerCredentials peer = daemon.get();
            checks.add(
                    new Check(
                            "daemon",
                            Verdict.OK,
                            "runs as pid " + peer.pid() + ", uid " + peer.uid() + ", on " + path,
                            ""));
        } else {
            boolean leftovers = Files.exists(dir.anyUnit());
            add(
                    checks,
                    "daemon",
                    !leftovers,
                    Verdict.NOTE,
                    "none on "
                            + path
                            + (leftovers
                                    ? ", but its socket is there"
                                    : "; run and hello start their own"),
                    "a daemon was killed here, or you may not connect to it: softpath clean");
        }
        add(
                checks,
                "run directory",
                path.resolve("ipath15").toString().length() <= LONGEST_SOCKET_PATH,
                Verdict.MISSING,
                path.toString(),
                "too long for a socket; name a shorter one with --dir or " + RunDir.VARIABLE);
        Path existing = path;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        add(
                checks,
                "may write there",
                Files.isWritable(existing) || daemon.isPresent(),
                Verdict.MISSING,
                Files.isWritable(existing) ? "yes" : "no: " + existing,
                "name another one with --dir or " + RunDir.VARIABLE);
        try {
            boolean open =
                    existing.equals(path)
                            && Files.getPosixFilePermissions(path)
                                    .contains(PosixFilePermission.OTHERS_WRITE);
            add(
                    checks,
                    "nobody else may",
                    !open,
                    Verdict.MISSING,
                    open ? "everybody may write to " + path : "yes",
                    "chmod o-w " + path);
        } catch (IOException e) {
            checks.add(new Check("nobody else may", Verdict.NOTE, e.toString(), ""));
        }
    }

    private static String bytes(long limit) {
        return limit == Limits.Limit.UNLIMITED ? "unlimited" : Human.bytes(limit);
    }

    private static String mib(long bytes) {
        return bytes / MIB + " MiB";
    }
}
