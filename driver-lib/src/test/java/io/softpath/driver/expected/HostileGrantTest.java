package io.softpath.driver.expected;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.driver.Destination;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.SendResult;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.Consumer;

/** What a peer grants may be anything: it is an exception, or packets that a chip may send. */
class HostileGrantTest {
    private static final int RUNS = 50_000;
    private static final int MESSAGE_BYTES = 100_000;

    private final MemorySegment message = MemorySegment.ofArray(new byte[MESSAGE_BYTES]);
    private final MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
    private final Checker checker = new Checker();
    private final ExpectedSender sender =
            new ExpectedSender(
                    new ExpectedSetup(checker, MemorySegment.NULL, false, 512, 2048, false), null);

    /** Looks at every packet. */
    private static final class Checker implements ExpectedDriver {
        private int packets;

        @Override
        public int[] tidUpdate(long address, int pages) {
            throw new AssertionError();
        }

        @Override
        public void tidFree(int[] tids) {
            throw new AssertionError();
        }

        @Override
        public void checkOwn(PinnedRegion region) {}

        @Override
        public RuntimeException afterClose(IllegalStateException e) {
            return e;
        }

        @Override
        public SendResult packet(
                Destination to,
                int psn,
                int tid,
                int pageOffset,
                int pktFlags,
                int flags,
                long data0,
                long data1,
                MemorySegment payload,
                long offset,
                int length) {
            packets++;
            assertTrue(tid >= 0 && tid < 512, () -> "tid=" + tid);
            assertTrue(length > 0 && length <= 2048, () -> "length=" + length);
            assertTrue(pageOffset >= 0 && pageOffset + length <= 4096);
            assertEquals(0, pageOffset % 4);
            assertTrue(offset >= 0 && offset + length <= MESSAGE_BYTES);
            assertTrue(psn >= 0 && psn <= 0xFF_FFFF);
            return SendResult.SENT;
        }

        @Override
        public SendResult gather(
                Destination to, int psn, long data0, long data1, MemorySegment record) {
            throw new AssertionError();
        }
    }

    private int good() {
        TidSessionList.write(grant, 0, 3, 0, 0, 0x1_0000_0005L, 1, 4096, 5000);
        TidSessionList.putEntry(grant, 0, 0, 511, 3996, 100);
        TidSessionList.putEntry(grant, 0, 1, 0, 0, 4096);
        TidSessionList.putEntry(grant, 0, 2, 7, 0, 804);
        TidSessionList.putStart(grant, 0, ExpectedPsn.of(5, 9, 2047));
        return TidSessionList.bytes(3);
    }

    @Test
    void shouldTakeAGoodOneOver() {
        int bytes = good();
        sender.begin(grant, 0, bytes, message, 0, MESSAGE_BYTES);
        assertEquals(5000, sender.length());
        assertEquals(4096, sender.messageOffset());
        assertEquals(SendResult.SENT, sender.send());
        assertEquals(1 + 2 + 1, checker.packets);
    }

