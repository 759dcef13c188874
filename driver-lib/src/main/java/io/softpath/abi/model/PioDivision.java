package io.softpath.abi.model;

/**
 * How a chip's 2K send buffers are divided among its user contexts; what is left belongs to the
 * kernel, and so do all 4K buffers.
 *
 * <pre>
 *  buffer 0                                        userBuffers      pio2kCount          total
 *  +----------+----------+-- ... --+----------+-----+---------------+-------------------+
 *  | context  | context  |         | last     | kernel: the reserve | kernel: 4K buffers|
 *  | p + 1    | p + 1    |         | p        |                     |                   |
 *  +----------+----------+-- ... --+----------+-----+---------------+-------------------+
 * </pre>
 *
 * Each context gets the same number {@code p}; the remainder gives one more to each of the first.
 * Source: qib_init.c and qib_file_ops.c, pbufsctxt and ctxts_extrabuf.
 */
public record PioDivision(
        int firstUserContext, int userContexts, int userBuffers, int totalBuffers) {
    /** A context cannot work with fewer. Source: qib_file_ops.c. */
    public static final int MIN_PER_CONTEXT = 7;

    public static PioDivision of(ChipModel model) {
        return new PioDivision(
                model.firstUserContext(),
                model.userContexts(),
                model.pio2kCount() - model.kernelPioReserve(),
                model.pio2kCount() + model.pio4kCount());
    }

    /** Buffers that every context gets. */
    public int perContext() {
        return userBuffers / userContexts;
    }

    /** How many of the first contexts get one more. */
    public int contextsWithOneMore() {
        return userBuffers % userContexts;
    }

    /**
     * The chip-wide number of a context's first buffer.
     *
     * @throws IllegalArgumentException if it is no user context
     */
    public int first(int context) {
        int user = user(context);
        return perContext() * user + Math.min(user, contextsWithOneMore());
    }

    /**
     * How many buffers a context has.
     *
     * @throws IllegalArgumentException if it is no user context
     */
    public int count(int context) {
        return user(context) < contextsWithOneMore() ? perContext() + 1 : perContext();
    }

    /** The first buffer of the kernel; all behind it are the kernel's too. */
    public int kernelFirst() {
        return userBuffers;
    }

    /** How many buffers the kernel has, of both sizes. */
    public int kernelCount() {
        return totalBuffers - userBuffers;
    }

    /** The user context that a buffer belongs to; -1 if it is the kernel's or none. */
    public int owner(int buffer) {
        if (buffer < 0 || buffer >= userBuffers) {
            return -1;
        }
        int bigger = contextsWithOneMore() * (perContext() + 1);
        int user =
                buffer < bigger
                        ? buffer / (perContext() + 1)
                        : contextsWithOneMore() + (buffer - bigger) / perContext();
        return firstUserContext + user;
    }

    private int user(int context) {
        int user = context - firstUserContext;
        if (user < 0 || user >= userContexts) {
            throw new IllegalArgumentException(
                    "not a user context: context="
                            + context
                            + " firstUserContext="
                            + firstUserContext
                            + " contexts="
                            + (firstUserContext + userContexts));
        }
        return user;
    }
}
