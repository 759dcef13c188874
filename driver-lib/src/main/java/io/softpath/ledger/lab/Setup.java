package io.softpath.ledger.lab;

/**
 * A driver: how it treats the memory it shares with the chip.
 *
 * @param name what it is known as
 * @param blocks eager chunks and header queue
 * @param avail the avail page
 */
public record Setup(String name, Policy blocks, Policy avail) {
    /** The driver of the mail of March 2006. */
    public static final Setup MAIL =
            new Setup("the mail's driver", Policy.MAIL_BLOCKS, Policy.MAIL_AVAIL);

    /** The driver as merged: everything by remap_pfn_range. */
    public static final Setup MERGED = new Setup("the merged driver", Policy.MERGED, Policy.MERGED);

    /** A policy under test, with nothing else that could go wrong. */
    static Setup of(Policy policy) {
        return new Setup(policy.text(), policy, Policy.RIGHT_ON_ALL);
    }
}