    @Test
    void shouldRefuseWhatCannotBeCarriedOutAndStayAsItWas() {
        sender.begin(grant, 0, good(), message, 0, MESSAGE_BYTES);
        refuse("least=", 40, s -> {});
        refuse("type=2", 60, s -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) 2));
        refuse("tids=0", 60, s -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2, (short) 0));
        refuse("tids=65535", 60, s -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2, (short) -1));
        refuse("listBytes=", 60, s -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2, (short) 2));
        refuse("listBytes=", 56, s -> {});
        refuse("unaligned=1", 60, s -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 6, (short) 1));
        refuse("unaligned=3", 60, s -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, 8, (short) 3));
        refuse("tid=512", 60, s -> TidSessionList.putEntry(s, 0, 1, 512, 0, 4096));
        refuse("tid=2047", 60, s -> TidSessionList.putEntry(s, 0, 1, 0x7FF, 0, 4096));
        refuse("offset=4096", 60, s -> TidSessionList.putEntry(s, 0, 0, 1, 4096, 4));
        refuse("offset=3998", 60, s -> TidSessionList.putEntry(s, 0, 0, 1, 3998, 98));
        refuse("length=96", 60, s -> TidSessionList.putEntry(s, 0, 0, 1, 3996, 96));
        refuse("length=104", 60, s -> TidSessionList.putEntry(s, 0, 0, 1, 3996, 104));
        refuse("offset=4 ", 60, s -> TidSessionList.putEntry(s, 0, 1, 1, 4, 4092));
        refuse("length=0", 60, s -> TidSessionList.putEntry(s, 0, 2, 1, 0, 0));
        refuse("sumOfEntries=", 60, s -> TidSessionList.putEntry(s, 0, 2, 1, 0, 808));
        refuse("sumOfEntries=", 60, s -> TidSessionList.putEntry(s, 0, 2, 1, 0, 800));
        refuse("length=-1", 60, s -> s.set(ValueLayout.JAVA_INT_UNALIGNED, 32, -1));
        refuse("messageOffset=2", 60, s -> s.set(ValueLayout.JAVA_INT_UNALIGNED, 28, 2));
        refuse("messageBytes=", 60, s -> s.set(ValueLayout.JAVA_INT_UNALIGNED, 28, 95_004));
        refuse("messageOffset=4294967292", 60, s -> s.set(ValueLayout.JAVA_INT_UNALIGNED, 28, -4));
        refuse("generation=0", 60, s -> TidSessionList.putStart(s, 0, ExpectedPsn.of(5, 0, 1)));
        assertEquals(5000, sender.length());
        assertEquals(SendResult.SENT, sender.send());
    }

    private void refuse(String what, int bytes, Consumer<MemorySegment> change) {
        good();
        change.accept(grant);
        SoftpathException refused =
                assertThrows(
                        SoftpathException.Refused.class,
                        () -> sender.begin(grant, 0, bytes, message, 0, MESSAGE_BYTES));
        assertEquals(Errno.EPROTO, refused.errno());
        assertTrue(refused.getMessage().contains(what), refused::getMessage);
    }

    @Test
    void shouldRefuseAMessageThatIsNotInItsMemory() {
        int bytes = good();
        for (long[] bad :
                new long[][] {
                    {-4, 100}, {0, -1}, {4, MESSAGE_BYTES}, {Long.MAX_VALUE, 4}, {4, Long.MAX_VALUE}
                }) {
            assertEquals(
                    Errno.EINVAL,
                    assertThrows(
                                    SoftpathException.Refused.class,
                                    () -> sender.begin(grant, 0, bytes, message, bad[0], bad[1]))
                            .errno());
        }
        assertEquals(Errno.EINVAL, assertThrows(SoftpathException.class, sender::send).errno());
        assertFalse(sender.isDone());
        assertFalse(sender.resume(0, 0));
    }

    @Test
    void shouldSurviveAnyGrantAndAnyResumePoint() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int taken = 0;
        for (int run = 0; run < RUNS; run++) {
            int bytes = good();
            for (int i = random.nextInt(4); i > 0; i--) {
                int where = random.nextInt(bytes);
                byte was = grant.get(ValueLayout.JAVA_BYTE, where);
                byte flipped = (byte) (was ^ 1 << random.nextInt(8));
                byte now = random.nextBoolean() ? (byte) random.nextInt() : flipped;
                grant.set(ValueLayout.JAVA_BYTE, where, now);
            }
            if (random.nextInt(8) == 0) {
                byte[] noise = new byte[bytes];
                random.nextBytes(noise);
                MemorySegment.copy(noise, 0, grant, ValueLayout.JAVA_BYTE, 4, bytes - 4);
            }
            try {
                sender.begin(grant, 0, bytes, message, 0, MESSAGE_BYTES);
                taken++;
                assertEquals(SendResult.SENT, sender.send());
                long noise = random.nextLong();
                long point = random.nextBoolean() ? noise : noise & 0xFF_FFFF_0000_1FFFL;
                sender.resume(sender.descriptor(), point);
                sender.send();
            } catch (SoftpathException.Refused e) {
                assertEquals(Errno.EPROTO, e.errno());
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed=" + seed + " run=" + run, e);
            }
        }
        assertTrue(taken > RUNS / 20, "taken=" + taken);
    }

    @Test
    void shouldGoBackOnlyToWhereItHasBeen() {
        sender.begin(grant, 0, good(), message, 0, MESSAGE_BYTES);
        sender.send();
        long descriptor = sender.descriptor();
        for (long bad :
                new long[] {
                    ResumePoint.of(5, 10, 1, 5000),
                    ResumePoint.of(5, 10, 1, 2),
                    ResumePoint.of(5, 10, 1, 0x8000_0000),
                    ResumePoint.of(4, 10, 1, 0),
                    ResumePoint.of(5, 0, 1, 0)
                }) {
            assertEquals(
                    Errno.EPROTO,
                    assertThrows(
                                    SoftpathException.Refused.class,
                                    () -> sender.resume(descriptor, bad))
                            .errno());
        }
        assertTrue(sender.isDone());
        assertTrue(sender.resume(descriptor, ResumePoint.of(5, 10, 1, 100)));
        assertFalse(sender.isDone());
        assertEquals(100, sender.sent());
        assertFalse(sender.resume(descriptor, ResumePoint.of(5, 9, 1, 0)));
        assertFalse(sender.resume(descriptor, ResumePoint.of(5, 255, 1, 0)));
        assertTrue(sender.resume(descriptor, ResumePoint.of(5, 11, 1, 0)));
    }
}
