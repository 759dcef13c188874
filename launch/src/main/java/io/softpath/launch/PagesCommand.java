package io.softpath.launch;

import io.softpath.abi.control.PageAreaRecord;
import io.softpath.abi.control.PageBlockRecord;
import io.softpath.abi.control.PageEventRecord;
import io.softpath.abi.control.PageLedgerRecord;
import io.softpath.abi.region.DriverMapping;
import io.softpath.abi.region.RegionKind;
import io.softpath.driver.control.Inspector;
import io.softpath.ledger.Era;
import io.softpath.ledger.lab.Cell;
import io.softpath.ledger.lab.Lab;
import io.softpath.ledger.lab.Outcome;
import io.softpath.ledger.lab.Setup;

import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a kernel keeps of the pages of a driver: of a running daemon, or in the lab. */
@Command(
        name = "pages",
        description = "Show what a kernel of 2006 would keep of the pages of each unit.",
        footer = {
            "",
            "The daemon keeps this book beside the real memory, which is safe whatever the",
            "book says. COUNT is the reference count of the first page of each block,",
            "LOWEST the lowest of the others, MAPPED how many page table entries show them.",
            "STATE:",
            "  compound  allocated with __GFP_COMP",
            "  reserved  PG_reserved is set",
            "  chip      the chip writes to them",
            "  broken    freed while in use, freed twice, or in a bad page state",
            "  lost      nobody has them, and they never come back",
            "Withheld pages are those that were freed in a bad state: the kernel does not",
            "use them again. A ? behind TOUCHED: the owner's page table was not seen yet;",
            "what is never seen is taken for touched in the end.",
            "",
            "To have the driver and the kernel of the mail:",
            "  softpath daemon -- --quirks mmap-era-mail --kernel-era 2.6.15",
            "",
            "--lab runs \"hello, world\" against every way to allocate and map, on every",
            "kernel; --why tells of one row, or of the driver of the mail, what happens,",
            "event by event."
        })
