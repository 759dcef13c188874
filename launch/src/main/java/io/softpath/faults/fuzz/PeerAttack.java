package io.softpath.faults.fuzz;

import io.softpath.abi.psm.PsmError;
import io.softpath.psm.engine.DirectSettings;
import io.softpath.psm.engine.Request;

import java.lang.foreign.MemorySegment;

/**
 * A hostile endpoint, the one that it attacks, and that one's honest friend: whatever becomes of
 * what the hostile one is sent, what the honest send each other must arrive.
 */
abstract class PeerAttack implements Attack {
    /** In the tags of the messages of the honest, and of no others. */
    static final long MINE = 0x4C7A_0000_0000_0000L;

    private static final int[] SIZES = {0, 8, 2_000, 50_000, 120_000};

    /** Null before the first life, and when all is over. */
    PeerWorld world;

    PeerWorld.Node victim;
    PeerWorld.Node hostile;
    PeerWorld.Node friend;
    private long talks;

    /** Three others, all connected; ends those before. */
    final void newWorld(DirectSettings ways) {
        finish();
        world = new PeerWorld();
        victim = world.add(ways);
        hostile = world.add(ways);
        friend = world.add(ways);
        world.connectAll();
    }

    /** A message each way between the honest. */
    final void talk() {
        int size = SIZES[(int) (talks++ % SIZES.length)];
        pass(friend, victim, size);
        pass(victim, friend, size);
    }

    private void pass(PeerWorld.Node from, PeerWorld.Node to, int size) {
        byte[] sent = new byte[size];
        for (int i = 0; i < size; i += 7) {
            sent[i] = (byte) (i + talks);
        }
        MemorySegment out = MemorySegment.ofArray(sent);
        MemorySegment room = MemorySegment.ofArray(new byte[size]);
        Request receive = to.engine.receive(MINE | size, -1, room, 0, size, null, null);
        from.engine.send(from.peer(to), MINE | size, out, 0, size, false, r -> false, null);
        world.await("an honest message of bytes=" + size, receive::isComplete);
        if (receive.error() != PsmError.OK
                || receive.messageLength() != size
                || room.mismatch(out) != -1) {
            throw new Violation(
                    "an honest message is spoilt: bytes=" + size + " error=" + receive.error());
        }
        to.engine.release(receive);
    }

    @Override
    public final void finish() {
        if (world != null) {
            talk();
            close();
        }
    }

    @Override
    public final void close() {
        if (world != null) {
            world.close();
            world = null;
        }
    }
}
