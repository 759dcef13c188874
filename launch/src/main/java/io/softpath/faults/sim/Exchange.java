package io.softpath.faults.sim;

import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.fault.FaultPoint;
import io.softpath.faults.check.Checker;
import io.softpath.faults.check.Event.How;
import io.softpath.faults.check.Incarnation;
import io.softpath.faults.check.Violation;
import io.softpath.psm.sim.Hazard;
import io.softpath.psm.sim.SimHost;
import io.softpath.psm.sim.SimKilled;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimPacket;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Plays one schedule in a world of its own, and has the checker judge what was recorded. */
final class Exchange implements AutoCloseable {
    /** How long the world may take, once nothing is started any more. */
    private static final long DEADLINE_NS = 30_000_000_000L;

    private static final int DEADLINE_STEPS = 400_000;

    private final Schedule schedule;
    private final Trace trace;
    private final Sabotage sabotage;
    private final SimWorld world;
    private final Records record;
    private final Totals totals = new Totals();
    private final Effects effects;
    private final List<SimHost> hosts = new ArrayList<>();
    private final Member[] members;
    private final List<Violation> crashes = new ArrayList<>();

    /** What hears of the points that some of them pass. */
    private final Map<SimNode, Consumer<Enum<?>>> points = new HashMap<>();

    Exchange(Schedule schedule, Sabotage sabotage, Trace trace) {
        this.schedule = schedule;
        this.sabotage = sabotage;
        this.trace = trace;
        Setup setup = schedule.setup();
        world = new SimWorld(schedule.seed(), Trouble.NONE);
        world.checkedFlows(setup.checkedFlows());
        world.chipsGather(setup.chipsGather());
        world.tidCount(setup.tidCount());
        world.links().tap(sabotage.around(this::sees));
        world.arrival(this::comes);
        effects = new Effects(world);
        record = new Records(world, trace, totals);
        members = new Member[setup.members()];
        SimPoints.listen(this::passes);
        people();
    }

    private void people() {
        Setup setup = schedule.setup();
        for (int i = 0; i < Setup.HOSTS; i++) {
            hosts.add(world.host());
        }
        for (int i = 0; i < members.length; i++) {
            int host = setup.hosts()[i];
            SimNode node =
                    host < 0
                            ? world.add(setup.settings(i, 1))
                            : world.addTo(hosts.get(host), setup.settings(i, 1), setup.ways());
            members[i] = new Member(new Incarnation(i, 1), node, record, sabotage);
        }
        for (Member member : members) {
            introduce(member);
        }
    }

    private void introduce(Member member) {
        for (int other = 0; other < members.length; other++) {
            if (other != member.who().member()) {
                member.knows(other, world.nodes().get(other));
            }
        }
        act(member, member::begin);
    }

    @Override
    public void close() {
        SimPoints.ignore();
        world.close();
    }

    Totals totals() {
        return totals;
    }

    /** What was not kept; empty if everything was. */
    List<Violation> play() {
        int next = 0;
        for (int step = 0; step < schedule.steps(); step++) {
            while (next < schedule.items().size() && schedule.items().get(next).step() <= step) {
                record.item(next);
                start(schedule.items().get(next++));
            }
            effects.end(step);
            step();
        }
        effects.endAll();
        end();
        List<Violation> violations = Checker.check(record.history());
        violations.addAll(0, crashes);
        totals.seeds = 1;
        totals.packets = world.links().packets();
        totals.events = trace.events();
        totals.traces = (trace.hash() ^ schedule.seed()) * 0x9E37_79B9_7F4A_7C15L;
        return violations;
    }

    private void step() {
        for (Member member : members) {
            act(member, () -> member.turn(world.nowNs()));
        }
        tick();
    }

    private void tick() {
        totals.steps++;
        try {
            world.step();
        } catch (RuntimeException | AssertionError e) {
            crashed(e);
        }
        for (Member member : members) {
            if (!member.isOver() && member.node().isDead()) {
                member.end(How.KILLED);
            }
        }
    }

    /** Has a member do something, if it can; it may be killed by it. */
    private void act(Member member, Runnable action) {
        if (member.isOver() || member.node().isPaused()) {
            return;
        }
        try {
            world.runs(member.node());
            action.run();
        } catch (SimKilled killed) {
            member.end(How.KILLED);
        } catch (RuntimeException | AssertionError e) {
            crashed(e);
        } finally {
            world.runs(null);
        }
    }

    private void crashed(Throwable e) {
        if (crashes.isEmpty()) {
            crashes.add(Crash.of(e));
        }
    }

    // What happens.