final class PagesCommand extends ViewCommand<List<PagesCommand.Seen>> {
    private static final int WIDTH = 100;
    private static final int INDENT = 7;
    private static final String WHY_MAIL = " See softpath pages --why mail.";
    private static final String NOT_SEEN = "not seen";
    private static final String[] WRONGS = {
        "freed early",
        "bad page state",
        "refcount underflow",
        "double free",
        "leak",
        "refused",
        "hole"
    };

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "12",
            description =
                    "Show the last N events, and all that went wrong (default: ${DEFAULT-VALUE}).")
    private int events;

    @Option(names = "--lab", description = "The truth table; needs no daemon.")
    private boolean lab;

    @Option(
            names = "--why",
            paramLabel = "ROW",
            description = "Why row ROW of the table, or \"mail\", comes to what it does.")
    private String why;

    @Option(
            names = "--era",
            paramLabel = "KERNEL",
            split = ",",
            description =
                    "In the lab only these kernels: 2.6.14, 2.6.14+hugetlb, 2.6.15-rc1, 2.6.15,"
                            + " 2.6.16 (default: all).")
    private List<String> eras = List.of();

    @Option(names = "--all", description = "List the combinations beyond the table, too.")
    private boolean all;

    /**
     * The book of one unit.
     *
     * @param kernel by whose rules
     * @param driver whose way to allocate and map
     * @param wrong what went wrong so far
     */
    record Seen(
            int unit,
            String kernel,
            String driver,
            long pages,
            long lostPages,
            long withheldPages,
            long pinnedPages,
            List<String> wrong,
            List<SeenBlock> blocks,
            List<SeenArea> areas,
            List<SeenEvent> events) {}

    /** Blocks alike. */
    record SeenBlock(
            int context,
            String use,
            String memory,
            int blocks,
            int order,
            int pages,
            int count,
            int lowest,
            boolean compound,
            boolean reserved,
            boolean chip,
            boolean held,
            boolean broken,
            int entries,
            int pins,
            int outstanding) {}

    /** A mapped area. */
    record SeenArea(
            int context,
            int pid,
            String kind,
            String method,
            boolean getsPages,
            int pages,
            int touched,
            String known,
            List<String> flags) {}

    /** An event; {@code wrong} is empty if nothing is wrong with it. */
    record SeenEvent(long number, long timeMs, String text, List<String> wrongs, String wrong) {}

    @Override
    public Integer call() throws InterruptedException {
        if (events < 0) {
            throw new Trouble(ExitCode.USAGE, "--events=" + events + ": choose 0 or more");
        }
        boolean inLab = lab || why != null || all || !eras.isEmpty();
        if (!inLab) {
            return super.call();
        }
        if (watching()) {
            throw new Trouble(ExitCode.USAGE, "--lab and --watch: give one of them");
        }
        Object answer = why == null ? PagesLab.of(chosen(), all) : PagesWhy.of(why, chosen());
        if (json()) {
            out().println(Json.pretty(answer));
        } else if (answer instanceof PagesLab table) {
            table.show(out(), ansi());
        } else if (answer instanceof PagesWhy story) {
            story.show(out());
        }
        out().flush();
        return ExitCode.OK;
    }

    private List<Era> chosen() {
        try {
            return eras.isEmpty()
                    ? Arrays.asList(Era.values())
                    : eras.stream().map(Era::named).distinct().toList();
        } catch (IllegalArgumentException e) {
            throw new Trouble(ExitCode.USAGE, "--era: " + e.getMessage(), e);
        }
    }

    @Override
    List<Seen> look(Inspector inspector, int[] units) {
        List<Seen> all = new ArrayList<>();
        for (int unit : units) {
            PageLedgerRecord ledger = inspector.ledger(unit);
            all.add(
                    new Seen(
                            unit,
                            ledger.kernel(),
                            ledger.driver(),
                            ledger.pages(),
                            ledger.lostPages(),
                            ledger.withheldPages(),
                            ledger.pinnedPages(),
                            words(ledger.wrongs()),
                            inspector.pageBlocks(unit).stream().map(PagesCommand::seen).toList(),
                            inspector.pageAreas(unit).stream().map(PagesCommand::seen).toList(),
                            inspector.pageEvents(unit).stream().map(PagesCommand::seen).toList()));
        }
        return all;
    }

    private static List<String> words(int wrongs) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < WRONGS.length; i++) {
            if ((wrongs & 1 << i) != 0) {
                words.add(WRONGS[i]);
            }
        }
        return words;
    }

    private static SeenBlock seen(PageBlockRecord block) {
        return new SeenBlock(
                block.context(),
                block.name(),
                block.memory(),
                block.blocks(),
                block.order(),
                block.pages(),
                block.count(),
                block.lowest(),
                (block.flags() & PageBlockRecord.COMPOUND) != 0,
                (block.flags() & PageBlockRecord.RESERVED) != 0,
                (block.flags() & PageBlockRecord.CHIP) != 0,
                (block.flags() & PageBlockRecord.HELD) != 0,
                (block.flags() & PageBlockRecord.BROKEN) != 0,
                block.entries(),
                block.pins(),
                block.outstanding());
    }

    private static SeenArea seen(PageAreaRecord area) {
        RegionKind kind = RegionKind.of(area.kind());
        return new SeenArea(
                area.context(),
                area.pid(),
                kind == null ? "kind " + area.kind() : kind.mailName(),
                area.method(),
                area.getsPages() != 0,
                area.pages(),
                area.touched(),
                switch (area.known()) {
                    case PageAreaRecord.AT_MMAP -> "at mmap";
                    case PageAreaRecord.SEEN -> "seen";
                    default -> NOT_SEEN;
                },
                area.flags().isEmpty() ? List.of() : List.of(area.flags().split(" ")));
    }

    private static SeenEvent seen(PageEventRecord event) {
        return new SeenEvent(
                event.number(), event.time(), event.text(), words(event.wrongs()), event.wrong());
    }

    @Override
    void show(List<Seen> seen, PrintWriter out, Ansi ansi) {
        for (Seen unit : seen) {
            out.printf(
                    "unit %d: kernel %s, driver %s; pages %d, pinned %d, lost %d, withheld %d%n",
                    unit.unit(),
                    Era.named(unit.kernel()).text(),
                    unit.driver(),
                    unit.pages(),
                    unit.pinnedPages(),
                    unit.lostPages(),
                    unit.withheldPages());
            out.println();
            blocks(unit).print(out, ansi);
            if (!unit.areas().isEmpty()) {
                out.println();
                areas(unit).print(out, ansi);
            }
            out.println();
            showEvents(unit, out);
            print("", verdict(unit), out);
        }
    }

    private static Table blocks(Seen unit) {
        Table table =
                new Table(
                        ">CTX", "USE", "FROM", ">BLOCKS", ">ORDER", ">PAGES", ">COUNT", ">LOWEST",
                        ">MAPPED", ">PINS", "STATE");
        for (SeenBlock block : unit.blocks()) {
            List<String> state = new ArrayList<>();
            add(state, block.compound(), "compound");
            add(state, block.reserved(), "reserved");
            add(state, block.chip(), "chip");
            add(state, block.broken(), "broken");
            add(state, block.memory().equals("user"), "pinned");
            add(state, !block.held() && !block.memory().equals("user"), "lost");
            table.row(
                    block.context() < 0 ? "-" : block.context(),
                    block.use(),
                    block.memory(),
                    block.blocks(),
                    block.order(),
                    block.pages(),
                    block.count(),
                    block.pages() == block.blocks() ? "" : block.lowest(),
                    block.entries(),
                    block.pins(),
                    String.join(" ", state));
        }
        return table;
    }

    private static void add(List<String> words, boolean condition, String word) {
        if (condition) {
            words.add(word);
        }
    }

    private static Table areas(Seen unit) {
        Table table = new Table(">CTX", ">PID", "AREA", "BY", ">PAGES", ">TOUCHED", "FLAGS");
        for (SeenArea area : unit.areas()) {
            boolean handler = area.method().equals("nopage") || area.method().equals("fault");
            table.row(
                    area.context(),
                    area.pid(),
                    area.kind(),
                    area.method()
                            + (handler ? area.getsPages() ? ", get_page" : ", no get_page" : ""),
                    area.pages(),
                    area.touched() + (area.known().equals(NOT_SEEN) ? "?" : ""),
                    String.join(
                            " ", area.flags().stream().map(f -> f.replace("VM_", "")).toList()));
        }
        return table;
    }

    private void showEvents(Seen unit, PrintWriter out) {
        int from = unit.events().size() - events;
        for (int i = 0; i < unit.events().size(); i++) {
            SeenEvent event = unit.events().get(i);
            if (i >= from || !event.wrong().isEmpty()) {
                print("%5d. ".formatted(event.number()), event.text(), out);
                if (!event.wrong().isEmpty()) {
                    print(" ".repeat(INDENT) + "!! ", event.wrong(), out);
                }
            }
        }
    }

    private static void print(String label, String text, PrintWriter out) {
        String start = label;
        for (String line : MapsExplanation.wrap(text, WIDTH - label.length())) {
            out.println(start + line);
            start = " ".repeat(label.length());
        }
    }

    /** What to make of it, in a sentence or two. */
    private static String verdict(Seen unit) {
        Era kernel = Era.named(unit.kernel());
        boolean mail = unit.driver().equals(DriverMapping.Driver.POSTED.label());
        String on = "on a kernel " + kernel.text();
        if (!unit.wrong().isEmpty()) {
            return "A machine with a kernel "
                    + kernel.text()
                    + " would be in trouble by now: "
                    + String.join(", ", unit.wrong())
                    + ". softpath's own memory is not: this is only the book."
                    + (mail ? WHY_MAIL : "");
        }
        Cell foretold = mail ? Lab.cell(Setup.MAIL, kernel) : null;
        return foretold == null || foretold.works()
                ? "Nothing has gone wrong " + on + "."
                : "Nothing has gone wrong yet "
                        + on
                        + ", but when users go it comes to "
                        + Outcome.label(foretold.outcomes())
                        + "."
                        + WHY_MAIL;
    }
}
