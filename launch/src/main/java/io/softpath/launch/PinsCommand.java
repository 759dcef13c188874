package io.softpath.launch;

import io.softpath.abi.control.PinRecord;
import io.softpath.abi.control.TidRecord;
import io.softpath.driver.control.Inspector;

import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Who has memory that the chip can reach, what of it is pinned, and at whose charge. */
@Command(
        name = "pins",
        description = "Show who has pinned what, since when, at what limit, and for which TIDs.",
        footer = {
            "",
            "MEMORY is the handle of a piece of memory; one that its owner has freed lives",
            "on until its last TID is gone. PINNED are the pages that TIDs point at.",
            "REGISTERED and CHARGED are what the process has of both in all, over all its",
            "files. LIMIT, its memlock limit, binds each of the two; none if it is",
            "unlimited or the process has CAP_IPC_LOCK."
        })
final class PinsCommand extends ViewCommand<List<PinsCommand.Seen>> {
    private static final int PAGE_BYTES = 4096;

    @Option(names = "--tids", description = "Show each TID, its page and its address, too.")
    private boolean eachTid;

    /**
     * One piece of memory.
     *
     * @param handle of MEM_CREATE; 0: ordinary memory of the process
     * @param address where its owner has it; 0: unknown
     * @param freed its owner has freed it
     * @param pinnedPages pages that TIDs point at
     * @param tids TIDs that point at it, as ranges
     * @param processPinned bytes that all TIDs of the process pin
     * @param processRegistered bytes of all memory of the process that a chip can reach
     * @param limit the memlock limit of the process in bytes; -1: none
     * @param pages each TID, if asked for
     */
    record Seen(
            int unit,
            int context,
            int pid,
            int uid,
            int handle,
            long address,
            boolean freed,
            long bytes,
            int pinnedPages,
            String tids,
            long sinceMs,
            long processPinned,
            long processRegistered,
            long limit,
            List<Tid> pages) {}

    /**
     * One TID.
     *
     * @param page of the memory
     * @param pins TIDs that point at this page
     * @param address where the owner had the page
     */
    record Tid(int tid, int page, int pins, long address, long sinceMs) {}

    @Override
    List<Seen> look(Inspector inspector, int[] units) {
        List<Seen> all = new ArrayList<>();
        for (int unit : units) {
            List<TidRecord> tids = inspector.tids(unit);
            for (PinRecord pin : inspector.pins(unit)) {
                all.add(
                        seen(
                                pin,
                                tids.stream()
                                        .filter(t ->
                                                t.context() == pin.context()
                                                        && t.handle() == pin.handle())
                                        .toList()));
            }
        }
        return all;
    }

    private Seen seen(PinRecord pin, List<TidRecord> tids) {
        return new Seen(
                pin.unit(),
                pin.context(),
                pin.pid(),
                pin.uid(),
                pin.handle(),
                pin.vaddr(),
                (pin.flags() & PinRecord.FREED) != 0,
                pin.bytes(),
                pin.pinnedPages(),
                ranges(tids.stream().mapToInt(TidRecord::tid).toArray()),
                pin.since(),
                pin.processPinned(),
                pin.processRegistered(),
                pin.limit(),
                eachTid
                        ? tids.stream()
                                .map(t ->
                                        new Tid(t.tid(), t.page(), t.pins(), t.vaddr(), t.since()))
                                .toList()
                        : List.of());
    }

    /** Ascending numbers as people write them: {@code 0-3,7}. */
    static String ranges(int[] numbers) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < numbers.length; i++) {
            int first = numbers[i];
            while (i + 1 < numbers.length && numbers[i + 1] == numbers[i] + 1) {
                i++;
            }
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (numbers[i] != first) {
                text.append('-').append(numbers[i]);
            }
        }
        return text.toString();
    }

    @Override
    void show(List<Seen> seen, PrintWriter out, Ansi ansi) {
        if (seen.isEmpty()) {
            out.println("nothing is pinned: no user has memory that a chip can reach");
            return;
        }
        long now = System.currentTimeMillis();
        Table table =
                new Table(
                        ">UNIT",
                        ">CTX",
                        ">PID",
                        ">UID",
                        "MEMORY",
                        "ADDRESS",
                        ">SIZE",
                        ">PINNED",
                        "TIDS",
                        ">FOR",
                        ">REGISTERED",
                        ">CHARGED",
                        ">LIMIT");
        for (Seen each : seen) {
            table.row(
                    each.unit(),
                    each.context(),
                    each.pid(),
                    each.uid(),
                    each.handle() == 0
                            ? "ordinary"
                            : each.handle() + (each.freed() ? " freed" : ""),
                    each.address() == 0 ? "-" : Human.hex(each.address()),
                    Human.bytes(each.bytes()),
                    Human.bytes((long) each.pinnedPages() * PAGE_BYTES),
                    each.tids().isEmpty() ? "-" : each.tids(),
                    Human.age(each.sinceMs(), now),
                    Human.bytes(each.processRegistered()),
                    Human.bytes(each.processPinned()),
                    each.limit() == PinRecord.UNLIMITED ? "none" : Human.bytes(each.limit()));
        }
        table.print(out, ansi);
        if (eachTid) {
            out.println();
            tids(seen, now).print(out, ansi);
        }
    }

    private static Table tids(List<Seen> seen, long now) {
        Table table =
                new Table(">UNIT", ">CTX", ">TID", "MEMORY", ">PAGE", "ADDRESS", ">PINS", ">FOR");
        for (Seen each : seen) {
            for (Tid tid : each.pages()) {
                table.row(
                        each.unit(),
                        each.context(),
                        tid.tid(),
                        each.handle() == 0 ? "ordinary" : each.handle(),
                        tid.page(),
                        Human.hex(tid.address()),
                        tid.pins(),
                        Human.age(tid.sinceMs(), now));
            }
        }
        return table;
    }
}
