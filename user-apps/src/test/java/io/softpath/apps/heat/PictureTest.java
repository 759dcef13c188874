package io.softpath.apps.heat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.HexFormat;

import javax.imageio.ImageIO;

class PictureTest {
    /** More than one stored block. */
    private static final int SIZE = 300;

    private static Picture rising() {
        double[] field = new double[SIZE * SIZE];
        for (int cell = 0; cell < field.length; cell++) {
            field[cell] = (double) cell / (field.length - 1);
        }
        return new Picture(SIZE, MemorySegment.ofArray(field));
    }

    @Test
    void shouldBeAPngThatOthersRead() throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(rising().png()));
        assertEquals(SIZE, image.getWidth());
        assertEquals(SIZE, image.getHeight());
        for (int cell = 0; cell < SIZE * SIZE; cell++) {
            int colour = (int) ((double) cell / (SIZE * SIZE - 1) * 255);
            assertEquals(
                    0xFF00_0000 | Picture.rgb(colour),
                    image.getRGB(cell % SIZE, cell / SIZE),
                    "cell " + cell);
        }
    }

    @Test
    void shouldGoFromBlackThroughRedToAPaleYellow() {
        assertEquals(0x000004, Picture.rgb(0));
        assertEquals(0x57106E, Picture.rgb(64));
        assertEquals(0xBC3754, Picture.rgb(128));
        assertEquals(0xF98E09, Picture.rgb(192));
        assertEquals(0xFCFFA4, Picture.rgb(255));
    }

    @Test
    void shouldHaveTheSameBytesEverywhere() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(rising().png());
        assertEquals(
                "2371f26854e81e02a4f0b49daf8426994b36731e9740ffd753365cf7cb1e4db6",
                HexFormat.of().formatHex(digest));
    }

    @Test
    void shouldShowRowsAsLines() {
        double[] field = {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0.5, 0, 0};
        assertEquals(
                """
                   @
                @=
                """,
                new Picture(4, MemorySegment.ofArray(field)).text(4));
    }
}
