package io.softpath.launch;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.VmaRecord;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlagsExpectation;
import io.softpath.driver.control.Inspector;
import io.softpath.linux.Seals;
import io.softpath.linux.Smaps;
import io.softpath.linux.SmapsEntry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What each user has mapped: what the daemon gave, and what the kernel says of it. */
@Command(
        name = "maps",
        description = "Show who has mapped what, and what the kernel says of each mapping.",
        footer = {
            "",
            "KERNEL and FLAGS come from /proc/PID/smaps of the owner, if you may read it:",
            "wr writable, mw may become writable, dc not copied by fork, dd not in core",
            "dumps, lo locked, lf locked when touched. TOUCHED is what the owner has in",
            "memory. RULE is ok if all flags are as the rule of the kind wants them.",
            "",
            "--explain tells of each VM_* flag what it was meant to do, what it did in each",
            "kernel and driver, and what stands in its place; where a daemon runs, also",
            "what each mapping must show and shows."
        })
final class MapsCommand extends ViewCommand<List<MapsCommand.Seen>> {
    /** Flags worth a person's time; the others say what every mapping of a file says. */
    private static final List<String> TELLING = List.of("wr", "mw", "ex", "dc", "dd", "lo", "lf");

    @Option(names = "--explain", description = "Explain the VM_* flags; needs no daemon.")
    private boolean explain;

    @Override
    public Integer call() throws InterruptedException {
        if (!explain) {
            return super.call();
        }
        if (watching()) {
            throw new Trouble(ExitCode.USAGE, "--explain and --watch: give one of them");
        }
        MapsExplanation explanation =
                MapsExplanation.of(dir().daemon().isPresent() ? look() : null);
        if (json()) {
            out().println(Json.pretty(explanation));
        } else {
            explanation.show(out(), ansi());
        }
        out().flush();
        return ExitCode.OK;
    }

    /**
     * One mapping.
     *
     * @param kind the mail's name for it
     * @param region the short name
     * @param asked protection and flags asked for
     * @param seals of its file
     * @param permissions in the owner's smaps; empty if unknown
     * @param vmFlags in the owner's smaps; empty if unknown
     * @param violations where the kernel's view is not as the rule wants it
     */
    record Seen(
            int unit,
            int context,
            int pid,
            int uid,
            String kind,
            String region,
            long token,
            long bytes,
            String asked,
            String seals,
            long sinceMs,
            String permissions,
            List<String> vmFlags,
            long residentBytes,
            List<String> violations) {}

    @Override
    List<Seen> look(Inspector inspector, int[] units) {
        Map<Integer, List<SmapsEntry>> smaps = new HashMap<>();
        List<Seen> all = new ArrayList<>();
        for (int unit : units) {
            for (VmaRecord vma : inspector.vmas(unit)) {
                all.add(seen(vma, smaps.computeIfAbsent(vma.pid(), MapsCommand::smaps)));
            }
        }
        return all;
    }

    private static List<SmapsEntry> smaps(int pid) {
        try {
            return Smaps.of(pid);
        } catch (UncheckedIOException e) {
            return List.of(); // somebody else's process, or it has just ended
        }
    }

    private static Seen seen(VmaRecord vma, List<SmapsEntry> smaps) {
        RegionKind kind = RegionKind.of(vma.kind());
        Optional<SmapsEntry> entry =
                kind == null
                        ? Optional.empty()
                        : smaps.stream()
                                .filter(e ->
                                        e.memfdName()
                                                .equals(kind.fileName(vma.unit(), vma.context())))
                                .findFirst();
        return new Seen(
                vma.unit(),
                vma.context(),
                vma.pid(),
                vma.uid(),
                kind == null ? "kind " + vma.kind() : kind.mailName(),
                kind == null ? "" : kind.label(),
                vma.token(),
                vma.length(),
                protection(vma),
                Seals.names(vma.seals()),
                vma.since(),
                entry.map(SmapsEntry::permissions).orElse(""),
                entry.map(e -> List.copyOf(new TreeSet<>(e.vmFlags()))).orElse(List.of()),
                entry.map(SmapsEntry::residentBytes).orElse(0L),
                entry.map(e ->
                                VmFlagsExpectation.of(kind)
                                        .violations(String.join(" ", e.vmFlags())))
                        .orElse(List.of()));
    }

    private static String protection(VmaRecord vma) {
        return ((vma.prot() & ControlRecord.PROT_READ) != 0 ? "r" : "-")
                + ((vma.prot() & ControlRecord.PROT_WRITE) != 0 ? "w" : "-")
                + ((vma.prot() & ControlRecord.PROT_EXEC) != 0 ? "x" : "-")
                + ((vma.flags() & ControlRecord.MAP_SHARED) != 0 ? "s" : "p");
    }

    @Override
    void show(List<Seen> seen, PrintWriter out, Ansi ansi) {
        if (seen.isEmpty()) {
            out.println("nothing is mapped: no user has a context");
            return;
        }
        Table table =
                new Table(
                        ">UNIT",
                        ">CTX",
                        ">PID",
                        ">UID",
                        "REGION",
                        ">SIZE",
                        "ASKED",
                        "KERNEL",
                        "FLAGS",
                        ">TOUCHED",
                        "SEALS",
                        "RULE");
        for (Seen each : seen) {
            boolean known = !each.permissions().isEmpty();
            table.row(
                    each.unit(),
                    each.context() < 0 ? "-" : each.context(),
                    each.pid(),
                    each.uid(),
                    each.kind(),
                    Human.bytes(each.bytes()),
                    each.asked(),
                    known ? each.permissions() : "?",
                    known ? telling(each.vmFlags()) : "?",
                    known ? Human.bytes(each.residentBytes()) : "?",
                    each.seals(),
                    !known
                            ? "?"
                            : each.violations().isEmpty()
                                    ? "ok"
                                    : String.join(", ", each.violations()));
        }
        table.print(out, ansi);
    }

    /** The flags to show, out of all. */
    static String telling(List<String> vmFlags) {
        return String.join(" ", TELLING.stream().filter(vmFlags::contains).toList());
    }
}
