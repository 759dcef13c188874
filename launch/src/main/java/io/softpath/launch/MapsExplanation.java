package io.softpath.launch;

import io.softpath.abi.region.DriverMapping;
import io.softpath.abi.region.DriverMapping.Driver;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlag;
import io.softpath.abi.region.VmFlagsExpectation;

import picocli.CommandLine.Help.Ansi;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The VM_* flags, flag by flag, and which driver set them where: {@code softpath maps --explain}.
 *
 * @param flags each flag
 * @param mappings which flags the drivers set on each kind
 * @param softpath which letters each kind must show today
 * @param live what each mapping of a running daemon's users shows; null where none runs
 */
record MapsExplanation(
        List<Flag> flags, List<Mapped> mappings, List<Rule> softpath, List<Live> live) {
    private static final int WIDTH = 100;
    private static final int INDENT = 18;

    /**
     * One flag.
     *
     * @param letters in smaps; empty if today's kernels do not know it
     * @param effects what it was and did, kernel by kernel
     * @param onWindows the mail's use of it on the windows to the chip
     * @param onMemory the mail's use of it on the memory that the chip writes
     * @param softpath what stands in its place
     */
    record Flag(
            String name,
            String letters,
            String meant,
            List<Effect> effects,
            Judgement onWindows,
            Judgement onMemory,
            String softpath) {}

    /** What it was and did in some kernels; {@code inferred} if no source says so. */
    record Effect(String kernels, String bit, String did, boolean inferred) {}

    /** Whether the mail's driver was right, and why. */
    record Judgement(String verdict, String why, boolean inferred) {}

    /** How a driver mapped a kind: {@code set} by itself, {@code byMethod} by what it called. */
    record Mapped(
            String driver,
            String time,
            String kind,
            String method,
            List<String> set,
            List<String> byMethod,
            List<String> cleared) {}

    /** What a kind must show in smaps today. */
    record Rule(
            String kind, List<String> always, List<String> ifTheLimitAllows, List<String> never) {}

    /** One live mapping: what the kernel shows of the flags explained here, and what it must. */
    record Live(
            int unit,
            int context,
            int pid,
            String kind,
            List<String> shows,
            List<String> must,
            List<String> mustNot,
            List<String> violations) {}

    /**
     * Everything there is to say.
     *
     * @param seen the live mappings; null where no daemon runs
     */
    static MapsExplanation of(List<MapsCommand.Seen> seen) {
        List<Mapped> mappings = new ArrayList<>();
        for (Driver driver : Driver.values()) {
            for (RegionKind kind : RegionKind.values()) {
                DriverMapping.of(driver, kind)
                        .map(MapsExplanation::mapped)
                        .ifPresent(mappings::add);
            }
        }
        return new MapsExplanation(
                Arrays.stream(VmFlag.values()).map(MapsExplanation::flag).toList(),
                mappings,
                Arrays.stream(RegionKind.values()).map(MapsExplanation::rule).toList(),
                seen == null ? null : seen.stream().map(MapsExplanation::live).toList());
    }

    private static Flag flag(VmFlag flag) {
        return new Flag(
                flag.kernelName(),
                flag.letters(),
                flag.meant(),
                flag.effects().stream()
                        .map(effect ->
                                new Effect(
                                        effect.kernels(),
                                        Human.hex(effect.bit()),
                                        effect.fact().text(),
                                        effect.fact().inferred()))
                        .toList(),
                judgement(flag.onWindows()),
                judgement(flag.onMemory()),
                flag.softpath());
    }

    private static Judgement judgement(VmFlag.Judgement judgement) {
        return new Judgement(
                judgement.verdict().label(), judgement.why().text(), judgement.why().inferred());
    }

    private static Mapped mapped(DriverMapping mapping) {
        return new Mapped(
                mapping.driver().label(),
                mapping.driver().time(),
                mapping.kind().mailName(),
                mapping.method(),
                names(mapping.set()),
                names(mapping.byMethod()),
                names(mapping.cleared()));
    }

    private static List<String> names(Set<VmFlag> flags) {
        return flags.stream().map(VmFlag::kernelName).toList();
    }

    private static Rule rule(RegionKind kind) {
        VmFlagsExpectation expected = VmFlagsExpectation.of(kind);
        return new Rule(
                kind.mailName(),
                sorted(expected.required()),
                sorted(expected.bestEffort()),
                sorted(expected.forbidden()));
    }

    private static List<String> sorted(Collection<String> letters) {
        return List.copyOf(new TreeSet<>(letters));
    }

    private static Live live(MapsCommand.Seen seen) {
        Set<String> explained =
                Arrays.stream(VmFlag.values()).map(VmFlag::letters).collect(Collectors.toSet());
        Optional<Rule> rule =
                Arrays.stream(RegionKind.values())
                        .filter(kind -> kind.mailName().equals(seen.kind()))
                        .findFirst()
                        .map(MapsExplanation::rule);
        return new Live(
                seen.unit(),
                seen.context(),
                seen.pid(),
                seen.kind(),
                seen.vmFlags().stream().filter(explained::contains).toList(),
                rule.map(Rule::always).orElse(List.of()).stream()
                        .filter(explained::contains)
                        .toList(),
                rule.map(Rule::never).orElse(List.of()).stream()
                        .filter(explained::contains)
                        .toList(),
                seen.vmFlags().isEmpty() ? null : seen.violations());
    }

    /** For people, in {@value #WIDTH} columns. */
    void show(PrintWriter out, Ansi ansi) {
        title("Flag by flag", out, ansi);
        out.println(
                "The verdicts are on the driver that the mail is about. Its windows to the chip are"
                        + " user");
        out.println(
                "registers and PIO buffers; its memory, which the chip writes, is the other three"
                        + " kinds.");
        for (VmFlag flag : VmFlag.values()) {
            out.println();
            show(flag, out, ansi);
        }
        out.println();
        title("Kind by kind", out, ansi);
        out.println(
                "Flags in capitals: set by the driver. Small: set by what it called. -FLAG:"
                        + " cleared.");
        for (Driver driver : Driver.values()) {
            out.println();
            out.println(ansi.string("@|bold " + driver.label() + "|@: " + driver.time()));
            kinds(driver).print(out, ansi);
        }
        out.println();
        out.println(
                ansi.string(
                        "@|bold softpath|@: a sealed memfd of its own for each kind and context"));
        rules().print(out, ansi);
        out.println();
        title("Now", out, ansi);
        if (live == null) {
            out.println(
                    "no daemon runs here: with one, what the kernel shows of each live mapping");
        } else if (live.isEmpty()) {
            out.println("nothing is mapped: no user has a context");
        } else {
            lives().print(out, ansi);
        }
    }

    private static void title(String title, PrintWriter out, Ansi ansi) {
        out.println(ansi.string("@|bold,underline " + title + "|@"));
    }

    private static void show(VmFlag flag, PrintWriter out, Ansi ansi) {
        String letters = flag.letters().isEmpty() ? "" : ", " + flag.letters() + " in smaps";
        out.println(ansi.string("@|bold " + flag.kernelName() + "|@  " + bits(flag) + letters));
        entry("meant", flag.meant(), out);
        for (VmFlag.Effect effect : flag.effects()) {
            entry(effect.kernels(), effect.fact().toString(), out);
        }
        entry("drivers", drivers(flag), out);
        verdict("on windows", flag.onWindows(), out, ansi);
        verdict("on memory", flag.onMemory(), out, ansi);
        entry("softpath", flag.softpath(), out);
    }

    /** On which kinds each driver had it. */
    private static String drivers(VmFlag flag) {
        List<String> parts = new ArrayList<>();
        for (Driver driver : Driver.values()) {
            List<DriverMapping> mappings =
                    Arrays.stream(RegionKind.values())
                            .flatMap(kind -> DriverMapping.of(driver, kind).stream())
                            .toList();
            List<String> had = new ArrayList<>();
            had.addAll(on("", mappings, mapping -> mapping.set().contains(flag)));
            had.addAll(
                    on("by its method ", mappings, mapping -> mapping.byMethod().contains(flag)));
            had.addAll(on("cleared on ", mappings, mapping -> mapping.cleared().contains(flag)));
            parts.add(driver.label() + ": " + (had.isEmpty() ? "-" : String.join(", ", had)));
        }
        return String.join("; ", parts);
    }

    private static List<String> on(
            String how, List<DriverMapping> mappings, Predicate<DriverMapping> has) {
        List<String> kinds =
                mappings.stream().filter(has).map(mapping -> mapping.kind().label()).toList();
        if (kinds.isEmpty()) {
            return List.of();
        }
        return List.of(how + (kinds.size() == mappings.size() ? "all" : String.join(" ", kinds)));
    }

    /** Its values in the order of time. */
    static String bits(VmFlag flag) {
        StringBuilder bits = new StringBuilder();
        long last = -1;
        for (VmFlag.Effect effect : flag.effects()) {
            if (effect.bit() != last) {
                String value = effect.bit() == 0 ? "no bit" : Human.hex(effect.bit());
                bits.append(last == -1 ? "" : ", " + effect.first().label() + ": ").append(value);
                last = effect.bit();
            }
        }
        return bits.toString();
    }

    private static void entry(String label, String text, PrintWriter out) {
        print("  " + label, 2 + label.length(), text, out);
    }

    private static void verdict(
            String label, VmFlag.Judgement judgement, PrintWriter out, Ansi ansi) {
        if (judgement.verdict() == VmFlag.Verdict.UNUSED && judgement.why().text().isEmpty()) {
            return;
        }
        String why = judgement.why().text().isEmpty() ? "" : ": " + judgement.why();
        String verdict = judgement.verdict().label();
        List<String> lines = wrap(verdict + why, WIDTH - INDENT);
        String style =
                switch (judgement.verdict()) {
                    case RIGHT -> "green";
                    case NEEDLESS, MEANINGLESS -> "yellow";
                    case WRONG -> "red";
                    case UNUSED -> "faint";
                };
        String first = ansi.string("@|" + style + " " + verdict + "|@");
        String rest = lines.getFirst().substring(verdict.length());
        out.println("  " + label + " ".repeat(INDENT - 2 - label.length()) + first + rest);
        lines.stream().skip(1).forEach(line -> out.println(" ".repeat(INDENT) + line));
    }

    private static void print(String label, int width, String text, PrintWriter out) {
        String start = label + " ".repeat(Math.max(1, INDENT - width));
        for (String line : wrap(text, WIDTH - INDENT)) {
            out.println(start + line);
            start = " ".repeat(INDENT);
        }
    }

    /** Breaks a text at spaces. */
    static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private static Table kinds(Driver driver) {
        Table table = new Table("KIND", "MAPPED BY", "FLAGS");
        for (RegionKind kind : RegionKind.values()) {
            DriverMapping.of(driver, kind)
                    .ifPresent(mapping ->
                            table.row(kind.mailName(), mapping.method(), flags(mapping)));
        }
        return table;
    }

    /** The flags of a mapping in one line: as set, in small letters by the method, -cleared. */
    static String flags(DriverMapping mapping) {
        List<String> words = new ArrayList<>();
        mapping.set().forEach(flag -> words.add(flag.name()));
        mapping.byMethod().forEach(flag -> words.add(flag.name().toLowerCase(Locale.ROOT)));
        mapping.cleared().forEach(flag -> words.add("-" + flag.name()));
        return String.join(" ", words);
    }

    private Table rules() {
        Table table = new Table("KIND", "ALWAYS", "IF THE LIMIT ALLOWS", "NEVER");
        for (Rule rule : softpath) {
            table.row(
                    rule.kind(),
                    String.join(" ", rule.always()),
                    String.join(" ", rule.ifTheLimitAllows()),
                    String.join(" ", rule.never()));
        }
        return table;
    }

    private Table lives() {
        Table table =
                new Table(">UNIT", ">CTX", ">PID", "REGION", "SHOWS", "MUST", "MUST NOT", "RULE");
        for (Live each : live) {
            boolean known = each.violations() != null;
            table.row(
                    each.unit(),
                    each.context() < 0 ? "-" : each.context(),
                    each.pid(),
                    each.kind(),
                    known ? String.join(" ", each.shows()) : "?",
                    String.join(" ", each.must()),
                    String.join(" ", each.mustNot()),
                    !known
                            ? "?"
                            : each.violations().isEmpty()
                                    ? "ok"
                                    : String.join(", ", each.violations()));
        }
        return table;
    }
}
