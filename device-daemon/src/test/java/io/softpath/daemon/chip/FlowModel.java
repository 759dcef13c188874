package io.softpath.daemon.chip;

import io.softpath.abi.register.TidFlow;

/**
 * A TID flow register as the real chip has it, where a store takes effect when it is made: what the
 * simulation holds the chip to. With one difference: of two stores before the next packet of the
 * flow, only the second clears mismatches.
 */
final class FlowModel {
    int generation;
    int sequence;
    boolean valid;
    boolean suppression;
    boolean keepAfterSeqErr;
    boolean keepOnGenErr;
    boolean seqMismatch;
    boolean genMismatch;

    /** The last store that no packet has come after. */
    private int unseen;

    void store(int word) {
        generation = (int) TidFlow.GEN.get(word);
        sequence = (int) TidFlow.SEQ.get(word);
        valid = TidFlow.VALID_FIELD.get(word) == 1;
        suppression = TidFlow.HDR_SUPP_FIELD.get(word) == 1;
        keepAfterSeqErr = TidFlow.KEEP_AFTER_SEQ_ERR_FIELD.get(word) == 1;
        keepOnGenErr = TidFlow.KEEP_ON_GEN_ERR_FIELD.get(word) == 1;
        unseen = word;
    }

    /** A packet of the flow comes. */
    void look() {
        seqMismatch &= TidFlow.SEQ_MISMATCH_FIELD.get(unseen) == 0;
        genMismatch &= TidFlow.GEN_MISMATCH_FIELD.get(unseen) == 0;
        unseen = 0;
    }

    void reset() {
        store(TidFlow.MISMATCHES);
        look();
    }

    /** The register without its mismatch bits. */
    int settings() {
        return (int) TidFlow.GEN.set(sequence, generation)
                | (valid ? TidFlow.VALID : 0)
                | (suppression ? TidFlow.HDR_SUPP : 0)
                | (keepAfterSeqErr ? TidFlow.KEEP_AFTER_SEQ_ERR : 0)
                | (keepOnGenErr ? TidFlow.KEEP_ON_GEN_ERR : 0);
    }

    int mismatches() {
        return (seqMismatch ? TidFlow.SEQ_MISMATCH : 0) | (genMismatch ? TidFlow.GEN_MISMATCH : 0);
    }
}
