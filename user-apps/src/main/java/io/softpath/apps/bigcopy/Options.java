package io.softpath.apps.bigcopy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the command line asks for.
 *
 * @param from a path, {@link #STDIN}, or null for made-up data
 * @param to a path, or null: rank 1 only checks what comes
 * @param sizeBytes how much to make up
 * @param memoryBytes pinned memory of each rank, 0 for the default
 * @param timeoutNs how long the other rank may say nothing
 */
record Options(
        String from,
        String to,
        long sizeBytes,
        boolean force,
        boolean sha256,
        boolean sync,
        boolean quiet,
        long memoryBytes,
        long timeoutNs) {
    static final String STDIN = "-";

    static final String USAGE =
            """
            usage: softpath run -n 2 bigcopy [OPTION...] FROM TO
                   softpath run -n 2 bigcopy [OPTION...] --size SIZE [TO]

            Rank 0 reads a file into pinned memory and sends that in messages, rank 1 receives them in
            pinned memory and writes a new file, which gets its name when it is whole.

              FROM               a file, a pipe, or - for standard input
              TO                 the new file
              -s, --size SIZE    make SIZE bytes up instead: 1000, 64K, 5M, 1G; without TO they are
                                 only checked
              -f, --force        replace TO if there is one
                  --sha256       compare SHA-256 too; CRC-32C is always compared
                  --sync         have TO on the disk before it gets its name
              -q, --quiet        no progress
                  --memory SIZE  pinned memory of each rank (default: 2M, less if the limit of locked
                                 memory is lower)
                  --timeout SEC  give up when the other rank says nothing for so long (default: 30)
              -h, --help         show this

            Exit codes: 0 all bytes are there, 1 something failed, 2 it cannot be done as asked; TO is
            then as it was.
            """;

    private static final long DEFAULT_TIMEOUT_S = 30;
    private static final long MAX_TIMEOUT_S = TimeUnit.DAYS.toSeconds(365);
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})([KMGT]?)(i?B)?");

    /** Null if help is wanted. */
    static Options parse(String... args) {
        List<String> operands = new ArrayList<>();
        long size = -1;
        boolean force = false;
        boolean sha256 = false;
        boolean sync = false;
        boolean quiet = false;
        long memory = 0;
        long timeout = DEFAULT_TIMEOUT_S;
        boolean onlyOperands = false;
        for (int i = 0; i < args.length; i++) {
            String word = args[i];
            if (onlyOperands || word.equals(STDIN) || !word.startsWith("-")) {
                operands.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String name = equals > 0 ? word.substring(0, equals) : word;
            String value = equals > 0 ? word.substring(equals + 1) : null;
            if (takesValue(name) && value == null) {
                if (++i == args.length) {
                    throw new Refusal(name + " needs a value; see --help");
                }
                value = args[i];
            } else if (!takesValue(name) && value != null) {
                throw new Refusal(word + ": " + name + " takes no value; see --help");
            }
            switch (name) {
                case "-h", "--help" -> {
                    return null;
                }
                case "-s", "--size" -> size = bytes(name, value);
                case "-f", "--force" -> force = true;
                case "--sha256" -> sha256 = true;
                case "--sync" -> sync = true;
                case "-q", "--quiet" -> quiet = true;
                case "--memory" -> memory = memory(name, value);
                case "--timeout" -> timeout = seconds(name, value);
                case "--" -> onlyOperands = true;
                default -> throw new Refusal("no such option: " + word + "; see --help");
            }
        }
        int count = operands.size();
        if (size >= 0 ? count > 1 : count != 2) {
            throw new Refusal(
                    (size >= 0 ? "--size goes with TO, or with nothing" : "FROM and TO are needed")
                            + ": got "
                            + operands
                            + "; see --help");
        }
        String from = size >= 0 ? null : operands.getFirst();
        String to = count == 0 ? null : operands.getLast();
        if (STDIN.equals(to)) {
            throw new Refusal("TO is a file, not standard output; a file of this name is ./-");
        }
        return new Options(
                from,
                to,
                Math.max(size, 0),
                force,
                sha256,
                sync,
                quiet,
                memory,
                TimeUnit.SECONDS.toNanos(timeout));
    }

    private static boolean takesValue(String name) {
        return switch (name) {
            case "-s", "--size", "--memory", "--timeout" -> true;
            default -> false;
        };
    }

    /** Bytes: a number, perhaps with K, M, G or T. */
    static long bytes(String option, String text) {
        Matcher size = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT).replace("IB", "iB"));
        if (size.matches()) {
            String unit = size.group(2);
            int shift = unit.isEmpty() ? 0 : 10 * (1 + "KMGT".indexOf(unit));
            long number = Long.parseLong(size.group(1));
            if (number > Long.MAX_VALUE >> shift) {
                throw new Refusal(option + " " + text + ": at most 8 EiB - 1 can be counted");
            }
            return number << shift;
        }
        throw new Refusal(
                option + " " + text + ": a size is a number, perhaps with K, M, G or T behind it");
    }

    private static long memory(String option, String text) {
        long bytes = bytes(option, text);
        if (bytes < 1 || bytes > Memory.MAX_BYTES) {
            throw new Refusal(option + " " + text + ": pinned memory is 1.." + Memory.MAX_BYTES);
        }
        return bytes;
    }

    private static long seconds(String option, String text) {
        try {
            long seconds = Long.parseLong(text);
            if (seconds >= 1 && seconds <= MAX_TIMEOUT_S) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new Refusal(option + " " + text + ": seconds are 1.." + MAX_TIMEOUT_S);
    }

    boolean isMadeUp() {
        return from == null;
    }

    boolean isStdin() {
        return STDIN.equals(from);
    }
}
