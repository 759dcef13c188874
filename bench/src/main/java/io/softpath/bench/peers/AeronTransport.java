package io.softpath.bench.peers;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.softpath.bench.mq.Size;

import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

import java.nio.file.Path;

/**
 * Aeron's IPC channel, one exclusive publication each way. The media driver lives in the process
 * that answers, in one thread that sleeps: it is not on the way of a message. It moves the
 * publisher's limit once a millisecond, by half a term: terms are as long as that needs.
 */
final class AeronTransport implements Transport, FragmentHandler {
    private static final String CHANNEL = "aeron:ipc?term-length=64m|mtu=";

    /** A usual packet, and the longest, which long messages are cut into. */
    private static final int SHORT_MTU = 1408;

    private static final int LONG_MTU = 65504;
    private static final int FRAGMENTS = 64;

    private static final int THERE = 1001;
    private static final int BACK = 1002;

    private final MediaDriver driver;
    private final Aeron aeron;
    private final ExclusivePublication out;
    private final Subscription in;
    private final BufferClaim claim = new BufferClaim();
    private final FragmentAssembler whole = new FragmentAssembler(this::onMessage);
    private long received;
    private Received into;

    private AeronTransport(
            MediaDriver driver, String directory, Size size, int outStream, int inStream) {
        String channel = CHANNEL + (size.bytes() > SHORT_MTU / 2 ? LONG_MTU : SHORT_MTU);
        this.driver = driver;
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory));
        in = aeron.addSubscription(channel, inStream);
        out = aeron.addExclusivePublication(channel, outStream);
    }

    static Transport serve(Path directory, Size size) {
        String own = path(directory);
        MediaDriver driver =
                MediaDriver.launch(
                        new MediaDriver.Context()
                                .aeronDirectoryName(own)
                                .threadingMode(ThreadingMode.SHARED)
                                .sharedIdleStrategy(new SleepingMillisIdleStrategy(1))
                                .dirDeleteOnShutdown(true));
        return new AeronTransport(driver, own, size, BACK, THERE);
    }

    static Transport connect(Path directory, Size size) {
        return new AeronTransport(null, path(directory), size, THERE, BACK);
    }

    private static String path(Path directory) {
        return directory.resolve("aeron").toString();
    }

    @Override
    public void send(long number) {
        while (out.tryClaim(Long.BYTES, claim) < 0) {
            Thread.onSpinWait();
        }
        claim.buffer().putLong(claim.offset(), number);
        claim.commit();
    }

    @Override
    public long receive() {
        while (in.poll(this, 1) == 0) {
            Thread.onSpinWait();
        }
        return received;
    }

    @Override
    public void send(Message message) {
        int length = message.length();
        if (length > out.maxPayloadLength()) {
            while (out.offer(message.buffer(), 0, length) < 0) {
                Thread.onSpinWait();
            }
            return;
        }
        while (out.tryClaim(length, claim) < 0) {
            Thread.onSpinWait();
        }
        claim.buffer().putBytes(claim.offset(), message.buffer(), 0, length);
        claim.commit();
    }

    @Override
    public void receive(Received messages) {
        into = messages;
        while (in.poll(whole, FRAGMENTS) == 0) {
            Thread.onSpinWait();
        }
    }

    private void onMessage(DirectBuffer buffer, int offset, int length, Header header) {
        into.take(buffer, offset, length);
    }

    @Override
    public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        received = buffer.getLong(offset);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(aeron, driver);
    }
}
