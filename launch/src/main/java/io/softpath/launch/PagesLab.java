package io.softpath.launch;

import io.softpath.ledger.Era;
import io.softpath.ledger.lab.Cell;
import io.softpath.ledger.lab.Lab;
import io.softpath.ledger.lab.Outcome;
import io.softpath.ledger.lab.Row;
import io.softpath.ledger.lab.RowCell;

import picocli.CommandLine.Help.Ansi;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The truth table of the page rules, as the lab finds it: {@code softpath pages --lab}.
 *
 * @param kernels the columns
 * @param rows of the table
 * @param further what the table does not list
 */
record PagesLab(List<String> kernels, List<LabRow> rows, Further further) {
    /** Of a column whose outcome no source tells. */
    private static final String INFERRED = "*";

    /** One way to allocate and map. */
    record LabRow(
            int row,
            String method,
            String order,
            String reserved,
            String compound,
            String getPage,
            String note,
            List<LabCell> cells) {
        /** R, C and G in one word, such as {@code R.G}. */
        private String flags() {
            return letter('R', reserved) + letter('C', compound) + letter('G', getPage);
        }

        private static String letter(char letter, String value) {
            return switch (value) {
                case "yes" -> String.valueOf(letter);
                case "no" -> ".";
                case "any" -> "x";
                default -> "-";
            };
        }
    }

    /**
     * What comes of it on one kernel.
     *
     * @param outcomes if PG_reserved is cleared before the last free, or was never set
     * @param ifReservedStays if the driver leaves it set
     * @param byLuck works only because this kernel puts nothing
     * @param forkHazard beware of copy-on-write
     * @param inferred from the rules; no source says it
     */
    record LabCell(
            String kernel,
            String label,
            Set<String> outcomes,
            Set<String> ifReservedStays,
            boolean byLuck,
            boolean forkHazard,
            boolean inferred) {}

    /**
     * Combinations beyond the table.
     *
     * @param policies ways to allocate and map
     * @param combinations policies times kernels
     * @param histories sessions run for them
     * @param perKernel how many come to what
     * @param inferred always: none of them is in a source
     * @param cells each of them; null unless asked for
     */
    record Further(
            int policies,
            int combinations,
            int histories,
            boolean inferred,
            Map<String, Map<String, Integer>> perKernel,
            List<FurtherCell> cells) {}

    /** One combination beyond the table. */
    record FurtherCell(String policy, String kernel, String label) {}

    /** Runs everything. */
    static PagesLab of(List<Era> eras, boolean all) {
        List<LabRow> rows = new ArrayList<>();
        for (List<RowCell> cells : Lab.matrix(eras)) {
            Row row = cells.getFirst().row();
            rows.add(
                    new LabRow(
                            row.number(),
                            row.method(),
                            row.order(),
                            row.reserved(),
                            row.compound(),
                            row.getPage(),
                            row.note(),
                            cells.stream().map(PagesLab::cell).toList()));
        }
        return new PagesLab(
                eras.stream().map(Era::label).toList(), rows, further(Lab.further(eras), all));
    }

    private static LabCell cell(RowCell cell) {
        return new LabCell(
                cell.era().label(),
                cell.label(),
                labels(cell.outcomes()),
                labels(cell.ifReservedStays()),
                cell.byLuck(),
                cell.forkHazard(),
                cell.inferred());
    }

    private static Set<String> labels(Set<Outcome> outcomes) {
        Set<String> labels = new LinkedHashSet<>();
        outcomes.forEach(outcome -> labels.add(outcome.label()));
        return labels;
    }

    private static Further further(List<List<Cell>> policies, boolean all) {
        Map<String, Map<String, Integer>> perKernel = new TreeMap<>();
        List<FurtherCell> cells = new ArrayList<>();
        int combinations = 0;
        int histories = 0;
        for (List<Cell> policy : policies) {
            for (Cell cell : policy) {
                combinations++;
                histories += cell.histories();
                perKernel
                        .computeIfAbsent(cell.era().label(), kernel -> new TreeMap<>())
                        .merge(Outcome.label(cell.outcomes()), 1, Integer::sum);
                cells.add(new FurtherCell(cell.setup().name(), cell.era().label(), cell.label()));
            }
        }
        return new Further(
                policies.size(), combinations, histories, true, perKernel, all ? cells : null);
    }

