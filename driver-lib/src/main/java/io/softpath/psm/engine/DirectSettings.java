package io.softpath.psm.engine;

/**
 * Which ways to peers there are, and how the direct one is used. Source: psm, PSM_DEVICES and
 * PSM_MQ_RNDV_SHM_THRESH.
 *
 * @param self messages to oneself
 * @param direct to processes of the same host, through shared memory
 * @param chip through the chip
 * @param rendezvousBytes on the direct way, messages that are longer wait for the receiver
 */
public record DirectSettings(boolean self, boolean direct, boolean chip, int rendezvousBytes) {
    /** Source: psm, psm_mq.c, PSM_MQ_RNDV_SHM_THRESH. */
    public static final Range RENDEZVOUS_BYTES = new Range(16_000, 0, 1 << 30);

    /** Nothing but the chip, and oneself. */
    public static final DirectSettings NONE = new DirectSettings(true, false, true, 0);
}
