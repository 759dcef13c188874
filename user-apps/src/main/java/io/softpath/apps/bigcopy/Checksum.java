package io.softpath.apps.bigcopy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** CRC-32C of all bytes of one side, and SHA-256 if wanted. One thread. */
final class Checksum {
    private final CRC32C crc = new CRC32C();
    private final MessageDigest sha256;
    private long bytes;

    Checksum(boolean withSha256) {
        try {
            sha256 = withSha256 ? MessageDigest.getInstance("SHA-256") : null;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** Takes the rest of the buffer, whose position stays. */
    void update(ByteBuffer buffer) {
        bytes += buffer.remaining();
        crc.update(buffer.duplicate());
        if (sha256 != null) {
            sha256.update(buffer.duplicate());
        }
    }

    /** CRC-32C of all up to here. */
    int crc() {
        return (int) crc.getValue();
    }

    long bytes() {
        return bytes;
    }

    /** To be compared; after it nothing may be added. */
    String summary() {
        return String.format(
                "%d bytes, CRC-32C %08x%s",
                bytes,
                crc(),
                sha256 == null ? "" : ", SHA-256 " + HexFormat.of().formatHex(sha256.digest()));
    }
}
