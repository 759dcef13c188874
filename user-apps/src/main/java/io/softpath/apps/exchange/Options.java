package io.softpath.apps.exchange;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What the command line asks for.
 *
 * @param messages of each rank
 * @param history where it writes down what it does; null: nowhere. Then orders come from standard
 *     input
 * @param process its number among all processes of the campaign
 */
record Options(
        long messages,
        long seed,
        Duration patience,
        Path history,
        int process,
        UUID job,
        Plant plant) {
    static final String USAGE =
            """
            usage: softpath run -n N exchange [--messages M] [--seed S] [--patience SECONDS]

            Each rank sends M messages to the others, of every class of size, and acknowledges what
            it receives when it has checked it byte by byte. The workload of softpath faults run.

              --messages M        messages of each rank (default: 1000)
              --seed S            of sizes and contents (default: 1)
              --patience SECONDS  how long an answer may take (default: 30)
            """;

    private static final Set<String> NAMES =
            Set.of("messages", "seed", "patience", "history", "process", "job", "plant");

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException if it makes no sense
     */
    static Options parse(String... args) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            String name = args[i].startsWith("--") ? args[i].substring(2) : "";
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("no such option: " + args[i]);
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value");
            }
            values.put(name, args[i + 1]);
        }
        String history = values.get("history");
        String job = values.get("job");
        return new Options(
                number(values, "messages", 1000, 0, Integer.MAX_VALUE),
                number(values, "seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
                Duration.ofSeconds(number(values, "patience", 30, 1, 3600)),
                history == null ? null : Path.of(history),
                (int)
                        number(
                                values,
                                "process",
                                1,
                                1,
                                MessageTag.MAX_INCARNATION / Managed.PER_PROCESS),
                job == null ? null : UUID.fromString(job),
                Plant.named(values.getOrDefault("plant", Plant.NONE.word())));
    }

    private static long number(
            Map<String, String> values, String name, long otherwise, long least, long most) {
        String text = values.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "--" + name + " " + text + " is not a number of " + least + ".." + most);
    }

    boolean isManaged() {
        return history != null;
    }
}
