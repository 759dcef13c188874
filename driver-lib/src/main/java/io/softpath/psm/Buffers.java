package io.softpath.psm;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.agrona.DirectBuffer;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** What programs have their messages in, as memory segments. */
final class Buffers {
    private Buffers() {}

    /**
     * Part of an Agrona buffer.
     *
     * @throws SoftpathException.Refused EINVAL if the bytes are not inside it, or if it holds an
     *     address that nothing guards
     */
    static MemorySegment of(DirectBuffer buffer, int offset, int length) {
        if (offset < 0 || length < 0 || offset > buffer.capacity() - length) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "message: offset="
                            + offset
                            + " length="
                            + length
                            + " is not inside the buffer, capacity="
                            + buffer.capacity());
        }
        return whole(buffer).asSlice((long) buffer.wrapAdjustment() + offset, length);
    }

    private static MemorySegment whole(DirectBuffer buffer) {
        if (buffer.byteArray() != null) {
            return MemorySegment.ofArray(buffer.byteArray());
        }
        ByteBuffer bytes = buffer.byteBuffer();
        if (bytes != null) {
            return MemorySegment.ofBuffer(bytes.duplicate().clear());
        }
        throw SoftpathException.of(
                Errno.EINVAL,
                "message: the buffer wraps address=0x"
                        + Long.toHexString(buffer.addressOffset())
                        + ", which nothing guards; wrap an array or a ByteBuffer instead");
    }
}
