package io.softpath.faults.plan;

import java.util.List;

/** The keys of a plan, as the reader and the schema know them. */
final class PlanKeys {
    static final String SEED = "seed";
    static final String FAULTS = "faults";
    static final String LINK = "link";
    static final String RESTART = "restart-daemon-after";
    static final List<String> PLAN = List.of(SEED, FAULTS, LINK, RESTART);

    static final String PROCESS = "process";
    static final String FAULT = "fault";
    static final String AT = "at";
    static final String PASSING = "passing";
    static final String EVERY = "every";
    static final String PROBABILITY = "probability";
    static final String AFTER = "after";
    static final String FOR = "for";
    static final String TIMES = "times";
    static final List<String> ONE_FAULT =
            List.of(PROCESS, FAULT, AT, PASSING, EVERY, PROBABILITY, AFTER, FOR, TIMES);

    static final String DROP = "drop";
    static final String DUPLICATE = "duplicate";
    static final String REORDER = "reorder";
    static final String CORRUPT = "corrupt";
    static final String DELAY = "delay";
    static final String DOWN = "down";
    static final List<String> ONE_LINK = List.of(DROP, DUPLICATE, REORDER, CORRUPT, DELAY, DOWN);
    static final List<String> ONE_DOWN = List.of(AFTER, FOR);

    private PlanKeys() {}
}
