package io.softpath.apps.heat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param size rows and columns of the plate
 * @param out the picture's file, or null
 */
record Options(int size, int steps, Path out) {
    static final String USAGE = "usage: heat [--size CELLS] [--steps STEPS] [--out FILE.png]";

    private static final int MIN_SIZE = 27; // a cell for each character of the wire
    private static final int MAX_SIZE = 4096;
    private static final int MAX_STEPS = 100_000_000;

    static boolean wantsHelp(String[] args) {
        return List.of(args).contains("-h") || List.of(args).contains("--help");
    }

    /**
     * @param ranks how many share the plate
     * @throws IllegalArgumentException what cannot be
     */
    static Options parse(String[] args, int ranks) {
        int size = 512;
        int steps = 400;
        Path out = null;
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value; " + USAGE);
            }
            String value = args[i + 1];
            switch (args[i]) {
                case "--size" ->
                        size = number("--size", value, Math.max(MIN_SIZE, ranks), MAX_SIZE);
                case "--steps" -> steps = number("--steps", value, 0, MAX_STEPS);
                case "--out" -> out = file(value);
                default -> throw new IllegalArgumentException(args[i] + " is unknown; " + USAGE);
            }
        }
        return new Options(size, steps, out);
    }

    private static int number(String option, String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(option + " " + text + ": choose " + least + ".." + most);
    }

    private static Path file(String text) {
        Path file = Path.of(text).toAbsolutePath();
        if (Files.isDirectory(file) || !Files.isDirectory(file.getParent())) {
            throw new IllegalArgumentException(
                    "--out " + text + ": give a file in a directory that is there");
        }
        return file;
    }
}
