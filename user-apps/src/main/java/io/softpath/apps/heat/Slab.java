package io.softpath.apps.heat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Some rows of a plate, and of each neighbour the row next to them (its halo). Rows are counted
 * from the one above: 0 is the upper neighbour's, {@code rows() + 1} the lower one's.
 *
 * <p>A cell's next temperature is the mean of its four neighbours', added in an order of its own,
 * whoever computes it: so the plate is the same, bit for bit, however it is divided. Java's
 * arithmetic is the same on every machine.
 */
final class Slab {
    private final int size;
    private final int first;
    private final int rows;
    private final boolean[] wire;
    private double[] now;
    private double[] next;

    /** Rows {@code first} and following of a plate of {@code size} by {@code size} cells. */
    Slab(int size, int first, int rows) {
        this.size = size;
        this.first = first;
        this.rows = rows;
        now = new double[(rows + 2) * size];
        wire = new boolean[now.length];
        for (int row = 1; row <= rows; row++) {
            for (int column = 0; column < size; column++) {
                wire[row * size + column] = Plate.isWire(size, first + row - 1, column);
            }
        }
        Arrays.setAll(now, cell -> wire[cell] ? Plate.HOT : Plate.COLD);
        next = now.clone();
    }

    int rows() {
        return rows;
    }

    /** Some rows as they are now, to be sent or received into. */
    MemorySegment rows(int from, int count) {
        long bytes = (long) size * Double.BYTES;
        return MemorySegment.ofArray(now).asSlice(from * bytes, count * bytes);
    }

    /** Computes rows of the next step. */
    void compute(int from, int to) {
        for (int row = from; row <= to; row++) {
            int plateRow = first + row - 1;
            if (plateRow > 0 && plateRow < size - 1) {
                computeRow(row * size);
            }
        }
    }

    private void computeRow(int start) {
        for (int cell = start + 1; cell < start + size - 1; cell++) {
            if (!wire[cell]) {
                double vertical = now[cell - size] + now[cell + size];
                double horizontal = now[cell - 1] + now[cell + 1];
                next[cell] = (vertical + horizontal) / 4;
            }
        }
    }

    /** What was computed is what is now. */
    void step() {
        double[] before = now;
        now = next;
        next = before;
    }
}