    private void start(Item item) {
        switch (item) {
            case Item.Send send -> {
                Member from = members[send.from()];
                act(from, () -> count(item, from.send(send)));
            }
            case Item.Receive receive -> {
                Member at = members[receive.at()];
                for (int i = 0; i < receive.count(); i++) {
                    act(at, () -> at.receive(receive.pinned()));
                }
                count(item, !at.isOver());
            }
            case Item.Links links -> effects.start(links);
            case Item.LinkDown down -> {
                effects.start(down);
                count(item, true);
            }
            case Item.Pause pause -> {
                Member member = members[pause.member()];
                count(item, !member.isOver());
                effects.start(pause);
                if (sabotage.strikes(Bug.HANG)) {
                    effects.forget(pause);
                }
            }
            case Item.Kill kill -> {
                count(item, !members[kill.member()].isOver());
                end(kill.member(), How.KILLED);
            }
            case Item.KillAt kill -> arm(kill);
            case Item.KillDaemon kill -> killDaemon(kill);
            case Item.Start start -> restart(start);
        }
    }

    private void count(Item item, boolean hadAnEffect) {
        if (hadAnEffect) {
            totals.item(item.kind());
        }
    }

    private void end(int member, How how) {
        if (!members[member].isOver()) {
            members[member].end(how);
        }
    }

    private void arm(Item.KillAt kill) {
        int[] left = {kill.times()};
        SimNode node = members[kill.member()].node();
        Consumer<Enum<?>> armed =
                point -> {
                    if (point == kill.point() && --left[0] == 0) {
                        totals.killedAt(point);
                        count(kill, true);
                        throw new SimKilled(point.toString());
                    }
                };
        node.hazard(armed::accept);
        points.put(node, armed);
    }

    /** Whoever runs in this thread passes a point of its code. */
    private void passes(FaultPoint point) {
        Consumer<Enum<?>> armed = points.get(world.running());
        if (armed != null) {
            armed.accept(point);
        }
    }

    private void killDaemon(Item.KillDaemon kill) {
        count(kill, true);
        for (int member = 0; member < members.length; member++) {
            if (schedule.setup().sameDaemon(kill.member(), member)) {
                end(member, How.LOST);
            }
        }
    }

    private void restart(Item.Start start) {
        if (members[start.member()].isOver()) {
            count(start, true);
            restart(start.member());
        }
    }

    private void restart(int member) {
        Member old = members[member];
        Incarnation who = new Incarnation(member, old.who().number() + 1);
        SimNode node = world.replace(old.node(), schedule.setup().settings(member, who.number()));
        members[member] = new Member(who, node, record, sabotage);
        introduce(members[member]);
    }

    // What is seen of packets.

    private void sees(int from, int to, MemorySegment header, MemorySegment payload) {
        trace.add(
                world.nowNs(),
                Trace.Kind.PACKET,
                from,
                to,
                MessageHeader.subOpcode(header, 0),
                Bth.psn(MessageHeader.bth2(header, 0)),
                payload.byteSize());
    }

    private void comes(SimNode to, SimPacket packet) {
        if (MessageHeader.subOpcode(packet.header(), 0) == SubOpcode.CONNECT_REPLY) {
            members[to.id().lid() - 1]
                    .contact(packet.from().id().lid() - 1)
                    .answered(Setup.incarnationOf(packet.from().runId()));
        }
    }

    // How it ends.

    /**
     * Nothing goes wrong any more that is not for good. Whoever lives comes to an end with
     * everybody, the dead too; then these come again, and all part from each other.
     */
    private void end() {
        boolean done = await(this::areDone, true);
        if (done) {
            each(member -> member.node().hazard(Hazard.NONE));
            points.clear();
            for (int member = 0; member < members.length; member++) {
                if (members[member].isOver()) {
                    restart(member);
                }
            }
            done = await(this::areDone, true);
        }
        if (done) {
            each(member -> member.part(world.nowNs()));
            done = await(this::haveParted, false);
        }
        for (Member member : members) {
            if (!member.isOver()) {
                member.end(done ? How.EXITED : How.HUNG);
            }
        }
        if (done) {
            count();
        }
    }

    private void count() {
        for (Member member : members) {
            member.count();
        }
        for (int i = 0; i < hosts.size(); i++) {
            record.counted("mapped memory of peers on host " + i, hosts.get(i).mapped());
        }
    }

    private interface Condition {
        boolean holds();
    }

    private boolean await(Condition condition, boolean takesTurns) {
        long endNs = world.nowNs() + DEADLINE_NS;
        for (int i = 0; i < DEADLINE_STEPS && world.nowNs() - endNs < 0; i++) {
            if (condition.holds()) {
                return true;
            }
            if (!crashes.isEmpty()) {
                return false;
            }
            if (takesTurns) {
                step();
                each(Member::takeAll);
            } else {
                tick();
            }
        }
        return false;
    }

    private void each(Consumer<Member> action) {
        for (Member member : members) {
            act(member, () -> action.accept(member));
        }
    }

    private boolean areDone() {
        boolean[] lives = new boolean[members.length];
        for (int i = 0; i < members.length; i++) {
            lives[i] = !members[i].isOver();
        }
        for (Member member : members) {
            if (!member.isOver() && !member.isDone(lives)) {
                return false;
            }
        }
        return true;
    }

    private boolean haveParted() {
        for (Member member : members) {
            if (!member.isOver() && !member.hasParted()) {
                return false;
            }
        }
        return true;
    }
}
