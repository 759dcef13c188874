package io.softpath.faults.fuzz;

import io.softpath.psm.engine.DirectSettings;
import io.softpath.psm.engine.Peer;

import java.lang.foreign.MemorySegment;

/**
 * Writes anything anywhere into the memory that it shares with an honest endpoint, which has an
 * honest friend: whatever becomes of its own messages, theirs must arrive.
 */
final class DirectAttack extends PeerAttack {
    private static final DirectSettings SHARING = new DirectSettings(true, true, true, 16_000);
    private static final int LIFE = 400;
    private static final int TALK_EVERY = 200;

    private final Dice dice;
    private final DirectScribbler scribbler;
    private int age;

    DirectAttack(Dice dice, Coverage coverage) {
        this.dice = dice;
        scribbler = new DirectScribbler(dice, coverage);
    }

    private void begin() {
        newWorld(SHARING);
        if (!victim.peer(hostile).isDirect() || !friend.peer(victim).isDirect()) {
            throw new Violation("no direct way: " + victim.peer(hostile).whyNotDirect());
        }
        hostile.die();
        scribbler.attach(world.memory(victim, hostile), world.side(hostile, victim));
        age = 0;
    }

    @Override
    public int some() {
        if (world == null || age >= LIFE) {
            begin();
        }
        Peer peer = victim.peer(hostile);
        long malformed = victim.engine.counters().malformed();
        long taken = scribbler.taken();
        Coverage.Row row = scribbler.write();
        ask(peer);
        victim.engine.progress(world.nowNs());
        boolean out = victim.peer(hostile) == null || peer.failure() != null;
        row.count(
                out
                        ? "out of the job"
                        : victim.engine.counters().malformed() != malformed
                                ? "malformed"
                                : scribbler.taken() != taken ? Coverage.OK : "ignored");
        if (++age % TALK_EVERY == 0 || out) {
            talk();
        }
        if (out) {
            age = LIFE;
        }
        return 1;
    }

    /** The victim has messages under way from and to it, for records to refer to. */
    private void ask(Peer peer) {
        if (dice.oneIn(6) && peer.failure() == null) {
            MemorySegment out = MemorySegment.ofArray(new byte[dice.below(40_000)]);
            victim.engine.send(peer, 1, out, 0, (int) out.byteSize(), false, r -> false, null);
        }
        if (dice.oneIn(10)) {
            MemorySegment room = MemorySegment.ofArray(new byte[dice.below(40_000)]);
            victim.engine.receive(0, MINE, room, 0, (int) room.byteSize(), r -> false, null);
        }
    }
}
