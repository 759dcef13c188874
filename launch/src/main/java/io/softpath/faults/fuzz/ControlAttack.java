package io.softpath.faults.fuzz;

import static io.softpath.faults.fuzz.Coverage.Need;

import io.softpath.abi.control.Command;
import io.softpath.abi.control.ControlRecord;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Fd;
import io.softpath.linux.SeqPacketSocket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Says anything on the control channel: each field of each request wrong, records too short, too
 * long or of another kind, said again, by somebody else, with descriptors attached, by clients that
 * do not read, come and go.
 */
final class ControlAttack implements Attack {
    private static final int FILES = 7;
    private static final int BURST = 6;
    private static final int STORM = 24;
    private static final int MOST_OWED = 12;
    private static final int RECORDED = 64;
    private static final long PATIENCE_NS = 10_000_000_000L;

    private final Machine machine;
    private final Plant plant;
    private final Dice dice;
    private final RequestWriter writer;
    private final IdentityHashMap<Recipe, Rows> rows = new IdentityHashMap<>();
    private final Coverage.Row noRecords;
    private final Coverage.Row deeds;
    private final List<HostileFile> files = new ArrayList<>();
    private final List<byte[]> recorded = new ArrayList<>();
    private final List<Coverage.Row> touched = new ArrayList<>();

    /** The rows of a request and of its fields, in their order. */
    private record Rows(Coverage.Row request, List<Coverage.Row> fields) {}

    ControlAttack(Machine machine, Dice dice, Coverage coverage, Arena arena, Plant plant) {
        this.machine = machine;
        this.plant = plant;
        this.dice = dice;
        writer = new RequestWriter(dice, arena);
        for (Recipe recipe : Recipe.ALL) {
            rows.put(recipe, rowsOf(recipe, coverage));
        }
        noRecords = coverage.row("request", Recipe.NO_RECORD.name(), Need.REFUSED);
        deeds = coverage.row("client", "came, went, kept silent, did not read", Need.USED);
        for (int i = 0; i < FILES; i++) {
            files.add(open());
        }
    }

    private static Rows rowsOf(Recipe recipe, Coverage coverage) {
        Need need =
                !recipe.exists() || isNeverThere(recipe)
                        ? Need.REFUSED
                        : recipe.refusable() ? Need.BOTH : Need.ACCEPTED;
        List<Coverage.Row> fields = new ArrayList<>();
        for (Recipe.Spot spot : recipe.fields()) {
            fields.add(coverage.row("request field", recipe.name() + "." + spot.name(), Need.USED));
        }
        return new Rows(coverage.row("request", recipe.name(), need), fields);
    }

    /** Send DMA is switched off. */
    private static boolean isNeverThere(Recipe recipe) {
        return recipe.command() == Command.SDMA_INFLIGHT.code()
                || recipe.command() == Command.SDMA_COMPLETE.code();
    }

    private HostileFile open() {
        int unit = dice.below(Machine.UNITS + 2) - 1;
        boolean any = unit < 0 || unit >= Machine.UNITS;
        HostileFile file =
                new HostileFile(any ? machine.anyNode() : machine.node(unit), any ? -1 : unit);
        file.plant(plant);
        return file;
    }

    @Override
    public int some() {
        int place = dice.below(FILES);
        HostileFile file = files.get(place);
        int records = 0;
        if (file.isGone() || dice.oneIn(120)) {
            deeds.count("opened again");
            replace(place);
        } else if (dice.oneIn(400)) {
            records += misbehave(place);
        }
        file = files.get(place);
        for (int i = dice.below(BURST); i >= 0; i--) {
            records += say(file) ? 1 : 0;
        }
        machine.work();
        take(dice.oneIn(40));
        awaitMost(file);
        return records;
    }

    /** So many unanswered requests are safe; more are taken for a client that does not read. */
    private void awaitMost(HostileFile file) {
        long start = System.nanoTime();
        while (file.owed() > MOST_OWED) {
            if (System.nanoTime() - start > PATIENCE_NS) {
                throw new Violation("not answered: " + file.unanswered());
            }
            machine.work();
            take(false);
        }
    }

    private void replace(int place) {
        files.get(place).close();
        files.set(place, open());
    }

    /** Reads answers, of all who have some; a few may wait. */
    private void take(boolean later) {
        for (HostileFile file : files) {
            while (!(later && dice.oneIn(4)) && file.receive()) {
                // The file judges them.
            }
        }
    }

    private boolean say(HostileFile file) {
        touched.clear();
        int length = dice.oneIn(24) && !recorded.isEmpty() ? replay(file) : make(file);
        sanitize(file.request(), length);
        return dice.oneIn(24)
                ? file.send(length, touched, attached(file))
                : file.send(length, touched);
    }

    private int make(HostileFile file) {
        Recipe recipe = next(file);
        Rows of = rows.get(recipe);
        touched.add(of.request);
        int length = writer.write(recipe, file);
        remember(recipe, file.request());
        for (int i = dice.below(3); i > 0; i--) {
            int field = dice.below(recipe.fields().size());
            Recipe.Spot spot = recipe.fields().get(field);
            dice.mutate(file.request(), spot.offset(), spot.bytes());
            touched.add(of.fields.get(field));
        }
        if (dice.oneIn(16)) {
            length = otherLength(length);
            if (length < ControlRecord.MIN_REQUEST_BYTES
                    || length > ControlRecord.MAX_REQUEST_BYTES) {
                touched.clear();
                touched.add(noRecords);
            }
        }
        record(file.request(), length);
        return length;
    }

