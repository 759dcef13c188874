package io.softpath.apps.heat;

/**
 * What is heated: a square plate, cold at first and always cold at its edges, with a wire in it
 * that is always hot. Cells are told by row and column, from 0.
 */
public final class Plate {
    public static final double COLD = 0;
    public static final double HOT = 1;

    /** The plate is a square of so many of the wire's characters. */
    private static final int CHARACTERS = 27;

    private static final String[] WIRE = {
        ".###...###..#####.#####",
        "#...#.#...#.#.......#..",
        "#.....#...#.#.......#..",
        ".###..#...#.####....#..",
        "....#.#...#.#.......#..",
        "#...#.#...#.#.......#..",
        ".###...###..#.......#..",
        ".......................",
        "####...###..#####.#...#",
        "#...#.#...#...#...#...#",
        "#...#.#...#...#...#...#",
        "####..#####...#...#####",
        "#.....#...#...#...#...#",
        "#.....#...#...#...#...#",
        "#.....#...#...#...#...#"
    };
    private static final int ABOVE = (CHARACTERS - WIRE.length) / 2;
    private static final int LEFT = (CHARACTERS - WIRE[0].length()) / 2;

    private Plate() {}

    /** Whether a cell of a plate of {@code size} by {@code size} cells is of the wire. */
    public static boolean isWire(int size, int row, int column) {
        int y = row * CHARACTERS / size - ABOVE;
        int x = column * CHARACTERS / size - LEFT;
        return y >= 0
                && y < WIRE.length
                && x >= 0
                && x < WIRE[y].length()
                && WIRE[y].charAt(x) == '#';
    }
}
