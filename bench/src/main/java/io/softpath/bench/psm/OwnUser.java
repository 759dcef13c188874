package io.softpath.bench.psm;

import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Spin;
import io.softpath.bench.process.UserPair;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A user of softpath's own library that does what the C program does with libpsm: {@code OwnUser
 * ROLE UNIT JOB BYTES MS WINDOW YIELD}, one of a {@link UserPair}, whose address is LID:CONTEXT.
 */
final class OwnUser implements PacketHandler {
    private static final int MESSAGE = 1;
    private static final int LAST = 2;
    private static final int LOOKS = 64;

    private final Context context;
    private final Destination peer;
    private final int bytes;
    private final long measuredNs;
    private final int window;
    private final Spin spin;
    private final MemorySegment payload;
    private int received;
    private boolean last;

    private OwnUser(Context context, Address peer, String[] arguments) {
        this.context = context;
        this.peer = context.destination(peer);
        bytes = Integer.parseInt(arguments[3]);
        measuredNs = Long.parseLong(arguments[4]) * 1_000_000;
        window = Integer.parseInt(arguments[5]);
        spin = new Spin(arguments[6].equals("1"));
        payload = Arena.global().allocate(bytes, Long.BYTES);
    }

    public static void main(String[] arguments) throws IOException {
        int unit = Integer.parseInt(arguments[1]);
        try (Device device = Device.open(DeviceOptions.fromEnvironment().withUnit(unit));
                Context context = device.openContext()) {
            String other = UserPair.meet(context.address().toString());
            if (other == null) {
                return; // the harness is gone
            }
            Address peer = Address.parse(other);
            OwnUser user = new OwnUser(context, peer, arguments);
            if (arguments[0].equals(PsmBench.PING)) {
                user.ping(System.out);
                user.stream(System.out);
            } else {
                user.pong();
                user.sink();
            }
        }
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        received++;
        last = packet.data0() == LAST;
    }

    @Override
    public void onError(ReceivedPacket packet) {
        throw new IllegalStateException(
                "packet with errors: rhf=0x" + Long.toHexString(packet.rhf()));
    }

    private void send(int what) {
        while (!context.send(peer, 0, what, 0, payload, 0, bytes).isSent()) {
            spin.pause();
        }
        spin.reset();
    }

    /** Waits until so many messages have come, and takes none that is behind them. */
    private void receive(int count) {
        received = 0;
        while (received < count) {
            if (context.receive(this, Math.min(LOOKS, count - received)) > 0) {
                spin.reset();
            } else {
                spin.pause();
            }
        }
        spin.reset();
    }

    private void ping(PrintStream out) {
        Histogram histogram = Findings.newHistogram();
        for (int round = 0; round < 2; round++) { // the first is to warm up
            histogram.reset();
            long begin = System.nanoTime();
            long end = begin + measuredNs;
            while (begin - end < 0) {
                send(MESSAGE);
                receive(1);
                long now = System.nanoTime();
                Findings.record(histogram, now - begin);
                begin = now;
            }
        }
        send(LAST);
        Findings.print(out, PsmBench.HALF, histogram.getValueAtPercentile(50) / 2.0);
        Findings.print(out, PsmBench.HALF + PsmBench.COUNT, (double) histogram.getTotalCount());
    }

    private void pong() {
        while (true) {
            receive(1);
            if (last) {
                return;
            }
            send(MESSAGE);
        }
    }

    private void stream(PrintStream out) {
        long count = 0;
        long ns = 1;
        for (int round = 0; round < 2; round++) {
            long begin = System.nanoTime();
            count = 0;
            do {
                sendWindow(MESSAGE);
                count += window;
                ns = System.nanoTime() - begin;
            } while (ns < measuredNs);
        }
        sendWindow(LAST);
        Findings.print(out, PsmBench.RATE, count * 1e9 / ns);
        Findings.print(out, PsmBench.RATE + PsmBench.COUNT, (double) count);
    }

    private void sendWindow(int what) {
        for (int i = 0; i < window; i++) {
            send(what);
        }
        receive(1);
    }

    private void sink() {
        do {
            receive(window);
            send(MESSAGE);
        } while (!last);
    }
}
