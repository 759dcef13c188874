package io.softpath.faults.report;

import java.util.List;
import java.util.Locale;

/**
 * What happened when, as SVG: a row of lanes for each minute, a lane for the daemon and each rank.
 */
final class TimeLine {
    private static final long ROW_MS = 60_000;
    private static final int WIDTH = 1000;
    private static final int LEFT = 60;
    private static final int LANE = 12;
    private static final int HEAD = 18;
    private static final int MOST_ROWS = 60;

    private final StringBuilder out = new StringBuilder();
    private final int lanes;
    private final int rowHeight;

    private TimeLine(int lanes) {
        this.lanes = lanes;
        rowHeight = HEAD + (lanes + 1) * LANE;
    }

    static String of(CampaignResult run) {
        int ranks =
                run.rounds().stream()
                        .flatMap(round -> round.happenings().stream())
                        .mapToInt(Happening::where)
                        .max()
                        .orElse(0);
        return new TimeLine(ranks + 2).draw(run.rounds());
    }

    private String draw(List<RoundResult> rounds) {
        long end = rounds.stream().mapToLong(r -> r.atMs() + r.ms()).max().orElse(0);
        int rows = (int) Math.min(MOST_ROWS, end / ROW_MS + 1);
        out.append(
                String.format(
                        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"time line\">",
                        LEFT + WIDTH + 10, rows * rowHeight + 2 * LANE));
        for (int row = 0; row < rows; row++) {
            frame(row);
        }
        for (RoundResult round : rounds) {
            band(round, rows);
        }
        for (RoundResult round : rounds) {
            round.happenings().forEach(each -> mark(each, rows));
        }
        legend(rows * rowHeight + LANE);
        return out.append("</svg>\n").toString();
    }

    private void frame(int row) {
        int top = row * rowHeight;
        text(0, top + HEAD - 6, row + " min");
        for (int lane = 0; lane < lanes; lane++) {
            int y = top + HEAD + lane * LANE;
            text(0, y + 4, lane == 0 ? "daemon" : "rank " + (lane - 1));
            out.append(String.format("<path class=\"lane\" d=\"M%d %dh%d\"/>", LEFT, y, WIDTH));
        }
    }

    /** Every second round is shaded. */
    private void band(RoundResult round, int rows) {
        int row = (int) (round.atMs() / ROW_MS);
        if (row >= rows) {
            return;
        }
        double x = x(round.atMs());
        double width = Math.min(round.ms() * (double) WIDTH / ROW_MS, LEFT + WIDTH - x);
        if (round.round() % 2 == 0) {
            out.append(
                    String.format(
                            Locale.ROOT,
                            "<rect class=\"round\" x=\"%.1f\" y=\"%d\" width=\"%.1f\""
                                    + " height=\"%d\"/>",
                            x,
                            row * rowHeight + HEAD - LANE / 2,
                            width,
                            lanes * LANE));
        }
        text((int) x, row * rowHeight + HEAD - 6, String.valueOf(round.round()));
    }

    private void mark(Happening each, int rows) {
        String type = type(each.what());
        int row = (int) (each.atMs() / ROW_MS);
        if (type.isEmpty() || row >= rows) {
            return;
        }
        double width = Math.max(2.5, each.ms() * (double) WIDTH / ROW_MS);
        int y = row * rowHeight + HEAD + (each.where() + 1) * LANE - 4;
        out.append(
                String.format(
                        Locale.ROOT,
                        "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"8\">"
                                + "<title>%.3f s: %s</title></rect>",
                        type,
                        x(each.atMs()),
                        y,
                        width,
                        each.atMs() / 1e3,
                        HtmlWriter.escape(each.what())));
    }

    /** How a happening looks; empty: it is not drawn. */
    private static String type(String what) {
        return switch (what) {
            case "kill" -> "kill";
            case "kill at point" -> "point";
            case "pause" -> "pause";
            case "kill daemon", "kill daemon at point" -> "daemon";
            case "link down", "freeze" -> "link";
            case "ready", "daemon ready" -> "";
            default -> what.startsWith("violation") ? "violation" : "other";
        };
    }

    private void legend(int y) {
        String[] names = {"kill", "point", "pause", "daemon", "link", "violation", "other"};
        String[] words = {
            "killed",
            "killed at a point",
            "paused",
            "daemon killed",
            "link down or frozen",
            "violation",
            "device lost"
        };
        for (int i = 0; i < names.length; i++) {
            int x = LEFT + i * 140;
            out.append(
                    String.format(
                            "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"8\" height=\"8\"/>",
                            names[i], x, y - 8));
            text(x + 12, y, words[i]);
        }
    }

    private static double x(long ms) {
        return LEFT + (ms % ROW_MS) * (double) WIDTH / ROW_MS;
    }

    private void text(int x, int y, String text) {
        out.append(String.format("<text x=\"%d\" y=\"%d\">", x, y));
        out.append(HtmlWriter.escape(text)).append("</text>");
    }
}
