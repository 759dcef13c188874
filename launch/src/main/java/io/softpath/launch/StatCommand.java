package io.softpath.launch;

import io.softpath.abi.control.ContextRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.control.UnitStatus;
import io.softpath.abi.register.ErrorStatus;
import io.softpath.driver.control.Inspector;
import io.softpath.linux.Fd;
import io.softpath.stat.StatCounter;
import io.softpath.stat.StatReader;

import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Units, contexts and counters. */
@Command(
        name = "stat",
        description = "Show units, contexts and counters (under the names of ipathstats).",
        footer = {
            "",
            "Counters that are 0 are left out of the text unless --all is given; JSON has",
            "all of them."
        })
final class StatCommand extends ViewCommand<List<StatCommand.Seen>> {
    @Option(
            names = {"-a", "--all"},
            description = "Show counters that are 0, too.")
    private boolean all;

    /** Values at the previous look, and at this one. */
    private Map<String, Long> before = Map.of();

    private Map<String, Long> latest = new HashMap<>();

    /** One unit with everything in it. */
    record Seen(
            UnitRecord unit,
            String link,
            List<String> flags,
            List<String> status,
            List<String> errors,
            List<ContextRecord> contexts,
            List<StatCounter> counters) {}

    @Override
    List<Seen> look(Inspector inspector, int[] units) {
        List<Seen> seen = new ArrayList<>();
        for (int unit : units) {
            List<StatCounter> counters;
            try (Fd file = inspector.statistics(unit)) {
                counters = StatReader.open(file).counters();
            }
            UnitRecord record = inspector.unit(unit);
            seen.add(
                    new Seen(
                            record,
                            link(record),
                            flags(record),
                            UnitStatus.words(record.status()),
                            ErrorStatus.names(record.errors()),
                            inspector.contexts(unit),
                            counters));
        }
        return seen;
    }

    private static String link(UnitRecord unit) {
        return switch (unit.linkState()) {
            case ControlRecord.LINK_DOWN_STATE -> "down";
            case ControlRecord.LINK_ACTIVE_STATE -> "active";
            default -> "state " + unit.linkState();
        };
    }

    private static List<String> flags(UnitRecord unit) {
        List<String> flags = new ArrayList<>();
        if ((unit.flags() & ControlRecord.UNIT_FROZEN) != 0) {
            flags.add("frozen");
        }
        if ((unit.flags() & ControlRecord.UNIT_SENDS_HELD) != 0) {
            flags.add("sends held");
        }
        return flags;
    }

    @Override
    void show(List<Seen> seen, PrintWriter out, Ansi ansi) {
        long now = System.currentTimeMillis();
        before = latest;
        latest = new HashMap<>();
        boolean first = true;
        for (Seen each : seen) {
            if (!first) {
                out.println();
            }
            first = false;
            showUnit(each, now, out, ansi);
        }
    }

    private void showUnit(Seen seen, long now, PrintWriter out, Ansi ansi) {
        UnitRecord unit = seen.unit();
        out.println(
                ansi.string("@|bold unit " + unit.unit() + "|@: ")
                        + unit.model()
                        + ", LID "
                        + unit.lid()
                        + ", link "
                        + seen.link()
                        + (seen.flags().isEmpty() ? "" : ", " + String.join(", ", seen.flags()))
                        + ", "
                        + (unit.userContexts() - unit.freeContexts())
                        + " of "
                        + unit.userContexts()
                        + " user contexts taken, daemon pid "
                        + unit.pid()
                        + ", up "
                        + Human.age(unit.since(), now));
        out.println("status: " + Human.hex(unit.status()) + " " + String.join(" ", seen.status()));
        if (unit.errors() != 0) {
            out.println(
                    "errors: " + Human.hex(unit.errors()) + " " + String.join(" ", seen.errors()));
        }
        if (!seen.contexts().isEmpty()) {
            out.println();
            contexts(seen, now).print(out, ansi);
            for (ContextRecord context : seen.contexts()) {
                if ((context.features() & ContextRecord.ORDINARY_MEMORY) == 0) {
                    out.println(
                            "context "
                                    + name(context)
                                    + ": the daemon cannot reach ordinary memory of pid "
                                    + context.pid()
                                    + ", so only memory of MEM_CREATE can have TIDs; doctor tells"
                                    + " why");
                }
            }
        }
        Table counters = counters(seen);
        if (!counters.isEmpty()) {
            out.println();
            counters.print(out, ansi);
        }
    }

    private static Table contexts(Seen seen, long now) {
        Table table =
                new Table(
                        ">CTX",
                        ">PID",
                        ">UID",
                        "STATE",
                        "PIO",
                        ">MAPPED",
                        ">SENT",
                        ">RECEIVED",
                        ">DROPPED",
                        ">HEAD",
                        ">TAIL",
                        ">AGE");
        for (ContextRecord context : seen.contexts()) {
            table.row(
                    name(context),
                    context.pid(),
                    context.uid(),
                    state(context.state()),
                    context.pioFirst() + "+" + context.pioCount(),
                    Human.bytes(context.mappedBytes()),
                    context.packetsSent(),
                    context.packetsReceived(),
                    context.dropped(),
                    Integer.toUnsignedString(context.head()),
                    Integer.toUnsignedString(context.tail()),
                    Human.age(context.since(), now));
        }
        return table;
    }

    /** The context, and which of those who share it this is. */
    private static String name(ContextRecord context) {
        return context.subcontexts() == 0
                ? Integer.toString(context.context())
                : context.context() + "." + context.subcontext();
    }

    private static String state(int state) {
        return switch (state) {
            case ControlRecord.CONTEXT_ASSIGNED -> "assigned";
            case ControlRecord.CONTEXT_ENABLED -> "enabled";
            case ControlRecord.CONTEXT_STOPPED -> "stopped";
            default -> "state " + state;
        };
    }

    /** The change since the last look, if there was one. */
    private Table counters(Seen seen) {
        boolean again = !before.isEmpty();
        Table table =
                again
                        ? new Table("COUNTER", ">VALUE", ">CHANGE", "MEANING")
                        : new Table("COUNTER", ">VALUE", "MEANING");
        for (StatCounter counter : seen.counters()) {
            String key = seen.unit().unit() + "/" + counter.id();
            long value = counter.value();
            latest.put(key, value);
            if (!all && value == 0) {
                continue;
            }
            long change = value - before.getOrDefault(key, value);
            String changed = change == 0 ? "" : String.format("%+d", change);
            if (again) {
                table.row(counter.name(), value, changed, counter.purpose());
            } else {
                table.row(counter.name(), value, counter.purpose());
            }
        }
        return table;
    }
}
