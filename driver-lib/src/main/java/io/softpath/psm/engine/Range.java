package io.softpath.psm.engine;

/**
 * A number that can be chosen.
 *
 * @param otherwise what it is if nobody chooses
 * @param least the smallest that it may be
 * @param most the largest
 */
public record Range(int otherwise, int least, int most) {
    /** Whether it may be this. */
    public boolean contains(int value) {
        return value >= least && value <= most;
    }

    @Override
    public String toString() {
        return least + ".." + most;
    }
}