    /** First what makes a context, so that the rest has something to be wrong about. */
    private Recipe next(HostileFile file) {
        if (!dice.oneIn(3)) {
            if (!file.knowledge.isAssigned()) {
                return command(Command.ASSIGN_CONTEXT);
            }
            if (!file.knowledge.isInitialised()) {
                return command(Command.USER_INIT);
            }
        }
        return dice.of(Recipe.ALL);
    }

    private static Recipe command(Command command) {
        for (Recipe each : Recipe.ALL) {
            if (each.command() == command.code()) {
                return each;
            }
        }
        throw new IllegalStateException("no recipe: command=" + command);
    }

    private void remember(Recipe recipe, MemorySegment out) {
        Recipe.Spot spot = dice.of(recipe.fields());
        dice.remember(Dice.word(out, spot.offset(), spot.bytes()));
    }

    private int otherLength(int length) {
        return switch (dice.below(6)) {
            case 0 -> 1 + dice.below(ControlRecord.MIN_REQUEST_BYTES + 2);
            case 1 -> ControlRecord.MAX_REQUEST_BYTES + dice.below(3) - 1;
            case 2 -> 1 + dice.below(HostileFile.ROOM - 1);
            default -> Math.max(1, length + dice.below(16) - 12);
        };
    }

    private void record(MemorySegment out, int length) {
        byte[] bytes =
                out.asSlice(0, Math.min(length, ControlRecord.WRITE_DATA + 64))
                        .toArray(ValueLayout.JAVA_BYTE);
        if (recorded.size() < RECORDED) {
            recorded.add(bytes);
        } else {
            recorded.set(dice.below(RECORDED), bytes);
        }
    }

    /** What somebody has said once, perhaps somebody else. */
    private int replay(HostileFile file) {
        byte[] bytes = dice.of(recorded);
        MemorySegment.copy(bytes, 0, file.request(), ValueLayout.JAVA_BYTE, 0, bytes.length);
        Recipe recipe = Recipe.of(file.request(), bytes.length);
        touched.add(recipe.isRecord() ? deeds : noRecords);
        return bytes.length;
    }

    /** The user of the daemon may stop units; only one of them is there to be stopped. */
    private void sanitize(MemorySegment out, int length) {
        writer.keepAway(out, length);
        boolean admin =
                length >= ControlRecord.ADMIN_BYTES
                        && ControlRecord.kind(out) == ControlRecord.ADMIN
                        && length <= ControlRecord.MAX_REQUEST_BYTES;
        if (admin) {
            int unit = ControlRecord.u32(out, ControlRecord.ADMIN_UNIT);
            if (unit >= 0 && unit < Machine.UNITS) {
                ControlRecord.putU32(out, ControlRecord.ADMIN_UNIT, Machine.PLAYGROUND);
            }
        }
    }

    private Fd[] attached(HostileFile file) {
        deeds.count("pushed descriptors");
        Fd[] fds = new Fd[1 + dice.below(4)];
        Arrays.fill(fds, file.socket().fd());
        return fds;
    }

    private int misbehave(int place) {
        return switch (dice.below(3)) {
            case 0 -> storm();
            case 1 -> floodWithoutReading(place);
            default -> {
                deeds.count("empty record");
                files.get(place).sayNothing();
                yield 1;
            }
        };
    }

    /** Connections that say nothing, of which some vanish at once. */
    private int storm() {
        deeds.count("storm");
        List<SeqPacketSocket> silent = new ArrayList<>();
        for (int i = 0; i < STORM; i++) {
            try {
                silent.add(SeqPacketSocket.connect(machine.anyNode()));
            } catch (SoftpathException e) {
                deeds.count("not connected: " + e.errno().name());
            }
            if (dice.oneIn(3) && !silent.isEmpty()) {
                silent.removeFirst().close();
            }
            if (dice.oneIn(4)) {
                machine.work();
            }
        }
        machine.work();
        silent.forEach(SeqPacketSocket::close);
        machine.work();
        return STORM;
    }

    private int floodWithoutReading(int place) {
        deeds.count("did not read");
        HostileFile file = files.get(place);
        file.mayBeClosed();
        int said = 0;
        long start = System.nanoTime();
        while (!file.isGone() && System.nanoTime() - start < PATIENCE_NS) {
            touched.clear();
            boolean sent =
                    file.send(ControlRecord.poll(file.request(), file.nextTag(), 1), touched);
            said += sent ? 1 : 0;
            if (!sent) {
                machine.work();
            }
        }
        while (file.receive()) {
            // What there was room for.
        }
        if (!file.isGone()) {
            throw new Violation(
                    "a client that did not read its answers is still served: requests=" + said);
        }
        replace(place);
        return said;
    }

    /** One after the other goes; nobody may wait any more when there is nobody to wait for. */
    @Override
    public void finish() {
        settle();
        while (!files.isEmpty()) {
            if (files.size() == 1) {
                awaitAnswers(files.getFirst());
            }
            files.removeFirst().close();
            settle();
        }
    }

    private void awaitAnswers(HostileFile last) {
        long start = System.nanoTime();
        while (last.isWaiting()) {
            if (System.nanoTime() - start > PATIENCE_NS) {
                throw new Violation("never answered: " + last.unanswered());
            }
            settle();
        }
    }

    private void settle() {
        boolean more = true;
        while (more) {
            machine.work();
            more = false;
            for (HostileFile file : files) {
                while (file.receive()) {
                    more = true;
                }
            }
        }
    }

    @Override
    public void close() {
        files.forEach(HostileFile::close);
        files.clear();
    }
}
