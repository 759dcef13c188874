package io.softpath.faults.fuzz;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.launch.Json;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A hostile client as a process: it does so many hostile records to a daemon in another process,
 * prints what came of them as one line of JSON, and is gone; without a word if it is killed.
 *
 * <p>Arguments: run directory, model, seed, records, plant, job, endpoints of the honest.
 */
final class HostileProcess {
    private static final String VIOLATION = "violation";

    private HostileProcess() {}

    public static void main(String[] args) {
        Machine machine = new Remote(Path.of(args[0]), ChipModel.named(args[1]));
        Dice dice = new Dice(Long.parseLong(args[2]));
        Plant plant = Plant.valueOf(args[4]);
        Coverage coverage = new Coverage();
        Map<String, Object> result = new LinkedHashMap<>();
        long done = 0;
        try (Arena arena = Arena.ofShared();
                HostileUser inline = new HostileUser(machine, 0, true);
                HostileUser own = new HostileUser(machine, 1, false)) {
            List<HostileUser> users = List.of(inline, own);
            List<PioAttack.Place> victims = victims(machine.model());
            Map<Target, Attack> attacks = new EnumMap<>(Target.class);
            attacks.put(Target.control, new ControlAttack(machine, dice, coverage, arena, plant));
            attacks.put(Target.pio, new PioAttack(machine, dice, coverage, users, victims));
            attacks.put(Target.registers, new RegisterAttack(machine, dice, coverage, users));
            attacks.put(Target.rcvhdrq, new QueueAttack(machine, dice, coverage, users));
            attacks.put(Target.tids, new TidAttack(machine, dice, coverage, inline));
            attacks.put(
                    Target.direct,
                    new PairAttack(
                            Path.of(args[0]),
                            dice,
                            coverage,
                            UUID.fromString(args[5]),
                            HonestRank.endpoints(args[6])));
            List<Target> kinds = List.copyOf(attacks.keySet());
            long wanted = Long.parseLong(args[3]);
            System.out.println("begins");
            while (done < wanted) {
                Target kind = dice.of(kinds);
                int records = attacks.get(kind).some();
                coverage.did(kind, records);
                done += records;
            }
            inline.raw.admin(ControlRecord.ADMIN_THAW, Machine.PLAYGROUND);
            inline.raw.admin(ControlRecord.ADMIN_LINK_UP, Machine.PLAYGROUND);
            inline.raw.admin(ControlRecord.ADMIN_RELEASE_SENDS, Machine.PLAYGROUND);
            attacks.values().forEach(Attack::finish);
            attacks.values().forEach(Attack::close);
        } catch (Violation e) {
            result.put(VIOLATION, e.getMessage());
        }
        result.put("records", done);
        result.put("rows", rows(coverage));
        System.out.println(Json.line(result));
    }

    /** Whoever was there first has the first contexts. */
    private static List<PioAttack.Place> victims(ChipModel model) {
        int first = model.firstUserContext();
        return List.of(
                new PioAttack.Place(1, first),
                new PioAttack.Place(1, first + 1),
                new PioAttack.Place(2, first));
    }

    private static List<Object> rows(Coverage coverage) {
        List<Object> rows = new ArrayList<>();
        for (Coverage.Row row : coverage.rows()) {
            rows.add(List.of(row.group, row.name, row.need.name(), row.outcomes()));
        }
        return rows;
    }
}
