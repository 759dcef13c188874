package io.softpath.faults.fuzz;

import io.softpath.abi.psm.PsmError;
import io.softpath.psm.engine.Request;

import java.lang.foreign.MemorySegment;

/** Two honest endpoints, whose messages must arrive, whatever becomes of those of a third one. */
final class HonestTalk {
    /** In the tags of their messages, and of no others. */
    static final long MINE = 0x4C7A_0000_0000_0000L;

    private static final int[] SIZES = {0, 8, 2_000, 50_000, 120_000};

    private long talks;

    /** A message each way. */
    void between(PeerWorld world, PeerWorld.Node one, PeerWorld.Node other) {
        int size = SIZES[(int) (talks++ % SIZES.length)];
        pass(world, one, other, size);
        pass(world, other, one, size);
    }

    private void pass(PeerWorld world, PeerWorld.Node from, PeerWorld.Node to, int size) {
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
}