    /** Prints the table for people, at most 120 columns wide. */
    void show(PrintWriter out, Ansi ansi) {
        out.println("What becomes of the pages of a driver that maps its memory to users and lets");
        out.println("a chip write to it: \"hello, world\" on the kernels of 2005 and 2006.");
        out.println();
        matrix().print(out, ansi);
        out.println();
        out.println("R: PG_reserved set, C: compound flag, G: get_page in nopage;  . no, x any");
        for (Outcome outcome : Outcome.values()) {
            legend(outcome.label(), outcome.text(), out);
        }
        legend("luck", "because this kernel puts nothing, though no reference was taken", out);
        legend("fork!", "if a parent writes after a fork, the chip writes to a page it lost", out);
        legend("!x", "x, if the driver leaves PG_reserved set", out);
        legend(INFERRED, "inferred: by running the rules; no source says it", out);
        out.println();
        for (LabRow row : rows) {
            if (!row.note().isEmpty()) {
                out.printf("%8d  %s%n", row.row(), row.note());
            }
        }
        out.println();
        showFurther(out, ansi);
        out.println();
        out.println("softpath pages --why 7 tells what happens in row 7, --why mail in the mail.");
    }

    private static void legend(String word, String text, PrintWriter out) {
        out.printf("%8s  %s%n", word, text);
    }

    private Table matrix() {
        List<String> titles = new ArrayList<>(List.of(">#", "METHOD", "ORDER", "RCG"));
        kernels.forEach(kernel -> titles.add(title(kernel)));
        Table table = new Table(titles.toArray(String[]::new));
        for (LabRow row : rows) {
            List<Object> cells =
                    new ArrayList<>(List.of(row.row(), row.method(), row.order(), row.flags()));
            row.cells()
                    .forEach(cell -> cells.add(cell.label() + (cell.inferred() ? INFERRED : "")));
            table.row(cells.toArray());
        }
        return table;
    }

    private static String title(String kernel) {
        return switch (Era.named(kernel)) {
            case UP_TO_2_6_14 -> "TO 2.6.14";
            case UP_TO_2_6_14_HUGETLB -> "WITH HUGETLB";
            case FROM_2_6_16 -> "2.6.16 ON";
            default -> kernel.toUpperCase(Locale.ROOT);
        };
    }

    private void showFurther(PrintWriter out, Ansi ansi) {
        out.printf(
                "The table does not list %d more ways; %d combinations with these kernels, %d"
                        + " sessions in all,%nand no source says anything of them, so all that"
                        + " follows is inferred:%n",
                further.policies(), further.combinations(), further.histories());
        out.println();
        List<String> titles = new ArrayList<>(List.of("COMES TO"));
        kernels.forEach(kernel -> titles.add(">" + title(kernel)));
        Table table = new Table(titles.toArray(String[]::new));
        Set<String> outcomes = new TreeSet<>();
        further.perKernel().values().forEach(counts -> outcomes.addAll(counts.keySet()));
        for (String outcome : outcomes) {
            List<Object> cells = new ArrayList<>(List.of(outcome));
            for (String kernel : kernels) {
                Integer count = further.perKernel().get(kernel).get(outcome);
                cells.add(count == null ? "" : count);
            }
            table.row(cells.toArray());
        }
        table.print(out, ansi);
        if (further.cells() == null) {
            out.println("--all lists them.");
            return;
        }
        out.println();
        Table each = new Table("WAY", "KERNEL", "COMES TO");
        further.cells().forEach(cell -> each.row(cell.policy(), cell.kernel(), cell.label()));
        each.print(out, ansi);
    }
}
