package io.softpath.abi.register;

/**
 * A run of bits in a 64-bit word: {@code width} bits, the lowest at {@code shift}. A pure codec;
 * words of 32 bits are widened by the caller.
 */
public record Field(int shift, int width) {
    public Field {
        if (width < 1 || width > Long.SIZE || shift < 0 || shift + width > Long.SIZE) {
            throw new IllegalArgumentException(
                    "field is not inside a qword: shift=" + shift + " width=" + width + " bits=64");
        }
    }

    /** The field's value, unsigned. */
    public long get(long word) {
        return (word >>> shift) & max();
    }

    /**
     * The word with this field replaced and every other bit kept.
     *
     * @throws IllegalArgumentException if the value needs more bits than the field has
     */
    public long set(long word, long value) {
        if ((value & ~max()) != 0) {
            throw tooWide(value);
        }
        return (word & ~mask()) | (value << shift);
    }

    /** The field's bits, in place. */
    public long mask() {
        return max() << shift;
    }

    /** The largest value that fits. */
    public long max() {
        return -1L >>> (Long.SIZE - width);
    }

    private IllegalArgumentException tooWide(long value) {
        return new IllegalArgumentException(
                String.format(
                        "value does not fit its field: value=0x%x max=0x%x bits=%d-%d",
                        value, max(), shift, shift + width - 1));
    }
}
