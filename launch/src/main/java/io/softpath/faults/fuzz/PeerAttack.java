package io.softpath.faults.fuzz;

import io.softpath.psm.engine.DirectSettings;

/**
 * A hostile endpoint, the one that it attacks, and that one's honest friend: whatever becomes of
 * what the hostile one is sent, what the honest send each other must arrive.
 */
abstract class PeerAttack implements Attack {
    private final HonestTalk talk = new HonestTalk();

    /** Null before the first life, and when all is over. */
    PeerWorld world;

    PeerWorld.Node victim;
    PeerWorld.Node hostile;
    PeerWorld.Node friend;

    /** Three others, all connected; ends those before. */
    final void newWorld(DirectSettings ways) {
        finish();
        world = new PeerWorld();
        victim = world.add(ways);
        hostile = world.add(ways);
        friend = world.add(ways);
        world.connectAll();
    }

    /** The honest talk to each other. */
    final void talk() {
        talk.between(world, friend, victim);
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
