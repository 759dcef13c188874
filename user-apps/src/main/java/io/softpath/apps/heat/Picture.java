package io.softpath.apps.heat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.zip.Adler32;
import java.util.zip.CRC32;

/**
 * A square of temperatures as a PNG, and as characters.
 *
 * <p>The bytes of the PNG follow from the temperatures alone, so that one checksum fits wherever it
 * is made: it is written here and not compressed (stored blocks), because compressors differ in
 * what they make of the same bytes. Source: RFC 2083 (PNG), RFC 1950 and 1951 (zlib, stored
 * blocks).
 */
public final class Picture {
    private static final int COLOURS = 256;

    /** Every 64th colour, from cold to hot; those between follow from them, in integers. */
    private static final int[] STOPS = {0x000004, 0x57106E, 0xBC3754, 0xF98E09, 0xFCFFA4};

    private static final int STOP_DISTANCE = COLOURS / (STOPS.length - 1);
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final byte PALETTE_TYPE = 3;
    private static final int STORED_BYTES = 0xFFFF;
    private static final String SHADES = " .:-=+*#%@";

    private final int size;
    private final byte[] colours; // row by row

    /**
     * @param size rows, and cells in each
     * @param field temperatures, native doubles, row by row
     */
    public Picture(int size, MemorySegment field) {
        this.size = size;
        colours = new byte[size * size];
        for (int cell = 0; cell < colours.length; cell++) {
            double value = field.getAtIndex(ValueLayout.JAVA_DOUBLE, cell);
            colours[cell] =
                    (byte) ((value - Plate.COLD) / (Plate.HOT - Plate.COLD) * (COLOURS - 1));
        }
    }

    /** A colour of the palette, as 0xRRGGBB. */
    static int rgb(int colour) {
        int stop = colour / STOP_DISTANCE;
        int between = colour % STOP_DISTANCE;
        int rgb = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = STOPS[stop] >> shift & 0xFF;
            int to = STOPS[stop + 1] >> shift & 0xFF;
            rgb |= from + (to - from) * between / (STOP_DISTANCE - 1) << shift;
        }
        return rgb;
    }

    /** The whole file. */
    public byte[] png() {
        var file = new ByteArrayOutputStream();
        file.writeBytes(SIGNATURE);
        ByteBuffer header = ByteBuffer.allocate(13).putInt(size).putInt(size);
        chunk(file, "IHDR", header.put((byte) 8).put(PALETTE_TYPE).array());
        ByteBuffer palette = ByteBuffer.allocate(3 * COLOURS);
        for (int colour = 0; colour < COLOURS; colour++) {
            int rgb = rgb(colour);
            palette.put((byte) (rgb >> 16)).put((byte) (rgb >> 8)).put((byte) rgb);
        }
        chunk(file, "PLTE", palette.array());
        ByteBuffer rows = ByteBuffer.allocate(size * (1 + size));
        for (int row = 0; row < size; row++) {
            rows.put((byte) 0).put(colours, row * size, size); // as it is: no filter
        }
        chunk(file, "IDAT", stored(rows.array()));
        chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream file, String type, byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(type.getBytes(US_ASCII));
        crc.update(data);
        file.writeBytes(bigEndian(data.length));
        file.writeBytes(type.getBytes(US_ASCII));
        file.writeBytes(data);
        file.writeBytes(bigEndian((int) crc.getValue()));
    }

    private static byte[] bigEndian(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    /** What zlib reads as this data. */
    private static byte[] stored(byte[] data) {
        var stream = new ByteArrayOutputStream();
        stream.write(0x78);
        stream.write(0x01);
        for (int at = 0; at < data.length; at += STORED_BYTES) {
            int length = Math.min(STORED_BYTES, data.length - at);
            stream.write(at + length == data.length ? 1 : 0); // the last block says so
            stream.write(length);
            stream.write(length >> 8);
            stream.write(~length);
            stream.write(~length >> 8);
            stream.write(data, at, length);
        }
        Adler32 sum = new Adler32();
        sum.update(data);
        stream.writeBytes(bigEndian((int) sum.getValue()));
        return stream.toByteArray();
    }

    /** Lines for a terminal, whose characters are twice as high as wide. */
    public String text(int columns) {
        StringBuilder text = new StringBuilder();
        for (int y = 0; y < columns / 2; y++) {
            int row = (2 * y + 1) * size / columns;
            StringBuilder line = new StringBuilder();
            for (int x = 0; x < columns; x++) {
                int colour = colours[row * size + x * size / columns] & 0xFF;
                line.append(SHADES.charAt(colour * SHADES.length() / COLOURS));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
