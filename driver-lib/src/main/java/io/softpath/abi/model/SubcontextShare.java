package io.softpath.abi.model;

/**
 * What one sub-context of a shared context has of its TIDs or its PIO buffers: the slaves come
 * first, the master, which is sub-context 0, has what is left.
 *
 * <pre>
 *  first of the context                                              last of the context
 *  +-----------+-----------+-- ... --+-----------+--------------------+
 *  | slave 1   | slave 2   |         | slave n-1 | master: t/n + t%n  |
 *  +-----------+-----------+-- ... --+-----------+--------------------+
 * </pre>
 *
 * Source: qib_file_ops.c, qib_get_base_info and qib_tid_update.
 *
 * @param first the first one, counted from 0 within the context
 * @param count how many
 */
public record SubcontextShare(int first, int count) {
    /** Processes that can share one context. Source: qib_common.h, QLOGIC_IB_MAX_SUBCTXT. */
    public static final int MAX_SUBCONTEXTS = 4;

    /**
     * The share of one.
     *
     * @param total what the context has
     * @param sharers how many share it; 0 if it is not shared, which gives all
     * @param subcontext 0 is the master
     * @throws IllegalArgumentException if there is no such sub-context
     */
    public static SubcontextShare of(int total, int sharers, int subcontext) {
        if (sharers < 0
                || sharers > MAX_SUBCONTEXTS
                || subcontext < 0
                || subcontext >= Math.max(1, sharers)) {
            throw new IllegalArgumentException(
                    "no such sub-context: subcontext="
                            + subcontext
                            + " sharers="
                            + sharers
                            + " maximum="
                            + MAX_SUBCONTEXTS);
        }
        if (sharers == 0) {
            return new SubcontextShare(0, total);
        }
        int each = total / sharers;
        return subcontext == 0
                ? new SubcontextShare(each * (sharers - 1), each + total % sharers)
                : new SubcontextShare(each * (subcontext - 1), each);
    }
}
