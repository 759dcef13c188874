package io.softpath.bench.load;

import java.util.List;

/** The steps of a measurement, as the one who sends goes through them. */
final class Script {
    /** The way to the one who receives. */
    interface Receiver {
        /** A step begins; returns when the receiver is ready. */
        void begin();

        /**
         * A step has ended, in which so many messages were sent; returns when all have come.
         *
         * @return how many came in a second
         */
        double end(long messages);
    }

    /** Until all is compiled, which takes the CPU from those that send; less for a first look. */
    private static final int WARM_UP_TIMES = 4;

    private static final long SHORTEST_WARM_UP_NS = 300_000_000L;
    private static final long LONGEST_WARM_UP_NS = 700_000_000L;

    private final Sender sender;
    private final Receiver receiver;
    private double saturation;

    Script(Sender sender, Receiver receiver) {
        this.sender = sender;
        this.receiver = receiver;
    }

    void run(List<Step> steps, long measuredNs) {
        long warmUpNs =
                Math.clamp(WARM_UP_TIMES * measuredNs, SHORTEST_WARM_UP_NS, LONGEST_WARM_UP_NS);
        for (Step step : steps) {
            long durationNs = step.isWarmUp() ? warmUpNs : measuredNs;
            receiver.begin();
            if (step.kind() == Step.Kind.AT_ONCE) {
                saturation = receiver.end(sender.flood(durationNs));
            } else {
                receiver.end(sender.follow(step.schedule(saturation), durationNs));
            }
        }
    }
}
