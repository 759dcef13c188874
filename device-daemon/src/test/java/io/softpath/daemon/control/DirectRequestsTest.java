package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.direct.DirectLayout;
import io.softpath.abi.model.ChipModel;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.linux.Seals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class DirectRequestsTest {
    private static final int SIZE_SEALED = Seals.SHRINK | Seals.GROW | Seals.SEAL;

    private final PinRig rig = new PinRig(ChipModel.IBA7220);

    @AfterEach
    void close() {
        rig.close();
    }

    private static int number(OpenFile file) {
        return file.context().number;
    }

    private static void assertRefused(Errno errno, Answer answer) {
        assertEquals(-errno.number(), answer.result(), answer.sentence());
        assertTrue(answer.sentence().contains("="), answer.sentence());
        assertNull(answer.file());
    }

    /** Open descriptors of memory that is shared by pairs. */
    private static List<String> descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.map(DirectRequestsTest::target)
                    .filter(t -> t.contains(":direct"))
                    .toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException _) {
            return "closed meanwhile";
        }
    }

    private static long fileBytes(Answer answer) {
        return ControlRecord.u64(
                MemorySegment.ofArray(answer.payload()),
                ControlRecord.DIRECT_REPLY_FILE_BYTES - ControlRecord.REPLY_PAYLOAD);
    }

    @Test
    void shouldGiveTwoWhoAskForEachOtherTheSameMemoryAndKeepNothing() throws IOException {
        OpenFile one = rig.start(1);
        OpenFile two = rig.start(2);
        Answer first = rig.directOpen(one, number(two));
        assertEquals(0, first.result(), first.sentence());
        assertEquals(DirectLayout.BYTES, fileBytes(first));
        assertFalse(first.given());
        assertEquals(first.file(), rig.directOpen(one, number(two)).file(), "asked twice");

        Answer second = rig.directOpen(two, number(one));
        assertEquals(1, second.result(), second.sentence());
        assertEquals(first.file(), second.file(), "the same file");
        assertTrue(second.given(), "the daemon keeps it no longer");
        MemFd memory = MemFd.received(second.file());
        assertEquals(SIZE_SEALED, memory.seals() & SIZE_SEALED);
        assertEquals(DirectLayout.BYTES, memory.bytes());
        assertEquals(0600, memory.mode());
        second.file().close();
        assertEquals(List.of(), descriptors());

        Answer again = rig.directOpen(two, number(one));
        assertEquals(0, again.result(), "who asks again begins anew");
        assertFalse(again.file().equals(second.file()));
        rig.close(one);
        rig.close(two);
        assertEquals(List.of(), descriptors());
    }

    @Test
    void shouldForgetWhoWaitsForSomebodyThatCloses() throws IOException {
        OpenFile one = rig.start(1);
        OpenFile two = rig.start(2);
        OpenFile three = rig.start(3);
        rig.directOpen(one, number(two));
        rig.directOpen(three, number(one));
        rig.directOpen(two, number(three));
        assertEquals(3, descriptors().size());
        rig.close(one);
        assertEquals(1, descriptors().size());
        OpenFile other = rig.start(4);
        assertEquals(0, rig.directOpen(other, number(two)).result(), "not what was for another");
        rig.close(two);
        rig.close(three);
        rig.close(other);
        assertEquals(List.of(), descriptors());
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        OpenFile one = rig.start(1);
        assertRefused(Errno.EINVAL, rig.directOpen(rig.open(2), number(one)));
        assertRefused(Errno.EINVAL, rig.directOpen(one, number(one)));
        assertRefused(Errno.ENXIO, rig.directOpen(one, number(one) + 1));
        assertRefused(Errno.ENXIO, rig.directOpen(one, 65_535));
        assertRefused(Errno.ENXIO, rig.directGrant(one, number(one) + 1, 1));
        assertRefused(Errno.ENXIO, rig.directMap(one, number(one) + 1, 1));
        OpenFile two = rig.start(2);
        assertRefused(Errno.EINVAL, rig.directGrant(one, number(two), 1));
        assertRefused(Errno.EINVAL, rig.directGrant(one, number(two), -1));
        assertRefused(Errno.EPERM, rig.directMap(one, number(two), 1));
    }

    @Test
    void shouldLetThoseReadPinnedMemoryWhomItsOwnerNames() {
        OpenFile owner = rig.start(1);
        OpenFile reader = rig.start(2);
        OpenFile stranger = rig.start(3);
        int handle = rig.memCreate(owner, 8192, ControlRecord.MEM_SHAREABLE).result();
        assertRefused(Errno.EPERM, rig.directMap(reader, number(owner), handle));
        assertEquals(0, rig.directGrant(owner, number(reader), handle).result());
        assertRefused(Errno.EPERM, rig.directMap(stranger, number(owner), handle));
        owner.context().memories.get(handle).memory().set(ValueLayout.JAVA_LONG, 4096, 42);

        Answer mapped = rig.directMap(reader, number(owner), handle);
        assertEquals(0, mapped.result(), mapped.sentence());
        assertEquals(8192, fileBytes(mapped));
        Fd fd = mapped.file();
        try (Arena arena = Arena.ofConfined()) {
            MappedMemory memory = MappedMemory.map(fd, 0, 8192, false, arena);
            assertEquals(42, memory.segment().get(ValueLayout.JAVA_LONG, 4096));
            SoftpathException e =
                    assertThrows(
                            SoftpathException.class,
                            () -> MappedMemory.map(fd, 0, 8192, true, arena));
            assertEquals(Errno.EACCES, e.errno(), "the kernel refuses to let it write");
        }

        rig.memFree(owner, handle);
        assertFalse(fd.isOpen(), "the daemon keeps it no longer");
        assertRefused(Errno.EPERM, rig.directMap(reader, number(owner), handle));
        assertRefused(Errno.EINVAL, rig.directGrant(owner, number(reader), handle));
    }

    @Test
    void shouldKeepAFewDescriptorsOfWhatIsMadeToBeShared() {
        OpenFile owner = rig.start(1);
        OpenFile reader = rig.start(2);
        assertRefused(Errno.EINVAL, rig.memCreate(owner, 4096, 2));
        int plain = rig.memCreate(owner, 4096).result();
        assertRefused(Errno.EBUSY, rig.directGrant(owner, number(reader), plain));
        int last = 0;
        for (int i = 0; i < UserMemories.MAX_SHAREABLE; i++) {
            last = rig.memCreate(owner, 4096, ControlRecord.MEM_SHAREABLE).result();
        }
        assertEquals(0, rig.directGrant(owner, number(reader), last).result());
        int more = rig.memCreate(owner, 4096, ControlRecord.MEM_SHAREABLE).result();
        assertRefused(Errno.EBUSY, rig.directGrant(owner, number(reader), more));
        rig.memFree(owner, last);
        more = rig.memCreate(owner, 4096, ControlRecord.MEM_SHAREABLE).result();
        assertEquals(0, rig.directGrant(owner, number(reader), more).result());
    }

    /** Somebody else in the reader's place is not the reader. */
    @Test
    void shouldGrantToAProcessAndNotToItsPlace() {
        OpenFile owner = rig.start(1);
        OpenFile reader = rig.start(2);
        int place = number(reader);
        int handle = rig.memCreate(owner, 4096, ControlRecord.MEM_SHAREABLE).result();
        rig.directGrant(owner, place, handle);
        rig.close(reader);
        OpenFile other = rig.start(3);
        assertEquals(place, number(other));
        assertRefused(Errno.EPERM, rig.directMap(other, number(owner), handle));
    }
}
