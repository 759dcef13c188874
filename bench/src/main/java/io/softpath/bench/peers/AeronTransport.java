package io.softpath.bench.peers;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;

import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

import java.nio.file.Path;

/**
 * Aeron's IPC channel, one exclusive publication each way. The media driver lives in the process
 * that answers, in one thread that sleeps: it is not on the way of a message.
 */
final class AeronTransport implements Transport, FragmentHandler {
    private static final String CHANNEL = "aeron:ipc";
    private static final int THERE = 1001;
    private static final int BACK = 1002;

    private final MediaDriver driver;
    private final Aeron aeron;
    private final ExclusivePublication out;
    private final Subscription in;
    private final BufferClaim claim = new BufferClaim();
    private long received;

    private AeronTransport(MediaDriver driver, String directory, int outStream, int inStream) {
        this.driver = driver;
        aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory));
        in = aeron.addSubscription(CHANNEL, inStream);
        out = aeron.addExclusivePublication(CHANNEL, outStream);
    }

    static Transport serve(Path directory) {
        String own = path(directory);
        MediaDriver driver =
                MediaDriver.launch(
                        new MediaDriver.Context()
                                .aeronDirectoryName(own)
                                .threadingMode(ThreadingMode.SHARED)
                                .sharedIdleStrategy(new SleepingMillisIdleStrategy(1))
                                .dirDeleteOnShutdown(true));
        return new AeronTransport(driver, own, BACK, THERE);
    }

    static Transport connect(Path directory) {
        return new AeronTransport(null, path(directory), THERE, BACK);
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
    public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        received = buffer.getLong(offset);
    }

    @Override
    public void close() {
        CloseHelper.closeAll(aeron, driver);
    }
}
